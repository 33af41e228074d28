//! One signed statement (section 3 of `docs/protocol.md`): a JSON object secured by a W3C Data Integrity proof, cryptosuite
//! `eddsa-jcs-2022` (W3C Recommendation of 15 May 2025).

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::base58;
use crate::canonical::{self, CanonicalError};
use crate::commitment::Commitment;
use crate::hash::Hash;
use crate::ids::{Kind, Party, Subject, Time};
use crate::keys::{PublicKey, verify_zip215};
use crate::limits;
use crate::text::ascends;

mod draft;
pub use draft::RecordDraft;

/// Why bytes are not a record, or not a well-signed one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More than 65,536 bytes.
    #[error("record has {0} bytes, more than {max}", max = limits::RECORD_BYTES)]
    TooLong(usize),
    /// Not canonical JSON.
    #[error("record is not canonical: {0}")]
    Canonical(#[from] CanonicalError),
    /// A member is missing, unknown, or not of its type.
    #[error("record has not the form of section 3: {0}")]
    Structure(String),
    /// A list is too short, too long, not sorted or has repeats; the member's name.
    #[error("`{0}` is too short, too long, not sorted or has repeats")]
    List(&'static str),
    /// A subject is both written and read.
    #[error("a subject is in `subjects` and in `reads`")]
    ReadsWritten,
    /// `seen` names a subject that is not among `subjects`.
    #[error("`seen` names a subject that is not written")]
    SeenUnwritten,
    /// `until` is not after `claimed`, or more than 30 days after it.
    #[error("`until` is not within 30 days after `claimed`")]
    Until,
    /// The proof has not the fixed members, or `verificationMethod` is not `KEY#KEY`.
    #[error("proof has not the form of section 3")]
    Proof,
    /// The signature is not that of the key.
    #[error("signature does not verify")]
    Signature,
}

/// One signed statement, parsed and of good form. Cheap to clone; cannot be changed.
#[derive(Clone)]
pub struct Record(Arc<Inner>);

struct Inner {
    text: Box<str>,
    body: Range<usize>,
    id: Hash,
    leaf: Hash,
    network: Hash,
    kind: Kind,
    party: Party,
    key: PublicKey,
    subjects: Vec<Subject>,
    reads: Vec<Subject>,
    seen: BTreeMap<Subject, u64>,
    refers: Vec<Hash>,
    commits: Vec<Commitment>,
    claimed: Time,
    until: Time,
    nonce: [u8; 16],
    signed: [u8; 64],
    signature: [u8; 64],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
    claimed: Time,
    #[serde(default, deserialize_with = "present")]
    commits: Option<Vec<Commitment>>,
    kind: Kind,
    network: Hash,
    #[serde(with = "crate::text::hex_bytes")]
    nonce: [u8; 16],
    party: Party,
    #[serde(borrow)]
    proof: &'a RawValue,
    reads: Vec<Subject>,
    refers: Vec<Hash>,
    seen: BTreeMap<Subject, u64>,
    subjects: Vec<Subject>,
    until: Time,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Proof<'a> {
    cryptosuite: &'a str,
    proof_purpose: &'a str,
    proof_value: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    verification_method: &'a str,
}

/// An optional member may be left out, but not be `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn structure(error: serde_json::Error) -> RecordError {
    RecordError::Structure(error.to_string())
}

impl Record {
    /// Reads a record: canonical bytes and the whole structure of section 3. The signature is not checked, see
    /// [`Record::verify_signature`].
    ///
    /// # Errors
    /// Every way in which the bytes are not a record.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > limits::RECORD_BYTES {
            return Err(RecordError::TooLong(bytes.len()));
        }
        canonical::check(bytes, limits::DEPTH)?;
        let text = std::str::from_utf8(bytes).map_err(|e| RecordError::Structure(e.to_string()))?;
        let wire: Wire<'_> = serde_json::from_str(text).map_err(structure)?;
        check_lists(&wire)?;
        if wire.until <= wire.claimed || wire.until.millis() - wire.claimed.millis() > limits::UNTIL_MILLIS {
            return Err(RecordError::Until);
        }
        let body = place(text, wire.body.get()).ok_or(RecordError::Proof)?;
        let proof = place(text, wire.proof.get()).ok_or(RecordError::Proof)?;
        let (before, after) = without(text, PROOF_KEY, &proof).ok_or(RecordError::Proof)?;
        let id = Hash::of_parts(&[before.as_bytes(), after.as_bytes()]);
        let (key, signature, options) = parse_proof(wire.proof.get())?;
        let mut signed = [0; 64];
        signed[..32].copy_from_slice(options.as_bytes());
        signed[32..].copy_from_slice(id.as_bytes());
        Ok(Self(Arc::new(Inner {
            body,
            id,
            leaf: crate::merkle::leaf(bytes),
            network: wire.network,
            kind: wire.kind,
            party: wire.party,
            key,
            subjects: wire.subjects,
            reads: wire.reads,
            seen: wire.seen,
            refers: wire.refers,
            commits: wire.commits.unwrap_or_default(),
            claimed: wire.claimed,
            until: wire.until,
            nonce: wire.nonce,
            signed,
            signature,
            text: text.into(),
        })))
    }

    /// Whether the signature is that of the key in the proof (ZIP-215).
    ///
    /// # Errors
    /// [`RecordError::Signature`].
    pub fn verify_signature(&self) -> Result<(), RecordError> {
        match verify_zip215(&self.0.key, &self.0.signed, &self.0.signature) {
            true => Ok(()),
            false => Err(RecordError::Signature),
        }
    }

    /// RecordId: SHA-256 of the record without its proof.
    #[must_use]
    pub fn id(&self) -> Hash {
        self.0.id
    }

    /// The canonical bytes, proof included.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.text.as_bytes()
    }

    /// The canonical text, proof included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The leaf in its block's tree (section 4).
    #[must_use]
    pub fn leaf(&self) -> Hash {
        self.0.leaf
    }

    /// The network it was signed for.
    #[must_use]
    pub fn network(&self) -> Hash {
        self.0.network
    }

    /// System, kind and form number.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Who speaks.
    #[must_use]
    pub fn party(&self) -> &Party {
        &self.0.party
    }

    /// The key that signed; whether it may speak for the party is the mandate's question.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.0.key
    }

    /// What it writes, sorted.
    #[must_use]
    pub fn subjects(&self) -> &[Subject] {
        &self.0.subjects
    }

    /// What it relies on without changing it, sorted.
    #[must_use]
    pub fn reads(&self) -> &[Subject] {
        &self.0.reads
    }

    /// For exclusive subjects the `turn` the author saw.
    #[must_use]
    pub fn seen(&self) -> &BTreeMap<Subject, u64> {
        &self.0.seen
    }

    /// RecordIds it answers, accepts or corrects, sorted.
    #[must_use]
    pub fn refers(&self) -> &[Hash] {
        &self.0.refers
    }

    /// Commitments to private fields, sorted by name; empty if there are none.
    #[must_use]
    pub fn commits(&self) -> &[Commitment] {
        &self.0.commits
    }

    /// The author's clock.
    #[must_use]
    pub fn claimed(&self) -> Time {
        self.0.claimed
    }

    /// After this witnessed time it can never enter a block.
    #[must_use]
    pub fn until(&self) -> Time {
        self.0.until
    }

    /// 16 random bytes.
    #[must_use]
    pub fn nonce(&self) -> &[u8; 16] {
        &self.0.nonce
    }

    /// The body as canonical JSON text.
    #[must_use]
    pub fn body_json(&self) -> &str {
        self.0.text.get(self.0.body.clone()).unwrap_or_default()
    }

    /// The signature's 64 bytes.
    #[must_use]
    pub fn signature(&self) -> &[u8; 64] {
        &self.0.signature
    }

    /// The 64 bytes that were signed: `H(P) ‖ H(D)`.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8; 64] {
        &self.0.signed
    }
}

/// Two records are equal if their bytes are, proof included.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Record {}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} {})", self.0.kind, self.0.id)
    }
}

fn check_lists(wire: &Wire<'_>) -> Result<(), RecordError> {
    let list = |good: bool, name| if good { Ok(()) } else { Err(RecordError::List(name)) };
    list(
        (1..=limits::SUBJECTS).contains(&wire.subjects.len()) && ascends(&wire.subjects),
        "subjects",
    )?;
    list(wire.reads.len() <= limits::READS && ascends(&wire.reads), "reads")?;
    list(wire.refers.len() <= limits::REFERS && ascends(&wire.refers), "refers")?;
    if let Some(commits) = &wire.commits {
        let named = commits.iter().all(Commitment::name_is_good) && ascends(commits.iter().map(|c| &c.name));
        list((1..=limits::COMMITS).contains(&commits.len()) && named, "commits")?;
    }
    let written = |subject: &Subject| wire.subjects.binary_search(subject).is_ok();
    if wire.reads.iter().any(written) {
        return Err(RecordError::ReadsWritten);
    }
    if !wire.seen.keys().all(written) {
        return Err(RecordError::SeenUnwritten);
    }
    if !wire.body.get().starts_with('{') {
        return Err(RecordError::Structure("`body` is not an object".into()));
    }
    Ok(())
}

/// Keys as canonical text writes them; no escape is allowed in them, so they are nowhere written otherwise.
const PROOF_KEY: &str = r#""proof":"#;
const PROOF_VALUE_KEY: &str = r#""proofValue":"#;

/// Where `part`, read from `text` without copying, lies in it.
fn place(text: &str, part: &str) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let place = start..start + part.len();
    (text.get(place.clone()) == Some(part)).then_some(place)
}

/// `text` without the member that has `key` and its value at `value`, as two slices around it.
fn without<'a>(text: &'a str, key: &str, value: &Range<usize>) -> Option<(&'a str, &'a str)> {
    let start = value.start.checked_sub(key.len())?;
    let good = text.get(start..value.start) == Some(key);
    good.then(|| canonical::without(text, &(start..value.end)))
}

/// The key, the signature and `H(P)` of a proof.
fn parse_proof(text: &str) -> Result<(PublicKey, [u8; 64], Hash), RecordError> {
    let proof: Proof<'_> = serde_json::from_str(text).map_err(structure)?;
    let fixed = proof.kind == "DataIntegrityProof"
        && proof.cryptosuite == "eddsa-jcs-2022"
        && proof.proof_purpose == "assertionMethod";
    let (did, fragment) = proof.verification_method.split_once('#').ok_or(RecordError::Proof)?;
    if !fixed || did.strip_prefix("did:key:") != Some(fragment) {
        return Err(RecordError::Proof);
    }
    let key = did.parse().map_err(|_| RecordError::Proof)?;
    let coded = proof.proof_value.strip_prefix('z').ok_or(RecordError::Proof)?;
    let signature = base58::decode(coded).ok_or(RecordError::Proof)?;
    let value = place(text, proof.proof_value).ok_or(RecordError::Proof)?;
    // The text was read from between its quotes.
    let value = value.start - 1..value.end + 1;
    let (before, after) = without(text, PROOF_VALUE_KEY, &value).ok_or(RecordError::Proof)?;
    Ok((key, signature, Hash::of_parts(&[before.as_bytes(), after.as_bytes()])))
}

/// A batch that fails is halved until it has so few.
const SINGLY: usize = 64;

/// The verdict on every record's signature, the same as [`Record::verify_signature`] gives one by one: ZIP-215 makes one
/// equation over many agree with many equations; when the one fails its halves are asked, and few one by one. `rng` MUST be unpredictable to the
/// authors, or they could make two bad signatures cancel out.
#[must_use]
pub fn verify_batch(records: &[Record], rng: &mut impl CryptoRng) -> Vec<bool> {
    let mut batch = ed25519_zebra::batch::Verifier::new();
    for record in records {
        let key = ed25519_zebra::VerificationKeyBytes::from(*record.0.key.as_bytes());
        let signature = ed25519_zebra::Signature::from_bytes(&record.0.signature);
        batch.queue((key, signature, &record.0.signed[..]));
    }
    match batch.verify(&mut *rng) {
        Ok(()) => vec![true; records.len()],
        Err(_) if records.len() <= SINGLY => {
            let verdicts = records.iter().map(|record| record.verify_signature().is_ok());
            verdicts.collect()
        }
        Err(_) => {
            let (one, other) = records.split_at(records.len() / 2);
            let mut verdicts = verify_batch(one, rng);
            verdicts.extend(verify_batch(other, rng));
            verdicts
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
