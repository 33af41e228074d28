//! The only public door: start, stop, submit, read.

use crate::clock::Clock;
use crate::driver::{Driver, Parts};
use crate::error::{Halt, NodeError};
use crate::execute::Candidate;
use crate::folder::DataFolder;
use crate::loops::{Shared, Submission, Told, Work, check_loop, drive_loop, fold_loop, publish};
use crate::probe::Probe;
use crate::receipt::{Answer, Batch, Ticket};
use crate::store::{Store, Stored, StoredBlock};
use crate::views::{RowPage, RowQuery, Views};
use ledger::{
    Anchor, CommitCertificate, Genesis, Hash, Header, InclusionProof, Opening, Record, SecretKey, Subject, Time,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use systems::view::Row;
use systems::{Entry, Violation};

/// The newest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Height.
    pub height: u64,
    /// BlockId.
    pub block: Hash,
    /// Witnessed time.
    pub time: Time,
}

/// What a new block touched.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Newest height that the views now show.
    pub height: u64,
    /// Its witnessed time.
    pub time: Time,
    /// Subjects written, sorted.
    pub subjects: Vec<Subject>,
}

/// A node: the ledger of a folder, open. Shareable between threads; closing it waits for what is under way.
pub struct Node {
    folder: PathBuf,
    genesis: Genesis,
    submissions: Mutex<Option<Sender<Submission>>>,
    work: SyncSender<Work>,
    shared: Arc<Shared>,
    readers: Mutex<Vec<Store>>,
    views: Arc<Views>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Node {
    /// Founds a ledger in a folder that has none, and opens it.
    ///
    /// # Errors
    /// [`NodeError::LedgerExists`], or it cannot be written.
    pub fn found(
        folder: &DataFolder,
        genesis: &Genesis,
        vote: SecretKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NodeError> {
        Driver::found(folder.path(), genesis)?;
        Self::open(folder, Some(vote), clock)
    }

    /// Opens the ledger of a folder. Without a vote key it reads, and keeps what is submitted in the outbox.
    ///
    /// # Errors
    /// [`NodeError::NoLedger`], [`NodeError::Damaged`], [`NodeError::TooNew`].
    pub fn open(folder: &DataFolder, vote: Option<SecretKey>, clock: Arc<dyn Clock>) -> Result<Self, NodeError> {
        Self::open_probed(folder, vote, clock, None)
    }

    /// As [`Node::open`], with somebody who is told before and after each save.
    ///
    /// # Errors
    /// See [`Node::open`].
    pub fn open_probed(
        folder: &DataFolder,
        vote: Option<SecretKey>,
        clock: Arc<dyn Clock>,
        probe: Option<Probe>,
    ) -> Result<Self, NodeError> {
        let path = folder.path().to_path_buf();
        let mut driver = Driver::open(Parts {
            folder: path.clone(),
            vote,
            clock,
            probe,
        })?;
        driver.confirm_pending()?;
        let genesis = driver.genesis.clone();
        let shared = Arc::new(Shared::default());
        publish(&driver, &shared);
        let views = Arc::new(Views::open(&path)?);
        let random = StdRng::from_seed(crate::random()?);
        let (work, work_in) = sync_channel(4);
        let (submissions, submissions_in) = channel();
        let (fold, nudges) = sync_channel(1);
        let threads = vec![
            spawn("check", {
                let work = work.clone();
                move || check_loop(random, &submissions_in, &work)
            })?,
            spawn("drive", {
                let (shared, views) = (Arc::clone(&shared), Arc::clone(&views));
                move || drive_loop(driver, &work_in, &shared, &views, &fold)
            })?,
            spawn("fold", {
                let folder = path.clone();
                move || fold_loop(&folder, &nudges)
            })?,
            spawn("views", {
                let views = Arc::clone(&views);
                move || views.follow()
            })?,
        ];
        Ok(Self {
            folder: path,
            genesis,
            submissions: Mutex::new(Some(submissions)),
            work,
            shared,
            readers: Mutex::new(Vec::new()),
            views,
            threads: Mutex::new(threads),
        })
    }

    /// Submits records as one ordered batch and waits until each is durable or refused.
    ///
    /// # Errors
    /// Storage failed, or the node was stopped.
    pub fn submit(&self, records: Vec<Record>) -> Answer {
        self.submit_together(records)?.wait()
    }

    /// Submits records as one ordered batch without waiting.
    ///
    /// # Errors
    /// The node was stopped.
    pub fn submit_together(&self, records: Vec<Record>) -> Result<Batch, NodeError> {
        Ok(Batch(self.send(records)?))
    }

    /// Submits a record without waiting.
    ///
    /// # Errors
    /// The node was stopped.
    pub fn submit_later(&self, record: Record) -> Result<Ticket, NodeError> {
        Ok(Ticket(self.send(vec![record])?))
    }

    fn send(&self, records: Vec<Record>) -> Result<Receiver<Answer>, NodeError> {
        let (answer, receiver) = channel();
        let submissions = lock(&self.submissions);
        let door = submissions.as_ref().ok_or(NodeError::Stopped)?;
        door.send(Submission { records, answer })
            .map_err(|_| NodeError::Stopped)?;
        Ok(receiver)
    }

    /// Asks the driver, which knows what no reader sees: the tree in memory, the votes.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Driver) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, NodeError> {
        let (answer, receiver) = channel();
        let ask = Box::new(move |driver: &mut Driver| -> Told {
            let answered = question(driver);
            // Whoever asked may have gone; then nobody needs the answer.
            Box::new(move || drop(answer.send(answered)))
        });
        self.work.send(Work::Ask(ask)).map_err(|_| NodeError::Stopped)?;
        receiver.recv().map_err(|_| NodeError::Stopped)?
    }

    /// Reads from a connection of one's own.
    pub(crate) fn read<T>(&self, question: impl FnOnce(&Store) -> Result<T, NodeError>) -> Result<T, NodeError> {
        let store = lock(&self.readers).pop();
        let store = store.map_or_else(|| Store::reader(&self.folder), Ok)?;
        let answer = question(&store);
        lock(&self.readers).push(store);
        answer
    }

    /// The rules over records as they would apply now, each on the state left by those before; nothing is kept.
    ///
    /// # Errors
    /// Storage.
    pub fn check(&self, records: &[Record]) -> Result<Vec<Result<(), Violation>>, NodeError> {
        let candidates: Vec<Candidate> = records.iter().cloned().map(Candidate::read).collect();
        self.ask(move |driver| driver.check(&candidates))
    }

    /// Where a subject stands.
    ///
    /// # Errors
    /// Storage.
    pub fn entry(&self, subject: &Subject) -> Result<Option<Entry>, NodeError> {
        self.read(|store| Ok(store.subject(subject)?.map(|row| row.entry)))
    }

    /// A confirmed record.
    ///
    /// # Errors
    /// Storage.
    pub fn record(&self, id: &Hash) -> Result<Option<Stored>, NodeError> {
        self.read(|store| store.record_number(id)?.map(|number| store.stored(number)).transpose())
    }

    /// The records of a subject from the `from`-th (0 is the oldest) on.
    ///
    /// # Errors
    /// Storage.
    pub fn history(&self, subject: &Subject, from: u64, limit: u32) -> Result<Vec<Stored>, NodeError> {
        self.read(|store| {
            let Some(row) = store.subject(subject)? else {
                return Ok(Vec::new());
            };
            store
                .touches(row.number, from, limit)?
                .into_iter()
                .map(|number| store.stored(number))
                .collect()
        })
    }

    /// A block.
    ///
    /// # Errors
    /// Storage.
    pub fn block(&self, height: u64) -> Result<Option<StoredBlock>, NodeError> {
        self.read(|store| store.block(height))
    }

    /// Blocks below a height, newest first.
    ///
    /// # Errors
    /// Storage.
    pub fn blocks(&self, below: Option<u64>, limit: u32) -> Result<Vec<StoredBlock>, NodeError> {
        self.read(|store| store.blocks(below, limit))
    }

    /// Records witnessed in `[from, to)`, or in one block, newest first; and how many there are.
    ///
    /// # Errors
    /// Storage.
    pub fn records_between(
        &self,
        from: Option<Time>,
        to: Option<Time>,
        height: Option<u64>,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<Stored>, u64), NodeError> {
        self.read(|store| {
            let (first, end) = store.numbers_between(from, to, height)?;
            let total = end.saturating_sub(first);
            let top = end.saturating_sub(offset.min(total));
            let bottom = top.saturating_sub(u64::from(limit)).max(first);
            let found = (bottom..top)
                .rev()
                .map(|number| store.stored(number))
                .collect::<Result<Vec<_>, _>>()?;
            Ok((found, total))
        })
    }

    /// The newest block with a certificate; none before the first.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        *self.shared.head.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nothing new is confirmed; none when all is well.
    #[must_use]
    pub fn halted(&self) -> Option<Halt> {
        *self.shared.halt.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The person's word that no later blocks were signed elsewhere with this validator's key; votes begin anew.
    ///
    /// # Errors
    /// Votes are not missing, or it cannot be saved.
    pub fn confirm_votes_lost(&self) -> Result<(), NodeError> {
        self.ask(|driver| {
            driver.confirm_votes_lost()?;
            driver.confirm_pending()
        })
    }

    /// The genesis document.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The network's id.
    #[must_use]
    pub fn network(&self) -> Hash {
        self.genesis.network()
    }

    /// The anchor by which others can trust this network.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor::of(self.genesis.clone())
    }

    /// What was signed here and is not confirmed yet, oldest first.
    ///
    /// # Errors
    /// Storage.
    pub fn outbox(&self) -> Result<Vec<Record>, NodeError> {
        self.read(Store::pending)
    }

    /// Evidence about a subject, canonical bytes; of a subject never written, that it is absent.
    ///
    /// # Errors
    /// Storage, or nothing has been confirmed yet.
    pub fn evidence(&self, subject: &Subject, openings: Vec<Opening>) -> Result<Vec<u8>, NodeError> {
        let subject = subject.clone();
        self.ask(move |driver| crate::evidence::build(driver, &subject, openings))
    }

    /// Where a record stands in its block, with header and certificate.
    ///
    /// # Errors
    /// Storage.
    pub fn inclusion(&self, id: &Hash) -> Result<Option<(InclusionProof, Header, CommitCertificate)>, NodeError> {
        self.read(|store| {
            let Some(number) = store.record_number(id)? else {
                return Ok(None);
            };
            let (block, index) = store.place_of(number)?;
            let leaves: Vec<Hash> = store.block_records(&block)?.iter().map(Record::leaf).collect();
            let proof = ledger::merkle::prove(&leaves, usize::try_from(index).unwrap_or(usize::MAX));
            let stored = store.block(block.height)?;
            Ok(proof
                .zip(stored)
                .and_then(|(proof, stored)| Some((proof, stored.header, stored.certificate?))))
        })
    }

    /// Is told of each new block once the views show it.
    pub fn on_commit(&self, listener: Box<dyn Fn(&Committed) + Send + Sync>) {
        self.views.listen(listener);
    }

    /// A page of a table.
    ///
    /// # Errors
    /// Storage.
    pub fn rows(&self, query: &RowQuery) -> Result<RowPage, NodeError> {
        self.views.rows(query)
    }

    /// Rows that match words or a code, best first.
    ///
    /// # Errors
    /// Storage.
    pub fn search(&self, text: &str, limit: u32) -> Result<Vec<Row>, NodeError> {
        self.views.search(text, limit)
    }

    /// The row of a subject.
    ///
    /// # Errors
    /// Storage.
    pub fn row(&self, subject: &Subject) -> Result<Option<Row>, NodeError> {
        self.views.row(subject)
    }

    /// How many blocks the views show, of how many.
    #[must_use]
    pub fn views_progress(&self) -> (u64, u64) {
        (self.views.height(), self.head().map_or(0, |head| head.height))
    }

    /// Waits until the views show the newest block of this moment.
    pub fn views_ready(&self) {
        self.views.wait_for(self.head().map_or(0, |head| head.height));
    }

    /// Writes a backup of the ledger to a file that does not exist, and checks it by reading it back.
    ///
    /// # Errors
    /// It cannot be written, or is not what it should be.
    pub fn backup(&self, to: &Path) -> Result<(), NodeError> {
        self.ask(|driver| driver.flush())?;
        crate::backup::write(&self.folder, to)
    }

    /// Checks everything stored.
    ///
    /// # Errors
    /// The ledger cannot be opened at all.
    pub fn fsck(&self) -> Result<crate::Fsck, NodeError> {
        self.ask(|driver| driver.flush())?;
        self.views_ready();
        crate::fsck(&self.folder)
    }

    /// Stops: what is under way is finished and saved.
    pub fn stop(self) {
        drop(self);
    }

    /// As [`Node::stop`], while others still hold the node: they can read on, and every other question is
    /// answered with [`NodeError::Stopped`]. After it the ledger can be opened again.
    pub fn close(&self) {
        lock(&self.submissions).take();
        self.views.stop();
        for thread in lock(&self.threads).drain(..) {
            // The check loop ends when its door is shut, and tells the driver. A thread that panicked has said so already.
            let _ended = thread.join();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, NodeError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(NodeError::io(format!("start the thread {name}")))
}
