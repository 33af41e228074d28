//! A node among others: what it says goes out over the links, what others ask is answered from the ledger.

mod desks;
mod documents;
mod door;
mod follow;
mod papers;
mod poll;
mod spread;
mod talks;

pub use documents::PieceAsked;
pub use follow::with_openings;
pub use papers::{Invitation, Seat};

use crate::error::NodeError;
use crate::exchange::Contact;
use crate::net::{Limits, Net, NetConfig, NetView};
use crate::node::Node;
use crate::shelf::Shelf;
use desks::Desks;
pub use desks::Talk;
use door::Door;
use follow::Asking;
use ledger::{Party, PublicKey, SecretKey};
use poll::Polling;
use spread::Links;
use std::collections::BTreeMap;
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
    desks: Arc<Desks>,
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
        let validator = others.len() < seats;
        let desks = Arc::new(Desks::default());
        let peers = others.iter().map(|seat| seat.node).collect();
        let door = Door::new(Arc::downgrade(node), peers, Arc::clone(&desks), !validator);
        let config = NetConfig {
            key: Arc::new(membership.key),
            network: node.network(),
            listen: membership.listen,
            workers: membership.workers,
            limits: membership.limits,
        };
        let talks = config.limits.talks;
        let net = Arc::new(Net::start(config, Arc::new(door))?);
        for seat in &others {
            // A book that is full of strangers still takes whom we were told to know.
            net.book()
                .invite(seat.node, &seat.addresses, Instant::now())
                .map_err(|error| NodeError::Unknown(error.to_string()))?;
        }
        let peers: Vec<PublicKey> = others.iter().map(|seat| seat.node).collect();
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
        if !validator {
            threads.push(talks::start(
                Arc::downgrade(node),
                Arc::clone(&net),
                Arc::clone(&desks),
                talks,
            )?);
            threads.push(documents::start(Arc::clone(&net), Arc::clone(&desks))?);
        }
        Ok(Self {
            net,
            links,
            key,
            polling,
            desks,
            threads: Mutex::new(threads),
        })
    }

    /// From now on exactly these desktops of other firms are spoken to, and heard.
    ///
    /// # Errors
    /// They are more than fit.
    pub fn meet(&self, contacts: Vec<Contact>) -> Result<(), NodeError> {
        for contact in &contacts {
            self.net
                .book()
                .invite(contact.node, &contact.addresses, Instant::now())
                .map_err(|error| NodeError::Unknown(error.to_string()))?;
        }
        self.desks.set(contacts);
        Ok(())
    }

    /// From now on the documents that records name are shown to their readers, given to them, and fetched.
    pub fn keep(&self, shelf: Arc<Shelf>) {
        self.desks.keep(shelf);
    }

    /// How it goes with each of the desktops.
    #[must_use]
    pub fn talks(&self) -> BTreeMap<PublicKey, Talk> {
        self.desks.view()
    }

    /// Counts up whenever something between desktops is other than before.
    #[must_use]
    pub fn talked(&self) -> u64 {
        self.desks.step()
    }

    /// From now on we listen there, or nowhere.
    ///
    /// # Errors
    /// The address is taken, or the system gives no sockets.
    pub fn listen(&self, at: Option<SocketAddr>) -> Result<(), NodeError> {
        self.net.listen(at)
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
        self.desks.bell.ring();
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
        self.desks.bell.stop();
        self.desks.fetch.stop();
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
