//! What validators send each other over their link: one tag byte and what it says. Bounded before it is read.

use consensus::Message;
use ledger::{CommitCertificate, Hash, Header, Record};

/// Greatest number of bytes of one of these: a block with its header and certificate.
pub const SAID_BYTES: usize = crate::chain::BLOCK_BYTES + (1 << 20);
/// Most leaves in one of these.
const LEAVES: usize = crate::chain::BLOCK_RECORDS;

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Of the engine.
    Engine(Message),
    /// Which records make a block that is proposed; the records themselves are with everybody already, or are asked for.
    Body {
        /// Height of the block.
        height: u64,
        /// BlockId.
        block: Hash,
        /// The leaves of its records, in their order.
        leaves: Vec<Hash>,
    },
    /// Records that wait for a block, or were asked for.
    Records(Vec<Record>),
    /// Send the records with these leaves.
    Want(Vec<Hash>),
    /// Send the blocks from this height on.
    WantBlocks(u64),
    /// A decided block.
    Block(Box<Decided>),
    /// Our newest block has this height.
    Height(u64),
}

/// A block with its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Header.
    pub header: Header,
    /// Certificate.
    pub certificate: CommitCertificate,
    /// Records, in order.
    pub records: Vec<Record>,
}

/// Bytes that say nothing we understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message between validators: {0}")]
pub struct Unreadable(pub &'static str);

const ENGINE: u8 = 1;
const BODY: u8 = 2;
const RECORDS: u8 = 3;
const WANT: u8 = 4;
const WANT_BLOCKS: u8 = 5;
const BLOCK: u8 = 6;
const HEIGHT: u8 = 7;

impl Said {
    /// As it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Engine(message) => {
                let mut bytes = vec![ENGINE];
                // Votes, keys and headers always have a JSON form.
                bytes.extend(serde_json::to_vec(message).unwrap_or_default());
                bytes
            }
            Self::Body { height, block, leaves } => {
                let mut bytes = vec![BODY];
                bytes.extend(height.to_be_bytes());
                bytes.extend(block.as_bytes());
                bytes.extend(leaves.iter().flat_map(|leaf| leaf.0));
                bytes
            }
            Self::Records(records) => {
                let mut bytes = Vec::with_capacity(1 + joined_length(records));
                bytes.push(RECORDS);
                join(&mut bytes, records);
                bytes
            }
            Self::Want(leaves) => {
                let mut bytes = vec![WANT];
                bytes.extend(leaves.iter().flat_map(|leaf| leaf.0));
                bytes
            }
            Self::WantBlocks(from) => number(WANT_BLOCKS, *from),
            Self::Block(decided) => {
                let mut bytes = vec![BLOCK];
                bytes.extend(decided.header.to_bytes());
                bytes.push(b'\n');
                bytes.extend(decided.certificate.to_bytes());
                if !decided.records.is_empty() {
                    bytes.reserve(1 + joined_length(&decided.records));
                    bytes.push(b'\n');
                    join(&mut bytes, &decided.records);
                }
                bytes
            }
            Self::Height(height) => number(HEIGHT, *height),
        }
    }

    /// Reads what came.
    ///
    /// # Errors
    /// It is too long, or not of the form of its tag. Signatures of records are not judged here.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > SAID_BYTES {
            return Err(Unreadable("too long"));
        }
        let (tag, rest) = bytes.split_first().ok_or(Unreadable("empty"))?;
        match *tag {
            ENGINE => {
                let message = serde_json::from_slice(rest).map_err(|_| Unreadable("engine"))?;
                Ok(Self::Engine(message))
            }
            BODY => {
                let (height, rest) = rest.split_first_chunk::<8>().ok_or(Unreadable("height"))?;
                let (block, rest) = rest.split_first_chunk::<32>().ok_or(Unreadable("block"))?;
                Ok(Self::Body {
                    height: u64::from_be_bytes(*height),
                    block: Hash(*block),
                    leaves: hashes(rest)?,
                })
            }
            RECORDS => Ok(Self::Records(records(rest)?)),
            WANT => Ok(Self::Want(hashes(rest)?)),
            WANT_BLOCKS => Ok(Self::WantBlocks(one_number(rest)?)),
            BLOCK => decided(rest),
            HEIGHT => Ok(Self::Height(one_number(rest)?)),
            _ => Err(Unreadable("tag")),
        }
    }
}

fn number(tag: u8, number: u64) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend(number.to_be_bytes());
    bytes
}

fn one_number(bytes: &[u8]) -> Result<u64, Unreadable> {
    let bytes = bytes.try_into().map_err(|_| Unreadable("number"))?;
    Ok(u64::from_be_bytes(bytes))
}

fn hashes(bytes: &[u8]) -> Result<Vec<Hash>, Unreadable> {
    let (hashes, over) = bytes.as_chunks::<32>();
    if !over.is_empty() || hashes.len() > LEAVES {
        return Err(Unreadable("leaves"));
    }
    Ok(hashes.iter().map(|hash| Hash(*hash)).collect())
}

/// Canonical JSON holds no line feed.
fn join(bytes: &mut Vec<u8>, records: &[Record]) {
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(record.bytes());
    }
}

/// Bytes that [`join`] writes, and one more.
fn joined_length(records: &[Record]) -> usize {
    records.iter().map(|record| record.bytes().len() + 1).sum()
}

/// Records as [`join`] wrote them.
pub fn records(bytes: &[u8]) -> Result<Vec<Record>, Unreadable> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .map(|line| Record::parse(line).map_err(|_| Unreadable("record")))
        .collect()
}

/// Records one after the other.
pub fn joined(records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(joined_length(records));
    join(&mut bytes, records);
    bytes
}

fn decided(bytes: &[u8]) -> Result<Said, Unreadable> {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let mut line = || lines.next().ok_or(Unreadable("block"));
    let header = Header::parse(line()?).map_err(|_| Unreadable("header"))?;
    let certificate = CommitCertificate::parse(line()?).map_err(|_| Unreadable("certificate"))?;
    let records = records(lines.next().unwrap_or_default())?;
    Ok(Said::Block(Box::new(Decided {
        header,
        certificate,
        records,
    })))
}
