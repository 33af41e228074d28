//! What people see of parties.

use super::records::{Holder, Profile};
use super::state::Mandate;
use crate::shared::context::{Entry, Told};
use crate::{Payload, State};
use ledger::Subject;
use serde::Serialize;
use ts_rs::TS;

/// A party or partner as the screens show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PartyView {
    /// `party:…:self` or `partner:…`.
    pub subject: String,
    /// The did:key, when it has one (for a partner: once linked).
    pub party: Option<String>,
    /// Profile.
    pub profile: Profile,
    /// Keys that may speak for it, oldest first; empty for a partner.
    pub mandates: Vec<MandateView>,
}

/// One mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MandateView {
    /// did:key.
    pub key: String,
    /// What people call it; empty for root keys and recovery kits.
    pub label: String,
    /// Clerk, device or recovery kit; none for a root key.
    pub holder: Option<Holder>,
    /// Kinds it may sign.
    pub kinds: Vec<String>,
    /// Height of the record that granted it.
    #[ts(type = "number")]
    pub from: u64,
    /// Witnessed time until which it is good.
    pub until: Option<String>,
    /// Height from which on it is revoked.
    #[ts(type = "number | null")]
    pub revoked: Option<u64>,
    /// Records it signed since then are suspect.
    pub suspected_since: Option<String>,
}

/// The view of a party or partner from its state and its records, oldest first; `None` when neither says who it is.
#[must_use]
pub fn party(subject: &Subject, entry: &Entry, told: &[Told<'_>]) -> Option<PartyView> {
    let profile = told.iter().rev().find_map(|told| match told.payload {
        Payload::Registered(record) => Some(&record.profile),
        Payload::Updated(record) => Some(&record.profile),
        Payload::PartnerNamed(record) => Some(&record.profile),
        _ => None,
    })?;
    let (party, mandates) = match entry.state.as_ref() {
        State::Party(party) => (subject.owner(), party.keys.iter().map(mandate).collect()),
        State::Partner(partner) => (partner.linked, Vec::new()),
        _ => return None,
    };
    let party = party.map(|party| party.to_string());
    Some(PartyView {
        subject: subject.to_string(),
        party,
        profile: profile.clone(),
        mandates,
    })
}

fn mandate(mandate: &Mandate) -> MandateView {
    MandateView {
        key: mandate.key.to_string(),
        label: mandate.label.clone(),
        holder: mandate.holder,
        kinds: mandate.kinds.clone(),
        from: mandate.from,
        until: mandate.until.map(|until| until.to_string()),
        revoked: mandate.revoked,
        suspected_since: mandate.suspected_since.map(|since| since.to_string()),
    }
}
