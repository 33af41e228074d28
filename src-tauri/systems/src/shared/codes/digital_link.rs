//! GS1 keys as Digital Link URIs.
//!
//! Source: GS1 Digital Link Standard: URI Syntax, release 1.2, sections 4 (syntax) and 4.11 (canonical form); the
//! constrained canonical form is rule 18 of the event hash in GS1 CBV 2.0, section 8.9.

use serde::Serialize;

use super::gs1::check_mod10;
use super::linters::{cset39, cset82, csetnumeric, pieceoftotal, zero};
use super::{CodeError, CodeRule, epc_urn};

/// The resolver every canonical form names.
const CANONICAL: &str = "https://id.gs1.org";

/// A GS1 key with its qualifiers, as pairs of application identifier and value, without escapes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DigitalLink {
    elements: Vec<(&'static str, String)>,
}

/// How a value of an application identifier is built.
#[derive(Clone, Copy)]
enum Shape {
    /// Exactly this many digits.
    Digits(usize),
    /// This many digits, then at most so many characters of set 82.
    DigitsThenText(usize, usize),
    /// This many digits, then at most so many digits.
    DigitsThenDigits(usize, usize),
    /// One to so many characters of set 82, the first four of them digits of a company prefix.
    PrefixedText(usize),
    /// One to so many characters of set 39, the first four of them digits of a company prefix.
    PrefixedPart(usize),
    /// One to so many characters of set 82.
    Text(usize),
    /// One to so many digits.
    UpToDigits(usize),
}

/// A primary key or key qualifier: application identifier, its short name in older links, and its shape.
struct Ai(&'static str, &'static str, Shape);

const KEYS: [Ai; 14] = [
    Ai("00", "sscc", Shape::Digits(18)),
    Ai("01", "gtin", Shape::Digits(14)),
    Ai("253", "gdti", Shape::DigitsThenText(13, 17)),
    Ai("255", "gcn", Shape::DigitsThenDigits(13, 12)),
    Ai("401", "ginc", Shape::PrefixedText(30)),
    Ai("402", "gsin", Shape::Digits(17)),
    Ai("414", "gln", Shape::Digits(13)),
    Ai("417", "party", Shape::Digits(13)),
    Ai("8003", "grai", Shape::DigitsThenText(14, 16)),
    Ai("8004", "giai", Shape::PrefixedText(30)),
    Ai("8006", "itip", Shape::Digits(18)),
    Ai("8010", "cpid", Shape::PrefixedPart(30)),
    Ai("8017", "gsrnp", Shape::Digits(18)),
    Ai("8018", "gsrn", Shape::Digits(18)),
];

const QUALIFIERS: [Ai; 8] = [
    Ai("22", "cpv", Shape::Text(20)),
    Ai("10", "lot", Shape::Text(20)),
    Ai("21", "ser", Shape::Text(20)),
    Ai("235", "", Shape::Text(28)),
    Ai("254", "", Shape::Text(20)),
    Ai("7040", "", Shape::Text(4)),
    Ai("8011", "", Shape::UpToDigits(12)),
    Ai("8019", "", Shape::UpToDigits(10)),
];

/// Which qualifier of a key names the finest level, best first; others are dropped in the constrained form.
fn finest(key: &str) -> &'static [&'static str] {
    match key {
        "01" => &["21", "235", "10"],
        "8006" => &["21", "10"],
        "414" => &["254"],
        "8010" => &["8011"],
        _ => &[],
    }
}

impl DigitalLink {
    /// Reads a Digital Link URI of any domain, or an EPC, EPC class or EPC pattern URN.
    ///
    /// The form of every value is checked, not its check digit: [`DigitalLink::check`] does that, because documents with
    /// a wrong check digit must still be readable and comparable.
    ///
    /// # Errors
    /// When the text is neither, or a value has not the shape of its application identifier.
    pub fn parse(uri: &str) -> Result<Self, CodeError> {
        if uri.starts_with("urn:epc:") {
            epc_urn::read(uri)
        } else {
            from_link(uri)
        }
    }

    /// The pairs of application identifier and value, the key first.
    pub fn elements(&self) -> impl Iterator<Item = (&str, &str)> {
        self.elements.iter().map(|(ai, value)| (*ai, value.as_str()))
    }

    /// The application identifier of the key: `01` for a GTIN, `414` for a place, and so on.
    pub fn key(&self) -> &'static str {
        self.elements[0].0
    }

    /// Whether the key names one thing (an instance), not a class or lot of things.
    pub fn is_instance(&self) -> bool {
        match self.key() {
            "01" => self.value("21").is_some() || self.value("235").is_some(),
            "8006" => self.value("21").is_some(),
            "8010" => self.value("8011").is_some(),
            "253" | "255" => self.elements[0].1.len() > 13,
            "8003" => self.elements[0].1.len() > 14,
            _ => true,
        }
    }

    /// The value of an application identifier, when present.
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.elements
            .iter()
            .find(|(name, _)| *name == ai)
            .map(|(_, value)| value.as_str())
    }

    /// The constrained canonical Digital Link: GS1's domain, only the finest level of identification, no query.
    pub fn canonical(&self) -> String {
        let (key, value) = &self.elements[0];
        let mut uri = format!("{CANONICAL}/{key}/{}", escape(value));
        if let Some(ai) = finest(key).iter().find(|ai| self.value(ai).is_some()) {
            uri.push_str(&format!("/{ai}/{}", escape(self.value(ai).unwrap_or_default())));
        }
        uri
    }

    /// The EPC URN, when the key has one; `prefix_digits` is the length of the GS1 company prefix, 6 to 12, which the
    /// key itself does not tell.
    pub fn epc_urn(&self, prefix_digits: usize) -> Option<String> {
        epc_urn::write(self, prefix_digits)
    }

    /// Checks the check digit of the key.
    ///
    /// # Errors
    /// When it is wrong, or when the pieces of an ITIP or the leading zero of a GRAI are.
    pub fn check(&self) -> Result<(), CodeError> {
        let (key, value) = &self.elements[0];
        match *key {
            "00" | "01" | "402" | "414" | "417" | "8017" | "8018" => check_mod10(value),
            "253" | "255" => check_mod10(&value[..13]),
            "8003" => zero(&value[..1]).and_then(|()| check_mod10(&value[..14])),
            "8006" => {
                check_mod10(&value[..14])?;
                pieceoftotal(&value[14..]).map_err(|e| e.shifted(14))
            }
            _ => Ok(()),
        }
    }

    /// Builds a link from values the caller has taken apart; every shape is checked.
    pub(super) fn from_elements(elements: Vec<(&'static str, String)>) -> Result<Self, CodeError> {
        for (place, (ai, value)) in elements.iter().enumerate() {
            let list: &[Ai] = if place == 0 { &KEYS } else { &QUALIFIERS };
            let ai = list
                .iter()
                .find(|known| known.0 == *ai)
                .ok_or(CodeError::new(CodeRule::Form, 0))?;
            check_shape(ai.2, value)?;
        }
        if elements.is_empty() {
            Err(CodeError::new(CodeRule::Empty, 0))
        } else {
            Ok(Self { elements })
        }
    }
}

/// The constrained canonical Digital Link of a URI that carries a GS1 key; `None` for every other text.
pub fn normalise(uri: &str) -> Option<String> {
    DigitalLink::parse(uri).ok().map(|link| link.canonical())
}

fn from_link(uri: &str) -> Result<DigitalLink, CodeError> {
    let form = CodeError::new(CodeRule::Form, 0);
    let rest = uri
        .strip_prefix("https://")
        .or_else(|| uri.strip_prefix("http://"))
        .ok_or(form)?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
    let mut refusal = form;
    for start in 0..segments.len().saturating_sub(1) {
        let pairs = &segments[start..];
        if pairs.len() % 2 == 1 || !KEYS.iter().any(|key| names(key, pairs[0])) {
            continue;
        }
        match from_pairs(pairs) {
            Ok(link) => return Ok(link),
            Err(error) => {
                let offset = pairs[0].as_ptr() as usize - uri.as_ptr() as usize;
                refusal = error.shifted(offset);
            }
        }
    }
    Err(refusal)
}

fn names(ai: &Ai, segment: &str) -> bool {
    ai.0 == segment || !ai.1.is_empty() && ai.1 == segment
}

fn from_pairs(pairs: &[&str]) -> Result<DigitalLink, CodeError> {
    let mut elements = Vec::with_capacity(pairs.len() / 2);
    for (place, pair) in pairs.chunks_exact(2).enumerate() {
        let list: &[Ai] = if place == 0 { &KEYS } else { &QUALIFIERS };
        let ai = list
            .iter()
            .find(|ai| names(ai, pair[0]))
            .ok_or(CodeError::new(CodeRule::Form, 0))?;
        let mut value = unescape(pair[1]).ok_or(CodeError::new(CodeRule::Character, 0))?;
        if ai.0 == "01" && matches!(value.len(), 8 | 12 | 13) {
            value = format!("{value:0>14}");
        }
        elements.push((ai.0, value));
    }
    DigitalLink::from_elements(elements)
}

fn check_shape(shape: Shape, value: &str) -> Result<(), CodeError> {
    let length = |least: usize, most: usize| {
        let ok = (least..=most).contains(&value.len());
        if ok {
            Ok(())
        } else {
            Err(CodeError::new(CodeRule::Length, value.len()))
        }
    };
    let tail = |digits: usize, check: fn(&str) -> Result<(), CodeError>| {
        csetnumeric(&value[..digits])?;
        check(&value[digits..]).map_err(|e| e.shifted(digits))
    };
    if !value.is_ascii() {
        return Err(CodeError::new(
            CodeRule::Character,
            value.chars().take_while(char::is_ascii).count(),
        ));
    }
    match shape {
        Shape::Digits(n) => length(n, n).and_then(|()| csetnumeric(value)),
        Shape::DigitsThenText(n, more) => length(n, n + more).and_then(|()| tail(n, cset82)),
        Shape::DigitsThenDigits(n, more) => length(n, n + more).and_then(|()| csetnumeric(value)),
        Shape::PrefixedText(most) => length(4, most).and_then(|()| tail(4, cset82)),
        Shape::PrefixedPart(most) => length(4, most).and_then(|()| tail(4, cset39)),
        Shape::Text(most) => length(1, most).and_then(|()| cset82(value)),
        Shape::UpToDigits(most) => length(1, most).and_then(|()| csetnumeric(value)),
    }
}

/// Percent-encodes what GS1 Digital Link 1.2, table 7-1, and RFC 3986 do not allow plain in a path segment.
fn escape(value: &str) -> String {
    escape_except(value, "-._~';=")
}

/// Percent-encodes all but letters, digits and `plain`.
pub(super) fn escape_except(value: &str, plain: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii_alphanumeric() || plain.contains(c) {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

/// Undoes percent-encoding; `None` when a percent sign is not followed by two hexadecimal digits or the bytes are not
/// UTF-8.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(uri: &str) -> String {
        normalise(uri).unwrap_or_else(|| format!("{uri}: {:?}", DigitalLink::parse(uri)))
    }

    #[test]
    fn every_form_of_a_link_has_one_canonical_form() {
        for (given, expected) in [
            (
                "https://example.com/gtin/9780345418913/21/765tz?abc=211121",
                "/01/09780345418913/21/765tz",
            ),
            ("https://id.gs1.org/01/96385074", "/01/00000096385074"),
            (
                "https://example.org/shop/01/09780345418913/22/2A/10/lot1/21/s%2F1",
                "/01/09780345418913/21/s%2F1",
            ),
            (
                "http://example.org/01/09780345418913/10/lot1/",
                "/01/09780345418913/10/lot1",
            ),
            (
                "https://example.org/414/4012345000054/254/122#top",
                "/414/4012345000054/254/122",
            ),
            (
                "https://example.org/8010/4012345AB%23/8011/12",
                "/8010/4012345AB%23/8011/12",
            ),
        ] {
            assert_eq!(canonical(given), format!("https://id.gs1.org{expected}"));
        }
    }

    #[test]
    fn other_addresses_are_left_alone() {
        for uri in [
            "https://example.org/01/0978",
            "https://example.org/a/b",
            "ftp://id.gs1.org/01/09780345418913",
            "https://id.gs1.org/01/09780345418913/21",
            "https://id.gs1.org/01/09780345418913/21/%zz",
            "geo:47.5,11.1",
            "",
        ] {
            assert_eq!(normalise(uri), None, "{uri}");
        }
    }

    #[test]
    fn check_digits_are_a_second_question() {
        assert!(
            DigitalLink::parse("https://id.gs1.org/01/09780345418913")
                .unwrap()
                .check()
                .is_ok()
        );
        assert!(
            DigitalLink::parse("https://id.gs1.org/01/09780345418914")
                .unwrap()
                .check()
                .is_err()
        );
        assert!(
            DigitalLink::parse("https://id.gs1.org/8006/040123451111180201")
                .unwrap()
                .check()
                .is_err()
        );
        assert!(
            DigitalLink::parse("https://id.gs1.org/8003/14012345000221")
                .unwrap()
                .check()
                .is_err()
        );
    }
}
