//! What goes out: an ordered link to every other validator, and one thread that fetches missed blocks.

use crate::agreement::To;
use crate::agreement::said::Said;
use crate::error::NodeError;
use crate::loops::Spread;
use crate::net::{Link, Net, Path, decode_frames};
use crate::node::Node;
use bytes::Bytes;
use ledger::{DoubleVote, PublicKey};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Instant;

/// Requests for blocks that wait; more are dropped, since they are asked again.
const FETCHES: usize = 4;
/// What a node loses that sent a forged or altered block: it is dropped at once.
const FORGED: u32 = 1_000;
/// Double votes that wait to be put on record.
const OFFENCES: usize = 64;

/// The links of a node.
pub struct Links {
    net: Arc<Net>,
    links: BTreeMap<PublicKey, Link>,
    /// Whether we are one of them: only validators are sent what validators say.
    validator: bool,
    fetch: Mutex<Option<SyncSender<(PublicKey, u64)>>>,
    offences: Mutex<Vec<DoubleVote>>,
}

impl Links {
    /// Links to these nodes, and the thread that fetches.
    pub fn start(
        node: Weak<Node>,
        net: Arc<Net>,
        validator: bool,
        peers: impl Iterator<Item = PublicKey>,
    ) -> Result<(Self, JoinHandle<()>), NodeError> {
        let links = peers.map(|peer| (peer, net.link(peer, Path::Consensus))).collect();
        let (fetch, wanted) = sync_channel(FETCHES);
        let thread = std::thread::Builder::new()
            .name("fetch".to_owned())
            .spawn({
                let net = Arc::clone(&net);
                move || fetch_loop(&node, &net, &wanted)
            })
            .map_err(NodeError::io("start the thread fetch"))?;
        let links = Self {
            net,
            links,
            validator,
            fetch: Mutex::new(Some(fetch)),
            offences: Mutex::default(),
        };
        Ok((links, thread))
    }

    /// The double votes noted since the last time.
    pub fn take_offences(&self) -> Vec<DoubleVote> {
        std::mem::take(&mut *self.offences.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The fetching thread ends when its door is shut.
    pub fn stop(&self) {
        self.fetch.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Spread for Links {
    fn say(&self, to: To, said: Said) {
        match (to, said) {
            (To::One(peer), Said::WantBlocks(from)) => {
                let fetch = self.fetch.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(fetch) = fetch.as_ref() {
                    // Full: it is asked again.
                    let _later = fetch.try_send((peer, from));
                }
            }
            // Our records go to validators by another path, and to nobody else anything.
            _ if !self.validator => {}
            (To::One(peer), said) => {
                if let Some(link) = self.links.get(&peer) {
                    // What is too large for a link is no message of ours.
                    let _unsendable = link.send(Bytes::from(said.to_bytes()));
                }
            }
            (To::All, said) => {
                let bytes = Bytes::from(said.to_bytes());
                for link in self.links.values() {
                    let _unsendable = link.send(bytes.clone());
                }
            }
        }
    }

    fn blame(&self, who: PublicKey, what: &'static str) {
        self.net.book().blame(who, what, FORGED, Instant::now());
    }

    fn offence(&self, proof: DoubleVote) {
        let mut offences = self.offences.lock().unwrap_or_else(PoisonError::into_inner);
        if offences.len() < OFFENCES && !offences.contains(&proof) {
            offences.push(proof);
        }
    }
}

fn fetch_loop(node: &Weak<Node>, net: &Net, wanted: &Receiver<(PublicKey, u64)>) {
    while let Ok((peer, from)) = wanted.recv() {
        let query = format!("from={from}");
        let Ok(body) = net.ask_blocking(peer, Path::Blocks, &query, Bytes::new()) else {
            continue; // another one is asked
        };
        let Some(node) = node.upgrade() else { return };
        let Ok(frames) = decode_frames(&body, crate::agreement::said::SAID_BYTES) else {
            net.book().blame(peer, "block.unreadable", FORGED, Instant::now());
            continue;
        };
        for frame in frames {
            match Said::parse(&frame) {
                Ok(block @ Said::Block(_)) => {
                    if node.hear(peer, block).is_err() {
                        return;
                    }
                }
                _ => net.book().blame(peer, "block.unreadable", FORGED, Instant::now()),
            }
        }
    }
}
