//! From what a user says to the bytes that get signed.

use crate::error::UserError;
use crate::firm::{Acting, Firm};
use ledger::{Commitment, Hash, Opening, Party, Record, RecordDraft, SecretKey, Subject, Time};
use node::Keystore;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::MutexGuard;
use systems::parties::records::{Profile, Registered};
use systems::{Access, Payload, Violation};

/// How long a signed record may wait for its block: a week, because an office may be offline that long (at most 30 days,
/// protocol section 3).
const WAITS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A field that only those see whom it is opened to: name and value.
pub(crate) type Private = (String, Value);

/// What opens the private fields of a record that is not signed yet: name, salt, value.
pub(crate) type Salted = Vec<(String, Hash, Value)>;

/// Drafts of records that will be submitted in this order; each knows how those before it move their subjects.
pub(crate) struct Composer<'a> {
    firm: &'a Firm,
    turns: BTreeMap<Subject, u64>,
}

impl<'a> Composer<'a> {
    /// On the ledger as it stands.
    pub(crate) fn new(firm: &'a Firm) -> Self {
        Self {
            firm,
            turns: BTreeMap::new(),
        }
    }

    /// The record in which `party` says `payload`, claimed now by the ledger's clock.
    pub(crate) fn draft(&mut self, party: &Party, payload: &Payload) -> Result<RecordDraft, UserError> {
        self.draft_at(party, payload, self.firm.clock.now())
    }

    /// The record in which `party` says `payload`, claimed at `claimed`.
    pub(crate) fn draft_at(
        &mut self,
        party: &Party,
        payload: &Payload,
        claimed: Time,
    ) -> Result<RecordDraft, UserError> {
        let touches = payload.touches(party)?;
        let mut seen = BTreeMap::new();
        for write in &touches.writes {
            match write.access {
                Access::Commuting => {}
                Access::Founds => {
                    self.turns.insert(write.subject.clone(), 0);
                }
                Access::Exclusive => {
                    let turn = self.turn(&write.subject)?;
                    seen.insert(write.subject.clone(), turn);
                    self.turns.insert(write.subject.clone(), turn.saturating_add(1));
                }
            }
        }
        Ok(RecordDraft {
            network: self.firm.node.network(),
            kind: payload.kind(),
            party: *party,
            subjects: touches.subjects(),
            reads: touches.reads,
            seen,
            refers: touches.refers,
            claimed,
            until: claimed.plus_millis(WAITS),
            nonce: node::random()?,
            body: payload.body(),
            commits: Vec::new(),
        })
    }

    fn turn(&self, subject: &Subject) -> Result<u64, UserError> {
        match self.turns.get(subject) {
            Some(turn) => Ok(*turn),
            None => Ok(self.firm.node.expected(subject)?.map_or(0, |entry| entry.turn)),
        }
    }
}

/// Commits the draft to private fields; what opens them is given back and must be kept with the record's id.
pub(crate) fn conceal(draft: &mut RecordDraft, fields: &[Private]) -> Result<Salted, UserError> {
    let mut salted = Salted::with_capacity(fields.len());
    for (name, value) in fields {
        let salt = Hash(node::random::<32>()?);
        let commitment = Commitment::to(name, value, &salt)
            .map_err(|error| UserError::new("bad-text").at(name).with("what", error))?;
        draft.commits.push(commitment);
        salted.push((name.clone(), salt, value.clone()));
    }
    Ok(salted)
}

/// The openings of a signed record.
pub(crate) fn openings(record: Hash, salted: Salted) -> Vec<Opening> {
    salted
        .into_iter()
        .map(|(name, salt, value)| Opening {
            name,
            record,
            salt,
            value,
        })
        .collect()
}

/// The key file, open at the key of who speaks; others wait for it meanwhile.
pub(crate) struct Signer<'a> {
    keys: MutexGuard<'a, Option<Keystore>>,
    name: String,
}

impl<'a> Signer<'a> {
    /// The key of the party that speaks.
    pub(crate) fn of(firm: &'a Firm, acting: &Acting) -> Self {
        Self {
            keys: firm.keys(),
            name: acting.key.clone(),
        }
    }

    /// The key itself.
    pub(crate) fn key(&self) -> Result<&SecretKey, UserError> {
        let keys = self.keys.as_ref().ok_or_else(|| UserError::new("locked"))?;
        keys.get(&self.name).ok_or_else(|| UserError::new("no-key"))
    }

    /// Signs a draft.
    pub(crate) fn sign(&self, draft: RecordDraft) -> Result<Record, UserError> {
        draft
            .sign(self.key()?)
            .map_err(|error| UserError::new("bad-record").with("what", error))
    }
}

/// Checks the form of a profile before a ledger is founded for it.
pub(crate) fn check_profile(profile: &Profile) -> Result<(), UserError> {
    let anybody = SecretKey::from_seed(&node::random()?).public();
    Payload::Registered(Registered {
        profile: profile.clone(),
    })
    .touches(&Party::of(anybody))?;
    Ok(())
}

impl From<Violation> for UserError {
    fn from(violation: Violation) -> Self {
        let field = (!violation.field.is_empty()).then_some(violation.field);
        Self {
            code: violation.rule.to_owned(),
            field,
            values: violation.values,
            retry: false,
        }
    }
}
