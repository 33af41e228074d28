//! Unified Social Credit Code of organisations in mainland China.
//!
//! Source: GB 32100-2015 (structure; check character, modulo 31).

use serde::{Deserialize, Serialize};

use super::{CodeError, CodeRule, checked_text, compact};

/// The 31 characters of the code; I, O, S, V and Z are left out.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of the first 17 places: 3 to the power of the place, modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A Unified Social Credit Code, 18 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

impl Uscc {
    /// Reads a code: registration department, kind, six digits of the place, nine of the organisation, one check
    /// character.
    ///
    /// # Errors
    /// When a character is outside the alphabet, the place is not six digits, the length is not 18, or the check
    /// character is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = compact(text);
        if code.is_empty() {
            return Err(CodeError::new(CodeRule::Empty, 0));
        }
        let mut values = Vec::with_capacity(18);
        for (at, c) in code.chars().enumerate() {
            let value = ALPHABET.find(c).ok_or(CodeError::new(CodeRule::Character, at))?;
            if (2..8).contains(&at) && !c.is_ascii_digit() {
                return Err(CodeError::new(CodeRule::Character, at));
            }
            values.push(value);
        }
        if values.len() != 18 {
            return Err(CodeError::new(CodeRule::Length, values.len()));
        }
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        if values[17] != (31 - sum % 31) % 31 {
            return Err(CodeError::new(CodeRule::CheckDigit, 17));
        }
        Ok(Self(code))
    }

    /// The six digits of the administrative division (GB/T 2260) where the organisation was registered.
    pub fn division(&self) -> &str {
        &self.0[2..8]
    }
}
checked_text!(Uscc);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_decides() {
        assert_eq!(Uscc::parse("91110000600037341L").unwrap().division(), "110000");
        assert_eq!(
            Uscc::parse("91110000600037341M").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 17)
        );
        assert_eq!(
            Uscc::parse("9111000060003734IL").unwrap_err(),
            CodeError::new(CodeRule::Character, 16)
        );
        assert_eq!(
            Uscc::parse("911100006000373").unwrap_err(),
            CodeError::new(CodeRule::Length, 15)
        );
    }
}
