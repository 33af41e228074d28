//! A ledger that several firms keep: founding it, joining it, our part in it, and what a screen shows of it.

mod attendant;
pub(crate) mod founding;
pub(crate) mod page;

pub(crate) use attendant::Attendant;

use crate::error::UserError;
use crate::firm::{Firm, VOTE};
use crate::session::small;
use ledger::{Party, ValidatorSet};
use node::net::{Address, Limits};
use node::{Clock, DataFolder, Desk, Invitation, Keystore, Membership, Network, Node, Options, Seat};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// Name of the node's key in the key file: other nodes know it by this key; it signs no votes and no records.
pub(crate) const NODE: &str = "node";
/// Where the desk keeps who we want to be on a ledger of several.
const SPACE: &str = "alliance";
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
    part: Part,
) -> Result<(Arc<Node>, Network), UserError> {
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
        workers: if listen.is_some() { WORKERS } else { 1 },
        limits: Limits::default(),
    };
    let network = Network::start(&node, membership)?;
    Ok((node, network))
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
