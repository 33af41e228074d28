//! The state of a subject, as far as a verifier reads it (section 7 of `docs/protocol.md`).

use serde::Deserialize;
use serde_json::Value;

use crate::block::DocumentError;
use crate::canonical;
use crate::hash::Hash;
use crate::ids::{Subject, form_number, word};
use crate::limits::{DEPTH, LINKS, STATE_BYTES};
use crate::text::ascends;

/// What rules read about a subject: an object with `form` and `links` and whatever its system adds. Kept as its canonical
/// bytes, since its hash is what the index commits.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    text: Box<str>,
    links: Vec<Subject>,
    value: Value,
}

#[derive(Deserialize)]
struct Common<'a> {
    form: &'a str,
    links: Vec<Subject>,
}

impl State {
    /// Reads a state.
    ///
    /// # Errors
    /// If the bytes are not canonical, above 16 KiB, or `form` or `links` are missing or not of their form.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > STATE_BYTES {
            return Err(DocumentError::TooLong(bytes.len()));
        }
        canonical::check(bytes, DEPTH)?;
        let structure = |error: serde_json::Error| DocumentError::Structure(error.to_string());
        let common: Common<'_> = serde_json::from_slice(bytes).map_err(structure)?;
        let (name, number) = common.form.split_once('.').unwrap_or_default();
        if !word(name, 20) || form_number(number).is_none() {
            return Err(DocumentError::Structure("`form` is not a form".into()));
        }
        if common.links.len() > LINKS || !ascends(&common.links) {
            return Err(DocumentError::Structure(
                "`links` too long, not sorted or with repeats".into(),
            ));
        }
        let value = serde_json::from_slice(bytes).map_err(structure)?;
        Ok(Self {
            text: String::from_utf8_lossy(bytes).into(),
            links: common.links,
            value,
        })
    }

    /// A state from what its system wrote.
    ///
    /// # Errors
    /// As [`State::parse`], and if the value has no canonical form.
    pub fn from_value(value: &impl serde::Serialize) -> Result<Self, DocumentError> {
        Self::parse(&canonical::to_bytes(value)?)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// What the index commits: SHA-256 of the canonical bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.bytes())
    }

    /// The subjects its truth depends on, sorted.
    #[must_use]
    pub fn links(&self) -> &[Subject] {
        &self.links
    }

    /// The object.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }
}

impl serde::Serialize for State {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
