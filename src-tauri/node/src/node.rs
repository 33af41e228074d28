//! The only public door: start, stop, submit, read.

use crate::agreement::said::Said;
use crate::asked::Asked;
use crate::clock::Clock;
use crate::driver::{Driver, Parts};
use crate::error::{Halt, NodeError};
use crate::exchange::{Carried, lend_again};
use crate::folder::DataFolder;
use crate::loops::{
    Drive, Origin, Reach, Shared, Spread, Submission, Told, Work, check_loop, fold_loop, incoming, publish,
};
use crate::probe::Probe;
use crate::receipt::{Answer, Batch, Ticket};
use crate::store::Store;
use crate::views::{RowPage, RowQuery, Views};
use consensus::Patience;
use ledger::{Anchor, Genesis, Hash, PublicKey, Record, SecretKey, Subject, Time};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use systems::view::Row;

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

/// How a node is run.
pub struct Options {
    /// The validator's key, if there is one here.
    pub vote: Option<SecretKey>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Is told before and after each save.
    pub probe: Option<Probe>,
    /// Keeps tables and search; a validator that nobody looks at does without.
    pub views: bool,
    /// How long validators wait for each other.
    pub patience: Patience,
    /// Takes blocks from others even where a single validator decides.
    pub follows: bool,
}

impl Options {
    /// A node that people look at.
    #[must_use]
    pub fn new(vote: Option<SecretKey>, clock: Arc<dyn Clock>) -> Self {
        Self {
            vote,
            clock,
            probe: None,
            views: true,
            patience: Patience::default(),
            follows: false,
        }
    }
}

/// Records whose signatures are not checked yet, at most; more are sent away.
const BACKLOG: usize = 32_768;

/// A node: the ledger of a folder, open. Shareable between threads; closing it waits for what is under way.
pub struct Node {
    folder: PathBuf,
    genesis: Genesis,
    submissions: Mutex<Option<Sender<Submission>>>,
    work: SyncSender<Work>,
    shared: Arc<Shared>,
    readers: Mutex<Vec<Store>>,
    views: Arc<Views>,
    keeps_views: bool,
    carried: Carried,
    backlog: Arc<AtomicUsize>,
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

    /// Founds a ledger in a folder that has none, to be opened later: a validator's, before the others are there.
    ///
    /// # Errors
    /// [`NodeError::LedgerExists`], or it cannot be written.
    pub fn prepare(folder: &DataFolder, genesis: &Genesis) -> Result<(), NodeError> {
        Driver::found(folder.path(), genesis)
    }

    /// Founds the ledger of a light node in a folder that has none, to be opened later: it goes on from what is trusted.
    ///
    /// # Errors
    /// [`NodeError::LedgerExists`], or it cannot be written.
    pub fn prepare_light(folder: &DataFolder, trusted: &ledger::Trusted) -> Result<(), NodeError> {
        crate::light::Light::found(folder.path(), trusted)
    }

    /// From now on whole blocks are kept in this folder, from the first on: they are fetched again. What waits in the outbox stays.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn keep_whole(folder: &DataFolder) -> Result<(), NodeError> {
        crate::light::keep_whole(folder.path())
    }

    /// Opens the ledger of a folder. Without a vote key it reads, and keeps what is submitted in the outbox.
    ///
    /// # Errors
    /// [`NodeError::NoLedger`], [`NodeError::Damaged`], [`NodeError::TooNew`].
    pub fn open(folder: &DataFolder, vote: Option<SecretKey>, clock: Arc<dyn Clock>) -> Result<Self, NodeError> {
        Self::open_with(folder, Options::new(vote, clock))
    }

    /// As [`Node::open`], with all that can be chosen.
    ///
    /// # Errors
    /// See [`Node::open`].
    pub fn open_with(folder: &DataFolder, options: Options) -> Result<Self, NodeError> {
        let path = folder.path().to_path_buf();
        let keeps_views = options.views;
        let mut driver = Driver::open(Parts {
            folder: path.clone(),
            vote: options.vote.map(Arc::new),
            clock: options.clock,
            probe: options.probe,
            patience: options.patience,
            follows: options.follows,
        })?;
        driver.confirm_pending()?;
        let carried = Carried::of(&path);
        if driver.light().is_some() {
            lend_again(&mut driver, &carried)?;
        }
        let genesis = driver.chain.genesis.clone();
        let shared = Arc::new(Shared::default());
        publish(&driver, &shared);
        let views = Arc::new(Views::open(&path)?);
        let backlog = Arc::new(AtomicUsize::new(0));
        let random = StdRng::from_seed(crate::random()?);
        let (work, work_in) = sync_channel(16);
        let (submissions, submissions_in) = channel();
        let (fold, nudges) = sync_channel(1);
        let mut threads = vec![
            spawn("check", {
                let (work, backlog) = (work.clone(), Arc::clone(&backlog));
                move || check_loop(random, &submissions_in, &work, &backlog)
            })?,
            spawn("drive", {
                let (shared, views) = (Arc::clone(&shared), keeps_views.then(|| Arc::clone(&views)));
                let started = Instant::now();
                move || {
                    let drive = Drive {
                        driver,
                        shared: &shared,
                        views: views.as_deref(),
                        fold: &fold,
                        asked: Asked::default(),
                        started,
                    };
                    drive.run(&work_in);
                }
            })?,
            spawn("fold", {
                let folder = path.clone();
                move || fold_loop(&folder, &nudges)
            })?,
        ];
        if keeps_views {
            let views = Arc::clone(&views);
            threads.push(spawn("views", move || views.follow())?);
        }
        Ok(Self {
            folder: path,
            genesis,
            submissions: Mutex::new(Some(submissions)),
            work,
            shared,
            readers: Mutex::new(Vec::new()),
            views,
            keeps_views,
            carried,
            backlog,
            threads: Mutex::new(threads),
        })
    }

    /// Height and round that is being decided with others; none where nothing is, or one validator decides alone.
    ///
    /// # Errors
    /// The node was stopped.
    pub fn deciding(&self) -> Result<Option<(u64, u32)>, NodeError> {
        self.ask(|driver| Ok(driver.deciding()))
    }

    /// How far other validators say they are; none where one decides alone.
    ///
    /// # Errors
    /// The node was stopped.
    pub fn others(&self) -> Result<Option<crate::Others>, NodeError> {
        self.ask(|driver| Ok(driver.others()))
    }

    /// From now on what validators say to each other goes out here, first of all what the outbox holds since the last stop. To be
    /// set once.
    ///
    /// # Errors
    /// The outbox cannot be read; the node was stopped.
    pub fn spread(&self, spread: Arc<dyn Spread>) -> Result<(), NodeError> {
        // A second one would be a second network for the same ledger: the first stays.
        let _set_already = self.shared.spread.set(spread);
        self.enqueue(Submission {
            records: self.outbox()?,
            origin: Origin::Brought,
        })
    }

    /// From now on a light node asks others here. To be set once.
    pub(crate) fn reach_by(&self, reach: Arc<dyn Reach>) {
        // A second one would be a second network for the same ledger: the first stays.
        let _set_already = self.shared.reach.set(reach);
    }

    /// Whom a light node asks; none where whole blocks are kept, or nobody can be reached.
    pub(crate) fn reach(&self) -> Option<&Arc<dyn Reach>> {
        self.shared.reach.get()
    }

    /// The evidence that is carried about.
    pub(crate) const fn carried(&self) -> &Carried {
        &self.carried
    }

    /// Another node said something to us as a validator.
    ///
    /// # Errors
    /// The node was stopped.
    pub fn hear(&self, from: PublicKey, said: Said) -> Result<(), NodeError> {
        match incoming(from, said) {
            Ok(submission) => self.enqueue(submission),
            Err(said) => self.work.send(Work::Said(from, *said)).map_err(|_| NodeError::Stopped),
        }
    }

    /// Takes records that their authors bring over the network, into the pool if they may wait there. Whoever brought them asks later
    /// what became of them.
    ///
    /// # Errors
    /// [`NodeError::Busy`] when too many wait to be looked at; the node was stopped.
    pub fn bring(&self, records: Vec<Record>) -> Result<(), NodeError> {
        if self.backlog.load(Ordering::Relaxed) + records.len() > BACKLOG {
            return Err(NodeError::Busy);
        }
        self.enqueue(Submission {
            records,
            origin: Origin::Brought,
        })
    }

    fn enqueue(&self, submission: Submission) -> Result<(), NodeError> {
        let submissions = lock(&self.submissions);
        let door = submissions.as_ref().ok_or(NodeError::Stopped)?;
        self.backlog.fetch_add(submission.records.len(), Ordering::Relaxed);
        door.send(submission).map_err(|_| NodeError::Stopped)
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
        self.enqueue(Submission {
            records,
            origin: Origin::Asked(answer),
        })?;
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

    /// What the views can show at this moment: the newest block's height; of a light node the number of its newest answer.
    fn to_show(&self) -> u64 {
        // A reader that fails is no reason to wait.
        let step = self.read(|store| store.light.then(|| store.step()).transpose());
        let head = || self.head().map_or(0, |head| head.height);
        step.ok().flatten().unwrap_or_else(head)
    }

    /// How many blocks the views show, of how many.
    #[must_use]
    pub fn views_progress(&self) -> (u64, u64) {
        (self.views.height(), self.to_show())
    }

    /// Waits until the views show the newest block of this moment.
    pub fn views_ready(&self) {
        if self.keeps_views {
            self.views.wait_for(self.to_show());
        }
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
