//! Vectors of what several validators make: changes of the set, votes, and the light node.

use serde_json::{Value, json};

use super::{tell, told_lies};
use crate::anchor::Anchor;
use crate::commit::CommitError;
use crate::hash::Hash;
use crate::keys::SecretKey;
use crate::light::{Checkpoint, LightError};
use crate::limits::CHECKPOINT_BYTES;
use crate::testing::lies::sets;
use crate::testing::light::{self, NOW};
use crate::testing::{MemoryLedger, SETS, certificate_of, changed_alliance, seed, time, validator_set, vote_key};
use crate::vote::{DoubleVote, DoubleVoteError, SignedProposal, SignedVote, VoteKind};

/// Evidence of form 2: lies about it, and truths that look like lies.
pub(super) fn sets() -> Value {
    let mut file = told_lies("evidence-sets-good.json", sets::all());
    for lie in file["lies"].as_array_mut().unwrap() {
        lie["verdict"] = json!("refused");
    }
    let truths = sets::truths().into_iter().map(|truth| {
        let mut case = json!({ "name": truth.name, "not_proved": truth.not_proved, "not_before": null });
        case["anchor"] = json!(truth.anchor.then_some("anchor.json"));
        case["verdict"] = json!(if truth.anchor { "accepted" } else { "consistent" });
        tell(&mut case, truth.change);
        case
    });
    file["truths"] = truths.collect();
    file
}

/// The error of a double vote whose document has another form than that of section 6.
pub const NOT_OF_ITS_FORM: &str = "not of its form";
/// The error of a checkpoint above its limit.
pub const TOO_LONG: &str = "too long";

/// A vote key that signs in one network.
struct Voter {
    key: SecretKey,
    network: Hash,
}

impl Voter {
    fn vote(&self, kind: VoteKind, height: u64, round: u32, block: Option<Hash>) -> SignedVote {
        let mut vote = SignedVote {
            block,
            height,
            key: self.key.public(),
            kind,
            round,
            signature: [0; 64],
        };
        vote.signature = self.key.sign(&vote.signed_bytes(&self.network));
        vote
    }

    fn proposal(&self, round: u32, block: Hash, proof_round: Option<u32>) -> SignedProposal {
        let mut proposal = SignedProposal {
            block,
            height: 7,
            key: self.key.public(),
            proof_round,
            round,
            signature: [0; 64],
        };
        proposal.signature = self.key.sign(&proposal.signed_bytes(&self.network));
        proposal
    }
}

/// What a vote key signs, and double votes.
pub(super) fn votes() -> Value {
    let network = changed_alliance().ledger.genesis.network();
    let port = Voter {
        key: vote_key("port"),
        network,
    };
    let (one, other) = (Hash::of(b"one block"), Hash::of(b"another block"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let vote = |kind, block| {
        let vote = port.vote(kind, 7, 2, block);
        json!({ "bytes": text(vote.signed_bytes(&network)), "vote": vote })
    };
    let proposal = |proof_round| {
        let proposal = port.proposal(2, one, proof_round);
        json!({ "bytes": text(proposal.signed_bytes(&network)), "proposal": proposal })
    };
    let signed = [
        vote(VoteKind::Prevote, Some(one)),
        vote(VoteKind::Prevote, None),
        vote(VoteKind::Precommit, Some(one)),
        vote(VoteKind::Precommit, None),
        proposal(None),
        proposal(Some(0)),
    ];
    let doubles = double_votes(&port, one, other)
        .into_iter()
        .map(|(name, document, error)| {
            let error = error.map(|error| error.to_string());
            json!({ "name": name, "document": document, "error": error })
        });
    let malformed = [
        ("a proposal on a proof of its own round", 2),
        ("a proposal on a proof of a later round", 3),
    ];
    let malformed = malformed.map(|(name, proof_round)| {
        let document =
            DoubleVote::of_proposals(port.proposal(2, one, None), port.proposal(2, other, Some(proof_round)));
        json!({ "name": name, "document": document, "error": NOT_OF_ITS_FORM })
    });
    json!({
        "double_votes": doubles.chain(malformed).collect::<Vec<_>>(),
        "key": port.key.public(),
        "network": network,
        "seed": hex::encode(seed("vote port")),
        "signed": signed,
    })
}

type DoubleCase = (&'static str, DoubleVote, Option<DoubleVoteError>);

fn double_votes(port: &Voter, one: Hash, other: Hash) -> Vec<DoubleCase> {
    use VoteKind::{Precommit, Prevote};
    let vote = |kind, block| port.vote(kind, 7, 2, block);
    let votes = |name, right: SignedVote, error| {
        let left = vote(right.kind, Some(one));
        (name, DoubleVote::of_votes(left, right), error)
    };
    let mixed = DoubleVote::of_votes(vote(Prevote, Some(one)), vote(Precommit, Some(other)));
    let mut forged = vote(Precommit, Some(other));
    forged.signature[40] ^= 1;
    let voter = |name, network| Voter {
        key: vote_key(name),
        network,
    };
    let (elsewhere, chamber) = (voter("port", other), voter("chamber", port.network));
    let proposals = |name, right, error| {
        let left = port.proposal(2, one, None);
        (name, DoubleVote::of_proposals(left, right), error)
    };
    let DoubleVote::Votes { first, second } = votes("", vote(Precommit, None), None).1 else {
        unreachable!("made of votes");
    };
    let swapped = DoubleVote::Votes {
        first: second,
        second: first,
    };
    vec![
        votes("two prevotes", vote(Prevote, Some(other)), None),
        votes("a prevote and one for nothing", vote(Prevote, None), None),
        votes("two precommits", vote(Precommit, Some(other)), None),
        votes("a precommit and one for nothing", vote(Precommit, None), None),
        proposals("two proposals", port.proposal(2, other, None), None),
        proposals("one block proposed on two proofs", port.proposal(2, one, Some(1)), None),
        votes(
            "of two keys",
            chamber.vote(Precommit, 7, 2, Some(other)),
            Some(DoubleVoteError::TwoKeys),
        ),
        votes(
            "of two heights",
            port.vote(Precommit, 8, 2, Some(other)),
            Some(DoubleVoteError::TwoHeights),
        ),
        votes(
            "of two rounds",
            port.vote(Precommit, 7, 3, Some(other)),
            Some(DoubleVoteError::TwoRounds),
        ),
        proposals(
            "proposals of two rounds",
            port.proposal(3, other, None),
            Some(DoubleVoteError::TwoRounds),
        ),
        ("a prevote and a precommit", mixed, Some(DoubleVoteError::TwoKinds)),
        votes(
            "the same twice",
            vote(Precommit, Some(one)),
            Some(DoubleVoteError::SameBytes),
        ),
        ("in the other order", swapped, Some(DoubleVoteError::Order)),
        votes("a signature altered", forged, Some(DoubleVoteError::BadSignature)),
        votes(
            "one in another network",
            elsewhere.vote(Precommit, 7, 2, Some(other)),
            Some(DoubleVoteError::BadSignature),
        ),
    ]
}

/// The name of an error in the vectors.
#[must_use]
pub fn light_error(error: &LightError) -> &'static str {
    match error {
        LightError::WrongNetwork => "wrong network",
        LightError::NotAbove { .. } => "not above",
        LightError::Fork(_) => "fork",
        LightError::TimeNotLater => "time not later",
        LightError::FromFuture => "from the future",
        LightError::TrustExpired => "trust expired",
        LightError::WrongSet => "wrong set",
        LightError::WrongNextSet => "wrong next set",
        LightError::NoChange => "no change",
        LightError::NextSetMissing => "next set missing",
        LightError::Commit(CommitError::WrongBlock) => "wrong block",
        LightError::Commit(CommitError::WrongHeight) => "wrong height",
        LightError::Commit(CommitError::WrongSet) => "wrong set",
        LightError::Commit(CommitError::UnknownKey) => "unknown key",
        LightError::Commit(CommitError::SignerTwice) => "signer twice",
        LightError::Commit(CommitError::BadSignature) => "bad signature",
        LightError::Commit(CommitError::TooLittleWeight) => "too little weight",
    }
}

/// Cases of the light node: where it starts, how many of the changes of the set it takes, and one step more.
struct LightCases<'a> {
    ledger: &'a MemoryLedger,
    cases: Vec<Value>,
}

impl LightCases<'_> {
    fn newest(&self, height: u64) -> Value {
        let header = self.ledger.header(height);
        json!({ "header": header, "commit": self.ledger.certificate(header, usize::MAX) })
    }

    fn change(&self, height: u64) -> Value {
        json!({ "change": self.ledger.set_change(height) })
    }

    fn checkpoint(&self, height: u64, set: &[(&str, u64)]) -> Value {
        let header = self.ledger.header(height).clone();
        let commit = self.ledger.certificate(&header, usize::MAX);
        let genesis = self.ledger.genesis.clone();
        json!(Checkpoint::of(genesis, header, commit, validator_set(set)))
    }

    /// A checkpoint with so many signatures, of strangers, that it is above its limit: by its form nothing else lets it grow so.
    fn long_checkpoint(&self) -> Value {
        let header = self.ledger.header(5).clone();
        let names: Vec<String> = (0..310).map(|at| format!("crowd {at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let commit = certificate_of(&header, 0, &names);
        let checkpoint = Checkpoint::of(self.ledger.genesis.clone(), header, commit, validator_set(SETS[2]));
        assert!(checkpoint.to_bytes().len() > CHECKPOINT_BYTES);
        json!(checkpoint)
    }

    /// `checkpoint` null: it starts from the anchor. `error` null: it goes on, to `height` and the set that certifies the
    /// heights above. Else it stays there.
    fn case(
        &mut self,
        name: &str,
        (checkpoint, changes): (&Value, u64),
        step: Value,
        error: Option<&str>,
        height: u64,
    ) {
        let validators = self.ledger.set(height + 1).hash();
        self.cases.push(json!({
            "changes": changes, "checkpoint": checkpoint, "error": error, "height": height, "name": name,
            "now": time(NOW), "step": step, "validators": validators,
        }));
    }

    /// The clock at the last step of the case before.
    fn at(&mut self, now: crate::Time) {
        if let Some(case) = self.cases.last_mut() {
            case["now"] = json!(now);
        }
    }

    fn good(&mut self) {
        let none = &Value::Null;
        let (newest, five) = (self.newest(7), self.checkpoint(5, SETS[2]));
        self.case("the anchor alone", (none, 0), Value::Null, None, 0);
        self.case("the first header", (none, 0), self.newest(1), None, 1);
        self.case("a change", (none, 0), self.change(2), None, 2);
        self.case("a second change", (none, 1), self.change(4), None, 4);
        self.case("the newest header", (none, 2), newest.clone(), None, 7);
        self.case("a checkpoint alone", (&five, 0), Value::Null, None, 5);
        self.case("from a checkpoint on", (&five, 0), newest.clone(), None, 7);
        self.case("ten seconds from the future", (none, 2), newest.clone(), None, 7);
        self.at(time(60));
        self.case("thirty days after", (none, 2), newest, None, 7);
        self.at(time(40 + 30 * 86_400));
    }

    fn bad(&mut self) {
        let none = &Value::Null;
        let (five, turn) = (self.checkpoint(5, SETS[2]), self.checkpoint(4, SETS[1]));
        let (wrong, again) = (Some("wrong set"), Some("not above"));
        let other = self.checkpoint(5, SETS[1]);
        self.case("a checkpoint with another set", (&other, 0), Value::Null, wrong, 0);
        let missing = Some("next set missing");
        self.case("a checkpoint that changes the set", (&turn, 0), Value::Null, missing, 0);
        self.case("the checkpoint's header again", (&five, 0), self.newest(5), again, 5);
        self.case(
            "the second change before the first",
            (none, 0),
            self.change(4),
            wrong,
            0,
        );
        self.case(
            "the newest header before the changes",
            (none, 0),
            self.newest(7),
            wrong,
            0,
        );
        self.case("a change again", (none, 2), self.change(4), again, 4);
        self.case("a change that is none", (none, 2), self.change(6), Some("no change"), 4);
        let mut other = self.ledger.set_change(2);
        other.validators = validator_set(SETS[2]);
        let step = json!({ "change": other });
        self.case("a change to another set", (none, 0), step, Some("wrong next set"), 0);
        for offer in light::offers(self.ledger) {
            // A signer twice has no form in a document.
            if offer.error != LightError::Commit(CommitError::SignerTwice) {
                let step = json!({ "header": offer.header, "commit": offer.commit });
                self.case(offer.name, (none, 2), step, Some(light_error(&offer.error)), 4);
                self.at(offer.now);
            }
        }
        self.case(
            "a checkpoint that is too long",
            (&self.long_checkpoint(), 0),
            Value::Null,
            Some(TOO_LONG),
            0,
        );
        let founded = self.ledger.genesis.created();
        for (name, time) in [
            ("the first header at the time of the anchor", founded),
            ("the first header earlier than the anchor", founded.plus_millis(-1)),
        ] {
            let mut header = self.ledger.header(1).clone();
            header.time = time;
            let commit = certificate_of(&header, 0, &self.ledger.validators(1));
            let step = json!({ "header": header, "commit": commit });
            self.case(name, (none, 0), step, Some("time not later"), 0);
        }
        let mut rival = self.ledger.header(4).clone();
        rival.records_root = Hash::of(b"another story");
        let commit = certificate_of(&rival, 2, &["carrier", "exporter", "insurer"]);
        let step = json!({ "header": rival, "commit": commit });
        self.case("a fork", (none, 2), step, Some("fork"), 4);
    }
}

/// The steps of a light node and what becomes of them.
pub(super) fn light() -> Value {
    let ledger = changed_alliance().ledger;
    let mut all = LightCases {
        ledger: &ledger,
        cases: Vec::new(),
    };
    all.good();
    all.bad();
    let anchor = Anchor::of(ledger.genesis.clone());
    let changes = [ledger.set_change(2), ledger.set_change(4)];
    json!({ "anchor": anchor, "cases": all.cases, "changes": changes, "now": time(NOW) })
}
