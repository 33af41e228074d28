//! What a firm among others says without being asked: that it is there, once it may, and which double votes it saw.

use super::{PROFILE, SPACE};
use crate::error::UserError;
use crate::firm::Firm;
use crate::{desks, sign};
use ledger::{DoubleVote, Subject};
use serde_json::json;
use std::sync::Weak;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use systems::Payload;
use systems::alliance::records::DoubleVoted;
use systems::parties::records::{Profile, Registered};

/// How often it looks around.
const LOOK: Duration = Duration::from_millis(250);
/// So many looks (two seconds) each validator leaves to those before it in the set, so that a double vote is shown by one of them
/// and not by all.
const TURN: usize = 8;
/// Every so many looks (five seconds) it is seen what evidence is to be carried of.
const CARRY: usize = 20;
/// Double votes that wait here until they can be put on record.
const OFFENCES: usize = 64;

/// A thread that looks around for a firm.
pub(crate) struct Attendant {
    bell: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Attendant {
    /// Starts it.
    pub(crate) fn start(firm: Weak<Firm>) -> Result<Self, UserError> {
        let (bell, rung) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("attendant".to_owned())
            .spawn(move || attend(&firm, &rung))
            .map_err(|error| UserError::new("no-thread").with("what", error))?;
        Ok(Self { bell, thread })
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        drop(self.bell);
        if self.thread.thread().id() != std::thread::current().id() {
            // A thread that panicked has said so already.
            let _ended = self.thread.join();
        }
    }
}

fn attend(firm: &Weak<Firm>, bell: &Receiver<()>) {
    let mut registered = false;
    let mut offences: Vec<(DoubleVote, usize)> = Vec::new();
    let (mut looks, mut talked, mut carried) = (0_usize, 0, None);
    while bell.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let Some(firm) = firm.upgrade() else { return };
        if !registered {
            // What cannot be said now is said at a later look.
            registered = register(&firm).unwrap_or(false);
        }
        let shown = firm.node.views_progress().0;
        if looks.is_multiple_of(CARRY) && carried != Some(shown) {
            // What is not carried now is at a later look.
            carried = desks::carry(&firm).is_ok().then_some(shown);
        }
        looks = looks.wrapping_add(1);
        if let Some(network) = &firm.network {
            if network.talked() != talked {
                talked = network.talked();
                firm.listeners.tell(&json!({ "event": "session" }));
            }
            let turn = turn(&firm).unwrap_or_default();
            offences.extend(network.take_offences().into_iter().map(|proof| (proof, turn)));
            offences.truncate(OFFENCES);
        }
        offences.retain_mut(|(proof, looks)| match looks.checked_sub(1) {
            Some(left) => {
                *looks = left;
                true
            }
            None => !show(&firm, proof).unwrap_or(false),
        });
    }
}

/// How many looks we leave to others.
fn turn(firm: &Firm) -> Result<usize, UserError> {
    let party = firm.acting().party;
    let set = super::in_force(&firm.node)?;
    let validators = set.validators();
    let place = validators.iter().position(|validator| validator.party == party);
    Ok(place.unwrap_or(validators.len()) * TURN)
}

/// Registers the firm under the profile it was given when it joined, as soon as it may speak. True when that is done.
fn register(firm: &Firm) -> Result<bool, UserError> {
    let Some(profile) = firm.desk.get(SPACE, PROFILE)? else {
        return Ok(true);
    };
    let party = firm.acting().party;
    if firm.node.entry(&Subject::party(&party))?.is_some() {
        firm.desk.delete(SPACE, PROFILE)?;
        firm.listeners.tell(&json!({ "event": "session" }));
        return Ok(true);
    }
    // While blocks are still coming it may turn out that we are there.
    if !super::is_level(firm)? {
        return Ok(false);
    }
    let profile: Profile =
        serde_json::from_value(profile).map_err(|error| UserError::new("bad-reply").with("what", error))?;
    say(firm, Payload::Registered(Registered { profile }))?;
    // Done only when it is confirmed.
    Ok(false)
}

/// Puts a double vote on record. True when it is there, or nobody wants it.
fn show(firm: &Firm, proof: &DoubleVote) -> Result<bool, UserError> {
    let listed = firm.node.entry(&Subject::validator(proof.key()))?.is_some();
    match say(firm, Payload::DoubleVoted(DoubleVoted { proof: proof.clone() })) {
        Err(error) if error.code == "alliance.offence-known" || error.code == "alliance.offences-full" => Ok(true),
        Err(error) if error.code == "alliance.not-a-validator" && !listed => Ok(true),
        other => other.map(|()| false),
    }
}

/// Says it, unless it has been said and waits for its block.
fn say(firm: &Firm, payload: Payload) -> Result<(), UserError> {
    let kind = payload.kind();
    let waits = firm.node.outbox()?.iter().any(|record| *record.kind() == kind);
    if waits {
        return Ok(());
    }
    let records = sign::signed(firm, &[payload])?;
    match sign::problems(firm, &records)?.into_iter().next() {
        Some(problem) => Err(problem),
        None => sign::submit_soon(firm, records).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::calls::{Folder, LOOK, ask, profile};
    use crate::{App, Options, alliance::founding};
    use ledger::{Hash, SecretKey, SignedVote, VoteKind};
    use node::{DataFolder, KeyLock, Keystore};
    use std::time::Instant;

    fn vote(key: &SecretKey, network: &Hash, block: u8) -> SignedVote {
        let mut vote = SignedVote {
            block: Some(Hash([block; 32])),
            height: 1,
            key: key.public(),
            kind: VoteKind::Prevote,
            round: 0,
            signature: [0; 64],
        };
        vote.signature = key.sign(&vote.signed_bytes(network));
        vote
    }

    #[test]
    fn a_validator_registers_itself_and_puts_a_double_vote_on_record_once() {
        let folder = Folder::new();
        let lock = KeyLock::Passphrase("correct horse".to_owned());
        let own = DataFolder::open(&folder.0).unwrap();
        let seat = founding::seat(&own, &lock, "Alone", "127.0.0.1:1").unwrap();
        let invitation = founding::found("Alone", vec![seat]).unwrap();
        let desk = node::Desk::open(&own).unwrap();
        let profile = serde_json::from_value(profile()).unwrap();
        founding::join(&own, &desk, &lock, &invitation, founding::As::New(&profile)).unwrap();
        let keys = Keystore::open(&own, &lock).unwrap();
        let network = invitation.genesis.network();
        let key = keys.get(crate::firm::VOTE).unwrap();
        let proof = DoubleVote::of_votes(vote(key, &network, 1), vote(key, &network, 2));
        drop((own, desk, keys));
        let part = crate::alliance::Part {
            port: Some(0),
            views: true,
        };
        let app = App::open_as(
            Options {
                data: Some(folder.0.clone()),
            },
            part,
        )
        .unwrap();
        ask(&app, json!({ "call": "unlock", "passphrase": "correct horse" }));
        let firm = app.firm().unwrap();
        let party = Subject::party(&firm.acting().party);
        let begun = Instant::now();
        while firm.node.entry(&party).unwrap().is_none() {
            assert!(begun.elapsed().as_secs() < 60, "it registers by itself");
            std::thread::park_timeout(LOOK);
        }
        while !show(&firm, &proof).unwrap() {
            assert!(begun.elapsed().as_secs() < 60, "it is put on record");
            std::thread::park_timeout(LOOK);
        }
        let page = ask(&app, json!({ "call": "network" }));
        let offences = page["validators"][0]["offences"].as_array().unwrap();
        assert_eq!((offences.len(), &offences[0]["kind"]), (1, &json!("prevote")));
    }
}
