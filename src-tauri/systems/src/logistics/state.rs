//! Where shipments stand.

use super::records::{CorrectionReason, ShipmentPlanned};
use crate::Payload;
use crate::shared::context::{Said, type_of};
use crate::shared::goods::{Quantity, Who};
use crate::shared::standing::{Awaiting, Spot, link, subject_of};
use ledger::{Hash, Party, Subject, Time};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Statements of custody that may stand unconfirmed at once.
pub(crate) const AWAITING: usize = 6;
/// Exceptions that may stand open at once.
pub(crate) const EXCEPTIONS: usize = 10;
/// Lots and items one shipment may hold.
pub(crate) const CONTENTS: usize = 100;
/// Bytes that contents may take in the state; with every other member at its greatest the state stays below 16 KiB.
pub(crate) const CONTENT_BYTES: usize = 6_200;
/// Movements remembered: those that can still be corrected.
const REMEMBERED: usize = 8;

/// Where a shipment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Planned, nothing packed.
    Planned,
    /// Packed, not departed.
    Packed,
    /// Between two places.
    UnderWay,
    /// At a place on the route.
    AtPlace,
    /// At the consignee's.
    Delivered,
}

/// A shipment: `shipment:…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipmentState {
    /// For each lot and item among `links`, in that order: how much the shipment holds, in millionths of the unit. After
    /// delivery the consignee takes from it.
    pub amounts: Vec<i64>,
    /// Custody stated or delivered without the other side's word; at most 6.
    pub awaiting: Vec<Awaiting>,
    /// Who receives.
    pub consignee: Who,
    /// Who sends.
    pub consignor: Who,
    /// Container number.
    pub container: Option<String>,
    /// Where it is to go.
    pub destination: Spot,
    /// Promised there.
    pub due: Option<Time>,
    /// The last 8 movements, oldest first.
    pub events: Vec<Movement>,
    /// Exceptions that stand open; at most 10.
    pub exceptions: Vec<OpenException>,
    /// Latest expected arrival that anybody gave.
    pub expected: Option<Time>,
    /// Who holds the goods.
    pub holder: Who,
    /// Time of the last movement or change of custody: nothing may be said to have happened before it.
    pub last: Option<Time>,
    /// Contents, and whoever is needed to understand who may do what.
    pub links: Vec<Subject>,
    /// An offer of custody that stands.
    pub offer: Option<Offer>,
    /// Where the journey begins.
    pub origin: Spot,
    /// How many packages were packed.
    pub packages: u32,
    /// Where it was last.
    pub place: Option<Spot>,
    /// Stage.
    pub stage: Stage,
    /// Tracking number.
    pub tracking: Option<String>,
}

/// A movement that can be corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// Stage before it, when a correction may still undo it (a departure or arrival).
    pub before: Option<Stage>,
    /// Author.
    pub party: Party,
    /// RecordId.
    pub record: Hash,
    /// When.
    pub time: Time,
}

/// An exception that stands open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenException {
    /// Who raised it.
    pub party: Party,
    /// RecordId.
    pub record: Hash,
}

/// An offer of custody by the holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// When it was made.
    pub at: Time,
    /// Packages offered.
    pub packages: u32,
    /// RecordId.
    pub record: Hash,
    /// To whom.
    pub to: Who,
}

/// Whether a link is content.
fn is_content(subject: &Subject) -> bool {
    matches!(type_of(subject), "lot" | "item")
}

impl ShipmentState {
    /// When it is expected, as long as it is not where it is to go.
    pub(crate) fn still_expected(&self) -> Option<Time> {
        let there = matches!(self.stage, Stage::AtPlace | Stage::Delivered)
            && self.place.as_ref().is_some_and(|place| place.is(&self.destination));
        self.expected.filter(|_| !there)
    }

    /// As it was planned.
    pub(crate) fn planned(said: &Said<'_>, record: &ShipmentPlanned) -> Option<Self> {
        let (first, last) = (record.legs.first()?, record.legs.last()?);
        let mut planned = Self {
            amounts: Vec::new(),
            awaiting: Vec::new(),
            consignee: record.consignee.clone(),
            consignor: record.consignor.clone(),
            container: record.container.clone(),
            destination: Spot::of(&last.to),
            due: record.due,
            events: Vec::new(),
            exceptions: Vec::new(),
            expected: None,
            holder: Who::Party(*said.party),
            last: None,
            links: Vec::new(),
            offer: None,
            origin: Spot::of(&first.from),
            packages: 0,
            place: None,
            stage: Stage::Planned,
            tracking: record.tracking.clone(),
        };
        planned.relink();
        Some(planned)
    }

    /// Lots and items in it, sorted.
    pub fn contents(&self) -> impl Iterator<Item = &Subject> {
        self.links.iter().filter(|subject| is_content(subject))
    }

    /// How much of a lot or item it holds, in millionths of the unit.
    #[must_use]
    pub fn holds(&self, goods: &Subject) -> Option<i64> {
        let place = self.contents().position(|content| content == goods)?;
        self.amounts.get(place).copied()
    }

    /// Bytes the contents take, with `more` subjects added.
    pub(crate) fn content_bytes<'a>(&'a self, more: impl Iterator<Item = &'a Subject>) -> usize {
        // Quotes and comma, and up to 16 digits with a comma among the amounts.
        self.contents()
            .chain(more)
            .map(|subject| subject.as_str().len() + 20)
            .sum()
    }

    /// Whether nobody with a key holds it.
    #[must_use]
    pub fn holder_has_no_key(&self) -> bool {
        matches!(self.holder, Who::Partner(_))
    }

    fn relink(&mut self) {
        self.links.retain(is_content);
        let waiting = self.awaiting.iter().map(|open| &open.who);
        let offered = self.offer.iter().map(|offer| &offer.to);
        let whos = [&self.consignor, &self.consignee, &self.holder]
            .into_iter()
            .chain(waiting)
            .chain(offered);
        let subjects: Vec<Subject> = whos.map(subject_of).collect();
        for subject in subjects {
            link(&mut self.links, subject);
        }
    }

    fn add(&mut self, goods: &Subject, amount: i64) {
        let place = self.contents().take_while(|content| *content < goods).count();
        if self.contents().nth(place) == Some(goods) {
            if let Some(held) = self.amounts.get_mut(place) {
                *held = held.saturating_add(amount);
            }
        } else {
            link(&mut self.links, goods.clone());
            self.amounts.insert(place.min(self.amounts.len()), amount);
        }
    }

    fn take(&mut self, goods: &Subject, amount: i64) {
        let Some(place) = self.contents().position(|content| content == goods) else {
            return;
        };
        if let Some(held) = self.amounts.get_mut(place) {
            *held -= amount.min(*held);
        }
    }

    fn moved(&mut self, said: &Said<'_>, time: Time, before: Option<Stage>) {
        self.events.push(Movement {
            before,
            party: *said.party,
            record: said.id,
            time,
        });
        if self.events.len() > REMEMBERED {
            self.events.remove(0);
        }
        self.last = Some(time);
    }

    /// Custody passes; whoever did not speak is awaited.
    fn pass(&mut self, said: &Said<'_>, to: &Who, silent: Option<&Who>) {
        if let Some(silent) = silent {
            self.awaiting.push(Awaiting {
                record: said.id,
                who: silent.clone(),
            });
        }
        self.holder = to.clone();
        self.offer = None;
    }

    /// After a record of this room, or one that takes goods which came with this shipment.
    pub(crate) fn after(&self, said: &Said<'_>, subject: &Subject, payload: &Payload) -> Self {
        let mut next = self.clone();
        match payload {
            Payload::Packed(record) => next.packed(said, subject, record),
            Payload::Processed(record) => {
                let here = record
                    .inputs
                    .iter()
                    .filter(|input| input.received_in.as_ref() == Some(subject));
                here.for_each(|input| next.take(&input.lot, millionths(&input.quantity)));
            }
            Payload::Departed(record) => {
                next.stage = Stage::UnderWay;
                next.place = Some(Spot::of(&record.place));
                next.moved(said, record.at.time, Some(self.stage));
            }
            Payload::Arrived(record) => {
                next.stage = Stage::AtPlace;
                next.place = Some(Spot::of(&record.place));
                next.moved(said, record.at.time, Some(self.stage));
            }
            Payload::Delivered(record) => {
                next.stage = Stage::Delivered;
                next.place = Some(Spot::of(&record.place));
                next.moved(said, record.at.time, None);
                let consignee = self.consignee.clone();
                let silent = (consignee != Who::Party(*said.party)).then_some(&consignee);
                next.pass(said, &consignee, silent);
            }
            Payload::HandoverOffered(_) | Payload::HandoverAccepted(_) | Payload::HandoverEnded(_) => {
                next.handover(said, payload);
            }
            Payload::CustodyStated(record) => {
                let silent = if record.to == Who::Party(*said.party) {
                    &record.from
                } else {
                    &record.to
                };
                next.pass(said, &record.to, Some(silent));
                next.last = Some(record.at.time);
            }
            Payload::ExceptionRaised(record) => {
                next.exceptions.push(OpenException {
                    party: *said.party,
                    record: said.id,
                });
                next.expected = record.expected.or(next.expected);
            }
            Payload::ExceptionResolved(record) => next.exceptions.retain(|open| open.record != record.exception),
            Payload::ShipmentConfirmed(record) => next.awaiting.retain(|open| open.record != record.record),
            Payload::ShipmentCorrected(record) => next.correct(record),
            _ => {}
        }
        if !next.same_people(self) || next.links != self.links {
            next.relink();
        }
        next
    }

    /// Whether [`relink`](Self::relink) finds the same people in both.
    fn same_people(&self, other: &Self) -> bool {
        (&self.consignor, &self.consignee, &self.holder) == (&other.consignor, &other.consignee, &other.holder)
            && (&self.awaiting, &self.offer) == (&other.awaiting, &other.offer)
    }

    fn packed(&mut self, said: &Said<'_>, subject: &Subject, record: &super::records::Packed) {
        let contents = || record.packages.iter().flat_map(|package| &package.contents);
        if record.shipment == *subject {
            contents().for_each(|content| self.add(&content.subject, millionths(&content.quantity)));
            let more = u32::try_from(record.packages.len()).unwrap_or(u32::MAX);
            self.packages = self.packages.saturating_add(more);
            self.stage = Stage::Packed;
            self.place = Some(Spot::of(&record.place));
            self.moved(said, record.at.time, None);
        } else {
            let here = contents().filter(|content| content.received_in.as_ref() == Some(subject));
            here.for_each(|content| self.take(&content.subject, millionths(&content.quantity)));
        }
    }

    fn handover(&mut self, said: &Said<'_>, payload: &Payload) {
        match payload {
            Payload::HandoverOffered(record) => {
                let (at, packages) = (record.at.time, record.packages);
                self.offer = Some(Offer {
                    at,
                    packages,
                    record: said.id,
                    to: record.to.clone(),
                });
                self.last = Some(at);
            }
            Payload::HandoverAccepted(record) => {
                self.pass(said, &Who::Party(*said.party), None);
                self.last = Some(record.at.time);
            }
            _ => self.offer = None,
        }
    }

    /// A correction of the newest movement moves the place and time the next one is measured by, or undoes it.
    fn correct(&mut self, record: &super::records::Corrected) {
        let Some(place) = self.events.iter().position(|event| event.record == record.record) else {
            return;
        };
        let newest = place + 1 == self.events.len();
        let event = &mut self.events[place];
        let is_last = newest && self.last == Some(event.time);
        if record.reason == CorrectionReason::DidNotOccur {
            if let Some(before) = event.before.filter(|_| is_last) {
                self.stage = before;
                self.place = None;
                self.events.remove(place);
                self.last = self.events.last().map(|event| event.time);
            }
            return;
        }
        if let Some(at) = &record.at {
            event.time = at.time;
            if is_last {
                self.last = Some(at.time);
            }
        }
        if let Some(place) = record.place.as_ref().filter(|_| newest) {
            self.place = Some(Spot::of(place));
        }
    }
}

fn millionths(quantity: &Quantity) -> i64 {
    quantity.millionths().unwrap_or_default()
}

impl ShipmentState {
    /// What other rooms may know.
    pub(crate) fn facts(&self) -> crate::shared::context::ShipmentFacts<'_> {
        let delivered = self.stage == Stage::Delivered;
        crate::shared::context::ShipmentFacts {
            delivered,
            consignee: &self.consignee,
        }
    }
}
