//! Identifiers of others: GS1's linter cases, VAT numbers, company codes, postal numbers.
#![allow(clippy::disallowed_methods, reason = "tests read files; the crate does not")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use systems::shared::codes::{CodeRule, EuVat, LINTERS, Lei, S10, Uscc};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("SEALROAD_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("SEALROAD_CORPUS is not set: nothing was tested here");
    }
    folder
}

/// The rows of a CSV file without its head; quotation marks as in RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => field.push(c),
        }
    }
    rows.split_off(1)
}

/// The cases are C string literals: `\x01` is one byte, `\"` a quotation mark.
fn literal(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let used = if let Some(hex) = escape.strip_prefix('x') {
            out.push(char::from(u8::from_str_radix(&hex[..2], 16).unwrap()));
            3
        } else {
            out.push_str(&escape[..1]);
            1
        };
        rest = &escape[used..];
    }
    out + rest
}

#[test]
fn the_linters_we_use_pass_all_their_cases() {
    let Some(corpus) = corpus() else { return };
    let text = std::fs::read_to_string(corpus.join("gs1/linter-cases.csv")).unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows(&text) {
        let Some((name, lint)) = LINTERS.iter().find(|(name, _)| *name == row[0]) else {
            continue;
        };
        let input = literal(&row[1]);
        match (lint(&input), row[2].as_str()) {
            (Ok(()), "pass") => {}
            (Err(error), "fail") => {
                let marked = literal(&row[3]);
                // Stars enclose the offending part; no case has a star of its own before it.
                let place = marked.find('*').unwrap();
                assert_eq!(error.at, marked[..place].chars().count(), "{row:?}");
            }
            (result, _) => panic!("{row:?}: {result:?}"),
        }
        *counts.entry(name).or_default() += 1;
    }
    println!(
        "linters used {} of 41, cases passed {}: {counts:?}",
        counts.len(),
        counts.values().sum::<usize>()
    );
    assert_eq!(counts.len(), LINTERS.len());
}

/// Numbers the list calls invalid because it is older than 2023, since when Belgium issues numbers that begin with 1
/// (Federal Public Service Economy, "Structure of the enterprise number"). Their check digits are right.
const BELGIAN_SINCE_2023: [&str; 3] = ["BE1602602623", "BE1400521335", "BE1400004463"];

#[test]
fn vat_numbers_of_the_union() {
    let Some(corpus) = corpus() else { return };
    let text = std::fs::read_to_string(corpus.join("identifiers/vat.csv")).unwrap();
    let outside = ["andorra", "brazil", "norway", "russia", "serbia", "switzerland"];
    let (mut counts, mut wrong): (BTreeMap<String, usize>, Vec<String>) = (BTreeMap::new(), Vec::new());
    for row in rows(&text) {
        if outside.contains(&row[0].as_str()) || BELGIAN_SINCE_2023.contains(&row[1].as_str()) {
            continue;
        }
        // British numbers follow the rule of Northern Ireland, whose prefix is the Union's.
        let number = if row[0] == "unitedKingdom" {
            row[1].replacen("GB", "XI", 1)
        } else {
            row[1].clone()
        };
        let result = EuVat::parse(&number);
        let right = match row[2].as_str() {
            "valid" => result.is_ok(),
            "invalid" => result.is_err(),
            _ => EuVat::check_form(&number).is_ok() && result.is_err_and(|e| e.code == CodeRule::CheckDigit),
        };
        if !right {
            wrong.push(format!("{row:?}: {:?}", EuVat::parse(&number)));
        }
        *counts.entry(row[2].clone()).or_default() += 1;
    }
    println!(
        "VAT numbers of the Union as expected: {counts:?}, otherwise {}, outdated {}",
        wrong.len(),
        BELGIAN_SINCE_2023.len()
    );
    assert!(BELGIAN_SINCE_2023.iter().all(|number| EuVat::parse(number).is_ok()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn company_codes() {
    let Some(corpus) = corpus() else { return };
    let text = std::fs::read_to_string(corpus.join("identifiers/other.csv")).unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(&text) {
        let (parse, checks): (fn(&str) -> bool, usize) = match row[0].as_str() {
            "uscc" => (|text| Uscc::parse(text).is_ok(), 1),
            "lei" => (|text| Lei::parse(text).is_ok(), 2),
            _ => continue,
        };
        assert_eq!(row[2], "valid");
        assert!(parse(&row[1]), "{row:?}");
        // Any other check digit must fail.
        let (body, check) = row[1].split_at(row[1].len() - checks);
        let others = "0123456789"
            .chars()
            .map(|digit| format!("{body}{}{digit}", &check[..checks - 1]));
        assert!(
            others.filter(|other| *other != row[1]).all(|other| !parse(&other)),
            "{row:?}"
        );
        *counts.entry(row[0].clone()).or_default() += 1;
    }
    println!("company codes accepted, and refused with every other last digit: {counts:?}");
    assert_eq!(counts.values().sum::<usize>(), 300);
}

#[test]
fn postal_numbers() {
    let Some(corpus) = corpus() else { return };
    let text = std::fs::read_to_string(corpus.join("tracking/s10.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let numbers = &json["tracking_numbers"][0]["test_numbers"];
    let list = |name: &str| -> Vec<String> {
        numbers[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|number| number.as_str().unwrap().to_owned())
            .collect()
    };
    let (valid, invalid) = (list("valid"), list("invalid"));
    assert!(valid.iter().all(|number| S10::parse(number).is_ok()));
    assert!(invalid.iter().all(|number| S10::parse(number).is_err()));
    println!(
        "S10 numbers: {} valid accepted, {} invalid refused",
        valid.len(),
        invalid.len()
    );
    assert!(!valid.is_empty() && !invalid.is_empty());
}
