//! What is made of another firm's records: kept beside ours in the outbox, refused, put off until more is known, or shown to a person.

use super::message::NotKept;
use crate::chain::Judged;
use crate::driver::Driver;
use crate::error::NodeError;
use crate::execute::{Candidate, violation};
use crate::store::Store;
use ledger::{Hash, Party, PublicKey, Record, Subject, Time};
use std::collections::BTreeSet;
use systems::{Entry, Violation};

/// Records of others in the outbox, at most: more come when those are confirmed.
const THEIRS: usize = 1_024;
/// Records that contradict ours, at most, of one node: one that contradicts without end leaves room for the others.
const RIVALS: usize = 64;

/// What came of a message's records.
#[derive(Debug, Default)]
pub struct Taken {
    /// Kept here, now or before, or confirmed.
    pub have: Vec<Hash>,
    /// Not kept.
    pub not_kept: Vec<NotKept>,
    /// To be known first.
    pub wanted: BTreeSet<Subject>,
    /// Whether anything is other than before.
    pub news: bool,
}

/// Who hands records over.
pub struct From {
    /// Their firm.
    pub party: Party,
    /// Their node.
    pub node: PublicKey,
}

fn not_kept(record: &Record, against: Vec<Hash>, why: Violation) -> NotKept {
    NotKept {
        against,
        field: why.field,
        id: record.id(),
        rule: why.rule.to_owned(),
        values: why.values,
    }
}

/// What needs no rule to be known of a record, or none where the rules have to be asked.
fn known(
    store: &Store,
    from: &From,
    record: &Record,
    theirs: usize,
) -> Result<Option<Result<(), Violation>>, NodeError> {
    let id = record.id();
    if store.record_number(&id)?.is_some() || store.is_pending(&id)? {
        return Ok(Some(Ok(())));
    }
    let refused = |rule, field, value: String| Ok(Some(Err(violation(rule, field, &value))));
    if *record.party() != from.party {
        return refused("exchange.not-theirs", "party", record.party().to_string());
    }
    if theirs >= THEIRS {
        return refused("exchange.full", "", THEIRS.to_string());
    }
    Ok(None)
}

/// Judges records, whose signatures are good, on top of what waits here, and keeps what may stand there.
///
/// # Errors
/// Storage; then nothing of them is kept.
pub fn take_over(driver: &mut Driver, from: &From, records: Vec<Candidate>) -> Result<Taken, NodeError> {
    let now = driver.time();
    let mut taken = Taken::default();
    let mut unknown = Vec::new();
    let theirs = |record: &&Record| *record.party() == from.party;
    let mut count = driver.chain.store.pending()?.iter().filter(theirs).count();
    let mut seen = BTreeSet::new();
    // What is said twice in one message is judged once.
    for candidate in records.into_iter().filter(|one| seen.insert(one.record.id())) {
        match known(&driver.chain.store, from, &candidate.record, count)? {
            Some(Ok(())) => taken.have.push(candidate.record.id()),
            Some(Err(why)) => taken.not_kept.push(not_kept(&candidate.record, Vec::new(), why)),
            None => {
                count += 1;
                unknown.push(candidate);
            }
        }
    }
    if unknown.is_empty() {
        return Ok(taken);
    }
    driver.chain.store.begin()?;
    let rivals = driver.chain.store.rivals();
    let judged = rivals.and_then(|rivals| {
        let theirs = rivals.iter().filter(|rival| rival.node == from.node);
        let mut known: BTreeSet<Hash> = theirs.map(|rival| rival.record.id()).collect();
        driver.chain.judge_waiting(now, &unknown, |store, candidate, judged| {
            let record = &candidate.record;
            match judged {
                Judged::Good => {
                    store.save_pending(record)?;
                    store.forget_rival(&record.id())?;
                    taken.have.push(record.id());
                    taken.news = true;
                }
                Judged::Bad { missing, violation, .. } if !missing.is_empty() && is_about_absence(&violation) => {
                    taken.wanted.extend(missing);
                }
                Judged::Bad { against, violation, .. } => {
                    if let Some(first) = against.first()
                        && known.len() < RIVALS
                        && known.insert(record.id())
                    {
                        store.save_rival(record, &from.node, first, now)?;
                        taken.news = true;
                    }
                    taken.not_kept.push(not_kept(record, against, violation));
                }
            }
            Ok(())
        })
    });
    match judged {
        Ok(()) => driver.chain.store.commit()?,
        Err(error) => {
            driver.chain.store.roll_back()?;
            return Err(error);
        }
    }
    Ok(taken)
}

/// Whether what is missing here may be all that is wrong.
fn is_about_absence(violation: &Violation) -> bool {
    matches!(violation.rule, "shared.no-such-subject" | "shared.stale")
}

/// The other node keeps these of our outbox, or does not.
///
/// # Errors
/// Storage.
pub fn note_held(driver: &Driver, node: &PublicKey, have: &[Hash], now: Time) -> Result<bool, NodeError> {
    let store = &driver.chain.store;
    let held = store.held()?;
    let mut news = false;
    store.begin()?;
    for id in have {
        let new = store.is_pending(id)? && !held.iter().any(|(known, by, _)| known == id && by == node);
        if new {
            store.save_held(id, node, now)?;
            news = true;
        }
    }
    store.commit()?;
    Ok(news)
}

/// Subjects as evidence proves them, where the ledger here is not as far.
///
/// # Errors
/// A state is of a form that is newer than this program.
pub fn lend(driver: &mut Driver, evidence: &[ledger::Evidence]) -> Result<(), NodeError> {
    for file in evidence {
        for shown in &file.subjects {
            let Some((value, state)) = &shown.present else { continue };
            let entry = Entry {
                state: std::sync::Arc::new(crate::light::read_state(&shown.subject, state.bytes())?),
                count: value.count,
                turn: value.turn,
                changed: value.changed,
            };
            driver.chain.lend(shown.subject.clone(), entry);
        }
    }
    Ok(())
}
