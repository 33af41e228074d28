//! What a desktop is told, and what it answers.

use super::desktop::Desktop;
use crate::liar::Honest;
use bytes::Bytes;
use ledger::{Hash, PublicKey, Record, SecretKey};
use node::net::{Address, AskError, Path};
use node::{NotKept, Seat};
use serde::Deserialize;
use serde_json::{Value, json};

/// A message, each of whose parts can be anything.
#[derive(Clone, Default)]
pub struct Message {
    pub evidence: Vec<String>,
    pub have: Vec<Hash>,
    pub not_kept: Vec<Value>,
    pub records: Vec<String>,
    pub wanted: Vec<String>,
}

impl Message {
    pub fn of(records: &[Record]) -> Self {
        Self {
            records: records.iter().map(|record| record.text().to_owned()).collect(),
            ..Self::default()
        }
    }

    pub fn text(&self) -> String {
        format!(
            r#"{{"evidence":[{}],"form":"sealroad-exchange.1","have":{},"not_kept":{},"records":[{}],"wanted":{}}}"#,
            self.evidence.join(","),
            json!(self.have),
            json!(self.not_kept),
            self.records.join(","),
            json!(self.wanted),
        )
    }
}

/// A desktop's answer.
#[derive(Debug, Default, Deserialize)]
pub struct Answer {
    pub evidence: Vec<Value>,
    pub have: Vec<Hash>,
    pub not_kept: Vec<NotKept>,
    pub records: Vec<Value>,
    pub wanted: Vec<String>,
}

impl Answer {
    /// Why what was told is not kept.
    pub fn rules(&self) -> Vec<&str> {
        self.not_kept.iter().map(|one| one.rule.as_str()).collect()
    }

    /// The records that the desktop hands over.
    pub fn handed(&self) -> Vec<Hash> {
        let parse = |record: &Value| Record::parse(record.to_string().as_bytes()).unwrap().id();
        self.records.iter().map(parse).collect()
    }
}

/// Whoever tells a desktop something.
pub struct Teller {
    pub key: PublicKey,
    honest: Honest,
}

impl Teller {
    /// With a key of its own.
    pub fn new(desktop: &Desktop) -> Self {
        Self::with_key(desktop, &node::random().unwrap())
    }

    /// With this one.
    pub fn with_key(desktop: &Desktop, seed: &[u8; 32]) -> Self {
        Self::at(desktop.world.genesis.network(), seed, &desktop.seat())
    }

    /// Over another address.
    pub fn by(desktop: &Desktop, address: Address) -> Self {
        let network = desktop.world.genesis.network();
        Self::at(network, &node::random().unwrap(), &desktop.seat_at(address))
    }

    /// Tells it to whoever is in that seat.
    pub fn at(network: Hash, seed: &[u8; 32], seat: &Seat) -> Self {
        let secret = SecretKey::from_seed(seed);
        Self {
            key: secret.public(),
            honest: Honest::with_key(secret, network, seat),
        }
    }

    pub fn tell(&self, message: &Message) -> Result<Answer, AskError> {
        let told = self.tell_bytes(message.text().into_bytes())?;
        Ok(serde_json::from_slice(&told).unwrap())
    }

    pub fn tell_bytes(&self, body: impl Into<Bytes>) -> Result<Bytes, AskError> {
        self.ask(Path::Exchange, "", body.into())
    }

    pub fn ask(&self, path: Path, query: &str, body: Bytes) -> Result<Bytes, AskError> {
        self.honest.ask(path, query, body)
    }
}
