//! Attacks that once succeeded, and lies that once had no name.

use crate::fork::rival;
use crate::hints::{ask_until, hears, made_up, plan};
use crate::liar::{Honest, Liar, after, certified, pages};
use crate::world::{Folder, Light, World, wait};
use node::net::Reply;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Waits until what the liar tells has a name.
fn is_named(light: Light, liar: &Liar) {
    let named = || {
        light.network.nudge();
        !light.seen(&liar.seat).refused.is_empty()
    };
    wait(named, || format!("{} lies; {}", liar.lies(), light.peers()));
    light.stop();
}

/// A rival that too few certified is a lie: it has a name.
#[test]
fn a_forged_rival_is_named() {
    let world = World::shared();
    let liar = rival(&world, &[0, 1]);
    let folder = Folder::new("forged-rival");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    is_named(light, &liar);
}

/// A page under a head that too few certified is a lie: it has a name.
#[test]
fn a_page_under_a_forged_head_is_named() {
    let world = World::shared();
    let forged = pages(|page| {
        page.head = certified(after(&page.head.header), &[0, 1]);
        true
    });
    let liar = Liar::start(&world, forged);
    let folder = Folder::new("forged-head");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    light.node.follow(vec![world.lot.clone()]).unwrap();
    is_named(light, &liar);
}

/// A peer that names thousands of subjects in each answer: the person's own subject is still there soon.
#[test]
fn far_too_many_hints() {
    let world = World::shared();
    let next = AtomicU64::new(0);
    let liar = Liar::start(
        &world,
        pages(move |page| {
            let first = next.fetch_add(30_000, Ordering::SeqCst);
            page.heard.touched = (first..first + 30_000).map(made_up).collect();
            true
        }),
    );
    let folder = Folder::new("hints");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    ask_until(&light, &world, || liar.lies() > 3);
    world.ends_right(&light);
    let following = light.node.following().unwrap().unwrap();
    assert!(
        following.subjects < 10_000,
        "it follows {} subjects; {}",
        following.subjects,
        light.peers()
    );
    light.stop();
}

/// A peer that says it looked through all blocks and saw nothing: the recall comes from the others all the same.
#[test]
fn a_recall_nobody_hints_at() {
    let world = World::found("silence");
    let liar = Liar::start(
        &world,
        pages(|page| {
            page.heard.touched.clear();
            page.heard.until = page.head.header.height;
            true
        }),
    );
    let folder = Folder::new("silence-light");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    for why in ["dyes", "seams", "moths"] {
        world.recall(why);
        hears(&light, &world);
    }
    light.stop();
}

/// A peer that says it looked through blocks that do not exist yet.
#[test]
fn looked_through_what_is_not_there_yet() {
    let world = World::found("beyond");
    let liar = Liar::start(
        &world,
        pages(|page| {
            page.heard.touched.clear();
            page.heard.until = u64::MAX >> 12;
            true
        }),
    );
    let folder = Folder::new("beyond-light");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    world.recall("dyes");
    hears(&light, &world);
    light.stop();
}

/// The first record of the lot is left out of a part that is said to have more after it: the honest peer, who tells the rest, is not
/// to blame, and the lot is whole in the end.
#[test]
fn a_part_that_leaves_something_out() {
    let world = World::found("part");
    let part = pages(|page| {
        let lot = page
            .subjects
            .iter_mut()
            .find(|shown| shown.subject.as_str().starts_with("lot:") && shown.records.len() > 2);
        let Some(shown) = lot else { return false };
        shown.records.remove(0);
        shown.records.truncate(1);
        shown.proved = None;
        true
    });
    let liar = Liar::start(&world, part);
    // The honest ones answer nothing until the liar has lied.
    let open = Arc::new(AtomicBool::new(false));
    let closed = Arc::clone(&open);
    let gated = |at: usize| {
        let closed = Arc::clone(&closed);
        let gate = move |_: &_, _: &_| (!closed.load(Ordering::SeqCst)).then(|| Reply::refused(503, "node.busy", ""));
        let quoted = Honest::of(world.genesis.network(), &world.seats[at]);
        Liar::in_seat(&world, at, quoted, Box::new(gate))
    };
    let honest = [1, 2, 3].map(gated);
    let folder = Folder::new("part-light");
    let light = world.light(
        &folder,
        std::iter::once(&liar)
            .chain(&honest)
            .map(|one| one.seat.clone())
            .collect(),
    );
    light.node.follow(vec![world.lot.clone()]).unwrap();
    let lied = || {
        light.network.nudge();
        liar.lies() > 0
    };
    wait(lied, || light.peers());
    world.nothing_false(&light);
    open.store(true, Ordering::SeqCst);
    world.ends_right(&light);
    for one in &honest {
        assert!(
            light.seen(&one.seat).refused.is_empty(),
            "an honest validator is blamed: {}",
            light.peers()
        );
    }
    light.stop();
}

/// A peer that names new subjects in every answer, never more than one answer may have, until no more are followed: what the honest
/// name for the first time after that is still heard.
#[test]
fn hints_that_make_deaf() {
    let world = World::found("deaf");
    let next = AtomicU64::new(0);
    let liar = Liar::start(
        &world,
        pages(move |page| {
            let first = next.fetch_add(2_000, Ordering::SeqCst);
            page.heard.touched = (first..first + 2_000).map(made_up).collect();
            true
        }),
    );
    let folder = Folder::new("deaf-light");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    ask_until(&light, &world, || liar.lies() > 55);
    let new = plan(&world);
    light.stop();
    // Even with the liar gone.
    let light = world.light(&folder, vec![world.seats[1].clone(), world.seats[2].clone()]);
    let heard = || {
        light.network.nudge();
        light.node.entry(&new).unwrap().is_some()
    };
    let following = || light.node.following().unwrap().unwrap();
    wait(heard, || {
        format!(
            "{} followed, {} wait; {}",
            following().subjects,
            following().waiting,
            light.peers()
        )
    });
    light.stop();
}
