//! Identifiers of trade, each with the check its issuer defines.
//!
//! Every type here is built by `parse` only, so a value of the type has passed its check. A refusal names the rule and
//! the place in the text; the words for the reader are chosen elsewhere.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod container;
mod country;
mod digital_link;
mod epc_urn;
mod gs1;
mod lei;
mod linters;
mod locode;
mod postal;
mod uscc;
mod vat;
mod vat_checks;

pub use container::ContainerNumber;
pub use country::CountryCode;
pub(crate) use country::is_country;
pub use digital_link::{DigitalLink, normalise};
pub use gs1::{Gln, Gtin, Sscc, mod10_check_digit};
pub use lei::Lei;
pub use linters::{LINTERS, Lint};
pub use locode::UnLocode;
pub use postal::{MailClass, S10};
pub use uscc::Uscc;
pub use vat::EuVat;

use serde::Serialize;

/// Why a code was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeRule {
    /// Nothing was given.
    Empty,
    /// Too many or too few characters.
    Length,
    /// A character that may not stand at this place.
    Character,
    /// The check digit or check characters do not agree with the rest.
    CheckDigit,
    /// The country or issuer is not in the list.
    Country,
    /// The parts are right, but their order or number is not that of the code.
    Form,
    /// A number outside the range the place allows.
    Range,
}

impl CodeRule {
    /// The identifier of the rule, under which its wording is found.
    pub fn id(self) -> &'static str {
        match self {
            CodeRule::Empty => "code.empty",
            CodeRule::Length => "code.length",
            CodeRule::Character => "code.character",
            CodeRule::CheckDigit => "code.check_digit",
            CodeRule::Country => "code.country",
            CodeRule::Form => "code.form",
            CodeRule::Range => "code.range",
        }
    }
}

/// A refused code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{} at character {at}", .code.id())]
pub struct CodeError {
    /// The rule that was broken.
    pub code: CodeRule,
    /// Index of the first offending character, counted from 0.
    pub at: usize,
}

impl CodeError {
    pub(crate) fn new(code: CodeRule, at: usize) -> Self {
        Self { code, at }
    }

    /// The same refusal seen from a longer text that has `offset` characters before this one.
    pub(crate) fn shifted(self, offset: usize) -> Self {
        Self {
            code: self.code,
            at: self.at + offset,
        }
    }
}

/// Removes spaces and hyphens people write between groups, and makes letters capital.
pub(crate) fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '-' | '\u{a0}'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Index of the first character for which `allowed` is false, as an error.
pub(crate) fn every_char(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), CodeError> {
    match text.chars().position(|c| !allowed(c)) {
        Some(at) => Err(CodeError::new(CodeRule::Character, at)),
        None => Ok(()),
    }
}

/// Gives a checked text type its common shape: `as_str`, `Display`, `FromStr`, and serde through the check.
macro_rules! checked_text {
    ($name:ident) => {
        impl $name {
            /// The code as text, in the form its issuer writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::shared::codes::CodeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::shared::codes::CodeError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }
    };
}
pub(crate) use checked_text;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_does_harm(text in "(AT|BE|BG|CY|CZ|EL|ES|FR|IE|IT|LT|LV|NL|RO|SE|XI|)[0-9A-Zé+*]{0,14}", any in ".{0,30}") {
            for text in [&text, &any] {
                let _ = (EuVat::parse(text), EuVat::check_form(text), S10::parse(text), Uscc::parse(text), Lei::parse(text));
                let _ = (Gtin::parse(text), Gln::parse(text), Sscc::parse(text), UnLocode::parse(text));
                let _ = (ContainerNumber::parse(text), CountryCode::parse(text));
                for (_, lint) in LINTERS {
                    let _ = lint(text);
                }
            }
        }

        #[test]
        fn no_link_does_harm(
            scheme in "sgtin|upui|sscc|sgln|pgln|grai|giai|gsrn|gsrnp|gdti|cpi|sgcn|ginc|gsin|itip",
            kind in "id|idpat|class",
            rest in "[0-9]{6,13}[.][0-9*.é%A-Z]{0,14}",
            path in "(/(00|01|gtin|253|255|401|402|414|417|8003|8004|8006|8010|8017|21|10)/[0-9A-Zé%]{1,20}){1,3}",
            digits in 0..20_usize,
        ) {
            for uri in [format!("urn:epc:{kind}:{scheme}:{rest}"), format!("https://x.example{path}")] {
                if let Ok(link) = DigitalLink::parse(&uri) {
                    let _ = (link.check(), link.is_instance());
                    prop_assert_eq!(normalise(&link.canonical()), Some(link.canonical()));
                    if let Some(urn) = link.epc_urn(digits) {
                        prop_assert_eq!(normalise(&urn), Some(link.canonical()), "{}", urn);
                    }
                }
            }
        }
    }
}
