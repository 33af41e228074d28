//! What can go wrong here, by what the caller can do about it.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Another Sealroad uses this folder; close it, or ask it.
    #[error("the folder {folder} is in use by process {pid}")]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Who holds it, 0 if unknown.
        pid: u32,
    },
    /// There is no ledger in the folder.
    #[error("no ledger in {0}")]
    NoLedger(PathBuf),
    /// There is a ledger already; nothing was changed.
    #[error("a ledger exists already in {0}")]
    LedgerExists(PathBuf),
    /// The disk is full: nothing was lost, but nothing new can be kept until there is room.
    #[error("the disk is full")]
    DiskFull,
    /// A file cannot be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What we tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database says no for another reason than a full disk.
    #[error("database: {0}")]
    Database(rusqlite::Error),
    /// What is stored is not what was written: run fsck, restore the backup.
    #[error("{file} is damaged: {what}")]
    Damaged {
        /// Which file.
        file: &'static str,
        /// What is wrong.
        what: String,
    },
    /// The folder was written by a newer Sealroad; update this one.
    #[error("form {found} of {file} is newer than {known}")]
    TooNew {
        /// Which file.
        file: &'static str,
        /// What stands there.
        found: i64,
        /// What we know.
        known: i64,
    },
    /// The passphrase is wrong.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// A passphrase needs at least eight characters.
    #[error("passphrase too short")]
    PassphraseTooShort,
    /// There are no keys in the folder.
    #[error("no keys in {0}")]
    NoKeys(PathBuf),
    /// There are keys already; they were not overwritten.
    #[error("keys exist already in {0}")]
    KeysExist(PathBuf),
    /// The operating system keeps no secrets for us here; use a passphrase.
    #[error("no keychain: {0}")]
    NoKeychain(String),
    /// The node confirms nothing new.
    #[error("halted: {0:?}")]
    Halted(Halt),
    /// A document by which networks are founded and joined is not what it should be.
    #[error("{paper}: {what}")]
    BadPaper {
        /// Which kind of document.
        paper: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// Too much waits here already; the same may be brought again in a moment, or to another node.
    #[error("too much waits here already")]
    Busy,
    /// The driver has stopped (another error was reported when it did).
    #[error("the node has stopped")]
    Stopped,
    /// Nobody who keeps whole blocks answers.
    #[error("no validator answers")]
    Unreachable,
    /// No randomness.
    #[error("the operating system has no randomness")]
    Randomness,
    /// Nothing is known about this.
    #[error("unknown: {0}")]
    Unknown(String),
}

/// Why a node that could confirm records does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It has no vote key here (locked, or never a validator).
    NoVoteKey,
    /// votes.db remembers blocks that this ledger does not hold: a backup was restored under it.
    RestoredBackup,
    /// votes.db is missing: a person must say that no later blocks were signed elsewhere.
    VotesMissing,
    /// The disk is full.
    DiskFull,
    /// Storage failed or is damaged.
    Damaged,
    /// The validators certified two blocks of one height: a light node goes on from neither.
    Fork,
    /// What a light node trusts is older than the trusting period: a person has to give a new checkpoint.
    TrustExpired,
}

impl Halt {
    /// Code for words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoVoteKey => "halt.no-vote-key",
            Self::RestoredBackup => "halt.restored-backup",
            Self::VotesMissing => "halt.votes-missing",
            Self::DiskFull => "halt.disk-full",
            Self::Damaged => "halt.damaged",
            Self::Fork => "halt.fork",
            Self::TrustExpired => "halt.trust-expired",
        }
    }
}

impl NodeError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io { what, source },
        }
    }

    pub(crate) fn damaged(file: &'static str, what: impl std::fmt::Display) -> Self {
        Self::Damaged {
            file,
            what: what.to_string(),
        }
    }

    /// Code for words.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "node.in-use",
            Self::NoLedger(_) => "node.no-ledger",
            Self::LedgerExists(_) => "node.ledger-exists",
            Self::DiskFull => "node.disk-full",
            Self::Io { .. } => "node.io",
            Self::Database(_) => "node.database",
            Self::Damaged { .. } => "node.damaged",
            Self::TooNew { .. } => "node.too-new",
            Self::WrongPassphrase => "node.wrong-passphrase",
            Self::PassphraseTooShort => "node.passphrase-too-short",
            Self::NoKeys(_) => "node.no-keys",
            Self::KeysExist(_) => "node.keys-exist",
            Self::NoKeychain(_) => "node.no-keychain",
            Self::Halted(_) => "node.halted",
            Self::BadPaper { .. } => "node.bad-paper",
            Self::Busy => "node.busy",
            Self::Stopped => "node.stopped",
            Self::Unreachable => "node.unreachable",
            Self::Randomness => "node.randomness",
            Self::Unknown(_) => "node.unknown",
        }
    }

    /// Values for the sentence.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, String> {
        let pairs: Vec<(&str, String)> = match self {
            Self::InUse { folder, pid } => vec![("folder", folder.display().to_string()), ("pid", pid.to_string())],
            Self::NoLedger(folder) | Self::LedgerExists(folder) | Self::NoKeys(folder) | Self::KeysExist(folder) => {
                vec![("folder", folder.display().to_string())]
            }
            Self::Io { what, source } => vec![("what", what.clone()), ("reason", source.to_string())],
            Self::Database(error) => vec![("reason", error.to_string())],
            Self::Damaged { file, what } => vec![("file", (*file).to_owned()), ("reason", what.clone())],
            Self::TooNew { file, found, known } => {
                vec![
                    ("file", (*file).to_owned()),
                    ("value", found.to_string()),
                    ("expected", known.to_string()),
                ]
            }
            Self::NoKeychain(reason) => vec![("reason", reason.clone())],
            Self::BadPaper { paper, what } => vec![("value", (*paper).to_owned()), ("reason", what.clone())],
            Self::Halted(halt) => vec![("halt", halt.code().to_owned())],
            Self::Unknown(what) => vec![("value", what.clone())],
            Self::DiskFull
            | Self::WrongPassphrase
            | Self::PassphraseTooShort
            | Self::Busy
            | Self::Stopped
            | Self::Unreachable
            | Self::Randomness => {
                vec![]
            }
        };
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Trying again may help without changing anything.
    #[must_use]
    pub const fn retry(&self) -> bool {
        matches!(
            self,
            Self::InUse { .. } | Self::DiskFull | Self::Io { .. } | Self::Busy | Self::Unreachable
        )
    }
}

impl From<rusqlite::Error> for NodeError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}
