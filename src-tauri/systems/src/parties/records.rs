//! What can be said about who is who.

use crate::shared::goods::LocalText;
use ledger::{Party, PublicKey, Subject, Time};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A public identifier of a firm, checked by the rules of its scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Which register.
    pub scheme: IdentifierScheme,
    /// The identifier as registered, without spaces.
    pub value: String,
}

/// The registers we can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierScheme {
    /// China's Unified Social Credit Code (GB 32100-2015).
    Uscc,
    /// Legal Entity Identifier (ISO 17442-1:2020).
    Lei,
    /// EU VAT identification number.
    EuVat,
    /// GS1 Global Location Number.
    Gln,
    /// Economic Operators Registration and Identification number: two letters and up to 15 more; no public check digit.
    Eori,
    /// China customs registration code, ten digits.
    CnCustoms,
}

/// What a party does in trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Makes goods.
    Manufacturer,
    /// Sells goods abroad.
    Exporter,
    /// Buys goods from abroad.
    Buyer,
    /// Moves goods.
    Carrier,
    /// Organises transport.
    Forwarder,
    /// Keeps goods.
    Warehouse,
    /// Inspects or certifies.
    Inspector,
}

/// Name, seat, identifiers and roles of a firm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The firm's name.
    pub name: LocalText,
    /// Seat, ISO 3166-1 alpha-2.
    pub country: String,
    /// Sorted by scheme and value, no repeats, at most 10.
    pub identifiers: Vec<Identifier>,
    /// Sorted, no repeats, at least one.
    pub roles: Vec<Role>,
}

/// `parties.registered.1`: a firm founds itself, signed by its root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// Who it is.
    pub profile: Profile,
}

/// `parties.updated.1`: the firm's profile has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Updated {
    /// The whole new profile.
    pub profile: Profile,
}

/// `parties.mandate-granted.1`: a key may speak for the firm (a clerk, a device). Signed by the root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MandateGranted {
    /// The key that gets the mandate.
    #[ts(type = "string")]
    pub key: PublicKey,
    /// What people call it: "Clerk 2", "Scanner gate 4"; 1–60 code points. No personal names: it stands in clear.
    pub label: String,
    /// Clerk or device.
    pub holder: Holder,
    /// Which kinds: `*`, `logistics.*`, `logistics.departed`; sorted, 1–20.
    pub kinds: Vec<String>,
    /// Until when (witnessed time); without it until revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub until: Option<Time>,
}

/// Who holds a mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// A person at work.
    Clerk,
    /// A machine.
    Device,
    /// A printed recovery kit: the key that may name another root key, and nothing else. Named by its own record.
    Kit,
}

/// `parties.mandate-revoked.1`: a key may no longer speak, from the next block on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MandateRevoked {
    /// The key.
    #[ts(type = "string")]
    pub key: PublicKey,
    /// Why, 1–200 code points.
    pub reason: String,
    /// Records since then are marked, not unmade (protocol: what a key signed while valid stays valid).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub suspected_since: Option<Time>,
}

/// `parties.root-replaced.1`: from the next block on another key is the root key. Signed by the root key that stands, or by the
/// recovery kit's. The party stays who it is: its did:key never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RootReplaced {
    /// The new root key; one that this party never used.
    #[ts(type = "string")]
    pub key: PublicKey,
    /// Why, 1–200 code points.
    pub reason: String,
    /// The old key was stolen: records it signed since then are marked, not unmade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub suspected_since: Option<Time>,
}

/// `parties.recovery-named.1`: the key printed on the recovery kit. Signed by the root key; an earlier kit is good no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecoveryNamed {
    /// The kit's key; one that this party never used.
    #[ts(type = "string")]
    pub key: PublicKey,
}

/// `parties.partner-named.1`: we name a firm that has no key here, so that our records can speak of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PartnerNamed {
    /// Our own number for it; the subject is `partner:<us>:<number>`.
    pub number: String,
    /// What we know of it.
    pub profile: Profile,
}

/// `parties.partner-linked.1`: the partner we named has come with a key of its own; it may now confirm what we entered for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PartnerLinked {
    /// The partner we named.
    #[ts(type = "string")]
    pub partner: Subject,
    /// The party it is.
    #[ts(type = "string")]
    pub party: Party,
}
