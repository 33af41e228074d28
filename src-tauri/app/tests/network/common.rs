//! Nodes as processes on this machine's loopback, and the terminal that speaks to them.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long something that must come may take on a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder that is deleted at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let name = format!("sealroad-network-{}", hex::encode(node::random::<8>().unwrap()));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

/// The environment of every process here.
pub fn quiet(command: &mut Command) -> &mut Command {
    command
        .env("SEALROAD_PASSPHRASE", "only to try it out")
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .stdin(Stdio::null())
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealroad"));
    quiet(&mut command).args(arguments);
    command
}

/// A command line without spaces inside its words.
pub fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

pub fn sealroad(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The JSON of a command that must succeed.
pub fn json(arguments: &[&str]) -> Value {
    let output = sealroad(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output:?}"))
}

/// The JSON of a command that must succeed, given `text` on its standard input.
pub fn fed(text: &str, arguments: &[&str]) -> Value {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output:?}"))
}

/// A process of ours that has said that it is ready.
pub struct Running {
    child: Child,
    pub ready: Value,
}

impl Running {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| {
            let mut said = String::new();
            child.kill().unwrap_or_default();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("{arguments:?}: {error}: {line}{said}")
        });
        Self { child, ready }
    }

    /// A call, as the page makes it, that must succeed.
    pub fn call(&self, request: &Value) -> Value {
        let text = |name: &str| self.ready[name].as_str().unwrap();
        let (host, body) = (text("url").trim_start_matches("http://"), request.to_string());
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "POST /call HTTP/1.1\r\nhost: {host}\r\nx-sealroad-token: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            text("token"),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, reply) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        serde_json::from_str(reply).unwrap()
    }

    /// As by `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As by `kill`; gives the exit code and what it said beside its answer.
    pub fn terminate(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test saw to it.
        self.child.kill().unwrap_or_default();
        let _ended = self.child.wait();
    }
}

/// The status of a node.
pub fn status(data: &str) -> Value {
    json(&["status", "--json", "--data", data])
}

/// Asks for the status until it is as awaited; gives it.
pub fn until(data: &str, awaited: &str, is: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let status = status(data);
        if is(&status) {
            return status;
        }
        assert!(begun.elapsed() < PATIENCE, "awaited: {awaited}; {status:#}");
    }
}

/// Where a party stands, as a node with tables says it.
pub fn standing<'a>(status: &'a Value, party: &str) -> Option<&'a str> {
    let members = status["members"].as_array().unwrap();
    members.iter().find(|member| member["party"] == party)?["standing"].as_str()
}

/// Whether a party is known there under that name.
pub fn has_name(status: &Value, party: &str, name: &str) -> bool {
    let members = status["members"].as_array().unwrap();
    members
        .iter()
        .any(|member| member["party"] == party && member["name"]["en"] == name)
}

/// An alliance of validators, each a process.
pub struct Alliance {
    pub folder: Folder,
    pub validators: Vec<Option<Running>>,
}

impl Alliance {
    pub fn found(count: usize) -> Self {
        let folder = Folder::new();
        let founded = json(&[
            "network",
            "new",
            "--name",
            "Rail lane",
            "--validators",
            &count.to_string(),
            "--port",
            "0",
            "--dir",
            &folder.at("lane"),
            "--json",
        ]);
        assert_eq!(founded["validators"].as_array().unwrap().len(), count);
        let mut alliance = Self {
            folder,
            validators: Vec::new(),
        };
        for at in 0..count {
            alliance.validators.push(None);
            alliance.start(at);
        }
        alliance
    }

    /// The folder of a validator, from 0.
    pub fn data(&self, at: usize) -> String {
        self.folder.at(&format!("lane/validator-{}", at + 1))
    }

    pub fn start(&mut self, at: usize) {
        self.validators[at] = Some(Running::start(&["validator", "--data", &self.data(at)]));
    }

    pub fn kill(&mut self, at: usize) {
        self.validators[at].take().unwrap().kill();
    }

    /// Has a firm join in a folder of its own; gives its party.
    pub fn join(&self, name: &str) -> String {
        let (file, data) = (self.folder.at("lane/invitation.json"), self.folder.at(name));
        let joined = json(&[
            "network",
            "join",
            &file,
            "--data",
            &data,
            "--name",
            name,
            "--country",
            "DE",
            "--json",
        ]);
        joined["party"].as_str().unwrap().to_owned()
    }

    /// A validator's vote that a party may speak; gives what became of it.
    pub fn admit(&self, at: usize, party: &str) -> Value {
        json(&[
            "network",
            "admit",
            party,
            "--reason",
            "known to us",
            "--data",
            &self.data(at),
            "--json",
        ])
    }
}
