//! VAT identification numbers of the European Union.
//!
//! Source: Council Directive 2006/112/EC, articles 214 and 215 (prefix of the member state); the structures published with
//! VIES, the Commission's VAT number service; `EU` numbers of the one-stop shop by Implementing Regulation (EU) 2020/194;
//! `XI` for Northern Ireland by Directive (EU) 2020/1756. The check digits are those the tax offices use; a number that
//! passes need not be registered: only VIES knows that.

use serde::{Deserialize, Serialize};

use super::{CodeError, CodeRule, checked_text, vat_checks};

/// Who issues VAT numbers of one prefix.
struct VatIssuer {
    /// The two letters in front of the number; Greece uses `EL`.
    prefix: &'static str,
    /// Forms of the rest: `#` a digit, `@` a letter, `*` either, others themselves.
    forms: &'static [&'static str],
    check: fn(&str) -> bool,
}

const fn issuer(prefix: &'static str, forms: &'static [&'static str], check: fn(&str) -> bool) -> VatIssuer {
    VatIssuer { prefix, forms, check }
}

const ISSUERS: [VatIssuer; 29] = [
    issuer("AT", &["U########"], vat_checks::austria),
    issuer("BE", &["0#########", "1#########", "#########"], vat_checks::belgium),
    issuer("BG", &["#########", "##########"], vat_checks::bulgaria),
    issuer("CY", &["########@"], vat_checks::cyprus),
    issuer("CZ", &["########", "#########", "##########"], vat_checks::czechia),
    issuer("DE", &["#########"], vat_checks::germany),
    issuer("DK", &["########"], vat_checks::denmark),
    issuer("EE", &["10#######"], vat_checks::estonia),
    issuer("EL", &["#########"], vat_checks::greece),
    issuer("ES", &["@########", "@#######@", "########@"], vat_checks::spain),
    issuer("EU", &["#########"], vat_checks::one_stop_shop),
    issuer("FI", &["########"], vat_checks::finland),
    issuer("FR", &["**#########"], vat_checks::france),
    issuer("HR", &["###########"], vat_checks::mod11_10),
    issuer("HU", &["########"], vat_checks::hungary),
    issuer(
        "IE",
        &["#######@", "#######@@", "#@#####@", "#+#####@"],
        vat_checks::ireland,
    ),
    issuer("IT", &["###########"], vat_checks::italy),
    issuer("LT", &["#########", "############"], vat_checks::lithuania),
    issuer("LU", &["########"], vat_checks::luxembourg),
    issuer("LV", &["###########"], vat_checks::latvia),
    issuer("MT", &["########"], vat_checks::malta),
    issuer("NL", &["#########B##"], vat_checks::netherlands),
    issuer("PL", &["##########"], vat_checks::poland),
    issuer("PT", &["#########"], vat_checks::portugal),
    issuer(
        "RO",
        &[
            "##",
            "###",
            "####",
            "#####",
            "######",
            "#######",
            "########",
            "#########",
            "##########",
        ],
        vat_checks::romania,
    ),
    issuer("SE", &["############"], vat_checks::sweden),
    issuer("SI", &["########"], vat_checks::slovenia),
    issuer("SK", &["##########"], vat_checks::slovakia),
    issuer(
        "XI",
        &["#########", "############", "GD###", "HA###"],
        vat_checks::northern_ireland,
    ),
];

/// A VAT identification number with its prefix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EuVat(String);

impl EuVat {
    /// Reads a number: the prefix must be known, the form that of the prefix, the check digits right.
    ///
    /// # Errors
    /// When one of these fails; [`CodeRule::CheckDigit`] means that only the last does.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let (number, issuer) = form(text)?;
        if !(issuer.check)(&number[2..]) {
            return Err(CodeError::new(CodeRule::CheckDigit, number.len() - 1));
        }
        Ok(Self(number))
    }

    /// Checks prefix and form only.
    ///
    /// # Errors
    /// When the prefix is not known or the rest has none of its forms.
    pub fn check_form(text: &str) -> Result<(), CodeError> {
        form(text).map(|_| ())
    }

    /// The prefix.
    pub fn prefix(&self) -> &str {
        &self.0[..2]
    }
}
checked_text!(EuVat);

fn form(text: &str) -> Result<(String, &'static VatIssuer), CodeError> {
    let number: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '\u{a0}'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if number.is_empty() {
        return Err(CodeError::new(CodeRule::Empty, 0));
    }
    let issuer = ISSUERS.iter().find(|issuer| number.starts_with(issuer.prefix));
    let issuer = issuer.ok_or(CodeError::new(CodeRule::Country, 0))?;
    let rest = &number[2..];
    if issuer.forms.iter().any(|form| misfit(form, rest).is_none()) {
        return Ok((number, issuer));
    }
    let same_length = issuer.forms.iter().filter(|form| form.len() == rest.chars().count());
    let furthest = same_length.filter_map(|form| misfit(form, rest)).max();
    Err(match furthest {
        Some(at) => CodeError::new(CodeRule::Character, at + 2),
        None => CodeError::new(CodeRule::Length, number.chars().count()),
    })
}

/// Where the text leaves the form; `None` when it fits.
fn misfit(form: &str, text: &str) -> Option<usize> {
    let mut chars = text.chars();
    for (at, wanted) in form.chars().enumerate() {
        let fits = chars.next().is_some_and(|c| match wanted {
            '#' => c.is_ascii_digit(),
            '@' => c.is_ascii_uppercase(),
            '*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            literal => c == literal,
        });
        if !fits {
            return Some(at);
        }
    }
    chars.next().map(|_| form.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_and_check_digits_are_two_questions() {
        assert_eq!(EuVat::parse("de 111.111.125").unwrap().prefix(), "DE");
        assert_eq!(
            EuVat::parse("DE111111126").unwrap_err(),
            CodeError::new(CodeRule::CheckDigit, 10)
        );
        assert!(EuVat::check_form("DE111111126").is_ok());
        assert_eq!(
            EuVat::parse("DE11111112").unwrap_err(),
            CodeError::new(CodeRule::Length, 10)
        );
        assert_eq!(
            EuVat::parse("DE1111x1125").unwrap_err(),
            CodeError::new(CodeRule::Character, 6)
        );
        assert_eq!(
            EuVat::parse("CH116281710").unwrap_err(),
            CodeError::new(CodeRule::Country, 0)
        );
        assert!(EuVat::parse("DEé").is_err() && EuVat::parse("é").is_err() && EuVat::parse("").is_err());
    }
}
