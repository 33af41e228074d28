//! What others may ask, and what they get.

use super::desks::{Desks, UNTRUE};
use crate::agreement::said::{SAID_BYTES, Said, records};
use crate::error::NodeError;
use crate::net::{Answers, Ask, Path, Reply, Role, decode_frames, encode_frames};
use crate::node::Node;
use bytes::Bytes;
use ledger::light::page::{HeadersAsked, KEYS, PARTIES, PageAsked, SUBJECTS};
use ledger::{Hash, PublicKey, Subject};
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

/// Points for what no honest node sends: five such and it is dropped.
const UNREADABLE: u32 = 20;

/// The door of a node.
pub struct Door {
    node: Weak<Node>,
    validators: BTreeSet<PublicKey>,
    /// The desktops that may speak to ours.
    desks: Arc<Desks>,
    /// A desktop serves nobody but those.
    desktop: bool,
}

impl Door {
    /// A door at which these come as validators, and these desktops as who they are.
    pub const fn new(node: Weak<Node>, validators: BTreeSet<PublicKey>, desks: Arc<Desks>, desktop: bool) -> Self {
        Self {
            node,
            validators,
            desks,
            desktop,
        }
    }

    /// What a desktop of another firm hands over.
    fn exchange(&self, node: &Node, from: &PublicKey, body: &Bytes) -> Result<Reply, NodeError> {
        let Some(contact) = self.desks.get(from) else {
            return Ok(Reply::refused(403, "exchange.stranger", "nobody introduced you here"));
        };
        match self.desks.answer(node, &contact, body)? {
            Some((answer, None)) => Ok(Reply::whole(answer)),
            Some((answer, Some(code))) => Ok(Reply::whole(answer).costing(code, UNTRUE)),
            None => Ok(unreadable("exchange")),
        }
    }
}

impl Answers for Door {
    fn role(&self, peer: &PublicKey) -> Role {
        // Whoever brings records brings them signed by a member, or they enter no block; so every key may ask, within its limits.
        if self.validators.contains(peer) {
            Role::Validator
        } else if self.desktop && self.desks.get(peer).is_none() {
            Role::Stranger
        } else {
            Role::Member
        }
    }

    fn answer(&self, from: PublicKey, ask: Ask) -> Reply {
        let Some(node) = self.node.upgrade() else {
            return Reply::refused(503, "net.stopped", "the node is stopping");
        };
        if self.desktop && ask.path != Path::Exchange {
            return Reply::refused(404, "net.not-served", "this node does not serve it");
        }
        let answered = match ask.path {
            Path::Exchange => self.exchange(&node, &from, &ask.body),
            Path::Consensus => consensus(&node, from, &ask.body),
            Path::Records => bring(&node, &ask.body),
            Path::RecordStatus => status(&node, &ask.body),
            Path::Head => head(&node),
            Path::Blocks => blocks(&node, &ask.query),
            Path::Evidence => evidence(&node, &ask.query),
            Path::Light => headers(&node, &ask.body),
            Path::Follow => follow(&node, &ask.body),
            Path::RecordsWanted | Path::Documents | Path::Peers => {
                Ok(Reply::refused(404, "net.not-served", "this node does not serve it"))
            }
        };
        answered.unwrap_or_else(|error| refused(&error))
    }
}

fn refused(error: &NodeError) -> Reply {
    let status = match error {
        NodeError::Busy | NodeError::Stopped | NodeError::DiskFull => 503,
        NodeError::Unknown(_) => 404,
        _ => 500,
    };
    // What is wrong with our storage is nobody's business but ours.
    Reply::refused(status, error.code(), "")
}

fn unreadable(what: &str) -> Reply {
    Reply::refused(400, "net.unreadable", what).costing("net.unreadable", UNREADABLE)
}

fn consensus(node: &Node, from: PublicKey, body: &Bytes) -> Result<Reply, NodeError> {
    let Ok(frames) = decode_frames(body, SAID_BYTES) else {
        return Ok(unreadable("frames"));
    };
    for frame in frames {
        match Said::parse(&frame) {
            Ok(said) => node.hear(from, said)?,
            Err(error) => return Ok(unreadable(error.0)),
        }
    }
    Ok(Reply::whole(Bytes::new()))
}

fn bring(node: &Node, body: &Bytes) -> Result<Reply, NodeError> {
    let Ok(records) = records(body) else {
        return Ok(unreadable("records"));
    };
    node.bring(records)?;
    Ok(Reply::whole(Bytes::new()))
}

/// For each RecordId where it stands: its height and place in the block, or nothing.
fn status(node: &Node, body: &Bytes) -> Result<Reply, NodeError> {
    let (ids, over) = body.as_chunks::<32>();
    if !over.is_empty() {
        return Ok(unreadable("ids"));
    }
    let mut places = Vec::with_capacity(ids.len());
    for id in ids {
        places.push(node.place(&Hash(*id))?);
    }
    let body = serde_json::to_vec(&places).map_err(|error| NodeError::Unknown(error.to_string()))?;
    Ok(Reply::whole(body))
}

fn head(node: &Node) -> Result<Reply, NodeError> {
    let height = node.head().map_or(0, |head| head.height);
    let Some((header, certificate)) = node
        .block(height)?
        .and_then(|block| Some((block.header, block.certificate?)))
    else {
        return Ok(Reply::refused(404, "net.no-block", "no block yet"));
    };
    let mut body = br#"{"commit":"#.to_vec();
    body.extend(certificate.to_bytes());
    body.extend(br#","header":"#);
    body.extend(header.to_bytes());
    body.push(b'}');
    Ok(Reply::whole(body))
}

/// The value of a member of the query, which is not escaped: numbers and subjects need none.
fn member<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn blocks(node: &Node, query: &str) -> Result<Reply, NodeError> {
    let Some(from) = member(query, "from").and_then(|text| text.parse().ok()) else {
        return Ok(unreadable("from"));
    };
    let decided = node.read(|store| crate::agreement::decided(store, from))?;
    let frames: Vec<Bytes> = decided
        .into_iter()
        .map(|one| Bytes::from(Said::Block(Box::new(one)).to_bytes()))
        .collect();
    Ok(Reply::whole(encode_frames(frames.iter())))
}

fn headers(node: &Node, body: &Bytes) -> Result<Reply, NodeError> {
    let Ok(asked) = serde_json::from_slice::<HeadersAsked>(body) else {
        return Ok(unreadable("question"));
    };
    let told = crate::light::headers(node, &asked)?;
    let body = serde_json::to_vec(&told).map_err(|error| NodeError::Unknown(error.to_string()))?;
    Ok(Reply::whole(body))
}

fn follow(node: &Node, body: &Bytes) -> Result<Reply, NodeError> {
    let asked = serde_json::from_slice::<PageAsked>(body).ok();
    let fits = |asked: &PageAsked| {
        asked.subjects.len() <= SUBJECTS && asked.parties.len() <= PARTIES && asked.keys.len() <= 8 * KEYS
    };
    let Some(asked) = asked.filter(fits) else {
        return Ok(unreadable("question"));
    };
    let Some(page) = crate::light::page(node, asked)? else {
        return Ok(Reply::refused(404, "net.no-block", "no block yet"));
    };
    let body = page.to_bytes().map_err(|error| NodeError::Unknown(error.to_string()))?;
    Ok(Reply::whole(body))
}

fn evidence(node: &Node, query: &str) -> Result<Reply, NodeError> {
    let Some(subject) = member(query, "subject").and_then(|text| text.parse::<Subject>().ok()) else {
        return Ok(unreadable("subject"));
    };
    Ok(Reply::whole(node.evidence(&subject, Vec::new())?))
}
