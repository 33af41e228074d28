//! What the engine asks for while it thinks: signatures, verdicts, and what it wants done.

use crate::context::{Patience, Proposal, Tendermint, Vote};
use crate::engine::{Effect, Headers, Timer};
use crate::message::{Logged, Message, Step, block_out, kind_out, polka_out, proposal_out, round_out, vote_out};
use ledger::commit::CommitSignature;
use ledger::vote::{DoubleVote, SignedProposal, SignedVote, VoteKind, proposal_bytes, vote_bytes};
use ledger::{CommitCertificate, Hash, Header, PublicKey, SecretKey, ValidatorSet, verify_zip215};
use malachite::{
    ConsensusMsg, Effect as Asked, LivenessMsg, MisbehaviorEvidence, Resumable, Resume, SignedConsensusMsg,
};
use malachite_types::{
    self as engine, CertificateError, PolkaCertificate, RoundCertificate, RoundCertificateType, SignedMessage, Timeout,
    Value as _,
};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

/// Knows the key, the network and the set; collects what is to be done.
pub(crate) struct Answers {
    network: Hash,
    key: Arc<SecretKey>,
    validators: ValidatorSet,
    height: u64,
    headers: Headers,
    effects: Vec<Effect>,
    /// A log is being replayed: nothing is built.
    pub(crate) replaying: bool,
    /// The block that was asked for meanwhile: height and round.
    pub(crate) wanted: Option<(u64, u32)>,
    /// Rounds in which we have proposed at this height.
    pub(crate) proposed: BTreeSet<u32>,
}

impl Answers {
    pub(crate) fn new(network: Hash, key: Arc<SecretKey>, validators: ValidatorSet) -> Self {
        Self {
            network,
            key,
            validators,
            height: 0,
            headers: Headers::new(),
            effects: Vec::new(),
            replaying: false,
            wanted: None,
            proposed: BTreeSet::new(),
        }
    }

    pub(crate) fn begin(&mut self, validators: ValidatorSet) {
        self.validators = validators;
        self.headers.clear();
        self.effects.clear();
        self.wanted = None;
        self.proposed.clear();
    }

    pub(crate) const fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    pub(crate) fn remember(&mut self, header: &Header) {
        self.headers.entry(header.id()).or_insert_with(|| header.clone());
    }

    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn is_signed(&self, proposal: &SignedProposal) -> bool {
        proposal.verify(&self.network)
    }

    pub(crate) fn is_vote(&self, vote: &SignedVote) -> bool {
        vote.verify(&self.network)
    }

    /// Answers one question. What cannot be verified is `false`, never an error: an error would leave the engine between two
    /// states.
    pub(crate) fn answer(
        &mut self,
        asked: Asked<Tendermint>,
        patience: &Patience,
    ) -> Result<Resume<Tendermint>, Infallible> {
        Ok(match asked {
            Asked::SignVote(vote, r) => r.resume_with(self.sign_vote(vote)),
            Asked::SignProposal(proposal, r) => r.resume_with(self.sign_proposal(proposal)),
            Asked::VerifySignature(signed, key, r) => r.resume_with(self.verify(&signed, &key)),
            Asked::VerifyCommitCertificate(certificate, _, _, r) => {
                r.resume_with(verdict(self.verify_commit(&certificate)))
            }
            // We never hand the engine what it did not decide itself: blocks of others are checked by `ledger`.
            Asked::VerifyExtendedCommitCertificate(_, _, _, _, r) => r.resume_with(verdict(false)),
            Asked::VerifyPolkaCertificate(polka, _, _, r) => r.resume_with(verdict(self.verify_polka(&polka))),
            Asked::VerifyRoundCertificate(round, _, _, r) => r.resume_with(verdict(self.verify_round(&round))),
            Asked::ExtendVote(.., r) => r.resume_with(None),
            Asked::VerifyVoteExtension(.., r) => r.resume_with(Ok(())),
            other => self.note(other, patience),
        })
    }

    /// What changes the world outside, in its order.
    fn note(&mut self, asked: Asked<Tendermint>, patience: &Patience) -> Resume<Tendermint> {
        match asked {
            Asked::CancelAllTimeouts(_) => self.effects.push(Effect::CancelAll),
            Asked::CancelTimeout(timeout, _) => {
                let timer = self.timer(timeout);
                self.effects.extend(timer.map(Effect::Cancel));
            }
            Asked::ScheduleTimeout(timeout, _) => {
                let rest = patience.of(timeout.kind, timeout.round.as_u32().unwrap_or(0));
                let timer = self.timer(timeout);
                self.effects.extend(timer.map(|timer| Effect::Schedule(timer, rest)));
            }
            Asked::StartRound(height, ..) => self.height = height.0,
            Asked::PublishConsensusMsg(SignedConsensusMsg::Vote(vote), _)
            | Asked::PublishLivenessMsg(LivenessMsg::Vote(vote), _)
            | Asked::RepublishVote(vote, _) => self.effects.push(Effect::Send(Message::Vote(vote_out(&vote)))),
            Asked::PublishConsensusMsg(SignedConsensusMsg::Proposal(proposal), _) => {
                self.effects
                    .push(Effect::Send(Message::Proposal(Box::new(proposal_out(&proposal)))));
            }
            Asked::PublishLivenessMsg(LivenessMsg::PolkaCertificate(polka), _) => {
                self.effects.push(Effect::Send(Message::Polka(polka_out(&polka))));
            }
            Asked::PublishLivenessMsg(LivenessMsg::SkipRoundCertificate(round), _)
            | Asked::RepublishRoundCertificate(round, _) => {
                self.effects.push(Effect::Send(Message::Round(round_out(&round))));
            }
            Asked::GetValue(height, round, _, _) => {
                let round = round.as_u32().unwrap_or(0);
                if self.replaying {
                    self.wanted = Some((height.0, round));
                } else {
                    self.effects.push(Effect::Build {
                        height: height.0,
                        round,
                    });
                }
            }
            Asked::RestreamProposal(_, _, _, _, block, _) => self.effects.push(Effect::Spread(block)),
            Asked::Finalize(certificate, _, evidence, _) => self.decided(&certificate, evidence),
            // What is replayed stands on disk already.
            Asked::WalAppend(_, input, _) => {
                if let Some(logged) = Logged::of(&input) {
                    self.notice(&logged);
                    if !self.replaying {
                        self.effects.push(Effect::Save(logged));
                    }
                }
            }
            // The commit follows with `Finalize`, which comes at once: no target time is set. Synced values are not used.
            _ => {}
        }
        Resume::Continue
    }

    fn timer(&self, timeout: Timeout) -> Option<Timer> {
        Some(Timer {
            height: self.height,
            round: timeout.round.as_u32()?,
            step: Step::of(timeout.kind)?,
        })
    }

    /// Headers and proposals that come back with a log, or are our own.
    fn notice(&mut self, logged: &Logged) {
        match logged {
            Logged::Proposal(said) => {
                self.remember(&said.header);
                if said.proposal.key == self.key.public() {
                    self.proposed.insert(said.proposal.round);
                }
            }
            Logged::Judged { header, .. } => self.remember(header),
            _ => {}
        }
    }

    fn decided(
        &mut self,
        certificate: &engine::CommitCertificate<Tendermint>,
        evidence: MisbehaviorEvidence<Tendermint>,
    ) {
        let offences = double_votes(evidence);
        self.effects.extend(offences.into_iter().map(Effect::Offence));
        let mut signatures: Vec<CommitSignature> = certificate
            .commit_signatures
            .iter()
            .map(|one| CommitSignature {
                key: one.address.0,
                signature: one.signature,
            })
            .collect();
        signatures.sort_by_key(|one| one.key);
        let Some(header) = self.headers.get(&certificate.value_id) else {
            // A block is decided only after its proposal, and each proposal is remembered.
            self.effects
                .push(Effect::Broken("a block was decided that nobody proposed".to_owned()));
            return;
        };
        self.effects.push(Effect::Commit {
            header: header.clone(),
            certificate: CommitCertificate {
                block: certificate.value_id,
                height: certificate.height.0,
                round: certificate.round.as_u32().unwrap_or(0),
                signatures,
            },
        });
    }

    fn sign_vote(&self, vote: Vote) -> engine::SignedVote<Tendermint> {
        let round = vote.round.as_u32().unwrap_or(0);
        let bytes = vote_bytes(
            kind_out(vote.kind),
            &self.network,
            vote.height.0,
            round,
            block_out(&vote.block).as_ref(),
        );
        let signature = self.key.sign(&bytes);
        engine::SignedVote::new(vote, signature)
    }

    fn sign_proposal(&self, proposal: Proposal) -> engine::SignedProposal<Tendermint> {
        let bytes = proposal_bytes(
            &self.network,
            proposal.height.0,
            proposal.round.as_u32().unwrap_or(0),
            &proposal.block.id(),
            proposal.proof_round.as_u32(),
        );
        let signature = self.key.sign(&bytes);
        engine::SignedProposal::new(proposal, signature)
    }

    fn verify(&self, signed: &SignedMessage<Tendermint, ConsensusMsg<Tendermint>>, key: &PublicKey) -> bool {
        let signature = signed.signature;
        match &signed.message {
            ConsensusMsg::Vote(vote) => {
                let vote = vote_out(&engine::SignedVote::new(vote.clone(), signature));
                vote.key == *key && vote.verify(&self.network)
            }
            ConsensusMsg::Proposal(proposal) => {
                let said = proposal_out(&engine::SignedProposal::new(proposal.clone(), signature));
                said.proposal.key == *key && said.proposal.verify(&self.network)
            }
        }
    }

    /// The weight of these votes: of each validator once, and only if every signature is good.
    fn weigh<'a>(&self, votes: impl Iterator<Item = (&'a PublicKey, &'a [u8], &'a [u8; 64])>) -> Option<u64> {
        let (mut seen, mut weight) = (BTreeSet::new(), 0);
        for (key, bytes, signature) in votes {
            let validator = self.validators.get(key)?;
            if !seen.insert(*key) || !verify_zip215(key, bytes, signature) {
                return None;
            }
            weight += validator.weight;
        }
        Some(weight)
    }

    fn is_quorum<'a>(&self, votes: impl Iterator<Item = (&'a PublicKey, &'a [u8], &'a [u8; 64])>) -> bool {
        self.weigh(votes)
            .is_some_and(|weight| self.validators.is_quorum(weight))
    }

    fn verify_commit(&self, certificate: &engine::CommitCertificate<Tendermint>) -> bool {
        let round = certificate.round.as_u32().unwrap_or(0);
        let block = Some(&certificate.value_id);
        let bytes = vote_bytes(VoteKind::Precommit, &self.network, certificate.height.0, round, block);
        let votes = certificate.commit_signatures.iter();
        self.is_quorum(votes.map(|one| (&one.address.0, bytes.as_slice(), &one.signature)))
    }

    fn verify_polka(&self, polka: &PolkaCertificate<Tendermint>) -> bool {
        let round = polka.round.as_u32().unwrap_or(0);
        let block = Some(&polka.value_id);
        let bytes = vote_bytes(VoteKind::Prevote, &self.network, polka.height.0, round, block);
        let votes = polka.polka_signatures.iter();
        self.is_quorum(votes.map(|one| (&one.address.0, bytes.as_slice(), &one.signature)))
    }

    /// To skip a round more than a third of the weight must be in a later one: at least one of them is honest.
    fn verify_round(&self, certificate: &RoundCertificate<Tendermint>) -> bool {
        let votes: Vec<SignedVote> = round_out(certificate).votes;
        let signed: Vec<Vec<u8>> = votes.iter().map(|vote| vote.signed_bytes(&self.network)).collect();
        let votes_signed = votes.iter().zip(&signed);
        let weighed = votes_signed.map(|(vote, bytes)| (&vote.key, bytes.as_slice(), &vote.signature));
        if certificate.cert_type == RoundCertificateType::Precommit {
            return votes.iter().all(|vote| vote.kind == VoteKind::Precommit) && self.is_quorum(weighed);
        }
        let weight = self.weigh(weighed);
        weight.is_some_and(|weight| 3 * weight > self.validators.weight())
    }
}

/// The engine asks for a reason that nobody reads.
#[expect(clippy::result_large_err, reason = "the error is the engine's own type")]
fn verdict(good: bool) -> Result<(), CertificateError<Tendermint>> {
    if good {
        Ok(())
    } else {
        Err(CertificateError::VerificationError(None))
    }
}

/// Votes and proposals that contradict each other, one pair for each offender and kind is enough.
fn double_votes(evidence: MisbehaviorEvidence<Tendermint>) -> Vec<DoubleVote> {
    let votes = evidence.votes.into_iter().flat_map(|(_, pairs)| pairs);
    let votes = votes.map(|(one, other)| DoubleVote::of_votes(vote_out(&one), vote_out(&other)));
    let proposals = evidence.proposals.into_iter().flat_map(|(_, pairs)| pairs);
    let proposals = proposals
        .map(|(one, other)| DoubleVote::of_proposals(proposal_out(&one).proposal, proposal_out(&other).proposal));
    votes.chain(proposals).collect()
}
