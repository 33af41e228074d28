//! Numbers of postal items.
//!
//! Source: UPU standard S10-12: two letters of the service, eight digits, one check digit (weights 8 6 4 2 3 5 9 7,
//! modulo 11), two letters of the issuing country (ISO 3166-1).

use serde::{Deserialize, Serialize};

use super::{CodeError, CodeRule, CountryCode, checked_text, compact};

const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];

/// A postal item number, 13 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct S10(String);

/// What the first letter of the number says about the item (UPU S10-12, annex A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailClass {
    /// Express mail, `E`.
    Ems,
    /// Parcel post, `C`.
    Parcel,
    /// E-commerce parcel, `H`.
    EcommerceParcel,
    /// Tracked letter, `L`.
    TrackedLetter,
    /// M bag, `M`.
    MBag,
    /// Business reply, `QA` to `QM`.
    BusinessReply,
    /// Registered letter, `R`.
    RegisteredLetter,
    /// Letter without recorded delivery, `U`.
    Letter,
    /// Insured letter, `V`.
    InsuredLetter,
    /// Used inside one country or by agreement of two.
    Domestic,
    /// Not assigned.
    Reserved,
}

impl S10 {
    /// Reads a number; spaces between the groups are accepted.
    ///
    /// # Errors
    /// When a character may not stand at its place, the length is not 13, the country is not in the list, or the check
    /// digit is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = compact(text);
        if code.is_empty() {
            return Err(CodeError::new(CodeRule::Empty, 0));
        }
        for (at, c) in code.chars().enumerate() {
            let allowed = if (2..11).contains(&at) {
                c.is_ascii_digit()
            } else {
                c.is_ascii_uppercase()
            };
            if !allowed {
                return Err(CodeError::new(CodeRule::Character, at));
            }
        }
        if code.len() != 13 {
            return Err(CodeError::new(CodeRule::Length, code.len()));
        }
        CountryCode::parse(&code[11..]).map_err(|e| e.shifted(11))?;
        let digits = code.as_bytes();
        let sum: u32 = digits[2..10]
            .iter()
            .zip(WEIGHTS)
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum();
        let check = match 11 - sum % 11 {
            10 => 0,
            11 => 5,
            other => other,
        };
        if u32::from(digits[10] - b'0') != check {
            return Err(CodeError::new(CodeRule::CheckDigit, 10));
        }
        Ok(Self(code))
    }

    /// The country whose post issued the number.
    pub fn country(&self) -> &str {
        &self.0[11..]
    }

    /// The class of mail by the service letters.
    pub fn class(&self) -> MailClass {
        let (first, second) = (self.0.as_bytes()[0], self.0.as_bytes()[1]);
        match (first, second) {
            (b'E', _) => MailClass::Ems,
            (b'C', _) => MailClass::Parcel,
            (b'H', _) => MailClass::EcommerceParcel,
            (b'L', _) => MailClass::TrackedLetter,
            (b'M', _) => MailClass::MBag,
            (b'Q', b'A'..=b'M') => MailClass::BusinessReply,
            (b'R', _) => MailClass::RegisteredLetter,
            (b'U', _) => MailClass::Letter,
            (b'V', _) => MailClass::InsuredLetter,
            (b'B' | b'D' | b'N' | b'P' | b'Z', _) | (b'A', b'V'..=b'Z') | (b'G', b'A' | b'D') => MailClass::Domestic,
            _ => MailClass::Reserved,
        }
    }
}
checked_text!(S10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_and_the_country_decide() {
        let number = S10::parse("RB 123456785 GB").unwrap();
        assert_eq!((number.country(), number.class()), ("GB", MailClass::RegisteredLetter));
        assert_eq!(
            S10::parse("RB123456786US").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 10)
        );
        assert_eq!(
            S10::parse("RB123456785XX").unwrap_err(),
            CodeError::new(CodeRule::Country, 11)
        );
        assert_eq!(
            S10::parse("RB12345678GB").unwrap_err(),
            CodeError::new(CodeRule::Character, 10)
        );
        // Sums of 11·n and 11·n + 1 give the check digits 5 and 0.
        assert!(S10::parse("EE000000005CN").is_ok());
        assert_eq!(S10::parse("LX000100040CN").unwrap_err().code, CodeRule::CheckDigit);
    }
}
