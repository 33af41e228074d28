//! Whole documents: capture documents, query results, and single events.
//!
//! Source: EPCIS 2.0, sections 9 (capture document) and 8.2.7 (query document), with the JSON schema.

use serde::Serialize;

use super::context::Context;
use super::error::{EpcisError, Expected, shown};
use super::event::{Event, EventType};
use super::json::{Json, JsonRule, write_string};
use super::normal::Instant;
use super::validate::is_extension;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// `EPCISDocument`: events to be captured.
    Capture,
    /// `EPCISQueryDocument`: events found by a query.
    Query,
    /// One event by itself.
    SingleEvent,
}

/// A document that has passed the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpcisDocument {
    kind: DocumentKind,
    context: Context,
    events: Vec<Event>,
    /// The document without its events; a `null` stands where they were.
    frame: Json,
    /// The member names from the document down to the events.
    place: Vec<String>,
}

impl EpcisDocument {
    /// What the document is.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Prefixes and ignored fields of the document.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The events in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// A member of the document itself, such as `creationDate` or `sender`.
    pub fn member(&self, name: &str) -> Option<&Json> {
        self.frame.get(name)
    }

    /// A new capture document. `creation` is a date-time; `namespaces` are prefixes and addresses of the extensions.
    ///
    /// # Errors
    /// When `creation` is not a date-time with offset.
    pub fn capture(creation: &str, namespaces: &[(&str, &str)], events: Vec<Event>) -> Result<Self, EpcisError> {
        if Instant::parse(creation).is_none() {
            return Err(outside("/creationDate", creation, Expected::DateTime));
        }
        let text = |value: &str| Json::String(value.to_owned());
        let member = |name: &str, value: Json| (name.to_owned(), value);
        let mut contexts = vec![text("https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld")];
        contexts.extend(
            namespaces
                .iter()
                .map(|(prefix, space)| Json::Object(vec![member(prefix, text(space))])),
        );
        let frame = Json::Object(vec![
            member("@context", Json::Array(contexts)),
            member("type", text("EPCISDocument")),
            member("schemaVersion", text("2.0")),
            member("creationDate", text(creation)),
            member("epcisBody", Json::Object(vec![member("eventList", Json::Null)])),
        ]);
        let place = vec!["epcisBody".to_owned(), "eventList".to_owned()];
        Ok(Self {
            kind: DocumentKind::Capture,
            context: Context::of(&frame),
            events,
            frame,
            place,
        })
    }
}

/// A document whose good events can be taken while its bad ones cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sifted {
    /// The document with its good events only.
    pub document: EpcisDocument,
    /// For each of them its place among all events, counted from 0.
    pub places: Vec<usize>,
    /// Every broken rule of the bad events; each names its event.
    pub faults: Vec<EpcisError>,
}

/// Reads a document of at most `max_bytes`.
///
/// # Errors
/// Every broken rule with its place; for text that is not JSON, the first.
pub fn parse(bytes: &[u8], max_bytes: usize) -> Result<EpcisDocument, Vec<EpcisError>> {
    let sifted = sift(bytes, max_bytes)?;
    if sifted.faults.is_empty() {
        Ok(sifted.document)
    } else {
        Err(sifted.faults)
    }
}

/// Reads a document of at most `max_bytes` and checks its events one by one.
///
/// # Errors
/// A rule is broken outside the events: every broken rule with its place; for text that is not JSON, the first.
pub fn sift(bytes: &[u8], max_bytes: usize) -> Result<Sifted, Vec<EpcisError>> {
    let mut frame = read_object(bytes, max_bytes)?;
    let mut errors = Vec::new();
    if !matches!(
        frame.get("@context"),
        Some(Json::String(_) | Json::Object(_) | Json::Array(_))
    ) {
        errors.push(at(&frame, "@context", Expected::Member));
    }
    let mut context = Context::of(&frame);
    context.note_ignored(&frame);
    let kind = match frame.get("type").and_then(Json::text) {
        Some("EPCISDocument") => DocumentKind::Capture,
        Some("EPCISQueryDocument") => DocumentKind::Query,
        Some(name) if EventType::of(name).is_some() => DocumentKind::SingleEvent,
        _ => {
            errors.push(at(&frame, "type", Expected::DocumentType));
            return Err(errors);
        }
    };
    if kind == DocumentKind::SingleEvent {
        return single(frame, context, errors);
    }
    check_frame(&frame, kind, &mut errors);
    let place = place_of(&frame, kind);
    let Some(list) = take(&mut frame, &place) else {
        errors.push(outside(&format!("/{}", place.join("/")), "", Expected::Member));
        return Err(errors);
    };
    if let Some(results) = frame.get("epcisBody").and_then(|body| body.get("queryResults")) {
        context.note_ignored(results);
    }
    let list = match list {
        Json::Array(list) => list,
        one @ Json::Object(_) if place.last().is_some_and(|name| name == "event") => vec![one],
        _ => {
            errors.push(outside(&format!("/{}", place.join("/")), "", Expected::Array));
            return Err(errors);
        }
    };
    let (mut events, mut places, mut faults) = (Vec::with_capacity(list.len()), Vec::new(), Vec::new());
    for (index, json) in list.into_iter().enumerate() {
        match Event::new(json, Some(index)) {
            Ok(event) => {
                events.push(event);
                places.push(index);
            }
            Err(more) => faults.extend(more),
        }
    }
    if !errors.is_empty() {
        errors.extend(faults);
        return Err(errors);
    }
    let document = EpcisDocument {
        kind,
        context,
        events,
        frame,
        place,
    };
    Ok(Sifted {
        document,
        places,
        faults,
    })
}

/// Writes a document; reading it again gives the same document.
pub fn write(document: &EpcisDocument) -> String {
    let mut out = String::new();
    write_frame(&document.frame, &document.place, &document.events, &mut out);
    out
}

/// Reads the JSON object of a document or query.
pub(super) fn read_object(bytes: &[u8], max_bytes: usize) -> Result<Json, Vec<EpcisError>> {
    if bytes.len() > max_bytes {
        return Err(vec![outside("", &bytes.len().to_string(), Expected::Size)]);
    }
    let frame = Json::parse(bytes).map_err(|fault| {
        let expected = match fault.rule {
            JsonRule::Syntax | JsonRule::Encoding => Expected::Json,
            JsonRule::Depth => Expected::Depth,
            JsonRule::DuplicateName => Expected::UniqueName,
        };
        vec![outside(&format!("{}:{}", fault.line, fault.column), "", expected)]
    })?;
    if !matches!(frame, Json::Object(_)) {
        return Err(vec![outside("", "", Expected::Object)]);
    }
    Ok(frame)
}

fn single(frame: Json, context: Context, mut errors: Vec<EpcisError>) -> Result<Sifted, Vec<EpcisError>> {
    match Event::new(frame, Some(0)) {
        Ok(event) if errors.is_empty() => Ok(Sifted {
            document: EpcisDocument {
                kind: DocumentKind::SingleEvent,
                context,
                events: vec![event],
                frame: Json::Null,
                place: Vec::new(),
            },
            places: vec![0],
            faults: Vec::new(),
        }),
        Ok(_) => Err(errors),
        Err(more) => {
            errors.extend(more);
            Err(errors)
        }
    }
}

fn check_frame(frame: &Json, kind: DocumentKind, errors: &mut Vec<EpcisError>) {
    const KNOWN: [&str; 10] = [
        "@context",
        "id",
        "type",
        "schemaVersion",
        "creationDate",
        "epcisHeader",
        "epcisBody",
        "sender",
        "receiver",
        "instanceIdentifier",
    ];
    let required: &[&str] = match kind {
        DocumentKind::Capture => &["schemaVersion", "creationDate", "epcisBody"],
        _ => &["epcisBody"],
    };
    for name in required.iter().filter(|name| frame.get(name).is_none()) {
        errors.push(at(frame, name, Expected::Member));
    }
    for (name, value) in frame.members() {
        let version = |text: &str| {
            text.split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let expected = match name.as_str() {
            "schemaVersion" if !value.text().is_some_and(version) => Expected::Version,
            "creationDate" if value.text().and_then(Instant::parse).is_none() => Expected::DateTime,
            "epcisBody" | "epcisHeader" if !matches!(value, Json::Object(_)) => Expected::Object,
            known if KNOWN.contains(&known) || is_extension(known) => continue,
            _ => Expected::KnownMember,
        };
        errors.push(at(frame, name, expected));
    }
}

/// Where the events lie; `event` instead of `eventList` holds one.
fn place_of(frame: &Json, kind: DocumentKind) -> Vec<String> {
    let holder: &[&str] = match kind {
        DocumentKind::Query => &["epcisBody", "queryResults", "resultsBody"],
        _ => &["epcisBody"],
    };
    let body = holder.iter().try_fold(frame, |json, name| json.get(name));
    let list = body.is_some_and(|body| body.get("eventList").is_none() && body.get("event").is_some());
    let last = if list { "event" } else { "eventList" };
    holder.iter().chain([&last]).map(|name| (*name).to_owned()).collect()
}

/// Takes the value at `place` out, leaving `null`.
fn take(json: &mut Json, place: &[String]) -> Option<Json> {
    let Some((first, rest)) = place.split_first() else {
        return Some(std::mem::replace(json, Json::Null));
    };
    let Json::Object(members) = json else { return None };
    let (_, value) = members.iter_mut().find(|(name, _)| name == first)?;
    take(value, rest)
}

fn write_frame(json: &Json, place: &[String], events: &[Event], out: &mut String) {
    let Some((first, rest)) = place.split_first() else {
        events.iter().for_each(|event| event.json().write(out));
        return;
    };
    out.push('{');
    for (index, (name, value)) in json.members().iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        match rest {
            [] if name == first && first == "event" => events.iter().for_each(|event| event.json().write(out)),
            [] if name == first => {
                out.push('[');
                for (index, event) in events.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    event.json().write(out);
                }
                out.push(']');
            }
            _ if name == first => write_frame(value, rest, events, out),
            _ => value.write(out),
        }
    }
    out.push('}');
}

fn outside(path: &str, value: &str, expected: Expected) -> EpcisError {
    EpcisError {
        event_index: None,
        path: path.to_owned(),
        value: shown(value),
        expected,
    }
}

fn at(frame: &Json, name: &str, expected: Expected) -> EpcisError {
    let mut value = String::new();
    match frame.get(name) {
        Some(Json::String(text)) => value.clone_from(text),
        Some(Json::Array(_) | Json::Object(_)) | None => {}
        Some(other) => other.write(&mut value),
    }
    outside(&format!("/{name}"), &value, expected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{check_query, event_hash, summary};
    use super::*;

    const TEXT: &str = r#"{"@context":["https://x.example",{"e":"https://e.example/"}],"type":"EPCISDocument",
        "schemaVersion":"2.0","creationDate":"2026-03-05T00:00:00Z","epcisBody":{"eventList":[
        {"type":"AggregationEvent","eventTime":"2026-03-04T11:00:30+08:00","eventTimeZoneOffset":"+08:00",
        "action":"ADD","parentID":"urn:epc:id:sscc:4012345.3111111111","childEPCs":
        ["https://id.gs1.org/01/04012345111118/21/9"],"childQuantityList":[{"epcClass":"urn:epc:idpat:itip:4012345.012345.01.02.*",
        "quantity":-1.0e-3}],"e:x":[{"y":[1]},"urn:epc:id:cpi:0614141.1-A%23%2F.1234"],"sensorElementList":[{"sensorReport":
        [{"type":"Temperature","value":1,"time":"2026-03-04T11:00:30.9999Z"}]}]}]}}"#;

    fn places(text: &str) -> Vec<(Option<usize>, String, Expected)> {
        let errors = parse(text.as_bytes(), 10_000).unwrap_err();
        errors
            .into_iter()
            .map(|e| (e.event_index, e.path, e.expected))
            .collect()
    }

    #[test]
    fn faults_of_the_frame_are_named() {
        let cases = [
            (
                "\"schemaVersion\":\"2.0\"",
                "\"schemaVersion\":2",
                "/schemaVersion",
                Expected::Version,
            ),
            (
                "2026-03-05T00:00:00Z",
                "2026-03-05",
                "/creationDate",
                Expected::DateTime,
            ),
            (
                "\"eventList\"",
                "\"eventsList\"",
                "/epcisBody/eventList",
                Expected::Member,
            ),
            ("EPCISDocument", "Document", "/type", Expected::DocumentType),
            (
                "\"schemaVersion\"",
                "\"other\":1,\"schemaVersion\"",
                "/other",
                Expected::KnownMember,
            ),
        ];
        for (from, to, path, expected) in cases {
            assert_eq!(
                places(&TEXT.replace(from, to)),
                [(None, path.to_owned(), expected)],
                "{to}"
            );
        }
        assert_eq!(places("[]")[0].2, Expected::Object);
        assert_eq!(
            places("{\"a\":1,\n\"a\":2}"),
            [(None, "2:4".to_owned(), Expected::UniqueName)]
        );
        assert_eq!(parse(TEXT.as_bytes(), 100).unwrap_err()[0].expected, Expected::Size);
    }

    #[test]
    fn good_events_are_read_beside_a_bad_one() {
        let list = TEXT.find("[\n").unwrap() + 1;
        let end = TEXT.len() - 3;
        let good = &TEXT[list..end];
        let bad = good.replace("ADD", "PUT");
        let text = format!("{}{good},{bad},{good}{}", &TEXT[..list], &TEXT[end..]);
        let sifted = sift(text.as_bytes(), 10_000).unwrap();
        assert_eq!((sifted.document.events().len(), sifted.places), (2, vec![0, 2]));
        let fault = |e: &EpcisError| (e.event_index, e.path.clone(), e.value.clone());
        let faults: Vec<_> = sifted.faults.iter().map(fault).collect();
        assert_eq!(faults, [(Some(1), "/action".to_owned(), "PUT".to_owned())]);
        assert_eq!(parse(text.as_bytes(), 10_000).unwrap_err(), sifted.faults);
    }

    #[test]
    fn faults_of_an_event_are_named() {
        let cases = [
            ("\"action\":\"ADD\",", "", "/action", Expected::Member),
            ("-1.0e-3", "\"3\"", "/childQuantityList/0/quantity", Expected::Number),
            ("\"parentID\"", "\"epcList\"", "/epcList", Expected::KnownMember),
            ("\"+08:00\"", "\"8\"", "/eventTimeZoneOffset", Expected::ZoneOffset),
            (
                "Temperature",
                "Warmth",
                "/sensorElementList/0/sensorReport/0/type",
                Expected::MeasurementType,
            ),
            (
                "\"value\":1",
                "\"value\":true",
                "/sensorElementList/0/sensorReport/0/value",
                Expected::Number,
            ),
        ];
        for (from, to, path, expected) in cases {
            assert_eq!(
                places(&TEXT.replace(from, to))[0],
                (Some(0), path.to_owned(), expected),
                "{to}"
            );
        }
    }

    /// Whatever is read can be written, read again, summed up and hashed.
    fn exercise(bytes: &[u8]) {
        let _ = check_query(bytes, 10_000);
        let Ok(document) = parse(bytes, 10_000) else { return };
        let again = parse(write(&document).as_bytes(), 20_000).unwrap();
        assert_eq!(again, document);
        for event in document.events() {
            let _ = summary(event, document.context());
            assert_eq!(
                event_hash(event, again.context()),
                event_hash(event, document.context())
            );
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            exercise(&bytes);
        }

        #[test]
        fn damaged_documents_do_no_harm(at in 0..TEXT.len(), cut in 0..6_usize, put in "[\"{}\\[\\]:,0-9a-zé\\\\%.*]{0,4}") {
            let mut bytes = TEXT.as_bytes().to_vec();
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, put.bytes());
            exercise(&bytes);
        }
    }
}
