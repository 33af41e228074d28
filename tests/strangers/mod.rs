//! Everything that reads the bytes of strangers, each as a function of bytes: a campaign guided by coverage gives it any
//! (`cargo xtask fuzz`), a test all that was found before and some more.
//!
//! None may panic, not even where the panic is caught; what was read is written back as the same, and what is said to be true is checked
//! again.

mod documents;
mod files;
mod messages;
pub mod seeds;
pub mod world;

/// One reader.
pub struct Target {
    /// What it is called.
    pub name: &'static str,
    /// What it reads.
    pub reads: &'static str,
    /// Most bytes it is given.
    pub longest: usize,
    /// Most bytes of memory that reading so many may hold at once.
    pub memory: usize,
    read: fn(&[u8]),
}

impl Target {
    /// Reads these bytes.
    ///
    /// # Panics
    /// A property that is promised does not hold.
    pub fn read(&self, bytes: &[u8]) {
        (self.read)(&bytes[..bytes.len().min(self.longest)]);
    }

    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// All of them.
#[rustfmt::skip]
pub const TARGETS: &[Target] = &[
    Target { name: "canonical", reads: "canonical bytes (protocol, section 1)", longest: 4 * KIB, memory: 8 * MIB, read: documents::canonical },
    Target { name: "record", reads: "a record, and what its body says", longest: 64 * KIB, memory: 16 * MIB, read: documents::record },
    Target { name: "block", reads: "a header, a change of the set", longest: 16 * KIB, memory: 8 * MIB, read: documents::block },
    Target { name: "certificate", reads: "a certificate, a vote, a proposal, a double vote", longest: 16 * KIB, memory: 8 * MIB, read: documents::certificate },
    Target { name: "paper", reads: "an anchor, a genesis, a checkpoint, a fork, what is trusted", longest: 32 * KIB, memory: 8 * MIB, read: documents::paper },
    Target { name: "evidence", reads: "an evidence package", longest: 128 * KIB, memory: 32 * MIB, read: documents::evidence },
    Target { name: "sealed", reads: "a sealed document", longest: 16 * KIB, memory: 8 * MIB, read: documents::sealed },
    Target { name: "frames", reads: "messages in one body", longest: 16 * KIB, memory: 8 * MIB, read: messages::frames },
    Target { name: "said", reads: "what validators say: parts of blocks, records, blocks", longest: 64 * KIB, memory: 16 * MIB, read: messages::said },
    Target { name: "consensus", reads: "proposals, votes and proofs, by an engine that decides", longest: 32 * KIB, memory: 16 * MIB, read: messages::consensus },
    Target { name: "headers", reads: "a light node's question and answer about headers", longest: 64 * KIB, memory: 16 * MIB, read: messages::headers },
    Target { name: "page", reads: "a light node's question and answer about subjects", longest: 64 * KIB, memory: 16 * MIB, read: messages::page },
    Target { name: "exchange", reads: "a message between desktops", longest: 64 * KIB, memory: 16 * MIB, read: messages::exchange },
    Target { name: "piece", reads: "the question for a piece of a document", longest: KIB, memory: MIB, read: messages::piece },
    Target { name: "invitation", reads: "an invitation, a desktop's card", longest: 32 * KIB, memory: 8 * MIB, read: files::invitation },
    Target { name: "sheet", reads: "a file to import: CSV, XLSX, EPCIS", longest: 32 * KIB, memory: 512 * MIB, read: files::sheet },
    Target { name: "workbook", reads: "the cells of a spreadsheet, as XML", longest: 16 * KIB, memory: 512 * MIB, read: files::workbook },
];

/// Reads JSON as it came, and once more in the canonical form, without which most of it would be refused for its order alone.
fn both_forms(bytes: &[u8], read: impl Fn(&[u8])) {
    read(bytes);
    let value = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let arranged =
        value.and_then(|value| ledger::canonical::to_bytes_within(&value, ledger::limits::EVIDENCE_DEPTH).ok());
    if let Some(arranged) = arranged.filter(|arranged| arranged != bytes) {
        read(&arranged);
    }
}

/// What was read is written as it came.
fn same<T, E>(what: &str, bytes: &[u8], read: Result<T, E>, write: impl Fn(&T) -> Vec<u8>) -> Option<T> {
    let read = read.ok()?;
    assert!(write(&read) == bytes, "{what}: written otherwise than it was read");
    Some(read)
}

/// What was read is written in a way that reads as the same.
fn stable<T, E: std::fmt::Debug>(
    what: &str,
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, E>,
    write: impl Fn(&T) -> Vec<u8>,
) -> Option<T> {
    let first = read(bytes).ok()?;
    let written = write(&first);
    let again = read(&written).unwrap_or_else(|error| panic!("{what}: what was written is not read: {error:?}"));
    assert!(write(&again) == written, "{what}: read as another one");
    Some(first)
}
