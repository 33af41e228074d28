//! Where products, lots and items stand. Amounts are integers in millionths of the lot's unit.

use super::records::{CorrectionReason, Hazard, LotMade, Outcome, Processed, ProductDefined, SerialMade};
use crate::Payload;
use crate::shared::context::{Said, type_of};
use crate::shared::goods::{LocalText, Quantity, Unit, Who};
use crate::shared::standing::{Awaiting, Spot, link, subject_of};
use ledger::{Hash, Party, Subject, Time};
use serde::{Deserialize, Serialize};

/// Recalls that may stand at once.
pub(crate) const RECALLS: usize = 16;
/// Statements on behalf of others that may stand unconfirmed at once.
pub(crate) const AWAITING: usize = 8;
/// Inspections remembered one by one; older ones are only counted.
const REMEMBERED: usize = 8;

/// What all goods have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Entered on behalf of others and not confirmed by them; at most 8.
    pub awaiting: Vec<Awaiting>,
    /// Inspections.
    pub inspections: Inspections,
    /// Recalls that stand; at most 16.
    pub recalls: Vec<OpenRecall>,
}

/// A summary of inspections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspections {
    /// How many were conditional.
    pub conditional: u64,
    /// How many failed.
    pub failed: u64,
    /// The last 8, oldest first: those that can still be corrected.
    pub last: Vec<Inspection>,
    /// How many passed.
    pub passed: u64,
}

/// An inspection as a state remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// Outcome.
    pub outcome: Outcome,
    /// Author.
    pub party: Party,
    /// RecordId.
    pub record: Hash,
}

/// A recall that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenRecall {
    /// How bad.
    pub hazard: Hazard,
    /// RecordId.
    pub record: Hash,
}

/// A kind of goods: `product:…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductState {
    /// GTIN-14.
    pub gtin: Option<String>,
    /// HS code.
    pub hs: Option<String>,
    /// Its public code.
    pub links: Vec<Subject>,
    /// Name.
    pub name: LocalText,
    /// Net mass of one unit in grams.
    pub net_grams: Option<i64>,
    /// Recalls and inspections.
    pub standing: Standing,
    /// Unit.
    pub unit: Unit,
}

/// A lot: `lot:…`. `left + packed + singled + used = made`, always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotState {
    /// When it was made.
    pub at: Time,
    /// The record that made it.
    pub founded: Hash,
    /// Pieces singled out.
    pub items: u64,
    /// Not yet used, packed or singled out.
    pub left: i64,
    /// Product, input lots, maker, inspectors: only what this lot rests on, never what was made of it.
    pub links: Vec<Subject>,
    /// How much was made, after corrections.
    pub made: i64,
    /// Net grams of `of` millionths of the unit, when the unit is not a mass and somebody said it.
    pub net: Option<Net>,
    /// Country of origin.
    pub origin: Option<String>,
    /// Packed into shipments.
    pub packed: i64,
    /// Where it was made.
    pub place: Spot,
    /// It came out of processing, and no difference in mass was explained: corrections may not make it more.
    pub processed: bool,
    /// Became items.
    pub singled: i64,
    /// Recalls and inspections.
    pub standing: Standing,
    /// Unit.
    pub unit: Unit,
    /// Went into processing.
    pub used: i64,
    /// It was found never to have been made.
    pub void: bool,
}

/// A mass for an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Net {
    /// Grams.
    pub grams: i64,
    /// Of so many millionths of the unit, > 0.
    pub of: i64,
}

/// A piece with its own number: `item:…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialState {
    /// When it was made.
    pub at: Time,
    /// The record that made it.
    pub founded: Hash,
    /// Product, lot, public code, the shipment it was last packed in.
    pub links: Vec<Subject>,
    /// Where it was made.
    pub place: Spot,
    /// Recalls and inspections.
    pub standing: Standing,
    /// It was found never to have been made.
    pub void: bool,
}

/// The first link of a type.
pub(crate) fn linked<'a>(links: &'a [Subject], type_name: &str) -> Option<&'a Subject> {
    links.iter().find(|subject| type_of(subject) == type_name)
}

impl Standing {
    /// Takes in what any goods can hear, and keeps the links to whoever must still confirm something.
    fn hears(&mut self, links: &mut Vec<Subject>, said: &Said<'_>, payload: &Payload) {
        match payload {
            Payload::Inspected(record) => {
                self.inspections.add(Inspection {
                    outcome: record.outcome,
                    party: *said.party,
                    record: said.id,
                });
                if let Some(inspector) = &record.inspector {
                    self.await_word(said, inspector);
                }
            }
            Payload::Recalled(record) => self.recalls.push(OpenRecall {
                hazard: record.hazard,
                record: said.id,
            }),
            Payload::RecallEnded(record) => self.recalls.retain(|open| open.record != record.recall),
            Payload::GoodsConfirmed(record) => self.awaiting.retain(|open| open.record != record.record),
            Payload::GoodsCorrected(record) if record.reason == CorrectionReason::DidNotOccur => {
                self.inspections.remove(&record.record);
                self.awaiting.retain(|open| open.record != record.record);
            }
            _ => return,
        }
        self.relink(links);
    }

    /// Notes that `who` has not confirmed this record, unless it is who speaks.
    fn await_word(&mut self, said: &Said<'_>, who: &Who) {
        if *who != Who::Party(*said.party) {
            self.awaiting.push(Awaiting {
                record: said.id,
                who: who.clone(),
            });
        }
    }

    /// Of parties and partners, exactly those whose word is awaited are linked: who has spoken is found as an author.
    fn relink(&self, links: &mut Vec<Subject>) {
        links.retain(|subject| !matches!(type_of(subject), "party" | "partner"));
        for open in &self.awaiting {
            link(links, subject_of(&open.who));
        }
    }
}

impl Inspections {
    fn count(&mut self, outcome: Outcome) -> &mut u64 {
        match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::Conditional => &mut self.conditional,
        }
    }

    fn add(&mut self, inspection: Inspection) {
        let count = self.count(inspection.outcome);
        *count = count.saturating_add(1);
        self.last.push(inspection);
        if self.last.len() > REMEMBERED {
            self.last.remove(0);
        }
    }

    fn remove(&mut self, record: &Hash) {
        let Some(place) = self.last.iter().position(|known| known.record == *record) else {
            return;
        };
        let count = self.count(self.last[place].outcome);
        *count = count.saturating_sub(1);
        self.last.remove(place);
    }
}

impl ProductState {
    /// As it was defined.
    pub(crate) fn defined(record: &ProductDefined) -> Self {
        let gtin = record
            .gtin
            .as_ref()
            .and_then(|text| super::touches::gtin(text, "").ok());
        let gtin = gtin.map(|gtin| gtin.as_str().to_owned());
        let code = gtin.as_ref().and_then(|gtin| format!("gs1:01/{gtin}").parse().ok());
        Self {
            gtin,
            hs: record.hs.clone(),
            links: code.into_iter().collect(),
            name: record.name.clone(),
            net_grams: record.net_grams,
            standing: Standing::default(),
            unit: record.unit,
        }
    }

    /// After a record of this room.
    pub(crate) fn after(&self, said: &Said<'_>, payload: &Payload) -> Self {
        let mut next = self.clone();
        next.standing.hears(&mut next.links, said, payload);
        next
    }
}

impl LotState {
    fn new(said: &Said<'_>, product: &Subject, quantity: &Quantity, at: Time, place: Spot) -> Self {
        let made = quantity.millionths().unwrap_or_default();
        Self {
            at,
            founded: said.id,
            items: 0,
            left: made,
            links: vec![product.clone()],
            made,
            net: None,
            origin: None,
            packed: 0,
            place,
            processed: false,
            singled: 0,
            standing: Standing::default(),
            unit: quantity.unit,
            used: 0,
            void: false,
        }
    }

    /// Made, harvested, bought in.
    pub(crate) fn made(said: &Said<'_>, record: &LotMade) -> Self {
        let mut lot = Self::new(
            said,
            &record.product,
            &record.quantity,
            record.at.time,
            Spot::of(&record.place),
        );
        lot.net = record.net_grams.map(|grams| Net { grams, of: lot.made });
        lot.origin = Some(record.origin.clone());
        if let Some(maker) = &record.maker {
            lot.standing.await_word(said, maker);
            lot.standing.relink(&mut lot.links);
        }
        lot
    }

    /// Came out of processing.
    pub(crate) fn processed(said: &Said<'_>, subject: &Subject, record: &Processed) -> Option<Self> {
        let own = |number: &str| Subject::owned("lot", said.party, number).ok();
        let output = record
            .outputs
            .iter()
            .find(|output| own(&output.number).as_ref() == Some(subject))?;
        let mut lot = Self::new(
            said,
            &output.product,
            &output.quantity,
            record.at.time,
            Spot::of(&record.place),
        );
        lot.net = output.net_grams.map(|grams| Net { grams, of: lot.made });
        lot.processed = record.difference.is_none();
        for input in &record.inputs {
            link(&mut lot.links, input.lot.clone());
        }
        Some(lot)
    }

    /// After a record of this room or of logistics.
    pub(crate) fn after(&self, said: &Said<'_>, subject: &Subject, payload: &Payload) -> Self {
        let mut next = self.clone();
        match payload {
            Payload::Processed(record) => {
                let own = record
                    .inputs
                    .iter()
                    .filter(|input| input.lot == *subject && input.received_in.is_none());
                let taken = next.take(own.map(|input| &input.quantity));
                next.used = next.used.saturating_add(taken);
            }
            Payload::Packed(record) => {
                let contents = record.packages.iter().flat_map(|package| &package.contents);
                let own = contents.filter(|content| content.subject == *subject && content.received_in.is_none());
                let taken = next.take(own.map(|content| &content.quantity));
                next.packed = next.packed.saturating_add(taken);
            }
            Payload::SerialMade(_) => {
                let one = next.left.min(crate::shared::check::MILLION);
                next.left -= one;
                next.singled = next.singled.saturating_add(one);
                next.items = next.items.saturating_add(1);
            }
            Payload::GoodsCorrected(record) if record.record == self.founded => next.correct(record),
            _ => {}
        }
        next.standing.hears(&mut next.links, said, payload);
        next
    }

    /// Takes amounts from what is left, never more than that; gives how much was taken.
    fn take<'a>(&mut self, amounts: impl Iterator<Item = &'a Quantity>) -> i64 {
        let asked = amounts.fold(0_i64, |sum, amount| {
            sum.saturating_add(amount.millionths().unwrap_or_default())
        });
        let taken = asked.min(self.left);
        self.left -= taken;
        taken
    }

    fn correct(&mut self, record: &super::records::Corrected) {
        let gone = self.made - self.left;
        if record.reason == CorrectionReason::DidNotOccur {
            self.void = true;
        }
        let amount = if self.void {
            Some(0)
        } else {
            record.quantity.as_ref().and_then(Quantity::millionths)
        };
        if let Some(made) = amount {
            self.made = made.max(gone);
            self.left = self.made - gone;
        }
        if let Some(place) = &record.place {
            self.place = Spot::of(place);
        }
        if let Some(at) = &record.at {
            self.at = at.time;
        }
    }
}

impl SerialState {
    /// Singled out of a lot.
    pub(crate) fn made(said: &Said<'_>, record: &SerialMade) -> Self {
        let mut links = vec![record.product.clone()];
        link(&mut links, record.lot.clone());
        if let Ok(Some(code)) = record.code() {
            link(&mut links, code);
        }
        let (at, place) = (record.at.time, Spot::of(&record.place));
        Self {
            at,
            founded: said.id,
            links,
            place,
            standing: Standing::default(),
            void: false,
        }
    }

    /// The shipment it was last packed in.
    #[must_use]
    pub fn shipment(&self) -> Option<&Subject> {
        linked(&self.links, "shipment")
    }

    /// After a record of this room or of logistics.
    pub(crate) fn after(&self, said: &Said<'_>, payload: &Payload) -> Self {
        let mut next = self.clone();
        match payload {
            Payload::Packed(record) => {
                next.links.retain(|subject| type_of(subject) != "shipment");
                link(&mut next.links, record.shipment.clone());
            }
            Payload::GoodsCorrected(record) if record.record == self.founded => {
                next.void = record.reason == CorrectionReason::DidNotOccur;
                if let Some(place) = &record.place {
                    next.place = Spot::of(place);
                }
                if let Some(at) = &record.at {
                    next.at = at.time;
                }
            }
            _ => {}
        }
        next.standing.hears(&mut next.links, said, payload);
        next
    }
}

impl LotState {
    /// What other rooms may know.
    pub(crate) fn facts(&self) -> crate::shared::context::GoodsFacts<'_> {
        crate::shared::context::GoodsFacts::Lot {
            unit: self.unit,
            left: self.left,
            made: self.at,
            void: self.void,
        }
    }
}

impl SerialState {
    /// What other rooms may know.
    pub(crate) fn facts(&self) -> crate::shared::context::GoodsFacts<'_> {
        crate::shared::context::GoodsFacts::Serial {
            shipment: self.shipment(),
            made: self.at,
            void: self.void,
        }
    }
}
