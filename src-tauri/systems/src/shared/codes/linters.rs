//! The checks of GS1's syntax dictionary that our identifiers use, under GS1's own names.
//!
//! Source: GS1 Barcode Syntax Dictionary and its linters, edition of 2026-07-27.
//!
//! | linter | used for |
//! |---|---|
//! | `csum` | GTIN, GLN, SSCC, GRAI, GDTI, GCN, GSIN, GSRN, ITIP |
//! | `csetnumeric` | the numeric keys, CPI serial, GCN serial |
//! | `cset82` | serial, lot, GIAI, GINC, GRAI and GDTI serial |
//! | `cset39` | CPI |
//! | `nozeroprefix` | CPI serial |
//! | `pieceoftotal` | ITIP |
//! | `zero` | the leading digit of GRAI |
//! | `iso3166`, `iso3166alpha2` | countries of origin and destination |
//!
//! Left out, with the reason: `couponcode`, `couponposoffer` (North American coupons); `cset64` (digital signature),
//! `csumalpha`, `hasnondigit` (global model number, not among the EPCIS keys); `gcppos1`, `gcppos2` (a look-up in GS1's
//! list of company prefixes, which is not open); `hh`, `hhmi`, `mi`, `ss`, `yymmd0`, `yymmdd`, `yyyymmd0`, `yyyymmdd`,
//! `hyphen`, `nonzero`, `iso4217`, `iso5218`, `iso3166999`, `latitude`, `longitude`, `mediatype`, `packagetype`,
//! `importeridx`, `pcenc`, `posinseqslash`, `winding`, `yesno`, `iban` (attributes on labels, not identifiers of goods,
//! places or parties).

use super::country::{check_letters, check_number};
use super::gs1::check_mod10;
use super::{CodeError, CodeRule, every_char};

/// One check: passes, or says what is wrong and where.
pub type Lint = fn(&str) -> Result<(), CodeError>;

/// The checks in use, by GS1's name.
pub const LINTERS: [(&str, Lint); 9] = [
    ("cset39", cset39),
    ("cset82", cset82),
    ("csetnumeric", csetnumeric),
    ("csum", check_mod10),
    ("iso3166", check_number),
    ("iso3166alpha2", check_letters),
    ("nozeroprefix", nozeroprefix),
    ("pieceoftotal", pieceoftotal),
    ("zero", zero),
];

/// GS1 AI encodable character set 82 (General Specifications).
pub(super) fn cset82(text: &str) -> Result<(), CodeError> {
    every_char(text, |c| {
        c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(c)
    })
}

/// GS1 AI encodable character set 39 (General Specifications).
pub(super) fn cset39(text: &str) -> Result<(), CodeError> {
    every_char(text, |c| {
        c.is_ascii_digit() || c.is_ascii_uppercase() || "#-/".contains(c)
    })
}

/// Digits only.
pub(super) fn csetnumeric(text: &str) -> Result<(), CodeError> {
    every_char(text, |c| c.is_ascii_digit())
}

/// Digits that do not begin with zero.
pub(super) fn nozeroprefix(text: &str) -> Result<(), CodeError> {
    csetnumeric(text)?;
    if text.starts_with('0') {
        Err(CodeError::new(CodeRule::Range, 0))
    } else {
        Ok(())
    }
}

/// Two numbers of equal length, neither zero, the first not above the second.
pub(super) fn pieceoftotal(text: &str) -> Result<(), CodeError> {
    if text.is_empty() {
        return Err(CodeError::new(CodeRule::Empty, 0));
    }
    csetnumeric(text)?;
    if text.len() % 2 == 1 {
        return Err(CodeError::new(CodeRule::Length, 0));
    }
    let (piece, total) = text.split_at(text.len() / 2);
    let all_zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    if all_zero(piece) {
        return Err(CodeError::new(CodeRule::Range, 0));
    }
    if all_zero(total) {
        return Err(CodeError::new(CodeRule::Range, piece.len()));
    }
    if piece > total {
        Err(CodeError::new(CodeRule::Range, 0))
    } else {
        Ok(())
    }
}

/// Zeros only.
pub(super) fn zero(text: &str) -> Result<(), CodeError> {
    if text.is_empty() {
        return Err(CodeError::new(CodeRule::Empty, 0));
    }
    if text.bytes().all(|byte| byte == b'0') {
        Ok(())
    } else {
        Err(CodeError::new(CodeRule::Range, 0))
    }
}
