//! The guide is run as it stands.

use crate::common::{Folder, json, quiet};
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long the whole guide may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// The shell's code blocks of a page of the guide, in order.
fn blocks(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/guide")
        .join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// Runs a page of the guide as it stands; gives what it said.
fn run(page: &str, folder: &Folder) -> String {
    let blocks = blocks(page);
    assert!(blocks.len() >= 5, "{blocks:?}");
    let program = Path::new(env!("CARGO_BIN_EXE_sealroad"))
        .parent()
        .unwrap()
        .display()
        .to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let mut shell = quiet(&mut Command::new("bash"))
        .args(["-euo", "pipefail", "-c", &blocks.concat()])
        .current_dir(&folder.0)
        .env("PATH", path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let (mut out, mut beside) = (shell.stdout.take().unwrap(), shell.stderr.take().unwrap());
    let (told, ended) = channel();
    let id = shell.id();
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        beside.read_to_string(&mut said).unwrap();
        said
    });
    std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).unwrap();
        told.send((shell.wait().unwrap(), text)).unwrap();
    });
    let outcome = ended.recv_timeout(PATIENCE);
    if outcome.as_ref().map_or(true, |(status, _)| !status.success()) {
        // What the guide left running: the processes of its shell, and nobody else's.
        Command::new("kill")
            .args(["-KILL", "--", &format!("-{id}")])
            .status()
            .unwrap();
    }
    let (status, text) = outcome.unwrap();
    let beside = reader.join().unwrap();
    assert!(status.success(), "{status} {text} {beside}");
    assert!(!beside.contains("panicked"), "{beside}");
    text
}

#[test]
fn the_guide_founds_four_validators_and_two_desktops_as_it_says() {
    let folder = Folder::new();
    let text = run("network.md", &folder);
    for data in ["jilin", "rheinbett"] {
        let data = folder.at(data);
        let seen = json(&["status", "--json", "--data", &data]);
        let named = |member: &&serde_json::Value| member["standing"] == "admitted" && member["name"]["en"].is_string();
        assert_eq!(
            seen["members"].as_array().unwrap().iter().filter(named).count(),
            2,
            "{text} {seen:#}"
        );
        assert_eq!(seen["unsent"], 0, "{seen:#}");
        assert_eq!(json(&["fsck", "--json", "--data", &data])["clean"], true);
    }
    let products = json(&["status", "--json", "--data", &folder.at("lane/validator-4")]);
    assert!(products["height"].as_u64() >= Some(5), "{products:#}");
}

#[test]
fn the_guide_makes_a_kit_loses_the_machine_and_comes_back_as_it_says() {
    let folder = Folder::new();
    run("keys.md", &folder);
    let data = folder.at("found");
    let page = json(&["keys", "show", "--json", "--data", &data]);
    assert_eq!(page["ours"]["standing"], "root", "{page:#}");
    let standings: Vec<&str> = page["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["standing"].as_str().unwrap())
        .collect();
    // The clerk's key, the two root keys before; the newest is the one in use.
    assert_eq!(standings, ["revoked", "revoked", "revoked"], "{page:#}");
    assert!(page["kit"]["tried"].is_string() && page["kit"]["file"].is_null());
    assert_eq!(json(&["fsck", "--json", "--data", &data])["clean"], true);
}
