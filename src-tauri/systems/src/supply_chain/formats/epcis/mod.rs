//! EPCIS 2.0 documents in JSON: reading with every fault named, writing, the event hash.
//!
//! Source: GS1 EPCIS 2.0 and CBV 2.0 (June 2022) with the EPCIS 2.0 JSON schema. Nothing is fetched: vocabularies and
//! prefixes of the standard are built in, other namespaces are taken as the document declares them.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod context;
mod document;
mod error;
mod event;
mod hash;
mod json;
mod normal;
mod query;
mod summary;
mod validate;
mod vocabulary;

pub use context::Context;
pub use document::{DocumentKind, EpcisDocument, Sifted, parse, sift, write};
pub use error::{EpcisError, Expected};
pub use event::{Event, EventType};
pub use hash::{event_hash, prehash};
pub use json::{Json, JsonFault, JsonRule, MAX_DEPTH};
pub use normal::{Instant, decimal, zone_minutes};
pub use query::check_query;
pub use summary::{BizTransaction, EpcRef, EventSummary, Quantity, summary};
pub use vocabulary::{Vocabulary, web_address};
