//! One event of a document.

use serde::Serialize;

use super::error::EpcisError;
use super::json::Json;
use super::validate;

/// The five event types of EPCIS 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventType {
    /// Something happened to the goods named.
    Object,
    /// Goods were packed into or unpacked from a parent.
    Aggregation,
    /// Goods were linked to business documents.
    Transaction,
    /// Goods became other goods.
    Transformation,
    /// Goods were fixed to or taken off another object or place.
    Association,
}

impl EventType {
    /// All types.
    pub const ALL: [EventType; 5] = [
        EventType::Object,
        EventType::Aggregation,
        EventType::Transaction,
        EventType::Transformation,
        EventType::Association,
    ];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            EventType::Object => "ObjectEvent",
            EventType::Aggregation => "AggregationEvent",
            EventType::Transaction => "TransactionEvent",
            EventType::Transformation => "TransformationEvent",
            EventType::Association => "AssociationEvent",
        }
    }

    /// The type of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An event that has passed the checks; it keeps every member it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    event_type: EventType,
    json: Json,
}

impl Event {
    /// Checks one event. `index` is its place in the document, for the errors.
    ///
    /// # Errors
    /// Every broken rule with its place.
    pub fn new(json: Json, index: Option<usize>) -> Result<Self, Vec<EpcisError>> {
        let event_type = validate::event(&json, index)?;
        Ok(Self { event_type, json })
    }

    /// The event's type.
    pub fn event_type(&self) -> EventType {
        self.event_type
    }

    /// The event as it stood in the document.
    pub fn json(&self) -> &Json {
        &self.json
    }
}
