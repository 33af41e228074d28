//! UN/LOCODE, the code for trade and transport locations.
//!
//! Source: UN/CEFACT Recommendation 16, third edition: two letters of the country (ISO 3166-1) and three characters of
//! the place, letters or, when the letters are used up, the digits 2 to 9. This is the form; whether the place exists is
//! a question to the list.

use serde::{Deserialize, Serialize};

use super::country::check_letters;
use super::{CodeError, CodeRule, checked_text, compact};

/// A code of the right form, 5 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnLocode(String);

impl UnLocode {
    /// Reads a code; the space after the country is optional. `XZ` (places in no country) and `XK` (Kosovo, as the list
    /// uses it) are accepted besides the assigned countries.
    ///
    /// # Errors
    /// When the length is not 5, the country is not in the list, or a character may not stand at its place.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = compact(text);
        if code.is_empty() {
            return Err(CodeError::new(CodeRule::Empty, 0));
        }
        if let Some(at) = code.chars().enumerate().position(|(at, c)| !allowed(at, c)) {
            return Err(CodeError::new(CodeRule::Character, at));
        }
        if code.len() != 5 {
            return Err(CodeError::new(CodeRule::Length, code.len()));
        }
        let country = &code[..2];
        if !matches!(country, "XZ" | "XK") {
            check_letters(country)?;
        }
        Ok(Self(code))
    }

    /// The two letters of the country.
    pub fn country(&self) -> &str {
        &self.0[..2]
    }
}
checked_text!(UnLocode);

fn allowed(at: usize, c: char) -> bool {
    c.is_ascii_uppercase() || at >= 2 && matches!(c, '2'..='9')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_decides() {
        assert_eq!(UnLocode::parse("de duI").unwrap().as_str(), "DEDUI");
        assert_eq!(UnLocode::parse("CNXIA").unwrap().country(), "CN");
        assert!(UnLocode::parse("US2N9").is_ok());
        assert_eq!(
            UnLocode::parse("DEDU1").unwrap_err(),
            CodeError::new(CodeRule::Character, 4)
        );
        assert_eq!(
            UnLocode::parse("AAXIA").unwrap_err(),
            CodeError::new(CodeRule::Country, 0)
        );
        assert_eq!(
            UnLocode::parse("DEDU").unwrap_err(),
            CodeError::new(CodeRule::Length, 4)
        );
    }
}
