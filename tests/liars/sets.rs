//! After a change of the validator set.

use crate::liar::{Liar, Lie, after, certified, certified_by, headers};
use crate::world::{Folder, World, vote_key};
use ledger::light::Certified;
use node::{Clock as _, SystemClock};
use serde_json::json;

/// A validator leaves the set.
pub fn remove(world: &World, leaver: usize) {
    let others: Vec<usize> = (0..crate::world::VALIDATORS).filter(|at| *at != leaver).collect();
    let changes = json!([{ "key": vote_key(leaver).public(), "party": world.parties[leaver], "weight": 0 }]);
    let proposal = world.say(
        others[0],
        "alliance.validators-proposed.1",
        &json!({ "changes": changes, "reason": "as agreed" }),
    );
    world.confirm(others[0], vec![proposal.clone()]);
    for voter in &others[1..] {
        let vote = world.say(
            *voter,
            "alliance.validators-voted.1",
            &json!({ "proposal": proposal.id(), "approve": true }),
        );
        world.confirm(*voter, vec![vote]);
    }
    // A block that the new set certifies.
    let at = others[1];
    let kind = "supply-chain.inspected.1";
    let now = SystemClock.now();
    let body = |note: &str| json!({"about": world.lot, "outcome": "passed", "at": {"time": now, "zone": "+08:00"}, "note": note});
    for note in ["after the change", "and once more"] {
        world.confirm(at, vec![world.say(0, kind, &body(note))]);
    }
    let set = world.validator(at).node.validators_of(u64::MAX).unwrap();
    assert_eq!(set.validators().len(), others.len());
}

fn newest(lie: impl Fn(Certified) -> Certified + Send + Sync + 'static) -> Lie {
    headers(move |_, told| told.head = told.head.take().map(&lie))
}

/// The lies about one change of the set, each refused by name by a light node that begins at the genesis and sees the change.
#[test]
fn an_old_set_certifies_nothing_any_more() {
    let world = World::found("old-set");
    remove(&world, 3);
    let old = world.genesis.validators().hash();
    let genesis = world.genesis.validators().clone();
    let lies: Vec<(&str, &str, Lie)> = vec![
        (
            "old set",
            "light.wrong-set",
            newest(move |head| {
                let mut header = after(&head.header);
                (header.validators, header.next_validators) = (old, old);
                certified(header, &[0, 1, 2, 3])
            }),
        ),
        (
            "a signer of the old set",
            "light.bad-certificate",
            newest(|head| certified(after(&head.header), &[0, 1, 3])),
        ),
        (
            "the change left out",
            "light.wrong-set",
            headers(|_, told| told.changes.clear()),
        ),
        (
            "another set after the change",
            "light.wrong-next-set",
            headers(|_, told| {
                let Some(change) = told.changes.first_mut() else { return };
                let mut set = change.validators.validators().to_vec();
                set.pop();
                change.validators = ledger::ValidatorSet::new(set).unwrap();
            }),
        ),
        (
            "a change by too few",
            "light.bad-certificate",
            headers(|_, told| {
                let Some(change) = told.changes.first_mut() else { return };
                let keys: Vec<_> = [0, 1].map(vote_key).into();
                change.commit = certified_by(&change.header, &keys);
            }),
        ),
        (
            "a change that is none",
            "light.wrong-next-set",
            headers(move |_, told| {
                let Some(change) = told.changes.first_mut() else { return };
                let mut header = change.header.clone();
                header.next_validators = header.validators;
                let changed = certified(header, &[0, 1, 2, 3]);
                (change.header, change.commit) = (changed.header, changed.commit);
                change.validators = genesis.clone();
            }),
        ),
    ];
    for (name, code, lie) in lies {
        crate::refused_in(&world, &name.replace(' ', "-"), code, Liar::start(&world, lie));
    }
}

/// A light node that came through the change stands on the new set, and is right.
#[test]
fn through_the_change() {
    let world = World::found("new-set");
    let folder = Folder::new("new-set-light");
    let light = world.light(&folder, vec![world.seats[1].clone()]);
    world.ends_right(&light);
    remove(&world, 3);
    world.ends_right(&light);
    assert_eq!(light.node.validators_of(u64::MAX).unwrap().validators().len(), 3);
    light.stop();
}
