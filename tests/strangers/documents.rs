//! The documents of the protocol.

use super::world::World;
use super::{both_forms, same};
use ledger::canonical::{self, Reason};
use ledger::light::Checkpoint;
use ledger::sealing::{RecipientSecret, open};
use ledger::{
    Anchor, CommitCertificate, DoubleVote, Evidence, Fork, Genesis, Header, Record, SetChange, SignedProposal,
    SignedVote, Trust, Trusted, Verdict,
};
use node::stepped::Candidate;
use serde_json::Value;

/// Canonical bytes: what is said to be canonical is what another writer makes of it, and nothing else is.
pub fn canonical(bytes: &[u8]) {
    let checked = canonical::check(bytes, ledger::limits::DEPTH);
    let value = serde_json::from_slice::<Value>(bytes);
    let Ok(value) = value else {
        assert!(checked.is_err(), "canonical, and not JSON");
        return;
    };
    // An independent writer of RFC 8785.
    let written = serde_json_canonicalizer::to_vec(&value).ok();
    match checked {
        Ok(()) => assert!(written.as_deref() == Some(bytes), "canonical, and written otherwise"),
        Err(error) if written.as_deref() == Some(bytes) => {
            let narrowed = matches!(
                error.reason,
                Reason::TooDeep
                    | Reason::NotInteger
                    | Reason::NumberForm
                    | Reason::NumberRange
                    | Reason::Escape
                    | Reason::Forbidden
                    | Reason::Unassigned
                    | Reason::NotNfc
            );
            assert!(narrowed, "refused though it is what is written: {error}");
        }
        Err(_) => {}
    }
    if let Ok(ours) = canonical::to_bytes(&value) {
        assert!(written == Some(ours), "two writers disagree");
    }
}

/// A record and its body.
pub fn record(bytes: &[u8]) {
    both_forms(bytes, |bytes| {
        let Some(record) = same("record", bytes, Record::parse(bytes), |record| record.bytes().to_vec()) else {
            return;
        };
        let _verdict = record.verify_signature();
        let candidate = Candidate::read(record);
        if let Err(violation) = candidate.spoken {
            assert!(violation.rule != "node.rule-panicked", "the rules panicked");
        }
    });
}

/// What blocks are made of.
pub fn block(bytes: &[u8]) {
    both_forms(bytes, |bytes| {
        same("header", bytes, Header::parse(bytes), Header::to_bytes);
        if let Some(change) = same("set change", bytes, SetChange::parse(bytes), SetChange::to_bytes) {
            let _verdict = change.verify(World::get().genesis.validators());
        }
    });
}

/// What validators sign.
pub fn certificate(bytes: &[u8]) {
    let world = World::get();
    both_forms(bytes, |bytes| {
        let certificate = CommitCertificate::parse(bytes);
        if let Some(certificate) = same("certificate", bytes, certificate, CommitCertificate::to_bytes) {
            let good = certificate.verify(&world.header, world.genesis.validators()).is_ok();
            let signed = certificate.signatures.iter().map(|one| &one.key);
            let known = signed
                .filter(|key| world.genesis.validators().get(key).is_some())
                .count();
            assert!(
                !good || known * 3 > world.genesis.validators().validators().len() * 2,
                "good with too few"
            );
        }
        let network = &world.genesis.network();
        if let Some(vote) = same("vote", bytes, SignedVote::parse(bytes), SignedVote::to_bytes) {
            let _verdict = vote.verify(network);
        }
        if let Some(proposal) = same(
            "proposal",
            bytes,
            SignedProposal::parse(bytes),
            SignedProposal::to_bytes,
        ) {
            let _verdict = proposal.verify(network);
        }
        if let Some(double) = same("double vote", bytes, DoubleVote::parse(bytes), DoubleVote::to_bytes) {
            let _verdict = double.verify(network);
        }
    });
}

/// What is handed on as a file, or kept by a light node.
pub fn paper(bytes: &[u8]) {
    both_forms(bytes, |bytes| {
        same("anchor", bytes, Anchor::parse(bytes), Anchor::to_bytes);
        same("genesis", bytes, Genesis::parse(bytes), Genesis::to_bytes);
        same("trusted", bytes, Trusted::parse(bytes), Trusted::to_bytes);
        if let Some(checkpoint) = same("checkpoint", bytes, Checkpoint::parse(bytes), Checkpoint::to_bytes) {
            let _trusted = Trusted::from_checkpoint(&checkpoint);
        }
        if let Some(fork) = same("fork", bytes, Fork::parse(bytes), Fork::to_bytes) {
            let _verdict = fork.verify();
        }
    });
}

/// Evidence: nothing is believed that was not read.
pub fn evidence(bytes: &[u8]) {
    let anchors = &World::get().anchors;
    both_forms(bytes, |bytes| {
        let read = Evidence::parse(bytes);
        let is_read = read.is_ok();
        let written = |evidence: &Evidence| evidence.to_bytes().unwrap_or_default();
        same("evidence", bytes, read, written);
        for anchor in anchors {
            let report = ledger::verify(bytes, &Trust::Expect(anchor.clone()), None);
            let believed = matches!(report.verdict(), Verdict::Accepted | Verdict::Consistent);
            assert!(is_read || !believed, "believed, and not read");
        }
    });
}

/// A sealed document: whoever reads it reads what was sealed, or nothing.
pub fn sealed(bytes: &[u8]) {
    let world = World::get();
    let secret = RecipientSecret::from_bytes(&world.reader).unwrap();
    if let Ok(content) = open(bytes, &secret) {
        assert!(
            world.sealed.iter().any(|(_, sealed)| sealed == &content[..]),
            "opened, and nobody sealed it"
        );
    }
}
