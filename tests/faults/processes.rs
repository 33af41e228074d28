//! Validators as processes of the program that people run.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long something that must come may take on a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(90);
pub const VALIDATORS: usize = 4;

/// The program, run by another one (with its arguments) where one is given.
pub fn sealroad_by(wrapper: &[String], arguments: &[&str]) -> Command {
    build_by(env!("CARGO_BIN_EXE_sealroad-terminal"), wrapper, arguments)
}

fn build_by(program: &str, wrapper: &[String], arguments: &[&str]) -> Command {
    let mut command = match wrapper {
        [] => Command::new(program),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
    };
    command
        .args(arguments)
        .env("SEALROAD_PASSPHRASE", "only to try it out")
        .env("LANG", "C");
    command.env_remove("LC_ALL").stdin(Stdio::null());
    command
}

/// The JSON of a command that must succeed.
pub fn json_by(wrapper: &[String], arguments: &[&str]) -> Value {
    json_said(sealroad_by(wrapper, arguments), arguments)
}

fn json_said(mut command: Command, arguments: &[&str]) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn json(arguments: &[&str]) -> Value {
    json_by(&[], arguments)
}

/// A validator that runs, and is ended at the end.
pub struct Running(Child);

impl Running {
    pub fn start(data: &str) -> Self {
        Self::start_by(&[], data)
    }

    pub fn start_by(wrapper: &[String], data: &str) -> Self {
        Self::of(sealroad_by(wrapper, &["validator", "--data", data]))
    }

    /// Of another build of the program.
    pub fn of_build(program: &str, data: &str) -> Self {
        Self::of(build_by(program, &[], &["validator", "--data", data]))
    }

    fn of(mut command: Command) -> Self {
        // A wrapper may keep the program as a child of its own: both are of one group, and end together.
        let command = command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("height"), "it is not ready: {line}");
        Self(child)
    }

    pub fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// The most memory it ever held, in KiB.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ended_already = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ended = self.0.wait();
    }
}

/// Founds a lane of four validators in a folder, by the program or by another build of it.
pub fn found(scratch: &Path, build: Option<&str>) {
    let lane = scratch.join("lane").display().to_string();
    let count = VALIDATORS.to_string();
    let line = [
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
    ];
    let program = build.unwrap_or(env!("CARGO_BIN_EXE_sealroad-terminal"));
    json_said(build_by(program, &[], &line), &line);
}

/// The folder of a validator of a lane that was founded in this one.
pub fn data(scratch: &Path, at: usize) -> String {
    scratch.join(format!("lane/validator-{}", at + 1)).display().to_string()
}

pub fn height(data: &str) -> u64 {
    height_by(&[], data)
}

pub fn height_by(wrapper: &[String], data: &str) -> u64 {
    let status = json_by(wrapper, &["status", "--json", "--data", data]);
    status["height"].as_u64().unwrap()
}

/// Looks at a condition until it holds.
pub fn until(holds: impl Fn() -> bool, else_say: impl Fn() -> String) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{}", else_say());
    }
}

/// The operator of a validator votes that somebody new may speak; what became of that vote. An operator that cannot even register cannot
/// vote, which is an error.
pub fn vote_for(wrapper: &[String], data: &str, newcomer: u8) -> Output {
    let key = ledger::SecretKey::from_seed(&[newcomer; 32]).public();
    let party = ledger::Party::of(key).to_string();
    let line = [
        "network",
        "admit",
        &party,
        "--reason",
        "known to us",
        "--data",
        data,
        "--json",
    ];
    sealroad_by(wrapper, &line).output().unwrap()
}

/// The same of a vote that must be heard.
pub fn admit(wrapper: &[String], data: &str, newcomer: u8) -> String {
    let output = vote_for(wrapper, data, newcomer);
    assert!(output.status.success(), "{output:?}");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    said["status"].as_str().unwrap().to_owned()
}

/// Whether another build refuses to open a ledger.
pub fn refused_by(program: &str, data: &str) -> bool {
    let output = build_by(program, &[], &["fsck", "--data", data]).output().unwrap();
    !output.status.success()
}
