//! GS1 keys as EPC URNs.
//!
//! Source: GS1 EPC Tag Data Standard, release 2.0 (pure identity, correspondence with GS1 keys, patterns);
//! GS1 CBV 2.0 (class URIs).

use super::digital_link::{DigitalLink, escape_except, unescape};
use super::gs1::mod10_check_digit;
use super::{CodeError, CodeRule};

/// How the parts of a URN make up the key.
#[derive(Clone, Copy)]
enum Build {
    /// Prefix and item reference whose first digit goes to the front: 13 digits, then the check digit.
    Indicator(usize),
    /// Prefix and reference of together so many digits, then the check digit.
    Plain(usize),
    /// As `Plain(12)` with a zero in front: the returnable asset.
    Asset,
    /// Prefix and a reference of free text.
    Free,
}

/// What the part after the reference becomes.
#[derive(Clone, Copy)]
enum Tail {
    /// There is none.
    None,
    /// A qualifier of its own.
    Qualifier(&'static str),
    /// A qualifier left out when it is `0`.
    Extension(&'static str),
    /// Text joined to the key.
    Joined,
    /// Two pairs of digits joined to the key, then a qualifier.
    Pieces(&'static str),
}

struct Scheme {
    urn: &'static str,
    key: &'static str,
    build: Build,
    tail: Tail,
}

const fn scheme(urn: &'static str, key: &'static str, build: Build, tail: Tail) -> Scheme {
    Scheme { urn, key, build, tail }
}

const SCHEMES: [Scheme; 16] = [
    scheme("id:sgtin", "01", Build::Indicator(13), Tail::Qualifier("21")),
    scheme("id:upui", "01", Build::Indicator(13), Tail::Qualifier("235")),
    scheme("class:lgtin", "01", Build::Indicator(13), Tail::Qualifier("10")),
    scheme("id:sscc", "00", Build::Indicator(17), Tail::None),
    scheme("id:sgln", "414", Build::Plain(12), Tail::Extension("254")),
    scheme("id:pgln", "417", Build::Plain(12), Tail::None),
    scheme("id:grai", "8003", Build::Asset, Tail::Joined),
    scheme("id:giai", "8004", Build::Free, Tail::None),
    scheme("id:gsrn", "8018", Build::Plain(17), Tail::None),
    scheme("id:gsrnp", "8017", Build::Plain(17), Tail::None),
    scheme("id:gdti", "253", Build::Plain(12), Tail::Joined),
    scheme("id:cpi", "8010", Build::Free, Tail::Qualifier("8011")),
    scheme("id:sgcn", "255", Build::Plain(12), Tail::Joined),
    scheme("id:ginc", "401", Build::Free, Tail::None),
    scheme("id:gsin", "402", Build::Plain(16), Tail::None),
    scheme("id:itip", "8006", Build::Indicator(13), Tail::Pieces("21")),
];

/// Reads an EPC, EPC class or EPC pattern URN; a pattern stands for the class, so its `*` adds nothing.
pub(super) fn read(urn: &str) -> Result<DigitalLink, CodeError> {
    let body = urn.strip_prefix("urn:epc:").ok_or(CodeError::new(CodeRule::Form, 0))?;
    let unknown = CodeError::new(CodeRule::Form, 8);
    let (kind, rest) = body.split_once(':').ok_or(unknown)?;
    let (name, value) = rest.split_once(':').ok_or(unknown)?;
    let pattern = kind == "idpat";
    let wanted = format!("{}:{name}", if pattern { "id" } else { kind });
    let scheme = SCHEMES.iter().find(|scheme| scheme.urn == wanted).ok_or(unknown)?;
    let offset = urn.len() - value.len();
    elements(scheme, value, pattern)
        .and_then(DigitalLink::from_elements)
        .map_err(|error| error.shifted(offset))
}

fn elements(scheme: &Scheme, value: &str, pattern: bool) -> Result<Vec<(&'static str, String)>, CodeError> {
    let form = CodeError::new(CodeRule::Form, 0);
    let (prefix, rest) = value.split_once('.').ok_or(form)?;
    if !(6..=12).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(form);
    }
    let (reference, tail) = match scheme.tail {
        Tail::None => (rest, None),
        _ => rest
            .split_once('.')
            .map(|(reference, tail)| (reference, Some(tail)))
            .ok_or(form)?,
    };
    let mut key = key_digits(scheme.build, prefix, reference)?;
    let plain = |text: &str| unescape(text).ok_or(CodeError::new(CodeRule::Character, value.len() - text.len()));
    let mut qualifier = None;
    match (scheme.tail, tail) {
        (_, Some("*")) if pattern && !matches!(scheme.tail, Tail::Pieces(_)) => {}
        (Tail::Qualifier(ai), Some(text)) if !pattern => qualifier = Some((ai, plain(text)?)),
        (Tail::Extension(ai), Some(text)) if !pattern => {
            qualifier = (text != "0").then(|| plain(text)).transpose()?.map(|text| (ai, text));
        }
        (Tail::Joined, Some(text)) if !pattern && !text.is_empty() => key.push_str(&plain(text)?),
        (Tail::Pieces(ai), Some(text)) => {
            let (piece, rest) = text.split_once('.').ok_or(form)?;
            let (total, serial) = rest.split_once('.').ok_or(form)?;
            if piece.len() != 2 || total.len() != 2 || pattern != (serial == "*") {
                return Err(form);
            }
            key.push_str(piece);
            key.push_str(total);
            qualifier = if pattern { None } else { Some((ai, plain(serial)?)) };
        }
        (Tail::None, _) if !pattern => {}
        _ => return Err(form),
    }
    Ok(std::iter::once((scheme.key, key)).chain(qualifier).collect())
}

fn key_digits(build: Build, prefix: &str, reference: &str) -> Result<String, CodeError> {
    let wrong = CodeError::new(CodeRule::Length, prefix.len() + 1);
    let digits = match build {
        Build::Free => {
            return unescape(reference)
                .map(|text| format!("{prefix}{text}"))
                .ok_or(CodeError::new(CodeRule::Character, prefix.len() + 1));
        }
        Build::Indicator(total) if prefix.len() + reference.len() == total && reference.is_ascii() => {
            let (first, others) = reference.split_at_checked(1).ok_or(wrong)?;
            format!("{first}{prefix}{others}")
        }
        Build::Plain(total) if prefix.len() + reference.len() == total => format!("{prefix}{reference}"),
        Build::Asset if prefix.len() + reference.len() == 12 => format!("0{prefix}{reference}"),
        _ => return Err(wrong),
    };
    let check = mod10_check_digit(&digits).ok_or(CodeError::new(CodeRule::Character, prefix.len() + 1))?;
    Ok(format!("{digits}{check}"))
}

/// Writes the URN of a link; a class becomes a pattern, a lot an `lgtin`. `None` when the key has no such URN or the
/// company prefix cannot have that length.
pub(super) fn write(link: &DigitalLink, prefix_digits: usize) -> Option<String> {
    if !(6..=12).contains(&prefix_digits) {
        return None;
    }
    let key = link.value(link.key())?;
    let tail_of = |scheme: &&Scheme| match scheme.tail {
        Tail::Qualifier(ai) => link.value(ai).is_some(),
        _ => true,
    };
    let same_key = || SCHEMES.iter().filter(|scheme| scheme.key == link.key());
    let scheme = same_key().find(tail_of).or_else(|| same_key().next())?;
    let (reference, joined) = split_key(scheme.build, key, prefix_digits)?;
    let escaped = |text: &str| escape_except(text, "!')(*+,.-:;=_");
    let (tail, pattern) = match scheme.tail {
        Tail::None => (String::new(), false),
        Tail::Extension(ai) => (format!(".{}", escaped(link.value(ai).unwrap_or("0"))), false),
        Tail::Qualifier(ai) => serial(link.value(ai).map(escaped)),
        Tail::Joined => serial((!joined.is_empty()).then(|| escaped(joined))),
        Tail::Pieces(ai) => {
            let (serial, pattern) = serial(link.value(ai).map(escaped));
            (format!(".{}.{}{serial}", joined.get(..2)?, joined.get(2..)?), pattern)
        }
    };
    let urn = if pattern {
        scheme.urn.replacen("id:", "idpat:", 1)
    } else {
        scheme.urn.to_owned()
    };
    let urn = format!("urn:epc:{urn}:{reference}{tail}");
    // Not every key has a URN for every prefix: letters in the prefix, stars that would be read as a pattern. What does not read
    // back as the same key is none.
    (super::normalise(&urn).as_ref() == Some(&link.canonical())).then_some(urn)
}

/// A serial as the last part of a URN, or the star of a pattern when there is none.
fn serial(text: Option<String>) -> (String, bool) {
    match text {
        Some(text) => (format!(".{text}"), false),
        None => (".*".to_owned(), true),
    }
}

/// Prefix and reference joined by a point, and what follows the check digit.
fn split_key(build: Build, key: &str, prefix_digits: usize) -> Option<(String, &str)> {
    match build {
        Build::Indicator(total) => {
            let prefix = key.get(1..=prefix_digits)?;
            let reference = key.get(prefix_digits + 1..total)?;
            Some((format!("{prefix}.{}{reference}", key.get(..1)?), key.get(total + 1..)?))
        }
        Build::Plain(total) => {
            let reference = key.get(prefix_digits..total)?;
            Some((
                format!("{}.{reference}", key.get(..prefix_digits)?),
                key.get(total + 1..)?,
            ))
        }
        Build::Asset => {
            let reference = key.get(prefix_digits + 1..13)?;
            Some((format!("{}.{reference}", key.get(1..=prefix_digits)?), key.get(14..)?))
        }
        Build::Free => {
            let text = escape_except(key.get(prefix_digits..)?, "!')(*+,.-:;=_");
            Some((format!("{}.{text}", key.get(..prefix_digits)?), ""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &str); 24] = [
        ("urn:epc:id:sgtin:4012345.011111.9876", "/01/04012345111118/21/9876"),
        ("urn:epc:id:sgtin:415056789012.0.987654", "/01/04150567890128/21/987654"),
        ("urn:epc:id:sscc:4012345.3111111111", "/00/340123451111111111"),
        ("urn:epc:id:sgln:4012345.00005.122", "/414/4012345000054/254/122"),
        ("urn:epc:id:sgln:4012345.00005.0", "/414/4012345000054"),
        ("urn:epc:id:grai:4012345.00022.334455", "/8003/04012345000221334455"),
        ("urn:epc:id:giai:4012345.ABC345", "/8004/4012345ABC345"),
        ("urn:epc:id:gsrn:4012345.0000006765", "/8018/401234500000067657"),
        ("urn:epc:id:gsrnp:4012345.0000000007", "/8017/401234500000000074"),
        ("urn:epc:id:gdti:4012345.00009.PO-4711", "/253/4012345000092PO-4711"),
        (
            "urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234",
            "/8010/061414111111111111111-A%23%2F/8011/1234",
        ),
        ("urn:epc:id:sgcn:4012345.99999.44", "/255/401234599999044"),
        ("urn:epc:id:ginc:0614141.xyz47%2F11", "/401/0614141xyz47%2F11"),
        ("urn:epc:id:gsin:4012345.222333444", "/402/40123452223334442"),
        (
            "urn:epc:id:itip:4012345.011111.01.02.987",
            "/8006/040123451111180102/21/987",
        ),
        ("urn:epc:id:pgln:4000001.00000", "/417/4000001000005"),
        (
            "urn:epc:class:lgtin:4012345.012345.Lot987",
            "/01/04012345123456/10/Lot987",
        ),
        ("urn:epc:idpat:sgtin:4054739.099914.*", "/01/04054739999148"),
        ("urn:epc:idpat:grai:4012345.66666.*", "/8003/04012345666663"),
        ("urn:epc:idpat:gdti:4012345.55555.*", "/253/4012345555554"),
        ("urn:epc:idpat:sgcn:4012345.99999.*", "/255/4012345999990"),
        ("urn:epc:idpat:cpi:4012345.ABC.*", "/8010/4012345ABC"),
        ("urn:epc:idpat:itip:4012345.012345.01.02.*", "/8006/040123451234560102"),
        (
            "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB",
            "/01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7'SDB",
        ),
    ];

    #[test]
    fn urn_and_link_name_the_same_key_both_ways() {
        for (urn, path) in PAIRS {
            let link = read(urn).unwrap_or_else(|error| panic!("{urn}: {error}"));
            assert_eq!(link.canonical(), format!("https://id.gs1.org{path}"));
            assert!(link.check().is_ok(), "{urn}");
            let digits = urn.rsplit(':').next().unwrap().split('.').next().unwrap().len();
            let back = DigitalLink::parse(&link.canonical()).unwrap();
            assert_eq!(back.epc_urn(digits).as_deref(), Some(urn));
        }
    }

    #[test]
    fn malformed_names_are_refused() {
        for urn in [
            "urn:epc:id:sgtin:4012345.01111.9876",
            "urn:epc:id:sgtin:40123.01111111.9876",
            "urn:epc:id:sgtin:4012345.011111",
            "urn:epc:id:sgtin:4012345.011111.*x%zz",
            "urn:epc:id:sscc:4012345.31111111é",
            "urn:epc:id:sscc:4012345.",
            "urn:epc:id:nokey:4012345.1.1",
            "urn:epc:id:itip:4012345.011111.1.2.987",
            "urn:epc:idpat:sscc:4012345.3111111111",
            "urn:epc:",
        ] {
            assert!(read(urn).is_err(), "{urn}");
        }
    }
}
