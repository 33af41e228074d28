//! How a light node asks: for newer headers, one peer after the other, and for what has happened to the subjects it follows.

use super::poll::Poll;
use crate::error::NodeError;
use crate::exchange::is_good;
use crate::light::{Question, UNREADABLE};
use crate::loops::Reach;
use crate::net::{Net, Path};
use crate::node::Node;
use bytes::Bytes;
use ledger::{Evidence, Opening, PublicKey, Subject};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

impl Poll {
    /// One look around of a light node, at the next of the validators.
    pub fn follow(&mut self, node: &Node, waiting: bool) {
        let Some(peer) = self.next_validator() else { return };
        let mut holder = node;
        // What cannot be read or kept now is asked for again in the next round.
        let mut next = self.look.begin(&mut holder, peer, waiting).ok();
        while let Some(question) = next {
            let path = match question {
                Question::Headers(_) => Path::Light,
                Question::Page(_) => Path::Follow,
            };
            // Whoever does not answer is in the book.
            let Ok(body) = self.net.ask_blocking(peer, path, "", Bytes::from(question.to_bytes())) else {
                return;
            };
            let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            let Ok(answered) = self.look.answered(&mut holder, now, &body) else {
                return;
            };
            if let Some((code, points)) = answered.blame {
                self.net.book().blame(peer, code, points, Instant::now());
            }
            next = answered.next;
        }
    }
}

/// Asks validators for evidence.
pub struct Asking {
    node: Weak<Node>,
    net: Arc<Net>,
    validators: Vec<PublicKey>,
    turn: AtomicUsize,
}

impl Asking {
    /// Of these.
    pub const fn of(node: Weak<Node>, net: Arc<Net>, validators: Vec<PublicKey>) -> Self {
        Self {
            node,
            net,
            validators,
            turn: AtomicUsize::new(0),
        }
    }
}

impl Reach for Asking {
    fn evidence(&self, subject: &Subject, openings: Vec<Opening>) -> Result<Vec<u8>, NodeError> {
        let node = self.node.upgrade().ok_or(NodeError::Stopped)?;
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        for at in 0..self.validators.len() {
            let Some(peer) = self.validators.get((first + at) % self.validators.len()) else {
                break;
            };
            let query = format!("subject={subject}");
            let Ok(bytes) = self.net.ask_blocking(*peer, Path::Evidence, &query, Bytes::new()) else {
                continue;
            };
            let known = node.head().map(|head| head.height);
            if is_good(&bytes, subject, &node.anchor(), known) {
                return with_openings(&bytes, openings);
            }
            self.net
                .book()
                .blame(*peer, "light.bad-evidence", UNREADABLE, Instant::now());
        }
        Err(NodeError::Unreachable)
    }
}

/// Evidence with openings of private fields beside it.
pub fn with_openings(bytes: &[u8], openings: Vec<Opening>) -> Result<Vec<u8>, NodeError> {
    if openings.is_empty() {
        return Ok(bytes.to_vec());
    }
    let failed = |error: ledger::block::DocumentError| NodeError::Unknown(error.to_string());
    let file = Evidence::parse(bytes).map_err(failed)?;
    Evidence { openings, ..file }.to_bytes().map_err(failed)
}
