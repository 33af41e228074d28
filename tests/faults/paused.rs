//! A validator whose process is stopped for a while, as a machine that sleeps.

use crate::support::Scratch;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long something that must come may take on a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(60);
const VALIDATORS: usize = 4;

fn sealroad(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealroad-terminal"));
    command
        .args(arguments)
        .env("SEALROAD_PASSPHRASE", "only to try it out")
        .env("LANG", "C");
    command.env_remove("LC_ALL").stdin(Stdio::null());
    command
}

fn json(arguments: &[&str]) -> Value {
    let output = sealroad(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A validator that runs, and is ended at the end.
struct Running(Child);

impl Running {
    fn start(data: &str) -> Self {
        let mut command = sealroad(&["validator", "--data", data]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("height"), "it is not ready: {line}");
        Self(child)
    }

    fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// The most memory it ever held, in KiB.
    fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended = self.0.wait();
    }
}

fn data(scratch: &Path, at: usize) -> String {
    scratch.join(format!("lane/validator-{}", at + 1)).display().to_string()
}

fn height(data: &str) -> u64 {
    json(&["status", "--json", "--data", data])["height"].as_u64().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_paused_validator_holds_up_nobody_and_catches_up() {
    let scratch = Scratch::new("paused");
    let lane = scratch.join("lane").display().to_string();
    let count = VALIDATORS.to_string();
    json(&[
        "network",
        "new",
        "--name",
        "Lane",
        "--validators",
        &count,
        "--port",
        "0",
        "--dir",
        &lane,
        "--json",
    ]);
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
    let begun = Instant::now();
    while height(&data(scratch.path(), 3)) < reached {
        assert!(begun.elapsed() < PATIENCE, "it does not catch up with height {reached}");
    }
    let most = running.iter().map(Running::most_memory).max().unwrap();
    assert!(most < 300 * 1024, "{most} KiB");
    println!("height {reached} without it and then with it, at most {most} KiB");
}
