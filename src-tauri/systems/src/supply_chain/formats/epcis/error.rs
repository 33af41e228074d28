//! What is wrong with a document, and where.

use serde::Serialize;

/// One broken rule in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EpcisError {
    /// The event, counted from 0; `None` when the fault lies outside the events.
    pub event_index: Option<usize>,
    /// The place: names and indices from the event (or from the document) downwards, such as
    /// `/quantityList/0/quantity`; `line:column` for text that is not JSON.
    pub path: String,
    /// What stands there, cut after 120 characters; empty when something is missing.
    pub value: String,
    /// What should stand there.
    pub expected: Expected,
}

/// What a place of a document should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// JSON text (RFC 8259) in UTF-8.
    Json,
    /// At most 64 levels of nesting.
    Depth,
    /// A member name once only.
    UniqueName,
    /// A text no longer than the caller allows.
    Size,
    /// `EPCISDocument` or `EPCISQueryDocument`.
    DocumentType,
    /// One of the five event types.
    EventType,
    /// A member that must be there.
    Member,
    /// A member the standard knows, or an extension with a namespace.
    KnownMember,
    /// An object.
    Object,
    /// An array.
    Array,
    /// An array with at least one element.
    FilledArray,
    /// A text.
    Text,
    /// A number, not a text.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A URI.
    Uri,
    /// A date and time with offset (RFC 3339).
    DateTime,
    /// `±HH:MM`, at most 14:00.
    ZoneOffset,
    /// `ADD`, `OBSERVE` or `DELETE`.
    Action,
    /// A CBV business step or a URI.
    BizStep,
    /// A CBV disposition or a URI.
    Disposition,
    /// A CBV business transaction type or a URI.
    BizTransactionType,
    /// A CBV source or destination type or a URI.
    SourceDestinationType,
    /// A CBV error reason or a URI.
    ErrorReason,
    /// A CBV component or a URI.
    Component,
    /// A GS1 measurement type or a URI.
    MeasurementType,
    /// A GS1 alert type or a URI.
    AlertType,
    /// A unit of UN/ECE Recommendation 20: two or three capital letters or digits.
    UnitCode,
    /// Hexadecimal digits.
    HexBinary,
    /// A version such as `2.0`.
    Version,
    /// Goods: identifiers, quantities or a sensor reading at a place.
    Goods,
    /// `ilmd` only where goods are made: in an `ADD` or a transformation.
    NoIlmd,
    /// A query parameter of EPCIS 2.0.
    QueryParameter,
    /// `ASC` or `DESC`.
    Direction,
    /// A whole number, at least 1.
    Count,
}

/// Cuts a value for an error message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}
