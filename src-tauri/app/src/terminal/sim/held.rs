//! What must hold of light nodes after every answer: nothing they believe is anything but the one chain.

use super::checks::broken;
use super::world::{End, World};
use crate::UserError;
use ledger::light::page::PageAsked;
use ledger::{Hash, Subject};
use node::Halt;

/// Records as a node keeps them: height, place and RecordId.
type Places = Vec<(u64, u32, Hash)>;

impl World {
    /// What a light node trusts is on the chain, not below what it trusted before, and, while all it can reach lies, what it was.
    pub(super) fn judge_head(&mut self, at: usize) -> Result<(), End> {
        let desktop = &mut self.desktops[at];
        let (before, now) = (desktop.kept, desktop.head());
        if now.0 < before.0 || (now.0 == before.0 && now.1 != before.1) {
            return Err(broken(
                "light-backwards",
                format!("light node {at} had {before:?} and has {now:?}"),
            )
            .into());
        }
        desktop.kept = now;
        if desktop.captive.is_some_and(|height| height != now.0) {
            return Err(broken(
                "light-moved",
                format!("light node {at}, told only lies, went on to {now:?}"),
            )
            .into());
        }
        match desktop.driver.as_ref().and_then(|driver| driver.halt) {
            None => {}
            Some(Halt::Fork) => return Err(broken("light-fork", format!("light node {at} saw a fork")).into()),
            Some(halt) => return Err(broken("light-stopped", format!("light node {at}: {halt:?}")).into()),
        }
        match now {
            (height, Some(block)) => Ok(self.checks.claim(height, block)?),
            (_, None) => Ok(()),
        }
    }

    /// What a light node keeps of the subjects that it asked about, or of all, is what the chain has up to where it is complete.
    pub(super) fn judge_held(&mut self, at: usize, asked: Option<&PageAsked>) -> Result<(), End> {
        let Some(driver) = &self.desktops[at].driver else {
            return Ok(());
        };
        let mut followed = driver.followed().map_err(UserError::from)?;
        if let Some(asked) = asked {
            followed.retain(|(subject, _)| asked.subjects.iter().any(|known| known.subject == *subject));
        }
        for (subject, seen) in followed {
            let held = driver.places(&subject).map_err(UserError::from)?;
            // What no honest validator has kept yet is judged when one has.
            let known = seen.min(self.checks.height());
            let upto = |places: &[(u64, u32, Hash)]| -> Places {
                let upto = places.iter().filter(|(height, ..)| *height <= known);
                upto.copied().collect()
            };
            let (held, chain) = (upto(&held), upto(self.checks.places(&subject)));
            if held != chain {
                let what = format!("light node {at} has of {subject} at {seen}: {held:?}, the chain: {chain:?}");
                return Err(broken("light-records", what).into());
            }
        }
        Ok(())
    }

    /// Whether a light node has all that concerns it; looked at once faults have an end and everything is confirmed.
    pub(super) fn judge_level(&mut self, at: usize) -> Result<(), End> {
        if !self.healed || !self.story.is_done() {
            return Ok(());
        }
        let records = self.checks.records();
        let desktop = &self.desktops[at];
        let Some(driver) = &desktop.driver else { return Ok(()) };
        if desktop.level == Some(records) || desktop.head().0 < self.checks.filled() || !desktop.outbox()?.is_empty() {
            return Ok(());
        }
        let followed = driver.followed().map_err(UserError::from)?;
        for (subject, seen) in &followed {
            let held = driver.places(subject).map_err(UserError::from)?;
            if *seen == 0 || held != self.checks.places(subject) {
                return Ok(());
            }
        }
        self.judge_held(at, None)?;
        self.followed_at_the_end += followed.len();
        self.desktops[at].level = Some(records);
        Ok(())
    }

    /// What a light node lacks, for whoever wonders why it is not level.
    pub(super) fn lacking(&self) -> String {
        let mut lacking = Vec::new();
        for (at, desktop) in self.desktops.iter().enumerate() {
            if desktop.level == Some(self.checks.records()) {
                continue;
            }
            let followed = desktop.driver.as_ref().map(|driver| driver.followed());
            let followed = followed.and_then(Result::ok).unwrap_or_default();
            let lacks = |subject: &Subject| {
                let held = desktop.driver.as_ref().and_then(|driver| driver.places(subject).ok());
                held.is_none_or(|held| held != self.checks.places(subject))
            };
            let subjects: Vec<&Subject> = followed
                .iter()
                .map(|(subject, _)| subject)
                .filter(|one| lacks(one))
                .collect();
            lacking.push(format!("{at} at {} lacks {subjects:?}", desktop.head().0));
        }
        lacking.join("; ")
    }
}
