//! A double voter among validators that run as processes: each firm's own program puts it on record.

use crate::double_vote::vote_twice;
use crate::liar::Honest;
use crate::world::Folder;
use ledger::{Party, SecretKey};
use node::{DataFolder, Invitation, KeyLock, Keystore};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSPHRASE: &str = "only to try it out";
const OFFENDER: usize = 3;
/// Each status is a process of its own, and the machine may do a lot else.
const PATIENCE: Duration = Duration::from_secs(120);

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealroad-terminal"));
    command
        .env("SEALROAD_PASSPHRASE", PASSPHRASE)
        .env("LANG", "C")
        .env_remove("LC_ALL");
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The JSON of a command that must succeed.
fn json(arguments: &[&str]) -> Value {
    let output = command(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A validator as a process.
struct Process(Child);

impl Process {
    fn start(data: &str) -> Self {
        let mut child = command(&["validator", "--data", data])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let running = Self(child);
        assert!(serde_json::from_str::<Value>(&line).is_ok(), "{data}: {line}");
        running
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap_or_default();
        let _ended = self.0.wait();
    }
}

fn status(data: &str) -> Value {
    json(&["status", "--json", "--data", data])
}

/// Asks each of these for its status until all are as awaited.
fn until(data: &[String], awaited: &str, is: impl Fn(&Value) -> bool) {
    for one in data {
        let last = std::cell::RefCell::new(Value::Null);
        let holds = || {
            last.replace(status(one));
            is(&last.borrow())
        };
        crate::world::wait_within(PATIENCE, holds, || format!("{one}: {awaited}: {:#}", last.borrow()));
    }
}

/// What a validator's folder holds: its node key and its vote key.
fn keys(data: &str) -> [SecretKey; 2] {
    let folder = DataFolder::open(Path::new(data)).unwrap();
    let mut keys = Keystore::open(&folder, &KeyLock::Passphrase(PASSPHRASE.to_owned())).unwrap();
    ["node", "vote"].map(|name| keys.take(name).unwrap())
}

fn offences(status: &Value, key: &str) -> usize {
    let validators = status["validators"].as_array().unwrap();
    let offender = validators
        .iter()
        .find(|validator| validator["key"] == key || validator["vote"] == key);
    offender.map_or(0, |one| one["offences"].as_array().map_or(0, Vec::len))
}

/// A founded alliance of processes, and the keys of the one that breaks the rules.
struct Lane {
    _folder: Folder,
    data: Vec<String>,
    vote: SecretKey,
    network: ledger::Hash,
    /// The offender's ways to the others, with its own node key.
    mouths: Vec<Honest>,
}

impl Lane {
    fn found() -> Self {
        let folder = Folder::new("processes");
        let lane = folder.0.join("lane");
        let line = "network new --name Lane --validators 4 --port 0 --json --dir";
        let dir = lane.display().to_string();
        json(&line.split(' ').chain([dir.as_str()]).collect::<Vec<_>>());
        let of = |at: usize| lane.join(format!("validator-{at}")).display().to_string();
        let data: Vec<String> = (1..=4).map(of).collect();
        let invitation = Invitation::parse(&std::fs::read(lane.join("invitation.json")).unwrap()).unwrap();
        let [_, vote] = keys(&data[OFFENDER]);
        let network = invitation.genesis.network();
        let others = invitation.seats.iter().filter(|seat| seat.vote != vote.public());
        let mouth = |seat| {
            let [node, _] = keys(&data[OFFENDER]);
            Honest::with_key(node, network, seat)
        };
        Self {
            mouths: others.map(mouth).collect(),
            _folder: folder,
            data,
            vote,
            network,
        }
    }

    fn start(&self) -> Vec<Process> {
        self.data.iter().map(|data| Process::start(data)).collect()
    }

    fn key(&self) -> String {
        self.vote.public().to_string()
    }

    /// Signs two votes for the next height until it is on record.
    fn vote_twice(&self) {
        let last = std::cell::RefCell::new(Value::Null);
        let listed = || {
            let status = status(&self.data[0]);
            let height = status["height"].as_u64().unwrap() + 1;
            vote_twice(
                &self.vote,
                &self.network,
                &self.mouths,
                ledger::VoteKind::Prevote,
                height,
            );
            let listed = offences(&status, &self.key()) > 0;
            last.replace(status);
            listed
        };
        crate::world::wait_within(PATIENCE, listed, || format!("not on record: {:#}", last.borrow()));
    }

    /// What the operator of a validator says to the network; the words have no spaces.
    fn say(&self, at: usize, words: &str) -> Value {
        let line = format!("network {words} --json --data");
        let line: Vec<&str> = line.split(' ').chain([self.data[at].as_str()]).collect();
        let said = json(&line);
        assert_eq!(said["status"], "confirmed", "{words}");
        said
    }
}

#[test]
fn a_double_voter_stands_on_every_network_page() {
    let lane = Lane::found();
    let (data, key) = (&lane.data, lane.key());
    let listed = |status: &Value| offences(status, &key) > 0;
    // The offender's own validator goes on; its keys sign elsewhere besides.
    let running = lane.start();
    until(data, "the first block", |status| status["height"].as_u64() > Some(0));
    lane.vote_twice();
    until(data, "the offence", listed);
    drop(running);
    let mut running = lane.start();
    until(data, "the offence after a restart", listed);
    // The others take it out.
    let proposed = lane.say(0, &format!("set-validators --remove {key} --reason double-vote"));
    let id = proposed["record"].as_str().unwrap();
    until(&data[1..3], "the proposal", |status| status["proposals"][0]["id"] == id);
    lane.say(1, &format!("set-validators --vote {id} yes"));
    lane.say(2, &format!("set-validators --vote {id} yes"));
    drop(running.pop());
    // Each is a block: the new set is in force two blocks after the vote, and without the offender work goes on.
    for at in 0..3 {
        let seed = [u8::try_from(at).unwrap() + 1; 32];
        let newcomer = Party::of(SecretKey::from_seed(&seed).public());
        lane.say(at, &format!("admit {newcomer} --reason new"));
    }
    let without = |status: &Value| status["quorum"]["of"] == 3;
    until(&data[..3], "the set without the offender", without);
}
