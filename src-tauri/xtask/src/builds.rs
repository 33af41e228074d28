//! An older build of the program, from a fixed commit of the project's own history, in one alliance with the present one.

use std::{fs, path::PathBuf, process::ExitCode};

use serde_json::Value;

use crate::{
    child::{self, Job},
    place,
};

/// Which commit, of which form its ledger is, and why that one.
const OLDER: &str = "tests/faults/builds.json";
/// Where it is unpacked and built.
const YARD: &str = "target/builds";
/// What the test says once it has seen both builds agree.
const SAID: &str = "with two builds";

/// `cargo xtask builds`.
pub fn run() -> ExitCode {
    match together() {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn together() -> Result<String, String> {
    let older = build(&commit()?)?;
    println!("validators of both builds in one alliance");
    let words = [
        "cargo",
        "test",
        "--package",
        "sealroad-tests",
        "--test",
        "faults",
        "two_builds",
        "--",
        "--nocapture",
    ];
    let job = Job::new(&words, 60).with("SEALROAD_OTHER_BUILD", &older.to_string_lossy());
    let ran = child::run(&job);
    let said = ran.output.lines().find(|line| line.contains(SAID));
    match said.filter(|_| ran.ok()) {
        Some(said) => Ok(said.trim().to_owned()),
        None => Err(format!("the test {}\n{}", ran.words(), ran.output)),
    }
}

fn commit() -> Result<String, String> {
    let text = fs::read_to_string(place::at(OLDER)).map_err(|error| format!("{OLDER}: {error}"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{OLDER}: {error}"))?;
    let member = |name: &str| {
        let found = value
            .get(name)
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        found.ok_or(format!("{OLDER} has no {name}"))
    };
    let commit = member("commit")?;
    println!(
        "the older build is {commit}, whose ledger.db is of form {}: {}",
        member("ledger_form")?,
        member("why")?
    );
    let known = child::run(&Job::new(
        &["git", "cat-file", "-e", &format!("{commit}^{{commit}}")],
        1,
    ));
    if known.ok() {
        return Ok(commit);
    }
    Err(format!(
        "the history here does not hold {commit}: this is a shallow clone, or a copy without history. `git fetch --unshallow` brings it; \
         without it two builds are not tried"
    ))
}

/// Builds the program as it was at a commit, once.
fn build(commit: &str) -> Result<PathBuf, String> {
    let yard = place::at(YARD);
    let program = yard.join(format!("sealroad-{commit}"));
    if program.is_file() {
        return Ok(program);
    }
    let (tree, packed) = (yard.join("tree"), yard.join("tree.tar"));
    let _none = fs::remove_dir_all(&tree);
    fs::create_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    let (tree_path, packed_path) = (tree.to_string_lossy(), packed.to_string_lossy());
    must(Job::new(
        &["git", "archive", "--format=tar", "--output", &packed_path, commit],
        2,
    ))?;
    must(Job::new(&["tar", "-xf", &packed_path, "-C", &tree_path], 2))?;
    println!("building it");
    let (manifest, built) = (tree.join("Cargo.toml"), yard.join("built"));
    let manifest = manifest.to_string_lossy();
    let words = [
        "cargo",
        "build",
        "--locked",
        "--package",
        "app",
        "--bin",
        "sealroad",
        "--manifest-path",
        &manifest,
    ];
    must(Job::new(&words, 90).with("CARGO_TARGET_DIR", &built.to_string_lossy()))?;
    fs::copy(built.join("debug/sealroad"), &program).map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(program)
}

fn must(job: Job) -> Result<(), String> {
    let ran = child::run(&job);
    if ran.ok() {
        return Ok(());
    }
    Err(format!("{} {}\n{}", job.line(), ran.words(), ran.output))
}
