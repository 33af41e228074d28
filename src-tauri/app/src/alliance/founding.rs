//! Founding a ledger of several, and joining one.

use super::{FRESH, NODE, PARTY, PROFILE, SEAT, SPACE, WHOLE, address};
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
    let made = keys.get(VOTE).is_none();
    let (root, vote, node) = (keys.make(ROOT)?, keys.make(VOTE)?, keys.make(NODE)?);
    if made {
        // Noted only now: a vote key without the note is taken for one that may have signed.
        Desk::open(folder)?.put(SPACE, FRESH, &json!(vote.to_string()))?;
    }
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

/// As whom a network is joined.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    /// As a firm that is new there: the root key made here names it, and it registers under this profile as soon as it may speak.
    New(&'a Profile),
    /// As a firm that is there already; the key made here gets its mandate from the firm's root key or its recovery kit.
    Known(Party),
}

/// Joins a network: makes what keys are missing, prepares the ledger and keeps the invitation. Whoever made a seat here, and may be voted
/// in, keeps whole blocks, and so does who has a vote key; everybody else is a light node. With a vote key that came from elsewhere, as from
/// the copy of a key file after a disk was lost, nothing is signed before the others have shown how far the ledger is, since it may have
/// signed before. → its party.
pub(crate) fn join(
    folder: &DataFolder,
    desk: &Desk,
    lock: &KeyLock,
    invitation: &Invitation,
    who: As<'_>,
) -> Result<Party, UserError> {
    if folder.has_ledger() {
        return Err(UserError::new("already-founded"));
    }
    if let As::New(profile) = who {
        compose::check_profile(profile)?;
    }
    invitation.trusted()?;
    let mut keys = keys(folder, lock)?;
    let (root, _node) = (keys.make(ROOT)?, keys.make(NODE)?);
    let fresh = desk.get(SPACE, FRESH)?;
    let may_have_signed = match keys.get(VOTE) {
        Some(vote) => fresh != Some(json!(vote.public().to_string())),
        None => false,
    };
    desk.delete(SPACE, FRESH)?;
    let party = match who {
        As::New(_) => Party::of(root),
        As::Known(party) => party,
    };
    invitation.keep(folder.path())?;
    desk.put(SPACE, PARTY, &json!(party.to_string()))?;
    if let As::New(profile) = who {
        desk.put(SPACE, PROFILE, &json!(profile))?;
    }
    // Last: from now on there is a ledger here.
    if may_have_signed {
        desk.put(SPACE, WHOLE, &json!(true))?;
        node::refound(folder)?;
    } else if folder.path().join(SEAT).exists() {
        Node::prepare(folder, &invitation.genesis)?;
    } else {
        Node::prepare_light(folder, &invitation.trusted()?)?;
    }
    Ok(party)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alliance::{keeps_whole, refound};
    use crate::tests::calls::Folder;

    fn joined(folder: &Folder, lock: &KeyLock, invitation: &Invitation) -> (DataFolder, Desk) {
        let own = DataFolder::open(&folder.0).unwrap();
        let desk = Desk::open(&own).unwrap();
        let profile = profile("Alone", "DE", Role::Warehouse);
        join(&own, &desk, lock, invitation, As::New(&profile)).unwrap();
        (own, desk)
    }

    #[test]
    fn a_vote_key_from_elsewhere_is_taken_for_one_that_may_have_signed() {
        let (first, second) = (Folder::new(), Folder::new());
        let lock = KeyLock::Passphrase("correct horse".to_owned());
        let own = DataFolder::open(&first.0).unwrap();
        let seat = seat(&own, &lock, "Alone", "127.0.0.1:1").unwrap();
        drop(own);
        let invitation = found("Alone", vec![seat]).unwrap();
        let (own, desk) = joined(&first, &lock, &invitation);
        assert!(keeps_whole(&own, &desk).unwrap());
        assert!(
            first.0.join("votes.db").exists(),
            "what was made here has signed nothing"
        );
        // Joined once more, nobody knows what it has signed meanwhile.
        std::fs::remove_file(first.0.join("ledger.db")).unwrap();
        std::fs::remove_file(first.0.join("votes.db")).unwrap();
        drop((own, desk));
        joined(&first, &lock, &invitation);
        assert!(!first.0.join("votes.db").exists());
        // And a copy of the key file is no better.
        std::fs::create_dir_all(&second.0).unwrap();
        std::fs::copy(first.0.join("keys.sealed"), second.0.join("keys.sealed")).unwrap();
        let (other, desk) = joined(&second, &lock, &invitation);
        assert!(other.has_ledger() && !second.0.join("votes.db").exists());
        assert!(keeps_whole(&other, &desk).unwrap());
    }

    #[test]
    fn a_lost_ledger_is_founded_again_by_what_the_folder_keeps() {
        let (validator, folder) = (Folder::new(), Folder::new());
        let lock = KeyLock::Passphrase("correct horse".to_owned());
        let own = DataFolder::open(&validator.0).unwrap();
        let seat = seat(&own, &lock, "Alone", "127.0.0.1:1").unwrap();
        drop(own);
        let invitation = found("Alone", vec![seat]).unwrap();
        for (folder, whole) in [(&validator, true), (&folder, false)] {
            let (own, desk) = joined(folder, &lock, &invitation);
            assert!(!refound(&own, &desk, None).unwrap(), "nothing was lost");
            assert_eq!(keeps_whole(&own, &desk).unwrap(), whole);
            drop(desk);
            for lost in ["ledger.db", "desk.db"] {
                std::fs::remove_file(folder.0.join("ledger.db")).unwrap();
                let _absent = std::fs::remove_file(folder.0.join(lost));
                let desk = Desk::open(&own).unwrap();
                if lost == "desk.db" {
                    assert!(
                        !refound(&own, &desk, None).unwrap(),
                        "who we are stands in the keys alone"
                    );
                }
                assert!(refound(&own, &desk, Some(&lock)).unwrap());
                assert!(own.has_ledger());
                assert_eq!(keeps_whole(&own, &desk).unwrap(), whole);
                assert!(super::super::party(&desk).unwrap().is_some());
            }
            let desk = Desk::open(&own).unwrap();
            std::fs::remove_file(folder.0.join("keys.sealed")).unwrap();
            std::fs::remove_file(folder.0.join("ledger.db")).unwrap();
            assert!(
                !refound(&own, &desk, Some(&lock)).unwrap(),
                "without keys there is nobody to go on as"
            );
        }
    }
}
