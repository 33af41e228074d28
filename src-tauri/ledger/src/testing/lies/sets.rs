//! Lies about evidence whose validator set has changed (form 2), and truths that look like lies.

use serde_json::{Value, json};

use super::{Change, Lie, add, apply, good, lie, remove, replace};
use crate::block::Header;
use crate::hash::Hash;
use crate::testing::{
    MemoryLedger, SETS, Sample, certificate_of, changed, changed_alliance, key, party, validator_set,
};

mod withheld;

const FORM: &str = "canonical bytes";
const QUORUM: &str = "quorum";
const PROVED: &[&str] = &["signed-is-not-true", "later-than-as-of"];
const UNKNOWN: &[&str] = &["signed-is-not-true", "network-unknown", "later-than-as-of"];
const OWN_WORD: &[&str] = &["signed-is-not-true", "order-and-time-own-word", "later-than-as-of"];

/// A file that is true, with what is not proved.
pub struct Truth {
    /// What looks wrong, or differs.
    pub name: &'static str,
    /// How it differs from the good file.
    pub change: Change,
    /// Whether the verifier is given the anchor of [`changed_alliance`]: the file is then accepted, else consistent.
    pub anchor: bool,
    /// Codes of `not_proved`.
    pub not_proved: &'static [&'static str],
}

/// The good file of [`changed_alliance`] and what is needed to lie about it.
struct Changed {
    sample: Sample,
    value: Value,
}

impl Changed {
    fn ledger(&self) -> &MemoryLedger {
        &self.sample.ledger
    }

    /// The header of a height, changed.
    fn header(&self, height: u64, change: impl Fn(&mut Header)) -> Header {
        let mut header = self.ledger().header(height).clone();
        change(&mut header);
        header
    }

    /// A change of the set with a header of our own, certified by the validators named.
    fn entry(header: &Header, signers: &[&str], next: &[(&str, u64)]) -> Value {
        let commit = certificate_of(header, 0, signers);
        json!({ "commit": commit, "header": header, "validators": validator_set(next) })
    }

    fn names(at: usize) -> Vec<&'static str> {
        SETS[at].iter().map(|(name, _)| *name).collect()
    }

    fn flipped(&self, path: &str) -> Value {
        let text = self.value.pointer(path).unwrap().as_str().unwrap();
        let other = if text.starts_with('0') { "1" } else { "0" };
        replace(path, format!("{other}{}", &text[1..]))
    }
}

fn begin() -> Changed {
    let sample = changed_alliance();
    let value = serde_json::from_slice(&good(&sample).to_bytes().unwrap()).unwrap();
    Changed { sample, value }
}

/// All the lies on the good file of [`changed_alliance`].
#[must_use]
pub fn all() -> Vec<Lie> {
    let file = begin();
    let mut lies = of_form(&file);
    lies.extend(of_set_form(&file));
    lies.extend(of_the_chain(&file));
    lies.extend(of_certificates(&file));
    lies.extend(of_votes(&file));
    lies.extend(of_headers(&file));
    lies.extend(of_the_rest(&file));
    lies.extend(withheld::lies());
    lies
}

fn of_form(file: &Changed) -> Vec<Lie> {
    let (first, second) = (&file.value["sets"][0], &file.value["sets"][1]);
    let nothing = serde_json::to_value(file.ledger().set_change(3)).unwrap();
    vec![
        lie("form 1 with sets", FORM, vec![replace("/form", "sealroad-evidence.1")]),
        lie("form 2 without sets", FORM, vec![remove("/sets")]),
        lie("form 2 with no change", FORM, vec![replace("/sets", json!([]))]),
        lie("sets that are null", FORM, vec![replace("/sets", Value::Null)]),
        lie("form 3", FORM, vec![replace("/form", "sealroad-evidence.3")]),
        lie(
            "the changes in the other order",
            FORM,
            vec![replace("/sets/0", second.clone()), replace("/sets/1", first.clone())],
        ),
        lie("a change twice", FORM, vec![add("/sets/0", first.clone())]),
        lie("a change that is no change", FORM, vec![add("/sets/1", nothing)]),
        lie(
            "a change to the set there was",
            FORM,
            vec![replace("/sets/0/validators", json!(validator_set(SETS[0])))],
        ),
        lie("a change without its set", FORM, vec![remove("/sets/0/validators")]),
        lie("a change without its certificate", FORM, vec![remove("/sets/0/commit")]),
        lie(
            "a change with a member more",
            FORM,
            vec![add("/sets/1/path", json!([]))],
        ),
        lie("a change at height 0", FORM, vec![replace("/sets/0/header/height", 0)]),
        lie(
            "a signer twice in the certificate of a change",
            FORM,
            vec![add(
                "/sets/0/commit/signatures/0",
                first["commit"]["signatures"][0].clone(),
            )],
        ),
        lie(
            "a certificate of a change with no signature",
            FORM,
            vec![replace("/sets/1/commit/signatures", json!([]))],
        ),
    ]
}

/// Sets that no set may be.
fn of_set_form(file: &Changed) -> Vec<Lie> {
    let set = &file.value["sets"][0]["validators"];
    let crowd = (0..101).map(|at| {
        let key = key(&format!("crowd {at}")).public();
        (key, json!({ "key": key, "party": party("port"), "weight": 1 }))
    });
    let crowd: std::collections::BTreeMap<_, _> = crowd.collect();
    vec![
        lie(
            "a next set that is not sorted",
            FORM,
            vec![
                replace("/sets/0/validators/0", set[1].clone()),
                replace("/sets/0/validators/1", set[0].clone()),
            ],
        ),
        lie(
            "a validator twice in the next set",
            FORM,
            vec![add("/sets/0/validators/0", set[0].clone())],
        ),
        lie(
            "a next set of nobody",
            FORM,
            vec![replace("/sets/0/validators", json!([]))],
        ),
        lie(
            "a next set of 101",
            FORM,
            vec![replace("/sets/0/validators", json!(crowd.values().collect::<Vec<_>>()))],
        ),
        lie(
            "a next validator without weight",
            FORM,
            vec![replace("/sets/0/validators/0/weight", 0)],
        ),
        lie(
            "a next validator that weighs too much",
            FORM,
            vec![replace("/sets/0/validators/0/weight", 1_000_001)],
        ),
        lie(
            "a small-order key in the next set",
            FORM,
            vec![replace(
                "/sets/0/validators/0/key",
                crate::testing::vectors::small_order(),
            )],
        ),
    ]
}

/// Sets that do not follow from each other.
fn of_the_chain(file: &Changed) -> Vec<Lie> {
    let strangers: &[(&str, u64)] = &[("stranger", 1)];
    let mut joined = SETS[1].to_vec();
    joined.push(("stranger", 20));
    let hash = |set: &[(&str, u64)]| validator_set(set).hash();
    let seized = file.header(6, |header| header.next_validators = hash(strangers));
    let head = file.header(7, |header| header.validators = hash(strangers));
    let skipped = file.header(4, |header| header.validators = hash(SETS[0]));
    vec![
        lie("the first change left out", QUORUM, vec![remove("/sets/0")]),
        lie("the second change left out", QUORUM, vec![remove("/sets/1")]),
        lie(
            "both changes left out, as form 1",
            QUORUM,
            vec![remove("/sets"), replace("/form", "sealroad-evidence.1")],
        ),
        lie(
            "a next set with another weight",
            QUORUM,
            vec![replace("/sets/0/validators/0/weight", 5)],
        ),
        lie(
            "a next set with another party",
            QUORUM,
            vec![replace("/sets/1/validators/0/party", json!(party("stranger")))],
        ),
        lie(
            "a next set with one validator less",
            QUORUM,
            vec![remove("/sets/1/validators/0")],
        ),
        lie(
            "a next set with one validator more",
            QUORUM,
            vec![replace("/sets/0/validators", json!(validator_set(&joined)))],
        ),
        lie(
            "the last set given for both changes",
            QUORUM,
            vec![replace("/sets/0/validators", json!(validator_set(SETS[2])))],
        ),
        lie(
            "a change to strangers, certified by them",
            QUORUM,
            vec![
                add("/sets/2", Changed::entry(&seized, &["stranger"], strangers)),
                replace("/head", json!(head)),
                replace("/commit", json!(certificate_of(&head, 0, &["stranger"]))),
            ],
        ),
        lie(
            "a second change that goes on from the genesis set",
            QUORUM,
            vec![replace(
                "/sets/1",
                Changed::entry(&skipped, &Changed::names(0), SETS[2]),
            )],
        ),
        lie(
            "a genesis with the second set",
            QUORUM,
            vec![
                replace("/genesis/validators", json!(validator_set(SETS[1]))),
                remove("/sets/0"),
            ],
        ),
    ]
}

fn of_certificates(file: &Changed) -> Vec<Lie> {
    let certified = |height, signers: &[&str]| json!(certificate_of(file.ledger().header(height), 0, signers));
    let (first, second) = ("/sets/0/commit", "/sets/1/commit");
    vec![
        lie(
            "a change certified by the genesis set, two changes on",
            QUORUM,
            vec![replace(second, certified(4, &Changed::names(0)))],
        ),
        lie(
            "a change certified by the set it makes",
            QUORUM,
            vec![replace(first, certified(2, &Changed::names(1)))],
        ),
        lie(
            "a head certified by the set before",
            QUORUM,
            vec![replace("/commit", certified(7, &Changed::names(1)))],
        ),
        lie(
            "a head certified by the genesis set",
            QUORUM,
            vec![replace("/commit", certified(7, &Changed::names(0)))],
        ),
        lie(
            "too few signers of the first change",
            QUORUM,
            vec![replace(first, certified(2, &["carrier", "chamber"]))],
        ),
        lie(
            "exactly two thirds of the weight for the second change",
            QUORUM,
            vec![replace(second, certified(4, &["carrier", "exporter"]))],
        ),
        lie(
            "two of four with half of the weight for the head",
            QUORUM,
            vec![replace("/commit", certified(7, &["bank", "insurer"]))],
        ),
    ]
}

/// Certificates of changes that somebody altered.
fn of_votes(file: &Changed) -> Vec<Lie> {
    let mut with_stranger = Changed::names(1);
    with_stranger.push("stranger");
    let joined = certificate_of(file.ledger().header(4), 0, &with_stranger);
    vec![
        lie(
            "a stranger among the signers of a change",
            QUORUM,
            vec![replace("/sets/1/commit", json!(joined))],
        ),
        lie(
            "a vote for a change altered",
            QUORUM,
            vec![file.flipped("/sets/0/commit/signatures/0/signature")],
        ),
        lie(
            "a vote for a change under another's name",
            QUORUM,
            vec![replace(
                "/sets/1/commit/signatures/0/signature",
                file.value["sets"][1]["commit"]["signatures"][1]["signature"].clone(),
            )],
        ),
        lie(
            "a change in another round",
            QUORUM,
            vec![replace("/sets/0/commit/round", 1)],
        ),
        lie(
            "a change at another height in its certificate",
            QUORUM,
            vec![replace("/sets/0/commit/height", 3)],
        ),
        lie(
            "a certificate of another change",
            QUORUM,
            vec![replace("/sets/0/commit", file.value["sets"][1]["commit"].clone())],
        ),
    ]
}

fn of_headers(file: &Changed) -> Vec<Lie> {
    let foreign = file.header(2, |header| header.network = Hash::of(b"another network"));
    let before = file.ledger().header(2).time;
    let second = |change: &dyn Fn(&mut Header)| {
        let header = file.header(4, change);
        replace("/sets/1", Changed::entry(&header, &Changed::names(1), SETS[2]))
    };
    let back: &[(&str, u64)] = SETS[0];
    let hash = validator_set(back).hash();
    let beside = file.header(7, |header| header.next_validators = hash);
    let beyond = file.header(7, |header| {
        header.next_validators = hash;
        header.height = 8;
    });
    let head = file.header(7, |header| header.validators = hash);
    let moved = |late: &Header| {
        vec![
            add("/sets/2", Changed::entry(late, &Changed::names(2), back)),
            replace("/head", json!(head)),
            replace("/commit", json!(certificate_of(&head, 0, &Changed::names(0)))),
        ]
    };
    vec![
        lie(
            "a change with other rules",
            QUORUM,
            vec![file.flipped("/sets/0/header/rules")],
        ),
        lie(
            "a change at another time",
            QUORUM,
            vec![replace("/sets/1/header/time", "2026-01-01T00:00:40.001Z")],
        ),
        lie(
            "a next set and its name altered",
            QUORUM,
            vec![
                replace("/sets/1/validators", json!(validator_set(back))),
                replace("/sets/1/header/next_validators", json!(hash)),
            ],
        ),
        lie(
            "a change of another network",
            QUORUM,
            vec![replace(
                "/sets/0",
                Changed::entry(&foreign, &Changed::names(0), SETS[1]),
            )],
        ),
        lie(
            "a change at the time of the one before",
            QUORUM,
            vec![second(&|header| header.time = before)],
        ),
        lie(
            "a change earlier than the one before",
            QUORUM,
            vec![second(&|header| header.time = before.plus_millis(-1))],
        ),
        lie("a change at the height of the head", QUORUM, moved(&beside)),
        lie("a change above the head", QUORUM, moved(&beyond)),
    ]
}

fn of_the_rest(file: &Changed) -> Vec<Lie> {
    let at = file.value["records"].as_array().unwrap().iter();
    let booked = at
        .take_while(|shown| shown["record"]["kind"] != "logistics.booked.1")
        .count();
    vec![
        Lie {
            other_network: true,
            ..lie("true, but of another network than expected", "network", Vec::new())
        },
        Lie {
            not_before: Some(8),
            ..lie("older than demanded", "freshness", Vec::new())
        },
        lie(
            "a body changed after signing",
            "signature",
            vec![replace(&format!("/records/{booked}/record/body/boxes"), 41)],
        ),
        lie("a block left out", "mandate", vec![remove("/blocks/3")]),
    ]
}

/// Files that are true though they differ from the good one of [`changed_alliance`].
#[must_use]
pub fn truths() -> Vec<Truth> {
    let file = begin();
    let certified = |height, round, signers: &[&str]| {
        let certificate = certificate_of(file.ledger().header(height), round, signers);
        json!(certificate)
    };
    let patch = |name, operations| Truth {
        name,
        change: Change::Patch(operations),
        anchor: true,
        not_proved: PROVED,
    };
    let whole = |name, sets: [&[(&str, u64)]; 3], not_proved| Truth {
        name,
        change: Change::Text(String::from_utf8(good(&changed(sets)).to_bytes().unwrap()).unwrap()),
        anchor: sets[0] == SETS[0],
        not_proved,
    };
    let neutral: &[(&str, u64)] = &[("chamber", 1), ("port", 1)];
    let authors: &[(&str, u64)] = &[("carrier", 1), ("exporter", 1)];
    let enough = vec![
        replace("/sets/0/commit", certified(2, 0, &["carrier", "chamber", "port"])),
        replace("/sets/1/commit", certified(4, 0, &["carrier", "chamber", "exporter"])),
        replace("/commit", certified(7, 0, &["bank", "chamber", "port"])),
    ];
    let later = vec![replace("/sets/0/commit", certified(2, 3, &Changed::names(0)))];
    let mut truths = vec![
        patch("the good file", Vec::new()),
        Truth {
            anchor: false,
            not_proved: UNKNOWN,
            ..patch("the good file, network unknown", Vec::new())
        },
        patch("just enough signers everywhere", enough),
        patch("a change decided in a later round", later),
        whole(
            "the authors alone certified the records, between two changes",
            [SETS[0], authors, neutral],
            OWN_WORD,
        ),
        whole(
            "the authors founded it, others certified the records",
            [authors, neutral, SETS[2]],
            UNKNOWN,
        ),
        whole(
            "the authors alone certify from the block after the last record on",
            [SETS[0], SETS[1], authors],
            PROVED,
        ),
    ];
    truths.extend(withheld::truths());
    truths
}

/// The bytes of a file that differs from the good one.
#[must_use]
pub fn told(good: &[u8], change: &Change) -> Vec<u8> {
    match change {
        Change::Patch(operations) => apply(good, operations),
        Change::Text(text) => text.clone().into_bytes(),
    }
}
