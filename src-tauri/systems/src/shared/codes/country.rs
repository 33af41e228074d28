//! Countries.
//!
//! Source: ISO 3166-1:2020, the officially assigned codes, read from the lists GS1's syntax dictionary of 2026-07-27
//! tests for; `XK` is not assigned and is not among them.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

use super::{CodeError, CodeRule, checked_text};

/// The 249 assigned two-letter codes, in order.
const LETTERS: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK \
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR \
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK \
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF \
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The 249 assigned three-digit codes, in order.
const NUMBERS: &str = "\
    004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 074 076 084 086 \
    090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170 174 175 178 180 184 188 \
    191 192 196 203 204 208 212 214 218 222 226 231 232 233 234 238 239 242 246 248 250 254 258 260 262 266 268 \
    270 275 276 288 292 296 300 304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 364 368 372 376 \
    380 384 388 392 398 400 404 408 410 414 417 418 422 426 428 430 434 438 440 442 446 450 454 458 462 466 470 \
    474 478 480 484 492 496 498 499 500 504 508 512 516 520 524 528 531 533 534 535 540 548 554 558 562 566 570 \
    574 578 580 581 583 584 585 586 591 598 600 604 608 612 616 620 624 626 630 634 638 642 643 646 652 654 659 \
    660 662 663 666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 716 724 728 729 732 740 744 748 752 \
    756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 804 807 818 826 831 832 833 834 840 850 854 858 \
    860 862 876 882 887 894";

/// An assigned two-letter country code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(String);

impl CountryCode {
    /// Reads a code; small letters are accepted.
    ///
    /// # Errors
    /// When the text is not one of the assigned codes.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_ascii_uppercase();
        listed(&code, LETTERS)?;
        Ok(Self(code))
    }
}
checked_text!(CountryCode);

/// Whether `text` is an assigned two-letter code in capitals.
pub(super) fn check_letters(text: &str) -> Result<(), CodeError> {
    listed(text, LETTERS)
}

/// Whether `text` is an assigned three-digit code.
pub(super) fn check_number(text: &str) -> Result<(), CodeError> {
    listed(text, NUMBERS)
}

/// Whether `text` is an assigned two-letter code in capitals and nothing beside it.
pub(crate) fn is_country(text: &str) -> bool {
    holds(LETTERS, text)
}

fn listed(text: &str, list: &str) -> Result<(), CodeError> {
    if text.is_empty() {
        return Err(CodeError::new(CodeRule::Empty, 0));
    }
    if holds(list, text) {
        Ok(())
    } else {
        Err(CodeError::new(CodeRule::Country, 0))
    }
}

/// Whether a list of ascending codes, all of one length and one space apart, holds `text`.
fn holds(list: &str, text: &str) -> bool {
    let (list, text) = (list.as_bytes(), text.as_bytes());
    let Some(wide) = list
        .iter()
        .position(|byte| *byte == b' ')
        .filter(|wide| *wide == text.len())
    else {
        return false;
    };
    let code = |place: usize| list.get(place * (wide + 1)..place * (wide + 1) + wide);
    let (mut from, mut to) = (0, (list.len() + 1) / (wide + 1));
    while from < to {
        let middle = usize::midpoint(from, to);
        match code(middle).cmp(&Some(text)) {
            Ordering::Less => from = middle + 1,
            Ordering::Greater => to = middle,
            Ordering::Equal => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_assigned_codes_are_countries() {
        assert_eq!(CountryCode::parse("cn").unwrap().as_str(), "CN");
        for text in ["", "XK", "AA", "CHN", "C"] {
            assert!(CountryCode::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            LETTERS.split_ascii_whitespace().count(),
            NUMBERS.split_ascii_whitespace().count()
        );
        assert!(LETTERS.split_ascii_whitespace().is_sorted() && NUMBERS.split_ascii_whitespace().is_sorted());
    }

    #[test]
    fn searching_by_halves_finds_what_looking_through_finds() {
        for (list, wide) in [(LETTERS, 2), (NUMBERS, 3)] {
            assert_eq!(list.len() + 1, 249 * (wide + 1), "codes stand one space apart");
            assert!(list.split(' ').all(|code| code.len() == wide && holds(list, code)));
        }
        for a in b'@'..=b'[' {
            for b in b'@'..=b'[' {
                let text = String::from_utf8(vec![a, b]).unwrap();
                assert_eq!(is_country(&text), LETTERS.split(' ').any(|code| code == text), "{text}");
            }
        }
        for number in 0..1000 {
            let text = format!("{number:03}");
            assert_eq!(
                holds(NUMBERS, &text),
                NUMBERS.split(' ').any(|code| code == text),
                "{text}"
            );
        }
        assert!(!is_country("") && !is_country(" CN") && !is_country("cn") && !is_country("CN DE"));
    }
}
