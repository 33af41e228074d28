//! Where parties and partners stand.

use super::records::{Holder, Profile, Role};
use crate::shared::context::{At, Said};
use crate::shared::goods::LocalText;
use ledger::{Kind, Party, PublicKey, Subject, Time};
use serde::{Deserialize, Serialize};

/// A party: `party:PARTY:self`. `keys` is read by every verifier (protocol section 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyState {
    /// Seat, ISO 3166-1 alpha-2.
    pub country: String,
    /// Mandates in the order they were granted; none is ever removed, since old records rest on them.
    pub keys: Vec<Mandate>,
    /// Nothing.
    pub links: Vec<Subject>,
    /// Name.
    pub name: LocalText,
    /// Roles.
    pub roles: Vec<Role>,
}

/// A key's right to speak for the party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Height of the block that carries it; it holds from the next one on (the root key's from this one on).
    pub from: u64,
    /// Clerk or device; none for the root key.
    pub holder: Option<Holder>,
    /// The key.
    pub key: PublicKey,
    /// Kinds it may sign.
    pub kinds: Vec<String>,
    /// What people call it; empty for the root key.
    pub label: String,
    /// Height of the block that carries its revocation; it holds up to that one.
    pub revoked: Option<u64>,
    /// Records since then are to be marked.
    pub suspected_since: Option<Time>,
    /// Last witnessed time at which it is good.
    pub until: Option<Time>,
}

impl Mandate {
    /// Whether it is neither revoked nor past its time.
    #[must_use]
    pub fn stands(&self, time: Time) -> bool {
        self.revoked.is_none() && self.until.is_none_or(|until| time <= until)
    }

    /// At least as many bytes as its canonical form has, also when it is revoked.
    pub(crate) fn bytes(&self) -> usize {
        let kinds: usize = self.kinds.iter().map(|kind| kind.len() + 3).sum();
        310 + kinds + 2 * self.label.len()
    }
}

/// A firm somebody named that has no key here, or had none then: `partner:…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerState {
    /// Seat.
    pub country: String,
    /// The party it is, once it has come.
    pub linked: Option<Party>,
    /// That party's subject, once it has come.
    pub links: Vec<Subject>,
    /// Name.
    pub name: LocalText,
}

impl PartyState {
    /// Founded by its root key.
    pub(crate) fn founded(profile: &Profile, said: &Said<'_>, at: &At) -> Self {
        let root = Mandate {
            from: at.height,
            holder: None,
            key: *said.key,
            kinds: vec!["*".to_owned()],
            label: String::new(),
            revoked: None,
            suspected_since: None,
            until: None,
        };
        let links = Vec::new();
        let mut founded = Self {
            country: String::new(),
            keys: vec![root],
            links,
            name: LocalText::default(),
            roles: Vec::new(),
        };
        founded.describe(profile);
        founded
    }

    /// Takes over a profile.
    pub(crate) fn describe(&mut self, profile: &Profile) {
        self.name = profile.name.clone();
        self.country = profile.country.clone();
        self.roles = profile.roles.clone();
    }

    /// Whether `key` may sign records of `kind` in a block of this height and time (protocol section 3, *Mandate*).
    #[must_use]
    pub fn mandates(&self, party: &Party, key: &PublicKey, kind: &Kind, height: u64, time: Time) -> bool {
        self.keys.iter().any(|mandate| {
            mandate.key == *key
                && (mandate.from < height || (mandate.from == height && key == party.root_key()))
                && mandate.revoked.is_none_or(|revoked| height <= revoked)
                && mandate.until.is_none_or(|until| time <= until)
                && mandate.kinds.iter().any(|pattern| kind.matches(pattern))
        })
    }
}

impl PartnerState {
    /// As it was named.
    pub(crate) fn named(profile: &Profile) -> Self {
        Self {
            country: profile.country.clone(),
            linked: None,
            links: Vec::new(),
            name: profile.name.clone(),
        }
    }
}

/// The party after a record of this room; what does not concern it changes nothing.
pub(crate) fn party(before: &PartyState, payload: &crate::Payload, at: &At) -> PartyState {
    use crate::Payload;
    let mut next = before.clone();
    match payload {
        Payload::Updated(record) => next.describe(&record.profile),
        Payload::MandateGranted(record) => next.keys.push(Mandate {
            from: at.height,
            holder: Some(record.holder),
            key: record.key,
            kinds: record.kinds.clone(),
            label: record.label.clone(),
            revoked: None,
            suspected_since: None,
            until: record.until,
        }),
        Payload::MandateRevoked(record) => {
            let standing = |mandate: &&mut Mandate| mandate.key == record.key && mandate.revoked.is_none();
            for mandate in next.keys.iter_mut().filter(standing) {
                mandate.revoked = Some(at.height);
                mandate.suspected_since = record.suspected_since;
            }
        }
        _ => {}
    }
    next
}

/// The partner after a record of this room.
pub(crate) fn partner(before: &PartnerState, payload: &crate::Payload) -> PartnerState {
    let mut next = before.clone();
    if let crate::Payload::PartnerLinked(record) = payload {
        next.linked = Some(record.party);
        next.links = vec![Subject::party(&record.party)];
    }
    next
}
