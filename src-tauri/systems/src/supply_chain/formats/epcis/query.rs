//! Queries as partners send them.
//!
//! Source: EPCIS 2.0, SimpleEventQuery, and the REST binding's query schema.

use super::document::read_object;
use super::error::{EpcisError, Expected, shown};
use super::event::EventType;
use super::json::Json;
use super::normal::Instant;
use super::validate::is_extension;

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Texts,
    EventTypes,
    Actions,
    Time,
    Number,
    Count,
    OneText,
    Direction,
    Flag,
    Context,
}

const PARAMETERS: [(&str, Takes); 55] = [
    ("@context", Takes::Context),
    ("eventType", Takes::EventTypes),
    ("GE_eventTime", Takes::Time),
    ("LT_eventTime", Takes::Time),
    ("GE_recordTime", Takes::Time),
    ("LT_recordTime", Takes::Time),
    ("EQ_action", Takes::Actions),
    ("EQ_bizStep", Takes::Texts),
    ("EQ_disposition", Takes::Texts),
    ("EQ_persistentDisposition_set", Takes::Texts),
    ("EQ_persistentDisposition_unset", Takes::Texts),
    ("EQ_readPoint", Takes::Texts),
    ("WD_readPoint", Takes::Texts),
    ("EQ_bizLocation", Takes::Texts),
    ("WD_bizLocation", Takes::Texts),
    ("EQ_transformationID", Takes::Texts),
    ("MATCH_epc", Takes::Texts),
    ("MATCH_parentID", Takes::Texts),
    ("MATCH_inputEPC", Takes::Texts),
    ("MATCH_outputEPC", Takes::Texts),
    ("MATCH_anyEPC", Takes::Texts),
    ("MATCH_epcClass", Takes::Texts),
    ("MATCH_inputEPCClass", Takes::Texts),
    ("MATCH_outputEPCClass", Takes::Texts),
    ("MATCH_anyEPCClass", Takes::Texts),
    ("EQ_quantity", Takes::Number),
    ("GT_quantity", Takes::Number),
    ("GE_quantity", Takes::Number),
    ("LT_quantity", Takes::Number),
    ("LE_quantity", Takes::Number),
    ("EQ_eventID", Takes::Texts),
    ("EXISTS_errorDeclaration", Takes::Flag),
    ("GE_errorDeclarationTime", Takes::Time),
    ("LT_errorDeclarationTime", Takes::Time),
    ("EQ_errorReason", Takes::Texts),
    ("EQ_correctiveEventID", Takes::Texts),
    ("EXISTS_sensorElementList", Takes::Flag),
    ("EQ_type", Takes::Texts),
    ("EQ_deviceID", Takes::Texts),
    ("EQ_dataProcessingMethod", Takes::Texts),
    ("EQ_microorganism", Takes::Texts),
    ("EQ_chemicalSubstance", Takes::Texts),
    ("EQ_bizRules", Takes::Texts),
    ("EQ_stringValue", Takes::Texts),
    ("EQ_hexBinaryValue", Takes::Texts),
    ("EQ_uriValue", Takes::Texts),
    ("EQ_booleanValue", Takes::Flag),
    ("orderBy", Takes::OneText),
    ("orderDirection", Takes::Direction),
    ("eventCountLimit", Takes::Count),
    ("maxEventCount", Takes::Count),
    ("perPage", Takes::Count),
    ("nextPageToken", Takes::OneText),
    ("GE_startTime", Takes::Time),
    ("LT_endTime", Takes::Time),
];

/// Families of parameters with a name of the document's own at the end.
const FAMILIES: [&str; 10] = [
    "EQ_bizTransaction_",
    "EQ_source_",
    "EQ_destination_",
    "EQ_ILMD_",
    "EXISTS_ILMD_",
    "EQ_INNER_",
    "EXISTS_INNER_",
    "EQATTR_",
    "HASATTR_",
    "EXISTS_",
];

/// Checks a query of at most `max_bytes`.
///
/// # Errors
/// Every parameter that is unknown or takes another value, with its name as path.
pub fn check_query(bytes: &[u8], max_bytes: usize) -> Result<(), Vec<EpcisError>> {
    let json = read_object(bytes, max_bytes)?;
    let mut errors = Vec::new();
    for (name, value) in json.members() {
        let known = PARAMETERS
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, takes)| *takes);
        let own = FAMILIES.iter().any(|family| name.starts_with(family)) || is_extension(name);
        match known {
            Some(takes) => check(&format!("/{name}"), value, takes, &mut errors),
            None if own => {}
            None => errors.push(error(&format!("/{name}"), value, Expected::QueryParameter)),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn check(path: &str, value: &Json, takes: Takes, errors: &mut Vec<EpcisError>) {
    let all = |errors: &mut Vec<EpcisError>, expected: Expected, allowed: fn(&str) -> bool| {
        let Json::Array(elements) = value else {
            errors.push(error(path, value, Expected::Array));
            return;
        };
        for (index, element) in elements.iter().enumerate() {
            if !element.text().is_some_and(allowed) {
                errors.push(error(&format!("{path}/{index}"), element, expected));
            }
        }
    };
    let fault = match takes {
        Takes::Texts => return all(errors, Expected::Text, |_| true),
        Takes::EventTypes => return all(errors, Expected::EventType, |text| EventType::of(text).is_some()),
        Takes::Actions => {
            return all(errors, Expected::Action, |text| {
                matches!(text, "ADD" | "OBSERVE" | "DELETE")
            });
        }
        Takes::Time => value
            .text()
            .and_then(Instant::parse)
            .is_none()
            .then_some(Expected::DateTime),
        Takes::Number => (!matches!(value, Json::Number(_))).then_some(Expected::Number),
        Takes::Count => {
            let count = matches!(value, Json::Number(text) if text.parse::<u64>().is_ok_and(|count| count > 0));
            (!count).then_some(Expected::Count)
        }
        Takes::OneText => value.text().is_none().then_some(Expected::Text),
        Takes::Direction => (!matches!(value.text(), Some("ASC" | "DESC"))).then_some(Expected::Direction),
        Takes::Flag => (!matches!(value, Json::Bool(_))).then_some(Expected::Boolean),
        Takes::Context => matches!(value, Json::Null | Json::Bool(_) | Json::Number(_)).then_some(Expected::Text),
    };
    if let Some(expected) = fault {
        errors.push(error(path, value, expected));
    }
}

fn error(path: &str, value: &Json, expected: Expected) -> EpcisError {
    let mut text = String::new();
    match value {
        Json::String(given) => text.clone_from(given),
        other => other.write(&mut text),
    }
    EpcisError {
        event_index: None,
        path: path.to_owned(),
        value: shown(&text),
        expected,
    }
}
