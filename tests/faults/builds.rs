//! Validators of two builds in one alliance, and one after the other replaced by the newer. The other, older build's `sealroad` is named by
//! `SEALROAD_OTHER_BUILD`; nothing is tried without one. `cargo xtask builds` builds that of `builds.json` and comes here with it.

use crate::processes::{Running, VALIDATORS, admit, data, found, height, refused_by, until};
use crate::support::{Scratch, ask};
use rusqlite::types::Value;
use serde::Deserialize;
use std::path::Path;

/// The older build that is tried.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Older {
    commit: String,
    ledger_form: i64,
    why: String,
}

fn older() -> Older {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/builds.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// The form of a ledger that a build wrote.
fn form(data: &str) -> i64 {
    let rows = ask(&Path::new(data).join("ledger.db"), "PRAGMA user_version").unwrap();
    match rows[0][0] {
        Value::Integer(form) => form,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn the_older_build_writes_an_older_form() {
    let scratch = Scratch::new("form");
    found(scratch.path(), None);
    let older = older();
    assert!(
        older.ledger_form < form(&data(scratch.path(), 0)),
        "{} says nothing of an upgrade",
        older.commit
    );
    assert!(older.commit.len() == 40 && !older.why.is_empty());
}

#[test]
fn validators_of_two_builds_agree() {
    let Ok(other) = std::env::var("SEALROAD_OTHER_BUILD") else {
        println!("SEALROAD_OTHER_BUILD names no other build: nothing is tried");
        return;
    };
    let scratch = Scratch::new("builds");
    // The older build founds it: what the newer writes the older leaves alone.
    found(scratch.path(), Some(&other));
    let of = |at: usize| data(scratch.path(), at);
    let (before, older) = (form(&of(0)), older());
    assert_eq!(
        before, older.ledger_form,
        "{} is not the build that is named: {}",
        other, older.commit
    );
    let mut running: Vec<Option<Running>> = (0..VALIDATORS)
        .map(|at| {
            Some(if at < 2 {
                Running::start(&of(at))
            } else {
                Running::of_build(&other, &of(at))
            })
        })
        .collect();
    let level = |least: u64| {
        let heights = || (0..2).map(|at| height(&of(at))).collect::<Vec<_>>();
        until(
            || heights().iter().all(|one| *one >= least),
            || format!("{:?}, awaited {least}", heights()),
        );
    };
    // None of the two builds has a quorum by itself.
    for newcomer in [101, 102] {
        assert_eq!(admit(&[], &of(0), newcomer), "confirmed", "two of each build");
    }
    // One after the other is replaced, and work goes on.
    for (at, place) in running.iter_mut().enumerate().skip(2) {
        *place = None;
        *place = Some(Running::start(&of(at)));
        let newcomer = 103 + u8::try_from(at).unwrap();
        assert_eq!(admit(&[], &of(at), newcomer), "confirmed", "{at} is of the newer build");
    }
    let reached = height(&of(0));
    level(reached);
    until(
        || (0..VALIDATORS).all(|at| height(&of(at)) >= reached),
        || format!("awaited {reached}"),
    );
    drop(running);
    let blocks = |at: usize| {
        let ledger = std::path::Path::new(&of(at)).join("ledger.db");
        let rows = crate::support::ask(&ledger, "SELECT height, id FROM blocks ORDER BY height").unwrap();
        assert!(node::fsck(std::path::Path::new(&of(at))).unwrap().clean);
        rows[..usize::try_from(reached).unwrap()].to_vec()
    };
    let first = blocks(0);
    assert!((1..VALIDATORS).all(|at| blocks(at) == first), "more than one chain");
    assert!(
        (0..VALIDATORS).all(|at| form(&of(at)) > before),
        "a ledger is still of the older form"
    );
    assert!(refused_by(&other, &of(0)), "the older build opens what the newer wrote");
    println!("height {reached} with two builds");
}
