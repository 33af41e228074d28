//! The form each record on the alliance must have, and what it touches.

use super::records::{DoubleVoted, MemberVoted, ValidatorsProposed, ValidatorsVoted};
use crate::shared::check;
use crate::shared::context::{Touches, Violation};
use crate::shared::statement::Statement;
use ledger::{Party, Subject};

/// Most keys one proposal may change.
pub(crate) const CHANGES: usize = 8;

impl Statement for MemberVoted {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.reason, 1, 200, "reason")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&Subject::member(&self.party));
        Ok(())
    }
}

impl Statement for ValidatorsProposed {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.reason, 1, 200, "reason")?;
        check::list(&self.changes, 1, CHANGES, "changes")?;
        let keys: Vec<_> = self.changes.iter().map(|change| change.key).collect();
        check::sorted(&keys, "changes")?;
        for (i, change) in self.changes.iter().enumerate() {
            let weight = i64::try_from(change.weight).unwrap_or(i64::MAX);
            let most = i64::try_from(ledger::limits::WEIGHT).unwrap_or(i64::MAX);
            check::range(weight, 0, most, &format!("changes.{i}.weight"))?;
        }
        Ok(())
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&Subject::validators());
        Ok(())
    }
}

impl Statement for ValidatorsVoted {
    fn validate(&self) -> Result<(), Violation> {
        Ok(())
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&Subject::validators());
        touches.refers.push(self.proposal);
        Ok(())
    }
}

impl Statement for DoubleVoted {
    fn validate(&self) -> Result<(), Violation> {
        Ok(())
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&Subject::validator(self.proof.key()));
        Ok(())
    }
}
