//! What is asked, and what is answered.

use bytes::Bytes;
use ledger::PublicKey;
use tokio::sync::mpsc;

use super::wire::{Path, Role};

/// Parts that wait until the peer takes them.
const WAITING: usize = 4;
/// Characters of the words that go with a refusal.
const WHAT: usize = 200;

/// Who answers. Every call is on a thread of its own that may block; `role` must not, it is asked before anything is read.
pub trait Answers: Send + Sync + 'static {
    /// Who this peer is to us.
    fn role(&self, peer: &PublicKey) -> Role;
    /// Answers what is within the limits of its path.
    fn answer(&self, from: PublicKey, ask: Ask) -> Reply;
}

/// A question that is within the limits of its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What is asked.
    pub path: Path,
    /// What stands after `?`, as it came.
    pub query: String,
    /// The body.
    pub body: Bytes,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status; below 300 the asker takes it as an answer, otherwise as a refusal.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// What was wrong with the question, by code, and what it costs the asker in points of its score.
    pub fault: Option<(&'static str, u32)>,
}

/// The bytes of an answer.
pub enum Body {
    /// All there is.
    Whole(Bytes),
    /// Drawn one by one, on a thread, as the peer takes them.
    Parts(Box<dyn Iterator<Item = Bytes> + Send>),
    /// To come; no thread waits for it. Made by [`later`].
    Later(mpsc::Receiver<Bytes>),
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Parts(_) => f.write_str("parts"),
            Self::Later(_) => f.write_str("later"),
        }
    }
}

impl Reply {
    /// A whole answer.
    #[must_use]
    pub fn whole(body: impl Into<Bytes>) -> Self {
        Self::of(200, Body::Whole(body.into()))
    }

    /// An answer in parts.
    #[must_use]
    pub fn parts(parts: impl Iterator<Item = Bytes> + Send + 'static) -> Self {
        Self::of(200, Body::Parts(Box::new(parts)))
    }

    /// An answer that waits for news, and where the news go. Without any within three quarters of the path's time the asker is
    /// answered with nothing (status 204).
    #[must_use]
    pub fn later() -> (Later, Self) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Later(sender), Self::of(200, Body::Later(receiver)))
    }

    /// A refusal by name, as JSON `{"refused":code,"what":what}`.
    #[must_use]
    pub fn refused(status: u16, code: &str, what: &str) -> Self {
        let what: String = what.chars().take(WHAT).collect();
        let body = serde_json::json!({ "refused": code, "what": what });
        Self::of(status, Body::Whole(body.to_string().into()))
    }

    /// The question was one that no honest peer asks.
    #[must_use]
    pub const fn costing(mut self, code: &'static str, points: u32) -> Self {
        self.fault = Some((code, points));
        self
    }

    const fn of(status: u16, body: Body) -> Self {
        Self {
            status,
            body,
            fault: None,
        }
    }
}

/// Where the parts of a later answer go. The answer ends when this is dropped.
#[derive(Debug)]
pub struct Later(mpsc::Sender<Bytes>);

impl Later {
    /// Sends a part. `false`: the peer is gone, or has not taken what was sent before.
    pub fn send(&self, part: Bytes) -> bool {
        self.0.try_send(part).is_ok()
    }

    /// Nobody waits any more.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.0.is_closed()
    }
}
