//! A validator that votes twice, over real HTTPS.

use crate::liar::Honest;
use crate::world::{VALIDATORS, World, node_key, vote_key, wait};
use bytes::Bytes;
use ledger::vote::vote_bytes;
use ledger::{DoubleVote, Hash, SecretKey, SignedVote, Subject, VoteKind};
use node::net::{Path, encode_frames};
use node::stepped::{Message, Said};
use serde_json::json;
use std::collections::BTreeMap;

const OFFENDER: usize = 3;

fn vote(key: &SecretKey, network: &Hash, kind: VoteKind, height: u64, block: &Hash) -> Bytes {
    let signature = key.sign(&vote_bytes(kind, network, height, 0, Some(block)));
    let vote = SignedVote {
        block: Some(*block),
        height,
        key: key.public(),
        kind,
        round: 0,
        signature,
    };
    Bytes::from(Said::Engine(Message::Vote(vote)).to_bytes())
}

/// Sends two votes for one height and round to every other validator.
pub fn vote_twice(key: &SecretKey, network: &Hash, mouths: &[Honest], kind: VoteKind, height: u64) {
    let votes = [b"this block", b"that block"].map(|block| vote(key, network, kind, height, &Hash::of(block)));
    let body = encode_frames(votes.iter());
    for mouth in mouths {
        mouth.ask(Path::Consensus, "", body.clone()).unwrap();
    }
}

fn offences_on_record(world: &World, at: usize) -> serde_json::Value {
    let subject = Subject::validator(&vote_key(OFFENDER).public());
    let entry = world.validator(at).node.entry(&subject).unwrap();
    entry.map_or(json!([]), |entry| {
        serde_json::to_value(&*entry.state).unwrap()["offences"].clone()
    })
}

/// The proofs that each of the others has seen, once all have seen one.
fn seen_by_all(world: &World, send: impl Fn()) -> Vec<DoubleVote> {
    let mut seen: BTreeMap<usize, DoubleVote> = BTreeMap::new();
    wait(
        || {
            send();
            for at in 0..OFFENDER {
                let network = &world.validator(at).network;
                seen.extend(network.take_offences().into_iter().map(|proof| (at, proof)));
            }
            seen.len() == OFFENDER
        },
        || "not every validator has seen the double vote".to_owned(),
    );
    seen.into_values().collect()
}

fn story(kind: VoteKind) {
    let world = World::found("double");
    world.stop(OFFENDER);
    let network = world.genesis.network();
    let mouth = |at: usize| Honest::with_key(node_key(OFFENDER), network, &world.seats[at]);
    let mouths: Vec<Honest> = (0..OFFENDER).map(mouth).collect();
    let proofs = seen_by_all(&world, || {
        vote_twice(
            &vote_key(OFFENDER),
            &network,
            &mouths,
            kind,
            world.validator(0).height() + 1,
        )
    });
    for proof in &proofs {
        assert_eq!(proof.key(), &vote_key(OFFENDER).public());
        proof.verify(&network).unwrap();
    }
    // A member puts it on record: every node says it, also after it was started again, and also the offender's own.
    world.confirm(
        0,
        vec![world.say(0, "alliance.double-voted.1", &json!({ "proof": proofs[0] }))],
    );
    world.start(OFFENDER);
    let listed = |world: &World| {
        (0..VALIDATORS).all(|at| {
            offences_on_record(world, at)
                .as_array()
                .is_some_and(|all| all.len() == 1)
        })
    };
    wait(
        || listed(&world),
        || {
            format!(
                "{:?}",
                (0..VALIDATORS)
                    .map(|at| offences_on_record(&world, at))
                    .collect::<Vec<_>>()
            )
        },
    );
    for at in 0..VALIDATORS {
        world.stop(at);
        world.start(at);
    }
    assert!(listed(&world));
    // The others go on without it.
    crate::sets::remove(&world, OFFENDER);
    world.stop(OFFENDER);
    world.recall("dyes");
    let seats = vec![world.seats[0].clone(), world.seats[1].clone()];
    let folder = crate::world::Folder::new("double-light");
    let light = world.light(&folder, seats);
    let subject = Subject::validator(&vote_key(OFFENDER).public());
    light.node.follow(vec![subject.clone()]).unwrap();
    world.ends_right(&light);
    let entry = || light.node.entry(&subject).unwrap();
    wait(|| entry().is_some(), || light.peers());
    assert_eq!(entry(), world.validator(1).node.entry(&subject).unwrap());
    light.stop();
}

#[test]
fn two_prevotes() {
    story(VoteKind::Prevote);
}

#[test]
fn two_precommits() {
    story(VoteKind::Precommit);
}
