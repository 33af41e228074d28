use proptest::prelude::*;

use super::*;
use crate::keys::SecretKey;
use crate::testing::light::{NOW, followed, offers};
use crate::testing::vectors::alliance::{TOO_LONG, light_error};
use crate::testing::{MemoryLedger, SETS, certificate_of, changed_alliance, time, validator_set};
use crate::validators::Clock;

fn anchor(ledger: &MemoryLedger) -> Trusted {
    Trusted::from_anchor(&Anchor::of(ledger.genesis.clone()))
}

fn certified(ledger: &MemoryLedger, height: u64) -> (Header, CommitCertificate) {
    let header = ledger.header(height).clone();
    let commit = ledger.certificate(&header, usize::MAX);
    (header, commit)
}

fn advance(trusted: &Trusted, ledger: &MemoryLedger, height: u64) -> Result<Trusted, LightError> {
    let (header, commit) = certified(ledger, height);
    trusted.advance(&header, &commit, time(NOW))
}

#[test]
fn a_light_node_goes_on_by_changes_and_newest_headers() {
    let ledger = changed_alliance().ledger;
    let start = anchor(&ledger);
    assert_eq!((start.height(), start.time(), start.header()), (0, time(0), None));
    let first = advance(&start, &ledger, 1).unwrap();
    assert_eq!((first.height(), first.time()), (1, time(10)));
    let second = first.change(&ledger.set_change(2), time(NOW)).unwrap();
    assert_eq!(second.validators(), &validator_set(SETS[1]));
    let third = second.change(&ledger.set_change(4), time(NOW)).unwrap();
    let last = advance(&third, &ledger, 7).unwrap();
    assert_eq!(last.header(), Some(ledger.head()));
    assert_eq!(last.validators(), &validator_set(SETS[2]));
    assert_eq!(last.good_until(), time(70 + 30 * 86_400));
    for trusted in [start, first, second, third, last] {
        let bytes = trusted.to_bytes();
        assert_eq!(Trusted::parse(&bytes).as_ref(), Ok(&trusted));
        assert_eq!(
            bytes,
            crate::canonical::to_bytes(&serde_json::to_value(&trusted).unwrap()).unwrap()
        );
    }
}

#[test]
fn a_checkpoint_is_as_good_as_the_way_to_it() {
    let ledger = changed_alliance().ledger;
    let of = |height, set: usize| {
        let (header, commit) = certified(&ledger, height);
        Checkpoint::of(ledger.genesis.clone(), header, commit, validator_set(SETS[set]))
    };
    let good = of(5, 2);
    assert_eq!(good.verify(), Ok(()));
    assert_eq!(Checkpoint::parse(&good.to_bytes()), Ok(good.clone()));
    assert_eq!(
        good.to_bytes(),
        crate::canonical::to_bytes(&serde_json::to_value(&good).unwrap()).unwrap()
    );
    let trusted = Trusted::from_checkpoint(&good).unwrap();
    assert_eq!(Ok(&trusted), advance(&followed(&ledger), &ledger, 5).as_ref());
    assert_eq!(advance(&trusted, &ledger, 7), advance(&followed(&ledger), &ledger, 7));
    assert_eq!(of(5, 1).verify(), Err(LightError::WrongSet));
    let (header, commit) = certified(&ledger, 5);
    let foreign = MemoryLedger::new("Another", &["port"], Clock::System).genesis;
    let other = Checkpoint::of(foreign, header.clone(), commit, validator_set(SETS[2]));
    assert_eq!(other.verify(), Err(LightError::WrongNetwork));
    let few = Checkpoint::of(
        ledger.genesis.clone(),
        header.clone(),
        certificate_of(&header, 0, &["chamber"]),
        validator_set(SETS[2]),
    );
    assert_eq!(few.verify(), Err(LightError::Commit(CommitError::TooLittleWeight)));
    assert_eq!(Trusted::from_checkpoint(&few), few.verify().map(|()| trusted));
    // Its header changes the set, and the next set is not in it.
    assert_eq!(of(4, 1).verify(), Ok(()));
    assert_eq!(Trusted::from_checkpoint(&of(4, 1)), Err(LightError::NextSetMissing));
}

#[test]
fn a_checkpoint_has_at_most_65_536_bytes() {
    let ledger = changed_alliance().ledger;
    let (header, commit) = certified(&ledger, 5);
    let genesis = ledger.genesis.clone();
    let of = |signatures: usize, more: usize| {
        let mut commit = commit.clone();
        commit.signatures = vec![commit.signatures[0].clone(); signatures];
        let name = format!(r#""name":"样本 Sample{}""#, "x".repeat(more));
        let checkpoint = Checkpoint::of(genesis.clone(), header.clone(), commit, validator_set(SETS[2]));
        String::from_utf8(checkpoint.to_bytes())
            .unwrap()
            .replacen(r#""name":"样本 Sample""#, &name, 1)
    };
    let fits = |text: &str| !matches!(Checkpoint::parse(text.as_bytes()), Err(DocumentError::TooLong(_)));
    let one = of(2, 0).len() - of(1, 0).len();
    let signatures = (65_536 - of(1, 0).len()) / one + 1;
    let rest = 65_536 - of(signatures, 0).len();
    assert_eq!(of(signatures, rest).len(), 65_536);
    assert!(fits(&of(signatures, rest)));
    assert!(!fits(&of(signatures, rest + 1)));
}

#[test]
fn the_first_header_from_an_anchor_is_later_than_the_network() {
    let ledger = changed_alliance().ledger;
    let start = anchor(&ledger);
    let offer = |millis| {
        let mut header = ledger.header(1).clone();
        header.time = ledger.genesis.created().plus_millis(millis);
        let commit = certificate_of(&header, 0, &ledger.validators(1));
        start
            .advance(&header, &commit, time(NOW))
            .map(|trusted| trusted.height())
    };
    assert_eq!(offer(1), Ok(1));
    assert_eq!(offer(0), Err(LightError::TimeNotLater));
    assert_eq!(offer(-1), Err(LightError::TimeNotLater));
}

#[test]
fn every_lie_is_refused_by_its_own_name() {
    let ledger = changed_alliance().ledger;
    let trusted = followed(&ledger);
    for offer in offers(&ledger) {
        let got = trusted.advance(&offer.header, &offer.commit, offer.now);
        assert_eq!(got, Err(offer.error.clone()), "{}", offer.name);
        // The same header told as a change of the set fails the same check.
        let validators = validator_set(SETS[1]);
        let change = SetChange {
            commit: offer.commit,
            header: offer.header,
            validators,
        };
        let got = trusted.change(&change, offer.now);
        if offer.error == LightError::NextSetMissing {
            assert!(got.is_ok(), "{}: {got:?}", offer.name);
        } else {
            assert_eq!(got, Err(offer.error), "{} as a change", offer.name);
        }
    }
}

#[test]
fn of_several_reasons_the_first_in_the_order_of_the_protocol_is_named() {
    let ledger = changed_alliance().ledger;
    let trusted = followed(&ledger);
    let mut header = ledger.head().clone();
    header.network = Hash::of(b"");
    header.height = 3;
    header.time = time(40);
    header.validators = Hash::of(b"");
    header.next_validators = Hash::of(b"another");
    let nobody = certificate_of(&header, 0, &["stranger"]);
    let late = time(40 + 31 * 86_400);
    let offer = |header: &Header, now| trusted.advance(header, &nobody, now).err();
    assert_eq!(offer(&header, late), Some(LightError::WrongNetwork));
    header.network = trusted.network();
    let below = LightError::NotAbove { trusted: 4, offered: 3 };
    assert_eq!(offer(&header, late), Some(below));
    header.height = 7;
    assert_eq!(offer(&header, late), Some(LightError::TimeNotLater));
    header.time = time(60 * 86_400);
    assert_eq!(offer(&header, late), Some(LightError::FromFuture));
    header.time = time(70);
    assert_eq!(offer(&header, late), Some(LightError::TrustExpired));
    assert_eq!(offer(&header, time(NOW)), Some(LightError::WrongSet));
    header.validators = trusted.validators().hash();
    let wrong = LightError::Commit(CommitError::WrongBlock);
    assert_eq!(offer(&header, time(NOW)), Some(wrong));
    let certified = certificate_of(&header, 0, &["chamber", "insurer", "bank"]);
    assert_eq!(
        trusted.advance(&header, &certified, time(NOW)),
        Err(LightError::NextSetMissing)
    );
}

#[derive(serde::Deserialize)]
struct Vectors {
    anchor: Anchor,
    cases: Vec<Case>,
    changes: Vec<SetChange>,
    now: Time,
}

#[derive(serde::Deserialize)]
struct Case {
    changes: usize,
    checkpoint: Option<serde_json::Value>,
    error: Option<String>,
    height: u64,
    name: String,
    now: Time,
    step: Option<Step>,
    validators: Hash,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Step {
    Change { change: SetChange },
    Newest(Certified),
}

/// Where a case stands before its step.
fn before_step(vectors: &Vectors, case: &Case) -> Result<Trusted, &'static str> {
    let start = match &case.checkpoint {
        None => Trusted::from_anchor(&vectors.anchor),
        Some(checkpoint) => {
            let parsed = Checkpoint::parse(&crate::canonical::to_bytes(checkpoint).unwrap());
            let checkpoint = parsed.map_err(|error| match error {
                DocumentError::TooLong(_) => TOO_LONG,
                other => panic!("{other}"),
            })?;
            Trusted::from_checkpoint(&checkpoint).map_err(|error| light_error(&error))?
        }
    };
    let changes = vectors.changes.iter().take(case.changes);
    Ok(changes.fold(start, |trusted, change| trusted.change(change, vectors.now).unwrap()))
}

#[test]
fn the_vectors_hold() {
    let files = crate::testing::vectors::files();
    let bytes = &files.iter().find(|(file, _)| *file == "light.json").unwrap().1;
    let vectors: Vectors = serde_json::from_slice(bytes).unwrap();
    assert!(vectors.cases.len() >= 30, "{}", vectors.cases.len());
    for case in &vectors.cases {
        let before = before_step(&vectors, case);
        let after = before.clone().and_then(|trusted| {
            let stepped = match &case.step {
                None => Ok(trusted),
                Some(Step::Change { change }) => trusted.change(change, case.now),
                Some(Step::Newest(newest)) => trusted.advance(&newest.header, &newest.commit, case.now),
            };
            stepped.map_err(|error| light_error(&error))
        });
        assert_eq!(after.as_ref().err().copied(), case.error.as_deref(), "{}", case.name);
        if let Ok(trusted) = after.or(before) {
            let got = (trusted.height(), trusted.validators().hash());
            assert_eq!(got, (case.height, case.validators), "{}", case.name);
        }
    }
}

#[test]
fn the_last_moments_are_still_good() {
    let ledger = changed_alliance().ledger;
    let trusted = followed(&ledger);
    let (header, commit) = certified(&ledger, 7);
    for now in [time(60), time(40 + 30 * 86_400)] {
        assert!(trusted.advance(&header, &commit, now).is_ok(), "{now}");
    }
    for now in [time(60).plus_millis(-1), time(40 + 30 * 86_400).plus_millis(1)] {
        assert!(trusted.advance(&header, &commit, now).is_err(), "{now}");
    }
}

#[test]
fn a_change_has_to_be_one() {
    let ledger = changed_alliance().ledger;
    let trusted = followed(&ledger);
    let same = ledger.set_change(6);
    assert_eq!(trusted.change(&same, time(NOW)), Err(LightError::NoChange));
    let start = anchor(&ledger);
    let mut other = ledger.set_change(2);
    other.validators = validator_set(SETS[2]);
    assert_eq!(start.change(&other, time(NOW)), Err(LightError::WrongNextSet));
    assert_eq!(
        start.change(&ledger.set_change(4), time(NOW)),
        Err(LightError::WrongSet)
    );
    // The change at the trusted height is what is trusted already.
    let error = LightError::NotAbove { trusted: 4, offered: 4 };
    assert_eq!(trusted.change(&ledger.set_change(4), time(NOW)), Err(error));
}

#[test]
fn a_fork_is_kept_as_proof() {
    let ledger = changed_alliance().ledger;
    let trusted = followed(&ledger);
    let mut rival = ledger.header(4).clone();
    rival.records_root = Hash::of(b"another story");
    let commit = certificate_of(&rival, 2, &["carrier", "exporter", "insurer"]);
    let Err(LightError::Fork(fork)) = trusted.advance(&rival, &commit, time(NOW)) else {
        panic!("no fork");
    };
    assert_eq!(fork.verify(), Ok(()));
    assert_eq!((fork.height(), fork.network()), (4, trusted.network()));
    let blocks = [fork.first().header.id(), fork.second().header.id()];
    assert!(blocks.contains(&rival.id()) && blocks.contains(&ledger.header(4).id()));
    assert_eq!(fork.signed_both().len(), 3);
    let bytes = fork.to_bytes();
    assert_eq!(Fork::parse(&bytes).as_ref(), Ok(&*fork));
    assert_eq!(
        bytes,
        crate::canonical::to_bytes(&serde_json::to_value(&fork).unwrap()).unwrap()
    );
    let (one, other, set) = (fork.first().clone(), fork.second().clone(), fork.validators().clone());
    let verdict = |one: &Certified, other: &Certified| Fork::of(one.clone(), other.clone(), set.clone()).verify();
    let with = |change: &dyn Fn(&mut Header), certified: &Certified| {
        let mut changed = certified.clone();
        change(&mut changed.header);
        changed
    };
    assert_eq!(verdict(&one, &one), Err(ForkError::SameBlock));
    assert_eq!(
        verdict(&one, &with(&|h| h.height = 5, &other)),
        Err(ForkError::TwoHeights)
    );
    assert_eq!(
        verdict(&one, &with(&|h| h.network = Hash::of(b""), &other)),
        Err(ForkError::TwoNetworks)
    );
    assert_eq!(
        verdict(&one, &with(&|h| h.records_count = 9, &other)),
        Err(ForkError::Commit(CommitError::WrongBlock))
    );
    assert_eq!(
        Fork::of(one.clone(), other.clone(), validator_set(SETS[0])).verify(),
        Err(ForkError::Commit(CommitError::WrongSet))
    );
    let text = String::from_utf8(bytes).unwrap();
    let (first, second) = (one.to_bytes(), other.to_bytes());
    let (first, second) = (String::from_utf8(first).unwrap(), String::from_utf8(second).unwrap());
    let swapped = text
        .replace(&first, "FIRST")
        .replace(&second, &first)
        .replace("FIRST", &second);
    assert_eq!(Fork::parse(swapped.as_bytes()).unwrap().verify(), Err(ForkError::Order));
}

#[test]
fn what_was_kept_and_altered_is_not_read() {
    let ledger = changed_alliance().ledger;
    let good = String::from_utf8(followed(&ledger).to_bytes()).unwrap();
    for (from, to) in [
        (r#""height":4,"round""#, r#""height":5,"round""#),
        (r#""weight":3"#, r#""weight":4"#),
        (r#""name":"样本 Sample""#, r#""name":"Sample""#),
        ("sealroad-trusted.1", "sealroad-trusted.2"),
        (r#""records_count":1"#, r#""records_count":2"#),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(Trusted::parse(good.replacen(from, to, 1).as_bytes()).is_err(), "{from}");
    }
    let start = String::from_utf8(anchor(&ledger).to_bytes()).unwrap();
    let at = start.rfind("\"weight\":1").unwrap();
    let heavier = format!("{}\"weight\":2{}", &start[..at], &start[at + 10..]);
    assert!(Trusted::parse(heavier.as_bytes()).is_err());
}

/// The vote keys of the property below, by name.
const CROWD: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

/// 1 to 7 of [`CROWD`] with weights.
fn some_set() -> impl Strategy<Value = Vec<(&'static str, u64)>> {
    let weighted = proptest::collection::vec(1_u64..=5, 7);
    (proptest::sample::subsequence(CROWD.to_vec(), 1..=7), weighted)
        .prop_map(|(names, weights)| names.into_iter().zip(weights).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever the sets and whoever signs: a node follows exactly when enough of the right set signed, and arrives at the set
    /// the ledger has.
    #[test]
    fn a_node_follows_whatever_set_is_decided_on(
        sets in proptest::collection::vec(some_set(), 2..6),
        signs in proptest::collection::vec(proptest::sample::subsequence(CROWD.to_vec(), 1..=9), 6),
    ) {
        let mut ledger = MemoryLedger::weighted("Crowd", &sets[0], Clock::System);
        for (height, set) in (1..).zip(&sets[1..]) {
            ledger.change_set(height, set);
        }
        let last = sets.len();
        for at in (1..).take(last) {
            ledger.commit(time(at), Vec::new(), &[]);
        }
        let mut trusted = anchor(&ledger);
        for (height, signers) in (1..).zip(&signs).take(last) {
            let mut change = ledger.set_change(height);
            change.commit = certificate_of(&change.header, 0, signers);
            let set = ledger.set(height);
            let keys: Vec<_> = signers.iter().map(|name| crate::testing::vote_key(name)).collect();
            let all_in = keys.iter().all(|key: &SecretKey| set.get(&key.public()).is_some());
            let weight: u64 = keys.iter().filter_map(|key| set.get(&key.public())).map(|one| one.weight).sum();
            let step = |change: &SetChange| match change.changes() {
                true => trusted.change(change, time(NOW)),
                false => trusted.advance(&change.header, &change.commit, time(NOW)),
            };
            let expected = match (all_in, 3 * weight > 2 * set.weight()) {
                (true, true) => None,
                (true, false) => Some(CommitError::TooLittleWeight),
                (false, _) => Some(CommitError::UnknownKey),
            };
            let got = step(&change).err();
            prop_assert_eq!(got, expected.map(LightError::Commit));
            trusted = step(&ledger.set_change(height)).unwrap();
            prop_assert_eq!(trusted.height(), height);
            prop_assert_eq!(trusted.validators(), ledger.set(height + 1));
            prop_assert_eq!(Trusted::parse(&trusted.to_bytes()).unwrap(), trusted.clone());
        }
    }
}
