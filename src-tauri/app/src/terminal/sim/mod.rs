//! `sealroad sim`: a whole network in one thread, driven by a seed, on simulated time. Each machine is the driver of a real node on
//! a real folder ([`node::stepped`]); between them the network, the clocks and the stops are made up. After every step the rules of
//! [`checks`] are judged. One seed is one run: the same steps, the same trace, on every machine.

mod authors;
pub mod checks;
mod desktop;
mod faults;
mod held;
mod liars;
mod looking;
mod machine;
mod plan;
mod saying;
mod seed;
mod story;
mod untrue;
mod wires;
mod world;

use crate::UserError;
use crate::terminal::output::answer;
use crate::terminal::print_json;
use checks::Broken;
use clap::Args;
use ledger::{Hash, Record};
use serde::Serialize;
use std::collections::BTreeMap;
use world::{End, World};

pub use plan::{Mutant, Plan, Scenario};
pub use world::genesis;

/// What became of a simulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Of the plan.
    pub seed: u64,
    /// Of the plan.
    pub scenario: Scenario,
    /// How many validators the network was founded with.
    pub validators: usize,
    /// How many light nodes were among them.
    pub lights: usize,
    /// Things that happened.
    pub steps: u64,
    /// Simulated milliseconds.
    pub millis: u64,
    /// Blocks that were kept, by the validator that keeps most.
    pub heights: u64,
    /// From a block's first proposal until somebody kept it, on average, in simulated milliseconds.
    pub deciding_millis: u64,
    /// Records that stand in them.
    pub records: usize,
    /// Most wakes of one validator within a simulated second; one that has nothing to do sleeps.
    pub busiest: u64,
    /// What went wrong, and how often.
    pub faults: BTreeMap<&'static str, u64>,
    /// What was sent, under what name: how often, and how many bytes.
    pub traffic: BTreeMap<&'static str, (u64, u64)>,
    /// Over all that happened: two runs with one trace were the same.
    pub trace: Hash,
    /// Nothing was found.
    pub ok: bool,
    /// What was found.
    pub broken: Option<Broken>,
    /// The command that repeats this.
    pub command: String,
}

/// Carries out a plan.
///
/// # Errors
/// This machine cannot: it has no room or no right to write its temporary folder. What a check finds is no error.
pub fn run(plan: &Plan) -> Result<Report, UserError> {
    run_with(plan, &[])
}

/// As [`run`], with an author that signed each of these records twice, and shows half of the validators the one and half the other.
///
/// # Errors
/// See [`run`].
pub fn run_with(plan: &Plan, two_faced: &[(Record, Record)]) -> Result<Report, UserError> {
    let mut world = World::found(plan, two_faced)?;
    let mut outcome = world.run();
    if outcome.is_ok() && plan.rests {
        outcome = world.rest();
    }
    if outcome.is_ok() && plan.seed % 8 == plan.seed / 8 % 8 {
        outcome = world.fsck();
    }
    let broken = match outcome {
        Ok(()) => None,
        Err(End::Broken(broken)) => Some(broken),
        Err(End::Failed(error)) => return Err(error),
    };
    let mut faults = world.counts.clone();
    let others = [
        ("lost", world.wires.lost),
        ("doubled", world.wires.doubled),
        ("lies", world.liars.told),
        ("twins", world.liars.twinned),
        ("light_lies", world.untrue.told),
        ("followed", world.followed_at_the_end as u64),
    ];
    faults.extend(others.into_iter().filter(|(_, count)| *count > 0));
    Ok(Report {
        seed: plan.seed,
        scenario: plan.scenario,
        validators: plan.validators,
        lights: plan.lights,
        steps: world.steps,
        millis: world.now,
        heights: world.checks.height(),
        deciding_millis: world.deciding.0 / world.deciding.1.max(1),
        records: world.checks.records(),
        busiest: world.machines.iter().map(|machine| machine.busiest).max().unwrap_or(0),
        faults,
        traffic: world.traffic.clone(),
        trace: world.trace,
        ok: broken.is_none(),
        broken,
        command: plan.command(),
    })
}

/// What `sealroad sim` is told.
#[derive(Debug, Args)]
pub(crate) struct Simulation {
    /// Decides all that is left to chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What goes wrong; without it what the seed stands for.
    #[arg(long, value_enum)]
    scenario: Option<Scenario>,
    /// How many validators; without it what the seed stands for.
    #[arg(long, value_parser = clap::value_parser!(u8).range(4..=14))]
    validators: Option<u8>,
    /// How many light nodes; without it what the scenario usually has.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
    lights: Option<u8>,
    /// Shipments to confirm, of twelve records each.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=100))]
    shipments: Option<u8>,
    /// Nothing goes wrong.
    #[arg(long)]
    calm: bool,
    /// One more faulty validator than is borne: something must be found.
    #[arg(long)]
    one_too_many: bool,
    /// What is taken away, to see that it is found.
    #[arg(long, value_enum)]
    mutant: Option<Mutant>,
    /// Print JSON on one line.
    #[arg(long)]
    json: bool,
}

/// Runs one simulation: exit 0 when nothing was found, 1 otherwise.
pub(crate) fn simulate(told: &Simulation) -> Result<u8, UserError> {
    let mut plan = Plan::of(told.seed);
    plan = told.scenario.map_or(plan.clone(), |scenario| plan.with(scenario));
    plan.shipments = told.shipments.map_or(plan.shipments, usize::from);
    plan.faulty_millis = if told.calm { 0 } else { plan.faulty_millis };
    plan.validators = told.validators.map_or(plan.validators, usize::from);
    let usual = Plan::lights(plan.scenario, plan.validators);
    plan.lights = told.lights.map_or(usual, usize::from);
    plan.too_many = told.one_too_many;
    plan.mutant = told.mutant;
    let report = run(&plan)?;
    if told.json {
        print_json(&report)?;
    } else {
        let value = serde_json::to_value(&report).unwrap_or_default();
        answer!("{value:#}");
    }
    Ok(u8::from(!report.ok))
}
