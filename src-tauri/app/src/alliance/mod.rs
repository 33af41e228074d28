//! A ledger that several firms keep: founding it, joining it, our part in it, and what a screen shows of it.

mod attendant;
pub(crate) mod founding;
pub(crate) mod page;

pub(crate) use attendant::Attendant;

use crate::App;
use crate::error::UserError;
use crate::firm::{Firm, VOTE};
use crate::session::{ROOT, small};
use ledger::{Party, ValidatorSet};
use node::net::{Address, Limits};
use node::{
    Clock, DataFolder, Desk, Invitation, KeyLock, KeyState, Keystore, Membership, Network, Node, Options, Seat,
};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// Name of the node's key in the key file: other nodes know it by this key; it signs no votes and no records.
pub(crate) const NODE: &str = "node";
/// Where the desk keeps who we want to be on a ledger of several.
const SPACE: &str = "alliance";
/// Whole blocks are kept here, though no seat was made here.
const WHOLE: &str = "whole";
/// The vote key that was made in this folder and has signed nothing yet.
const FRESH: &str = "fresh-vote";
/// Our party's did:key, known before the keys are opened.
const PARTY: &str = "party";
/// The profile under which we register once we may.
const PROFILE: &str = "profile";
/// File in the data folder with the seat that was made here.
const SEAT: &str = "seat.json";
/// Threads that move bytes at a validator.
const WORKERS: usize = 2;

/// How an installation takes part where several keep the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Port to listen on instead of the one its seat says; 0 for any.
    pub(crate) port: Option<u16>,
    /// Whether tables and search are kept.
    pub(crate) views: bool,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            port: None,
            views: true,
        }
    }
}

/// Opens the ledger among the others: a validator listens where its seat says, a member only asks.
pub(crate) fn open(
    folder: &DataFolder,
    mut papers: Invitation,
    keys: &mut Keystore,
    clock: &Arc<dyn Clock>,
    party: Party,
    part: Part,
) -> Result<(Arc<Node>, Network), UserError> {
    if seat_of(folder.path())?.is_some() {
        // Whoever may be voted in keeps whole blocks.
        Node::keep_whole(folder)?;
    }
    let vote = keys.take(VOTE);
    let voter = vote.as_ref().map(ledger::SecretKey::public);
    let key = keys.take(NODE).ok_or_else(|| UserError::new("no-key"))?;
    let options = Options {
        follows: true,
        views: part.views,
        ..Options::new(vote, Arc::clone(clock))
    };
    let node = Arc::new(Node::open_with(folder, options)?);
    let here = key.public();
    if papers.seats.iter().all(|seat| seat.node != here) {
        // A seat made here counts from when its vote key is in the set; until then we are a member like others.
        let in_force = in_force(&node)?;
        let ours = seat_of(folder.path())?.filter(|seat| seat.node == here && Some(seat.vote) == voter);
        if let Some(seat) = ours.filter(|seat| in_force.get(&seat.vote).is_some()) {
            papers.seats.push(seat);
            papers.keep(folder.path())?;
        }
    }
    let seat = papers.seats.iter().find(|seat| seat.node == here);
    let listen = seat.map(|seat| listen(seat, part.port)).transpose()?;
    let membership = Membership {
        key,
        listen,
        seats: papers.seats,
        party: Some(party),
        workers: if listen.is_some() { WORKERS } else { 1 },
        limits: Limits::default(),
    };
    let network = Network::start(&node, membership)?;
    Ok((node, network))
}

/// Founds the ledger of a folder again that lost it and still has its invitation and its keys; the blocks come from the others. Who we are
/// stands on the desk, or else in the key file, if it can be opened. False: nothing was lost, or that much is not left.
pub(crate) fn refound(folder: &DataFolder, desk: &Desk, lock: Option<&KeyLock>) -> Result<bool, UserError> {
    let Some(papers) = Invitation::of_folder(folder.path())?.filter(|_| !folder.has_ledger()) else {
        return Ok(false);
    };
    let lock = match (Keystore::state(folder), lock) {
        (KeyState::None, _) => return Ok(false),
        (KeyState::Keychain, _) => Some(&KeyLock::Keychain),
        (KeyState::Locked, lock) => lock,
    };
    if party(desk)?.is_none() {
        let Some(lock) = lock else { return Ok(false) };
        let keys = Keystore::open(folder, lock)?;
        let root = keys.get(ROOT).ok_or_else(|| UserError::new("no-key"))?;
        desk.put(SPACE, WHOLE, &json!(keys.get(VOTE).is_some()))?;
        desk.put(SPACE, PARTY, &json!(Party::of(root.public()).to_string()))?;
    }
    if keeps_whole(folder, desk)? {
        return Ok(node::refound(folder)?);
    }
    Node::prepare_light(folder, &papers.trusted()?)?;
    Ok(true)
}

/// Whether whole blocks are kept in a folder, and not only what is followed.
pub(crate) fn keeps_whole(folder: &DataFolder, desk: &Desk) -> Result<bool, UserError> {
    Ok(seat_of(folder.path())?.is_some() || desk.get(SPACE, WHOLE)? == Some(json!(true)))
}

/// Whether we are as far as the others say they are; before, what stands here says little of what may be said.
pub(crate) fn is_level(firm: &Firm) -> Result<bool, UserError> {
    let Some(others) = firm.node.others()? else {
        return Ok(true);
    };
    let height = firm.node.head().map_or(0, |head| head.height);
    let alone = in_force(&firm.node)?.validators().len() == 1;
    Ok(alone || (others.known > 0 && height >= others.highest))
}

/// Opens a ledger without its keys: nothing is signed and nobody is asked.
pub(crate) fn open_to_read(
    folder: &DataFolder,
    shared: bool,
    clock: &Arc<dyn Clock>,
    part: Part,
) -> Result<Node, UserError> {
    let options = Options {
        follows: shared,
        views: part.views,
        ..Options::new(None, Arc::clone(clock))
    };
    Ok(Node::open_with(folder, options)?)
}

/// Where a validator listens: a seat on this machine's loopback there only, any other on all its addresses, since the one that the
/// seat names may be a router's.
fn listen(seat: &Seat, port: Option<u16>) -> Result<SocketAddr, UserError> {
    let bad = |text: String| UserError::new("bad-address").at("address").with("value", text);
    let address = seat.addresses.first().ok_or_else(|| bad(String::new()))?;
    let text = address.to_string();
    let said = text.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let port = port.or(said).ok_or_else(|| bad(text.clone()))?;
    let number = text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let ip = match number {
        Some(ip) if ip.is_loopback() => ip,
        Some(IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
        None if address.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv4Addr::UNSPECIFIED.into(),
    };
    Ok(SocketAddr::new(ip, port))
}

/// An address as a person writes it: `validator.example:4747`.
pub(crate) fn address(text: &str) -> Result<Address, UserError> {
    text.parse()
        .map_err(|_| UserError::new("bad-address").at("address").with("value", text))
}

/// The seat that was made in a folder, if there is one.
fn seat_of(folder: &Path) -> Result<Option<Seat>, UserError> {
    let path = folder.join(SEAT);
    match std::fs::read(&path) {
        Ok(bytes) => parse_seat(&bytes).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(UserError::file(&path, &error)),
    }
}

/// Reads a seat.
pub(crate) fn parse_seat(bytes: &[u8]) -> Result<Seat, UserError> {
    serde_json::from_slice(bytes).map_err(|error| UserError::new("not-a-seat").with("what", error))
}

/// Notes where a validator sits, for our next start and for invitations; what was noted of the same vote key is replaced.
pub(crate) fn remember(folder: &Path, seat: Seat) -> Result<(), UserError> {
    let mut papers = Invitation::of_folder(folder)?.ok_or_else(|| UserError::new("not-in-an-alliance"))?;
    papers.seats.retain(|one| one.vote != seat.vote);
    papers.seats.push(seat);
    Ok(papers.keep(folder)?)
}

/// Who we are on the ledger of several in this folder, if it was joined here.
pub(crate) fn party(desk: &Desk) -> Result<Option<Party>, UserError> {
    let kept = desk.get(SPACE, PARTY)?;
    Ok(kept.as_ref().and_then(Value::as_str).and_then(|text| text.parse().ok()))
}

/// Trusts the checkpoint of a new invitation, and from the next start on asks the validators that it names.
pub(crate) fn trust(app: &App, invitation: &[u8]) -> Result<(), UserError> {
    let firm = app.firm()?;
    let papers = Invitation::parse(invitation)?;
    firm.node.pin(papers.trusted()?)?;
    Ok(papers.keep(&firm.path)?)
}

/// Who certifies the next block.
pub(crate) fn in_force(node: &Node) -> Result<ValidatorSet, UserError> {
    let next = node.head().map_or(0, |head| head.height) + 1;
    Ok(node.validators_of(next)?)
}

/// How many validators signed the newest certificate, of how many in force.
pub(crate) fn agreeing(firm: &Firm) -> Result<(u32, u32), UserError> {
    let certificate = firm.node.blocks(None, 1)?.pop().and_then(|block| block.certificate);
    let signers = certificate.map_or(0, |certificate| certificate.signatures.len());
    let of = in_force(&firm.node)?.validators().len();
    Ok((small(signers as u64), small(of as u64)))
}
