//! Wires between validators that are cut in one direction only, that are slow, or that break all the time.

use crate::proxy::Fate;
use crate::world::{VALIDATORS, World, wait};
use ledger::{Hash, Record};

/// Who is not heard by whom.
fn cut(world: &World, pairs: &[(usize, usize)]) {
    let is_cut = |from: usize, to: usize| pairs.contains(&(from, to));
    let fate = |cut: bool| if cut { Fate::Hold } else { Fate::Pass };
    for from in 0..VALIDATORS {
        for to in (0..VALIDATORS).filter(|to| *to != from) {
            // What is asked goes one way, what is answered the other.
            world.wires[from][to].set(fate(is_cut(from, to)), fate(is_cut(to, from)));
        }
    }
}

fn recalls(world: &World, count: usize) -> Vec<Record> {
    let say = |number| {
        let text = format!("reason {number}");
        let words = serde_json::json!({"en": text, "zh": "召回", "de": "Rückruf"});
        let body =
            serde_json::json!({"about": [world.lot], "hazard": "serious", "reason": words, "instruction": words});
        world.say(0, "supply-chain.recalled.1", &body)
    };
    (0..count).map(say).collect()
}

/// All four have the same blocks.
fn one_chain(world: &World) {
    let height = world.level(1);
    let blocks = |at: usize| -> Vec<Hash> {
        let node = &world.validator(at).node;
        (1..=height)
            .map(|height| node.block(height).unwrap().unwrap().header.id())
            .collect()
    };
    let first = blocks(0);
    assert!((1..VALIDATORS).all(|at| blocks(at) == first), "more than one chain");
}

fn confirmed(world: &World, at: usize, ids: &[Hash]) -> bool {
    let node = &world.validator(at).node;
    ids.iter().all(|id| node.place(id).unwrap().is_some())
}

/// With these cuts the first three go on; afterwards all four have all of it.
fn goes_on(name: &str, pairs: &[(usize, usize)]) {
    let world = World::found_with_wires(name);
    cut(&world, pairs);
    for record in recalls(&world, 3) {
        world.confirm(1, vec![record]);
    }
    let reached = world.validator(1).height();
    cut(&world, &[]);
    world.level(reached);
    one_chain(&world);
}

/// The fourth hears all others, and none of them hears it.
#[test]
fn whom_nobody_hears_stops_nobody() {
    goes_on("mute", &[(3, 0), (3, 1), (3, 2)]);
}

/// All others hear the fourth, and it hears none of them.
#[test]
fn who_hears_nobody_stops_nobody() {
    goes_on("deaf-validator", &[(0, 3), (1, 3), (2, 3)]);
}

/// The fourth is heard by one of them, and hears another.
#[test]
fn who_hears_one_and_is_heard_by_another_stops_nobody() {
    goes_on("crossed", &[(3, 0), (3, 1), (0, 3), (2, 3)]);
}

/// One too many: two of four are heard by nobody. Nothing is confirmed; when they are heard again all of it is, in one chain.
#[test]
fn one_too_many_of_whom_nobody_hears_stop_it() {
    let world = World::found_with_wires("two-mute");
    let level = world.level(1);
    let mut pairs = Vec::new();
    for mute in [2, 3] {
        pairs.extend((0..VALIDATORS).filter(|to| *to != mute).map(|to| (mute, to)));
    }
    cut(&world, &pairs);
    let records = recalls(&world, 3);
    let ids: Vec<Hash> = records.iter().map(Record::id).collect();
    let waiting = world.validator(0).node.submit_together(records).unwrap();
    // The first two have begun a height that they cannot decide.
    wait(
        || {
            [0, 1]
                .iter()
                .all(|at| world.validator(*at).node.deciding().unwrap().is_some())
        },
        || "nobody decides anything".to_owned(),
    );
    assert!(world.running().iter().all(|one| one.height() <= level + 1));
    assert!(
        (0..VALIDATORS).all(|at| !confirmed(&world, at, &ids)),
        "two of four confirmed it"
    );
    drop(waiting);
    cut(&world, &[]);
    wait(
        || (0..VALIDATORS).all(|at| confirmed(&world, at, &ids)),
        || {
            format!(
                "{:?}",
                world.running().iter().map(|one| one.height()).collect::<Vec<_>>()
            )
        },
    );
    one_chain(&world);
}

/// Every connection ends in the middle of a message, after some more bytes each: all is confirmed, once.
#[test]
fn connections_that_break_all_the_time() {
    let world = World::found_with_wires("breaking");
    for (from, wires) in world.wires.iter().enumerate() {
        for (to, wire) in wires.iter().enumerate() {
            let after = 6_000 + 1_700 * (3 * from + to);
            wire.set(Fate::CutAfter(after), Fate::CutAfter(2 * after));
        }
    }
    for record in recalls(&world, 12) {
        world.confirm(1, vec![record]);
    }
    world
        .wires
        .iter()
        .flatten()
        .for_each(|wire| wire.set(Fate::Pass, Fate::Pass));
    one_chain(&world);
}
