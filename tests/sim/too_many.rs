//! The tests of the checks: one faulty validator more than is borne, or something taken away. Then a check must say so, each time.

use crate::simulate;
use app::terminal::sim::{Mutant, Plan, Report, Scenario};

/// With one too many, found by this rule for four validators and for seven.
fn found(scenario: Scenario, rule: &str) -> Vec<Report> {
    let mut reports = Vec::new();
    for (validators, seed) in [(4, 11), (4, 12), (7, 13)] {
        let plan = Plan {
            validators,
            too_many: true,
            patient_millis: 40_000,
            ..Plan::of(seed).with(scenario)
        };
        let report = simulate(&plan);
        let broken = report.broken.as_ref();
        assert_eq!(
            broken.map(|broken| broken.rule),
            Some(rule),
            "{}: {:?}",
            report.command,
            broken
        );
        reports.push(report);
    }
    reports
}

#[test]
fn one_double_voter_too_many_forks_the_chain() {
    found(Scenario::DoubleVoter, "fork");
}

#[test]
fn one_liar_too_many_stops_it() {
    found(Scenario::Liar, "liveness");
}

#[test]
fn as_many_liars_as_certify_are_believed_by_light_nodes() {
    found(Scenario::Light, "light-fork");
}

#[test]
fn one_validator_too_many_away_stops_it() {
    found(Scenario::Crashes, "liveness");
    found(Scenario::Governance, "liveness");
    found(Scenario::Storm, "liveness");
}

#[test]
fn one_wrong_clock_too_many_stops_it() {
    found(Scenario::Clocks, "liveness");
}

#[test]
fn one_validator_too_many_cut_off_stops_it() {
    found(Scenario::Lossy, "liveness");
    found(Scenario::Partitions, "liveness");
}

/// The first of some seeds in which the check finds what was taken away.
fn caught(mutant: Mutant, scenario: Scenario, rule: &str) {
    let reports = (0..20).map(|seed| {
        simulate(&Plan {
            mutant: Some(mutant),
            ..Plan::of(seed).with(scenario)
        })
    });
    let rules: Vec<_> = reports
        .filter_map(|report| Some((report.seed, report.broken?.rule)))
        .collect();
    println!("{mutant:?}: {rules:?}");
    assert!(rules.iter().any(|(_, found)| *found == rule), "{mutant:?}: {rules:?}");
}

#[test]
fn forgotten_votes_are_found() {
    caught(Mutant::VotesForgotten, Scenario::Crashes, "signed-twice");
}

#[test]
fn unchecked_signatures_are_found() {
    caught(Mutant::SignaturesUnchecked, Scenario::Lossy, "record-bad");
}
