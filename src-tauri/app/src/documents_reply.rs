//! What the application answers about documents, see [`crate::call`].

use crate::error::UserError;
use serde::Serialize;
use systems::shared::goods::LocalText;
use ts_rs::TS;

/// A file that was attached to a form.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Attached {
    /// By which a review is told of it.
    pub id: String,
    /// Its name, as it will be kept.
    pub name: String,
    /// What it is: `application/pdf`.
    pub media_type: String,
    /// Bytes of its content.
    pub size: u32,
}

/// A document that a record will name.
#[derive(Clone, Debug, Serialize, TS)]
pub struct EnclosedDocument {
    /// Its file name.
    pub name: String,
    /// What it is: `application/pdf`.
    pub media_type: String,
    /// Bytes of its content.
    pub size: u32,
    /// Who else will be able to read it.
    pub readers: Vec<LocalText>,
}

/// Where a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentStanding {
    /// Whole, and can be opened.
    Here,
    /// Some of it is here.
    Coming,
    /// Nothing of it is here yet.
    Awaited,
}

/// A document that a record names.
#[derive(Clone, Debug, Serialize, TS)]
pub struct DocumentLine {
    /// RecordId.
    pub record: String,
    /// The record's private field that names it: `document.1`.
    pub place: String,
    /// Its file name.
    pub name: String,
    /// What it is: `application/pdf`.
    pub media_type: String,
    /// Bytes of its content.
    pub size: u32,
    /// Who attached it.
    pub author: LocalText,
    /// We ourselves attached it.
    pub mine: bool,
    /// Since when we know of it.
    pub at: String,
    /// Who can read it beside us.
    pub readers: Vec<LocalText>,
    /// Where it stands.
    pub standing: DocumentStanding,
    /// Bytes of it that are here, as it travels …
    pub have: u32,
    /// … and how many there are.
    pub of: u32,
    /// Why it did not come when it was last tried; null: it did, or it is here.
    pub failed: Option<UserError>,
    /// Of ours: whose desktops know of it and have not fetched it yet.
    pub shown_to: Vec<LocalText>,
    /// Of ours: whose desktops have fetched it.
    pub fetched_by: Vec<LocalText>,
    /// Of ours: why the desktop of another firm does not believe that the record names it.
    pub refused: Option<UserError>,
}

/// The documents that records name.
#[derive(Clone, Debug, Serialize, TS)]
pub struct DocumentsPage {
    /// The newest 200, newest first.
    pub documents: Vec<DocumentLine>,
}
