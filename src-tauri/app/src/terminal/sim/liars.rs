//! Validators that break the rules with all they have: their own keys, everybody's words, and each other.

use super::seed::Seed;
use ledger::vote::{proposal_bytes, vote_bytes};
use ledger::{Hash, PublicKey, Record, SecretKey, SignedVote, VoteKind};
use node::stepped::{Decided, Message, Said};
use serde_json::json;
use std::collections::BTreeMap;

/// How many messages of others a liar remembers to say again.
const HEARD: usize = 64;

/// Two blocks for one round.
type Twins = (Hash, Hash);

/// What those who break the rules know together.
#[derive(Default)]
pub struct Liars {
    /// By height and round: the block for one half of the honest, and the one for the other.
    twins: BTreeMap<(u64, u32), Twins>,
    /// The records of blocks that were proposed.
    bodies: BTreeMap<Hash, Vec<Hash>>,
    heard: Vec<Vec<u8>>,
    /// How many lies were told.
    pub told: u64,
    /// How many blocks were proposed in pairs.
    pub twinned: u64,
}

/// One of those who break the rules, among others.
pub struct Liar<'a> {
    pub network: Hash,
    pub key: &'a SecretKey,
    /// Of each other machine: its place, and the half it is counted to; none for one that breaks the rules too.
    pub others: &'a [(usize, Option<u8>)],
    /// The keys of all who break the rules.
    pub band: &'a [&'a SecretKey],
    /// Vote keys and a record that the honest have shown, to be misused.
    pub victims: &'a [PublicKey],
    pub bad: &'a [Record],
}

impl Liar<'_> {
    /// Whether it is the turn of one of those who break the rules: validators take turns in the order of their keys.
    fn band_proposes(&self, height: u64, round: u32) -> bool {
        let band = self.band.iter().map(|key| key.public());
        let mut keys: Vec<PublicKey> = band.chain(self.victims.iter().copied()).collect();
        keys.sort_unstable();
        let turn = (height + u64::from(round)) % keys.len().max(1) as u64;
        let proposer = usize::try_from(turn).ok().and_then(|turn| keys.get(turn));
        proposer.is_some_and(|proposer| !self.victims.contains(proposer))
    }
}

/// Sent by a machine: to whom, and what.
type Sent = Vec<(usize, Vec<u8>)>;

fn signed(key: &SecretKey, network: &Hash, kind: VoteKind, at: (u64, u32), block: Option<Hash>) -> Said {
    let bytes = vote_bytes(kind, network, at.0, at.1, block.as_ref());
    Said::Engine(Message::Vote(SignedVote {
        block,
        height: at.0,
        key: key.public(),
        kind,
        round: at.1,
        signature: key.sign(&bytes),
    }))
}

impl Liars {
    /// Something was heard: it may be said again, under another name.
    pub fn hear(&mut self, seed: &mut Seed, bytes: &[u8]) {
        if self.heard.len() < HEARD {
            self.heard.push(bytes.to_vec());
        } else {
            let at = seed.below(HEARD);
            self.heard[at] = bytes.to_vec();
        }
    }

    /// A double voter: what its honest self would say becomes two things. `both`: the honest are shown both, sometimes. Who may show
    /// each half its own only, votes for pairs only where the band proposes.
    pub fn double(&mut self, liar: &Liar<'_>, seed: &mut Seed, to: &[usize], said: &Said, both: bool) -> Sent {
        let apart = !both;
        let both = both && seed.one_in(2);
        if let Said::Body { block, leaves: ids, .. } = said {
            self.bodies.insert(*block, ids.clone());
        }
        match said {
            Said::Engine(Message::Proposal(one)) if one.proposal.proof_round.is_none() => {
                let mut other = one.clone();
                other.header.time = one.header.time.plus_millis(1);
                let block = other.header.id();
                let (height, round) = (other.header.height, other.proposal.round);
                let bytes = proposal_bytes(&liar.network, height, round, &block, None);
                other.proposal.block = block;
                other.proposal.signature = liar.key.sign(&bytes);
                self.twins.insert((height, round), (one.proposal.block, block));
                self.twinned += 1;
                let ids = self.bodies.get(&one.proposal.block).cloned().unwrap_or_default();
                let body = Said::Body {
                    height,
                    block,
                    leaves: ids,
                }
                .to_bytes();
                let other = Said::Engine(Message::Proposal(other)).to_bytes();
                let mut sent = Sent::new();
                for (at, half) in liar.others.iter().filter(|(at, _)| to.contains(at)) {
                    let second = *half == Some(1);
                    if second || both {
                        sent.push((*at, body.clone()));
                        sent.push((*at, other.clone()));
                    }
                    if !second || both {
                        sent.push((*at, said.to_bytes()));
                    }
                }
                sent.extend(self.band_votes(liar, (height, round), both));
                sent
            }
            Said::Engine(Message::Vote(vote)) if apart && liar.band_proposes(vote.height, vote.round) => Vec::new(),
            Said::Engine(Message::Vote(vote)) if self.twins.contains_key(&(vote.height, vote.round)) => Vec::new(),
            Said::Engine(Message::Vote(_)) if apart => to.iter().map(|at| (*at, said.to_bytes())).collect(),
            Said::Engine(Message::Vote(vote)) => {
                let mut sent: Sent = to.iter().map(|at| (*at, said.to_bytes())).collect();
                let block = match vote.block {
                    Some(_) if seed.one_in(2) => None,
                    _ => Some(Hash::of(&seed.next().to_be_bytes())),
                };
                let second = signed(liar.key, &liar.network, vote.kind, (vote.height, vote.round), block).to_bytes();
                sent.extend(to.iter().filter(|_| seed.one_in(2)).map(|at| (*at, second.clone())));
                self.told += 1;
                sent
            }
            other => to.iter().map(|at| (*at, other.to_bytes())).collect(),
        }
    }

    /// All who break the rules vote for both blocks: for one to one half, for the other to the other.
    fn band_votes(&mut self, liar: &Liar<'_>, at: (u64, u32), both: bool) -> Sent {
        let Some((one, other)) = self.twins.get(&at).copied() else {
            return Vec::new();
        };
        let mut sent = Sent::new();
        for (to, half) in liar.others {
            let Some(half) = half else { continue };
            let blocks = if *half == 0 { [one, other] } else { [other, one] };
            for key in liar.band {
                for kind in [VoteKind::Prevote, VoteKind::Precommit] {
                    for block in blocks.iter().take(1 + usize::from(both)) {
                        sent.push((*to, signed(key, &liar.network, kind, at, Some(*block)).to_bytes()));
                    }
                }
            }
        }
        self.told += 1;
        sent
    }

    /// A liar: now and then what it says is not so, and it says more than it was asked.
    pub fn lie(&mut self, liar: &Liar<'_>, seed: &mut Seed, to: &[usize], said: &Said, always: bool) -> Sent {
        if let Said::Body { block, leaves, .. } = said {
            self.bodies.insert(*block, leaves.clone());
        }
        if let Some(sent) = self.together(liar, seed, said) {
            return sent;
        }
        let mut sent = Sent::new();
        for at in to {
            if always || seed.one_in(3) {
                self.told += 1;
                sent.extend(self.altered(liar, seed, said).map(|lie| (*at, lie)));
            } else {
                sent.push((*at, said.to_bytes()));
            }
            if seed.one_in(4) {
                self.told += 1;
                sent.push((*at, self.invented(liar, seed, said)));
            }
        }
        sent
    }

    /// In its turn a liar may tell all the same: a block that its records do not make, those records, and the votes of all who lie.
    fn together(&mut self, liar: &Liar<'_>, seed: &mut Seed, said: &Said) -> Option<Sent> {
        let Said::Engine(Message::Proposal(one)) = said else {
            return None;
        };
        if one.proposal.proof_round.is_some() || !seed.one_in(2) {
            return None;
        }
        let leaves = self.bodies.get(&one.proposal.block).cloned()?;
        let mut lie = one.clone();
        let unknown = Hash::of(&seed.next().to_be_bytes());
        let header = &mut lie.header;
        match seed.below(6) {
            0 | 1 => header.index_root = unknown,
            2 => header.history_root = unknown,
            3 => header.next_validators = unknown,
            4 => header.previous = unknown,
            _ => header.rules = unknown,
        }
        let (height, round, block) = (header.height, lie.proposal.round, header.id());
        lie.proposal.block = block;
        lie.proposal.signature = liar
            .key
            .sign(&proposal_bytes(&liar.network, height, round, &block, None));
        let body = Said::Body { height, block, leaves }.to_bytes();
        let proposal = Said::Engine(Message::Proposal(lie)).to_bytes();
        let mut sent: Sent = liar.others.iter().map(|(at, _)| (*at, body.clone())).collect();
        sent.extend(liar.others.iter().map(|(at, _)| (*at, proposal.clone())));
        self.twins.insert((height, round), (block, block));
        sent.extend(self.band_votes(liar, (height, round), false));
        Some(sent)
    }

    /// What another proposes reaches the others with the wrong records from the liar first.
    pub fn forestall(&mut self, liar: &Liar<'_>, seed: &mut Seed, said: &Said) -> Sent {
        let (height, block) = match said {
            Said::Engine(Message::Proposal(said)) => (said.header.height, said.proposal.block),
            Said::Body { height, block, .. } => (*height, *block),
            _ => return Vec::new(),
        };
        let ids = match seed.below(3) {
            0 => Vec::new(),
            1 => liar.bad.iter().map(Record::id).collect(),
            _ => vec![Hash::of(&seed.next().to_be_bytes()); 3],
        };
        self.told += 1;
        let body = Said::Body {
            height,
            block,
            leaves: ids,
        }
        .to_bytes();
        liar.others.iter().map(|(at, _)| (*at, body.clone())).collect()
    }

    /// Something else in place of what is so; or silence.
    fn altered(&self, liar: &Liar<'_>, seed: &mut Seed, said: &Said) -> Option<Vec<u8>> {
        let number = seed.next();
        let unknown = Hash::of(&number.to_be_bytes());
        let altered = match said {
            _ if seed.one_in(4) => return None,
            _ if seed.one_in(8) => {
                let mut bytes = said.to_bytes();
                let at = seed.below(bytes.len());
                bytes[at] ^= 1 << seed.below(8);
                bytes.truncate(if seed.one_in(2) {
                    seed.below(bytes.len())
                } else {
                    bytes.len()
                });
                return Some(bytes);
            }
            Said::Engine(Message::Proposal(said)) => {
                let mut lie = said.clone();
                match number % 4 {
                    0 => lie.header.index_root = unknown,
                    1 => lie.header.time = lie.header.time.plus_millis(3_600_000),
                    2 => lie.header.next_validators = unknown,
                    _ => lie.header.records_root = unknown,
                }
                let (block, round) = (lie.header.id(), lie.proposal.round);
                let proof = lie.proposal.proof_round;
                lie.proposal.block = block;
                let bytes = proposal_bytes(&liar.network, lie.header.height, round, &block, proof);
                lie.proposal.signature = liar.key.sign(&bytes);
                Said::Engine(Message::Proposal(lie))
            }
            Said::Engine(Message::Vote(vote)) => signed(
                liar.key,
                &liar.network,
                vote.kind,
                (vote.height, vote.round),
                Some(unknown),
            ),
            Said::Body {
                height,
                block,
                leaves: ids,
            } => {
                let mut ids = ids.clone();
                ids.reverse();
                ids.push(unknown);
                Said::Body {
                    height: *height,
                    block: *block,
                    leaves: ids,
                }
            }
            Said::Records(_) => Said::Records(liar.bad.to_vec()),
            Said::Want(_) => Said::Want(vec![unknown; 8]),
            Said::WantBlocks(_) => Said::WantBlocks(number % 8),
            Said::Block(decided) => Said::Block(Box::new(forged(decided, seed, liar))),
            Said::Height(height) => Said::Height(if seed.one_in(2) { u64::MAX } else { height + number % 9 }),
            Said::Engine(_) => return None,
        };
        Some(altered.to_bytes())
    }

    /// Something nobody asked for.
    fn invented(&self, liar: &Liar<'_>, seed: &mut Seed, near: &Said) -> Vec<u8> {
        let (height, round) = match near {
            Said::Engine(message) => (message.height(), 0),
            Said::Body { height, .. } | Said::WantBlocks(height) => ((*height).max(1), 0),
            Said::Height(height) => (height.saturating_add(1), 0),
            _ => (1, 0),
        };
        let unknown = Hash::of(&seed.next().to_be_bytes());
        let victim = liar.victims.get(seed.below(liar.victims.len())).copied();
        let abroad = Hash::of(b"another network");
        let said = match seed.below(9) {
            0 => return (0..seed.below(200)).map(|_| seed.next().to_be_bytes()[0]).collect(),
            1 => {
                return self
                    .heard
                    .get(seed.below(self.heard.len()))
                    .cloned()
                    .unwrap_or_default();
            }
            2 => Said::Height(u64::MAX),
            3 => Said::Records(liar.bad.to_vec()),
            // In the name of another, with a signature of its own.
            4 => match signed(
                liar.key,
                &liar.network,
                VoteKind::Precommit,
                (height, round),
                Some(unknown),
            ) {
                Said::Engine(Message::Vote(vote)) => Said::Engine(Message::Vote(SignedVote {
                    key: victim.unwrap_or(vote.key),
                    ..vote
                })),
                other => other,
            },
            // Signed for another network.
            5 => signed(liar.key, &abroad, VoteKind::Prevote, (height, round), Some(unknown)),
            // For a height that nobody has reached, and a round that nobody will.
            6 => signed(
                liar.key,
                &liar.network,
                VoteKind::Prevote,
                (height + 1_000_000, 1_000_000),
                None,
            ),
            7 => signed(liar.key, &liar.network, VoteKind::Precommit, (height, 999_999), None),
            _ => return certificate_of_one(liar, height, unknown, victim),
        };
        said.to_bytes()
    }
}

/// Votes of all in one's own hand.
fn certificate_of_one(liar: &Liar<'_>, height: u64, block: Hash, victim: Option<PublicKey>) -> Vec<u8> {
    let bytes = vote_bytes(VoteKind::Prevote, &liar.network, height, 0, Some(&block));
    let own = liar.key.public();
    let hand = hex::encode(liar.key.sign(&bytes));
    let keys = [own, own, victim.unwrap_or(own)];
    let signatures: Vec<_> = keys.iter().map(|key| json!({"key": key, "signature": hand})).collect();
    let polka = json!({"polka": {"height": height, "round": 0, "block": block, "signatures": signatures}});
    let mut message = vec![1];
    message.extend(polka.to_string().into_bytes());
    message
}

/// A decided block that was not decided so.
fn forged(decided: &Decided, seed: &mut Seed, liar: &Liar<'_>) -> Decided {
    let mut lie = decided.clone();
    let signatures = &mut lie.certificate.signatures;
    match seed.below(8) {
        0 => drop(lie.records.pop()),
        1 => lie.records.extend(liar.bad.first().cloned()),
        2 => lie.records.reverse(),
        3 => drop(signatures.pop()),
        4 => {
            let own = signatures.first().cloned();
            signatures.clear();
            signatures.extend(own.iter().cloned());
            signatures.extend(own.iter().cloned());
            signatures.extend(own);
        }
        5 => lie.header.index_root = Hash::of(&seed.next().to_be_bytes()),
        6 => lie.certificate.round += 1,
        _ => {
            lie.header.height += 1;
            lie.certificate.height += 1;
            lie.certificate.block = lie.header.id();
        }
    }
    lie
}
