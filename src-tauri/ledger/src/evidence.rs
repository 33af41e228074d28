//! Evidence: the file a stranger checks (section 10 of `docs/protocol.md`).

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::block::{DocumentError, Header};
use crate::canonical;
use crate::commit::CommitCertificate;
use crate::commitment::Opening;
use crate::hash::Hash;
use crate::ids::Subject;
use crate::index::{IndexProof, IndexValue};
use crate::limits::{EVIDENCE_BYTES, EVIDENCE_DEPTH, OPENING_DEPTH, SIBLINGS};
use crate::merkle::InclusionProof;
use crate::record::Record;
use crate::set_change::SetChange;
use crate::state::State;
use crate::text::{ascends, integer, positive};
use crate::validators::{Genesis, ValidatorSet};

mod checks;
mod report;
pub use report::{AsOf, Check, NotProved, Report, Trust, Verdict, verify};

/// A block, other than the head, that holds a record shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownBlock {
    /// Its header.
    pub header: Header,
    /// Inclusion of its BlockId at index height−1 in the history tree of head.height−1 leaves, from the leaf up.
    pub path: Vec<Hash>,
}

/// A record and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRecord {
    /// Height of its block.
    pub height: u64,
    /// Place in its block, from 0.
    pub index: u64,
    /// Path of its [`InclusionProof`].
    pub path: Vec<Hash>,
    /// The record.
    pub record: Record,
}

impl ShownRecord {
    fn inclusion(&self, count: u64) -> InclusionProof {
        InclusionProof {
            index: self.index,
            count,
            path: self.path.clone(),
        }
    }
}

/// A subject under the head's index root.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownSubject {
    /// The subject.
    pub subject: Subject,
    /// What the index says of it and its state; none if it is absent.
    pub present: Option<(IndexValue, State)>,
    /// Proof of presence or absence.
    pub proof: IndexProof,
}

/// The contents of an evidence file. The form is good; whether it is *true* only [`verify`] says.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The subject asked about.
    pub about: Subject,
    /// Sorted by height.
    pub blocks: Vec<ShownBlock>,
    /// The commit certificate of `head`.
    pub commit: CommitCertificate,
    /// The genesis document.
    pub genesis: Genesis,
    /// The header everything hangs from.
    pub head: Header,
    /// Private fields shown, sorted by record and name.
    pub openings: Vec<Opening>,
    /// Sorted by height and index.
    pub records: Vec<ShownRecord>,
    /// Every change of the validator set below the head, sorted by height; with one or more the file is of form 2.
    pub sets: Vec<SetChange>,
    /// Sorted by subject.
    pub subjects: Vec<ShownSubject>,
}

#[derive(Deserialize)]
enum Form {
    #[serde(rename = "sealroad-evidence.1")]
    One,
    #[serde(rename = "sealroad-evidence.2")]
    Two,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    about: Subject,
    blocks: Vec<ShownBlock>,
    commit: CommitCertificate,
    form: Form,
    genesis: Genesis,
    head: Header,
    openings: Vec<Opening>,
    #[serde(borrow)]
    records: Vec<WireRecord<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    sets: Option<Vec<SetChange>>,
    #[serde(borrow)]
    subjects: Vec<WireSubject<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRecord<'a> {
    #[serde(deserialize_with = "positive")]
    height: u64,
    #[serde(deserialize_with = "integer")]
    index: u64,
    path: Vec<Hash>,
    #[serde(borrow)]
    record: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubject<'a> {
    proof: IndexProof,
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    state: Option<&'a RawValue>,
    subject: Subject,
    #[serde(deserialize_with = "Option::deserialize")]
    value: Option<IndexValue>,
}

/// A member that may be missing; `null` is not missing.
fn not_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<SetChange>>, D::Error> {
    Vec::deserialize(deserializer).map(Some)
}

fn structure(reason: impl ToString) -> DocumentError {
    DocumentError::Structure(reason.to_string())
}

impl Evidence {
    /// Reads an evidence file: the whole of check 1, *canonical bytes*, and nothing more.
    ///
    /// # Errors
    /// The first thing found that is not as section 10 demands.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > EVIDENCE_BYTES {
            return Err(DocumentError::TooLong(bytes.len()));
        }
        canonical::check(bytes, EVIDENCE_DEPTH)?;
        let wire: Wire<'_> = serde_json::from_slice(bytes).map_err(structure)?;
        let sets = match (wire.form, wire.sets) {
            (Form::One, None) => Vec::new(),
            (Form::Two, Some(sets)) if !sets.is_empty() => sets,
            (Form::One, _) => return Err(structure("form 1 has no `sets`")),
            (Form::Two, _) => return Err(structure("form 2 has at least one of `sets`")),
        };
        let file = Self {
            about: wire.about,
            blocks: wire.blocks,
            commit: wire.commit,
            genesis: wire.genesis,
            head: wire.head,
            openings: wire.openings,
            records: wire.records.into_iter().map(shown_record).collect::<Result<_, _>>()?,
            sets,
            subjects: wire.subjects.into_iter().map(shown_subject).collect::<Result<_, _>>()?,
        };
        file.check_form()?;
        Ok(file)
    }

    fn check_form(&self) -> Result<(), DocumentError> {
        let sorted = |good: bool, name: &str| match good {
            true => Ok(()),
            false => Err(structure(format!("`{name}` not sorted or with repeats"))),
        };
        sorted(ascends(self.blocks.iter().map(|block| block.header.height)), "blocks")?;
        sorted(
            ascends(self.records.iter().map(|shown| (shown.height, shown.index))),
            "records",
        )?;
        sorted(ascends(self.sets.iter().map(|change| change.header.height)), "sets")?;
        if self.sets.iter().any(|change| !change.changes()) {
            return Err(structure("one of `sets` changes nothing"));
        }
        sorted(ascends(self.subjects.iter().map(|shown| &shown.subject)), "subjects")?;
        sorted(
            ascends(self.openings.iter().map(|opening| (opening.record, &opening.name))),
            "openings",
        )?;
        for opening in &self.openings {
            let commitment = crate::commitment::Commitment {
                hash: opening.record,
                name: opening.name.clone(),
            };
            canonical::to_bytes_within(&opening.value, OPENING_DEPTH)?;
            if !commitment.name_is_good() {
                return Err(structure("an opening's name is not 1 to 60 of [a-z0-9_.-]"));
            }
        }
        Ok(())
    }

    /// The canonical bytes of the file. Whether a verifier takes it is for [`verify`] to say.
    ///
    /// # Errors
    /// If the value of an opening has no canonical form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DocumentError> {
        let mut file = format!(r#"{{"about":"{}","blocks":["#, self.about).into_bytes();
        list(&mut file, &self.blocks, |out, block| {
            out.extend_from_slice(br#"{"header":"#);
            out.extend_from_slice(&block.header.to_bytes());
            out.extend_from_slice(format!(r#","path":{}}}"#, hashes(&block.path)).as_bytes());
        });
        file.extend_from_slice(br#"],"commit":"#);
        file.extend_from_slice(&self.commit.to_bytes());
        let form = if self.sets.is_empty() { 1 } else { 2 };
        file.extend_from_slice(format!(r#","form":"sealroad-evidence.{form}","genesis":"#).as_bytes());
        file.extend_from_slice(&self.genesis.to_bytes());
        file.extend_from_slice(br#","head":"#);
        file.extend_from_slice(&self.head.to_bytes());
        file.extend_from_slice(br#","openings":"#);
        file.extend_from_slice(&canonical::to_bytes(&self.openings)?);
        file.extend_from_slice(br#","records":["#);
        list(&mut file, &self.records, |out, shown| {
            let place = (shown.height, shown.index, hashes(&shown.path));
            let head = format!(
                r#"{{"height":{},"index":{},"path":{},"record":"#,
                place.0, place.1, place.2
            );
            out.extend_from_slice(head.as_bytes());
            out.extend_from_slice(shown.record.bytes());
            out.push(b'}');
        });
        if !self.sets.is_empty() {
            file.extend_from_slice(br#"],"sets":["#);
            list(&mut file, &self.sets, |out, change| {
                out.extend_from_slice(&change.to_bytes())
            });
        }
        file.extend_from_slice(br#"],"subjects":["#);
        list(&mut file, &self.subjects, write_subject);
        file.extend_from_slice(b"]}");
        Ok(file)
    }

    /// The header of a height, if the file has it.
    fn header(&self, height: u64) -> Option<&Header> {
        if self.head.height == height {
            return Some(&self.head);
        }
        let at = self
            .blocks
            .binary_search_by_key(&height, |block| block.header.height)
            .ok()?;
        self.blocks.get(at).map(|block| &block.header)
    }

    /// The last change of the set below a height.
    fn change_below(&self, height: u64) -> Option<&SetChange> {
        let below = self.sets.partition_point(|change| change.header.height < height);
        self.sets.get(..below).and_then(<[_]>::last)
    }

    /// The validators of a height: those of the genesis, or of the last change below it.
    fn validators(&self, height: u64) -> &ValidatorSet {
        self.change_below(height)
            .map_or(self.genesis.validators(), |change| &change.validators)
    }

    /// The state of a subject, if the file has it.
    fn state(&self, subject: &Subject) -> Option<&State> {
        let at = self
            .subjects
            .binary_search_by(|shown| shown.subject.cmp(subject))
            .ok()?;
        self.subjects.get(at)?.present.as_ref().map(|(_, state)| state)
    }
}

fn shown_record(wire: WireRecord<'_>) -> Result<ShownRecord, DocumentError> {
    let record = Record::parse(wire.record.get().as_bytes()).map_err(structure)?;
    Ok(ShownRecord {
        height: wire.height,
        index: wire.index,
        path: wire.path,
        record,
    })
}

fn shown_subject(wire: WireSubject<'_>) -> Result<ShownSubject, DocumentError> {
    if wire.proof.siblings.len() > SIBLINGS {
        return Err(structure("more than 256 siblings"));
    }
    let present = match (wire.value, wire.state) {
        (None, None) => None,
        (Some(value), Some(state)) if wire.proof.leaf.is_none() => Some((value, State::parse(state.get().as_bytes())?)),
        _ => return Err(structure("a subject is half present")),
    };
    Ok(ShownSubject {
        subject: wire.subject,
        present,
        proof: wire.proof,
    })
}

fn list<T>(file: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            file.push(b',');
        }
        write(file, item);
    }
}

fn hashes(list: &[Hash]) -> String {
    let quoted: Vec<String> = list.iter().map(|hash| format!("\"{hash}\"")).collect();
    format!("[{}]", quoted.join(","))
}

fn write_subject(out: &mut Vec<u8>, shown: &ShownSubject) {
    let leaf = match &shown.proof.leaf {
        None => "null".to_owned(),
        Some(other) => format!(r#"{{"key":"{}","value":"{}"}}"#, other.key, other.value),
    };
    let siblings = hashes(&shown.proof.siblings);
    out.extend_from_slice(format!(r#"{{"proof":{{"leaf":{leaf},"siblings":{siblings}}},"state":"#).as_bytes());
    out.extend_from_slice(shown.present.as_ref().map_or(b"null", |(_, state)| state.bytes()));
    out.extend_from_slice(format!(r#","subject":"{}","value":"#, shown.subject).as_bytes());
    match &shown.present {
        None => out.extend_from_slice(b"null"),
        Some((value, _)) => out.extend_from_slice(&value.to_bytes()),
    }
    out.push(b'}');
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
