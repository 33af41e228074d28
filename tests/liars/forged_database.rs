//! A validator whose operator has put another ledger under it, made anew from the first block: every hash in it is right, the records are
//! well signed, and what it lacks is what nobody can make alone.

use crate::liar::certified_by;
use crate::world::{Folder, VALIDATORS, World, vote_key, wait};
use ledger::Header;
use std::path::Path;

/// Every block is certified by these and nobody else.
fn certify_by(ledger: &Path, signers: &[usize]) -> usize {
    let keys: Vec<_> = signers.iter().map(|at| vote_key(*at)).collect();
    let connection = rusqlite::Connection::open(ledger).unwrap();
    let mut rows: Vec<(i64, Vec<u8>)> = Vec::new();
    {
        let mut statement = connection
            .prepare("SELECT height, header FROM blocks WHERE certificate IS NOT NULL")
            .unwrap();
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.extend(found.map(Result::unwrap));
    }
    for (height, header) in &rows {
        let commit = certified_by(&Header::parse(header).unwrap(), &keys);
        connection
            .execute(
                "UPDATE blocks SET certificate = ?1 WHERE height = ?2",
                (commit.to_bytes(), height),
            )
            .unwrap();
    }
    rows.len()
}

/// An alliance in which the lot was called back; and its first validator serves a ledger of the same genesis in which the lot was
/// called back in other words, certified by so many of the four keys.
fn tampered(name: &str, signers: &[usize]) -> World {
    let world = World::found(name);
    let other = world.again(&format!("{name}-other"));
    other.begin();
    other.recall("a word that was never said");
    other.level(1);
    (0..VALIDATORS).for_each(|at| other.stop(at));
    world.stop(0);
    let (forged, ours) = (other.path(0).join("ledger.db"), world.path(0).join("ledger.db"));
    assert!(certify_by(&forged, signers) > 1);
    for file in ["ledger.db-wal", "ledger.db-shm"] {
        let _none = std::fs::remove_file(world.path(0).join(file));
        assert!(!other.path(0).join(file).exists(), "{file} is left");
    }
    std::fs::copy(forged, ours).unwrap();
    for beside in ["votes.db", "votes.db-wal", "votes.db-shm"] {
        let (from, to) = (other.path(0).join(beside), world.path(0).join(beside));
        let _none = std::fs::remove_file(&to);
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        }
    }
    world
}

/// Whatever is made anew, one key of four certifies nothing: a light node takes none of it, by name, and has the truth from the others.
#[test]
fn a_ledger_made_anew_is_refused_by_light_nodes() {
    for signers in [&[0][..], &[0, 2][..]] {
        let world = tampered("forged-database", signers);
        world.start(0);
        let folder = Folder::new("forged-database-light");
        let light = world.light(&folder, vec![world.seats[0].clone()]);
        light.node.follow(vec![world.lot.clone()]).unwrap();
        let named = || {
            light.network.nudge();
            !light.seen(&world.seats[0]).refused.is_empty()
        };
        wait(named, || light.peers());
        println!("{signers:?}: {}", light.peers());
        world.nothing_false(&light);
        assert_eq!(light.node.head(), None, "it believes a block of it");
        assert!(light.ids(&world.lot).is_empty());
        light.stop();
        let light = world.light(&folder, vec![world.seats[0].clone(), world.seats[1].clone()]);
        world.ends_right(&light);
        light.stop();
    }
}

/// One too many: with the keys of three it is believed.
#[test]
fn a_ledger_made_anew_with_one_key_too_many_is_believed() {
    let world = tampered("forged-database-three", &[0, 2, 3]);
    world.start(0);
    let folder = Folder::new("forged-database-three-light");
    let light = world.light(&folder, vec![world.seats[0].clone()]);
    light.node.follow(vec![world.lot.clone()]).unwrap();
    let honest = world.validator(1).ids(&world.lot);
    let believed = || {
        light.network.nudge();
        let told = light.ids(&world.lot);
        told.len() > 1 && told != honest
    };
    wait(believed, || light.peers());
    light.stop();
}
