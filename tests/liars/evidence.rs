//! A light node has evidence made by others, and checks it before it hands it on.

use crate::liar::{Liar, Lie};
use crate::world::{Folder, World};
use ledger::{Anchor, Subject, Trust, Verdict};
use node::net::{Path, Reply};
use std::sync::{Arc, Mutex};

/// A lie in evidence, given as text.
fn files(lie: impl Fn(String) -> String + Send + Sync + 'static) -> Lie {
    Box::new(move |ask, honest| {
        let text = String::from_utf8(honest.to_vec())
            .ok()
            .filter(|_| ask.path == Path::Evidence)?;
        Some(Reply::whole(lie(text).into_bytes()))
    })
}

/// Whether evidence is true, is of this network, and is about this.
fn accepted(world: &World, file: &[u8], about: &Subject) -> bool {
    let anchor = Anchor::of(world.genesis.clone());
    let said: serde_json::Value = serde_json::from_slice(file).unwrap();
    ledger::verify(file, &Trust::Expect(anchor), None).verdict() == Verdict::Accepted && said["about"] == about.as_str()
}

/// Alone with the liar the light node has no evidence but a refusal; with an honest validator beside it, good evidence.
fn refused(name: &str, lie: Lie) {
    let world = World::shared();
    let liar = Liar::start(&world, lie);
    let folder = Folder::new(name);
    let light = world.light(&folder, vec![liar.seat.clone()]);
    world.ends_right(&light);
    let alone = light.node.evidence(&world.lot, Vec::new());
    assert!(alone.is_err(), "{name}: it hands on what the liar made");
    let seen = light.seen(&liar.seat);
    assert!(!seen.refused.is_empty(), "{name}: {seen:?}");
    assert!(liar.lies() > 0);
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    let file = light.node.evidence(&world.lot, Vec::new()).unwrap();
    assert!(accepted(&world, &file, &world.lot));
    light.stop();
}

#[test]
fn forged() {
    refused(
        "evidence-forged",
        files(|text| text.replace("loose threads", "loose thread5")),
    );
}

#[test]
fn one_digit_of_a_root_altered() {
    refused(
        "evidence-root",
        files(|text| text.replacen("\"index_root\":\"", "\"index_root\":\"0", 1)),
    );
}

#[test]
fn of_another_subject() {
    let world = World::shared();
    let other = world.validator(1).node.evidence(&world.shipment, Vec::new()).unwrap();
    let other = String::from_utf8(other).unwrap();
    refused("evidence-other", files(move |_| other.clone()));
}

#[test]
fn of_another_network() {
    let other = World::found("evidence-elsewhere");
    let file = other.validator(1).node.evidence(&other.lot, Vec::new()).unwrap();
    let file = String::from_utf8(file).unwrap();
    refused("evidence-network", files(move |_| file.clone()));
}

#[test]
fn no_evidence_at_all() {
    refused("evidence-none", files(|_| "{}".to_owned()));
}

/// Evidence from before the newest recall, which was true once.
#[test]
fn older() {
    let world = World::found("evidence-older");
    let old: Arc<Mutex<String>> = Arc::default();
    let kept = Arc::clone(&old);
    *old.lock().unwrap() =
        String::from_utf8(world.validator(1).node.evidence(&world.lot, Vec::new()).unwrap()).unwrap();
    let liar = Liar::start(&world, files(move |_| kept.lock().unwrap().clone()));
    world.recall("dyes");
    let folder = Folder::new("evidence-older-light");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    world.ends_right(&light);
    assert!(
        light.node.evidence(&world.lot, Vec::new()).is_err(),
        "it hands on evidence without the newest recall"
    );
    assert!(!light.seen(&liar.seat).refused.is_empty(), "{}", light.peers());
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    let file = light.node.evidence(&world.lot, Vec::new()).unwrap();
    assert!(accepted(&world, &file, &world.lot));
    assert!(String::from_utf8(file).unwrap().contains("dyes"));
    light.stop();
}
