//! When authors bring records, and when nobody does.

use super::checks::broken;
use super::machine::Stop;
use super::wires::Happening;
use super::world::{End, World};
use ledger::Record;
use node::stepped::Event;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl World {
    /// Authors bring what is not confirmed to one machine or two, and now and then what is.
    pub(super) fn bring(&mut self) -> Result<(), End> {
        /// Records brought at once.
        const MOST: usize = 96;
        let again = self.now + self.seed.between(200, 1_200);
        if !self.quiet {
            self.wires.at(again, Happening::Brings);
        }
        for at in self.story.go_on() {
            // It runs on with its new vote key.
            self.machines[at].vote = Arc::clone(&self.machines[at].second);
            self.note_keys();
            if self.machines[at].driver.is_some() {
                self.stop(at, Stop::Said)?;
                self.wires.at(self.now + 50, Happening::Starts(at));
            }
        }
        let mut records: Vec<Record> = self.story.open().take(MOST).cloned().collect();
        if self.seed.one_in(3) {
            let old: Vec<&Record> = self.story.old().collect();
            let some = old.get(self.seed.below(old.len())..).unwrap_or_default();
            records.extend(some.iter().take(5).map(|record| (*record).clone()));
        }
        if !self.healed && self.seed.one_in(5) {
            records.extend(self.story.bad.iter().cloned());
        }
        let (candidates, _) = self.check(&records);
        for _ in 0..1 + usize::from(self.seed.one_in(3)) {
            let at = self.seed.below(self.machines.len());
            if self.machines[at].driver.is_none() || candidates.is_empty() {
                continue;
            }
            self.note(b"brings", &[at], &[]);
            let candidates = candidates.clone();
            self.handle(at, Event::Records { from: None, candidates })?;
        }
        self.sign_at_a_desktop()?;
        self.bring_two_faced()
    }

    /// One record under two good signatures: every other machine gets the other one.
    fn bring_two_faced(&mut self) -> Result<(), End> {
        for at in 0..self.machines.len() {
            let faces = self
                .two_faced
                .iter()
                .map(|(one, other)| if at % 2 == 0 { one } else { other });
            let records: Vec<Record> = faces.cloned().collect();
            if self.machines[at].driver.is_some() && !records.is_empty() {
                let (candidates, _) = self.check(&records);
                self.handle(at, Event::Records { from: None, candidates })?;
            }
        }
        Ok(())
    }

    /// Nobody brings anything any more: a validator that has nothing to do sleeps, and makes no blocks but the one that shows that nothing
    /// is withheld.
    pub(super) fn rest(&mut self) -> Result<(), End> {
        /// Simulated milliseconds.
        const QUIET: u64 = 20_000;
        /// What is still under way is done with first.
        const SETTLING: u64 = 60_000;
        /// Wakes of one machine in a second.
        const WAKES: u64 = 100;
        let (from, end) = (self.now + SETTLING, self.now + SETTLING + QUIET);
        let mut height = None;
        self.quiet = true;
        while self.now < end {
            let Some((now, happening)) = self.wires.next() else {
                break;
            };
            self.now = now;
            self.time.store(now, Ordering::Relaxed);
            if now >= from && height.is_none() {
                height = Some(self.checks.height());
                self.machines.iter_mut().for_each(|machine| machine.busiest = 0);
            }
            self.happen(happening)?;
        }
        let made = self.checks.height() - height.unwrap_or(0);
        let busiest = self.machines.iter().map(|machine| machine.busiest).max().unwrap_or(0);
        match made <= 1 && busiest <= WAKES {
            true => Ok(()),
            false => Err(broken(
                "restless",
                format!("with nothing to do {made} blocks and {busiest} wakes in a second"),
            )
            .into()),
        }
    }
}
