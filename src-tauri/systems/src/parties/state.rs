//! Where parties and partners stand.

use super::records::{Holder, MandateGranted, Profile, RecoveryNamed, Role, RootReplaced};
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

/// The only kind a recovery kit may sign.
const KIT_KINDS: &str = "parties.root-replaced";
/// Milliseconds of a day.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A key's right to speak for the party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Height of the block that carries it; it holds from the next one on (the founding key's from this one on).
    pub from: u64,
    /// Clerk, device or recovery kit; none for a root key.
    pub holder: Option<Holder>,
    /// The key.
    pub key: PublicKey,
    /// Kinds it may sign.
    pub kinds: Vec<String>,
    /// What people call it; empty for root keys and recovery kits.
    pub label: String,
    /// Height of the block that carries its revocation; it holds up to that one.
    pub revoked: Option<u64>,
    /// Records since then are to be marked.
    pub suspected_since: Option<Time>,
    /// Last witnessed time at which it is good.
    pub until: Option<Time>,
}

impl Mandate {
    /// A root key's: for everything, until it is replaced.
    fn root(key: PublicKey, at: &At<'_>) -> Self {
        Self {
            from: at.height,
            holder: None,
            key,
            kinds: vec!["*".to_owned()],
            label: String::new(),
            revoked: None,
            suspected_since: None,
            until: None,
        }
    }

    /// A recovery kit's: it names another root key, and says nothing else.
    fn kit(record: &RecoveryNamed, at: &At<'_>) -> Self {
        Self {
            holder: Some(Holder::Kit),
            kinds: vec![KIT_KINDS.to_owned()],
            ..Self::root(record.key, at)
        }
    }

    fn granted(record: &MandateGranted, at: &At<'_>) -> Self {
        Self {
            holder: Some(record.holder),
            kinds: record.kinds.clone(),
            label: record.label.clone(),
            until: record.until,
            ..Self::root(record.key, at)
        }
    }

    /// Whether it is a clerk's or a device's: those of root keys and kits come by records of their own.
    pub(crate) fn is_granted(&self) -> bool {
        matches!(self.holder, Some(Holder::Clerk | Holder::Device))
    }

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
    pub(crate) fn founded(profile: &Profile, said: &Said<'_>, at: &At<'_>) -> Self {
        let mut founded = Self {
            country: String::new(),
            keys: vec![Mandate::root(*said.key, at)],
            links: Vec::new(),
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

    /// The root key that stands. The party is named after the first it had, and stays so when another takes its place.
    #[must_use]
    pub fn root_key(&self) -> Option<&PublicKey> {
        self.standing(None)
    }

    /// The key of the recovery kit, if one was named.
    #[must_use]
    pub fn kit_key(&self) -> Option<&PublicKey> {
        self.standing(Some(Holder::Kit))
    }

    fn standing(&self, holder: Option<Holder>) -> Option<&PublicKey> {
        let mut standing = self.keys.iter().filter(|mandate| mandate.revoked.is_none());
        standing
            .find(|mandate| mandate.holder == holder)
            .map(|mandate| &mandate.key)
    }

    /// Whether a record signed by `key` in the block of `height` and witnessed `time` is suspect: somebody else had the key by
    /// then. It is marked for people to look at; it stays valid (protocol section 3).
    #[must_use]
    pub fn suspected(&self, key: &PublicKey, height: u64, time: Time) -> bool {
        let signed_by = |mandate: &&Mandate| {
            mandate.key == *key && mandate.from <= height && mandate.revoked.is_none_or(|revoked| height <= revoked)
        };
        let mut mandates = self.keys.iter().filter(signed_by);
        mandates.any(|mandate| mandate.suspected_since.is_some_and(|since| since <= time))
    }

    /// Mandates that stand at this witnessed time and end within so many days, the first to end first. Root keys and recovery
    /// kits never end by time, so nobody is locked out.
    #[must_use]
    pub fn expiring(&self, time: Time, days: u32) -> Vec<&Mandate> {
        let limit = time.plus_millis(i64::from(days).saturating_mul(DAY_MILLIS));
        let ends = |mandate: &&Mandate| mandate.stands(time) && mandate.until.is_some_and(|until| until <= limit);
        let mut ending: Vec<_> = self.keys.iter().filter(ends).collect();
        ending.sort_by_key(|mandate| mandate.until);
        ending
    }

    /// From the next block on another key is root.
    fn replace_root(&mut self, record: &RootReplaced, at: &At<'_>) {
        self.end(record.suspected_since, at, |mandate| mandate.holder.is_none());
        self.keys.push(Mandate::root(record.key, at));
    }

    /// Revokes the mandates meant that are not revoked yet.
    fn end(&mut self, suspected_since: Option<Time>, at: &At<'_>, meant: impl Fn(&Mandate) -> bool) {
        let standing = |mandate: &&mut Mandate| mandate.revoked.is_none() && meant(mandate);
        for mandate in self.keys.iter_mut().filter(standing) {
            mandate.revoked = Some(at.height);
            mandate.suspected_since = suspected_since;
        }
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
pub(crate) fn party(before: &PartyState, payload: &crate::Payload, at: &At<'_>) -> PartyState {
    use crate::Payload;
    let mut next = before.clone();
    match payload {
        Payload::Updated(record) => next.describe(&record.profile),
        Payload::MandateGranted(record) => next.keys.push(Mandate::granted(record, at)),
        Payload::MandateRevoked(record) => {
            next.end(record.suspected_since, at, |mandate| mandate.key == record.key);
        }
        Payload::RootReplaced(record) => next.replace_root(record, at),
        Payload::RecoveryNamed(record) => {
            next.end(None, at, |mandate| mandate.holder == Some(Holder::Kit));
            next.keys.push(Mandate::kit(record, at));
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
