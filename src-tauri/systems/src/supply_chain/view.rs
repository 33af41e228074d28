//! What people see of goods.

use super::records::{CertificateReference, CorrectionReason, Hazard, Outcome};
use super::state::{Standing, linked};
use crate::shared::context::{Entry, Lookup, Told};
use crate::shared::goods::{LocalText, Place, Quantity, Unit, When, Who};
use crate::shared::standing::{number, owner};
use crate::{Payload, State};
use ledger::Subject;
use serde::Serialize;
use ts_rs::TS;

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ProductView {
    /// Subject.
    pub subject: String,
    /// Own article number.
    pub number: String,
    /// GTIN-14, if any.
    pub gtin: Option<String>,
    /// Name.
    pub name: LocalText,
    /// Description.
    pub description: Option<LocalText>,
    /// Unit.
    pub unit: Unit,
    /// Net mass of one unit in grams.
    #[ts(type = "number | null")]
    pub net_grams: Option<i64>,
    /// HS code, 6 digits.
    pub hs: Option<String>,
    /// Who defined it.
    pub owner: String,
    /// Recalls that stand.
    pub recalls: Vec<RecallView>,
    /// Inspections and certificates, newest first.
    pub inspections: Vec<InspectionView>,
}

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LotView {
    /// Subject.
    pub subject: String,
    /// Own lot number.
    pub number: String,
    /// Product subject.
    pub product: String,
    /// How much was made (after corrections).
    pub made: Quantity,
    /// How much is left: made less used, packed and singled out.
    pub left: Quantity,
    /// Where it was made.
    pub place: Place,
    /// When.
    pub at: When,
    /// Country of origin, when stated (processing outputs inherit nothing).
    pub origin: Option<String>,
    /// Who made it.
    pub owner: String,
    /// Who is said to have made it, if not the owner.
    pub maker: Option<Who>,
    /// Only one party says so (nobody confirmed what was entered on behalf).
    pub single_sourced: bool,
    /// Lots it was made of, with amounts.
    pub inputs: Vec<AmountView>,
    /// Lots made of it, with amounts taken.
    pub outputs: Vec<AmountView>,
    /// Shipments it was packed into, with amounts.
    pub shipments: Vec<AmountView>,
    /// Items singled out of it.
    #[ts(type = "number")]
    pub items: u64,
    /// Recalls that stand, its own (those of product and inputs are found through the trace).
    pub recalls: Vec<RecallView>,
    /// Inspections and certificates, newest first.
    pub inspections: Vec<InspectionView>,
    /// Why the mass out was more than the mass in, when that was explained.
    pub difference: Option<String>,
}

/// A piece with its own number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SerialView {
    /// Subject.
    pub subject: String,
    /// Serial number.
    pub serial: String,
    /// Product subject.
    pub product: String,
    /// Lot subject.
    pub lot: String,
    /// Public code, if any: `gs1:01/…/21/…`.
    pub code: Option<String>,
    /// Who made it.
    pub owner: String,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// Shipment it is packed in, the latest.
    pub shipment: Option<String>,
    /// Recalls that stand, its own.
    pub recalls: Vec<RecallView>,
    /// Inspections, newest first.
    pub inspections: Vec<InspectionView>,
    /// How many parties claim the same public code (more than one: a copied label).
    #[ts(type = "number")]
    pub claims: u64,
}

/// An amount that went from one subject to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AmountView {
    /// The other subject.
    pub subject: String,
    /// How much.
    pub quantity: Quantity,
    /// The record that says so.
    pub record: String,
}

/// A recall that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RecallView {
    /// RecordId.
    pub record: String,
    /// How bad.
    pub hazard: Hazard,
    /// Why.
    pub reason: LocalText,
    /// What to do.
    pub instruction: LocalText,
    /// Witnessed time.
    pub since: String,
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct InspectionView {
    /// RecordId.
    pub record: String,
    /// Outcome.
    pub outcome: Outcome,
    /// Who inspected, if not the author.
    pub inspector: Option<Who>,
    /// Author.
    pub author: String,
    /// Certificate.
    pub certificate: Option<CertificateReference>,
    /// When.
    pub at: When,
    /// Note.
    pub note: Option<String>,
}

/// The view of a product from its state and its records, oldest first.
#[must_use]
pub fn product(subject: &Subject, entry: &Entry, told: &[Told<'_>]) -> Option<ProductView> {
    let State::Product(state) = entry.state.as_ref() else {
        return None;
    };
    let record = told.iter().find_map(|told| match told.payload {
        Payload::ProductDefined(record) => Some(record),
        _ => None,
    })?;
    Some(ProductView {
        subject: subject.to_string(),
        number: record.number.clone(),
        gtin: state.gtin.clone(),
        name: record.name.clone(),
        description: record.description.clone(),
        unit: record.unit,
        net_grams: record.net_grams,
        hs: record.hs.clone(),
        owner: owner(subject),
        recalls: recalls(&state.standing, told),
        inspections: inspections(told),
    })
}

/// The view of a lot from its state and its records, oldest first.
#[must_use]
pub fn lot(subject: &Subject, entry: &Entry, told: &[Told<'_>]) -> Option<LotView> {
    let State::Lot(state) = entry.state.as_ref() else {
        return None;
    };
    let founding = told.first()?;
    let (place, at, maker, inputs, difference) = match founding.payload {
        Payload::LotMade(record) => (&record.place, &record.at, record.maker.clone(), Vec::new(), None),
        Payload::Processed(record) => {
            let inputs = record
                .inputs
                .iter()
                .map(|input| amount(&input.lot, &input.quantity, founding))
                .collect();
            (&record.place, &record.at, None, inputs, record.difference.clone())
        }
        _ => return None,
    };
    let (place, at) = corrected(told, &state.founded, place, at);
    Some(LotView {
        subject: subject.to_string(),
        number: number(subject),
        product: linked(&state.links, "product")
            .map(ToString::to_string)
            .unwrap_or_default(),
        made: Quantity::of_millionths(state.made, state.unit),
        left: Quantity::of_millionths(state.left, state.unit),
        place,
        at,
        origin: state.origin.clone(),
        owner: owner(subject),
        maker,
        single_sourced: !state.standing.awaiting.is_empty(),
        inputs,
        outputs: outputs(subject, told),
        shipments: shipments(subject, told),
        items: state.items,
        recalls: recalls(&state.standing, told),
        inspections: inspections(told),
        difference,
    })
}

/// The view of an item from its state and its records, oldest first.
#[must_use]
pub fn serial(subject: &Subject, entry: &Entry, told: &[Told<'_>], lookup: &Lookup<'_>) -> Option<SerialView> {
    let State::Serial(state) = entry.state.as_ref() else {
        return None;
    };
    let Payload::SerialMade(record) = told.first()?.payload else {
        return None;
    };
    let (place, at) = corrected(told, &state.founded, &record.place, &record.at);
    let code = linked(&state.links, "gs1");
    let claims = match code.and_then(lookup).as_deref() {
        Some(State::Code(code)) => code.parties(),
        _ => 0,
    };
    Some(SerialView {
        subject: subject.to_string(),
        serial: record.serial.clone(),
        product: record.product.to_string(),
        lot: record.lot.to_string(),
        code: code.map(ToString::to_string),
        owner: owner(subject),
        place,
        at,
        shipment: state.shipment().map(ToString::to_string),
        recalls: recalls(&state.standing, told),
        inspections: inspections(told),
        claims,
    })
}

fn amount(subject: &Subject, quantity: &Quantity, told: &Told<'_>) -> AmountView {
    AmountView {
        subject: subject.to_string(),
        quantity: quantity.clone(),
        record: told.record.id().to_string(),
    }
}

/// Place and time of the record that made it, as later corrections say.
fn corrected(told: &[Told<'_>], founded: &ledger::Hash, place: &Place, at: &When) -> (Place, When) {
    let mut now = (place.clone(), at.clone());
    for told in told {
        match told.payload {
            Payload::GoodsCorrected(record) if record.record == *founded => {
                now.0 = record.place.clone().unwrap_or(now.0);
                now.1 = record.at.clone().unwrap_or(now.1);
            }
            _ => {}
        }
    }
    now
}

/// Lots made of this one, each with the amount that went into the processing it came out of.
fn outputs(subject: &Subject, told: &[Told<'_>]) -> Vec<AmountView> {
    let mut found = Vec::new();
    for told in told {
        let Payload::Processed(record) = told.payload else {
            continue;
        };
        for input in record.inputs.iter().filter(|input| input.lot == *subject) {
            for output in &record.outputs {
                let made = Subject::owned("lot", told.record.party(), &output.number);
                found.extend(made.map(|made| amount(&made, &input.quantity, told)));
            }
        }
    }
    found
}

/// Shipments it was packed into, the amounts of one packing added up.
fn shipments(subject: &Subject, told: &[Told<'_>]) -> Vec<AmountView> {
    let mut found = Vec::new();
    for told in told {
        let Payload::Packed(record) = told.payload else {
            continue;
        };
        let contents = record.packages.iter().flat_map(|package| &package.contents);
        let here: Vec<&Quantity> = contents
            .filter(|content| content.subject == *subject)
            .map(|content| &content.quantity)
            .collect();
        let Some(first) = here.first() else { continue };
        let sum = here
            .iter()
            .filter_map(|quantity| quantity.millionths())
            .fold(0_i64, i64::saturating_add);
        found.push(amount(
            &record.shipment,
            &Quantity::of_millionths(sum, first.unit),
            told,
        ));
    }
    found
}

fn recalls(standing: &Standing, told: &[Told<'_>]) -> Vec<RecallView> {
    let open = |told: &&Told<'_>| standing.recalls.iter().any(|open| open.record == told.record.id());
    let view = |told: &Told<'_>| match told.payload {
        Payload::Recalled(record) => Some(RecallView {
            record: told.record.id().to_string(),
            hazard: record.hazard,
            reason: record.reason.clone(),
            instruction: record.instruction.clone(),
            since: told.time.to_string(),
        }),
        _ => None,
    };
    told.iter().filter(open).filter_map(view).collect()
}

/// Inspections newest first, without those their author took back, with place and time as corrected.
fn inspections(told: &[Told<'_>]) -> Vec<InspectionView> {
    let corrections = || {
        told.iter().filter_map(|told| match told.payload {
            Payload::GoodsCorrected(record) => Some(record),
            _ => None,
        })
    };
    let mut found = Vec::new();
    for told in told.iter().rev() {
        let Payload::Inspected(record) = told.payload else {
            continue;
        };
        let id = told.record.id();
        let own = || corrections().filter(|correction| correction.record == id);
        if own().any(|correction| correction.reason == CorrectionReason::DidNotOccur) {
            continue;
        }
        let at = own().filter_map(|correction| correction.at.clone()).next_back();
        found.push(InspectionView {
            record: id.to_string(),
            outcome: record.outcome,
            inspector: record.inspector.clone(),
            author: told.record.party().to_string(),
            certificate: record.certificate.clone(),
            at: at.unwrap_or_else(|| record.at.clone()),
            note: record.note.clone(),
        });
    }
    found
}
