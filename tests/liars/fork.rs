//! Two certified blocks of one height: more than a third of the weight broke the rules, and the node stops.

use crate::liar::{Liar, certified, headers};
use crate::world::{Folder, Light, World, wait};
use ledger::Header;
use node::{Halt, Node};
use std::sync::Arc;

/// Tells a rival of the block that the asking node trusts, signed by these.
pub fn rival(world: &World, signers: &'static [usize]) -> Liar {
    let honest = world.validator(1);
    let block = move |height: u64| -> Option<Header> { honest.node.block(height).unwrap().map(|block| block.header) };
    Liar::start(
        world,
        headers(move |asked, told| {
            if let Some(mut header) = block(asked.from) {
                header.time = header.time.plus_millis(1);
                told.rival = Some(certified(header, signers));
            }
        }),
    )
}

fn fork_of(node: &Arc<Node>) -> Option<ledger::Fork> {
    node.following().unwrap().unwrap().fork
}

fn stopped(light: &Light) {
    let holds = || {
        light.network.nudge();
        light.node.halted() == Some(Halt::Fork)
    };
    wait(holds, || format!("{:?}; {}", light.node.halted(), light.peers()));
}

#[test]
fn a_fork_stops_the_node_for_good() {
    let world = World::shared();
    let liar = rival(&world, &[0, 1, 2]);
    let folder = Folder::new("fork");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    stopped(&light);
    let (head, proof) = (light.node.head().unwrap(), fork_of(&light.node).unwrap());
    assert_eq!(proof.height(), head.height);
    light.stop();
    // Started again, with nobody but an honest validator: it still says so, and still does not go on.
    let light = world.light(&folder, vec![world.seats[1].clone()]);
    stopped(&light);
    assert_eq!(fork_of(&light.node), Some(proof));
    assert_eq!(light.node.head(), Some(head));
    light.stop();
}

/// Two of four that sign twice are no fork: without the other two there is no second certificate.
#[test]
fn too_few_for_a_fork_stop_nobody() {
    let world = World::shared();
    let liar = rival(&world, &[0, 1]);
    let folder = Folder::new("no-fork");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    let told = || {
        light.network.nudge();
        liar.lies() > 0 && !light.seen(&liar.seat).refused.is_empty()
    };
    wait(told, || light.peers());
    assert_eq!(light.node.halted(), None);
    assert_eq!(fork_of(&light.node), None);
    light.stop();
}
