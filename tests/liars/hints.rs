//! Hints prove nothing: too many of them, and none where there should be some.

use crate::liar::{Liar, pages};
use crate::world::{Folder, Light, World, wait};
use ledger::Subject;
use node::net::{Path, Reply};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub fn made_up(number: u64) -> Subject {
    Subject::code("container", &format!("AAAU{number:07}")).unwrap()
}

/// Has the light node ask about the shipment again and again.
pub fn ask_until(light: &Light, world: &World, holds: impl Fn() -> bool) {
    let asked = || {
        light.node.follow(vec![world.shipment.clone()]).unwrap();
        light.network.nudge();
        holds()
    };
    wait(asked, || light.peers());
}

/// Waits until the light node, which nobody tells to look, has all records of the lot.
pub fn hears(light: &Light, world: &World) {
    let (lot, honest) = (&world.lot, world.validator(1));
    let holds = || {
        light.network.nudge();
        light.ids(lot) == honest.ids(lot)
    };
    wait(holds, || {
        format!(
            "{} of {} records; {}",
            light.ids(lot).len(),
            honest.ids(lot).len(),
            light.peers()
        )
    });
}

/// A new shipment to the party of the light node, which is named to it for the first time.
pub fn plan(world: &World) -> Subject {
    let place = |name: &str, country: &str| json!({"name": name, "country": country});
    let leg = json!({"from": place("Xi'an", "CN"), "to": place("Duisburg", "DE"), "mode": "rail"});
    let (from, to) = (world.parties[0], world.parties[1]);
    let body = json!({"number": "S-NEW", "consignor": {"party": from}, "consignee": {"party": to}, "legs": [leg]});
    world.confirm(1, vec![world.say(0, "logistics.shipment-planned.1", &body)]);
    format!("shipment:{from}:S-NEW").parse().unwrap()
}

/// A new shipment comes without being asked for where all peers are honest, also after a restart.
#[test]
fn a_new_shipment_is_hinted_at() {
    let world = World::found("new");
    let folder = Folder::new("new-light");
    let seats = vec![world.seats[1].clone(), world.seats[2].clone()];
    let light = world.light(&folder, seats.clone());
    world.ends_right(&light);
    let new = plan(&world);
    light.stop();
    let light = world.light(&folder, seats);
    let heard = || {
        light.network.nudge();
        light.node.entry(&new).unwrap().is_some()
    };
    wait(heard, || light.peers());
    light.stop();
}

/// The recall comes without being asked for where all peers are honest: the tests below can fail.
#[test]
fn a_recall_is_hinted_at() {
    let world = World::found("hinted");
    let folder = Folder::new("hinted-light");
    let light = world.light(&folder, vec![world.seats[1].clone(), world.seats[2].clone()]);
    world.ends_right(&light);
    for why in ["dyes", "seams", "moths"] {
        world.recall(why);
        hears(&light, &world);
    }
    light.stop();
}

/// A peer that names as many subjects as one answer may have, in each answer.
#[test]
fn as_many_hints_as_one_answer_may_have() {
    let world = World::shared();
    let next = AtomicU64::new(0);
    let liar = Liar::start(
        &world,
        pages(move |page| {
            let first = next.fetch_add(2_000, Ordering::SeqCst);
            page.heard.touched = (first..first + 2_000).map(made_up).collect();
            true
        }),
    );
    let folder = Folder::new("many-hints");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    ask_until(&light, &world, || liar.lies() > 5);
    // A person asks for the goods now: they come, however much else was named before.
    world.ends_right(&light);
    let following = light.node.following().unwrap().unwrap();
    assert!(
        following.subjects < 20_000,
        "it follows {} subjects; {}",
        following.subjects,
        light.peers()
    );
    light.stop();
}

/// A peer that tells of no subject what was asked: the others do.
#[test]
fn nothing_told_of_what_is_asked() {
    let world = World::found("mute");
    let liar = Liar::start(
        &world,
        pages(|page| {
            page.subjects.clear();
            page.records.clear();
            page.blocks.clear();
            true
        }),
    );
    let folder = Folder::new("mute-light");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    world.recall("dyes");
    hears(&light, &world);
    light.stop();
}

/// A peer that answers every question about subjects with its first answer.
#[test]
fn the_same_page_for_ever() {
    let world = World::found("same-page");
    let first: Mutex<Option<bytes::Bytes>> = Mutex::default();
    let same = move |ask: &node::net::Ask, honest: &bytes::Bytes| {
        (ask.path == Path::Follow)
            .then(|| Reply::whole(first.lock().unwrap().get_or_insert_with(|| honest.clone()).clone()))
    };
    let liar = Liar::start(&world, Box::new(same));
    let folder = Folder::new("same-page-light");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    world.recall("dyes");
    hears(&light, &world);
    light.stop();
}
