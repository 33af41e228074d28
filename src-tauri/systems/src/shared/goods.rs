//! Plain values that the rooms share: names in three languages, places, amounts of goods, who is meant.

use ledger::{Party, Subject, Time};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// A name or description in up to three languages; at least one is given (rule `shared.name-missing`).
/// Each at most 200 code points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LocalText {
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub en: Option<String>,
    /// Simplified Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub zh: Option<String>,
    /// German.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub de: Option<String>,
}

impl LocalText {
    /// A name that is the same in every language.
    #[must_use]
    pub fn everywhere(name: &str) -> Self {
        let same = || Some(name.to_owned());
        Self {
            en: same(),
            zh: same(),
            de: same(),
        }
    }

    /// Each different text of it, in the order English, Chinese, German.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (en, zh, de) = (self.en.as_deref(), self.zh.as_deref(), self.de.as_deref());
        let zh = zh.filter(|zh| en != Some(zh));
        let de = de.filter(|de| en != Some(de) && zh != Some(de));
        [en, zh, de].into_iter().flatten()
    }
}

/// Units of quantity by their UN/ECE Recommendation 20 (revision 17, 2021) common code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub enum Unit {
    /// Kilogram.
    KGM,
    /// Gram.
    GRM,
    /// Tonne, 1,000 kg.
    TNE,
    /// Piece.
    H87,
    /// Metre.
    MTR,
    /// Square metre.
    MTK,
    /// Cubic metre.
    MTQ,
    /// Litre.
    LTR,
    /// Pair.
    PR,
    /// Set.
    SET,
}

/// An amount of goods: `value × 10^(−scale)` of `unit`. `value` 0 … 2^53−1, `scale` 0–6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The digits, without the point.
    #[ts(type = "number")]
    pub value: i64,
    /// How many of the digits stand behind the point.
    pub scale: u8,
    /// Unit of measure.
    pub unit: Unit,
}

impl Quantity {
    /// The amount in millionths of the unit; `None` below zero, with a scale above 6, or above 2^53 − 1 millionths (about
    /// nine billion units): what cannot be reckoned exactly is refused (rule `shared.quantity-range`).
    #[must_use]
    pub fn millionths(&self) -> Option<i64> {
        let missing = 6_u8.checked_sub(self.scale)?;
        let amount = self.value.checked_mul(10_i64.pow(u32::from(missing)))?;
        (0..=crate::shared::check::MOST).contains(&amount).then_some(amount)
    }

    /// An amount of millionths, written with as few digits behind the point as it needs.
    #[must_use]
    pub fn of_millionths(millionths: i64, unit: Unit) -> Self {
        let (mut value, mut scale) = (millionths, 6);
        while scale > 0 && value % 10 == 0 {
            value /= 10;
            scale -= 1;
        }
        Self { value, scale, unit }
    }
}

impl Unit {
    /// Grams in one unit, for units of mass.
    #[must_use]
    pub const fn grams(self) -> Option<i64> {
        match self {
            Unit::GRM => Some(1),
            Unit::KGM => Some(1_000),
            Unit::TNE => Some(1_000_000),
            _ => None,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.value.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        let sign = if self.value < 0 { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        write!(f, "{sign}{whole}{point}{part} {:?}", self.unit)
    }
}

/// A place: by UN/LOCODE, GLN or name; a name is always given so that people can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Name as people say it, 1–100 code points.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub country: Option<String>,
    /// UN/LOCODE, five characters without space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub locode: Option<String>,
    /// GS1 Global Location Number, 13 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub gln: Option<String>,
    /// Where on Earth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub point: Option<Point>,
}

/// WGS 84 in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// −90,000,000 … 90,000,000, north positive.
    #[ts(type = "number")]
    pub lat_e6: i64,
    /// −180,000,000 … 180,000,000, east positive.
    #[ts(type = "number")]
    pub lon_e6: i64,
}

/// When something happened, by the author's clock, with the local offset that people there used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// UTC.
    #[ts(type = "string")]
    pub time: Time,
    /// Offset from UTC, `±hh:mm` between −12:00 and +14:00 (EPCIS 2.0 `eventTimeZoneOffset`).
    pub zone: String,
}

/// Who is meant: a party with a key of its own, or a partner somebody has named (`partner:…`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// A party of this ledger.
    Party(#[ts(type = "string")] Party),
    /// The subject under which a party without a key was named.
    Partner(#[ts(type = "string")] Subject),
}

/// How goods move (UN/ECE Recommendation 19 modes in the words of DCSA Track & Trace 3.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Sea vessel.
    Vessel,
    /// Railway.
    Rail,
    /// Road.
    Truck,
    /// Inland waterway.
    Barge,
    /// Air.
    Air,
}
