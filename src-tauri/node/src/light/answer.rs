//! What a node that keeps whole blocks answers a light one.

use crate::driver::Driver;
use crate::error::NodeError;
use crate::node::Node;
use crate::store::Store;
use ledger::evidence::ShownBlock;
use ledger::light::Certified;
use ledger::light::page::{
    CHANGES, HeadersAsked, HeadersTold, Heard, Known, Page, PageAsked, PlacedRecord, Proved, Shown, TOUCHED,
};
use ledger::{Hash, Record, Subject, merkle};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// An answer is ended once it holds about so many bytes.
const PAGE_BYTES: usize = 2 << 20;
/// In one answer so many blocks are looked through …
const BLOCKS: u64 = 256;
/// … or so many records.
const RECORDS: u64 = 16_384;

/// The way from where a light node stands to the newest header.
///
/// # Errors
/// Storage.
pub fn headers(node: &Node, asked: &HeadersAsked) -> Result<HeadersTold, NodeError> {
    node.read(|store| newer(store, asked))
}

fn newer(store: &Store, asked: &HeadersAsked) -> Result<HeadersTold, NodeError> {
    let Some(newest) = store.newest()?.filter(|_| !store.light) else {
        return Ok(HeadersTold {
            changes: Vec::new(),
            head: None,
            rival: None,
        });
    };
    let top = newest.header.height;
    let changes = store.set_changes(asked.from, top + 1, CHANGES)?;
    let reached = changes.last().map_or(asked.from, |change| change.header.height);
    let more = u32::try_from(changes.len()).is_ok_and(|count| count == CHANGES);
    let ours = store.certified(asked.from)?;
    Ok(HeadersTold {
        changes,
        head: Some(newest).filter(|_| top > reached && !more),
        rival: ours.filter(|ours| asked.known.is_some_and(|known| known != ours.header.id())),
    })
}

/// What a light node is answered, stepped: by whoever has the driver.
impl Driver {
    /// As [`headers`].
    ///
    /// # Errors
    /// Storage.
    pub fn headers_for(&self, asked: &HeadersAsked) -> Result<HeadersTold, NodeError> {
        newer(&self.chain.store, asked)
    }

    /// As [`page`].
    ///
    /// # Errors
    /// Storage.
    pub fn page_for(&mut self, asked: &PageAsked) -> Result<Option<Page>, NodeError> {
        match stand(self, asked.subjects.clone())? {
            Some(standing) => gather(&self.chain.store, standing, asked).map(Some),
            None => Ok(None),
        }
    }
}

/// A subject as the index knows it, and the first of its records that are wanted.
struct Standing {
    known: Known,
    proved: Proved,
    /// The subject's number here.
    number: Option<u64>,
}

/// What happened to subjects, and what else may concern whoever asks; none before the first block.
///
/// # Errors
/// Storage.
pub fn page(node: &Node, asked: PageAsked) -> Result<Option<Page>, NodeError> {
    let known = asked.subjects.clone();
    let Some(standing) = node.ask(move |driver| stand(driver, known))? else {
        return Ok(None);
    };
    node.read(|store| gather(store, standing, &asked).map(Some))
}

fn gather(store: &Store, (head, standing): (Certified, Vec<Standing>), asked: &PageAsked) -> Result<Page, NodeError> {
    let heard = match asked.from {
        Some(from) => look(store, from, head.header.height, asked)?,
        None => Heard::default(),
    };
    Gathering::of(store, head).page(standing, heard)
}

/// Where the subjects stand under the newest header: asked of the driver, which alone has the tree as of that header.
fn stand(driver: &mut Driver, known: Vec<Known>) -> Result<Option<(Certified, Vec<Standing>)>, NodeError> {
    let chain = &driver.chain;
    let Some(head) = chain.store.certified(chain.height())?.filter(|_| !chain.store.light) else {
        return Ok(None);
    };
    let standing = known.into_iter().map(|known| {
        let row = chain.store.subject(&known.subject)?;
        let proof = chain.tree.prove(&chain.store, &known.subject.index_key())?.proof;
        let present = match &row {
            None => None,
            Some(row) => {
                let damaged = || NodeError::damaged(crate::store::LEDGER, format!("the state of {}", known.subject));
                let bytes = chain.store.state_bytes(&known.subject)?.ok_or_else(damaged)?;
                let state = ledger::State::parse(&bytes).map_err(|_| damaged())?;
                Some((row.value(state.hash()), state))
            }
        };
        Ok(Standing {
            number: row.map(|row| row.number),
            known,
            proved: Proved { present, proof },
        })
    });
    let standing = standing.collect::<Result<_, NodeError>>()?;
    Ok(Some((head, standing)))
}

/// Gathers the records of subjects and what proves them.
struct Gathering<'a> {
    store: &'a Store,
    head: Certified,
    blocks: BTreeMap<u64, ShownBlock>,
    leaves: BTreeMap<u64, Vec<Hash>>,
    places: BTreeMap<u64, usize>,
    records: Vec<PlacedRecord>,
    bytes: usize,
}

impl<'a> Gathering<'a> {
    const fn of(store: &'a Store, head: Certified) -> Self {
        Self {
            store,
            head,
            blocks: BTreeMap::new(),
            leaves: BTreeMap::new(),
            places: BTreeMap::new(),
            records: Vec::new(),
            bytes: 0,
        }
    }

    fn page(mut self, standing: Vec<Standing>, heard: Heard) -> Result<Page, NodeError> {
        let mut subjects = Vec::with_capacity(standing.len());
        for one in standing {
            if self.bytes >= PAGE_BYTES {
                break;
            }
            subjects.push(self.subject(one)?);
        }
        Ok(Page {
            blocks: self.blocks.into_values().collect(),
            head: self.head,
            heard,
            records: self.records,
            subjects,
        })
    }

    fn subject(&mut self, standing: Standing) -> Result<Shown, NodeError> {
        let count = standing.proved.present.as_ref().map_or(0, |(value, _)| value.count);
        let missing = u32::try_from(count.saturating_sub(standing.known.have)).unwrap_or(u32::MAX);
        let mut numbers = Vec::new();
        if let Some(number) = standing.number.filter(|_| missing > 0) {
            numbers = self.store.touches(number, standing.known.have, missing)?;
        }
        let mut records = Vec::with_capacity(numbers.len());
        for number in &numbers {
            records.push(self.record(*number)?);
            if self.bytes >= PAGE_BYTES {
                break;
            }
        }
        let whole = records.len() == numbers.len();
        // A proof and a state weigh about as much as a record.
        self.bytes += 64 * standing.proved.proof.siblings.len();
        self.bytes += standing
            .proved
            .present
            .as_ref()
            .map_or(0, |(_, state)| state.bytes().len());
        Ok(Shown {
            subject: standing.known.subject,
            records,
            proved: Some(standing.proved).filter(|_| whole),
        })
    }

    /// The place in the page of a record, which is put there if it is not yet.
    fn record(&mut self, number: u64) -> Result<usize, NodeError> {
        if let Some(place) = self.places.get(&number) {
            return Ok(*place);
        }
        let stored = self.store.stored(number)?;
        let damaged = || NodeError::damaged(crate::store::LEDGER, format!("record number {number}"));
        if !self.leaves.contains_key(&stored.height) {
            let row = self.store.block_row(stored.height)?.ok_or_else(damaged)?;
            self.leaves
                .insert(stored.height, self.store.leaves(row.first, row.count)?);
            self.show(stored.height)?;
        }
        let index = usize::try_from(stored.index).unwrap_or(usize::MAX);
        let leaves = self.leaves.get(&stored.height).ok_or_else(damaged)?;
        let proof = merkle::prove(leaves, index).ok_or_else(damaged)?;
        self.bytes += stored.record.bytes().len() + 70 * proof.path.len();
        self.places.insert(number, self.records.len());
        self.records.push(PlacedRecord {
            height: stored.height,
            index: proof.index,
            path: proof.path,
            record: stored.record,
        });
        Ok(self.records.len() - 1)
    }

    fn show(&mut self, height: u64) -> Result<(), NodeError> {
        let head = self.head.header.height;
        if height == head {
            return Ok(());
        }
        let block = self.store.block(height)?;
        let header = block
            .ok_or_else(|| NodeError::damaged(crate::store::LEDGER, format!("block {height} is missing")))?
            .header;
        let path = self.store.history_path(head - 1, height)?;
        self.bytes += 1_024 + 70 * path.len();
        self.blocks.insert(height, ShownBlock { header, path });
        Ok(())
    }
}

/// Looks through blocks above `from` for records that may concern whoever asks.
fn look(store: &Store, from: u64, head: u64, asked: &PageAsked) -> Result<Heard, NodeError> {
    let parties: Vec<String> = asked.parties.iter().map(ToString::to_string).collect();
    let keys: HashSet<[u8; 4]> = keys(&asked.keys);
    let mut touched = BTreeSet::new();
    if asked.governing {
        touched.extend(store.governing(u32::try_from(TOUCHED).unwrap_or(u32::MAX))?);
    }
    let (mut until, mut records) = (from.min(head), 0);
    while until < head && until - from < BLOCKS && records < RECORDS && touched.len() < TOUCHED {
        until += 1;
        let Some(block) = store.block_row(until)?.filter(|block| block.count > 0) else {
            continue;
        };
        records += block.count;
        store.lines(block.first, block.count, |_, line| {
            touched.extend(concerns(line, &parties, &keys));
        })?;
    }
    let touched = touched.into_iter().take(TOUCHED).collect();
    Ok(Heard { touched, until })
}

/// The subjects of a record that names one of the parties, governs the network, or writes a watched subject; else none.
fn concerns(line: &[u8], parties: &[String], keys: &HashSet<[u8; 4]>) -> Vec<Subject> {
    let Ok(text) = std::str::from_utf8(line) else {
        return Vec::new();
    };
    let named = parties.iter().any(|party| text.contains(party.as_str())) || text.contains("\"alliance:");
    if !named && keys.is_empty() {
        return Vec::new();
    }
    let Ok(record) = Record::parse(line) else {
        return Vec::new();
    };
    let watched = |subject: &Subject| {
        let [a, b, c, d, ..] = *subject.index_key().as_bytes();
        keys.contains(&[a, b, c, d])
    };
    if named || record.subjects().iter().any(watched) {
        record.subjects().to_vec()
    } else {
        Vec::new()
    }
}

fn keys(text: &str) -> HashSet<[u8; 4]> {
    let bytes = hex::decode(text).unwrap_or_default();
    bytes.as_chunks::<4>().0.iter().copied().collect()
}
