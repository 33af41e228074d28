//! Power loss. A process works over a file system that writes down every write, sync and name; then power is lost at every place of
//! that recording: what was synced is there, of the rest what chance leaves, the last write torn at a sector. The real node is opened
//! on what the disk holds, by SQLite's own file system.
//!
//! Recorded are the databases. The node's plain files (`lock`, `keys.sealed`, `network.json`) are real files and not part of this.
//!
//! `SEALROAD_LONG=1` loses power after every single step. Chances print their seed; `SEALROAD_SEED` repeats them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../crash/common.rs"]
#[allow(dead_code)]
mod common;
mod disk;
mod log;
mod solo;
mod upgrade;
mod validators;

use disk::{Dice, Keep};
use ledger::Hash;
use log::Step;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Cuts that are tried at the same time.
const THREADS: usize = 2;
/// What each cut is tried with.
const KEEPS: [Keep; 4] = [Keep::Nothing, Keep::Torn, Keep::Pages(50), Keep::Pages(90)];

/// Lets the recorded process do a task from beginning to end.
fn record(task: &[&str]) -> Vec<Step> {
    let scratch = in_memory("recorded");
    let file = scratch.join("log");
    let root = scratch.join("root");
    std::fs::create_dir(&root).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sealroad-power-child"));
    let ended = child
        .arg(task[0])
        .arg(&root)
        .arg(&file)
        .args(&task[1..])
        .status()
        .unwrap();
    assert!(ended.success(), "the recorded process: {ended}");
    let lines = BufReader::new(File::open(&file).unwrap()).lines();
    lines
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

/// A folder that is removed at the end, whatever the end.
struct Scratch(PathBuf);

/// In memory where the system has a place for it: what a disk keeps is not asked of these.
fn in_memory(name: &str) -> Scratch {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    let path = base.join(format!("sealroad-power-{name}-{}", Hash(node::random().unwrap())));
    std::fs::create_dir_all(&path).unwrap();
    Scratch(path)
}

impl Scratch {
    fn path(&self) -> &Path {
        &self.0
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

fn long() -> bool {
    std::env::var("SEALROAD_LONG").is_ok_and(|value| value == "1")
}

/// Tries all of these, some at once. What one of them says when it panics is what the test says.
fn each<T: Sync>(tries: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let run = || {
        while let Some(one) = tries.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(one);
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        for one in ended {
            one.unwrap_or_else(|said| std::panic::resume_unwind(said));
        }
    });
}

/// The seed of a run. `SEALROAD_SEED` sets it; without, the normal run always takes the same and the long run a new one.
fn seed(test: &str) -> u64 {
    let wanted = std::env::var("SEALROAD_SEED").ok().and_then(|text| text.parse().ok());
    let seed = wanted.unwrap_or_else(|| {
        if long() {
            u64::from_le_bytes(node::random().unwrap())
        } else {
            1
        }
    });
    println!("{test}: repeat with SEALROAD_SEED={seed}");
    seed
}

/// Where power is lost: before and after every sync, and elsewhere by chance; in the long run everywhere.
fn cuts(steps: &[Step], folder: &str, first: usize, more: usize, seed: u64) -> Vec<usize> {
    if long() {
        return (first..=steps.len()).collect();
    }
    disk::cuts(steps, folder, first, more, &mut Dice::new(seed, 0, Keep::Nothing))
}
