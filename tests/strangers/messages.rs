//! What comes over the network.

use super::world::{LISTENER, World};
use super::{both_forms, stable};
use crate::stepped;
use bytes::Bytes;
use consensus::{Effect, Engine, Input, Message, Patience, Timer};
use ledger::Header;
use ledger::light::page::{self, Follower, HeadersAsked, HeadersTold, Page, PageAsked};
use node::heard::{Exchanged, PieceAsked, records};
use node::net::{decode_frames, encode_frames};
use node::stepped::{SAID_BYTES, Said};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use std::collections::VecDeque;
use std::sync::Arc;

/// Several messages in one body.
pub fn frames(bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    for greatest in [64, SAID_BYTES] {
        if let Ok(frames) = decode_frames(&body, greatest) {
            assert!(frames.iter().all(|frame| (1..=greatest).contains(&frame.len())));
            assert!(
                encode_frames(frames.iter()) == body,
                "written otherwise than it was read"
            );
        }
    }
}

/// What validators say, and the records that authors bring.
pub fn said(bytes: &[u8]) {
    stable("said", bytes, Said::parse, Said::to_bytes);
    let _read = records(bytes);
}

/// An engine that is one of four hears what the others may have said, a line each; an empty line is time that passes.
pub fn consensus(bytes: &[u8]) {
    let world = World::get();
    let (set, network) = (world.genesis.validators(), world.genesis.network());
    let key = Arc::new(stepped::vote_key(LISTENER));
    let mut engine = Engine::new(network, key, set.clone(), Patience::default());
    let mut timers: Vec<Timer> = Vec::new();
    let mut next = VecDeque::from([Input::Start {
        height: 1,
        validators: set.clone(),
        log: Vec::new(),
    }]);
    for line in bytes.split(|byte| *byte == b'\n').take(64) {
        while let Some(input) = next.pop_front() {
            for effect in engine.step(input) {
                next.extend(carried_out(effect, &mut timers, world));
            }
        }
        if line.is_empty() {
            timers.sort_unstable();
            next.extend(timers.pop().map(Input::Elapsed));
        } else if let Some(message) = message(line) {
            next.push_back(Input::Heard(message));
        }
    }
}

fn message(line: &[u8]) -> Option<Message> {
    let read = |bytes: &[u8]| serde_json::from_slice::<Message>(bytes);
    let write = |message: &Message| serde_json::to_vec(message).unwrap();
    stable("message", line, read, write)
}

/// What follows from what the engine wants; what it says of others must be true.
fn carried_out(effect: Effect, timers: &mut Vec<Timer>, world: &World) -> Option<Input> {
    match effect {
        Effect::Build { round, .. } => {
            return Some(Input::Built {
                round,
                header: world.header.clone(),
            });
        }
        Effect::Check(check) => {
            let good = check.header == world.header;
            return Some(Input::Checked { check, good });
        }
        Effect::Schedule(timer, _) => timers.push(timer),
        Effect::Cancel(timer) => timers.retain(|other| *other != timer),
        Effect::CancelAll => timers.clear(),
        Effect::Offence(proof) => {
            let verdict = proof.verify(&world.genesis.network());
            assert!(
                verdict.is_ok(),
                "says that somebody voted twice who did not: {verdict:?}"
            );
        }
        Effect::Commit { header, certificate } => {
            let verdict = certificate.verify(&header, world.genesis.validators());
            assert!(verdict.is_ok(), "decides without a certificate: {verdict:?}");
        }
        Effect::Broken(what) => panic!("the engine broke: {what}"),
        Effect::Save(_) | Effect::Send(_) | Effect::Spread(_) | Effect::Ahead(_) => {}
    }
    None
}

/// What a light node asks and is told about headers.
pub fn headers(bytes: &[u8]) {
    let world = World::get();
    let asked = |bytes: &[u8]| serde_json::from_slice::<HeadersAsked>(bytes);
    stable("question", bytes, asked, |asked| serde_json::to_vec(asked).unwrap());
    both_forms(bytes, |bytes| {
        let read = |bytes: &[u8]| serde_json::from_slice::<HeadersTold>(bytes);
        let Some(told) = stable("answer", bytes, read, |told| serde_json::to_vec(told).unwrap()) else {
            return;
        };
        let mut trusted = world.begun.clone();
        if let Some(rival) = &told.rival {
            let _why = world.trusted.refuse(rival);
        }
        for change in &told.changes {
            if let Ok(next) = trusted.change(change, world.now) {
                trusted = next;
            }
        }
        if let Some(head) = &told.head
            && let Ok(next) = trusted.advance(&head.header, &head.commit, world.now)
        {
            assert!(
                next.header().map(Header::id) == Some(head.commit.block),
                "trusts another header"
            );
            assert!(next.height() > trusted.height(), "goes back");
        }
    });
}

/// What a light node asks and is told about subjects.
pub fn page(bytes: &[u8]) {
    let world = World::get();
    let asked = |bytes: &[u8]| serde_json::from_slice::<PageAsked>(bytes);
    stable("question", bytes, asked, |asked| serde_json::to_vec(asked).unwrap());
    both_forms(bytes, |bytes| {
        let Some(page) = stable("page", bytes, Page::parse, |page| page.to_bytes().unwrap()) else {
            return;
        };
        let followers = page.subjects.iter().map(|shown| Follower {
            subject: shown.subject.clone(),
            frontier: ledger::history::Frontier::default(),
        });
        let followers: Vec<Follower> = followers.collect();
        let mut random = StdRng::from_seed([7; 32]);
        if let Ok(taken) = page::verify(&page, &world.trusted, &followers, &mut random) {
            let shown = taken.iter().flat_map(|taken| &taken.records);
            assert!(
                shown.copied().all(|at| world.stands(&page.records[at].record)),
                "believes a record that is in no block"
            );
        }
    });
}

/// What desktops say to each other.
pub fn exchange(bytes: &[u8]) {
    both_forms(bytes, |bytes| {
        stable("exchange", bytes, Exchanged::parse, |message| {
            message.to_bytes().unwrap()
        });
    });
}

/// Which piece of a document is asked for.
pub fn piece(bytes: &[u8]) {
    let read = |bytes: &[u8]| PieceAsked::parse(std::str::from_utf8(bytes).map_err(|_| "text")?);
    stable("piece", bytes, read, |piece| piece.to_query().into_bytes());
}
