//! `kill -9` at random moments under load.

use crate::common::{found, open};
use crate::support::{Chance, Scratch, acknowledged, assert_holds, assert_sound, child, long};
use ledger::Hash;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

/// At least so many acknowledgements are logged before each kill, and at most so many more.
const LEAST: usize = 1000;
const MORE: usize = 1500;
/// A ledger is killed so many times before the next is founded, so that a long run does not check one ever longer ledger.
const KILLS_PER_LEDGER: usize = 5;

/// Lets a node work until `target` acknowledgements were read from its pipe, kills it there, and gives all it had acknowledged.
fn kill_at(ledger: &Path, seed: u64, target: usize) -> Vec<Hash> {
    let mut child = child()
        .arg("load")
        .arg(ledger)
        .arg(seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    for _ in 0..target {
        let read = pipe.read_line(&mut said).unwrap();
        assert!(read > 0, "the node ended on its own: {:?}", child.wait());
    }
    child.kill().unwrap();
    // What it said before it died is acknowledged all the same.
    pipe.read_to_string(&mut said).unwrap();
    let ended = child.wait().unwrap();
    assert!(!ended.success(), "the node was not killed but ended");
    acknowledged(&said)
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let mut chance = Chance::new("kill");
    let kills = if long() { 100 } else { 5 };
    let mut count = 0;
    let mut survived = 0;
    while survived < kills {
        let scratch = Scratch::new("kill");
        let ledger = scratch.join("ledger");
        found(&ledger);
        let mut logged = Vec::new();
        for _ in 0..KILLS_PER_LEDGER.min(kills - survived) {
            let target = LEAST + chance.below(MORE);
            let ids = kill_at(&ledger, chance.next(), target);
            assert!(ids.len() >= target);
            count += ids.len();
            logged.extend(ids);
            let opened = open(&ledger).unwrap();
            assert_sound(&opened);
            assert_holds(&opened, &logged);
            survived += 1;
        }
    }
    println!("{survived} kills survived, {count} acknowledgements");
}
