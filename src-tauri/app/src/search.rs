//! Tables, and the one field that finds anything.

use crate::App;
use crate::call::{Found, Rows, Table};
use crate::error::UserError;
use crate::firm::Firm;
use crate::names;
use ledger::{Hash, Subject};
use node::RowQuery;
use std::collections::BTreeSet;
use systems::shared::codes::{ContainerNumber, DigitalLink, Gtin, S10, Sscc};

/// A page of a table, as asked for.
pub(crate) struct Page {
    /// Which table.
    pub(crate) table: Table,
    /// Words.
    pub(crate) text: String,
    /// Chip.
    pub(crate) chip: String,
    /// Column.
    pub(crate) sort: String,
    /// Largest first.
    pub(crate) descending: bool,
    /// First row.
    pub(crate) offset: u32,
    /// How many.
    pub(crate) limit: u32,
}

fn types(table: Table) -> Vec<String> {
    let types: &[&str] = match table {
        Table::Products => &["product"],
        Table::Lots => &["lot"],
        Table::Items => &["item"],
        Table::Shipments => &["shipment"],
        Table::Parties => &["party", "partner"],
    };
    types.iter().map(|kind| (*kind).to_owned()).collect()
}

/// One page of a table.
pub(crate) fn list(app: &App, page: Page) -> Result<Rows, UserError> {
    let firm = app.firm()?;
    let query = RowQuery {
        types: types(page.table),
        text: page.text,
        chip: page.chip,
        sort: page.sort,
        descending: page.descending,
        offset: page.offset,
        limit: within(page.limit, 500)?,
        now: firm.clock.now().to_string(),
    };
    let page = firm.node.rows(&query)?;
    Ok(Rows {
        rows: page.rows,
        total: page.total,
        chips: page.chips,
    })
}

/// A limit between 1 and `most`.
pub(crate) fn within(limit: u32, most: u32) -> Result<u32, UserError> {
    let good = (1..=most).contains(&limit);
    good.then_some(limit).ok_or_else(|| {
        UserError::new("bad-limit")
            .at("limit")
            .with("value", limit)
            .with("expected", most)
    })
}

/// What a text was taken for, and the subjects it may name.
struct Reading {
    read_as: &'static str,
    subjects: Vec<String>,
    /// What to look for in tables instead of the text itself.
    text: String,
}

/// The subjects a GS1 key names: the finest first, then the class it belongs to.
fn link_subjects(link: &DigitalLink) -> Vec<String> {
    let canonical = link.canonical();
    let parts: Vec<&str> = canonical
        .rsplit("://")
        .next()
        .unwrap_or_default()
        .split('/')
        .skip(1)
        .collect();
    let pairs = (1..=parts.len() / 2).rev();
    pairs
        .filter_map(|pairs| parts.get(..pairs * 2))
        .map(|parts| format!("gs1:{}", parts.join("/")))
        .collect()
}

/// Application identifiers whose values have a fixed length, with that length (GS1 General Specifications, element strings of predefined length).
const FIXED: [(&str, usize); 8] = [
    ("00", 18),
    ("01", 14),
    ("02", 14),
    ("11", 6),
    ("13", 6),
    ("15", 6),
    ("17", 6),
    ("414", 13),
];
/// Those of variable length that a label of ours may carry.
const VARIABLE: [&str; 3] = ["10", "21", "235"];
/// What a scanner sends between elements: the group separator, ASCII 29.
const SEPARATOR: char = '\u{1d}';

/// A scanned GS1 element string, `(01)…(21)…` or raw with symbology identifier and separators, as a Digital Link.
fn element_string(text: &str) -> Option<String> {
    let text = ["]C1", "]d2", "]Q3", "]e0"]
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .unwrap_or(text);
    let elements = if text.starts_with('(') {
        bracketed(text)?
    } else {
        raw(text.trim_start_matches(SEPARATOR))?
    };
    let path: Vec<String> = elements
        .iter()
        .filter(|(ai, _)| ["00", "01", "10", "21", "235", "414"].contains(&ai.as_str()))
        .map(|(ai, value)| {
            format!(
                "{ai}/{}",
                value
                    .replace('%', "%25")
                    .replace('/', "%2F")
                    .replace('?', "%3F")
                    .replace('#', "%23")
            )
        })
        .collect();
    (!path.is_empty()).then(|| format!("https://id.gs1.org/{}", path.join("/")))
}

fn bracketed(text: &str) -> Option<Vec<(String, String)>> {
    let parts = text.split('(').skip(1).map(|part| part.split_once(')'));
    parts
        .map(|part| part.map(|(ai, value)| (ai.to_owned(), value.to_owned())))
        .collect()
}

fn raw(text: &str) -> Option<Vec<(String, String)>> {
    let mut rest = text;
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let fixed = FIXED.iter().find(|(ai, _)| rest.starts_with(ai));
        let (ai, length) = match fixed {
            Some((ai, length)) => (*ai, *length),
            None => {
                let ai = VARIABLE.iter().find(|ai| rest.starts_with(**ai))?;
                (*ai, rest.find(SEPARATOR).unwrap_or(rest.len()) - ai.len())
            }
        };
        let value = rest.get(ai.len()..ai.len() + length)?;
        elements.push((ai.to_owned(), value.to_owned()));
        rest = rest.get(ai.len() + length..)?.trim_start_matches(SEPARATOR);
    }
    // A bare number is not an element string: it must begin with a key and carry more, or be the whole of an SSCC.
    let sscc = elements.first().is_some_and(|(ai, _)| ai == "00");
    (sscc || elements.len() > 1).then_some(elements)
}

fn read(text: &str) -> Reading {
    let reading = |read_as, subjects: Vec<String>, text: &str| Reading {
        read_as,
        subjects,
        text: text.to_owned(),
    };
    if text.len() == 64 && text.parse::<Hash>().is_ok() {
        return reading("record", vec![], text);
    }
    let link = element_string(text).unwrap_or_else(|| text.to_owned());
    if let (true, Ok(link)) = (link.contains(':'), DigitalLink::parse(&link)) {
        if let Some(sscc) = link.value("00") {
            return reading("sscc", vec![], sscc);
        }
        return reading(
            "digital-link",
            link_subjects(&link),
            link.value("21").or(link.value("10")).unwrap_or(text),
        );
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let digits = compact.bytes().all(|byte| byte.is_ascii_digit());
    if digits && Sscc::parse(&compact).is_ok() {
        return reading("sscc", vec![], &compact);
    }
    if let (true, Ok(gtin)) = (digits, Gtin::parse(&compact)) {
        return reading("gtin", vec![format!("gs1:01/{gtin}")], gtin.as_str());
    }
    if let Ok(container) = ContainerNumber::parse(&compact.to_ascii_uppercase()) {
        return reading(
            "container",
            vec![format!("container:{}", container.as_str())],
            container.as_str(),
        );
    }
    if S10::parse(&compact.to_ascii_uppercase()).is_ok() {
        let number = compact.to_ascii_uppercase();
        return reading("tracking", vec![format!("tracking:{number}")], &number);
    }
    reading("words", vec![text.to_owned()], text)
}

/// The subject a code or identifier names exactly, if the ledger holds it.
pub(crate) fn exact(firm: &Firm, text: &str) -> Result<Option<Subject>, UserError> {
    let subjects = read(text.trim()).subjects;
    for subject in subjects
        .iter()
        .filter_map(|candidate| candidate.parse::<Subject>().ok())
    {
        if let Some(entry) = firm.node.entry(&subject)? {
            return Ok(Some(match &*entry.state {
                systems::State::Code(code) => code.claims.first().map_or(subject, |claim| claim.subject.clone()),
                _ => subject,
            }));
        }
    }
    Ok(None)
}

/// Finds anything: words, numbers, codes, scanned labels, RecordIds.
pub(crate) fn search(app: &App, text: &str, limit: u32) -> Result<Found, UserError> {
    let firm = app.firm()?;
    let limit = within(limit, 100)?;
    let text = text.trim();
    let reading = read(text);
    let mut exact = exact(&firm, text)?.map(|subject| subject.to_string());
    let mut rows = Vec::new();
    if let Some(subject) = &exact {
        rows.push(names::row(&firm, &names::subject(subject)?)?);
    }
    let id = text.parse::<Hash>().ok().filter(|_| reading.read_as == "record");
    if let Some(stored) = id.map(|id| firm.node.record(&id)).transpose()?.flatten() {
        exact = Some(text.to_owned());
        for subject in stored.record.subjects() {
            rows.push(names::row(&firm, subject)?);
        }
    }
    rows.extend(firm.node.search(&reading.text, limit)?);
    let mut seen = BTreeSet::new();
    rows.retain(|row| row.r#type != "code" && seen.insert(row.subject.clone()));
    rows.truncate(limit as usize);
    if exact.is_none() && rows.len() == 1 && reading.read_as != "words" {
        exact = rows.first().map(|row| row.subject.clone());
    }
    Ok(Found {
        rows,
        read_as: reading.read_as.to_owned(),
        exact,
    })
}
