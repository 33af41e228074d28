//! A lying peer over real HTTPS: each lie is refused by name, and the light node ends with what the honest validators say.

mod desks;
mod double_vote;
mod evidence;
mod flood;
mod forged_database;
mod fork;
mod found;
mod headers;
mod hints;
mod liar;
mod pages;
mod processes;
mod proxy;
mod sets;
mod wires;
mod world;

use liar::{Liar, Lie};
use world::{Folder, World};

/// A light node that knows nobody but a liar refuses the lie under this name, believes nothing false, and holds it against the liar;
/// started again with an honest validator beside the liar it ends right.
fn refused(name: &str, code: &str, lie: Lie) {
    let world = World::shared();
    refused_in(&world, name, code, Liar::start(&world, lie));
}

fn refused_in(world: &World, name: &str, code: &str, liar: Liar) {
    let folder = Folder::new(name);
    let light = world.light(&folder, vec![liar.seat.clone()]);
    light
        .node
        .follow(vec![world.lot.clone(), world.shipment.clone()])
        .unwrap();
    let seen = light.counts(&liar.seat, code);
    assert!(liar.lies() > 0, "the liar never lied");
    assert!(
        seen.points > 0 || seen.standing != node::net::Standing::Heard,
        "{name}: nothing is held against it: {seen:?}"
    );
    assert_eq!(light.node.halted(), None, "{name}");
    world.nothing_false(&light);
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    light.stop();
}

/// One test for each lie: what it is, under what name it is counted, how it is told.
#[macro_export]
macro_rules! lies {
    ($($name:ident: $code:literal, $lie:expr;)*) => {
        $(#[test]
        fn $name() {
            $crate::refused(stringify!($name), $code, $lie);
        })*
    };
}
