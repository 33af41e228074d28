//! Validators that are asked for blocks while no ledger is open here.

use crate::agreement::said::{Decided, SAID_BYTES, Said};
use crate::error::NodeError;
use crate::net::{Answers, Ask, AskError, Limits, Net, NetConfig, Path, Reply, Role, decode_frames};
use crate::network::Invitation;
use bytes::Bytes;
use ledger::{CommitCertificate, Header, PublicKey, SecretKey};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Points for a block that nobody in good faith gives: nothing more is taken from its giver.
const FORGED: u32 = 100;
/// A peer that says it is asked too often is given so long at most, and asked again.
const WAIT: Duration = Duration::from_secs(5);
/// So often.
const AGAIN: usize = 3;

/// A block, and who gave it. It proves itself, or not.
pub struct Giving {
    pub from: PublicKey,
    pub decided: Decided,
}

/// The validators of an invitation.
pub struct Givers {
    net: Net,
    /// Whom nothing speaks against yet.
    peers: Vec<PublicKey>,
    /// Whom to ask first: whoever gave last.
    turn: usize,
    /// Given and not taken yet.
    ready: BTreeMap<u64, Giving>,
    newest: u64,
}

/// We answer nobody: there is nothing to answer from.
struct Nobody;

impl Answers for Nobody {
    fn role(&self, _: &PublicKey) -> Role {
        Role::Stranger
    }

    fn answer(&self, _: PublicKey, _: Ask) -> Reply {
        Reply::refused(503, "net.stopped", "this node is being repaired")
    }
}

#[derive(Deserialize)]
struct Newest {
    commit: CommitCertificate,
    header: Header,
}

impl Givers {
    /// Asks all of them how far they are. A key for the occasion will do: every node may ask for blocks, and ours may be sealed.
    pub fn start(papers: &Invitation) -> Result<Self, NodeError> {
        let net = Net::start(
            NetConfig {
                key: Arc::new(SecretKey::from_seed(&crate::random()?)),
                network: papers.genesis.network(),
                listen: None,
                workers: 1,
                limits: Limits::default(),
            },
            Arc::new(Nobody),
        )?;
        let mut peers = BTreeSet::new();
        for seat in &papers.seats {
            net.book()
                .invite(seat.node, &seat.addresses, Instant::now())
                .map_err(|error| NodeError::Unknown(error.to_string()))?;
            peers.insert(seat.node);
        }
        let mut givers = Self {
            net,
            peers: peers.into_iter().collect(),
            turn: 0,
            ready: BTreeMap::new(),
            newest: 0,
        };
        givers.newest = givers
            .peers
            .iter()
            .filter_map(|peer| givers.head(*peer))
            .max()
            .unwrap_or(0);
        Ok(givers)
    }

    /// The greatest height of which one of them spoke; nothing is proved by it.
    pub const fn newest(&self) -> u64 {
        self.newest
    }

    fn head(&self, peer: PublicKey) -> Option<u64> {
        let body = self.ask(peer, Path::Head, "")?;
        let newest: Newest = serde_json::from_slice(&body).ok()?;
        (newest.commit.height == newest.header.height).then_some(newest.header.height)
    }

    fn ask(&self, peer: PublicKey, path: Path, query: &str) -> Option<Bytes> {
        for _ in 0..AGAIN {
            match self.net.ask_blocking(peer, path, query, Bytes::new()) {
                Ok(body) => return Some(body),
                Err(AskError::Refused { wait, .. }) if !wait.is_zero() => std::thread::sleep(wait.min(WAIT)),
                Err(_) => return None,
            }
        }
        None
    }

    /// A block of that height, by the first who gives one. None: nobody does.
    pub fn block(&mut self, height: u64) -> Option<Giving> {
        if let Some(giving) = self.ready.remove(&height) {
            return Some(giving);
        }
        self.ready.clear();
        let mut at = self.turn;
        for _ in 0..self.peers.len() {
            at %= self.peers.len();
            let peer = *self.peers.get(at)?;
            self.fetch(peer, height);
            if let Some(giving) = self.ready.remove(&height) {
                self.turn = at;
                return Some(giving);
            }
            at += 1;
        }
        None
    }

    /// Blocks from a height on, as many as a peer gives at once.
    fn fetch(&mut self, peer: PublicKey, from: u64) {
        let Some(body) = self.ask(peer, Path::Blocks, &format!("from={from}")) else {
            return;
        };
        let blame = || {
            self.net.book().blame(peer, "block.unreadable", FORGED, Instant::now());
        };
        let Ok(frames) = decode_frames(&body, SAID_BYTES) else {
            return blame();
        };
        for frame in frames {
            let Ok(Said::Block(decided)) = Said::parse(&frame) else {
                return blame();
            };
            let giving = Giving {
                from: peer,
                decided: *decided,
            };
            self.ready.insert(giving.decided.header.height, giving);
        }
    }

    /// What this peer gave was not good: nothing more is taken from it.
    pub fn distrust(&mut self, peer: PublicKey, what: &'static str) {
        self.net.book().blame(peer, what, FORGED, Instant::now());
        self.peers.retain(|one| *one != peer);
        self.ready.retain(|_, giving| giving.from != peer);
    }
}

impl Drop for Givers {
    fn drop(&mut self) {
        self.net.stop();
    }
}
