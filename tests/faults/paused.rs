//! A validator whose process is stopped for a while, as a machine that sleeps.

use crate::processes::{Running, VALIDATORS, data, found, height, json, until};
use crate::support::Scratch;

#[cfg(target_os = "linux")]
#[test]
fn a_paused_validator_holds_up_nobody_and_catches_up() {
    let scratch = Scratch::new("paused");
    found(scratch.path(), None);
    let running: Vec<Running> = (0..VALIDATORS)
        .map(|at| Running::start(&data(scratch.path(), at)))
        .collect();
    let invitation = scratch.join("lane/invitation.json").display().to_string();
    running[3].signal("-STOP");
    for name in ["first", "second", "third"] {
        let desktop = scratch.join(name).display().to_string();
        let joined = json(&[
            "network",
            "join",
            &invitation,
            "--data",
            &desktop,
            "--name",
            name,
            "--country",
            "DE",
            "--json",
        ]);
        let party = joined["party"].as_str().unwrap();
        let vote = &[
            "network",
            "admit",
            party,
            "--reason",
            "known to us",
            "--data",
            &data(scratch.path(), 0),
            "--json",
        ];
        assert_eq!(json(vote)["status"], "confirmed", "with one of four paused");
    }
    let reached = height(&data(scratch.path(), 0));
    running[3].signal("-CONT");
    let caught_up = || height(&data(scratch.path(), 3)) >= reached;
    until(caught_up, || format!("it does not catch up with height {reached}"));
    let most = running.iter().map(Running::most_memory).max().unwrap();
    assert!(most < 300 * 1024, "{most} KiB");
    println!("height {reached} without it and then with it, at most {most} KiB");
}
