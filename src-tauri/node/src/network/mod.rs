//! A node among others: what it says goes out over the links, what others ask is answered from the ledger.

mod door;
mod follow;
mod papers;
mod poll;
mod spread;

pub use papers::{Invitation, Seat};

use crate::error::NodeError;
use crate::net::{Limits, Net, NetConfig, NetView};
use crate::node::Node;
use door::Door;
use follow::Asking;
use ledger::{Party, PublicKey, SecretKey};
use poll::Polling;
use spread::Links;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

/// How a node takes part in a network.
pub struct Membership {
    /// Its own node key; never a vote or party key.
    pub key: SecretKey,
    /// Where it listens; a node that only asks listens nowhere.
    pub listen: Option<SocketAddr>,
    /// Where the validators are.
    pub seats: Vec<Seat>,
    /// Whom the records name that concern us.
    pub party: Option<Party>,
    /// Threads that move bytes.
    pub workers: usize,
    /// What we grant, and expect.
    pub limits: Limits,
}

/// A node's end of the network.
pub struct Network {
    net: Arc<Net>,
    links: Arc<Links>,
    key: PublicKey,
    polling: Arc<Polling>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Network {
    /// Opens the door and the links.
    ///
    /// # Errors
    /// The address is taken, or the system gives no threads or sockets.
    pub fn start(node: &Arc<Node>, membership: Membership) -> Result<Self, NodeError> {
        let key = membership.key.public();
        let seats = membership.seats.len();
        let others: Vec<Seat> = membership.seats.into_iter().filter(|seat| seat.node != key).collect();
        let door = Door::new(Arc::downgrade(node), others.iter().map(|seat| seat.node).collect());
        let config = NetConfig {
            key: Arc::new(membership.key),
            network: node.network(),
            listen: membership.listen,
            workers: membership.workers,
            limits: membership.limits,
        };
        let net = Arc::new(Net::start(config, Arc::new(door))?);
        for seat in &others {
            // A book that is full of strangers still takes whom we were told to know.
            net.book()
                .invite(seat.node, &seat.addresses, Instant::now())
                .map_err(|error| NodeError::Unknown(error.to_string()))?;
        }
        let peers: Vec<PublicKey> = others.iter().map(|seat| seat.node).collect();
        let validator = others.len() < seats;
        let (links, fetching) = Links::start(Arc::downgrade(node), Arc::clone(&net), validator, peers.iter().copied())?;
        let links = Arc::new(links);
        node.spread(Arc::clone(&links) as Arc<dyn crate::loops::Spread>)?;
        let mut threads = vec![fetching];
        if node.is_light()? {
            node.follow(crate::light::ours(
                membership.party.as_ref(),
                &node.validators_of(u64::MAX)?,
            ))?;
            if let Some(party) = membership.party {
                node.concern(party)?;
            }
            let asking = Asking::of(Arc::downgrade(node), Arc::clone(&net), peers.clone());
            node.reach_by(Arc::new(asking));
        }
        let polling = Arc::new(Polling::default());
        if !validator {
            threads.push(poll::start(
                Arc::downgrade(node),
                Arc::clone(&net),
                peers,
                membership.party,
                Arc::clone(&polling),
            )?);
        }
        Ok(Self {
            net,
            links,
            key,
            polling,
            threads: Mutex::new(threads),
        })
    }

    /// Our node key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Where we listen.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.net.address()
    }

    /// What a screen shows.
    #[must_use]
    pub fn view(&self) -> NetView {
        self.net.view()
    }

    /// There is something new in the outbox: it is brought at once.
    pub fn nudge(&self) {
        self.polling.ring();
    }

    /// The double votes that were seen here and not taken from here yet.
    #[must_use]
    pub fn take_offences(&self) -> Vec<ledger::DoubleVote> {
        self.links.take_offences()
    }

    /// Ends all links, connections and threads.
    pub fn stop(&self) {
        self.links.stop();
        self.polling.stop();
        self.net.stop();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A thread that panicked has said so already.
            let _ended = thread.join();
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.stop();
    }
}
