//! Freight container numbers.
//!
//! Source: ISO 6346:2022: three letters of the owner, the letter of the equipment category, six digits, a check digit.

use serde::{Deserialize, Serialize};

use super::{CodeError, CodeRule, checked_text, compact};

/// The number painted on a freight container, 11 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContainerNumber(String);

impl ContainerNumber {
    /// Reads a container number; the category is U (container), J (detachable equipment) or Z (trailer).
    ///
    /// # Errors
    /// When a character may not stand at its place, the length is not 11, or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = compact(text);
        if code.is_empty() {
            return Err(CodeError::new(CodeRule::Empty, 0));
        }
        for (at, c) in code.chars().enumerate() {
            let allowed = match at {
                0..3 => c.is_ascii_uppercase(),
                3 => matches!(c, 'U' | 'J' | 'Z'),
                _ => c.is_ascii_digit(),
            };
            if !allowed {
                return Err(CodeError::new(CodeRule::Character, at));
            }
        }
        if code.len() != 11 {
            return Err(CodeError::new(CodeRule::Length, code.len()));
        }
        let sum: u32 = code
            .bytes()
            .take(10)
            .zip(0..)
            .map(|(byte, place)| value(byte) << place)
            .sum();
        if u32::from(code.as_bytes()[10] - b'0') != sum % 11 % 10 {
            return Err(CodeError::new(CodeRule::CheckDigit, 10));
        }
        Ok(Self(code))
    }

    /// The owner's three letters and the category letter, as registered with the BIC.
    pub fn owner(&self) -> &str {
        &self.0[..4]
    }
}
checked_text!(ContainerNumber);

/// Digits count themselves; letters count from 10 on, leaving out 11, 22 and 33: A 10, B 12 … K 21, L 23 … U 32, V 34.
fn value(byte: u8) -> u32 {
    let skipped = match byte {
        b'0'..=b'9' => return u32::from(byte - b'0'),
        b'A' => 0,
        b'B'..=b'K' => 1,
        b'L'..=b'U' => 2,
        _ => 3,
    };
    u32::from(byte - b'A') + 10 + skipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_leave_out_the_multiples_of_eleven() {
        let values: Vec<u32> = (b'A'..=b'Z').map(value).collect();
        let expected: Vec<u32> = (10..=38).filter(|n| n % 11 != 0).collect();
        assert_eq!(values, expected);
    }

    #[test]
    fn the_check_digit_decides() {
        assert_eq!(ContainerNumber::parse("csqu 305438-3").unwrap().owner(), "CSQU");
        assert_eq!(
            ContainerNumber::parse("CSQU3054384").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 10)
        );
        assert_eq!(
            ContainerNumber::parse("CSQX3054383").unwrap_err(),
            CodeError::new(CodeRule::Character, 3)
        );
        assert_eq!(
            ContainerNumber::parse("CSQU305438").unwrap_err(),
            CodeError::new(CodeRule::Length, 10)
        );
        for valid in ["TASU1170000", "TOLU4734787", "MSKU0383250", "HLXU2008419"] {
            let changed = format!("{}{}", &valid[..10], (valid.as_bytes()[10] - b'0' + 1) % 10);
            assert_ne!(
                ContainerNumber::parse(valid).is_ok(),
                ContainerNumber::parse(&changed).is_ok(),
                "{valid}"
            );
        }
    }
}
