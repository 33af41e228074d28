//! Founding a ledger of several, and joining one.

use super::{NODE, PARTY, PROFILE, SEAT, SPACE, address};
use crate::compose;
use crate::error::UserError;
use crate::firm::VOTE;
use crate::session::ROOT;
use ledger::validators::{Clock as GenesisClock, Profile as Kept};
use ledger::{Genesis, Party, Validator, ValidatorSet};
use node::{Clock as _, DataFolder, Desk, Invitation, KeyLock, KeyState, Keystore, Node, Seat, SystemClock};
use serde_json::json;
use systems::parties::records::{Profile, Role};
use systems::shared::goods::LocalText;

/// A profile with the least that can be said.
pub(crate) fn profile(name: &str, country: &str, role: Role) -> Profile {
    Profile {
        name: LocalText::everywhere(name),
        country: country.to_owned(),
        identifiers: Vec::new(),
        roles: vec![role],
    }
}

fn keys(folder: &DataFolder, lock: &KeyLock) -> Result<Keystore, UserError> {
    Ok(match Keystore::state(folder) {
        KeyState::None => Keystore::create(folder, lock)?,
        KeyState::Locked | KeyState::Keychain => Keystore::open(folder, lock)?,
    })
}

/// Makes a validator's keys, where they are missing, and says where it sits; kept in the folder too.
pub(crate) fn seat(folder: &DataFolder, lock: &KeyLock, name: &str, at: &str) -> Result<Seat, UserError> {
    let at = address(at)?;
    let mut keys = keys(folder, lock)?;
    let (root, vote, node) = (keys.make(ROOT)?, keys.make(VOTE)?, keys.make(NODE)?);
    let seat = Seat::new(name.to_owned(), Party::of(root), vote, node, vec![at]);
    let path = folder.path().join(SEAT);
    crate::terminal::write(&path, paper(&seat)?.as_bytes())?;
    Ok(seat)
}

/// A seat as it is handed on.
pub(crate) fn paper(seat: &Seat) -> Result<String, UserError> {
    serde_json::to_string_pretty(seat).map_err(|error| UserError::new("bad-reply").with("what", error))
}

/// The network that these found, each with the same weight.
pub(crate) fn found(name: &str, seats: Vec<Seat>) -> Result<Invitation, UserError> {
    let bad = |what: String| UserError::new("bad-founding").with("what", what);
    let validator = |seat: &Seat| Validator {
        key: seat.vote,
        party: seat.party,
        weight: 1,
    };
    let set = ValidatorSet::new(seats.iter().map(validator).collect()).map_err(|error| bad(error.to_string()))?;
    let nonce = node::random()?;
    let now = SystemClock.now();
    let genesis = Genesis::new(name, Kept::Alliance, GenesisClock::System, now, nonce, set)
        .map_err(|error| bad(error.to_string()))?;
    Ok(Invitation::new(genesis, seats))
}

/// Joins a network: makes what keys are missing, prepares the ledger and keeps the invitation. The firm registers itself as soon as it
/// may speak. → its party.
pub(crate) fn join(
    folder: &DataFolder,
    desk: &Desk,
    lock: &KeyLock,
    invitation: &Invitation,
    profile: &Profile,
) -> Result<Party, UserError> {
    if folder.has_ledger() {
        return Err(UserError::new("already-founded"));
    }
    compose::check_profile(profile)?;
    let mut keys = keys(folder, lock)?;
    let (root, _node) = (keys.make(ROOT)?, keys.make(NODE)?);
    let party = Party::of(root);
    invitation.keep(folder.path())?;
    desk.put(SPACE, PARTY, &json!(party.to_string()))?;
    desk.put(SPACE, PROFILE, &json!(profile))?;
    // Last: from now on there is a ledger here.
    Node::prepare(folder, &invitation.genesis)?;
    Ok(party)
}
