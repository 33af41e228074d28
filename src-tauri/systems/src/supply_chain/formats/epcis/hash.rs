//! The event hash: one name for one event, whatever document and form it came in.
//!
//! Source: GS1 CBV 2.0 (June 2022), section 8.9; RFC 6920 for the `ni` address. Where the wording and the published
//! vectors (RalphTro/epcis-event-hash-generator) differ, the vectors decide: the type of a business transaction, source
//! or destination stands before the value, and those lists, `ilmd` and the extensions follow the sensor elements in the
//! order of their text. Where no vector decides, the wording does, and the reference implementation 1.9.3 differs: it
//! puts `parentID` before `epcList`, leaves prefixes of the EPCIS context unexpanded when the document does not repeat
//! them, writes `True` for `true`, passes long numbers through binary floating point, and moves extensions whose
//! namespace does not end in `/` out of their element.

use sha2::{Digest, Sha256};

use super::context::Context;
use super::event::Event;
use super::json::Json;
use super::normal::{Instant, decimal};
use super::vocabulary::{Vocabulary, web_address};
use crate::shared::codes;

/// How a member takes part in the hash.
#[derive(Clone, Copy)]
enum Part {
    Text,
    Time,
    Word(Vocabulary),
    /// A list of texts under the given name.
    Names(&'static str),
    Quantities,
    Persistent,
    /// An object with an `id` and extensions.
    Place,
    Sensors,
}

/// The members before the sorted rest, in canonical order.
const ORDER: [(&str, Part); 20] = [
    ("eventTime", Part::Time),
    ("eventTimeZoneOffset", Part::Text),
    ("certificationInfo", Part::Text),
    ("epcList", Part::Names("epc")),
    ("parentID", Part::Text),
    ("inputEPCList", Part::Names("epc")),
    ("childEPCs", Part::Names("epc")),
    ("quantityList", Part::Quantities),
    ("childQuantityList", Part::Quantities),
    ("inputQuantityList", Part::Quantities),
    ("outputEPCList", Part::Names("epc")),
    ("outputQuantityList", Part::Quantities),
    ("action", Part::Text),
    ("transformationID", Part::Text),
    ("bizStep", Part::Word(Vocabulary::BizStep)),
    ("disposition", Part::Word(Vocabulary::Disposition)),
    ("persistentDisposition", Part::Persistent),
    ("readPoint", Part::Place),
    ("bizLocation", Part::Place),
    ("sensorElementList", Part::Sensors),
];

/// Lists of a typed value: the list, the member of the value, the words of the type.
const TYPED: [(&str, &str, Vocabulary); 3] = [
    ("bizTransactionList", "bizTransaction", Vocabulary::BizTransaction),
    ("sourceList", "source", Vocabulary::SourceDestination),
    ("destinationList", "destination", Vocabulary::SourceDestination),
];

/// Members that take no part: they say when and how the event was recorded, not what happened.
const OUTSIDE: [&str; 6] = [
    "type",
    "recordTime",
    "eventID",
    "errorDeclaration",
    "@context",
    "comment",
];

const QUANTITY: [(&str, Part); 3] = [("epcClass", Part::Text), ("quantity", Part::Text), ("uom", Part::Text)];

const PERSISTENT: [(&str, Part); 2] = [
    ("set", Part::Word(Vocabulary::Disposition)),
    ("unset", Part::Word(Vocabulary::Disposition)),
];

const METADATA: [(&str, Part); 8] = [
    ("time", Part::Time),
    ("startTime", Part::Time),
    ("endTime", Part::Time),
    ("deviceID", Part::Text),
    ("deviceMetadata", Part::Text),
    ("rawData", Part::Text),
    ("dataProcessingMethod", Part::Text),
    ("bizRules", Part::Text),
];

const REPORT: [(&str, Part); 23] = [
    ("type", Part::Word(Vocabulary::Measurement)),
    ("exception", Part::Word(Vocabulary::Alert)),
    ("deviceID", Part::Text),
    ("deviceMetadata", Part::Text),
    ("rawData", Part::Text),
    ("dataProcessingMethod", Part::Text),
    ("time", Part::Time),
    ("microorganism", Part::Text),
    ("chemicalSubstance", Part::Text),
    ("value", Part::Text),
    ("component", Part::Word(Vocabulary::Component)),
    ("stringValue", Part::Text),
    ("booleanValue", Part::Text),
    ("hexBinaryValue", Part::Text),
    ("uriValue", Part::Text),
    ("minValue", Part::Text),
    ("maxValue", Part::Text),
    ("meanValue", Part::Text),
    ("sDev", Part::Text),
    ("percRank", Part::Text),
    ("percValue", Part::Text),
    ("uom", Part::Text),
    ("coordinateReferenceSystem", Part::Text),
];

/// The event hash as `ni:///sha-256;…?ver=CBV2.0`.
///
/// `context` is the context of the document; the event's own `@context` is added to it.
pub fn event_hash(event: &Event, context: &Context) -> String {
    let digest = Sha256::digest(prehash(event, context).as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("ni:///sha-256;{hex}?ver=CBV2.0")
}

/// The canonical text the hash is taken of.
pub fn prehash(event: &Event, context: &Context) -> String {
    let context = context.within(event.json());
    let canon = Canon { context: &context };
    let mut out = format!("eventType={}", event.event_type().name());
    out.push_str(&canon.ordered(event.json(), &ORDER));
    let mut rest: Vec<String> = TYPED
        .iter()
        .filter_map(|(list, member, words)| canon.typed(event.json(), list, member, *words))
        .collect();
    if let Some(ilmd) = event.json().get("ilmd") {
        rest.push(format!("ilmd{}", canon.extensions(ilmd, &[]).concat()));
    }
    let known = |name: &str| {
        name == "ilmd" || ORDER.iter().any(|(n, _)| *n == name) || TYPED.iter().any(|(n, _, _)| *n == name)
    };
    let others = event
        .json()
        .members()
        .iter()
        .filter(|(name, _)| !known(name) && !OUTSIDE.contains(&name.as_str()));
    rest.extend(others.flat_map(|(name, value)| canon.extension(name, value)));
    rest.sort();
    out.push_str(&rest.concat());
    out
}

struct Canon<'a> {
    context: &'a Context,
}

impl Canon<'_> {
    /// The members of `object` in the given order.
    fn ordered(&self, object: &Json, order: &[(&str, Part)]) -> String {
        order
            .iter()
            .filter_map(|(name, part)| object.get(name).map(|value| self.part(name, value, *part)))
            .collect()
    }

    fn part(&self, name: &str, value: &Json, part: Part) -> String {
        match part {
            Part::Text => self.sorted(name, value, |text| self.scalar(text)),
            Part::Time => self.sorted(name, value, |text| {
                let text = self.scalar(text);
                Instant::parse(&text).map_or(text, Instant::text)
            }),
            Part::Word(words) => self.sorted(name, value, |text| self.word(text, words)),
            Part::Names(child) => prefixed(name, self.sorted(child, value, |text| self.scalar(text))),
            Part::Quantities => prefixed(name, self.objects("quantityElement", value, &QUANTITY)),
            Part::Persistent => prefixed(name, self.ordered(value, &PERSISTENT)),
            Part::Place => prefixed(name, self.object(value, &[("id", Part::Text)])),
            Part::Sensors => {
                let mut elements: Vec<String> = value.elements().iter().map(|element| self.sensor(element)).collect();
                elements.sort();
                prefixed(name, elements.concat())
            }
        }
    }

    /// `name=value` for a value or for each value of a list, in the order of the text.
    fn sorted(&self, name: &str, value: &Json, canonical: impl Fn(&Json) -> String) -> String {
        let values = if let Json::Array(elements) = value {
            elements.as_slice()
        } else {
            std::slice::from_ref(value)
        };
        let texts = values.iter().map(canonical).filter(|text| !text.is_empty());
        let mut pairs: Vec<String> = texts.map(|text| format!("{name}={text}")).collect();
        pairs.sort();
        pairs.concat()
    }

    /// The ordered members of an object, then its extensions.
    fn object(&self, object: &Json, order: &[(&str, Part)]) -> String {
        let known: Vec<&str> = order.iter().map(|(name, _)| *name).collect();
        self.ordered(object, order) + &self.extensions(object, &known).concat()
    }

    /// Each object of a list under `name`, in the order of the text.
    fn objects(&self, name: &str, list: &Json, order: &[(&str, Part)]) -> String {
        let mut texts: Vec<String> = list
            .elements()
            .iter()
            .map(|object| prefixed(name, self.object(object, order)))
            .collect();
        texts.sort();
        texts.concat()
    }

    fn sensor(&self, element: &Json) -> String {
        let metadata = element
            .get("sensorMetadata")
            .map(|data| prefixed("sensorMetadata", self.object(data, &METADATA)));
        let reports = element
            .get("sensorReport")
            .map(|list| self.objects("sensorReport", list, &REPORT));
        let extensions = self.extensions(element, &["sensorMetadata", "sensorReport"]).concat();
        prefixed(
            "sensorElement",
            metadata.unwrap_or_default() + &reports.unwrap_or_default() + &extensions,
        )
    }

    fn typed(&self, event: &Json, list: &str, member: &str, words: Vocabulary) -> Option<String> {
        let mut texts: Vec<String> = event
            .get(list)?
            .elements()
            .iter()
            .map(|entry| self.ordered(entry, &[("type", Part::Word(words)), (member, Part::Text)]))
            .collect();
        texts.sort();
        Some(prefixed(list, texts.concat()))
    }

    /// The extensions of an object, sorted; members named in `known` are left out.
    fn extensions(&self, object: &Json, known: &[&str]) -> Vec<String> {
        let members = object
            .members()
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()));
        let mut texts: Vec<String> = members.flat_map(|(name, value)| self.extension(name, value)).collect();
        texts.sort();
        texts
    }

    /// One extension: `{namespace}name=value`, an object's members after its name, a list as one extension per element.
    fn extension(&self, name: &str, value: &Json) -> Vec<String> {
        let expanded = self.context.expand_name(name);
        let comment = "{http://www.w3.org/2000/01/rdf-schema#}comment";
        if matches!(name, "comment" | "@context") || expanded == comment || self.context.ignores(&expanded) {
            return Vec::new();
        }
        match value {
            Json::Array(elements) => elements
                .iter()
                .flat_map(|element| self.extension(name, element))
                .collect(),
            Json::Object(_) => vec![expanded + &self.extensions(value, &[]).concat()],
            scalar => match self.scalar(scalar) {
                text if text.is_empty() => vec![expanded],
                text => vec![format!("{expanded}={text}")],
            },
        }
    }

    fn word(&self, value: &Json, words: Vocabulary) -> String {
        value
            .text()
            .and_then(|text| words.address(text.trim()))
            .unwrap_or_else(|| self.scalar(value))
    }

    /// A value in its canonical form: trimmed, compact and old names expanded, numbers shortened, GS1 keys as links.
    fn scalar(&self, value: &Json) -> String {
        let text = match value {
            Json::String(text) => text.trim(),
            Json::Number(text) => text,
            Json::Bool(value) => return value.to_string(),
            Json::Null | Json::Array(_) | Json::Object(_) => return String::new(),
        };
        if let Some(number) = decimal(text) {
            return number;
        }
        let expanded = self.context.expand(text);
        let expanded = web_address(&expanded).unwrap_or(expanded);
        codes::normalise(&expanded).unwrap_or(expanded)
    }
}

/// `name` before a text that is not empty; nothing before an empty one.
fn prefixed(name: &str, text: String) -> String {
    if text.is_empty() { text } else { format!("{name}{text}") }
}
