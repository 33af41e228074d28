//! One random bit flipped: never believed, and both verifiers say the same of it.

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::demo::Demo;
use crate::{Case, Dice, rust, typescript};

/// How many flips both verifiers judge. With `SEALROAD_LONG` Rust judges one in every byte of the file.
const FLIPS: usize = 2000;

/// A copy with one bit changed.
pub fn flipped(file: &[u8], byte: usize, bit: usize) -> Vec<u8> {
    let mut flipped = file.to_vec();
    flipped[byte] ^= 1 << bit;
    flipped
}

#[test]
fn no_flipped_bit_is_believed_and_both_name_the_same_failure() {
    let demo = Demo::play("flips");
    let mut dice = Dice(20_261_121);
    let places: Vec<(usize, usize)> = (0..FLIPS)
        .map(|_| (dice.below(demo.evidence.len()), dice.below(8)))
        .collect();
    let ours = judge(&demo.evidence, &places);
    let cases: Vec<Case> = places
        .iter()
        .enumerate()
        .map(|(number, (byte, bit))| Case {
            file: demo.keep(&format!("{number}.json"), &flipped(&demo.evidence, *byte, *bit)),
            anchor: None,
            not_before: None,
        })
        .collect();
    let theirs = typescript(&cases);
    assert_eq!(theirs.len(), ours.len());
    for ((place, ours), theirs) in places.iter().zip(&ours).zip(&theirs) {
        assert_eq!(theirs, ours, "byte and bit {place:?}");
    }
    println!("{FLIPS} flipped bits refused, by both for the same reason");
}

#[test]
fn no_byte_of_the_demo_may_change() {
    if std::env::var("SEALROAD_LONG").is_err() {
        println!("SEALROAD_LONG is not set: only the {FLIPS} bytes of the other test were changed");
        return;
    }
    let demo = Demo::play("every-byte");
    let mut dice = Dice(20_261_122);
    let places: Vec<(usize, usize)> = (0..demo.evidence.len()).map(|byte| (byte, dice.below(8))).collect();
    let start = Instant::now();
    let found = judge(&demo.evidence, &places);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in &found {
        *reasons.entry(verdict["first_failed"].as_str().unwrap()).or_default() += 1;
    }
    println!(
        "{} bytes changed and refused in {} s, one random bit in every byte; first failed: {reasons:?}",
        found.len(),
        start.elapsed().as_secs()
    );
}

/// `about` is the question and no statement: nobody signs it. Where two subjects have the same closure, as the pieces in one shipment, the
/// same file answers for both, and truly. The demo's serial numbers end in a check digit (Luhn), so that no single bit makes one of another.
#[test]
fn the_same_file_answers_for_the_next_piece_of_the_shipment() {
    let demo = Demo::play("next-piece");
    let text = String::from_utf8(demo.evidence.clone()).unwrap();
    let asked = text.replacen("DC1101-0014", "DC1101-0022", 1);
    assert!(text.starts_with("{\"about\":\"item:") && asked != text);
    let ours = rust(asked.as_bytes(), Some(&demo.anchor), None);
    assert_eq!(ours["verdict"], "accepted");
    let case = Case {
        file: demo.keep("next-piece.json", asked.as_bytes()),
        anchor: Some(demo.anchor_path.clone()),
        not_before: None,
    };
    assert_eq!(typescript(&[case]), [ours]);
}

/// What Rust says of each flip; refused, every one. All processors share the work.
fn judge(file: &[u8], places: &[(usize, usize)]) -> Vec<Value> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let judged = |places: &[(usize, usize)]| {
        let one = |(byte, bit): &(usize, usize)| {
            let verdict = rust(&flipped(file, *byte, *bit), None, None);
            assert_eq!(verdict["verdict"], "refused", "byte {byte}, bit {bit}");
            verdict
        };
        places.iter().map(one).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let parts: Vec<_> = places
            .chunks(places.len().div_ceil(threads))
            .map(|part| scope.spawn(move || judged(part)))
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}
