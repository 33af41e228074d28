//! The one error that reaches a user: a code with words in three languages, never a library's text.

use node::NodeError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What went wrong, in a form that every face can word: the sentence belongs to `code` (see `words`), with `values` put in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UserError {
    /// Code for words: `logistics.not-holder`, `import.row-refused`, `disk-full`.
    pub code: String,
    /// The field it is about, as a path in the form: `packages.0.mark`.
    pub field: Option<String>,
    /// Values for the sentence: what stood there (`value`), what was expected (`expected`), and others by name.
    pub values: BTreeMap<String, String>,
    /// Trying again may help without changing anything.
    pub retry: bool,
}

impl UserError {
    /// An error with this code and nothing else.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            field: None,
            values: BTreeMap::new(),
            retry: false,
        }
    }

    /// With a value for its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    /// About this field of the form.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// A file of the user's own that could not be read or written.
    #[must_use]
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => "file-not-found",
            std::io::ErrorKind::PermissionDenied => "file-forbidden",
            std::io::ErrorKind::StorageFull => "disk-full",
            _ => "file-error",
        };
        Self::new(code).with("path", path.display()).with("what", error)
    }

    /// The sentence in one of our languages.
    #[must_use]
    pub fn words(&self, language: crate::words::Language) -> String {
        let mut values = self.values.clone();
        if let Some(field) = &self.field {
            values.entry("field".to_owned()).or_insert_with(|| field.clone());
        }
        crate::words::sentence(language, &self.code, &values)
    }
}

impl From<NodeError> for UserError {
    fn from(error: NodeError) -> Self {
        Self {
            code: error.code().to_owned(),
            field: None,
            values: error.values(),
            retry: error.retry(),
        }
    }
}
