//! Where nothing is to be done nothing is done, whatever went wrong before.

use crate::{said, simulate};
use app::terminal::sim::{Plan, Scenario};

fn rests(scenario: Scenario) {
    for seed in 0..6 {
        let report = simulate(&Plan {
            rests: true,
            ..Plan::of(seed).with(scenario)
        });
        assert!(report.ok, "{}", said(&report));
    }
}

#[test]
fn validators_rest_after_a_lossy_network() {
    rests(Scenario::Lossy);
}

#[test]
fn validators_rest_after_stops() {
    rests(Scenario::Crashes);
}
