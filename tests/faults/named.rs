//! `docs/faults.md` has a row for every fault, and each test it names is in the sources.

use std::collections::BTreeSet;
use std::path::Path;

/// Of the list of faults the rows that belong to a network.
fn rows() -> BTreeSet<u32> {
    (1..=29).chain([32]).collect()
}

/// A test that is named, as `path::name`; the path from the root of the project.
fn named(text: &str) -> Vec<(&str, &str)> {
    let spans = text.split('`').skip(1).step_by(2);
    spans.filter_map(|span| span.split_once(".rs::")).collect()
}

/// What is wrong with such a document.
fn wrong(text: &str, source: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let table = text.lines().filter_map(|line| line.strip_prefix("| "));
    let numbers: Vec<u32> = table.filter_map(|line| line.split_once(' ')?.0.parse().ok()).collect();
    for row in rows() {
        let found = numbers.iter().filter(|number| **number == row).count();
        if found != 1 {
            wrong.push(format!("row {row} is there {found} times"));
        }
    }
    for (path, name) in named(text) {
        let is_there = source(&format!("{path}.rs")).is_some_and(|source| {
            source.contains(&format!("fn {name}(")) || source.lines().any(|line| line.trim() == format!("{name}("))
        });
        if !is_there {
            wrong.push(format!("{path}.rs has no test {name}"));
        }
    }
    wrong
}

#[test]
fn every_fault_has_a_row_and_every_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("docs/faults.md")).unwrap();
    let wrong = wrong(&text, |path| std::fs::read_to_string(root.join(path)).ok());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(named(&text).len() > rows().len(), "tests are named in another form");
}

#[test]
fn a_row_or_a_test_that_is_missing_is_found() {
    let source = |path: &str| (path == "tests/a.rs").then(|| "fn one() {}".to_owned());
    let mut good = String::new();
    for row in rows() {
        good.push_str(&format!("| {row} | kill | `tests/a.rs::one` | held |\n"));
    }
    assert_eq!(wrong(&good, source), Vec::<String>::new());
    let bad = [
        good.replace("| 7 |", "| 70 |"),
        format!("{good}| 7 | again | | |\n"),
        good.replacen("a.rs::one", "a.rs::on", 1),
        good.replacen("a.rs::one", "b.rs::one", 1),
    ];
    for text in bad {
        assert_eq!(wrong(&text, source).len(), 1, "{text}");
    }
}
