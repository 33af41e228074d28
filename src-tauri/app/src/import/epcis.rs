//! EPCIS documents: every event is checked, and a good one is kept whole as a record of its own.
//!
//! An event of another system speaks of identifiers of its own; it is not bent into our kinds. The record holds the event's
//! text with the names its document declares, so that exporting it gives an event of the same hash.

use super::rows::{Good, Remark};
use serde_json::json;
use std::collections::BTreeSet;
use systems::Payload;
use systems::supply_chain::formats::epcis::{Context, EpcisError, Event, Json, event_hash, parse, summary};

/// The kind that holds an event.
pub(crate) const CAPTURED: &str = "supply-chain.event-captured.1";
/// Largest document: 64 MiB.
const LARGEST: usize = 64 * 1024 * 1024;
/// Identifiers listed beside the event's text.
const EPCS: usize = 60;

/// What a document reads as.
pub(super) struct Read {
    /// Events in the document, bad ones too.
    pub(super) events: usize,
    /// Good events.
    pub(super) good: Vec<Good>,
    /// Faults: number of the event (from 1; 0 for the document), its id, what is wrong.
    pub(super) faults: Vec<(u32, String, Remark)>,
}

/// Reads a document. One with a fault outside its events has no events.
pub(super) fn read(bytes: &[u8]) -> Read {
    match parse(bytes, LARGEST) {
        Ok(document) => {
            let frame = document.member("@context").cloned();
            let mut read = Read { events: document.events().len(), good: Vec::new(), faults: Vec::new() };
            for (i, event) in document.events().iter().enumerate() {
                let row = crate::session::small(i as u64 + 1);
                take(row, event, document.context(), frame.as_ref(), &mut read);
            }
            read
        }
        Err(errors) => {
            let faults: Vec<_> = errors.iter().map(fault).collect();
            let events = errors.iter().filter_map(|error| error.event_index).collect::<BTreeSet<_>>().len();
            Read { events: events.max(1), good: Vec::new(), faults }
        }
    }
}

fn fault(error: &EpcisError) -> (u32, String, Remark) {
    let row = error.event_index.map_or(0, |index| crate::session::small(index as u64 + 1));
    let expected = serde_json::to_value(error.expected).ok();
    let expected = expected.as_ref().and_then(|value| value.as_str()).unwrap_or_default();
    let value = if error.value.is_empty() { expected.to_owned() } else { error.value.clone() };
    (row, String::new(), Remark { field: error.path.clone(), value, code: "import.epcis" })
}

fn take(row: u32, event: &Event, context: &Context, frame: Option<&Json>, read: &mut Read) {
    let hash = event_hash(event, context);
    let summary = summary(event, context);
    let id = summary.event_id.clone().unwrap_or_else(|| hash.clone());
    let mut epcs: BTreeSet<String> = BTreeSet::new();
    for reference in summary.epcs.iter().chain(&summary.inputs).chain(&summary.outputs).chain(summary.parent.as_ref()) {
        epcs.insert(reference.canonical.clone());
    }
    let classes = summary.quantities.iter().chain(&summary.input_quantities).chain(&summary.output_quantities);
    epcs.extend(classes.map(|quantity| quantity.class.canonical.clone()));
    let body = json!({
        "event_hash": hash,
        "event_type": event.event_type().name(),
        "at": { "time": summary.time, "zone": summary.time_zone },
        "epcs": epcs.into_iter().take(EPCS).collect::<Vec<_>>(),
        "event": whole(event, frame),
    });
    match serde_json::from_value::<Payload>(json!({ "kind": CAPTURED, "body": body })) {
        Ok(payload) => {
            read.good.push(Good { row, id, payload, private: vec![], partners: vec![], doubts: vec![] });
        }
        Err(error) => {
            let remark = Remark { field: String::new(), value: error.to_string(), code: "import.event-not-kept" };
            read.faults.push((row, id, remark));
        }
    }
}

/// The event's text; it takes the names its document declares along when it has none of its own.
fn whole(event: &Event, frame: Option<&Json>) -> String {
    let mut text = String::new();
    match (event.json(), frame) {
        (Json::Object(members), Some(frame)) if event.json().get("@context").is_none() => {
            let mut with = vec![("@context".to_owned(), frame.clone())];
            with.extend(members.iter().cloned());
            Json::Object(with).write(&mut text);
        }
        (json, _) => json.write(&mut text),
    }
    text
}
