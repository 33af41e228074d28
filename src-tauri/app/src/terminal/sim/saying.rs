//! What validators say to each other, and what those say that break the rules.

use super::liars::{Liar, Liars};
use super::machine::Machine;
use super::plan::Scenario;
use super::seed::Seed;
use super::world::{End, World};
use ledger::{PublicKey, SecretKey};
use node::stepped::{Message, Said, To};
use std::sync::Arc;

/// What is counted as one.
const fn name_of(said: &Said) -> &'static str {
    match said {
        Said::Engine(Message::Vote(_)) => "votes",
        Said::Engine(Message::Proposal(_)) => "proposals",
        Said::Engine(_) => "proofs",
        Said::Body { .. } => "bodies",
        Said::Records(_) => "records",
        Said::Want(_) | Said::WantBlocks(_) => "wants",
        Said::Block(_) => "blocks",
        Said::Height(_) => "heights",
    }
}

impl World {
    pub(super) fn say(&mut self, at: usize, to: To, said: &Said) -> Result<(), End> {
        if let Said::Engine(Message::Proposal(one)) = said
            && one.header.height > self.checks.height()
        {
            self.proposed.entry(one.header.height).or_insert(self.now);
        }
        let to: Vec<usize> = match to {
            To::All => (0..self.machines.len()).filter(|to| *to != at).collect(),
            To::One(name) => self
                .machines
                .iter()
                .position(|machine| machine.name == name)
                .into_iter()
                .collect(),
        };
        if self.machines[at].honest {
            if let Said::Engine(message) = said {
                let own = self.machines[at].vote.public();
                self.checks.said(&own, message)?;
            }
            let bytes: Arc<[u8]> = said.to_bytes().into();
            for to in to {
                self.weigh(name_of(said), bytes.len());
                self.wires.fly(&mut self.seed, self.now, at, to, &bytes);
            }
            return Ok(());
        }
        let too_many = self.plan.too_many;
        let double = self.plan.scenario == Scenario::DoubleVoter;
        // Shown both, the honest learn who broke the rules; with one too many each half is shown one, and is lost.
        let both = !too_many;
        let sent = self.with_liar(at, |liars, liar, seed| match double {
            true => liars.double(liar, seed, &to, said, both),
            false => liars.lie(liar, seed, &to, said, too_many),
        });
        self.send(at, sent);
        Ok(())
    }

    pub(super) fn send(&mut self, from: usize, sent: Vec<(usize, Vec<u8>)>) {
        for (to, bytes) in sent {
            self.wires.fly(&mut self.seed, self.now, from, to, &bytes.into());
        }
    }

    pub(super) fn with_liar<T>(&mut self, at: usize, act: impl FnOnce(&mut Liars, &Liar<'_>, &mut Seed) -> T) -> T {
        let mut honest = 0;
        let others = self
            .machines
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(other, machine)| {
                honest += u8::from(machine.honest);
                (other, machine.honest.then_some(honest % 2))
            });
        let others: Vec<(usize, Option<u8>)> = others.collect();
        let (liars, victims): (Vec<&Machine>, Vec<&Machine>) =
            self.machines.iter().partition(|machine| !machine.honest);
        let band: Vec<&SecretKey> = liars.iter().map(|machine| &*machine.vote).collect();
        let victims: Vec<PublicKey> = victims.iter().map(|machine| machine.vote.public()).collect();
        let liar = Liar {
            network: self.network,
            key: &self.machines[at].vote,
            others: &others,
            band: &band,
            victims: &victims,
            bad: &self.story.bad,
        };
        act(&mut self.liars, &liar, &mut self.seed)
    }
}
