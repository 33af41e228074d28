//! Names of things: parties, subjects, kinds and times (section 2 and 3 of `docs/protocol.md`).

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use crate::hash::Hash;
use crate::keys::{DID_LENGTH, PublicKey};
use crate::limits::{SUBJECT_MAX, SUBJECT_MIN};

pub use crate::time::{Time, TimeError};

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Fewer or more characters than allowed.
    #[error("wrong length")]
    Length,
    /// Neither `type:party:local` nor `scheme:code` with a scheme we know.
    #[error("not a subject")]
    Subject,
    /// The party inside a subject is not a did:key.
    #[error("no did:key where the party stands")]
    Party,
    /// A character that does not belong.
    #[error("character out of place")]
    Character,
    /// Not `system.kind.form`.
    #[error("not a kind")]
    Kind,
}

/// A firm, person or authority: the did:key of the root key it was founded with, unchanged by later keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(PublicKey);

impl Party {
    /// The party founded with `root`.
    #[must_use]
    pub const fn of(root: PublicKey) -> Self {
        Self(root)
    }

    /// The root key it was founded with.
    #[must_use]
    pub const fn root_key(&self) -> &PublicKey {
        &self.0
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Party {
    type Err = crate::keys::KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

crate::text::serde_as_text!(Party, "a did:key of a party");

/// What records are about: `type:party:local` or `scheme:code`. Ordered as byte strings.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(Arc<str>);

/// The parts of a [`Subject`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectParts<'a> {
    /// Owned by a party: only its records may found it.
    Owned {
        /// `lot`, `shipment`, `party` …
        type_name: &'a str,
        /// Whose it is.
        party: Party,
        /// The party's own number for it, percent-encoded.
        local: &'a str,
    },
    /// A public code, owned by nobody.
    Code {
        /// `gs1`, `container`, `tracking` or `alliance`.
        scheme: &'a str,
        /// The code, percent-encoded.
        code: &'a str,
    },
}

/// The schemes of public codes, `alliance` (what the validators govern together, section 13) among them.
pub const SCHEMES: [&str; 4] = ["gs1", "container", "tracking", "alliance"];

impl Subject {
    /// `type:party:local`, `local` percent-encoded as far as it must be.
    ///
    /// # Errors
    /// If `type_name` is not `[a-z][a-z-]{1,19}`, `local` is empty or the whole is longer than 200 characters.
    pub fn owned(type_name: &str, party: &Party, local: &str) -> Result<Self, IdError> {
        format!("{type_name}:{party}:{}", encode(local)).parse()
    }

    /// `scheme:code`, `code` percent-encoded as far as it must be.
    ///
    /// # Errors
    /// If the scheme is not one of [`SCHEMES`], `code` is empty or the whole is longer than 200 characters.
    pub fn code(scheme: &str, code: &str) -> Result<Self, IdError> {
        format!("{scheme}:{}", encode(code)).parse()
    }

    /// `party:PARTY:self`, the subject that holds a party's keys.
    #[must_use]
    pub fn party(party: &Party) -> Self {
        Self(
            ["party:did:key:", &party.root_key().multibase(), ":self"]
                .concat()
                .into(),
        )
    }

    /// `alliance:validators`, whose state's `set` is the validator set decided on (section 13).
    #[must_use]
    pub fn validators() -> Self {
        // Every record asks for it.
        static VALIDATORS: LazyLock<Subject> = LazyLock::new(|| Subject("alliance:validators".into()));
        VALIDATORS.clone()
    }

    /// `alliance:member/Z`, the standing of a party in the alliance; Z is the party's did:key after `did:key:` (section 13).
    #[must_use]
    pub fn member(party: &Party) -> Self {
        Self(["alliance:member/", &party.root_key().multibase()].concat().into())
    }

    /// `alliance:validator/Z`, the offences of a vote key; Z is the key's did:key after `did:key:` (section 13).
    #[must_use]
    pub fn validator(key: &PublicKey) -> Self {
        Self(format!("alliance:validator/{}", key.multibase()).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The subject's key in the index: SHA-256 of its bytes (section 2).
    #[must_use]
    pub fn index_key(&self) -> Hash {
        Hash::of(self.0.as_bytes())
    }

    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> SubjectParts<'_> {
        // Every constructor has been through `split`, so the second arm is not reached.
        split(&self.0).unwrap_or(SubjectParts::Code {
            scheme: "",
            code: &self.0,
        })
    }

    /// The party that owns it, if one does.
    #[must_use]
    pub fn owner(&self) -> Option<Party> {
        match self.parts() {
            SubjectParts::Owned { party, .. } => Some(party),
            SubjectParts::Code { .. } => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Subject {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        split(text)?;
        Ok(Self(text.into()))
    }
}

crate::text::serde_as_text!(Subject, "a subject");

fn split(text: &str) -> Result<SubjectParts<'_>, IdError> {
    if !(SUBJECT_MIN..=SUBJECT_MAX).contains(&text.len()) {
        return Err(IdError::Length);
    }
    let (first, rest) = text.split_once(':').ok_or(IdError::Subject)?;
    if !rest.contains(':') {
        return match SCHEMES.contains(&first) {
            true => plain(rest).map(|code| SubjectParts::Code { scheme: first, code }),
            false => Err(IdError::Subject),
        };
    }
    let lower = first.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if !(2..=20).contains(&first.len()) || !lower || first.starts_with('-') {
        return Err(IdError::Subject);
    }
    let party = rest
        .get(..DID_LENGTH)
        .ok_or(IdError::Party)?
        .parse()
        .map_err(|_| IdError::Party)?;
    let local = rest
        .get(DID_LENGTH..)
        .and_then(|rest| rest.strip_prefix(':'))
        .ok_or(IdError::Subject)?;
    Ok(SubjectParts::Owned {
        type_name: first,
        party,
        local: plain(local)?,
    })
}

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._~/-".contains(&byte)
}

fn plain(text: &str) -> Result<&str, IdError> {
    let good = !text.is_empty() && text.bytes().all(|byte| unreserved(byte) || byte == b'%');
    if good { Ok(text) } else { Err(IdError::Character) }
}

/// Percent-encoding (RFC 3986, 2.1) of everything a subject cannot hold, `%` itself among it.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if unreserved(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Undoes the percent-encoding of a subject's `local` or `code`; where it is not well formed, the text stays as it is.
#[must_use]
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let coded = text
            .get(i + 1..i + 3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, coded) {
            (b'%', Some(value)) => {
                out.push(value);
                i += 3;
            }
            _ => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// System, kind and form number of a record: `logistics.departed.1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    text: Arc<str>,
    system: u8,
    name: u8,
    form: u16,
}

impl Kind {
    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `logistics` of `logistics.departed.1`.
    #[must_use]
    pub fn system(&self) -> &str {
        self.text.get(..usize::from(self.system)).unwrap_or_default()
    }

    /// `departed` of `logistics.departed.1`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text
            .get(usize::from(self.system) + 1..usize::from(self.name))
            .unwrap_or_default()
    }

    /// `1` of `logistics.departed.1`; 1–999.
    #[must_use]
    pub const fn form(&self) -> u16 {
        self.form
    }

    /// `logistics.departed` of `logistics.departed.1`.
    #[must_use]
    pub fn without_form(&self) -> &str {
        self.text.get(..usize::from(self.name)).unwrap_or_default()
    }

    /// Whether a mandate's pattern covers this kind: `*`, `logistics.*` or `logistics.departed` (section 3).
    #[must_use]
    pub fn matches(&self, pattern: &str) -> bool {
        pattern == "*" || pattern == self.without_form() || pattern.strip_suffix(".*") == Some(self.system())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Kind {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut parts = text.split('.');
        let (Some(system), Some(name), Some(form), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdError::Kind);
        };
        let form = form_number(form).ok_or(IdError::Kind)?;
        if !word(system, 24) || !word(name, 40) {
            return Err(IdError::Kind);
        }
        let ends = (u8::try_from(system.len()), u8::try_from(system.len() + 1 + name.len()));
        let (Ok(system), Ok(name)) = ends else {
            return Err(IdError::Kind);
        };
        Ok(Self {
            text: text.into(),
            system,
            name,
            form,
        })
    }
}

crate::text::serde_as_text!(Kind, "system.kind.form");

/// `[a-z-]{2,most}`.
pub(crate) fn word(text: &str, most: usize) -> bool {
    (2..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// `[1-9][0-9]{0,2}`.
pub(crate) fn form_number(text: &str) -> Option<u16> {
    let digits =
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if digits { text.parse().ok() } else { None }
}
