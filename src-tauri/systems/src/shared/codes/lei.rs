//! Legal Entity Identifier.
//!
//! Source: ISO 17442-1:2020: 18 capital letters or digits and two check digits by ISO/IEC 7064 MOD 97-10.

use serde::{Deserialize, Serialize};

use super::{CodeError, CodeRule, checked_text, compact, every_char};

/// A Legal Entity Identifier, 20 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lei(String);

impl Lei {
    /// Reads an LEI.
    ///
    /// # Errors
    /// When a character is neither letter nor digit, the length is not 20, or the check digits are wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = compact(text);
        if code.is_empty() {
            return Err(CodeError::new(CodeRule::Empty, 0));
        }
        every_char(&code, |c| c.is_ascii_alphanumeric())?;
        if code.len() != 20 {
            return Err(CodeError::new(CodeRule::Length, code.len()));
        }
        every_char(&code[18..], |c| c.is_ascii_digit()).map_err(|e| e.shifted(18))?;
        if mod97(&code) != Some(1) {
            return Err(CodeError::new(CodeRule::CheckDigit, 18));
        }
        Ok(Self(code))
    }
}
checked_text!(Lei);

/// The text as a number modulo 97, letters counting 10 to 35.
fn mod97(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest, c| {
        let value = c.to_digit(36)?;
        Some(if value < 10 {
            (rest * 10 + value) % 97
        } else {
            (rest * 100 + value) % 97
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_decide() {
        assert!(Lei::parse("213800 1CY61HDFJ5ZA27").is_ok());
        assert_eq!(
            Lei::parse("2138001CY61HDFJ5ZA28").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 18)
        );
        assert_eq!(
            Lei::parse("2138001CY61HDFJ5ZAX7").unwrap_err(),
            CodeError::new(CodeRule::Character, 18)
        );
    }
}
