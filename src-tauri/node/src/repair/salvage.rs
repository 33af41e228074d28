//! What can still be read of a damaged ledger. Nothing of it is believed: whoever takes a block from here judges it.

use crate::fsck::{Piece, pieces};
use crate::network::Invitation;
use crate::store::{Aside, LEDGER, Votes};
use ledger::commit::CommitSignature;
use ledger::{CommitCertificate, Genesis, Hash, Header, Record, Subject, Time, ValidatorSet};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A damaged ledger, as far as it can be read.
pub struct Salvage {
    folder: PathBuf,
    /// None where there is no file, or SQLite cannot read it at all.
    file: Option<Connection>,
    /// Blocks that stand under another height than their header says: height → the row's.
    misplaced: BTreeMap<u64, i64>,
    newest: u64,
    /// It can be read, and never had a block.
    empty: bool,
}

/// What a walk over the rows of the blocks has seen.
#[derive(Default)]
struct Seen {
    /// Greatest height of a block whose certificate is of its header.
    good: u64,
    /// Rows whose header cannot be read, or does not go with its certificate.
    bad: Vec<u64>,
    misplaced: BTreeMap<u64, i64>,
    /// Every row was read.
    whole: bool,
}

impl Salvage {
    /// Looks at the ledger of a folder, whatever is left of it.
    pub fn open(folder: &Path) -> Self {
        let path = folder.join(LEDGER);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // The form is not asked for: it may be what is damaged, and whoever wrote a newer one is refused by the check before.
        let file = path
            .exists()
            .then(|| Connection::open_with_flags(&path, flags).ok())
            .flatten();
        let seen = file.as_ref().map(walk).unwrap_or_default();
        let alone = matches!(Invitation::of_folder(folder), Ok(None));
        let mut newest = newest(&seen);
        if alone {
            // Nobody else could give a block that is overlooked here.
            newest = newest.max(counted(file.as_ref())).max(voted(folder, file.as_ref()));
        }
        Self {
            folder: folder.to_path_buf(),
            empty: seen.whole && newest == 0,
            misplaced: seen.misplaced,
            file,
            newest,
        }
    }

    /// The newest height of which there is a trace; 0 if there is none.
    pub const fn newest(&self) -> u64 {
        self.newest
    }

    /// Whether all of it could be read and it has no block.
    pub const fn is_empty(&self) -> bool {
        self.empty
    }

    pub fn genesis(&self) -> Option<Genesis> {
        genesis(self.file.as_ref()?)
    }

    /// Whether it is a light node's; none if it cannot be read.
    pub fn is_light(&self) -> Option<bool> {
        let known = "SELECT EXISTS(SELECT 1 FROM meta WHERE key = 'trusted')";
        self.file.as_ref()?.query_row(known, [], |row| row.get(0)).ok()
    }

    /// What a light node follows, as far as it can be read.
    pub fn followed(&self) -> Vec<Subject> {
        let read = || -> rusqlite::Result<Vec<Subject>> {
            let Some(file) = &self.file else { return Ok(Vec::new()) };
            let mut statement = file.prepare("SELECT subject FROM followed")?;
            let names = statement.query_map([], |row| row.get::<_, String>(0))?;
            // Behind a broken page nothing is read; what a link leads to is followed again by itself.
            Ok(names
                .map_while(Result::ok)
                .filter_map(|name| name.parse().ok())
                .collect())
        };
        read().unwrap_or_default()
    }

    fn row(&self, height: u64) -> i64 {
        let misplaced = self.misplaced.get(&height).copied();
        misplaced.unwrap_or_else(|| i64::try_from(height).unwrap_or(i64::MAX))
    }

    pub fn header(&self, height: u64) -> Option<Header> {
        let bytes: Vec<u8> = self
            .file
            .as_ref()?
            .query_row(
                "SELECT header FROM blocks WHERE height = ?1",
                [self.row(height)],
                |row| row.get(0),
            )
            .ok()?;
        Header::parse(&bytes).ok().filter(|header| header.height == height)
    }

    /// The certificate of a block, if it is good; where one validator decides alone also that of its vote.
    pub fn certificate(&self, header: &Header, set: &ValidatorSet) -> Option<CommitCertificate> {
        let kept = self.kept_certificate(header.height);
        if let Some(kept) = kept.filter(|kept| kept.verify(header, set).is_ok()) {
            return Some(kept);
        }
        let [validator] = set.validators() else { return None };
        let vote = Votes::reader(&self.folder, &header.network)
            .ok()?
            .at(header.height)
            .ok()??;
        let made = CommitCertificate {
            block: vote.block,
            height: vote.height,
            round: vote.round,
            signatures: vec![CommitSignature {
                key: validator.key,
                signature: vote.signature,
            }],
        };
        Some(made).filter(|made| made.verify(header, set).is_ok())
    }

    fn kept_certificate(&self, height: u64) -> Option<CommitCertificate> {
        let bytes: Option<Vec<u8>> = self
            .file
            .as_ref()?
            .query_row(
                "SELECT certificate FROM blocks WHERE height = ?1",
                [self.row(height)],
                |row| row.get(0),
            )
            .ok()?;
        CommitCertificate::parse(&bytes?).ok()
    }

    /// So many records from a running number on, if all of them can be read.
    pub fn records(&self, first: u64, count: u64) -> Option<Vec<Record>> {
        if count == 0 {
            return Some(Vec::new());
        }
        let mut records = Vec::new();
        for (begins, piece) in self.pieces(first, count) {
            for (number, line) in (begins..).zip(piece.split(|byte| *byte == b'\n')) {
                if number >= first && number - first < count {
                    records.push(Record::parse(line).ok()?);
                }
            }
        }
        (u64::try_from(records.len()) == Ok(count)).then_some(records)
    }

    /// Of these records, the first of which has a running number, those that do not stand here as they were signed.
    pub fn differing(&self, first: u64, records: &[Record]) -> Vec<Hash> {
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let pieces = self.pieces(first, count);
        let lines: HashSet<&[u8]> = pieces
            .iter()
            .flat_map(|(_, piece)| piece.split(|byte| *byte == b'\n'))
            .collect();
        let missing = records.iter().filter(|record| !lines.contains(record.bytes()));
        missing.map(Record::id).collect()
    }

    fn pieces(&self, first: u64, count: u64) -> Vec<Piece> {
        let read = self.file.as_ref().and_then(|file| pieces(file, first, count).ok());
        read.unwrap_or_default()
    }

    /// What was set aside and can be read: the record, why, and since when.
    pub fn aside(&self) -> Vec<Aside> {
        let read = || -> rusqlite::Result<Vec<Aside>> {
            let Some(file) = &self.file else { return Ok(Vec::new()) };
            let mut statement = file.prepare("SELECT record, why, at FROM aside ORDER BY at, id")?;
            let rows = statement.query_map([], |row| {
                let (record, why, at): (Vec<u8>, Vec<u8>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let at = Time::from_millis(at).unwrap_or(Time::MIN);
                Ok(Record::parse(&record).ok().map(|record| Aside { record, why, at }))
            })?;
            Ok(rows.map_while(Result::ok).flatten().collect())
        };
        read().unwrap_or_default()
    }

    /// What waits in the outbox and is good, in its order; and how many cannot be read.
    pub fn outbox(&self, network: &Hash) -> (Vec<Record>, u64) {
        let (mut good, mut lost) = (Vec::new(), 0);
        let Some(file) = &self.file else { return (good, lost) };
        let Ok(mut statement) = file.prepare("SELECT record FROM pending ORDER BY place") else {
            return (good, lost);
        };
        let Ok(mut rows) = statement.query([]) else {
            return (good, lost);
        };
        loop {
            let bytes = match rows.next() {
                Ok(None) => break,
                Ok(Some(row)) => row.get::<_, Vec<u8>>(0),
                // What lies behind a broken page nobody knows.
                Err(_) => {
                    lost += 1;
                    break;
                }
            };
            let record = bytes.ok().and_then(|bytes| Record::parse(&bytes).ok());
            match record.filter(|record| record.network() == *network && record.verify_signature().is_ok()) {
                Some(record) => good.push(record),
                None => lost += 1,
            }
        }
        (good, lost)
    }
}

/// Walks over the rows from both ends, since a broken page ends a walk.
fn walk(file: &Connection) -> Seen {
    let mut seen = Seen::default();
    let forth = walk_some(file, "ASC", &mut seen);
    seen.whole = forth.is_ok();
    if forth.is_err() {
        // What was read twice is noted once more, to no harm.
        let _as_far_as_it_goes = walk_some(file, "DESC", &mut seen);
    }
    seen
}

fn walk_some(file: &Connection, order: &str, seen: &mut Seen) -> rusqlite::Result<()> {
    let sql = format!("SELECT height, header, certificate FROM blocks NOT INDEXED ORDER BY height {order}");
    let mut statement = file.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let height: i64 = row.get(0)?;
        let header = row.get::<_, Vec<u8>>(1).ok();
        let header = header.and_then(|bytes| Header::parse(&bytes).ok());
        let certificate: Option<Vec<u8>> = row.get(2).unwrap_or_default();
        let block = certificate.and_then(|bytes| CommitCertificate::parse(&bytes).ok());
        match header.filter(|header| block.is_some_and(|certificate| certificate.block == header.id())) {
            Some(header) => {
                seen.good = seen.good.max(header.height);
                if i64::try_from(header.height) != Ok(height) {
                    seen.misplaced.insert(header.height, height);
                }
            }
            None => seen.bad.extend(u64::try_from(height)),
        }
    }
    Ok(())
}

/// Rows that say nothing themselves count as far as they follow upon the others: a height may be what is damaged.
fn newest(seen: &Seen) -> u64 {
    let mut bad = seen.bad.clone();
    bad.sort_unstable();
    bad.dedup();
    let most = seen.good.saturating_add(u64::try_from(bad.len()).unwrap_or(u64::MAX));
    bad.into_iter()
        .filter(|height| *height <= most)
        .fold(seen.good, u64::max)
}

/// How many blocks an index knows, which has pages of its own.
fn counted(file: Option<&Connection>) -> u64 {
    let count = |index: &str| {
        let sql = format!("SELECT count(*) FROM blocks INDEXED BY {index}");
        let counted = file?.query_row(&sql, [], |row| row.get::<_, i64>(0)).ok();
        counted.and_then(|count| u64::try_from(count).ok())
    };
    let counts = ["blocks_first", "blocks_time"].into_iter().filter_map(count);
    counts.max().unwrap_or(0)
}

fn genesis(file: &Connection) -> Option<Genesis> {
    let bytes: Vec<u8> = file
        .query_row("SELECT value FROM meta WHERE key = 'genesis'", [], |row| row.get(0))
        .ok()?;
    Genesis::parse(&bytes).ok()
}

/// The newest height that this validator voted for, where it decides alone.
fn voted(folder: &Path, file: Option<&Connection>) -> u64 {
    let network = file.and_then(genesis).map(|genesis| genesis.network());
    let highest = network.and_then(|network| Votes::reader(folder, &network).ok()?.highest().ok());
    highest.filter(|height| *height != Votes::UNKNOWN).unwrap_or(0)
}
