//! What can be said about goods on their way.

use crate::shared::goods::{Mode, Place, Quantity, When, Who};
pub use crate::supply_chain::records::CorrectionReason;
use ledger::{Hash, Subject, Time};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One leg of a planned route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Leg {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// How.
    pub mode: Mode,
    /// Planned departure (DCSA event classifier PLN).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub departs: Option<Time>,
    /// Planned arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub arrives: Option<Time>,
}

/// `logistics.shipment-planned.1`: goods will go from one party to another. Subject `shipment:<us>:<number>`, and
/// `container:<number>`, `tracking:<number>` when given. Whoever plans it holds custody at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ShipmentPlanned {
    /// Our own shipment number, 1–60 code points.
    pub number: String,
    /// Who sends.
    pub consignor: Who,
    /// Who receives.
    pub consignee: Who,
    /// The route, 1–12 legs, each beginning where the one before ends.
    pub legs: Vec<Leg>,
    /// Container number, ISO 6346.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub container: Option<String>,
    /// Postal or carrier tracking number (UPU S10 when it has that form).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tracking: Option<String>,
    /// Promised at the consignee's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub due: Option<Time>,
}

/// A lot or item in a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The lot or item.
    #[ts(type = "string")]
    pub subject: Subject,
    /// How much of the lot; for an item one piece.
    pub quantity: Quantity,
    /// For goods of another owner: the shipment that brought them to us; the amount is taken from what arrived with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub received_in: Option<Subject>,
}

/// A package: carton, pallet, crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its mark: an SSCC (18 digits) or our own, 1–40 code points; unique in the shipment.
    pub mark: String,
    /// Package type, UN/ECE Recommendation 21 code (`CT` carton, `PX` pallet, `CR` crate, `BX` box, `BG` bag, `RO` roll).
    pub kind: String,
    /// What is in it, 1–30.
    pub contents: Vec<Content>,
    /// Gross mass in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub gross_grams: Option<i64>,
}

/// `logistics.packed.1`: goods were put into packages (EPCIS AggregationEvent, bizStep packing). Takes the amounts from the lots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Packed {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// 1–200.
    pub packages: Vec<Package>,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
}

/// `logistics.departed.1` (DCSA transport event DEPA).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Departed {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// From where.
    pub place: Place,
    /// When.
    pub at: When,
    /// How.
    pub mode: Mode,
    /// Train, wagon, vessel and voyage, plate; 1–60 code points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub conveyance: Option<String>,
    /// Seal numbers, 0–10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<String>,
}

/// `logistics.arrived.1` (DCSA transport event ARRI).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Arrived {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// How.
    pub mode: Mode,
}

/// `logistics.delivered.1`: at the consignee's, signed by whoever holds custody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// How many packages.
    #[ts(type = "number")]
    pub packages: u32,
}

/// `logistics.handover-offered.1`: the holder offers custody to another party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HandoverOffered {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// To whom; must be a party with a key (for a partner without one see [`CustodyStated`]).
    pub to: Who,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// How many packages are handed over.
    #[ts(type = "number")]
    pub packages: u32,
    /// Condition in words, 1–500 code points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub condition: Option<String>,
}

/// `logistics.handover-accepted.1`: the other party takes custody. From here it holds the goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HandoverAccepted {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// The offer.
    #[ts(type = "string")]
    pub offer: Hash,
    /// When.
    pub at: When,
    /// How many packages were counted; fewer than offered needs a remark.
    #[ts(type = "number")]
    pub packages: u32,
    /// What differs, 1–500 code points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub remark: Option<String>,
}

/// `logistics.handover-ended.1`: the offer is withdrawn by who made it, or declined by whom it was made to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HandoverEnded {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// The offer.
    #[ts(type = "string")]
    pub offer: Hash,
    /// Why, 1–500 code points.
    pub reason: String,
}

/// `logistics.custody-stated.1`: custody passed between us and a partner without a key; one side speaks for both,
/// shown as single-sourced until the other confirms. The founder of the shipment may state it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CustodyStated {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// Who held it.
    pub from: Who,
    /// Who holds it now.
    pub to: Who,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// How many packages.
    #[ts(type = "number")]
    pub packages: u32,
}

/// What went wrong (after the reason codes of DCSA Track & Trace 3.0 and UN/EDIFACT 9013).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionCode {
    /// Later than planned.
    Delay,
    /// Goods or packages damaged.
    Damage,
    /// Fewer packages than there should be.
    Shortage,
    /// A seal is broken or differs.
    Seal,
    /// Too warm or too cold.
    Temperature,
    /// Stopped by an authority.
    Held,
    /// Anything else, said in the note.
    Other,
}

/// `logistics.exception-raised.1`: something went wrong on the way. Commuting: the holder, consignor or consignee may say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRaised {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// What.
    pub code: ExceptionCode,
    /// Which packages, by mark; empty means all or not known.
    pub packages: Vec<String>,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// In words, 1–1,000 code points.
    pub note: String,
    /// New expected arrival (DCSA event classifier EST).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub expected: Option<Time>,
}

/// `logistics.exception-resolved.1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExceptionResolved {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// The exception.
    #[ts(type = "string")]
    pub exception: Hash,
    /// How, 1–1,000 code points.
    pub note: String,
}

/// `logistics.corrected.1`: our own earlier record was wrong. Both stay visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ShipmentCorrected")]
pub struct Corrected {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// The record that was wrong.
    #[ts(type = "string")]
    pub record: Hash,
    /// Why.
    pub reason: CorrectionReason,
    /// The right place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub place: Option<Place>,
    /// The right time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at: Option<When>,
    /// What a reader must know, 1–1,000 code points.
    pub note: String,
}

/// `logistics.confirmed.1`: the party on whose behalf something was entered says that it is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ShipmentConfirmed")]
pub struct Confirmed {
    /// The shipment.
    #[ts(type = "string")]
    pub shipment: Subject,
    /// The record entered on our behalf.
    #[ts(type = "string")]
    pub record: Hash,
    /// The partner as which we were named, when the record does not name us by our own did:key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub partner: Option<Subject>,
}
