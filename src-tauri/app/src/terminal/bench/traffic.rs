//! Records of real kinds, signed beforehand, for measurements and for the tests that kill a node under load.
//!
//! Sixteen firms ship lots by rail: of each shipment come twelve records on two subjects (lot made, shipment planned, packed, two
//! departures and arrivals, two exceptions and a resolution, delivery, inspection), about a kilobyte each. Everything follows from
//! the seed and the start time, so two runs sign the same statements.

use ledger::{Hash, Party, PublicKey, Record, RecordDraft, SecretKey, Subject, Time};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use systems::{Access, Payload};

use crate::UserError;

/// How many firms take part.
pub const FIRMS: usize = 16;
/// How many records a shipment has.
pub const PER_SHIPMENT: usize = 12;

/// Words that bring a record to about a kilobyte, as remarks on paper do.
const REMARK: &str = "Counted twice at the gate with the driver, wrapped and strapped, corner boards in place, seal intact and photographed, \
no moisture inside, floor dry, humidity card blue; papers complete: packing list, CIM/SMGS consignment note, commercial invoice.";

/// A firm with its key.
pub struct BenchFirm {
    key: SecretKey,
    party: Party,
    product: Subject,
}

/// Signs traffic for one network.
pub struct Traffic {
    network: Hash,
    start: Time,
    seed: u64,
    firms: Vec<BenchFirm>,
    turns: BTreeMap<Subject, u64>,
}

impl Traffic {
    /// Traffic on a network, claimed from `start` on.
    ///
    /// # Errors
    /// None that honest seeds can bring about.
    pub fn new(network: Hash, start: Time, seed: u64) -> Result<Self, UserError> {
        let firms = (0..FIRMS)
            .map(|number| {
                let key =
                    SecretKey::from_seed(Hash::of(format!("sealroad-bench {seed} {number}").as_bytes()).as_bytes());
                let party = Party::of(key.public());
                let product = Subject::owned("product", &party, "DUVET-220")
                    .map_err(|error| UserError::new("bad-record").with("what", error))?;
                Ok(BenchFirm { key, party, product })
            })
            .collect::<Result<_, UserError>>()?;
        Ok(Self {
            network,
            start,
            seed,
            firms,
            turns: BTreeMap::new(),
        })
    }

    /// The records that must be there first: firms and their products; in two batches, since a mandate counts from the next block.
    ///
    /// # Errors
    /// See [`Traffic::new`].
    pub fn founding(&mut self) -> Result<[Vec<Record>; 2], UserError> {
        let mut firms = Vec::new();
        let mut products = Vec::new();
        for number in 0..FIRMS {
            let name = format!("Jilin Home Textiles {number}");
            firms.push(self.sign(number, &payload("parties.registered.1", json!({"profile":
                {"country": "CN", "identifiers": [], "name": {"en": name, "zh": format!("吉林家纺{number}厂")}, "roles": ["manufacturer", "exporter"]}}))?)?);
            products.push(self.sign(number, &payload("supply-chain.product-defined.1", json!(
                {"number": "DUVET-220", "name": {"en": "Duvet cover 220 × 240", "zh": "被套220×240", "de": "Bettbezug 220 × 240"}, "unit": "H87", "net_grams": 1450, "hs": "630221"}))?)?);
        }
        Ok([firms, products])
    }

    /// The parties of the first firms, which operate the validators of an alliance.
    #[must_use]
    pub fn operators(&self, count: usize) -> Vec<Party> {
        self.firms.iter().take(count).map(|firm| firm.party).collect()
    }

    /// As [`Traffic::founding`], in an alliance whose validators the first `operators` firms operate: they found themselves, admit
    /// the others, and all define their products; each batch counts from the next block.
    ///
    /// # Errors
    /// See [`Traffic::new`].
    pub fn founding_alliance(&mut self, operators: usize) -> Result<Vec<Vec<Record>>, UserError> {
        let [firms, products] = self.founding()?;
        let (first, others) = firms.split_at(operators.min(firms.len()));
        let mut votes = Vec::new();
        for firm in operators..FIRMS {
            votes.extend(self.admit(operators, &self.firms[firm].party.clone())?);
        }
        Ok(vec![first.to_vec(), votes, others.to_vec(), products])
    }

    /// As many of the operators as it takes admit a party.
    ///
    /// # Errors
    /// See [`Traffic::new`].
    pub fn admit(&mut self, operators: usize, party: &Party) -> Result<Vec<Record>, UserError> {
        let body = json!({"party": party, "standing": "admitted", "reason": "founding member"});
        let vote = payload("alliance.member-voted.1", body)?;
        // More than a third of the weight admits.
        (0..=operators / 3).map(|operator| self.sign(operator, &vote)).collect()
    }

    /// An operator proposes another weight for a vote key, and all others but one agree, in two batches for two blocks; `change` tells one
    /// proposal from the next.
    ///
    /// # Errors
    /// See [`Traffic::new`].
    pub fn reweigh(
        &mut self,
        operators: usize,
        key: &PublicKey,
        weight: u64,
        change: u64,
    ) -> Result<[Vec<Record>; 2], UserError> {
        let changes = json!([{"key": key, "party": self.firms[0].party, "weight": weight}]);
        let body = json!({"changes": changes, "reason": format!("change {change}")});
        let proposal = self.sign(0, &payload("alliance.validators-proposed.1", body)?)?;
        let mut votes = Vec::new();
        // One vote more would come too late: the others have decided.
        for operator in 1..operators - 1 {
            let body = json!({"proposal": proposal.id(), "approve": true});
            votes.push(self.sign(operator, &payload("alliance.validators-voted.1", body)?)?);
        }
        Ok([vec![proposal], votes])
    }

    /// The records of one shipment in their order.
    ///
    /// # Errors
    /// See [`Traffic::new`].
    pub fn shipment(&mut self, number: usize) -> Result<Vec<Record>, UserError> {
        let firm = number % FIRMS;
        let party = self.firms[firm].party;
        let buyer = self.firms[(firm + 1) % FIRMS].party;
        let subject = |kind: &str| format!("{kind}:{party}:{}-{number}", if kind == "lot" { "L" } else { "S" });
        let (lot, shipment) = (subject("lot"), subject("shipment"));
        let product = self.firms[firm].product.clone();
        let at = json!({"time": self.start, "zone": "+08:00"});
        let xian = json!({"name": "Xi'an International Port", "country": "CN", "locode": "CNXIA", "point": {"lat_e6": 34_350_000, "lon_e6": 109_000_000}});
        let border = json!({"name": "Małaszewicze", "country": "PL", "locode": "PLMAA", "point": {"lat_e6": 52_030_000, "lon_e6": 23_520_000}});
        let duisburg = json!({"name": "Duisburg Intermodal Terminal", "country": "DE", "locode": "DEDUI", "point": {"lat_e6": 51_400_000, "lon_e6": 6_700_000}});
        let amount = json!({"value": 480, "scale": 0, "unit": "H87"});
        let exception = |code: &str| json!({"shipment": shipment, "code": code, "packages": ["C-1"], "place": border, "at": at, "note": REMARK});
        let mut records = Vec::with_capacity(PER_SHIPMENT);
        let mut add = |traffic: &mut Self, kind: &str, body: Value| -> Result<Hash, UserError> {
            let record = traffic.sign(firm, &payload(kind, body)?)?;
            records.push(record.clone());
            Ok(record.id())
        };
        add(
            self,
            "supply-chain.lot-made.1",
            json!({"number": format!("L-{number}"), "product": product, "quantity": amount, "place": xian, "at": at, "origin": "CN"}),
        )?;
        add(
            self,
            "logistics.shipment-planned.1",
            json!({"number": format!("S-{number}"), "consignor": {"party": party}, "consignee": {"party": buyer}, "legs": [
            {"from": xian, "to": border, "mode": "rail"}, {"from": border, "to": duisburg, "mode": "rail"}]}),
        )?;
        add(
            self,
            "logistics.packed.1",
            json!({"shipment": shipment, "packages": [{"mark": "C-1", "kind": "CT", "gross_grams": 712_000, "contents": [{"subject": lot, "quantity": amount}]}], "place": xian, "at": at}),
        )?;
        for (event, place) in [
            ("departed", &xian),
            ("arrived", &border),
            ("departed", &border),
            ("arrived", &duisburg),
        ] {
            let mut body = json!({"shipment": shipment, "place": place, "at": at, "mode": "rail"});
            if event == "departed" {
                body["conveyance"] = json!(format!("X8043 / 8447 1203 {number} wagon 33"));
            }
            add(self, &format!("logistics.{event}.1"), body)?;
        }
        let late = add(self, "logistics.exception-raised.1", exception("delay"))?;
        add(self, "logistics.exception-raised.1", exception("damage"))?;
        add(
            self,
            "logistics.exception-resolved.1",
            json!({"shipment": shipment, "exception": late, "note": REMARK}),
        )?;
        add(
            self,
            "logistics.delivered.1",
            json!({"shipment": shipment, "place": duisburg, "at": at, "packages": 1}),
        )?;
        add(
            self,
            "supply-chain.inspected.1",
            json!({"about": lot, "outcome": "passed", "at": at, "note": REMARK}),
        )?;
        Ok(records)
    }

    /// A shipment with many records: a lot, a plan, and inspections of the lot until there are `records` of them; the lot and its records in order.
    ///
    /// # Errors
    /// See [`Traffic::new`].
    pub fn long_story(&mut self, records: usize) -> Result<(Subject, Vec<Record>), UserError> {
        let mut story: Vec<Record> = self.shipment(0)?.into_iter().take(1).collect();
        let lot = story[0].subjects()[0].clone();
        for number in story.len()..records {
            let at = json!({"time": self.start, "zone": "+08:00"});
            let body = json!({"about": lot, "outcome": "passed", "at": at, "note": format!("{number}: {REMARK}")});
            story.push(self.sign(0, &payload("supply-chain.inspected.1", body)?)?);
        }
        Ok((lot, story))
    }

    /// A record of one of the firms, at the turn that follows on what was signed before.
    pub(crate) fn sign(&mut self, firm: usize, payload: &Payload) -> Result<Record, UserError> {
        let party = self.firms[firm].party;
        let touches = payload.touches(&party)?;
        let mut seen = BTreeMap::new();
        for write in &touches.writes {
            let turn = self.turns.entry(write.subject.clone()).or_insert(0);
            if write.access == Access::Exclusive {
                seen.insert(write.subject.clone(), *turn);
                *turn += 1;
            }
        }
        let nonce = Hash::of(format!("{} {} {}", self.seed, payload.kind(), payload.body()).as_bytes());
        let mut salt = [0; 16];
        salt.copy_from_slice(&nonce.as_bytes()[..16]);
        // The second departure of a shipment says the same as the first but for its turn; the turn is in `seen`.
        let draft = RecordDraft {
            network: self.network,
            kind: payload.kind(),
            party,
            subjects: touches.subjects(),
            reads: touches.reads,
            seen,
            refers: touches.refers,
            claimed: self.start,
            until: self.start.plus_millis(7 * 24 * 60 * 60 * 1000),
            nonce: salt,
            body: payload.body(),
            commits: Vec::new(),
        };
        draft
            .sign(&self.firms[firm].key)
            .map_err(|error| UserError::new("bad-record").with("what", error))
    }
}

/// What a record of a kind says.
pub(crate) fn payload(kind: &str, body: Value) -> Result<Payload, UserError> {
    serde_json::from_value(json!({"kind": kind, "body": body}))
        .map_err(|error| UserError::new("bad-record").with("what", error))
}
