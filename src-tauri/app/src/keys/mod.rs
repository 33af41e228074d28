//! The keys of a firm: which speak and until when, the printed recovery kit, and coming back after a loss.

pub(crate) mod kit;
mod paper;
pub(crate) mod phrase;
pub(crate) mod recover;

use crate::App;
use crate::call::{KeyLine, KeyStanding, KeysPage, KitLine, NextKey, OwnKey, OwnStanding, PendingKey};
use crate::documents::READING;
use crate::error::UserError;
use crate::firm::{Firm, VOTE};
use crate::session::{ROOT, small};
use crate::{alliance, sign, timeline};
use ledger::{Party, PublicKey, Subject, Time};
use std::collections::BTreeMap;
use systems::parties::records::Holder;
use systems::parties::state::{Mandate, PartyState};
use systems::{Payload, State};

/// It is warned of the end of a mandate from so many days before.
pub(crate) const SOON_DAYS: u32 = 30;

/// Four groups of four hex digits of SHA-256 over the key's did:key.
pub(crate) fn fingerprint(key: &PublicKey) -> String {
    sign::fingerprint(key.to_string().as_bytes())
}

/// Where a party's keys stand; none while it is not registered, or not seen here yet.
pub(crate) fn state(firm: &Firm, party: &Party) -> Result<Option<PartyState>, UserError> {
    let entry = firm.node.entry(&Subject::party(party))?;
    Ok(entry.and_then(|entry| match entry.state.as_ref() {
        State::Party(state) => Some(state.clone()),
        _ => None,
    }))
}

/// The keys of this installation that sign records, by their names in the key file.
pub(crate) fn ours(firm: &Firm) -> BTreeMap<String, PublicKey> {
    let keys = firm.keys();
    let Some(keys) = keys.as_ref() else {
        return BTreeMap::new();
    };
    let signing = keys
        .names()
        .into_iter()
        .filter(|name| ![VOTE, alliance::NODE, READING].contains(&name.as_str()));
    signing
        .filter_map(|name| Some((name.clone(), keys.get(&name)?.public())))
        .collect()
}

/// The name of the key of ours that may speak: the root key, else the one that was granted last and stands at this time.
pub(crate) fn speaking(state: &PartyState, ours: &BTreeMap<String, PublicKey>, time: Time) -> Option<String> {
    let name = |key: &PublicKey| ours.iter().find(|(_, own)| *own == key).map(|(name, _)| name.clone());
    let granted = |mandate: &&Mandate| is_granted(mandate) && mandate.stands(time);
    let mut granted = state.keys.iter().rev().filter(granted);
    state
        .root_key()
        .and_then(name)
        .or_else(|| granted.find_map(|mandate| name(&mandate.key)))
}

fn is_granted(mandate: &Mandate) -> bool {
    matches!(mandate.holder, Some(Holder::Clerk | Holder::Device))
}

/// What a key is to the firm at this time.
pub(crate) fn own_standing(state: Option<&PartyState>, key: &PublicKey, time: Time) -> OwnStanding {
    let Some(state) = state else {
        return OwnStanding::Waiting;
    };
    if state.root_key() == Some(key) {
        return OwnStanding::Root;
    }
    let known: Vec<&Mandate> = state.keys.iter().filter(|mandate| mandate.key == *key).collect();
    if known.is_empty() {
        OwnStanding::Waiting
    } else if known.iter().any(|mandate| mandate.stands(time)) {
        OwnStanding::Granted
    } else {
        OwnStanding::Ended
    }
}

/// The key this installation signs with, and what it is.
pub(crate) fn own(firm: &Firm) -> Result<Option<OwnKey>, UserError> {
    let acting = firm.acting();
    let Some(key) = firm.public(&acting.key) else {
        return Ok(None);
    };
    let state = state(firm, &acting.party)?;
    // Who has not registered yet will do so with this key.
    let founds = state.is_none() && acting.party == Party::of(key);
    Ok(Some(OwnKey {
        key: key.to_string(),
        fingerprint: fingerprint(&key),
        standing: if founds {
            OwnStanding::Root
        } else {
            own_standing(state.as_ref(), &key, firm.clock.now())
        },
    }))
}

/// Only the root key names a kit and another root key; said before work is done that would be refused.
pub(crate) fn root_only(firm: &Firm) -> Result<PartyState, UserError> {
    if firm.is_locked() {
        return Err(UserError::new("locked"));
    }
    let acting = firm.acting();
    let state = state(firm, &acting.party)?.ok_or_else(|| UserError::new("keys.party-unseen"))?;
    if state.root_key() == firm.public(&acting.key).as_ref() {
        Ok(state)
    } else {
        Err(UserError::new("parties.root-only"))
    }
}

/// Witnessed times of the blocks that changed the keys.
fn times(firm: &Firm, party: &Party) -> Result<BTreeMap<u64, Time>, UserError> {
    let history = timeline::history(firm, &Subject::party(party))?;
    let times = history
        .into_iter()
        .map(|heard| (heard.stored.height, heard.stored.time));
    Ok(times.collect())
}

fn standing(mandate: &Mandate, now: Time) -> KeyStanding {
    let soon = now.plus_millis(i64::from(SOON_DAYS) * 24 * 60 * 60 * 1000);
    match (mandate.revoked, mandate.until) {
        (Some(_), _) => KeyStanding::Revoked,
        (None, Some(until)) if until < now => KeyStanding::Expired,
        (None, Some(until)) if until <= soon => KeyStanding::Expiring,
        (None, _) => KeyStanding::InForce,
    }
}

/// The keys of our firm.
pub(crate) fn page(app: &App) -> Result<KeysPage, UserError> {
    let firm = app.firm()?;
    let acting = firm.acting();
    let (now, here) = (firm.clock.now(), ours(&firm));
    let state = state(&firm, &acting.party)?;
    let times = times(&firm, &acting.party)?;
    let line = |mandate: &Mandate| KeyLine {
        key: mandate.key.to_string(),
        fingerprint: fingerprint(&mandate.key),
        holder: mandate.holder,
        label: mandate.label.clone(),
        kinds: mandate.kinds.clone(),
        height: small(mandate.from),
        since: times.get(&mandate.from).map(Time::to_string),
        until: mandate.until.map(|until| until.to_string()),
        standing: standing(mandate, now),
        revoked_height: mandate.revoked.map(small),
        revoked: mandate
            .revoked
            .and_then(|height| times.get(&height))
            .map(Time::to_string),
        suspected_since: mandate.suspected_since.map(|since| since.to_string()),
        here: here.values().any(|key| *key == mandate.key),
    };
    let known = state.as_ref().map_or(&[][..], |state| &state.keys);
    let root = state.as_ref().and_then(PartyState::root_key);
    let is_root = |mandate: &&Mandate| mandate.holder.is_none() && root == Some(&mandate.key);
    let listed = |mandate: &&Mandate| mandate.holder != Some(Holder::Kit) && !is_root(mandate);
    let kits = kit::kept(&firm)?;
    Ok(KeysPage {
        party: acting.party.to_string(),
        root: known.iter().find(is_root).map(line),
        kit: standing_kit(state.as_ref(), &times, &kits),
        new_kit: kit::unnamed(state.as_ref(), &kits).map(|(key, kept)| kit::line(&key, kept, None)),
        keys: known.iter().rev().filter(listed).map(line).collect(),
        ours: own(&firm)?,
        pending: pending(&firm, &acting.party)?,
        folder: kit::folder(app).display().to_string(),
    })
}

fn standing_kit(state: Option<&PartyState>, times: &BTreeMap<u64, Time>, kits: &kit::Kits) -> Option<KitLine> {
    let key = state?.kit_key()?;
    let mandate = state?.keys.iter().find(|mandate| mandate.key == *key)?;
    let kept = kits.get(key).cloned().unwrap_or_default();
    Some(kit::line(key, kept, Some(times.get(&mandate.from).copied())))
}

fn pending(firm: &Firm, party: &Party) -> Result<Vec<PendingKey>, UserError> {
    let mut pending = Vec::new();
    for record in firm.node.outbox()? {
        if record.party() != party {
            continue;
        }
        let key = match Payload::parse(record.kind(), record.body_json())? {
            Payload::MandateGranted(granted) => granted.key,
            Payload::MandateRevoked(revoked) => revoked.key,
            Payload::RootReplaced(replaced) => replaced.key,
            Payload::RecoveryNamed(named) => named.key,
            _ => continue,
        };
        pending.push(PendingKey {
            record: record.id().to_string(),
            kind: record.kind().without_form().to_owned(),
            key: key.to_string(),
        });
    }
    Ok(pending)
}

/// A key of ours that may become the root key: one that the firm never used. Made, where there is none, and kept in the key file.
pub(crate) fn next(app: &App) -> Result<NextKey, UserError> {
    let firm = app.firm()?;
    if firm.is_sample() {
        return Err(UserError::new("not-in-the-sample"));
    }
    let key = fresh(&firm, &root_only(&firm)?)?;
    Ok(NextKey {
        key: key.to_string(),
        fingerprint: fingerprint(&key),
    })
}

/// As [`next`]: the first of our root keys, counted on from the first one, that the firm never used.
fn fresh(firm: &Firm, state: &PartyState) -> Result<PublicKey, UserError> {
    let mut keys = firm.keys();
    let keys = keys.as_mut().ok_or_else(|| UserError::new("locked"))?;
    let used = |key: &PublicKey| state.keys.iter().any(|mandate| mandate.key == *key);
    let mut name = ROOT.to_owned();
    let mut number = 1_u32;
    loop {
        let key = keys.make(&name)?;
        if !used(&key) {
            return Ok(key);
        }
        number = number.saturating_add(1);
        name = format!("{ROOT}-{number}");
    }
}
