//! The threads behind the door: one checks signatures, one drives, one folds.

use crate::agreement::said::{Decided, Said};
use crate::agreement::{Action, Event, Now, To};
use crate::asked::{Asked, receipt_of};
use crate::chain::BLOCK_RECORDS;
use crate::driver::{Course, Driver};
use crate::error::{Halt, NodeError};
use crate::execute::{Candidate, violation};
use crate::node::Head;
use crate::receipt::{Answer, Outcome, Receipt};
use crate::store::LEDGER;
use crate::views::Views;
use ledger::{CommitCertificate, DoubleVote, Hash, Header, PublicKey, Record};
use rand::rngs::StdRng;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Records on their way in.
pub struct Submission {
    pub records: Vec<Record>,
    pub origin: Origin,
}

/// Who brings records, and what of them is wanted.
pub enum Origin {
    /// We ourselves, and wait for the answer.
    Asked(Sender<Answer>),
    /// Their author, over the network, who asks for the answer later.
    Brought,
    /// Another validator passes them on.
    Passed(PublicKey),
    /// They are a block that was decided.
    Decided {
        from: PublicKey,
        header: Box<Header>,
        certificate: Box<CommitCertificate>,
    },
}

/// Records whose signatures were checked.
pub struct Checked {
    /// In the order of submission; a bad signature stands as a violation.
    candidates: Vec<Result<Arc<Candidate>, Receipt>>,
    origin: Origin,
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
    Said(PublicKey, Said),
    Ask(Box<dyn FnOnce(&mut Driver) -> Told + Send>),
    Stop,
}

/// Where what is said to other nodes goes. Never waits.
pub trait Spread: Send + Sync {
    /// To all other validators, or to one node.
    fn say(&self, to: To, said: Said);
    /// A node did what nobody in good faith does.
    fn blame(&self, who: PublicKey, what: &'static str);
    /// A validator voted twice.
    fn offence(&self, proof: DoubleVote);
}

/// Whom a light node asks.
pub trait Reach: Send + Sync {
    /// Evidence about a subject, proved to be of our network.
    ///
    /// # Errors
    /// Nobody gives it.
    fn evidence(&self, subject: &ledger::Subject, openings: Vec<ledger::Opening>) -> Result<Vec<u8>, NodeError>;
}

/// What everybody may see of the driver.
#[derive(Default)]
pub struct Shared {
    /// Set once, where a light node can reach others.
    pub reach: OnceLock<Arc<dyn Reach>>,
    pub head: RwLock<Option<Head>>,
    pub halt: RwLock<Option<Halt>>,
    /// Set once, when other nodes can be reached.
    pub spread: OnceLock<Arc<dyn Spread>>,
}

/// Shows where the driver stands.
pub fn publish(driver: &Driver, shared: &Shared) {
    *shared.head.write().unwrap_or_else(PoisonError::into_inner) = driver.chain.head;
    *shared.halt.write().unwrap_or_else(PoisonError::into_inner) = driver.halt;
}

/// Signatures are checked so many at a time: beyond, the cost of each hardly falls, and what is worked with no longer fits into memory
/// that is at hand.
const VERIFY: usize = 1024;

/// Checks signatures, as many at a time as wait, while the driver works on the ones before.
pub fn check_loop(
    mut random: StdRng,
    submissions: &Receiver<Submission>,
    work: &SyncSender<Work>,
    backlog: &AtomicUsize,
) {
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
        backlog.fetch_sub(records.len(), Ordering::Relaxed);
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
            origin: submission.origin,
        });
        if work.send(Work::Group(checked.collect())).is_err() {
            return;
        }
    }
    // The driver may have gone already.
    let _gone = work.send(Work::Stop);
}

fn read(record: Record, good: bool) -> Result<Arc<Candidate>, Receipt> {
    if good {
        return Ok(Arc::new(Candidate::read(record)));
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
fn show(driver: &mut Driver, shared: &Shared, views: Option<&Views>) {
    publish(driver, shared);
    let fresh = driver.chain.fresh.drain(..);
    if let Some(views) = views {
        let height = match &driver.course {
            Course::Light(light) => light.step(),
            Course::Alone(_) | Course::Agreeing(_) => driver.chain.head.map_or(0, |head| head.height),
        };
        views.notice(height, fresh);
    }
}

/// Folds the write-ahead log into ledger.db whenever the driver has written a good deal, so that the driver need not.
///
/// What fails here is done, or said, by the driver's own folding, which starts when the log has grown further.
pub fn fold_loop(folder: &Path, nudges: &Receiver<()>) {
    let Ok(connection) = Connection::open(folder.join(LEDGER)) else {
        return;
    };
    // It folds when it is told to, and not because it ends.
    let _kept = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    while nudges.recv().is_ok() {
        let _folded_later = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }
}

/// So many bytes of records between two foldings: a page that many blocks change is written once for all of them.
const FOLD: usize = 24 << 20;

/// The driver's loop and what it looks at.
pub struct Drive<'a> {
    pub driver: Driver,
    pub shared: &'a Shared,
    /// None on a validator that nobody looks at.
    pub views: Option<&'a Views>,
    pub fold: &'a SyncSender<()>,
    pub asked: Asked,
    pub started: Instant,
}

impl Drive<'_> {
    /// Drives until told to stop.
    pub fn run(mut self, work: &Receiver<Work>) {
        let mut written = 0;
        loop {
            let rest = self.rest();
            let got = work.recv_timeout(rest);
            match got {
                Ok(Work::Group(group)) => {
                    written += group.iter().map(Checked::bytes).sum::<usize>();
                    self.group(group);
                    // If it is still folding the next nudge will do.
                    if written >= FOLD && self.fold.try_send(()).is_ok() {
                        written = 0;
                    }
                }
                Ok(Work::Said(from, said)) => self.event(Event::Said { from, said }),
                Ok(Work::Ask(ask)) => {
                    let answer = ask(&mut self.driver);
                    self.asked.settle(&std::mem::take(&mut self.driver.settled));
                    self.after();
                    answer();
                }
                Ok(Work::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if self.driver.agreement().is_some() => self.event(Event::Tick),
                Err(RecvTimeoutError::Timeout) => {
                    self.asked.give_up(self.now().millis);
                    self.flush();
                }
            }
        }
        // What is not written is derived again at the next start.
        let _derivable = self.driver.flush();
        if self.driver.halt != Some(Halt::Damaged) {
            // What is not folded in now is at the next start.
            let _later = self.driver.chain.store.fold_in();
        }
    }

    fn now(&self) -> Now {
        self.driver.now(self.started.elapsed())
    }

    fn rest(&self) -> Duration {
        let now = self.now();
        let Some(agreement) = self.driver.agreement() else {
            let given_up = Duration::from_millis(self.asked.next().saturating_sub(now.millis));
            return REST.min(given_up);
        };
        let wake = agreement.next_wake(&self.driver.chain, now).min(self.asked.next());
        Duration::from_millis(wake.saturating_sub(now.millis).min(1_000))
    }

    fn flush(&mut self) {
        if self.driver.flush().is_err() {
            self.driver.halt = Some(Halt::Damaged);
            publish(&self.driver, self.shared);
        }
    }

    /// After anything that may have moved the ledger.
    fn after(&mut self) {
        if self.driver.turn(self.now()).is_err() {
            self.driver.halt = Some(Halt::Damaged);
        }
        show(&mut self.driver, self.shared, self.views);
    }

    fn event(&mut self, event: Event) {
        let now = self.now();
        let height = self.driver.chain.height();
        let actions = self.driver.handle(now, event);
        if self.driver.chain.height() != height {
            // What cannot be read now is read at the next block.
            let _later = self.driver.refuse_lapsed();
            self.after();
        }
        for action in actions {
            self.carry_out(action);
        }
        self.asked.settle(&std::mem::take(&mut self.driver.settled));
        self.asked.give_up(now.millis);
    }

    fn carry_out(&mut self, action: Action) {
        let spread = self.shared.spread.get();
        match action {
            Action::Settled(outcomes) => self.asked.settle(&outcomes),
            Action::Say(to, said) => {
                if let Some(spread) = spread {
                    spread.say(to, said);
                }
            }
            Action::Offence(proof) => {
                if let Some(spread) = spread {
                    spread.offence(proof);
                }
            }
            Action::Blame(who, what) => {
                if let Some(spread) = spread {
                    spread.blame(who, what);
                }
            }
        }
    }

    fn group(&mut self, group: Vec<Checked>) {
        match self.driver.course {
            Course::Alone(_) => {
                let answers = confirm(&mut self.driver, group);
                self.after();
                answers.into_iter().for_each(|answer| answer());
            }
            Course::Agreeing(_) | Course::Light(_) => group.into_iter().for_each(|checked| self.take(checked)),
        }
    }

    /// Records for the pool, or for the outbox until others confirm them, or a block to take over.
    fn take(&mut self, checked: Checked) {
        let good = checked.candidates.iter().all(Result::is_ok);
        let candidates: Vec<Arc<Candidate>> = checked.candidates.iter().flatten().cloned().collect();
        match checked.origin {
            Origin::Asked(answer) => {
                let kept = self.driver.keep(&candidates);
                let receipts = checked.candidates.iter().map(|one| match one {
                    Ok(candidate) => receipt_of(&kept, candidate),
                    Err(receipt) => Some(receipt.clone()),
                });
                let ids = checked.candidates.iter().map(|one| match one {
                    Ok(candidate) => candidate.record.id(),
                    Err(receipt) => receipt.id,
                });
                let pairs: Vec<(Hash, Option<Receipt>)> = ids.zip(receipts).collect();
                match kept {
                    Ok(_) => self.asked.wait(pairs, answer, self.now().millis),
                    Err(error) => {
                        // Whoever asked may have gone.
                        let _gone = answer.send(Err(error));
                        return;
                    }
                }
                self.event(Event::Records { from: None, candidates });
            }
            Origin::Brought => self.event(Event::Records { from: None, candidates }),
            Origin::Passed(from) => self.event(Event::Records {
                from: Some(from),
                candidates,
            }),
            Origin::Decided {
                from,
                header,
                certificate,
            } => self.event(Event::Block {
                from,
                header,
                certificate: *certificate,
                candidates,
                good,
            }),
        }
    }
}

/// What was said, as the threads take it: records have their signatures checked first.
pub fn incoming(from: PublicKey, said: Said) -> Result<Submission, Box<Said>> {
    match said {
        Said::Records(records) => Ok(Submission {
            records,
            origin: Origin::Passed(from),
        }),
        Said::Block(decided) => {
            let Decided {
                header,
                certificate,
                records,
            } = *decided;
            let (header, certificate) = (Box::new(header), Box::new(certificate));
            Ok(Submission {
                records,
                origin: Origin::Decided {
                    from,
                    header,
                    certificate,
                },
            })
        }
        other => Err(Box::new(other)),
    }
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
        askers.push((receipts, checked.origin));
    }
    let mut outcomes = driver.submit(&candidates).map(Vec::into_iter);
    let mut answers: Vec<Box<dyn FnOnce()>> = Vec::with_capacity(askers.len());
    for (receipts, origin) in askers {
        let answer = match &mut outcomes {
            Ok(outcomes) => Ok(receipts.into_iter().map(|one| receipt(one, outcomes)).collect()),
            Err(error) => Err(again(error)),
        };
        if let Origin::Asked(asker) = origin {
            answers.push(Box::new(move || {
                // Whoever submitted may have gone; the record stands all the same.
                let _gone = asker.send(answer);
            }));
        }
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
