use serde_json::json;

use super::*;
use crate::anchor::Anchor;
use crate::testing::lies::{self, Lie, sets};
use crate::testing::{MemoryLedger, Sample, alliance, changed_alliance, sample};
use crate::validators::Clock;

fn anchor_of(ledger: &MemoryLedger) -> Trust {
    Trust::Expect(Anchor::of(ledger.genesis.clone()))
}

#[test]
fn good_evidence_is_accepted_with_its_anchor_and_consistent_without() {
    let sample = alliance();
    let bytes = lies::good(&sample).to_bytes().unwrap();
    let report = verify(&bytes, &anchor_of(&sample.ledger), Some(5));
    assert_eq!(report.verdict(), Verdict::Accepted, "{report:?}");
    assert_eq!(report.checks().len(), 12);
    assert_eq!(report.network(), Some("样本 Sample"));
    assert_eq!(report.as_of().map(|as_of| as_of.height), Some(5));
    assert_eq!(
        report.not_proved(),
        [NotProved::SignedIsNotTrue, NotProved::LaterThanAsOf]
    );
    let report = verify(&bytes, &Trust::Nothing, None);
    assert_eq!(
        (report.verdict(), report.checks().len(), report.network()),
        (Verdict::Consistent, 11, None)
    );
    let pinned = Trust::Pinned(vec![lies::other_anchor(), Anchor::of(sample.ledger.genesis.clone())]);
    assert_eq!(verify(&bytes, &pinned, None).verdict(), Verdict::Accepted);
    let pinned = Trust::Pinned(vec![lies::other_anchor()]);
    assert_eq!(verify(&bytes, &pinned, None).verdict(), Verdict::Consistent);
}

#[test]
fn evidence_reads_back_as_it_was_written() {
    let evidence = lies::good(&alliance());
    let bytes = evidence.to_bytes().unwrap();
    assert_eq!(Evidence::parse(&bytes).unwrap(), evidence);
}

#[test]
fn absence_is_accepted_and_said() {
    let sample = alliance();
    let absent = Subject::code("tracking", "RB123456785CN").unwrap();
    let bytes = sample.ledger.evidence(&absent).to_bytes().unwrap();
    let report = verify(&bytes, &anchor_of(&sample.ledger), None);
    assert_eq!(report.verdict(), Verdict::Accepted, "{report:?}");
    assert_eq!(
        report.not_proved(),
        [
            NotProved::SignedIsNotTrue,
            NotProved::LaterThanAsOf,
            NotProved::NotRecorded
        ]
    );
}

#[test]
fn a_solo_ledger_says_that_order_and_time_are_its_own_word() {
    let sample = sample(&["exporter"], Clock::Simulated, [10, 20, 30, 40, 50]);
    let bytes = sample.ledger.evidence(&sample.lot).to_bytes().unwrap();
    let report = verify(&bytes, &Trust::Nothing, None);
    assert_eq!(report.verdict(), Verdict::Consistent, "{report:?}");
    let codes = serde_json::to_value(report.not_proved()).unwrap();
    let all = [
        "signed-is-not-true",
        "network-unknown",
        "order-and-time-own-word",
        "simulated-clock",
        "later-than-as-of",
    ];
    assert_eq!(codes, json!(all));
}

fn refuses_all(sample: &Sample, all: Vec<Lie>) {
    let good = lies::good(sample).to_bytes().unwrap();
    for lie in all {
        let bytes = sets::told(&good, &lie.change);
        let trust = if lie.other_network {
            Trust::Expect(lies::other_anchor())
        } else {
            anchor_of(&sample.ledger)
        };
        let report = verify(&bytes, &trust, lie.not_before);
        assert_eq!(report.verdict(), Verdict::Refused, "{}", lie.name);
        assert_eq!(
            report.first_failed(),
            Some(lie.first_failed),
            "{}: {:?}",
            lie.name,
            report.checks().last()
        );
        assert_eq!(report.not_proved(), []);
        let vouched = report
            .checks()
            .iter()
            .any(|check| check.name == "quorum" && check.passed);
        assert_eq!(report.as_of().is_some(), vouched, "{}", lie.name);
    }
}

#[test]
fn every_lie_is_refused_by_the_check_that_is_for_it() {
    let all = lies::all();
    assert!(all.len() >= 40, "{}", all.len());
    refuses_all(&alliance(), all);
}

#[test]
fn every_lie_about_changes_of_the_set_is_refused_by_the_check_that_is_for_it() {
    let all = sets::all();
    assert!(all.len() >= 40, "{}", all.len());
    refuses_all(&changed_alliance(), all);
}

#[test]
fn what_is_true_across_changes_of_the_set_is_believed() {
    let sample = changed_alliance();
    let good = lies::good(&sample).to_bytes().unwrap();
    for truth in sets::truths() {
        let (trust, verdict) = if truth.anchor {
            (anchor_of(&sample.ledger), Verdict::Accepted)
        } else {
            (Trust::Nothing, Verdict::Consistent)
        };
        let report = verify(&sets::told(&good, &truth.change), &trust, None);
        assert_eq!(
            report.verdict(),
            verdict,
            "{}: {:?}",
            truth.name,
            report.checks().last()
        );
        let codes = serde_json::to_value(report.not_proved()).unwrap();
        assert_eq!(codes, json!(truth.not_proved), "{}", truth.name);
    }
}

#[test]
fn evidence_across_changes_reads_back_as_it_was_written() {
    let evidence = lies::good(&changed_alliance());
    assert_eq!(evidence.sets.len(), 2);
    let bytes = evidence.to_bytes().unwrap();
    assert_eq!(Evidence::parse(&bytes).unwrap(), evidence);
    for change in &evidence.sets {
        assert_eq!(SetChange::parse(&change.to_bytes()).as_ref(), Ok(change));
        let canonical = crate::canonical::to_bytes(&serde_json::to_value(change).unwrap());
        assert_eq!(canonical.unwrap(), change.to_bytes());
    }
}

#[test]
fn a_flipped_bit_anywhere_is_never_believed() {
    let sample = alliance();
    let good = sample.ledger.evidence(&sample.lot).to_bytes().unwrap();
    let trust = anchor_of(&sample.ledger);
    assert_eq!(verify(&good, &trust, None).verdict(), Verdict::Accepted);
    for at in 0..good.len() {
        let mut bytes = good.clone();
        // A different bit for each byte, the same at every run.
        bytes[at] ^= 1 << (at * 7 % 8);
        let verdict = verify(&bytes, &trust, None).verdict();
        assert!(
            matches!(verdict, Verdict::Refused | Verdict::Unreadable),
            "byte {at}: {verdict:?}"
        );
        let verdict = verify(&bytes, &Trust::Nothing, None).verdict();
        assert!(
            matches!(verdict, Verdict::Refused | Verdict::Unreadable),
            "byte {at} without anchor: {verdict:?}"
        );
    }
}

#[test]
fn what_is_no_file_is_unreadable() {
    for bytes in [&b""[..], b"hello", &vec![b' '; EVIDENCE_BYTES + 1]] {
        let report = verify(bytes, &Trust::Nothing, None);
        assert_eq!((report.verdict(), report.checks().len()), (Verdict::Unreadable, 0));
    }
    assert_eq!(
        verify(b"{", &Trust::Nothing, None).first_failed(),
        Some("canonical bytes")
    );
}

#[test]
fn the_vectors_are_what_this_crate_makes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors");
    for (name, made) in crate::testing::vectors::files() {
        let held = std::fs::read(folder.join(name)).unwrap_or_default();
        assert!(
            held == made,
            "docs/vectors/{name} differs: cargo run -p ledger --example vectors --features testing"
        );
    }
}
