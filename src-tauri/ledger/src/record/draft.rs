//! A record before it is signed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Record, RecordError};
use crate::canonical;
use crate::commitment::Commitment;
use crate::hash::Hash;
use crate::ids::{Kind, Party, Subject, Time};
use crate::keys::SecretKey;

/// Everything a record says, before it is signed. Lists need not be sorted; [`RecordDraft::sign`] sorts them.
#[derive(Clone, Debug)]
pub struct RecordDraft {
    /// The network it is for.
    pub network: Hash,
    /// System, kind and form number.
    pub kind: Kind,
    /// Who speaks.
    pub party: Party,
    /// What it writes: 1–64.
    pub subjects: Vec<Subject>,
    /// What it relies on without changing it: 0–64, none of `subjects`.
    pub reads: Vec<Subject>,
    /// For exclusive subjects among `subjects` the turn its author saw.
    pub seen: BTreeMap<Subject, u64>,
    /// RecordIds it answers, accepts or corrects: 0–64.
    pub refers: Vec<Hash>,
    /// The author's clock.
    pub claimed: Time,
    /// Last witnessed time at which it may enter a block; at most 30 days after `claimed`.
    pub until: Time,
    /// 16 random bytes, drawn by the caller.
    pub nonce: [u8; 16],
    /// The kind's own fields: an object.
    pub body: Value,
    /// Commitments to private fields: 0–32; the member is left out when there are none.
    pub commits: Vec<Commitment>,
}

impl RecordDraft {
    /// Signs the draft and reads the result back, so that what comes out is a record any verifier takes.
    ///
    /// # Errors
    /// If the draft breaks a rule of section 1 or 3.
    pub fn sign(mut self, key: &SecretKey) -> Result<Record, RecordError> {
        self.subjects.sort();
        self.reads.sort();
        self.refers.sort();
        self.commits.sort_by(|a, b| a.name.cmp(&b.name));
        let method = key.public();
        let mut proof = json!({
            "cryptosuite": "eddsa-jcs-2022",
            "proofPurpose": "assertionMethod",
            "type": "DataIntegrityProof",
            "verificationMethod": format!("{method}#{}", method.multibase()),
        });
        let mut record = json!({
            "body": self.body,
            "claimed": self.claimed,
            "kind": self.kind,
            "network": self.network,
            "nonce": hex::encode(self.nonce),
            "party": self.party,
            "reads": self.reads,
            "refers": self.refers,
            "seen": self.seen,
            "subjects": self.subjects,
            "until": self.until,
        });
        if !self.commits.is_empty() {
            record["commits"] = json!(self.commits);
        }
        let options = Hash::of(&canonical::to_bytes(&proof)?);
        let document = Hash::of(&canonical::to_bytes(&record)?);
        let signature = key.sign(&[*options.as_bytes(), *document.as_bytes()].concat());
        let mut coded = String::from("z");
        crate::base58::encode(&signature, &mut coded);
        proof["proofValue"] = Value::from(coded);
        record["proof"] = proof;
        Record::parse(&canonical::to_bytes(&record)?)
    }
}
