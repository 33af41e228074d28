//! What a verifier says about an evidence file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Evidence;
use super::checks::{self, AllPassed, Demand, Failed};
use crate::anchor::Anchor;
use crate::hash::Hash;
use crate::ids::{Party, Time};
use crate::limits::EVIDENCE_BYTES;
use crate::validators::Clock;

/// What the verifier trusts before it opens the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// No network: the best answer is *consistent*.
    Nothing,
    /// This network and no other.
    Expect(Anchor),
    /// These networks; the file may be of another.
    Pinned(Vec<Anchor>),
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All checks passed and a trusted anchor has this network.
    Accepted,
    /// A check failed.
    Refused,
    /// Nothing to check: empty, too long, or not a JSON object.
    Unreadable,
    /// All checks passed, network unknown.
    Consistent,
}

impl Verdict {
    /// The exit code of a program that verifies.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Refused => 1,
            Self::Unreadable => 2,
            Self::Consistent => 3,
        }
    }
}

/// One check that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name in section 10.
    pub name: &'static str,
    /// Whether the file passed.
    pub passed: bool,
    /// Why not, in English.
    pub reason: Option<String>,
}

/// The head of the ledger that the file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// Height of the head.
    pub height: u64,
    /// Witnessed time of the head.
    pub time: Time,
}

/// What is not proved, whatever the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotProved {
    /// A signature shows who speaks, not that it is so.
    SignedIsNotTrue,
    /// Whoever founds a ledger can call himself anything.
    NetworkUnknown,
    /// All validators of a block with a record of what is asked about are authors of it.
    OrderAndTimeOwnWord,
    /// The network's clock is set by hand.
    SimulatedClock,
    /// Nothing is said about what came after.
    LaterThanAsOf,
    /// Nothing was ever recorded about the subject up to then.
    NotRecorded,
}

/// The whole answer. Made only by [`verify`]: *accepted* and *consistent* cannot be had without passing every check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    verdict: Verdict,
    network: Option<String>,
    as_of: Option<AsOf>,
    first_failed: Option<&'static str>,
    checks: Vec<Check>,
    not_proved: Vec<NotProved>,
}

/// Checks an evidence file. `not_before` is the least height its head must have, if the verifier demands one.
#[must_use]
pub fn verify(bytes: &[u8], trust: &Trust, not_before: Option<u64>) -> Report {
    let readable =
        (1..=EVIDENCE_BYTES).contains(&bytes.len()) && (bytes.first() == Some(&b'{') || bytes.last() == Some(&b'}'));
    if !readable {
        return Report::unreadable();
    }
    match checks::run(bytes, &Demand { trust, not_before }) {
        Ok((file, passed)) => Report::passed(&file, &passed, trust),
        Err(failed) => Report::refused(failed),
    }
}

fn passed_checks(names: &[&'static str]) -> Vec<Check> {
    names
        .iter()
        .map(|name| Check {
            name,
            passed: true,
            reason: None,
        })
        .collect()
}

fn as_of(file: &Evidence) -> AsOf {
    AsOf {
        height: file.head.height,
        time: file.head.time,
    }
}

impl Report {
    fn unreadable() -> Self {
        Self {
            verdict: Verdict::Unreadable,
            network: None,
            as_of: None,
            first_failed: None,
            checks: Vec::new(),
            not_proved: Vec::new(),
        }
    }

    fn refused(failed: Failed) -> Self {
        // Before check 6 nobody has vouched for the head, so neither do we.
        let vouched = failed.passed.contains(&"quorum");
        let mut checks = passed_checks(&failed.passed);
        checks.push(Check {
            name: failed.name,
            passed: false,
            reason: Some(failed.reason),
        });
        Self {
            verdict: Verdict::Refused,
            network: None,
            as_of: failed.file.as_deref().filter(|_| vouched).map(as_of),
            first_failed: Some(failed.name),
            checks,
            not_proved: Vec::new(),
        }
    }

    fn passed(all: &AllPassed, names: &[&'static str], trust: &Trust) -> Self {
        let file = all.file();
        let network: Hash = file.head.network;
        let known = match trust {
            Trust::Nothing => false,
            Trust::Expect(anchor) => anchor.network() == network,
            Trust::Pinned(anchors) => anchors.iter().any(|anchor| anchor.network() == network),
        };
        Self {
            verdict: if known { Verdict::Accepted } else { Verdict::Consistent },
            network: known.then(|| file.genesis.name().to_owned()),
            as_of: Some(as_of(file)),
            first_failed: None,
            checks: passed_checks(names),
            not_proved: not_proved(file, known),
        }
    }

    /// The answer in one word.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The network's name, if accepted.
    #[must_use]
    pub fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    /// The head, unless refused before the commit certificate was found good.
    #[must_use]
    pub const fn as_of(&self) -> Option<AsOf> {
        self.as_of
    }

    /// The check that failed.
    #[must_use]
    pub const fn first_failed(&self) -> Option<&'static str> {
        self.first_failed
    }

    /// The checks that were run, in order.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// What is not proved; empty when refused.
    #[must_use]
    pub fn not_proved(&self) -> &[NotProved] {
        &self.not_proved
    }
}

fn not_proved(file: &Evidence, known: bool) -> Vec<NotProved> {
    let of_about = || {
        let records = file.records.iter();
        records.filter(|shown| shown.record.subjects().contains(&file.about))
    };
    let authors: BTreeSet<Party> = of_about().map(|shown| *shown.record.party()).collect();
    let own_word = of_about().any(|shown| {
        let validators = file.validators(shown.height).validators();
        validators.iter().all(|validator| authors.contains(&validator.party))
    });
    let absent = file
        .subjects
        .iter()
        .any(|shown| shown.subject == file.about && shown.present.is_none());
    [
        (true, NotProved::SignedIsNotTrue),
        (!known, NotProved::NetworkUnknown),
        (own_word, NotProved::OrderAndTimeOwnWord),
        (file.genesis.clock() == Clock::Simulated, NotProved::SimulatedClock),
        (true, NotProved::LaterThanAsOf),
        (absent, NotProved::NotRecorded),
    ]
    .into_iter()
    .filter_map(|(applies, code)| applies.then_some(code))
    .collect()
}
