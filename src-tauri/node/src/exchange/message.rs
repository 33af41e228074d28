//! What two desktops say to each other, in both directions (section 16 of `docs/protocol.md`). Nothing in it is believed because of who
//! says it: records carry their signatures, evidence its proofs.

use ledger::{Hash, Opening, Record, Subject};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Most records in one message.
pub const RECORDS: usize = 256;
/// Most evidence files in one message …
pub const EVIDENCE: usize = 8;
/// … and most bytes of them together.
pub const EVIDENCE_BYTES: usize = 3 * 1024 * 1024;
/// Most bytes of the records of one message.
pub const RECORD_BYTES: usize = 900 * 1024;
/// Most openings in one message.
pub const OPENINGS: usize = 64;
/// Most ids and subjects in each of its lists.
const LISTED: usize = 1_024;
/// Most characters of a code or a word in what is said of a record, and most such words; the rest is cut off.
const WORD: usize = 200;
const WORDS: usize = 16;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-exchange.1")]
    One,
}

/// A record that the other side does not keep, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotKept {
    /// Records of the other side's outbox that it contradicts.
    pub against: Vec<Hash>,
    /// The member of the record that is wrong; may be empty.
    pub field: String,
    /// Which record.
    pub id: Hash,
    /// The rule it breaks there.
    pub rule: String,
    /// What the rule names.
    pub values: BTreeMap<String, String>,
}

impl NotKept {
    /// As it is kept: with no more words than a person reads.
    fn shortened(mut self) -> Self {
        let short = |text: &str| text.chars().take(WORD).collect::<String>();
        self.against.truncate(WORDS);
        (self.field, self.rule) = (short(&self.field), short(&self.rule));
        let values = self.values.iter().take(WORDS);
        self.values = values.map(|(name, value)| (short(name), short(value))).collect();
        self
    }
}

/// What became of an opening that the other side was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The private field's name.
    pub name: String,
    /// Of which record.
    pub record: Hash,
    /// The rule it breaks there; none: it is believed.
    pub rule: Option<String>,
}

/// One message, or the answer to one.
#[derive(Clone, Debug, Default)]
pub struct Exchanged {
    /// Evidence about what the records stand on, as far as it was asked for.
    pub evidence: Vec<Vec<u8>>,
    /// Records of the other side that are kept here, found good.
    pub have: Vec<Hash>,
    /// Records of the other side that are not kept here.
    pub not_kept: Vec<NotKept>,
    /// What became here of openings that the other side showed.
    pub opened: Vec<Opened>,
    /// Openings of private fields that name documents, for the other side to read.
    pub openings: Vec<Opening>,
    /// Records that wait here and concern the other side, in the order in which they were signed.
    pub records: Vec<Record>,
    /// Subjects that must be known before the other side's records can be judged.
    pub wanted: Vec<Subject>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    evidence: Vec<Box<RawValue>>,
    form: Form,
    have: Vec<Hash>,
    not_kept: Vec<NotKept>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opened: Vec<Opened>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    openings: Vec<Opening>,
    records: Vec<Box<RawValue>>,
    wanted: Vec<Subject>,
}

/// A message that is not of its form, and what of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an exchange: {0}")]
pub struct Malformed(pub String);

fn malformed(error: impl ToString) -> Malformed {
    Malformed(error.to_string())
}

fn raw(bytes: &[u8]) -> Result<Box<RawValue>, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(malformed)?;
    RawValue::from_string(text.to_owned()).map_err(malformed)
}

impl Exchanged {
    /// Whether it says nothing that the other side does not know.
    pub const fn is_empty(&self) -> bool {
        self.evidence.is_empty()
            && self.have.is_empty()
            && self.not_kept.is_empty()
            && self.opened.is_empty()
            && self.openings.is_empty()
            && self.records.is_empty()
            && self.wanted.is_empty()
    }

    /// As it travels.
    ///
    /// # Errors
    /// A record or evidence has no JSON form, which none of ours lacks.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Malformed> {
        let wire = Wire {
            evidence: self.evidence.iter().map(|file| raw(file)).collect::<Result<_, _>>()?,
            form: Form::One,
            have: self.have.clone(),
            not_kept: self.not_kept.clone(),
            opened: self.opened.clone(),
            openings: self.openings.clone(),
            records: self
                .records
                .iter()
                .map(|record| raw(record.bytes()))
                .collect::<Result<_, _>>()?,
            wanted: self.wanted.clone(),
        };
        serde_json::to_vec(&wire).map_err(malformed)
    }

    /// Reads what came, within the bounds of a message.
    ///
    /// # Errors
    /// What is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let wire: Wire = serde_json::from_slice(bytes).map_err(malformed)?;
        let listed = [
            wire.have.len(),
            wire.not_kept.len(),
            wire.wanted.len(),
            wire.opened.len(),
        ];
        if wire.records.len() > RECORDS
            || wire.evidence.len() > EVIDENCE
            || listed.iter().any(|many| *many > LISTED)
            || wire.openings.len() > OPENINGS
        {
            return Err(malformed("more than a message may hold"));
        }
        let records = wire
            .records
            .iter()
            .map(|one| Record::parse(one.get().as_bytes()).map_err(malformed));
        Ok(Self {
            records: records.collect::<Result<_, _>>()?,
            evidence: wire.evidence.iter().map(|one| one.get().as_bytes().to_vec()).collect(),
            have: wire.have,
            not_kept: wire.not_kept.into_iter().map(NotKept::shortened).collect(),
            opened: wire.opened,
            openings: wire.openings,
            wanted: wire.wanted,
        })
    }
}
