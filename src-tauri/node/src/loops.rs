//! The two threads behind the door: one checks signatures, one drives.

use crate::driver::{BLOCK_RECORDS, Driver};
use crate::error::{Halt, NodeError};
use crate::execute::{Candidate, violation};
use crate::node::Head;
use crate::receipt::{Answer, Outcome, Receipt};
use crate::store::LEDGER;
use crate::views::Views;
use ledger::{Hash, Record};
use rand::rngs::StdRng;
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// Records on their way in.
pub struct Submission {
    pub records: Vec<Record>,
    pub answer: Sender<Answer>,
}

/// Records whose signatures were checked.
pub struct Checked {
    /// In the order of submission; a bad signature stands as a violation.
    candidates: Vec<Result<Candidate, Receipt>>,
    answer: Sender<Answer>,
}

impl Checked {
    fn bytes(&self) -> usize {
        let candidates = self.candidates.iter().flatten();
        candidates.map(|candidate| candidate.record.bytes().len()).sum()
    }
}

/// What is to be said once everybody can see where the driver stands.
pub type Told = Box<dyn FnOnce() + Send>;

/// What the driver is given to do.
pub enum Work {
    Group(Vec<Checked>),
    Ask(Box<dyn FnOnce(&mut Driver) -> Told + Send>),
    Stop,
}

/// What everybody may see of the driver.
#[derive(Default)]
pub struct Shared {
    pub head: RwLock<Option<Head>>,
    pub halt: RwLock<Option<Halt>>,
}

/// Shows where the driver stands.
pub fn publish(driver: &Driver, shared: &Shared) {
    *shared.head.write().unwrap_or_else(PoisonError::into_inner) = driver.head;
    *shared.halt.write().unwrap_or_else(PoisonError::into_inner) = driver.halt;
}

/// Signatures are checked so many at a time: beyond, the cost of each hardly falls, and one bad signature has all asked singly.
const VERIFY: usize = 512;

/// Checks signatures, as many at a time as wait, while the driver works on the ones before.
pub fn check_loop(mut random: StdRng, submissions: &Receiver<Submission>, work: &SyncSender<Work>) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| submissions.recv().ok()) {
        let mut count = first.records.len();
        let mut group = vec![first];
        // What would not fit into one block waits for the next: a block costs the same saves however small it is.
        while let Ok(submission) = submissions.try_recv() {
            count += submission.records.len();
            if count > BLOCK_RECORDS {
                next = Some(submission);
                break;
            }
            group.push(submission);
        }
        let records: Vec<Record> = group
            .iter()
            .flat_map(|submission| submission.records.iter().cloned())
            .collect();
        let mut good = records
            .chunks(VERIFY)
            .flat_map(|some| ledger::record::verify_batch(some, &mut random))
            .collect::<Vec<_>>()
            .into_iter();
        let checked = group.into_iter().map(|submission| Checked {
            candidates: submission
                .records
                .into_iter()
                .map(|record| read(record, good.next() == Some(true)))
                .collect(),
            answer: submission.answer,
        });
        if work.send(Work::Group(checked.collect())).is_err() {
            return;
        }
    }
    // The driver may have gone already.
    let _gone = work.send(Work::Stop);
}

fn read(record: Record, good: bool) -> Result<Candidate, Receipt> {
    if good {
        return Ok(Candidate::read(record));
    }
    let outcome = Outcome::Refused(violation(
        "node.bad-signature",
        "proof.proofValue",
        &record.id().to_string(),
    ));
    Err(Receipt {
        id: record.id(),
        outcome,
    })
}

/// How long the driver rests before it writes what it keeps back.
const REST: Duration = Duration::from_secs(2);

/// Shows where the driver stands, and hands what its newest blocks changed to the views.
fn show(driver: &mut Driver, shared: &Shared, views: &Views) {
    publish(driver, shared);
    views.notice(driver.head.map_or(0, |head| head.height), driver.fresh.drain(..));
}

/// Folds the write-ahead log into ledger.db whenever the driver has written a good deal, so that the driver need not.
///
/// What fails here is done, or said, by the driver's own folding, which starts when the log has grown further.
pub fn fold_loop(folder: &Path, nudges: &Receiver<()>) {
    let Ok(connection) = Connection::open(folder.join(LEDGER)) else {
        return;
    };
    while nudges.recv().is_ok() {
        let _folded_later = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }
}

/// So many bytes of records between two foldings.
const FOLD: usize = 12 << 20;

/// Drives until told to stop.
pub fn drive_loop(mut driver: Driver, work: &Receiver<Work>, shared: &Shared, views: &Views, fold: &SyncSender<()>) {
    let mut written = 0;
    loop {
        match work.recv_timeout(REST) {
            Ok(Work::Group(group)) => {
                written += group.iter().map(Checked::bytes).sum::<usize>();
                let answers = confirm(&mut driver, group);
                show(&mut driver, shared, views);
                answers.into_iter().for_each(|answer| answer());
                // If it is still folding the next nudge will do.
                if written >= FOLD && fold.try_send(()).is_ok() {
                    written = 0;
                }
            }
            Ok(Work::Ask(ask)) => {
                let answer = ask(&mut driver);
                show(&mut driver, shared, views);
                answer();
            }
            Ok(Work::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                if driver.flush().is_err() {
                    driver.halt = Some(Halt::Damaged);
                    publish(&driver, shared);
                }
            }
        }
    }
    // What is not written is derived again at the next start.
    let _derivable = driver.flush();
}

/// Confirms a group in one go; gives what is to be said to each submitter, to be said when the new head is known.
fn confirm(driver: &mut Driver, group: Vec<Checked>) -> Vec<Box<dyn FnOnce()>> {
    let mut candidates = Vec::with_capacity(group.iter().map(|checked| checked.candidates.len()).sum());
    let mut askers = Vec::with_capacity(group.len());
    for checked in group {
        let receipts: Vec<Result<Hash, Receipt>> = checked
            .candidates
            .into_iter()
            .map(|one| {
                one.map(|candidate| {
                    let id = candidate.record.id();
                    candidates.push(candidate);
                    id
                })
            })
            .collect();
        askers.push((receipts, checked.answer));
    }
    let mut outcomes = driver.submit(&candidates).map(Vec::into_iter);
    let mut answers: Vec<Box<dyn FnOnce()>> = Vec::with_capacity(askers.len());
    for (receipts, asker) in askers {
        let answer = match &mut outcomes {
            Ok(outcomes) => Ok(receipts.into_iter().map(|one| receipt(one, outcomes)).collect()),
            Err(error) => Err(again(error)),
        };
        answers.push(Box::new(move || {
            // Whoever submitted may have gone; the record stands all the same.
            let _gone = asker.send(answer);
        }));
    }
    answers
}

fn receipt(one: Result<Hash, Receipt>, outcomes: &mut impl Iterator<Item = Outcome>) -> Receipt {
    one.map_or_else(
        |receipt| receipt,
        |id| Receipt {
            id,
            outcome: outcomes.next().unwrap_or(Outcome::Signed),
        },
    )
}

/// The same error for each of many.
fn again(error: &NodeError) -> NodeError {
    match error {
        NodeError::DiskFull => NodeError::DiskFull,
        NodeError::Damaged { file, what } => NodeError::Damaged {
            file,
            what: what.clone(),
        },
        NodeError::Halted(halt) => NodeError::Halted(*halt),
        NodeError::Io { what, source } => NodeError::Io {
            what: what.clone(),
            source: source.kind().into(),
        },
        other => NodeError::Unknown(other.to_string()),
    }
}
