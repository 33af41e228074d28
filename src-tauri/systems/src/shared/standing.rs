//! Small pieces that several states hold.

use super::goods::{Place, Who};
use ledger::{Hash, Party, Subject, SubjectParts};
use serde::{Deserialize, Serialize};

/// A place as states keep it: enough to compare and to recognise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// GLN, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gln: Option<String>,
    /// UN/LOCODE, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locode: Option<String>,
    /// Name.
    pub name: String,
}

impl Spot {
    /// What states keep of a place.
    pub(crate) fn of(place: &Place) -> Self {
        Self {
            gln: place.gln.clone(),
            locode: place.locode.clone(),
            name: place.name.clone(),
        }
    }

    /// Whether both may be one place: a code both have decides; without one nobody can say that they differ.
    pub(crate) fn may_be(&self, place: &Place) -> bool {
        match ((&self.gln, &place.gln), (&self.locode, &place.locode)) {
            ((Some(a), Some(b)), _) | (_, (Some(a), Some(b))) => a == b,
            _ => true,
        }
    }

    /// Whether both are one place: a code both have decides, else the name.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match ((&self.gln, &other.gln), (&self.locode, &other.locode)) {
            ((Some(a), Some(b)), _) | (_, (Some(a), Some(b))) => a == b,
            _ => self.name == other.name,
        }
    }
}

/// Something entered on behalf of another, which that one has not confirmed: single-sourced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Awaiting {
    /// The record.
    pub record: Hash,
    /// Who could confirm it.
    pub who: Who,
}

/// The subject under which somebody is found.
pub(crate) fn subject_of(who: &Who) -> Subject {
    match who {
        Who::Party(party) => Subject::party(party),
        Who::Partner(partner) => partner.clone(),
    }
}

/// Whether who is meant is this very party by its own key.
pub(crate) fn is_party(who: &Who, party: &Party) -> bool {
    matches!(who, Who::Party(meant) if meant == party)
}

/// Adds a link, keeping the list sorted and without repeats.
pub(crate) fn link(links: &mut Vec<Subject>, subject: Subject) {
    if let Err(place) = links.binary_search(&subject) {
        links.insert(place, subject);
    }
}

/// The owner's own number for a subject, or the code, without percent-encoding.
pub(crate) fn number(subject: &Subject) -> String {
    ledger::ids::decode(match subject.parts() {
        SubjectParts::Owned { local, .. } => local,
        SubjectParts::Code { code, .. } => code,
    })
}

/// The owner's did:key; empty for a public code.
pub(crate) fn owner(subject: &Subject) -> String {
    subject.owner().map(|party| party.to_string()).unwrap_or_default()
}
