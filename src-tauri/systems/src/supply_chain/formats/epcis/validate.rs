//! The rules an event must keep.
//!
//! Source: the event types of EPCIS 2.0 and the EPCIS 2.0 JSON schema; stricter in one place: members without namespace that
//! the standard does not know are refused everywhere except inside extensions.

use super::error::{EpcisError, Expected, shown};
use super::event::EventType;
use super::json::Json;
use super::normal::{Instant, decimal, zone_minutes};
use super::vocabulary::Vocabulary;

/// What a member must hold.
#[derive(Clone, Copy)]
enum Rule {
    Any,
    Uri,
    /// A URI or a list of them.
    UriOrUris,
    Uris,
    Time,
    Zone,
    Action,
    Word(Vocabulary, Expected),
    /// A word or a list of them.
    Words(Vocabulary, Expected),
    Number,
    Bool,
    Hex,
    Text,
    Unit,
    /// An object: its members, those it must have (`a|b`: one of them), and whether extensions may be added.
    Object(&'static [(&'static str, Rule)], &'static [&'static str], bool),
    /// A list of such objects.
    Objects(&'static [(&'static str, Rule)], &'static [&'static str], bool),
    /// An object of extensions only.
    Ilmd,
}

const DISPOSITION: Rule = Rule::Word(Vocabulary::Disposition, Expected::Disposition);
const DISPOSITIONS: Rule = Rule::Words(Vocabulary::Disposition, Expected::Disposition);
const PARTY_TYPE: Rule = Rule::Word(Vocabulary::SourceDestination, Expected::SourceDestinationType);
const TRANSACTION_TYPE: Rule = Rule::Word(Vocabulary::BizTransaction, Expected::BizTransactionType);
const PLACE: Rule = Rule::Object(&[("id", Rule::Uri)], &["id"], true);
const QUANTITIES: Rule = Rule::Objects(
    &[("epcClass", Rule::Uri), ("quantity", Rule::Number), ("uom", Rule::Unit)],
    &["epcClass"],
    false,
);

const ERROR_DECLARATION: Rule = Rule::Object(
    &[
        ("declarationTime", Rule::Time),
        ("reason", Rule::Word(Vocabulary::ErrorReason, Expected::ErrorReason)),
        ("correctiveEventIDs", Rule::Uris),
    ],
    &["declarationTime"],
    true,
);

const METADATA: Rule = Rule::Object(
    &[
        ("time", Rule::Time),
        ("startTime", Rule::Time),
        ("endTime", Rule::Time),
        ("deviceID", Rule::Uri),
        ("deviceMetadata", Rule::Uri),
        ("rawData", Rule::Uri),
        ("dataProcessingMethod", Rule::Uri),
        ("bizRules", Rule::Uri),
    ],
    &[],
    true,
);

/// `bizRules` belongs to the metadata, but published documents carry it in reports, too.
const REPORTS: Rule = Rule::Objects(
    &[
        ("type", Rule::Word(Vocabulary::Measurement, Expected::MeasurementType)),
        ("exception", Rule::Word(Vocabulary::Alert, Expected::AlertType)),
        ("deviceID", Rule::Uri),
        ("deviceMetadata", Rule::Uri),
        ("rawData", Rule::Uri),
        ("dataProcessingMethod", Rule::Uri),
        ("bizRules", Rule::Uri),
        ("time", Rule::Time),
        ("microorganism", Rule::Uri),
        ("chemicalSubstance", Rule::Uri),
        ("coordinateReferenceSystem", Rule::Uri),
        ("value", Rule::Number),
        ("component", Rule::Word(Vocabulary::Component, Expected::Component)),
        ("stringValue", Rule::Text),
        ("booleanValue", Rule::Bool),
        ("hexBinaryValue", Rule::Hex),
        ("uriValue", Rule::Uri),
        ("minValue", Rule::Number),
        ("maxValue", Rule::Number),
        ("meanValue", Rule::Number),
        ("sDev", Rule::Number),
        ("percRank", Rule::Number),
        ("percValue", Rule::Number),
        ("uom", Rule::Text),
    ],
    &["type|exception"],
    true,
);

/// Members of every event.
const COMMON: [(&str, Rule); 17] = [
    ("@context", Rule::Any),
    ("type", Rule::Text),
    ("eventTime", Rule::Time),
    ("recordTime", Rule::Time),
    ("eventTimeZoneOffset", Rule::Zone),
    ("eventID", Rule::Uri),
    ("certificationInfo", Rule::UriOrUris),
    ("errorDeclaration", ERROR_DECLARATION),
    ("bizStep", Rule::Word(Vocabulary::BizStep, Expected::BizStep)),
    ("disposition", DISPOSITION),
    (
        "persistentDisposition",
        Rule::Object(&[("set", DISPOSITIONS), ("unset", DISPOSITIONS)], &[], false),
    ),
    ("readPoint", PLACE),
    ("bizLocation", PLACE),
    (
        "bizTransactionList",
        Rule::Objects(
            &[("type", TRANSACTION_TYPE), ("bizTransaction", Rule::Uri)],
            &["bizTransaction"],
            false,
        ),
    ),
    (
        "sourceList",
        Rule::Objects(
            &[("type", PARTY_TYPE), ("source", Rule::Uri)],
            &["type", "source"],
            false,
        ),
    ),
    (
        "destinationList",
        Rule::Objects(
            &[("type", PARTY_TYPE), ("destination", Rule::Uri)],
            &["type", "destination"],
            false,
        ),
    ),
    (
        "sensorElementList",
        Rule::Objects(
            &[("sensorMetadata", METADATA), ("sensorReport", REPORTS)],
            &["sensorReport"],
            true,
        ),
    ),
];

const OBJECT: [(&str, Rule); 4] = [
    ("action", Rule::Action),
    ("epcList", Rule::Uris),
    ("quantityList", QUANTITIES),
    ("ilmd", Rule::Ilmd),
];

/// Members of an aggregation and of an association.
const PARENT: [(&str, Rule); 4] = [
    ("action", Rule::Action),
    ("parentID", Rule::Uri),
    ("childEPCs", Rule::Uris),
    ("childQuantityList", QUANTITIES),
];

const TRANSACTION: [(&str, Rule); 4] = [
    ("action", Rule::Action),
    ("parentID", Rule::Uri),
    ("epcList", Rule::Uris),
    ("quantityList", QUANTITIES),
];

const TRANSFORMATION: [(&str, Rule); 6] = [
    ("inputEPCList", Rule::Uris),
    ("inputQuantityList", QUANTITIES),
    ("outputEPCList", Rule::Uris),
    ("outputQuantityList", QUANTITIES),
    ("transformationID", Rule::Uri),
    ("ilmd", Rule::Ilmd),
];

/// Checks one event and tells its type.
pub(super) fn event(json: &Json, index: Option<usize>) -> Result<EventType, Vec<EpcisError>> {
    let mut check = Check {
        index,
        path: String::new(),
        errors: Vec::new(),
    };
    if !matches!(json, Json::Object(_)) {
        check.refuse(json, Expected::Object);
        return Err(check.errors);
    }
    let Some(event_type) = json.get("type").and_then(Json::text).and_then(EventType::of) else {
        check.member(json, "type", Expected::EventType);
        return Err(check.errors);
    };
    let own: &[(&str, Rule)] = match event_type {
        EventType::Object => &OBJECT,
        EventType::Aggregation | EventType::Association => &PARENT,
        EventType::Transaction => &TRANSACTION,
        EventType::Transformation => &TRANSFORMATION,
    };
    let required: &[&str] = match event_type {
        EventType::Object | EventType::Aggregation => &["eventTime", "eventTimeZoneOffset", "action"],
        EventType::Association => &["eventTime", "eventTimeZoneOffset", "action", "parentID"],
        EventType::Transaction => &["eventTime", "eventTimeZoneOffset", "action", "bizTransactionList"],
        EventType::Transformation => &["eventTime", "eventTimeZoneOffset"],
    };
    check.members(json, &[&COMMON, own], required, true);
    check.goods(json, event_type);
    if check.errors.is_empty() {
        Ok(event_type)
    } else {
        Err(check.errors)
    }
}

/// Whether a text has the form of a URI (RFC 3986: a scheme, a colon, no blanks) or of a compact one.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
        && !rest.is_empty()
        && !rest
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

/// Whether a member name carries a namespace.
pub(super) fn is_extension(name: &str) -> bool {
    name.split_once(':')
        .is_some_and(|(prefix, local)| !prefix.is_empty() && !local.is_empty())
}

struct Check {
    index: Option<usize>,
    path: String,
    errors: Vec<EpcisError>,
}

impl Check {
    fn refuse(&mut self, value: &Json, expected: Expected) {
        let mut text = String::new();
        match value {
            Json::String(given) => text.clone_from(given),
            Json::Array(_) => text.push_str("[…]"),
            Json::Object(_) => text.push_str("{…}"),
            other => other.write(&mut text),
        }
        let (event_index, path) = (self.index, self.path.clone());
        self.errors.push(EpcisError {
            event_index,
            path,
            value: shown(&text),
            expected,
        });
    }

    /// Refuses a member that is wrong or missing.
    fn member(&mut self, object: &Json, name: &str, expected: Expected) {
        self.inside(name, |check| match object.get(name) {
            Some(value) => check.refuse(value, expected),
            None => check.missing(expected),
        });
    }

    fn missing(&mut self, expected: Expected) {
        let (event_index, path) = (self.index, self.path.clone());
        self.errors.push(EpcisError {
            event_index,
            path,
            value: String::new(),
            expected,
        });
    }

    fn inside(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('/');
        // As in a JSON pointer (RFC 6901): names may hold addresses.
        self.path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        check(self);
        self.path.truncate(length);
    }

    fn members(&mut self, object: &Json, rules: &[&[(&'static str, Rule)]], required: &[&str], open: bool) {
        for names in required {
            let first = names.split('|').next().unwrap_or(names);
            if !names.split('|').any(|name| object.get(name).is_some()) {
                self.member(object, first, Expected::Member);
            }
        }
        for (name, value) in object.members() {
            let rule = rules
                .iter()
                .flat_map(|list| list.iter())
                .find(|(known, _)| known == name);
            self.inside(name, |check| match rule {
                Some((_, rule)) => check.value(value, *rule),
                None if open && is_extension(name) => {}
                None => check.refuse(value, Expected::KnownMember),
            });
        }
    }

    fn value(&mut self, value: &Json, rule: Rule) {
        match rule {
            Rule::Any => {}
            Rule::Uri => self.text(value, Expected::Uri, is_uri),
            Rule::UriOrUris if matches!(value, Json::Array(_)) => self.list(value, Rule::Uri),
            Rule::UriOrUris => self.value(value, Rule::Uri),
            Rule::Uris => self.list(value, Rule::Uri),
            Rule::Time => self.text(value, Expected::DateTime, |text| Instant::parse(text).is_some()),
            Rule::Zone => self.text(value, Expected::ZoneOffset, |text| zone_minutes(text).is_some()),
            Rule::Action => self.text(value, Expected::Action, |text| {
                matches!(text, "ADD" | "OBSERVE" | "DELETE")
            }),
            Rule::Word(words, expected) => {
                self.text(value, expected, |text| words.contains(text) || is_uri(text));
            }
            Rule::Words(words, expected) if matches!(value, Json::Array(_)) => {
                self.list(value, Rule::Word(words, expected));
            }
            Rule::Words(words, expected) => self.value(value, Rule::Word(words, expected)),
            Rule::Number => {
                if !matches!(value, Json::Number(text) if decimal(text).is_some()) {
                    self.refuse(value, Expected::Number);
                }
            }
            Rule::Bool => {
                if !matches!(value, Json::Bool(_)) {
                    self.refuse(value, Expected::Boolean);
                }
            }
            Rule::Hex => self.text(value, Expected::HexBinary, |text| {
                !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }),
            Rule::Text => self.text(value, Expected::Text, |_| true),
            Rule::Unit => self.text(value, Expected::UnitCode, |text| {
                (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            }),
            Rule::Object(members, required, open) => match value {
                Json::Object(_) => self.members(value, &[members], required, open),
                other => self.refuse(other, Expected::Object),
            },
            Rule::Objects(members, required, open) => self.list(value, Rule::Object(members, required, open)),
            Rule::Ilmd => match value {
                Json::Object(_) => self.members(value, &[], &[], true),
                other => self.refuse(other, Expected::Object),
            },
        }
    }

    fn text(&mut self, value: &Json, expected: Expected, allowed: impl Fn(&str) -> bool) {
        if !value.text().is_some_and(allowed) {
            self.refuse(value, expected);
        }
    }

    fn list(&mut self, value: &Json, rule: Rule) {
        let Json::Array(elements) = value else {
            self.refuse(value, Expected::Array);
            return;
        };
        for (place, element) in elements.iter().enumerate() {
            self.inside(&place.to_string(), |check| check.value(element, rule));
        }
    }

    /// What each event type must name, and where `ilmd` may stand (EPCIS 2.0, sections 7.4.2 to 7.4.7).
    fn goods(&mut self, json: &Json, event_type: EventType) {
        let filled = |name: &str| json.get(name).is_some_and(|list| !list.elements().is_empty());
        let action = json.get("action").and_then(Json::text);
        let deleting = action == Some("DELETE");
        let (named, place) = match event_type {
            EventType::Object => {
                let sensed = filled("sensorElementList") && json.get("readPoint").is_some();
                (
                    json.get("epcList").is_some() || filled("quantityList") || sensed,
                    "epcList",
                )
            }
            EventType::Transaction => (
                json.get("epcList").is_some() || filled("quantityList") || deleting,
                "epcList",
            ),
            EventType::Aggregation | EventType::Association => (
                filled("childEPCs") || filled("childQuantityList") || deleting,
                "childEPCs",
            ),
            EventType::Transformation => {
                let input = filled("inputEPCList") || filled("inputQuantityList");
                let output = filled("outputEPCList") || filled("outputQuantityList");
                let open = json.get("transformationID").is_some();
                let named = if open { input || output } else { input && output };
                (named, if input { "outputEPCList" } else { "inputEPCList" })
            }
        };
        if !named {
            self.member(json, place, Expected::Goods);
        }
        if event_type == EventType::Transaction
            && json.get("bizTransactionList").is_some()
            && !filled("bizTransactionList")
        {
            self.member(json, "bizTransactionList", Expected::FilledArray);
        }
        if event_type == EventType::Object && json.get("ilmd").is_some() && action.is_some_and(|a| a != "ADD") {
            self.member(json, "ilmd", Expected::NoIlmd);
        }
    }
}
