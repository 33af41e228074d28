//! A ledger that four validators keep, each a process of its own, founded and governed by the terminal as the guide does it.

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::processes::Group;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const VALIDATORS: usize = 4;

/// The validators end with it.
pub struct Alliance {
    lane: PathBuf,
    _validators: Vec<Group>,
}

/// The terminal program, which cargo builds beside the window.
fn terminal() -> Result<Command> {
    let program = Path::new(env!("CARGO_BIN_EXE_sealroad-desktop")).with_file_name("sealroad");
    if !program.exists() {
        let why = "is missing: `cargo build --package app --bin sealroad`, or test the whole workspace";
        return Err(format!("{} {why}", program.display()).into());
    }
    let mut command = Command::new(program);
    command
        .env("SEALROAD_PASSPHRASE", "only to try it out")
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .stdin(Stdio::null());
    Ok(command)
}

/// Runs it to its end, which must be a good one.
fn run(command: &mut Command) -> Result<Output> {
    let output = command.output()?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(format!("{command:?}: {output:?}").into())
    }
}

impl Alliance {
    /// Founds it and waits until each validator has said that it is ready.
    pub fn found(folder: &Path) -> Result<Self> {
        let lane = folder.join("lane");
        let words = ["network", "new", "--name", "Rail lane", "--country", "DE"];
        let here = ["--validators", "4", "--port", "0", "--dir"];
        run(terminal()?.args(words).args(here).arg(&lane))?;
        let mut validators = Vec::with_capacity(VALIDATORS);
        for number in 1..=VALIDATORS {
            let log = fs::File::create(lane.join(format!("{number}.log")))?;
            let mut command = terminal()?;
            command.args(["validator", "--data"]).arg(data(&lane, number));
            validators.push(Group::start(command.stdout(Stdio::piped()).stderr(log))?);
        }
        for (at, validator) in validators.iter_mut().enumerate() {
            let mut ready = String::new();
            BufReader::new(validator.output()?).read_line(&mut ready)?;
            if !ready.contains("url") {
                let said = fs::read_to_string(lane.join(format!("{}.log", at + 1)))?;
                return Err(format!("validator {} is not ready: {ready}{said}", at + 1).into());
            }
        }
        Ok(Self {
            lane,
            _validators: validators,
        })
    }

    /// What a newcomer is handed.
    pub fn invitation(&self) -> PathBuf {
        self.lane.join("invitation.json")
    }

    /// Two of four validators vote that a party may speak.
    pub fn admit(&self, party: &str) -> Result<()> {
        for number in [1, 2] {
            let words = ["network", "admit", party, "--reason", "founding member", "--data"];
            run(terminal()?.args(words).arg(data(&self.lane, number)))?;
        }
        Ok(())
    }

    /// A stranger with the anchor of this network checks a file; gives what the terminal says to what it accepts.
    pub fn verify(&self, evidence: &Path) -> Result<String> {
        let anchor = self.lane.join("anchor.json");
        let (words, own) = (["export", "--as", "anchor", "--out"], data(&self.lane, 4));
        run(terminal()?.args(words).arg(&anchor).arg("--data").arg(own))?;
        let checked = run(terminal()?.arg("verify").arg(evidence).arg("--anchor").arg(&anchor))?;
        Ok(String::from_utf8(checked.stdout)?)
    }
}

fn data(lane: &Path, number: usize) -> PathBuf {
    lane.join(format!("validator-{number}"))
}
