//! What a recording holds: each thing that was done to a database file, in order, and between them what was told to others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::Hash;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One thing that was done. Files are counted as they are made: a name that is deleted and made again is another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A name was given to a new, empty file.
    Create { file: usize, name: String },
    /// A name was taken away.
    Remove { name: String },
    Write {
        file: usize,
        at: u64,
        #[serde(serialize_with = "as_text", deserialize_with = "as_bytes")]
        bytes: Vec<u8>,
    },
    /// Shorter, or longer with zeros.
    Length { file: usize, to: u64 },
    /// What was written to the file is on the disk.
    Sync { file: usize },
    /// A sync failed: the system has given up what was written since the last one, and does not try it again.
    Failed { file: usize },
    /// Names in the folder of the file are on the disk.
    SyncNames { file: usize },
    /// Somebody outside was told something: it must stay true.
    Told(Told),
}

/// What must stay true once it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// The ledgers are founded: power is lost after this only.
    Founded,
    /// A record is confirmed in this block.
    Confirmed { record: Hash, height: u64, block: Hash },
    /// Something on the desk is saved.
    OnDesk { key: String, value: u64 },
    /// A validator has a block, with its certificate.
    Kept { by: usize, height: u64, block: Hash },
    /// A validator said something to the others.
    Said {
        by: usize,
        #[serde(serialize_with = "as_text", deserialize_with = "as_bytes")]
        bytes: Vec<u8>,
    },
}

fn as_text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn as_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}
