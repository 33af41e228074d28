//! The planted mutants of `cargo xtask mutants` must still be possible: each text that is changed stands in its file exactly once.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    name: String,
    breaks: String,
    file: String,
    find: String,
    put: String,
    plan: Vec<String>,
}

#[test]
fn every_mutant_can_be_planted() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(top.join("tests/sim/mutants.json")).unwrap();
    let mutants: Vec<Mutant> = serde_json::from_str(&text).unwrap();
    assert!(mutants.len() >= 10);
    let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    assert_eq!(names.len(), mutants.len());
    for mutant in &mutants {
        let source = std::fs::read_to_string(top.join(&mutant.file)).unwrap();
        let times = source.matches(&mutant.find).count();
        assert_eq!(times, 1, "{}: {:?} in {}", mutant.name, mutant.find, mutant.file);
        assert_ne!(mutant.find, mutant.put, "{}", mutant.name);
        assert!(!mutant.breaks.is_empty() && mutant.plan.first().is_some_and(|word| word == "--scenario"));
    }
}
