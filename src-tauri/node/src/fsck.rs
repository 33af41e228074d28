//! Checks everything stored, from the bytes of the records up to the root of the index, and names what is wrong.

mod beside;
mod history;
mod light;
mod records;
mod schema;
mod tables;

pub use beside::fsck_keys;
pub use records::{Piece, pieces};

use crate::error::NodeError;
use crate::network::Invitation;
use crate::store::{BlockRow, LEDGER, Store, TreeCache, VOTES};
use ledger::history::Frontier;
use ledger::{Genesis, Hash, Header, Record, Subject, ValidatorSet};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::HashMap;
use std::path::Path;

/// What a check of everything stored found.
#[derive(Clone, Debug)]
pub struct Fsck {
    /// Nothing wrong.
    pub clean: bool,
    /// Height of the newest block.
    pub height: u64,
    /// Its `index_root`.
    pub root: Hash,
    /// What is wrong, at most 100.
    pub faults: Vec<Fault>,
}

/// Something wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which file.
    pub file: &'static str,
    /// Which block.
    pub height: Option<u64>,
    /// Which record; where its own bytes are damaged, what they make of it.
    pub record: Option<Hash>,
    /// Its place in the block, from 0.
    pub place: Option<u32>,
    /// What.
    pub what: String,
}

/// A subject as the records that wrote it say.
#[derive(Default)]
struct Written {
    tree: Frontier,
    changed: u64,
    /// Running numbers of its records, in order.
    records: Vec<u64>,
}

const MOST_FAULTS: usize = 100;
/// Where one of these stands, there has been a ledger.
const TRACES: [&str; 3] = [VOTES, "views.db", "keys.sealed"];
/// What to do about a ledger that cannot be read.
const RESTORE: &str = "restore the newest backup into another folder";
/// And where others have the same ledger.
const REPAIR: &str = "repair it, and it comes from the other validators";
/// So much is written to learn whether the disk is full: twice what SQLite wants before it reads.
const ROOM: usize = 64 * 1024;

impl Fsck {
    /// The report on a ledger that is gone without a trace.
    pub(crate) fn gone() -> Self {
        unreadable("it is missing".to_owned())
    }
}

struct Check {
    store: Store,
    genesis: Genesis,
    faults: Vec<Fault>,
    random: StdRng,
    /// What the records say of each subject.
    subjects: HashMap<Subject, Written>,
    blocks: Frontier,
    previous: Option<Header>,
    /// Who certifies the next block.
    validators: ValidatorSet,
    /// How often that changed.
    changes: u64,
}

/// Checks everything stored in a folder but its keys. Nothing of it is changed; tables that do not say what the ledger says are marked, so
/// that the next start makes them anew.
///
/// # Errors
/// There is no ledger and no trace of one, it is a newer Sealroad's, or the disk is so full that nothing can be read.
pub fn fsck(folder: &Path) -> Result<Fsck, NodeError> {
    let store = match reader(folder) {
        Ok(store) => store,
        Err(what) => return Ok(unreadable(what?)),
    };
    let genesis = match store.genesis() {
        Ok(Some(genesis)) => genesis,
        Ok(None) if store.newest_block(false)?.is_none() => return Err(NodeError::NoLedger(folder.to_path_buf())),
        Ok(None) => return Ok(unreadable(format!("its genesis is missing: {}", way_out(folder)))),
        Err(error) => {
            let what = told(folder, error)?;
            return Ok(unreadable(format!("{what}: {}", way_out(folder))));
        }
    };
    let mut check = Check {
        store,
        validators: genesis.validators().clone(),
        changes: 0,
        genesis,
        faults: Vec::new(),
        random: StdRng::from_seed(crate::random()?),
        subjects: HashMap::new(),
        blocks: Frontier::default(),
        previous: None,
    };
    check.pages();
    check.schema();
    let light = check.store.light;
    let head = if light { check.light() } else { check.blocks() };
    let head = match head {
        Ok(head) => head,
        Err(error) => {
            let what = told(folder, error)?;
            check.fault(LEDGER, None, None, what);
            None
        }
    };
    if check.faults.is_empty() && !light {
        check.tables(folder)?;
    }
    if !light
        && check.faults.iter().all(|fault| fault.file != LEDGER)
        && let Err(error) = check.states(head.as_ref())
    {
        let what = told(folder, error)?;
        check.fault(LEDGER, None, None, what);
    }
    check.outbox();
    if !light {
        check.votes(folder)?;
    }
    check.desk(folder)?;
    check.documents(folder);
    let root = head.as_ref().map_or(ledger::index::EMPTY, |header| header.index_root);
    let height = head.map_or(0, |header| header.height);
    Ok(Fsck {
        clean: check.faults.is_empty(),
        height,
        root,
        faults: check.faults,
    })
}

/// The ledger; what is wrong with it, or why that cannot be told.
fn reader(folder: &Path) -> Result<Store, Result<String, NodeError>> {
    if !folder.join(LEDGER).exists() {
        return Err(if TRACES.iter().any(|name| folder.join(name).exists()) {
            Ok(format!("it is missing: {}", way_out(folder)))
        } else {
            Err(NodeError::NoLedger(folder.to_path_buf()))
        });
    }
    Store::reader(folder).map_err(|error| told(folder, error).map(|what| format!("{what}: {}", way_out(folder))))
}

fn way_out(folder: &Path) -> &'static str {
    match Invitation::of_folder(folder) {
        Ok(Some(_)) => REPAIR,
        _ => RESTORE,
    }
}

/// The report on a ledger of which nothing can be read.
fn unreadable(what: String) -> Fsck {
    Fsck {
        clean: false,
        height: 0,
        root: ledger::index::EMPTY,
        faults: vec![Fault {
            file: LEDGER,
            height: None,
            record: None,
            place: None,
            what,
        }],
    }
}

/// An error as a fault of the file that was read, unless it says nothing about the file.
///
/// # Errors
/// The disk is full, where SQLite reads nothing either; or the file is a newer Sealroad's.
fn told(folder: &Path, error: NodeError) -> Result<String, NodeError> {
    match error {
        NodeError::DiskFull | NodeError::TooNew { .. } => Err(error),
        NodeError::Database(_) if is_full(folder) => Err(NodeError::DiskFull),
        NodeError::Damaged { what, .. } => Ok(what),
        other => Ok(other.to_string()),
    }
}

/// Whether the disk of a folder has no room.
fn is_full(folder: &Path) -> bool {
    let probe = folder.join("fsck.room");
    let written = std::fs::write(&probe, vec![0; ROOM]);
    let _absent = std::fs::remove_file(&probe);
    written.is_err_and(|error| matches!(NodeError::io("write")(error), NodeError::DiskFull))
}

impl Check {
    fn fault(&mut self, file: &'static str, height: Option<u64>, record: Option<Hash>, what: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault {
                file,
                height,
                record,
                place: None,
                what: what.into(),
            });
        }
    }

    /// SQLite's own view of its pages.
    fn pages(&mut self) {
        let lines: Result<Vec<String>, _> = self
            .store
            .connection
            .prepare("PRAGMA integrity_check(10)")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
        match lines {
            Ok(lines) if lines == ["ok"] => {}
            Ok(lines) => lines.into_iter().for_each(|line| self.fault(LEDGER, None, None, line)),
            Err(error) => self.fault(LEDGER, None, None, error.to_string()),
        }
    }

    /// Every block from the first: chain, certificate, records, signatures. Gives the newest header.
    fn blocks(&mut self) -> Result<Option<Header>, NodeError> {
        let newest = self.store.newest_block(false)?.map_or(0, |block| block.height);
        let mut number = 0;
        for height in 1..=newest {
            // A height that was changed to an astronomic one would otherwise be walked to.
            if self.faults.len() >= MOST_FAULTS {
                break;
            }
            let row = match self.store.block_row(height) {
                Ok(Some(row)) => row,
                Ok(None) => {
                    self.fault(LEDGER, Some(height), None, "the block is missing");
                    continue;
                }
                Err(error) => {
                    self.fault(LEDGER, Some(height), None, error.to_string());
                    continue;
                }
            };
            if row.first != number {
                self.fault(
                    LEDGER,
                    Some(height),
                    None,
                    format!("its first record has number {}, expected {number}", row.first),
                );
            }
            number = row.first + row.count;
            match self.store.block(height) {
                Ok(Some(block)) => {
                    self.header(&row, &block.header);
                    self.certificate(&block, newest);
                    self.records(&row, &block.header);
                    self.next_validators(&block.header);
                    self.blocks.push(&block.header.id());
                    self.previous = Some(block.header);
                }
                Ok(None) => self.fault(LEDGER, Some(height), None, "the block is missing"),
                Err(error) => self.fault(LEDGER, Some(height), None, error.to_string()),
            }
        }
        self.ahead()?;
        if self.store.count_validators()? != self.changes {
            self.fault(LEDGER, None, None, "validators are kept that no block names");
        }
        Ok(self.previous.clone())
    }

    /// A set change must have its set.
    fn next_validators(&mut self, header: &Header) {
        if header.next_validators == header.validators {
            return;
        }
        self.changes += 1;
        match self.store.validators_at(header.height + 1) {
            Ok(Some(set)) if set.hash() == header.next_validators => self.validators = set,
            _ => self.fault(
                LEDGER,
                Some(header.height),
                None,
                "the validators it names as next are not those kept",
            ),
        }
    }

    fn header(&mut self, row: &BlockRow, header: &Header) {
        let height = Some(row.height);
        let expected = self.previous.as_ref().map_or(self.genesis.network(), Header::id);
        let validators = self.validators.hash();
        let wrong = [
            (header.height != row.height, "height"),
            (header.id() != row.id, "id"),
            (header.time != row.time, "time"),
            (header.records_count != row.count, "count of records"),
            (header.network != self.genesis.network(), "network"),
            (header.previous != expected, "previous block"),
            (header.history_root != self.blocks.root(), "history root"),
            (header.validators != validators, "validators"),
            (
                self.previous.as_ref().is_some_and(|before| header.time <= before.time),
                "time order",
            ),
        ];
        for (_, what) in wrong.into_iter().filter(|(wrong, _)| *wrong) {
            self.fault(
                LEDGER,
                height,
                None,
                format!("{what} of the block is not what it must be"),
            );
        }
    }

    fn certificate(&mut self, block: &crate::StoredBlock, newest: u64) {
        let height = block.header.height;
        match &block.certificate {
            // A stop between saving the newest block and voting for it leaves it so; the next start finishes it.
            None if height == newest => {}
            None => self.fault(LEDGER, Some(height), None, "the commit certificate is missing"),
            Some(certificate) => {
                if let Err(error) = certificate.verify(&block.header, &self.validators) {
                    self.fault(LEDGER, Some(height), None, format!("commit certificate: {error}"));
                }
            }
        }
    }

    /// Every subject: its records, its place in the index, and the tree that was written.
    fn states(&mut self, head: Option<&Header>) -> Result<(), NodeError> {
        let mut subjects: Vec<(Subject, Written)> = std::mem::take(&mut self.subjects).into_iter().collect();
        subjects.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let mut changes = Vec::with_capacity(subjects.len());
        for (subject, written) in &subjects {
            let height = Some(written.changed);
            let Some(row) = self.store.subject(subject)? else {
                self.fault(LEDGER, height, None, format!("subject {subject} is missing"));
                continue;
            };
            if row.frontier != written.tree
                || row.entry.count != written.tree.count()
                || row.entry.changed != written.changed
                || self.store.listed(row.number)? != written.records
            {
                self.fault(
                    LEDGER,
                    height,
                    None,
                    format!("subject {subject} does not hold the records that wrote it"),
                );
            }
            if self.store.subject_name(subject)?.as_deref() != Some(subject.as_str()) {
                self.fault(
                    LEDGER,
                    height,
                    None,
                    format!("subject {subject} stands under another name"),
                );
            }
            let state = self.store.state_bytes(subject)?.unwrap_or_default();
            changes.push((subject.index_key(), row.value(Hash::of(&state)).hash()));
        }
        let stored: i64 = self
            .store
            .connection
            .query_row("SELECT count(*) FROM subjects", [], |row| row.get(0))?;
        if usize::try_from(stored) != Ok(subjects.len()) {
            self.fault(
                LEDGER,
                None,
                None,
                format!("{stored} subjects are stored, the records write {}", subjects.len()),
            );
        }
        let expected = head.map_or(ledger::index::EMPTY, |header| header.index_root);
        let nodes = std::collections::BTreeMap::new();
        let Ok(rebuilt) = ledger::index::update(&nodes, &changes);
        if rebuilt.root != expected {
            self.fault(
                LEDGER,
                head.map(|header| header.height),
                None,
                "the states do not have the root that the newest header commits",
            );
        }
        let Some(head) = head else { return Ok(()) };
        self.tree(head, &changes, &rebuilt)?;
        self.history(head)
    }

    /// The inner nodes as written: all of them must be those that follow from the states; where the newest blocks are not
    /// written yet, the root must come out when their subjects are applied.
    fn tree(
        &mut self,
        head: &Header,
        changes: &[(Hash, Hash)],
        rebuilt: &ledger::index::UpdateBatch,
    ) -> Result<(), NodeError> {
        let written = self.store.tree_height()?;
        if written > head.height || !self.store.tree_height_stands()? {
            self.fault(LEDGER, None, None, "how far the subject index is written is not known");
        }
        let damaged = if written == head.height {
            let mut differing = false;
            for (path, node) in &rebuilt.nodes {
                differing |= self.store.tree_bytes(&path.to_bytes())?.as_deref() != Some(&node.to_bytes()[..]);
            }
            differing
        } else {
            let mut later = Vec::new();
            for (key, value) in changes {
                if self.store.changed_at(key)?.is_some_and(|changed| changed > written) {
                    later.push((*key, *value));
                }
            }
            TreeCache::new().update(&self.store, &later)?.root != head.index_root
        };
        if damaged {
            self.fault(LEDGER, None, None, "the written subject index is damaged");
        }
        Ok(())
    }

    /// The outbox: records by their ids, signed, in a form that can be sent.
    fn outbox(&mut self) {
        match self.store.pending_ids() {
            Ok(entries) => {
                for (id, record) in entries {
                    let what = match record {
                        Some(record) if record.id() != id => "the outbox holds something else under this id",
                        // An id does not cover the signature.
                        Some(record) if record.verify_signature().is_err() => {
                            "the signature of this record in the outbox does not verify"
                        }
                        Some(_) => continue,
                        None => "the outbox holds what is no record under this id",
                    };
                    self.fault(LEDGER, None, Some(id), what);
                }
            }
            Err(error) => self.fault(LEDGER, None, None, format!("outbox: {error}")),
        }
        self.beside_outbox();
    }

    /// What was set aside, and what others handed over: records that are signed.
    fn beside_outbox(&mut self) {
        let rivals = self
            .store
            .rivals()
            .map(|all| all.into_iter().map(|one| one.record).collect());
        let aside = self
            .store
            .aside()
            .map(|all| all.into_iter().map(|one| one.record).collect());
        let lists: [Result<Vec<Record>, NodeError>; 2] = [rivals, aside];
        for list in lists {
            match list {
                Ok(records) => {
                    for record in records.iter().filter(|record| record.verify_signature().is_err()) {
                        let what = "the signature of this record beside the outbox does not verify";
                        self.fault(LEDGER, None, Some(record.id()), what);
                    }
                }
                Err(error) => self.fault(LEDGER, None, None, format!("beside the outbox: {error}")),
            }
        }
    }
}
