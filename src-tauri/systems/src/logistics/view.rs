//! What people see of shipments.

use super::records::{CorrectionReason, ExceptionCode, Leg, Package};
use super::state::ShipmentState;
pub use super::state::Stage;
use crate::shared::context::{Entry, Told};
use crate::shared::goods::{Mode, Place, When, Who};
use crate::shared::standing::{number, owner};
use crate::{Payload, State};
use ledger::Subject;
use serde::Serialize;
use ts_rs::TS;

/// A shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ShipmentView {
    /// Subject.
    pub subject: String,
    /// Own number.
    pub number: String,
    /// Who founded it.
    pub owner: String,
    /// Who sends.
    pub consignor: Who,
    /// Who receives.
    pub consignee: Who,
    /// Who holds it now.
    pub holder: Who,
    /// Where it stands.
    pub stage: Stage,
    /// Route.
    pub legs: Vec<Leg>,
    /// Container.
    pub container: Option<String>,
    /// Tracking number.
    pub tracking: Option<String>,
    /// Promised at the consignee's.
    pub due: Option<String>,
    /// Latest expected arrival that anybody gave, until it is there.
    pub expected: Option<String>,
    /// What happened, oldest first.
    pub movements: Vec<MovementView>,
    /// Who held it, oldest first.
    pub custody: Vec<CustodyView>,
    /// An offer of custody that nobody has answered.
    pub offer: Option<OfferView>,
    /// Packages.
    pub packages: Vec<Package>,
    /// What went wrong and stands open.
    pub exceptions: Vec<ExceptionView>,
}

/// A movement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MovementView {
    /// RecordId.
    pub record: String,
    /// `packed`, `departed`, `arrived`, `delivered`.
    pub event: String,
    /// Where (after corrections).
    pub place: Place,
    /// When (after corrections).
    pub at: When,
    /// How.
    pub mode: Option<Mode>,
    /// Train, vessel, plate.
    pub conveyance: Option<String>,
    /// Who says so.
    pub author: String,
    /// Corrected by a later record.
    pub corrected: bool,
}

/// A link of the chain of custody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CustodyView {
    /// RecordId (acceptance, statement or founding).
    pub record: String,
    /// From whom; none at the beginning.
    pub from: Option<Who>,
    /// To whom.
    pub to: Who,
    /// When.
    pub at: When,
    /// How many packages.
    #[ts(type = "number")]
    pub packages: u32,
    /// Only one side says so.
    pub single_sourced: bool,
    /// What differed.
    pub remark: Option<String>,
}

/// An open offer of custody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OfferView {
    /// RecordId.
    pub record: String,
    /// From whom.
    pub from: Who,
    /// To whom.
    pub to: Who,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// How many packages.
    #[ts(type = "number")]
    pub packages: u32,
}

/// An open exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ExceptionView {
    /// RecordId.
    pub record: String,
    /// What.
    pub code: ExceptionCode,
    /// Which packages.
    pub packages: Vec<String>,
    /// In words.
    pub note: String,
    /// When.
    pub at: When,
    /// Who says so.
    pub author: String,
}

/// The view of a shipment from its state and its records, oldest first.
#[must_use]
pub fn shipment(subject: &Subject, entry: &Entry, told: &[Told<'_>]) -> Option<ShipmentView> {
    let State::Shipment(state) = entry.state.as_ref() else {
        return None;
    };
    let Payload::ShipmentPlanned(plan) = told.first()?.payload else {
        return None;
    };
    let packed = told.iter().filter_map(|told| match told.payload {
        Payload::Packed(record) if record.shipment == *subject => Some(&record.packages),
        _ => None,
    });
    Some(ShipmentView {
        subject: subject.to_string(),
        number: number(subject),
        owner: owner(subject),
        consignor: state.consignor.clone(),
        consignee: state.consignee.clone(),
        holder: state.holder.clone(),
        stage: state.stage,
        legs: plan.legs.clone(),
        container: plan.container.clone(),
        tracking: plan.tracking.clone(),
        due: plan.due.map(|due| due.to_string()),
        expected: state.still_expected().map(|expected| expected.to_string()),
        movements: movements(subject, told),
        custody: custody(state, told),
        offer: offer(state, told),
        packages: packed.flatten().cloned().collect(),
        exceptions: exceptions(state, told),
    })
}

/// Movements oldest first, as later corrections say; those that were found not to have occurred are left to the history.
fn movements(subject: &Subject, told: &[Told<'_>]) -> Vec<MovementView> {
    let mut found = Vec::new();
    for told in told {
        let mut view = match told.payload {
            Payload::Packed(record) if record.shipment == *subject => {
                movement(told, "packed", &record.place, &record.at)
            }
            Payload::Departed(record) => {
                let mut view = movement(told, "departed", &record.place, &record.at);
                view.mode = Some(record.mode);
                view.conveyance.clone_from(&record.conveyance);
                view
            }
            Payload::Arrived(record) => {
                let mut view = movement(told, "arrived", &record.place, &record.at);
                view.mode = Some(record.mode);
                view
            }
            Payload::Delivered(record) => movement(told, "delivered", &record.place, &record.at),
            Payload::ShipmentCorrected(record) => {
                let id = record.record.to_string();
                if record.reason == CorrectionReason::DidNotOccur {
                    found.retain(|view: &MovementView| view.record != id);
                }
                for view in found.iter_mut().filter(|view| view.record == id) {
                    view.place = record.place.clone().unwrap_or_else(|| view.place.clone());
                    view.at = record.at.clone().unwrap_or_else(|| view.at.clone());
                    view.corrected = true;
                }
                continue;
            }
            _ => continue,
        };
        view.author = told.record.party().to_string();
        found.push(view);
    }
    found
}

fn movement(told: &Told<'_>, event: &str, place: &Place, at: &When) -> MovementView {
    MovementView {
        record: told.record.id().to_string(),
        event: event.to_owned(),
        place: place.clone(),
        at: at.clone(),
        mode: None,
        conveyance: None,
        author: String::new(),
        corrected: false,
    }
}

/// Who held it, oldest first: the planner, then each acceptance, statement and delivery.
fn custody(state: &ShipmentState, told: &[Told<'_>]) -> Vec<CustodyView> {
    let mut found: Vec<CustodyView> = Vec::new();
    for told in told {
        let author = Who::Party(*told.record.party());
        let (to, at, packages, remark) = match told.payload {
            Payload::ShipmentPlanned(_) => {
                let at = When {
                    time: told.record.claimed(),
                    zone: "+00:00".to_owned(),
                };
                (author, at, 0, None)
            }
            Payload::HandoverAccepted(record) => (author, record.at.clone(), record.packages, record.remark.clone()),
            Payload::CustodyStated(record) => (record.to.clone(), record.at.clone(), record.packages, None),
            Payload::Delivered(record) if found.last().is_some_and(|last| last.to != state.consignee) => {
                (state.consignee.clone(), record.at.clone(), record.packages, None)
            }
            _ => continue,
        };
        let record = told.record.id();
        found.push(CustodyView {
            record: record.to_string(),
            from: found.last().map(|last| last.to.clone()),
            to,
            at,
            packages,
            single_sourced: state.awaiting.iter().any(|open| open.record == record),
            remark,
        });
    }
    found
}

fn offer(state: &ShipmentState, told: &[Told<'_>]) -> Option<OfferView> {
    let open = state.offer.as_ref()?;
    let told = told.iter().find(|told| told.record.id() == open.record)?;
    let Payload::HandoverOffered(record) = told.payload else {
        return None;
    };
    Some(OfferView {
        record: open.record.to_string(),
        from: state.holder.clone(),
        to: record.to.clone(),
        place: record.place.clone(),
        at: record.at.clone(),
        packages: record.packages,
    })
}

fn exceptions(state: &ShipmentState, told: &[Told<'_>]) -> Vec<ExceptionView> {
    let view = |told: &Told<'_>| match told.payload {
        Payload::ExceptionRaised(record) => Some(ExceptionView {
            record: told.record.id().to_string(),
            code: record.code,
            packages: record.packages.clone(),
            note: record.note.clone(),
            at: record.at.clone(),
            author: told.record.party().to_string(),
        }),
        _ => None,
    };
    let open = |told: &&Told<'_>| state.exceptions.iter().any(|open| open.record == told.record.id());
    told.iter().filter(open).filter_map(view).collect()
}
