//! Evidence that lies, each in one way, with the check that must find it. A lie is a JSON Patch (RFC 6902; add, remove and
//! replace only) on the good file, whose result is written canonically again, or the bytes themselves.

use serde_json::{Value, json};

use super::{MemoryLedger, Sample, alliance, key, private_price};
use crate::anchor::Anchor;
use crate::canonical;
use crate::commitment::Opening;
use crate::evidence::Evidence;
use crate::ids::Subject;
use crate::limits::EVIDENCE_DEPTH;
use crate::record::Record;
use crate::validators::Clock;

pub mod sets;
mod told;

/// One lie.
pub struct Lie {
    /// What is wrong.
    pub name: &'static str,
    /// The check that must fail.
    pub first_failed: &'static str,
    /// The patch, or the file's text if the lie is in the bytes.
    pub change: Change,
    /// The least height the verifier demands.
    pub not_before: Option<u64>,
    /// Whether the verifier expects another network.
    pub other_network: bool,
}

/// How a lie is told.
pub enum Change {
    /// JSON Patch operations on the good file.
    Patch(Vec<Value>),
    /// The whole file.
    Text(String),
}

/// The good evidence the lies start from: about the shipment, with the lot's price opened.
#[must_use]
pub fn good(sample: &Sample) -> Evidence {
    let mut evidence = sample.ledger.evidence(&sample.shipment);
    let (record, salt, value) = (sample.origin, sample.salt, private_price());
    evidence.openings = vec![Opening {
        name: "price".into(),
        record,
        salt,
        value,
    }];
    evidence
}

/// An anchor of a network that is not the sample's.
#[must_use]
pub fn other_anchor() -> Anchor {
    Anchor::of(MemoryLedger::new("Another", &["port"], Clock::System).genesis)
}

/// Applies patch operations and writes the result canonically.
#[must_use]
pub fn apply(good: &[u8], operations: &[Value]) -> Vec<u8> {
    let mut file: Value = serde_json::from_slice(good).unwrap();
    for operation in operations {
        let (parent, last) = operation["path"].as_str().unwrap().rsplit_once('/').unwrap();
        let target = file.pointer_mut(parent).unwrap();
        let name = operation["op"].as_str().unwrap();
        match target {
            Value::Object(members) if name == "remove" => drop(members.remove(last).unwrap()),
            Value::Object(members) => drop(members.insert(last.to_owned(), operation["value"].clone())),
            Value::Array(items) => {
                let at: usize = last.parse().unwrap();
                match name {
                    "remove" => drop(items.remove(at)),
                    "add" => items.insert(at, operation["value"].clone()),
                    _ => items[at] = operation["value"].clone(),
                }
            }
            _ => unreachable!("a pointer into a scalar"),
        }
    }
    canonical::to_bytes_within(&file, EVIDENCE_DEPTH + 4).unwrap()
}

fn replace(path: &str, value: impl Into<Value>) -> Value {
    json!({ "op": "replace", "path": path, "value": value.into() })
}

fn add(path: &str, value: impl Into<Value>) -> Value {
    json!({ "op": "add", "path": path, "value": value.into() })
}

fn remove(path: &str) -> Value {
    json!({ "op": "remove", "path": path })
}

fn lie(name: &'static str, first_failed: &'static str, operations: Vec<Value>) -> Lie {
    Lie {
        name,
        first_failed,
        change: Change::Patch(operations),
        not_before: None,
        other_network: false,
    }
}

/// Where things stand in the good file.
struct Places<'a> {
    sample: &'a Sample,
    good: &'a Evidence,
    value: Value,
}

impl Places<'_> {
    fn subject(&self, subject: &Subject) -> usize {
        self.good
            .subjects
            .iter()
            .position(|shown| shown.subject == *subject)
            .unwrap()
    }

    /// The record of a kind.
    fn record(&self, kind: &str) -> (usize, &Record) {
        let at = self
            .good
            .records
            .iter()
            .position(|shown| shown.record.kind().as_str() == kind)
            .unwrap();
        (at, &self.good.records[at].record)
    }

    /// A hash-like text in which one digit is another.
    fn flipped(&self, path: &str) -> Value {
        let text = self.value.pointer(path).unwrap().as_str().unwrap();
        let other = if text.starts_with('0') { "1" } else { "0" };
        replace(path, format!("{other}{}", &text[1..]))
    }

    /// The booking with `change` made to it and signed again by `signer`.
    fn signed_again(&self, signer: &str, change: impl Fn(&mut crate::record::RecordDraft)) -> Value {
        let (at, record) = self.record("logistics.booked.1");
        let mut draft = crate::record::RecordDraft {
            network: record.network(),
            kind: record.kind().clone(),
            party: *record.party(),
            subjects: record.subjects().to_vec(),
            reads: record.reads().to_vec(),
            seen: record.seen().clone(),
            refers: record.refers().to_vec(),
            claimed: record.claimed(),
            until: record.until(),
            nonce: *record.nonce(),
            body: serde_json::from_str(record.body_json()).unwrap(),
            commits: record.commits().to_vec(),
        };
        change(&mut draft);
        let record: Value = serde_json::from_str(draft.sign(&key(signer)).unwrap().text()).unwrap();
        replace(&format!("/records/{at}/record"), record)
    }
}

/// All the lies on the good file of [`alliance`].
#[must_use]
pub fn all() -> Vec<Lie> {
    let sample = alliance();
    let good = good(&sample);
    let bytes = good.to_bytes().unwrap();
    let places = Places {
        sample: &sample,
        good: &good,
        value: serde_json::from_slice(&bytes).unwrap(),
    };
    let mut lies = told::of_form(&places, &bytes);
    lies.extend(told::of_records(&places));
    lies.extend(told::of_places(&places));
    lies.extend(told::of_blocks(&places));
    lies.extend(told::of_subjects(&places));
    lies.extend(told::of_closure(&places));
    lies.extend(told::of_the_rest(&places));
    lies
}

impl Lie {
    /// For a patch whose result has no canonical form: written without the check.
    fn told_raw(mut self, good: &[u8]) -> Self {
        if let Change::Patch(operations) = &self.change {
            let name = operations[0]["value"].as_str().unwrap();
            let text = String::from_utf8(good.to_vec()).unwrap();
            self.change = Change::Text(text.replacen("样本 Sample", name, 1));
        }
        self
    }
}
