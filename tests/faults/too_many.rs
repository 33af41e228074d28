//! Certificates and forks where one validator more breaks the rules than is borne: then a light node is deceived, and these tests see it.

use ledger::commit::{CommitError, CommitSignature, precommit_bytes};
use ledger::{
    Anchor, Clock, CommitCertificate, Genesis, Hash, Header, LightError, Party, Profile, SecretKey, Time, Trusted,
    Validator, ValidatorSet,
};

/// Four bear one that is faulty; three of them certify.
const VALIDATORS: u8 = 4;
const QUORUM: u8 = 3;
/// 2026-09-21T14:13:20Z.
const START: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn key(at: u8) -> SecretKey {
    SecretKey::from_seed(&[at + 1; 32])
}

fn time(millis: i64) -> Time {
    Time::from_millis(START + millis).unwrap()
}

fn genesis() -> Genesis {
    let validator = |at| Validator {
        key: key(at).public(),
        party: Party::of(key(at).public()),
        weight: 1,
    };
    let set = ValidatorSet::new((0..VALIDATORS).map(validator).collect()).unwrap();
    Genesis::new("Four", Profile::Alliance, Clock::System, time(0), [3; 16], set).unwrap()
}

/// A block that tells a story, or another one.
fn header(genesis: &Genesis, height: u64, story: &str, at: Time) -> Header {
    let set = genesis.validators().hash();
    let told = Hash::of(story.as_bytes());
    Header {
        height,
        history_root: told,
        index_root: told,
        network: genesis.network(),
        next_validators: set,
        previous: genesis.network(),
        records_count: 1,
        records_root: told,
        rules: told,
        time: at,
        validators: set,
    }
}

fn signed(header: &Header, signers: impl Iterator<Item = u8>) -> CommitCertificate {
    let block = header.id();
    let bytes = precommit_bytes(&header.network, header.height, 0, &block);
    let sign = |at| CommitSignature {
        key: key(at).public(),
        signature: key(at).sign(&bytes),
    };
    let mut signatures: Vec<CommitSignature> = signers.map(sign).collect();
    signatures.sort_by_key(|one| one.key);
    CommitCertificate {
        block,
        height: header.height,
        round: 0,
        signatures,
    }
}

/// A light node that has seen the newest true block.
fn trusted(genesis: &Genesis) -> Trusted {
    let newest = header(genesis, 5, "what happened", time(5 * MINUTE));
    let start = Trusted::from_anchor(&Anchor::of(genesis.clone()));
    start
        .advance(&newest, &signed(&newest, 0..QUORUM), time(6 * MINUTE))
        .unwrap()
}

#[test]
fn with_fewer_liars_than_certify_a_made_up_block_is_refused_and_with_so_many_believed() {
    let genesis = genesis();
    let trusted = trusted(&genesis);
    let lie = header(&genesis, 6, "what never happened", time(7 * MINUTE));
    for liars in 1..QUORUM {
        let got = trusted.advance(&lie, &signed(&lie, 0..liars), time(8 * MINUTE));
        assert_eq!(
            got,
            Err(LightError::Commit(CommitError::TooLittleWeight)),
            "{liars} liars"
        );
    }
    let deceived = trusted
        .advance(&lie, &signed(&lie, 0..QUORUM), time(8 * MINUTE))
        .unwrap();
    assert_eq!(deceived.header(), Some(&lie));
}

#[test]
fn two_heads_of_one_height_prove_who_signed_both_and_one_liar_less_cannot_make_them() {
    let genesis = genesis();
    let trusted = trusted(&genesis);
    let rival = header(&genesis, 5, "another story", time(5 * MINUTE));
    // The fourth has signed nothing yet; with one liar beside it there are two.
    let got = trusted.advance(&rival, &signed(&rival, 2..VALIDATORS), time(6 * MINUTE));
    assert_eq!(got, Err(LightError::NotAbove { trusted: 5, offered: 5 }));
    // With one liar more both are certified: the network is broken, and the node stops with the proof.
    let Err(LightError::Fork(fork)) = trusted.advance(&rival, &signed(&rival, 1..VALIDATORS), time(6 * MINUTE)) else {
        panic!("a fork is not seen");
    };
    assert_eq!(fork.verify(), Ok(()));
    let mut liars = [key(1).public(), key(2).public()];
    liars.sort_unstable();
    let mut named = fork.signed_both();
    named.sort_unstable();
    assert_eq!(named, liars);
}

#[test]
fn old_keys_deceive_only_who_trusts_them_still() {
    let genesis = genesis();
    let start = Trusted::from_anchor(&Anchor::of(genesis.clone()));
    let seen = trusted(&genesis);
    // Stolen long after, the keys tell another story from the beginning.
    let (soon, late) = (time(29 * DAY), time(40 * DAY));
    let lie = |at: Time| header(&genesis, 9, "another story", at);
    let offer = |trusted: &Trusted, liars: u8, now: Time| {
        let lie = lie(now.plus_millis(-MINUTE));
        trusted.advance(&lie, &signed(&lie, 0..liars), now)
    };
    for trusted in [&start, &seen] {
        assert_eq!(offer(trusted, QUORUM, late), Err(LightError::TrustExpired));
        assert!(offer(trusted, QUORUM - 1, soon).is_err());
    }
    // Within the trusting period a quorum of keys is the network, in whosever hands.
    assert!(offer(&start, QUORUM, soon).is_ok());
}
