//! What firms sign where no validator is in reach.

use crate::world::{World, firm_key};
use ledger::{Hash, Record, RecordDraft, SecretKey, Subject};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Signs for the firms, each record on top of those before. A clone signs another story from there on.
#[derive(Clone)]
pub struct Author {
    world: Arc<World>,
    turns: BTreeMap<Subject, u64>,
}

impl Author {
    pub fn new(world: &Arc<World>) -> Self {
        Self {
            world: Arc::clone(world),
            turns: BTreeMap::new(),
        }
    }

    /// What a firm would say next.
    pub fn draft(&self, firm: usize, kind: &str, body: &Value) -> RecordDraft {
        let turn = |subject: &Subject| self.turns.get(subject).copied().unwrap_or(0);
        self.world.draft(firm, kind, body, turn)
    }

    /// The same, signed by the firm's root key.
    pub fn say(&mut self, firm: usize, kind: &str, body: &Value) -> Record {
        let draft = self.draft(firm, kind, body);
        self.sign(draft, &firm_key(firm))
    }

    pub fn sign(&mut self, draft: RecordDraft, key: &SecretKey) -> Record {
        let record = draft.sign(key).unwrap();
        for (subject, turn) in record.seen() {
            self.turns.insert(subject.clone(), turn + 1);
        }
        record
    }

    fn place() -> Value {
        json!({"name": "Xi'an International Port", "country": "CN", "locode": "CNXIA"})
    }

    fn at(&self) -> Value {
        json!({"time": self.world.genesis.created(), "zone": "+08:00"})
    }

    /// The shipment of a firm under that number.
    pub fn shipment(&self, firm: usize, number: &str) -> Subject {
        format!("shipment:{}:S-{number}", self.world.parties[firm])
            .parse()
            .unwrap()
    }

    /// A lot of a firm's is made and packed for another: three records.
    pub fn packed(&mut self, firm: usize, to: usize, number: &str) -> Vec<Record> {
        let party = self.world.parties[firm];
        let (lot, shipment) = (format!("lot:{party}:L-{number}"), self.shipment(firm, number));
        let amount = json!({"value": 480, "scale": 0, "unit": "H87"});
        let duisburg = json!({"name": "Duisburg Intermodal Terminal", "country": "DE", "locode": "DEDUI"});
        let made = json!({"number": format!("L-{number}"), "product": format!("product:{party}:DUVET-220"), "quantity": amount,
            "place": Self::place(), "at": self.at(), "origin": "CN"});
        let planned = json!({"number": format!("S-{number}"), "consignor": {"party": party},
            "consignee": {"party": self.world.parties[to]}, "legs": [{"from": Self::place(), "to": duisburg, "mode": "rail"}]});
        let packed = json!({"shipment": shipment, "packages": [{"mark": "C-1", "kind": "CT",
            "contents": [{"subject": lot, "quantity": amount}]}], "place": Self::place(), "at": self.at()});
        vec![
            self.say(firm, "supply-chain.lot-made.1", &made),
            self.say(firm, "logistics.shipment-planned.1", &planned),
            self.say(firm, "logistics.packed.1", &packed),
        ]
    }

    /// What an offer to hand a shipment over says.
    pub fn offer(&self, shipment: &Subject, to: usize) -> Value {
        json!({"shipment": shipment, "to": {"party": self.world.parties[to]}, "place": Self::place(), "at": self.at(), "packages": 1})
    }

    /// What its acceptance says.
    pub fn acceptance(&self, shipment: &Subject, offer: Hash) -> Value {
        json!({"shipment": shipment, "offer": offer, "at": self.at(), "packages": 1})
    }

    /// Made, packed and offered to whom it goes: four records.
    pub fn offered(&mut self, firm: usize, to: usize, number: &str) -> Vec<Record> {
        let mut records = self.packed(firm, to, number);
        let offer = self.offer(&self.shipment(firm, number), to);
        records.push(self.say(firm, "logistics.handover-offered.1", &offer));
        records
    }

    /// An offer is accepted.
    pub fn accepted(&mut self, by: usize, offer: &Record) -> Record {
        let body = self.acceptance(&offer.subjects()[0], offer.id());
        self.say(by, "logistics.handover-accepted.1", &body)
    }

    /// An offer is withdrawn, or declined.
    pub fn ended(&mut self, by: usize, offer: &Record) -> Record {
        let body = json!({"shipment": offer.subjects()[0], "offer": offer.id(), "reason": "The train is late."});
        self.say(by, "logistics.handover-ended.1", &body)
    }
}
