//! What a light node asks, and what it is told (section 15 of `docs/protocol.md`). All of it is JSON; nothing in it is believed before
//! it is proved.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Certified;
use crate::block::Header;
use crate::evidence::ShownBlock;
use crate::hash::Hash;
use crate::ids::{Party, Subject};
use crate::index::{IndexProof, IndexValue};
use crate::record::Record;
use crate::set_change::SetChange;
use crate::state::State;

mod checks;
pub use checks::{Follower, PageError, Taken, verify};

/// Most changes of the set in one answer; whoever needs more asks again.
pub const CHANGES: u32 = 64;
/// Most subjects in one question.
pub const SUBJECTS: usize = 256;
/// Most parties in one question.
pub const PARTIES: usize = 8;
/// Most keys that are watched in one question.
pub const KEYS: usize = 4_096;
/// Most subjects named as touched in one answer.
pub const TOUCHED: usize = 2_000;

/// Where the asking node stands: what is newer?
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadersAsked {
    /// The height it trusts; 0 is the genesis.
    pub from: u64,
    /// The BlockId it trusts there; none at 0.
    pub known: Option<Hash>,
}

/// The way from there to the newest header.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadersTold {
    /// Every change of the set above `from`, oldest first, at most [`CHANGES`].
    pub changes: Vec<SetChange>,
    /// The newest header; none where it is not above `from`, is itself the last change, or more changes come first.
    pub head: Option<Certified>,
    /// What the asked node holds at `from`, where that is another block than the asking node trusts.
    pub rival: Option<Certified>,
}

/// A subject, and how many of its records the asking node has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// How many.
    pub have: u64,
    /// Which.
    pub subject: Subject,
}

/// What has happened to these subjects, and which others may concern us?
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageAsked {
    /// Blocks above this height are looked through for what may concern the asking node; none: no looking.
    pub from: Option<u64>,
    /// Whether the subjects that govern the network are named too, wherever they were written.
    pub governing: bool,
    /// The first four bytes of the index keys that are watched, in hexadecimal, joined.
    pub keys: String,
    /// Parties: records that name them concern the asking node.
    pub parties: Vec<Party>,
    /// Subjects that are followed, at most [`SUBJECTS`].
    pub subjects: Vec<Known>,
}

/// What was seen while looking through blocks: hints, which prove nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// Subjects that may concern the asking node, sorted.
    pub touched: Vec<Subject>,
    /// Blocks up to this height were looked through.
    pub until: u64,
}

/// A record and where it stands.
#[derive(Clone, Debug)]
pub struct PlacedRecord {
    /// Height of its block.
    pub height: u64,
    /// Place in its block, from 0.
    pub index: u64,
    /// Its inclusion path.
    pub path: Vec<Hash>,
    /// The record.
    pub record: Record,
}

/// A subject under the head of the page.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which.
    pub subject: Subject,
    /// Places in the page's `records` of those it has beyond what the asking node had, in order.
    pub records: Vec<usize>,
    /// What proves that this is all; none where more records are to be asked for first.
    pub proved: Option<Proved>,
}

/// What the index says of a subject.
#[derive(Clone, Debug)]
pub struct Proved {
    /// Its value and its state; none if nothing was ever recorded about it.
    pub present: Option<(IndexValue, State)>,
    /// The proof.
    pub proof: IndexProof,
}

/// An answer to [`PageAsked`].
#[derive(Clone, Debug)]
pub struct Page {
    /// The blocks of the records, other than the head, under the head's history.
    pub blocks: Vec<ShownBlock>,
    /// The header everything hangs from.
    pub head: Certified,
    /// What else may concern the asking node.
    pub heard: Heard,
    /// The records of the subjects, each once.
    pub records: Vec<PlacedRecord>,
    /// The subjects, as many of those asked for as the page has room for.
    pub subjects: Vec<Shown>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireBlock {
    header: Header,
    path: Vec<Hash>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRecord {
    height: u64,
    index: u64,
    path: Vec<Hash>,
    record: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubject {
    proof: Option<IndexProof>,
    records: Vec<usize>,
    state: Option<Box<RawValue>>,
    subject: Subject,
    value: Option<IndexValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePage {
    blocks: Vec<WireBlock>,
    head: Certified,
    heard: Heard,
    records: Vec<WireRecord>,
    subjects: Vec<WireSubject>,
}

/// An answer that is not of its form, and what of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a page of records: {0}")]
pub struct Malformed(pub String);

fn malformed(error: impl ToString) -> Malformed {
    Malformed(error.to_string())
}

impl Page {
    /// As it travels.
    ///
    /// # Errors
    /// A record or a state has no JSON form, which none of ours lacks.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Malformed> {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).map_err(malformed);
        let records = self.records.iter().map(|placed| {
            Ok(WireRecord {
                height: placed.height,
                index: placed.index,
                path: placed.path.clone(),
                record: raw(placed.record.text())?,
            })
        });
        let subjects = self.subjects.iter().map(|shown| {
            let present = shown.proved.as_ref().and_then(|proved| proved.present.as_ref());
            let state = present.map(|(_, state)| std::str::from_utf8(state.bytes()).map_err(malformed).and_then(raw));
            Ok(WireSubject {
                proof: shown.proved.as_ref().map(|proved| proved.proof.clone()),
                records: shown.records.clone(),
                state: state.transpose()?,
                subject: shown.subject.clone(),
                value: present.map(|(value, _)| value.clone()),
            })
        });
        let blocks = self.blocks.iter().map(|block| WireBlock {
            header: block.header.clone(),
            path: block.path.clone(),
        });
        let wire = WirePage {
            blocks: blocks.collect(),
            head: self.head.clone(),
            heard: self.heard.clone(),
            records: records.collect::<Result<_, _>>()?,
            subjects: subjects.collect::<Result<_, _>>()?,
        };
        serde_json::to_vec(&wire).map_err(malformed)
    }

    /// Reads what came. Whether it is true [`verify`] says.
    ///
    /// # Errors
    /// What is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let wire: WirePage = serde_json::from_slice(bytes).map_err(malformed)?;
        if wire.heard.touched.len() > TOUCHED {
            return Err(malformed(format!(
                "{} hints, at most {TOUCHED}",
                wire.heard.touched.len()
            )));
        }
        let blocks = wire.blocks.into_iter().map(|block| ShownBlock {
            header: block.header,
            path: block.path,
        });
        let records = wire.records.into_iter().map(|one| {
            Ok(PlacedRecord {
                height: one.height,
                index: one.index,
                path: one.path,
                record: Record::parse(one.record.get().as_bytes()).map_err(malformed)?,
            })
        });
        let subjects = wire.subjects.into_iter().map(shown);
        Ok(Self {
            blocks: blocks.collect(),
            head: wire.head,
            heard: wire.heard,
            records: records.collect::<Result<_, _>>()?,
            subjects: subjects.collect::<Result<_, _>>()?,
        })
    }
}

fn shown(wire: WireSubject) -> Result<Shown, Malformed> {
    let present = match (wire.value, wire.state) {
        (Some(value), Some(state)) => Some((value, State::parse(state.get().as_bytes()).map_err(malformed)?)),
        (None, None) => None,
        _ => return Err(malformed("a value without a state, or a state without a value")),
    };
    let proved = match (wire.proof, present) {
        (Some(proof), present) => Some(Proved { present, proof }),
        (None, None) => None,
        (None, Some(_)) => return Err(malformed("a value without a proof")),
    };
    Ok(Shown {
        subject: wire.subject,
        records: wire.records,
        proved,
    })
}
