//! Whole networks in one thread, driven by seeds: what must hold whatever goes wrong does hold; and where more goes wrong than any
//! such network bears, or something is taken away that safety rests on, the checks say so.
//!
//! 200 seeds in the test command; `SEALROAD_LONG=1` has 4,000 (`cargo sim`). `SEALROAD_SEED` begins elsewhere,
//! `SEALROAD_SEEDS` says how many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod mutants;
mod rest;
mod seeds;
mod too_many;
mod two_faced;

use app::terminal::sim::{Plan, Report, run};

/// A number of the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Whether there is time for thousands.
fn long() -> bool {
    number("SEALROAD_LONG") == Some(1)
}

fn simulate(plan: &Plan) -> Report {
    run(plan).unwrap_or_else(|error| panic!("{}: {error:?}", plan.command()))
}

/// What was found, with the command that repeats it.
fn said(report: &Report) -> String {
    format!("{}\n    {:?}", report.command, report.broken)
}
