//! EPCIS documents: every event is checked, and a good one is kept whole as a record of its own.
//!
//! An event of another system speaks of identifiers of its own; it is not bent into our kinds. The record holds the event's
//! text with the names its document declares, so that exporting it gives an event of the same hash.

use super::rows::{Good, Remark};
use std::collections::BTreeSet;
use systems::Payload;
use systems::supply_chain::captured;
use systems::supply_chain::formats::epcis::{Context, EpcisError, Event, Json, event_hash, parse, summary};

/// Largest document: 64 MiB.
const LARGEST: usize = 64 * 1024 * 1024;

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
            let mut read = Read {
                events: document.events().len(),
                good: Vec::new(),
                faults: Vec::new(),
            };
            for (i, event) in document.events().iter().enumerate() {
                let row = crate::session::small(i as u64 + 1);
                take(row, event, document.context(), frame.as_ref(), &mut read);
            }
            read
        }
        Err(errors) => {
            let faults: Vec<_> = errors.iter().map(fault).collect();
            let events = errors
                .iter()
                .filter_map(|error| error.event_index)
                .collect::<BTreeSet<_>>()
                .len();
            Read {
                events: events.max(1),
                good: Vec::new(),
                faults,
            }
        }
    }
}

fn fault(error: &EpcisError) -> (u32, String, Remark) {
    let row = error
        .event_index
        .map_or(0, |index| crate::session::small(index as u64 + 1));
    let expected = serde_json::to_value(error.expected).ok();
    let expected = expected.as_ref().and_then(|value| value.as_str()).unwrap_or_default();
    let value = if error.value.is_empty() {
        expected.to_owned()
    } else {
        error.value.clone()
    };
    (
        row,
        String::new(),
        Remark {
            field: error.path.clone(),
            value,
            code: "import.epcis",
        },
    )
}

fn take(row: u32, event: &Event, context: &Context, frame: Option<&Json>, read: &mut Read) {
    let hash = event_hash(event, context);
    let id = summary(event, context).event_id.unwrap_or_else(|| hash.clone());
    // By itself it must still be the event it is in its document.
    match captured::read(&whole(event, frame)).filter(|record| record.event_hash == hash) {
        Some(record) => {
            read.good.push(Good {
                row,
                id,
                payload: Payload::EventCaptured(record),
                private: vec![],
                partners: vec![],
                doubts: vec![],
            });
        }
        None => {
            let remark = Remark {
                field: String::new(),
                value: hash,
                code: "import.event-not-kept",
            };
            read.faults.push((row, id, remark));
        }
    }
}

/// The event's text; it takes the names its document declares along, before those of its own.
fn whole(event: &Event, frame: Option<&Json>) -> String {
    let mut text = String::new();
    match (event.json(), frame) {
        (Json::Object(members), Some(frame)) => {
            let context = match event.json().get("@context") {
                Some(own) => Json::Array([list(frame), list(own)].concat()),
                None => frame.clone(),
            };
            let mut with = vec![("@context".to_owned(), context)];
            with.extend(members.iter().filter(|(name, _)| name != "@context").cloned());
            Json::Object(with).write(&mut text);
        }
        (json, _) => json.write(&mut text),
    }
    text
}

fn list(context: &Json) -> Vec<Json> {
    match context {
        Json::Array(elements) => elements.clone(),
        other => vec![other.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Every event of the valid documents, taken out of its document and put among others, keeps its hash.
    #[test]
    fn an_event_kept_whole_has_the_same_hash_in_another_document() {
        let Some(corpus) = std::env::var_os("SEALROAD_CORPUS") else {
            println!("SEALROAD_CORPUS is not set: no foreign events were kept");
            return;
        };
        let (mut events, mut differs) = (0, Vec::new());
        for folder in ["Capture/Documents", "Capture/Events"] {
            for entry in std::fs::read_dir(std::path::Path::new(&corpus).join("epcis/openepcis").join(folder)).unwrap()
            {
                let path = entry.unwrap().path();
                let Ok(document) = parse(&std::fs::read(&path).unwrap(), LARGEST) else {
                    continue;
                };
                let frame = document.member("@context").cloned();
                for event in document.events() {
                    let text = whole(event, frame.as_ref());
                    let other = json!({
                        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "other": "urn:other:" }],
                        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00.000Z",
                        "epcisBody": { "eventList": [serde_json::from_str::<Value>(&text).unwrap()] },
                    });
                    events += 1;
                    let same = parse(other.to_string().as_bytes(), LARGEST).is_ok_and(|again| {
                        event_hash(&again.events()[0], again.context()) == event_hash(event, document.context())
                    });
                    if !same {
                        differs.push(path.file_name().unwrap().to_string_lossy().into_owned());
                    }
                }
            }
        }
        println!("{events} events");
        assert!(
            events > 40 && differs.is_empty(),
            "{events} events, these differ: {differs:?}"
        );
    }
}
