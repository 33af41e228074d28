//! EPCIS documents: every event is checked, and a good one is kept whole as a record of its own.
//!
//! An event of another system speaks of identifiers of its own; it is not bent into our kinds. The record holds the event's
//! text with the names its document declares, so that exporting it gives an event of the same hash.

use super::rows::{Good, Remark};
use std::collections::BTreeSet;
use systems::Payload;
use systems::supply_chain::captured;
use systems::supply_chain::formats::epcis::{Context, EpcisError, Event, Expected, Json, event_hash, sift, summary};

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

/// Reads a document: good events are taken, bad ones named. One with a fault outside its events has no events.
pub(super) fn read(bytes: &[u8]) -> Read {
    match sift(bytes, LARGEST) {
        Ok(sifted) => {
            let document = &sifted.document;
            let frame = document.member("@context").cloned();
            let mut read = Read {
                events: document.events().len() + numbers(&sifted.faults).len(),
                good: Vec::new(),
                faults: sifted.faults.iter().map(fault).collect(),
            };
            for (place, event) in sifted.places.iter().zip(document.events()) {
                take(number(*place), event, document.context(), frame.as_ref(), &mut read);
            }
            read
        }
        Err(errors) => Read {
            events: numbers(&errors).len().max(1),
            good: Vec::new(),
            faults: errors.iter().map(fault).collect(),
        },
    }
}

/// The number of the event at a place counted from 0.
fn number(place: usize) -> u32 {
    crate::session::small(place as u64 + 1)
}

/// The bad events.
fn numbers(errors: &[EpcisError]) -> BTreeSet<usize> {
    errors.iter().filter_map(|error| error.event_index).collect()
}

fn fault(error: &EpcisError) -> (u32, String, Remark) {
    let shown = |text: &str, or: &str| if text.is_empty() { or } else { text }.to_owned();
    // The pointer to the whole document is empty (RFC 6901); people read a stroke.
    let remark = Remark {
        field: shown(&error.path, "/"),
        value: shown(&error.value, "—"),
        code: code(error.expected),
    };
    (error.event_index.map_or(0, number), String::new(), remark)
}

/// The sentence that says what should stand there.
fn code(expected: Expected) -> &'static str {
    match expected {
        Expected::Json => "import.epcis.json",
        Expected::Depth => "import.epcis.depth",
        Expected::UniqueName => "import.epcis.unique-name",
        Expected::Size => "import.epcis.size",
        Expected::DocumentType => "import.epcis.document-type",
        Expected::EventType => "import.epcis.event-type",
        Expected::Member => "import.epcis.member",
        Expected::KnownMember => "import.epcis.known-member",
        Expected::Object => "import.epcis.object",
        Expected::Array => "import.epcis.array",
        Expected::FilledArray => "import.epcis.filled-array",
        Expected::Text => "import.epcis.text",
        Expected::Number => "import.epcis.number",
        Expected::Boolean => "import.epcis.boolean",
        Expected::Uri => "import.epcis.uri",
        Expected::DateTime => "import.epcis.date-time",
        Expected::ZoneOffset => "import.epcis.zone-offset",
        Expected::Action => "import.epcis.action",
        Expected::BizStep => "import.epcis.biz-step",
        Expected::Disposition => "import.epcis.disposition",
        Expected::BizTransactionType => "import.epcis.biz-transaction-type",
        Expected::SourceDestinationType => "import.epcis.source-destination-type",
        Expected::ErrorReason => "import.epcis.error-reason",
        Expected::Component => "import.epcis.component",
        Expected::MeasurementType => "import.epcis.measurement-type",
        Expected::AlertType => "import.epcis.alert-type",
        Expected::UnitCode => "import.epcis.unit-code",
        Expected::HexBinary => "import.epcis.hex-binary",
        Expected::Version => "import.epcis.version",
        Expected::Goods => "import.epcis.goods",
        Expected::NoIlmd => "import.epcis.no-ilmd",
        // These are of queries, which are not imported.
        Expected::QueryParameter | Expected::Direction | Expected::Count => "import.epcis",
    }
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
    use systems::supply_chain::formats::epcis::parse;

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
