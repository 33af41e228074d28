//! Lies about headers: each is told in the place of the newest header.

use crate::liar::{Honest, Liar, Lie, after, certified, certified_by, headers};
use crate::lies;
use crate::world::{Folder, World, vote_key};
use bytes::Bytes;
use ledger::Hash;
use ledger::light::Certified;
use ledger::light::page::HeadersTold;
use node::net::{Ask, Path, Reply};
use std::sync::{Arc, Mutex};

/// Tells another newest header.
fn newest(lie: impl Fn(Certified) -> Certified + Send + Sync + 'static) -> Lie {
    headers(move |_, told| told.head = told.head.take().map(&lie))
}

/// Random bytes that are no signature.
fn noise(at: u8) -> [u8; 64] {
    let half = Hash::of(&[at]).0;
    let mut both = [0; 64];
    both[..32].copy_from_slice(&half);
    both[40..].copy_from_slice(&half[..24]);
    both
}

lies! {
    forged_certificate: "light.bad-certificate", newest(|head| {
        let mut forged = certified(after(&head.header), &[0, 1, 2, 3]);
        for (at, one) in (0..).zip(&mut forged.commit.signatures) {
            one.signature = noise(at);
        }
        forged
    });
    one_forged_signature_among_good_ones: "light.bad-certificate", newest(|mut head| {
        head.commit = certified(head.header.clone(), &[0, 1, 2, 3]).commit;
        head.commit.signatures[3].signature = noise(0);
        head
    });
    too_few_signers: "light.bad-certificate", newest(|head| certified(after(&head.header), &[0, 1]));
    a_signer_twice: "light.unreadable", newest(|head| {
        let mut forged = certified(after(&head.header), &[0, 1]);
        let twice = forged.commit.signatures[0].clone();
        forged.commit.signatures.insert(0, twice);
        forged
    });
    nobody_signed: "light.unreadable", newest(|head| certified(after(&head.header), &[]));
    strangers_signed: "light.bad-certificate", newest(|head| {
        let header = after(&head.header);
        let keys: Vec<_> = (20..24).map(vote_key).collect();
        Certified { commit: certified_by(&header, &keys), header }
    });
    certificate_of_another_block: "light.bad-certificate", newest(|head| {
        Certified { header: after(&head.header), commit: head.commit }
    });
    certificate_of_another_round: "light.bad-certificate", newest(|mut head| {
        head.commit.round += 1;
        head
    });
    records_root_of_the_head_altered: "light.bad-certificate", newest(|mut head| {
        head.header.records_root = Hash::of(b"others");
        head
    });
    time_of_the_head_altered: "light.bad-certificate", newest(|mut head| {
        head.header.time = head.header.time.plus_millis(1);
        head
    });
    head_of_another_network_said_to_be_ours: "light.wrong-network", newest(|head| {
        let mut header = after(&head.header);
        header.network = Hash::of(b"elsewhere");
        certified(header, &[0, 1, 2, 3])
    });
    set_of_nobody_we_know: "light.wrong-set", newest(|head| {
        let mut header = after(&head.header);
        header.validators = Hash::of(b"our friends");
        certified(header, &[0, 1, 2, 3])
    });
    a_change_of_the_set_without_the_set: "light.next-set-missing", newest(|head| {
        let mut header = after(&head.header);
        header.next_validators = Hash::of(b"our friends");
        certified(header, &[0, 1, 2, 3])
    });
    no_answer_of_any_form: "light.unreadable", Box::new(|ask, _| {
        (ask.path == Path::Light).then(|| Reply::whole(&b"{\"changes\":[],\"head\":7}"[..]))
    });
}

/// A header from the future is not taken, whoever certified it; it may be our clock that is wrong, so nobody is blamed.
#[test]
fn head_from_the_future() {
    let world = World::shared();
    let ahead = newest(|head| {
        let mut header = after(&head.header);
        header.time = header.time.plus_millis(3_600_000);
        certified(header, &[0, 1, 2, 3])
    });
    let liar = Liar::start(&world, ahead);
    let folder = Folder::new("future");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    let tried = || {
        light.network.nudge();
        liar.lies() > 3
    };
    crate::world::wait(tried, || light.peers());
    assert_eq!(light.node.head(), None);
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    light.stop();
}

/// What a second alliance with the same keys and firms told is brought here.
#[test]
fn replay_from_another_network() {
    let (world, other) = (World::shared(), World::found("elsewhere"));
    let honest = Honest::of(other.genesis.network(), &other.seats[1]);
    let liar = Liar::quoting(&world, honest, Box::new(|_, honest| Some(Reply::whole(honest.clone()))));
    crate::refused_in(&world, "replay", "light.wrong-network", liar);
}

/// Headers are ours, pages are of the second alliance.
#[test]
fn pages_from_another_network() {
    let (world, other) = (World::shared(), World::found("elsewhere-pages"));
    let honest = Honest::of(other.genesis.network(), &other.seats[1]);
    let replay = move |ask: &Ask, _: &Bytes| {
        let told = (ask.path == Path::Follow).then(|| honest.ask(ask.path, &ask.query, ask.body.clone()));
        told.map(|told| Reply::whole(told.unwrap()))
    };
    let liar = Liar::start(&world, Box::new(replay));
    let folder = Folder::new("pages-elsewhere");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    light.node.follow(vec![world.lot.clone()]).unwrap();
    let tried = || {
        light.network.nudge();
        liar.lies() > 3 || light.seen(&liar.seat).points > 0 || !light.seen(&liar.seat).refused.is_empty()
    };
    crate::world::wait(tried, || light.peers());
    assert!(light.ids(&world.lot).is_empty());
    world.nothing_false(&light);
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    light.stop();
}

/// A peer that tells one lie after the other, beside two honest ones, for as long as it is heard.
#[test]
fn one_lie_after_the_other() {
    let world = World::shared();
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let lies: Vec<Lie> = vec![
        newest(|head| certified(after(&head.header), &[0, 1])),
        headers(|_, told| told.head = None),
        Box::new(|_, _| Some(Reply::whole(&b"{}"[..]))),
        crate::liar::pages(|page| page.records.pop().is_some()),
        Box::new(|_, _| Some(Reply::refused(500, "node.damaged", "our disk"))),
    ];
    let any = move |ask: &Ask, honest: &Bytes| {
        let at = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        lies[at % lies.len()](ask, honest)
    };
    let liar = Liar::start(&world, Box::new(any));
    let folder = Folder::new("all-lies");
    let seats = vec![liar.seat.clone(), world.seats[1].clone(), world.seats[2].clone()];
    let light = world.light(&folder, seats);
    world.ends_right(&light);
    let held_against = || {
        light.network.nudge();
        !light.seen(&liar.seat).refused.is_empty()
    };
    crate::world::wait(held_against, || light.peers());
    for honest in [1, 2] {
        assert!(light.seen(&world.seats[honest]).refused.is_empty(), "{}", light.peers());
    }
    light.stop();
}

/// A peer that tells an old head for ever tells no lie: the node does not go back, and goes on with another.
#[test]
fn stale_head() {
    let world = World::found("stale");
    let old: Arc<Mutex<Option<HeadersTold>>> = Arc::default();
    let pinned = Arc::clone(&old);
    let liar = Liar::start(
        &world,
        headers(move |_, told| *told = pinned.lock().unwrap().get_or_insert_with(|| told.clone()).clone()),
    );
    let folder = Folder::new("stale-light");
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    let before = world.level(1);
    world.recall("dyes");
    world.ends_right(&light);
    assert!(light.height() > before);
    // Alone with the peer that is behind, it stays where it is.
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone()]);
    let lies = liar.lies();
    crate::world::wait(
        || {
            light.network.nudge();
            liar.lies() > lies + 3
        },
        || light.peers(),
    );
    assert_eq!(light.node.head(), world.validator(1).node.head());
    assert_eq!(light.node.halted(), None);
    light.stop();
}

/// With one fault too many, three of four vote keys under a false block, the light node believes it: the checks above can fail.
#[test]
fn three_of_four_are_believed() {
    let world = World::found("too-many");
    let liar = Liar::start(&world, newest(|head| certified(after(&head.header), &[0, 1, 2])));
    let folder = Folder::new("too-many-light");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    let honest = world.level(1);
    crate::world::wait(
        || {
            light.network.nudge();
            light.height() > honest
        },
        || light.peers(),
    );
    let believed = light.node.head().unwrap();
    // The honest decide another block of that height: the two are a fork, which stops it.
    world.recall("dyes");
    let block = world.validator(1).node.block(believed.height).unwrap().unwrap();
    assert_ne!(block.header.id(), believed.block);
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    crate::world::wait(
        || {
            light.network.nudge();
            light.node.halted() == Some(node::Halt::Fork)
        },
        || light.peers(),
    );
    light.stop();
}
