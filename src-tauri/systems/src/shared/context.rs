//! What the rules see and what they answer: data, never a handle, so a validator and a light node run the same rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger::{Hash, Party, Profile, Record, Subject, Time, ValidatorSet};
use serde::Serialize;

use super::goods::{Unit, Who};
use crate::State;

/// A rule that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{rule} at {field}")]
pub struct Violation {
    /// Code of the rule; [`crate::rules`] lists them all with reason and source.
    pub rule: &'static str,
    /// Path into the body (`packages.0.mark`), or the member of the record (`reads`); empty if none is to blame.
    pub field: String,
    /// What the wording of the rule fills in: `left`, `asked`, `unit` …
    pub values: BTreeMap<String, String>,
}

impl Violation {
    /// `rule` is not kept by `field`.
    pub(crate) fn new(rule: &'static str, field: impl Into<String>) -> Self {
        Self {
            rule,
            field: field.into(),
            values: BTreeMap::new(),
        }
    }

    /// With a value for the wording.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    /// Seen from the object that holds this one under `prefix`.
    pub(crate) fn inside(mut self, prefix: &str) -> Self {
        self.field = if self.field.is_empty() {
            prefix.to_owned()
        } else {
            format!("{prefix}.{}", self.field)
        };
        self
    }
}

/// Nothing if `kept`, else the violation.
pub(crate) fn demand(kept: bool, rule: &'static str, field: &str) -> Result<(), Violation> {
    if kept { Ok(()) } else { Err(Violation::new(rule, field)) }
}

/// A rule: its code, why there is one, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `system.what`.
    pub code: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Standard, law, requirement (R-number of the founding papers) or protocol section.
    pub source: &'static str,
}

/// How a record writes a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// The order does not matter, or the subject's own rules decide it: nobody can block another by it. Moves no turn. A
    /// subject owned by nobody (`gs1:`, `container:`, `tracking:`, `alliance:`) may come into being so.
    Commuting,
    /// Decides the subject's course: its author must have seen the subject's newest turn.
    Exclusive,
    /// The subject comes into being.
    Founds,
}

/// A subject written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which.
    pub subject: Subject,
    /// How.
    pub access: Access,
}

/// What a record writes, reads and refers to; each list sorted, nothing twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touches {
    /// Written, 1–64.
    pub writes: Vec<Write>,
    /// Read, 0–64, none of them written.
    pub reads: Vec<Subject>,
    /// Records answered, accepted, corrected, 0–64.
    pub refers: Vec<Hash>,
}

impl Touches {
    /// The subjects written, sorted: what `subjects` of the record must say.
    #[must_use]
    pub fn subjects(&self) -> Vec<Subject> {
        self.writes.iter().map(|write| write.subject.clone()).collect()
    }

    pub(crate) fn founds(&mut self, subject: Subject) {
        self.writes.push(Write {
            subject,
            access: Access::Founds,
        });
    }

    pub(crate) fn exclusive(&mut self, subject: &Subject) {
        self.writes.push(Write {
            subject: subject.clone(),
            access: Access::Exclusive,
        });
    }

    pub(crate) fn commuting(&mut self, subject: &Subject) {
        self.writes.push(Write {
            subject: subject.clone(),
            access: Access::Commuting,
        });
    }

    pub(crate) fn reads(&mut self, subject: &Subject) {
        self.reads.push(subject.clone());
    }

    /// Who is meant must be known here, so its subject is read; the author itself is at hand anyway.
    pub(crate) fn who(&mut self, who: &Who, author: &Party) {
        match who {
            Who::Party(party) if party == author => {}
            Who::Party(party) => self.reads.push(Subject::party(party)),
            Who::Partner(partner) => self.reads.push(partner.clone()),
        }
    }

    /// Sorts the lists and makes them lists without repeats; of two ways to write a subject the stronger stands.
    ///
    /// # Errors
    /// `shared.subjects-many` above 64 subjects (protocol section 3).
    pub(crate) fn finish(mut self) -> Result<Self, Violation> {
        self.writes
            .sort_by(|a, b| a.subject.cmp(&b.subject).then(b.access.cmp(&a.access)));
        self.writes.dedup_by(|next, kept| next.subject == kept.subject);
        self.reads.sort();
        self.reads.dedup();
        if !self.reads.is_empty() {
            let writes = &self.writes;
            self.reads
                .retain(|read| writes.binary_search_by(|write| write.subject.cmp(read)).is_err());
        }
        self.refers.sort();
        self.refers.dedup();
        let most = ledger::limits::SUBJECTS;
        if self.writes.len() > most || self.reads.len() > ledger::limits::READS {
            return Err(Violation::new("shared.subjects-many", "").with("most", most));
        }
        Ok(self)
    }
}

/// A subject as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What rules and strangers read.
    pub state: Arc<State>,
    /// How many records have written it, ≥ 1.
    pub count: u64,
    /// How often an exclusive record has moved it; its founding is not counted.
    pub turn: u64,
    /// Height of its last change.
    pub changed: u64,
}

/// Who governs the network at a height: what is fixed by the headers and not by any subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alliance {
    /// What the genesis document says.
    pub profile: Profile,
    /// The validators in force at the block's height.
    pub validators: ValidatorSet,
}

/// All that rules may look at: exactly the subjects written, those read, and those that decide whether the author may speak
/// ([`Spoken::standing`](crate::Spoken::standing)).
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Height of the block the record is to stand in.
    pub height: u64,
    /// Witnessed time of that block.
    pub time: Time,
    /// Who governs the network.
    pub alliance: &'a Alliance,
    /// The subjects that exist.
    pub entries: &'a BTreeMap<Subject, Entry>,
}

impl<'a> Context<'a> {
    /// The state of a subject, if there is one.
    pub(crate) fn state(&self, subject: &Subject) -> Option<&'a State> {
        self.entries.get(subject).map(|entry| entry.state.as_ref())
    }

    /// As [`Context::state`], and the subject must exist.
    pub(crate) fn existing(&self, subject: &Subject, field: &str) -> Result<&'a State, Violation> {
        self.state(subject)
            .ok_or_else(|| Violation::new("shared.no-such-subject", field).with("subject", subject))
    }

    /// Whether `author` is who is meant: that party itself, or the party the partner has been linked to.
    pub(crate) fn is(&self, author: &Party, who: &Who) -> bool {
        match who {
            Who::Party(party) => party == author,
            Who::Partner(partner) => self.state(partner).and_then(Facts::linked) == Some(*author),
        }
    }
}

/// Where a record stands when it is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<'a> {
    /// Height of its block.
    pub height: u64,
    /// Witnessed time of its block.
    pub time: Time,
    /// Who governs the network.
    pub alliance: &'a Alliance,
}

/// A committed record as views read it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The record.
    pub record: &'a Record,
    /// Its body.
    pub payload: &'a crate::Payload,
    /// Height of its block.
    pub height: u64,
    /// Witnessed time of its block.
    pub time: Time,
}

/// How views ask for the state of another subject.
pub type Lookup<'a> = dyn Fn(&Subject) -> Option<Arc<State>> + 'a;

/// What the rooms need of a signed record besides its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    /// RecordId.
    pub(crate) id: Hash,
    /// Who speaks.
    pub(crate) party: &'a Party,
    /// With which key.
    pub(crate) key: &'a ledger::PublicKey,
    /// On which ledger.
    pub(crate) network: Hash,
}

impl<'a> Said<'a> {
    pub(crate) fn of(record: &'a Record) -> Self {
        Self {
            id: record.id(),
            party: record.party(),
            key: record.key(),
            network: record.network(),
        }
    }
}

/// What a lot or item publishes to the other rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoodsFacts<'a> {
    /// A lot.
    Lot {
        /// Unit it is counted in.
        unit: Unit,
        /// Millionths of the unit that are neither used, packed nor singled out.
        left: i64,
        /// When it was made.
        made: Time,
        /// It was found never to have been made.
        void: bool,
    },
    /// A piece with its own number.
    Serial {
        /// The shipment it was last packed in.
        shipment: Option<&'a Subject>,
        /// When it was made.
        made: Time,
        /// It was found never to have been made.
        void: bool,
    },
}

/// What a shipment publishes to the other rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShipmentFacts<'a> {
    /// Its goods are at the consignee's.
    pub delivered: bool,
    /// Who receives.
    pub consignee: &'a Who,
}

/// Facts that a state publishes to other rooms; rooms never read each other's states.
pub trait Facts {
    /// The party a named partner has been linked to.
    fn linked(&self) -> Option<Party>;
    /// Of a lot or item.
    fn goods(&self) -> Option<GoodsFacts<'_>>;
    /// Of a shipment.
    fn shipment(&self) -> Option<ShipmentFacts<'_>>;
    /// How much of a lot or item a shipment still holds, in millionths of the unit.
    fn holds(&self, goods: &Subject) -> Option<i64>;
}

/// `lot` of `lot:did:key:…:L-1`; the scheme of a public code.
pub(crate) fn type_of(subject: &Subject) -> &str {
    subject.as_str().split(':').next().unwrap_or_default()
}

/// Whether `subject` is `type:party:…` of this party. Compares text: a subject's party is written in its one form.
pub(crate) fn owned_by(subject: &Subject, party: &Party) -> bool {
    subject.owner() == Some(*party)
}
