//! GTIN, GLN and SSCC, the numeric keys of GS1.
//!
//! Source: GS1 General Specifications, release 24, sections 3.2 to 3.3 (structures) and 7.9.1 (check digit).

use serde::{Deserialize, Serialize};

use super::{CodeError, CodeRule, checked_text, compact, every_char};

/// The GS1 check digit of `digits`, which do not yet contain it: weights 3, 1, 3 … from the right, modulo 10.
/// `None` when a character is not a digit.
pub fn mod10_check_digit(digits: &str) -> Option<char> {
    let mut sum = 0;
    for (place, c) in digits.chars().rev().enumerate() {
        sum += c.to_digit(10)? * if place % 2 == 0 { 3 } else { 1 };
    }
    char::from_digit((10 - sum % 10) % 10, 10)
}

/// Checks a digit string whose last digit is its GS1 check digit.
pub(super) fn check_mod10(text: &str) -> Result<(), CodeError> {
    if text.is_empty() {
        return Err(CodeError::new(CodeRule::Empty, 0));
    }
    every_char(text, |c| c.is_ascii_digit())?;
    let (body, last) = text.split_at(text.len() - 1);
    if mod10_check_digit(body).is_some_and(|digit| last.starts_with(digit)) {
        Ok(())
    } else {
        Err(CodeError::new(CodeRule::CheckDigit, text.len() - 1))
    }
}

/// Digits with separators removed, of one of the allowed lengths and with a right check digit.
fn numeric_key(text: &str, lengths: &[usize]) -> Result<String, CodeError> {
    let digits = compact(text);
    if digits.is_empty() {
        return Err(CodeError::new(CodeRule::Empty, 0));
    }
    every_char(&digits, |c| c.is_ascii_digit())?;
    if !lengths.contains(&digits.len()) {
        return Err(CodeError::new(CodeRule::Length, digits.len()));
    }
    check_mod10(&digits)?;
    Ok(digits)
}

/// Global Trade Item Number, always held with 14 digits; GTIN-8, -12 and -13 are filled with zeros on the left.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gtin(String);

impl Gtin {
    /// Reads a GTIN of 8, 12, 13 or 14 digits.
    ///
    /// # Errors
    /// When a character is not a digit, the length is another, or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let digits = numeric_key(text, &[8, 12, 13, 14])?;
        Ok(Self(format!("{digits:0>14}")))
    }

    /// The shortest written form: 8, 12, 13 or 14 digits.
    pub fn short(&self) -> &str {
        for (zeros, length) in [(6, 8), (2, 12), (1, 13)] {
            if self.0[..14 - length] == "0"[..].repeat(zeros) {
                return &self.0[14 - length..];
            }
        }
        &self.0
    }
}
checked_text!(Gtin);

/// Global Location Number, 13 digits: a party or a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gln(String);

impl Gln {
    /// Reads a GLN of 13 digits.
    ///
    /// # Errors
    /// When a character is not a digit, the length is another, or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        numeric_key(text, &[13]).map(Self)
    }
}
checked_text!(Gln);

/// Serial Shipping Container Code, 18 digits: one logistic unit, a pallet or parcel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sscc(String);

impl Sscc {
    /// Reads an SSCC of 18 digits; the `00` application identifier in front is accepted, as on labels.
    ///
    /// # Errors
    /// When a character is not a digit, the length is another, or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let plain = compact(text).replace("(00)", "00");
        let digits = if plain.len() == 20 {
            plain.strip_prefix("00").unwrap_or(&plain)
        } else {
            &plain
        };
        numeric_key(digits, &[18]).map(Self)
    }
}
checked_text!(Sscc);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gtin_of_each_length_is_held_with_fourteen_digits() {
        for (text, long) in [
            ("96385074", "00000096385074"),
            ("614141007349", "00614141007349"),
            ("4006381333931", "04006381333931"),
            ("10614141007346", "10614141007346"),
        ] {
            let gtin = Gtin::parse(text).unwrap();
            assert_eq!(gtin.as_str(), long);
            assert_eq!(gtin.short(), text);
        }
    }

    #[test]
    fn a_wrong_check_digit_is_named_at_its_place() {
        assert_eq!(
            Gtin::parse("4006381333932").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 12)
        );
        assert_eq!(
            Gln::parse("4012345000008").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 12)
        );
        assert_eq!(
            Gtin::parse("400638133393").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 11)
        );
        assert_eq!(
            Gtin::parse("40063813339").unwrap_err(),
            CodeError::new(CodeRule::Length, 11)
        );
        assert_eq!(
            Gtin::parse("400638133393x").unwrap_err(),
            CodeError::new(CodeRule::Character, 12)
        );
        assert_eq!(Gtin::parse("").unwrap_err(), CodeError::new(CodeRule::Empty, 0));
    }

    #[test]
    fn an_sscc_is_read_with_and_without_its_application_identifier() {
        let plain = Sscc::parse("140123451122233341").unwrap();
        assert_eq!(Sscc::parse("(00) 1 4012345 112223334 1").unwrap(), plain);
        assert_eq!(Sscc::parse("00140123451122233341").unwrap(), plain);
        assert!(Sscc::parse("140123451122233342").is_err());
    }
}
