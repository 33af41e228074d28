//! Bytes of strangers, without a fuzzer: what each reader is given to begin with, what a campaign once found, and both with damage by
//! chance. `cargo xtask fuzz` goes on from there, guided by what is reached.

use crate::support::{Chance, long};
use sealroad_tests::strangers::{TARGETS, Target, seeds};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every seed is damaged so often: in all a second or two of reading.
const DAMAGES: usize = 12;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// What campaigns found and what came of it is kept in a folder of each target's name.
fn finds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = top().join("tests/strangers/finds").join(target.name);
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), std::fs::read(&path).unwrap())
        })
        .collect()
}

/// Gives each target its inputs, in as many threads as there are targets; a panic names the input.
fn each(inputs: impl Fn(&'static Target) -> Vec<(String, Vec<u8>)> + Sync) -> usize {
    let read = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for target in TARGETS {
            let (inputs, read) = (&inputs, &read);
            scope.spawn(move || {
                for (name, bytes) in inputs(target) {
                    let outcome = std::panic::catch_unwind(|| target.read(&bytes));
                    assert!(
                        outcome.is_ok(),
                        "{}: {name}: {}",
                        target.name,
                        String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).escape_debug()
                    );
                    read.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    read.into_inner()
}

#[test]
fn what_a_campaign_found_once_does_no_harm_again() {
    let read = each(|target| {
        let whole = seeds::of(target.name).into_iter().enumerate();
        let mut inputs: Vec<_> = whole.map(|(at, seed)| (format!("seed {at}"), seed)).collect();
        assert!(!inputs.is_empty(), "{} has no seeds", target.name);
        inputs.extend(finds(target));
        inputs.push(("nothing".to_owned(), Vec::new()));
        inputs
    });
    println!("{read} inputs of {} targets", TARGETS.len());
}

#[test]
fn seeds_with_damage_do_no_harm() {
    let times = if long() { 40 * DAMAGES } else { DAMAGES };
    let read = each(|target| {
        let mut chance = Chance::new(target.name);
        let mut inputs = Vec::new();
        for (at, seed) in seeds::of(target.name).iter().enumerate().take(60) {
            for time in 0..times {
                inputs.push((format!("seed {at}, damage {time}"), damaged(seed, &mut chance)));
            }
        }
        inputs
    });
    println!("{read} inputs of {} targets", TARGETS.len());
}

/// One to three accidents: a bit, a byte, a part left out, doubled or put elsewhere, an end that is missing.
fn damaged(seed: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(3) {
        if bytes.is_empty() {
            bytes.push(0);
        }
        let at = chance.below(bytes.len());
        let end = at + chance.below((bytes.len() - at).min(64) + 1);
        match chance.below(6) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at] = [0, 0xff, b'"', b'\\', b'0', b'9', b'{', b'\n'][chance.below(8)],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, part));
            }
            4 => {
                let part: Vec<u8> = bytes.drain(at..end).collect();
                let to = chance.below(bytes.len() + 1);
                drop(bytes.splice(to..to, part));
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planted {
    name: String,
    target: String,
    breaks: String,
    file: String,
    find: String,
    put: String,
    says: String,
}

#[test]
fn every_fault_that_a_campaign_must_find_can_be_planted() {
    let text = std::fs::read_to_string(top().join("tests/strangers/planted.json")).unwrap();
    let planted: Vec<Planted> = serde_json::from_str(&text).unwrap();
    assert!(planted.len() >= 4);
    let targets: BTreeSet<&str> = planted.iter().map(|fault| fault.target.as_str()).collect();
    assert_eq!(
        targets.len(),
        planted.len(),
        "one in each target, so that each is found by itself"
    );
    for fault in &planted {
        assert!(
            Target::named(&fault.target).is_some(),
            "{}: no target {}",
            fault.name,
            fault.target
        );
        let source = std::fs::read_to_string(top().join(&fault.file)).unwrap();
        let times = source.matches(&fault.find).count();
        assert_eq!(times, 1, "{}: {:?} in {}", fault.name, fault.find, fault.file);
        assert_ne!(fault.find, fault.put, "{}", fault.name);
        assert!(!fault.breaks.is_empty() && !fault.says.is_empty());
    }
}
