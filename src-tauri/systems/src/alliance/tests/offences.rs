//! Validators caught.

use super::{FOUR, Tale, admits, decided, describes, in_force, is, proposes, registers, says, tale};
use crate::testing::{Step, key};
use ledger::vote::{proposal_bytes, vote_bytes};
use ledger::{DoubleVote, Hash, SignedProposal, SignedVote, VoteKind};
use serde_json::{Value, json};

const HERE: &[u8] = b"world";

/// A vote of the validator of that name on the ledger `network`.
fn vote(name: &str, network: &[u8], kind: VoteKind, round: u32, block: Option<&[u8]>) -> SignedVote {
    let block = block.map(Hash::of);
    let signed = vote_bytes(kind, &Hash::of(network), 7, round, block.as_ref());
    SignedVote {
        block,
        height: 7,
        key: key(name).public(),
        kind,
        round,
        signature: key(name).sign(&signed),
    }
}

fn votes(name: &str, network: &[u8], kind: VoteKind, round: u32) -> Value {
    let one = vote(name, network, kind, round, Some(b"one"));
    let other = vote(name, network, kind, round, None);
    json!({"proof": DoubleVote::of_votes(one, other)})
}

fn proposals(name: &str, round: u32) -> Value {
    let proposal = |block: &[u8]| {
        let block = Hash::of(block);
        let signed = proposal_bytes(&Hash::of(HERE), 7, round, &block, None);
        let signature = key(name).sign(&signed);
        SignedProposal {
            block,
            height: 7,
            key: key(name).public(),
            proof_round: None,
            round,
            signature,
        }
    };
    json!({"proof": DoubleVote::of_proposals(proposal(b"one"), proposal(b"other"))})
}

fn shows(who: &'static str, body: Value, rule: &'static str) -> Step {
    Step("caught", who, "alliance.double-voted", body, rule)
}

fn precommits(name: &str, round: u32) -> Value {
    votes(name, HERE, VoteKind::Precommit, round)
}

fn shown() -> Vec<Tale> {
    let caught = "alliance:validator/^VD";
    vec![
        tale(
            &FOUR,
            "a double vote is shown once",
            vec![
                shows("M", precommits("VD", 0), ""),
                is(caught, "/offences/0/kind", json!("precommit")),
                is(caught, "/offences/0/height", json!(7)),
                is(caught, "/offences/0/record", json!("#caught")),
                shows("C", precommits("VD", 0), "alliance.offence-known"),
                shows("C", votes("VD", HERE, VoteKind::Prevote, 0), ""),
                shows("C", proposals("VD", 0), ""),
                shows("C", precommits("VD", 1), ""),
                is(caught, "/offences/1/kind", json!("prevote")),
                is(caught, "/offences/2/kind", json!("proposal")),
                is(caught, "/offences/3/round", json!(1)),
            ],
        ),
        tale(
            &FOUR,
            "any member shows it, a stranger does not",
            vec![
                shows("S", precommits("VD", 0), "alliance.not-a-member"),
                admits("M", "S", ""),
                admits("C", "S", ""),
                registers("S", ""),
                shows("S", precommits("VD", 0), ""),
                // Even the offender itself.
                shows("D", precommits("VD", 1), ""),
            ],
        ),
        tale(&FOUR, "sixteen are kept", {
            let mut steps: Vec<Step> = (0..16).map(|round| shows("M", precommits("VD", round), "")).collect();
            steps.push(shows("M", precommits("VD", 16), "alliance.offences-full"));
            steps
        }),
        tale(
            &FOUR,
            "the set is changed without the offender, whatever that says to it",
            vec![
                shows("M", precommits("VD", 0), ""),
                proposes("p", "M", &[("VD", "D", 0)], ""),
                says("D", false, "p", ""),
                says("C", true, "p", ""),
                says("B", true, "p", ""),
                decided(Some(3)),
                in_force(),
                describes("D", "alliance.not-a-member"),
                // It is listed, so what comes to light later is added.
                shows("M", precommits("VD", 3), ""),
                shows("M", precommits("VE", 0), "alliance.not-a-validator"),
            ],
        ),
    ]
}

/// Proofs that prove nothing.
fn forged() -> Vec<Tale> {
    let twice = |mut body: Value| {
        body["proof"]["second"] = body["proof"]["first"].clone();
        body
    };
    let mut turned = precommits("VD", 0);
    let first = turned["proof"]["first"].clone();
    turned["proof"]["first"] = turned["proof"]["second"].clone();
    turned["proof"]["second"] = first;
    let mut imputed = precommits("VE", 0);
    for vote in ["first", "second"] {
        imputed["proof"][vote]["key"] = json!("@VD");
    }
    let one = vote("VD", HERE, VoteKind::Precommit, 0, Some(b"one"));
    let two_rounds = DoubleVote::of_votes(one.clone(), vote("VD", HERE, VoteKind::Precommit, 1, None));
    let two_kinds = DoubleVote::of_votes(one.clone(), vote("VD", HERE, VoteKind::Prevote, 0, None));
    let two_keys = DoubleVote::of_votes(one, vote("VM", HERE, VoteKind::Precommit, 0, None));
    let abroad = votes("VD", b"elsewhere", VoteKind::Precommit, 0);
    vec![
        tale(
            &FOUR,
            "nobody is accused by what it did not sign",
            vec![
                shows("M", imputed, "alliance.proof"),
                shows("M", abroad, "alliance.proof"),
                shows("M", twice(precommits("VD", 0)), "alliance.proof"),
                shows("M", turned, "alliance.proof"),
                shows("M", json!({"proof": two_rounds}), "alliance.proof"),
                shows("M", json!({"proof": two_kinds}), "alliance.proof"),
                shows("M", json!({"proof": two_keys}), "alliance.proof"),
                shows("M", json!({"proof": {"form": "sealroad-double-vote.1"}}), "shared.body"),
                is("alliance:validator/^VD", "", Value::Null),
            ],
        ),
        tale(
            &FOUR,
            "keys of strangers do not fill the ledger",
            vec![
                shows("M", precommits("VE", 0), "alliance.not-a-validator"),
                shows("M", precommits("S", 0), "alliance.not-a-validator"),
                is("alliance:validator/^VE", "", Value::Null),
            ],
        ),
    ]
}

pub(super) fn stories() -> Vec<Tale> {
    [shown(), forged()].into_iter().flatten().collect()
}
