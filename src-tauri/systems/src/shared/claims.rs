//! Public codes (`gs1:`, `container:`, `tracking:`): owned by nobody, so anybody may claim one, and a second claim shows.

use ledger::{Party, Subject};
use serde::{Deserialize, Serialize};

/// Claims a state keeps: the first ones, because a copied label comes later than the true one. Further ones are counted.
const KEPT: usize = 24;

/// What is known of a public code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeState {
    /// Who says the code is on what, in order, the first 24.
    pub claims: Vec<Claim>,
    /// A code depends on nothing: it may not be made to drag strangers' goods into evidence.
    pub links: Vec<Subject>,
    /// How many claims came after those.
    pub more: u64,
}

/// A party says that a code is on one of its subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Who.
    pub party: Party,
    /// On what.
    pub subject: Subject,
}

impl CodeState {
    /// With one more claim.
    #[must_use]
    pub(crate) fn claimed(&self, party: &Party, subject: Subject) -> Self {
        let mut next = self.clone();
        let claim = Claim { party: *party, subject };
        if next.claims.contains(&claim) {
            return next;
        }
        if next.claims.len() < KEPT {
            next.claims.push(claim);
        } else {
            next.more = next.more.saturating_add(1);
        }
        next
    }

    /// How many parties claim it; with more than 24 claims at least so many.
    #[must_use]
    pub fn parties(&self) -> u64 {
        let mut parties: Vec<&Party> = self.claims.iter().map(|claim| &claim.party).collect();
        parties.sort();
        parties.dedup();
        u64::try_from(parties.len())
            .unwrap_or(u64::MAX)
            .saturating_add(self.more)
    }
}
