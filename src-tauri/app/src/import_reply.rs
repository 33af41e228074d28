//! What the application answers about imports, see [`crate::call`].

use crate::error::UserError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which column means what: column header → field name, and per field a default.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Column header → field.
    pub columns: std::collections::BTreeMap<String, String>,
    /// Field → value for every row.
    #[serde(default)]
    pub defaults: std::collections::BTreeMap<String, String>,
}

/// A cell the user mended.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MendedCell {
    /// Row of the sheet: 2 is the first below the header.
    pub row: u32,
    /// Field.
    pub field: String,
    /// New text.
    pub value: String,
}

/// What a file is.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ImportPreview {
    /// To start with.
    pub import: String,
    /// `epcis`, `shipments`, `products`.
    pub r#as: String,
    /// Column headers of a sheet; empty for EPCIS.
    pub columns: Vec<String>,
    /// Fields a column can be given to, with whether they are required.
    pub fields: Vec<(String, bool)>,
    /// The mapping in use.
    pub mapping: Mapping,
    /// First rows as text.
    pub sample: Vec<Vec<String>>,
    /// Outcome if imported now.
    pub report: ImportReport,
}

/// What an import did or would do (the form of `sealroad import --json`).
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct ImportReport {
    /// Rows or events in the file.
    pub rows: u32,
    /// Good ones.
    pub accepted: u32,
    /// Bad ones with reasons.
    pub refused: Vec<RowProblem>,
    /// Taken, but worth a look.
    pub doubtful: Vec<RowProblem>,
    /// This very file was imported before: when.
    pub already_imported: Option<String>,
}

/// A problem with a row.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RowProblem {
    /// Row of the sheet (2 is the first below the header) or number of the event (from 1).
    pub row: u32,
    /// Its own id, as far as it could be read.
    pub id: String,
    /// Field.
    pub field: String,
    /// What stood there.
    pub value: String,
    /// Code for words.
    pub code: String,
    /// In words, in the language asked for.
    pub reason: String,
}

/// How far an import is.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ImportProgress {
    /// `running`, `done`, `cancelled`, `failed`.
    pub state: String,
    /// Rows done.
    pub done: u32,
    /// Of how many.
    pub of: u32,
    /// So far.
    pub report: ImportReport,
    /// Why it failed.
    pub error: Option<UserError>,
}
