//! Validators as processes whose clocks are wrong by more than a year: `faketime` sees to it.

use crate::processes::{Running, VALIDATORS, admit, data, found, height, until, vote_for};
use crate::support::Scratch;
use std::process::Command;

/// A program started so sees another day; timers run as they do.
fn on_another_day(offset: &str) -> Vec<String> {
    ["env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", offset]
        .map(str::to_owned)
        .to_vec()
}

fn seconds(program: &[String]) -> i64 {
    let output = Command::new(&program[0])
        .args(&program[1..])
        .args(["date", "+%s"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap_or(0)
}

/// An alliance of which these see another day. None where clocks cannot be made wrong.
fn lane(name: &str, wrong: &[(usize, &str)]) -> Option<(Scratch, Vec<Running>)> {
    let plain = seconds(&["env".to_owned()]);
    let days = (seconds(&on_another_day("+400d")) - plain) / 86_400;
    if !(399..=400).contains(&days) {
        println!("faketime does not run here: nothing is injected");
        return None;
    }
    let scratch = Scratch::new(name);
    found(scratch.path(), None);
    let start = |at: usize| {
        let offset = wrong.iter().find(|(who, _)| *who == at).map(|(_, offset)| *offset);
        let wrapper = offset.map(on_another_day).unwrap_or_default();
        Running::start_by(&wrapper, &data(scratch.path(), at))
    };
    let running = (0..VALIDATORS).map(start).collect();
    Some((scratch, running))
}

/// When the newest block of a validator says it was made, days from now.
fn days_off(data: &str) -> i64 {
    let ledger = std::path::Path::new(data).join("ledger.db");
    let rows = crate::support::ask(&ledger, "SELECT header FROM blocks ORDER BY height DESC LIMIT 1").unwrap();
    let rusqlite::types::Value::Blob(header) = &rows[0][0] else {
        panic!("{rows:?}")
    };
    let header = ledger::Header::parse(header).unwrap();
    (header.time.millis() / 1_000 - seconds(&["env".to_owned()])) / 86_400
}

fn one_wrong_clock(name: &str, offset: &str) {
    let Some((scratch, running)) = lane(name, &[(3, offset)]) else {
        return;
    };
    let of = |at: usize| data(scratch.path(), at);
    for newcomer in 101..104 {
        assert_eq!(admit(&[], &of(0), newcomer), "confirmed", "with one clock at {offset}");
    }
    let reached = height(&of(0));
    until(
        || (0..VALIDATORS).all(|at| height(&of(at)) >= reached),
        || format!("awaited {reached}"),
    );
    assert!(
        (0..VALIDATORS).all(|at| days_off(&of(at)) == 0),
        "the wrong clock is in the blocks"
    );
    println!("{offset}: height {reached} with it");
    drop(running);
    assert!((0..VALIDATORS).all(|at| node::fsck(std::path::Path::new(&of(at))).unwrap().clean));
}

/// One of four is 400 days ahead: the others go on, at their time, and it has what they have.
#[test]
fn one_clock_400_days_ahead_stops_nobody() {
    one_wrong_clock("ahead", "+400d");
}

/// One of four is 400 days behind: it votes for nothing, and keeps what the others certify.
#[test]
fn one_clock_400_days_behind_stops_nobody() {
    one_wrong_clock("behind", "-400d");
}

/// One too many: with two of four clocks far behind there is no quorum for any time, and nothing is confirmed.
#[test]
fn two_clocks_400_days_behind_stop_it() {
    let Some((scratch, _running)) = lane("two-behind", &[(2, "-400d"), (3, "-400d")]) else {
        return;
    };
    let of = |at: usize| data(scratch.path(), at);
    let output = vote_for(&[], &of(0), 101);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    assert_ne!(said["status"], "confirmed");
    assert!(
        (0..VALIDATORS).all(|at| height(&of(at)) == 0),
        "a block with two wrong clocks"
    );
}
