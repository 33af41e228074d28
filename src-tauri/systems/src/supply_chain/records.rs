//! What can be said about goods: what they are, where they come from, what was made of what.

use crate::shared::goods::{LocalText, Place, Quantity, Unit, When, Who};
use ledger::{Hash, Subject, Time};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `supply-chain.product-defined.1`: a kind of goods. Subject `product:<us>:<number>` and, with a GTIN, `gs1:01/<gtin>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProductDefined {
    /// Our own article number, 1–60 code points.
    pub number: String,
    /// GS1 Global Trade Item Number, 8, 12, 13 or 14 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub gtin: Option<String>,
    /// What people call it.
    pub name: LocalText,
    /// Material, use and form, for customs and buyers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub description: Option<LocalText>,
    /// The unit it is counted in.
    pub unit: Unit,
    /// Net mass of one unit in grams, when the unit is not a mass; lets the mass balance of processing be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub net_grams: Option<i64>,
    /// Harmonized System code, 6 digits (HS 2022).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hs: Option<String>,
}

/// `supply-chain.lot-made.1`: a lot comes into being: harvested, produced, bought in. Subject `lot:<us>:<number>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LotMade {
    /// Our own lot number, 1–60 code points.
    pub number: String,
    /// The product it is of.
    #[ts(type = "string")]
    pub product: Subject,
    /// How much.
    pub quantity: Quantity,
    /// Net mass of the whole lot in grams, when the quantity is not a mass; lets the mass balance of processing be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub net_grams: Option<i64>,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// Country of origin, ISO 3166-1 alpha-2 (not the country of dispatch).
    pub origin: String,
    /// Who made it, when it was not us: then this is entered on its behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub maker: Option<Who>,
    /// The lot commits to the serial numbers of its pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub serials: Option<Serials>,
}

/// A commitment to serial numbers: the RFC 6962 root over them (UTF-8, sorted).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Serials {
    /// How many, 1–1,000,000.
    #[ts(type = "number")]
    pub count: u64,
    /// The root.
    #[ts(type = "string")]
    pub root: Hash,
}

/// `supply-chain.serial-made.1`: one piece with its own number. Subject `item:<us>:<product number>.<serial>`, and `gs1:01/<gtin>/21/<serial>` when the product has a GTIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SerialMade {
    /// Serial number, 1–20 characters of GS1 set 82 when the product has a GTIN.
    pub serial: String,
    /// The product it is.
    #[ts(type = "string")]
    pub product: Subject,
    /// The GTIN of that product, repeated so that the public code can be derived; must equal the product's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub gtin: Option<String>,
    /// The lot it comes from; one unit of the lot becomes this piece.
    #[ts(type = "string")]
    pub lot: Subject,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
}

/// `supply-chain.event-captured.1`: an EPCIS 2.0 event of another system, kept whole. Subject `event:<us>:<64 hex digits of its
/// hash>`, so nobody captures one event twice. Everything beside `event` is what that text says, for whoever only wants to find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EventCaptured {
    /// The event hash, `ni:///sha-256;<64 hex digits>?ver=CBV2.0` (CBV 2.0, section 8.9; RFC 6920).
    pub event_hash: String,
    /// `ObjectEvent`, `AggregationEvent`, `TransactionEvent`, `TransformationEvent` or `AssociationEvent`.
    pub event_type: String,
    /// When it happened.
    pub at: When,
    /// The goods it speaks of, single ones and classes, as canonical GS1 Digital Links where they are GS1 keys; sorted, the
    /// first 50, each 1–500 code points.
    pub epcs: Vec<String>,
    /// The event as JSON text without white space, at most 30,000 bytes, with the `@context` it needs. Text, because its
    /// numbers may be fractions, which no record holds; they keep the digits they came with.
    pub event: String,
}

/// An amount taken from a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LotUse {
    /// The lot.
    #[ts(type = "string")]
    pub lot: Subject,
    /// How much of it.
    pub quantity: Quantity,
    /// For goods of another owner: the shipment that brought them to us; the amount is taken from what arrived with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub received_in: Option<Subject>,
}

/// A lot that comes out of processing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LotOutput {
    /// Its number; the subject is `lot:<us>:<number>`.
    pub number: String,
    /// The product it is of.
    #[ts(type = "string")]
    pub product: Subject,
    /// How much came out.
    pub quantity: Quantity,
    /// Net mass of the whole output in grams, when the quantity is not a mass; without it that of the product counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub net_grams: Option<i64>,
}

/// `supply-chain.processed.1`: input lots become output lots (EPCIS TransformationEvent).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Processed {
    /// What went in, 1–30.
    pub inputs: Vec<LotUse>,
    /// What came out, 1–30.
    pub outputs: Vec<LotOutput>,
    /// Where.
    pub place: Place,
    /// When.
    pub at: When,
    /// Explains why the mass out is more than the mass in (water taken up, packaging); without it that is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub difference: Option<String>,
}

/// The outcome of an inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Conforms.
    Passed,
    /// Does not conform.
    Failed,
    /// Conforms under conditions that the note names.
    Conditional,
}

/// A certificate somebody issued, by reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CertificateReference {
    /// The standard or scheme: "OEKO-TEX Standard 100", "EN 71-3:2019"; 1–100 code points.
    pub standard: String,
    /// Its number, 1–60 code points.
    pub number: String,
    /// Who issued it, 1–100 code points.
    pub issuer: String,
    /// First day of validity.
    #[ts(type = "string")]
    pub valid_from: Time,
    /// Last moment of validity.
    #[ts(type = "string")]
    pub valid_until: Time,
    /// SHA-256 of the document, when we hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub document: Option<Hash>,
}

/// `supply-chain.inspected.1`: goods were looked at, tested or certified. Commuting: it blocks nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Inspected {
    /// The lot, item or product.
    #[ts(type = "string")]
    pub about: Subject,
    /// Outcome.
    pub outcome: Outcome,
    /// Who inspected, when it was not us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub inspector: Option<Who>,
    /// The certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub certificate: Option<CertificateReference>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub place: Option<Place>,
    /// When.
    pub at: When,
    /// 1–1,000 code points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub note: Option<String>,
}

/// Why a record is corrected (after the error reasons of CBV 2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionReason {
    /// Typed or scanned wrongly.
    IncorrectEntry,
    /// It did not happen.
    DidNotOccur,
    /// Measured again.
    Remeasured,
}

/// `supply-chain.corrected.1`: our own earlier record was wrong. Both stay visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "GoodsCorrected")]
pub struct Corrected {
    /// The lot or item it is about.
    #[ts(type = "string")]
    pub about: Subject,
    /// The record that was wrong.
    #[ts(type = "string")]
    pub record: Hash,
    /// Why.
    pub reason: CorrectionReason,
    /// The right quantity made, for a lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quantity: Option<Quantity>,
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

/// How bad it is (after Regulation (EU) 2023/988, General Product Safety: recalls, and products of serious risk).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// Serious risk.
    Serious,
    /// Other than serious risk.
    Other,
    /// Quality, no risk to people.
    Quality,
}

/// `supply-chain.recalled.1`: goods are called back. Commuting; only who made the goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Recalled {
    /// Products, lots and items; sorted, 1–32.
    #[ts(type = "Array<string>")]
    pub about: Vec<Subject>,
    /// How bad.
    pub hazard: Hazard,
    /// Why, 1–1,000 code points.
    pub reason: LocalText,
    /// What holders must do.
    pub instruction: LocalText,
}

/// `supply-chain.recall-ended.1`: a recall no longer stands for these goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecallEnded {
    /// The recall.
    #[ts(type = "string")]
    pub recall: Hash,
    /// The goods it no longer stands for; sorted, 1–32.
    #[ts(type = "Array<string>")]
    pub about: Vec<Subject>,
    /// Why, 1–1,000 code points.
    pub reason: String,
}

/// `supply-chain.confirmed.1`: the party on whose behalf something was entered says that it is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "GoodsConfirmed")]
pub struct Confirmed {
    /// The lot or item it is about.
    #[ts(type = "string")]
    pub about: Subject,
    /// The record entered on our behalf.
    #[ts(type = "string")]
    pub record: Hash,
    /// The partner as which we were named, when the record does not name us by our own did:key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub partner: Option<Subject>,
}
