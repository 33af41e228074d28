//! What the application answers about the keys of a firm, see [`crate::call`].

use crate::call::FileMade;
use serde::Serialize;
use systems::parties::records::Holder;
use ts_rs::TS;

/// Whether a key may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum KeyStanding {
    /// It may.
    InForce,
    /// It may, and its mandate ends within 30 days.
    Expiring,
    /// Its time is over.
    Expired,
    /// It was revoked, or another took its place.
    Revoked,
}

/// What the key of this installation is to the firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum OwnStanding {
    /// The root key.
    Root,
    /// A clerk's or device's key with a mandate that stands.
    Granted,
    /// It had a mandate, which has ended or was revoked.
    Ended,
    /// It never had a mandate: the root key can grant one, the recovery kit can make it the root key.
    Waiting,
}

/// A key that may speak for the firm, or might once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct KeyLine {
    /// did:key.
    pub key: String,
    /// Four groups of four hex digits, for two people to compare.
    pub fingerprint: String,
    /// Clerk or device; null for a root key.
    pub holder: Option<Holder>,
    /// What people call it; empty for root keys.
    pub label: String,
    /// Kinds it may sign.
    pub kinds: Vec<String>,
    /// Block of the record that granted it; it holds from the next one on.
    pub height: u32,
    /// Witnessed time of that block.
    pub since: Option<String>,
    /// Last witnessed time at which it is good; null: until revoked.
    pub until: Option<String>,
    /// Whether it may speak.
    pub standing: KeyStanding,
    /// Block of the record that ended it; it held up to that one.
    pub revoked_height: Option<u32>,
    /// Witnessed time of that block.
    pub revoked: Option<String>,
    /// What it signed since then is suspect.
    pub suspected_since: Option<String>,
    /// It is kept on this machine.
    pub here: bool,
}

/// A printed recovery kit.
#[derive(Clone, Debug, Serialize, TS)]
pub struct KitLine {
    /// did:key.
    pub key: String,
    /// As printed on it.
    pub fingerprint: String,
    /// When it was named on the ledger (witnessed time); null: not named yet.
    pub named: Option<String>,
    /// When it was made here; null if elsewhere.
    pub made: Option<String>,
    /// When its words were last typed in here and gave this key; null: never.
    pub tried: Option<String>,
    /// The printable file, while it still lies where it was written.
    pub file: Option<String>,
}

/// A record about keys that is signed and not confirmed yet.
#[derive(Clone, Debug, Serialize, TS)]
pub struct PendingKey {
    /// RecordId.
    pub record: String,
    /// Kind without form: `parties.mandate-granted`.
    pub kind: String,
    /// The key it is about.
    pub key: String,
}

/// The key this installation signs with.
#[derive(Clone, Debug, Serialize, TS)]
pub struct OwnKey {
    /// did:key.
    pub key: String,
    /// Four groups of four hex digits.
    pub fingerprint: String,
    /// What it is to the firm.
    pub standing: OwnStanding,
}

/// The keys of our firm.
#[derive(Clone, Debug, Serialize, TS)]
pub struct KeysPage {
    /// did:key of the firm, which never changes.
    pub party: String,
    /// The root key that stands; null while the firm is not registered or not seen here yet.
    pub root: Option<KeyLine>,
    /// The recovery kit that stands.
    pub kit: Option<KitLine>,
    /// A kit that was made here and is not named yet.
    pub new_kit: Option<KitLine>,
    /// Clerks' and devices' keys and former root keys, newest first.
    pub keys: Vec<KeyLine>,
    /// The key this installation signs with; null while locked.
    pub ours: Option<OwnKey>,
    /// What is signed and not confirmed yet.
    pub pending: Vec<PendingKey>,
    /// Where a kit is written unless told otherwise.
    pub folder: String,
}

/// A kit that was made and written.
#[derive(Clone, Debug, Serialize, TS)]
pub struct KitMade {
    /// did:key, to be named by `parties.recovery-named`.
    pub key: String,
    /// As printed on it.
    pub fingerprint: String,
    /// The printable page: written to disk, never passed on.
    pub file: FileMade,
}

/// Words that were typed in and are right.
#[derive(Clone, Debug, Serialize, TS)]
pub struct KitTried {
    /// did:key they give.
    pub key: String,
    /// As printed on the kit.
    pub fingerprint: String,
    /// It stands on the ledger; false: it was made here and is still to be named.
    pub named: bool,
}

/// A key that was made here to become the root key.
#[derive(Clone, Debug, Serialize, TS)]
pub struct NextKey {
    /// did:key.
    pub key: String,
    /// Four groups of four hex digits.
    pub fingerprint: String,
}
