//! Seeds that must be clean, and that are the same twice.

use crate::{long, number, said, simulate};
use app::terminal::sim::{Plan, Report, Scenario};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seeds in the test command, and in the long run.
const SEEDS: [u64; 2] = [200, 4_000];
/// What is tried at the same time.
const THREADS: u64 = 2;

fn all(first: u64, count: u64) -> Vec<Report> {
    let next = AtomicU64::new(first);
    let work = || {
        let mut reports = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return reports;
            }
            reports.push(simulate(&Plan::of(seed)));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn every_seed_is_clean() {
    let first = number("SEALROAD_SEED").unwrap_or(0);
    let count = number("SEALROAD_SEEDS").unwrap_or(SEEDS[usize::from(long())]);
    let reports = all(first, count);
    let mut sums: BTreeMap<Scenario, BTreeMap<&str, u64>> = BTreeMap::new();
    for report in &reports {
        let sum = sums.entry(report.scenario).or_default();
        *sum.entry("seeds").or_default() += 1;
        *sum.entry("blocks").or_default() += report.heights;
        *sum.entry("records").or_default() += report.records as u64;
        for (fault, count) in &report.faults {
            *sum.entry(fault).or_default() += count;
        }
    }
    println!("{}", serde_json::to_string_pretty(&sums).unwrap());
    let broken: Vec<String> = reports.iter().filter(|report| !report.ok).map(said).collect();
    assert!(
        broken.is_empty(),
        "{} of {}:\n{}",
        broken.len(),
        reports.len(),
        broken.join("\n")
    );
    // What was to go wrong did go wrong.
    let happened = |scenario, fault| sums.get(&scenario).and_then(|sum| sum.get(fault)).copied().unwrap_or(0);
    for (scenario, fault) in [
        (Scenario::Lossy, "lost"),
        (Scenario::Lossy, "doubled"),
        (Scenario::Partitions, "cuts"),
        (Scenario::Crashes, "stops"),
        (Scenario::Crashes, "votes_lost"),
        (Scenario::Clocks, "skews"),
        (Scenario::DoubleVoter, "twins"),
        (Scenario::DoubleVoter, "offences"),
        (Scenario::Liar, "lies"),
        (Scenario::Liar, "unreadable"),
        (Scenario::Governance, "stops"),
        (Scenario::Storm, "stops"),
        (Scenario::Storm, "light_stops"),
        (Scenario::Light, "light_stops"),
        (Scenario::Light, "light_captives"),
        (Scenario::Light, "light_skews"),
        (Scenario::Light, "light_lies"),
        (Scenario::Light, "brought_by_light"),
        (Scenario::Light, "light.bad-certificate"),
        (Scenario::Light, "light.wrong-set"),
        (Scenario::Light, "light.withheld"),
        (Scenario::Light, "light.bad-index-proof"),
        (Scenario::Light, "light.not-in-block"),
        (Scenario::Light, "light.not-in-history"),
        (Scenario::Light, "light.other-records"),
        (Scenario::Light, "light.not-asked"),
        (Scenario::Light, "light.unreadable"),
    ] {
        assert!(happened(scenario, fault) > 0, "no {fault} in {scenario:?}");
    }
}

#[test]
fn one_seed_is_one_run() {
    for seed in 0..9 {
        let (once, again) = (simulate(&Plan::of(seed)), simulate(&Plan::of(seed)));
        println!("seed {seed}: trace {}", once.trace);
        assert_eq!(once, again, "{}", once.command);
    }
    assert_ne!(simulate(&Plan::of(0)).trace, simulate(&Plan::of(9)).trace);
}

#[test]
fn the_terminal_runs_the_same() {
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_sealroad-terminal"))
        .args(["sim", "--seed", "3", "--json"])
        .output()
        .unwrap();
    let said: serde_json::Value = serde_json::from_slice(&command.stdout).unwrap();
    let report = simulate(&Plan::of(3));
    assert_eq!(said, serde_json::to_value(&report).unwrap());
    assert_eq!(command.status.code(), Some(i32::from(!report.ok)));
}
