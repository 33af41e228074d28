//! Bytes between nodes known by their keys: HTTP/1.1 over TLS 1.3, both sides with the self-signed certificate of an Ed25519 node key
//! and nothing else to trust. It knows nothing of records, consensus or storage.
//!
//! What may be asked, how large, how often and by whom is in one table ([`TABLE`]). A peer that breaks it is refused by name, slowed,
//! then dropped, and the [`Book`] says why.

mod address;
mod client;
mod frames;
mod links;
mod outgoing;
mod pace;
mod peers;
mod places;
mod rate;
mod reply;
mod request;
mod server;
mod tls;
mod wake;
mod wire;

pub use address::{Address, AddressError};
pub use client::AskError;
pub use frames::{FrameError, decode as decode_frames, encode as encode_frames};
pub use links::{Link, LinkCounts};
pub use peers::{Book, BookFull, PeerView, Source, Standing};
pub use places::Crowd;
pub use reply::{Answers, Ask, Body, Later, Reply};
pub use wire::{DOCUMENT, Limits, PIECE, Path, Refusal, Role, Row, TABLE};

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use ledger::{Hash, PublicKey, SecretKey};
use tokio::runtime::{Handle, Runtime};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::error::NodeError;
use client::Client;
use server::Shared;
use tls::Identity;
use wake::Watchman;

/// Threads for looking up names and such, besides those that answer.
const OTHERS: usize = 8;
/// How long [`Net::stop`] waits for answers being worked out.
const STOP: Duration = Duration::from_secs(3);

/// What a network needs to start.
pub struct NetConfig {
    /// Our node key; never a vote or party key.
    pub key: Arc<SecretKey>,
    /// The network (hash of its genesis): others are not answered.
    pub network: Hash,
    /// Where to listen; `None` for a node that only asks. Port 0: any.
    pub listen: Option<SocketAddr>,
    /// Threads that move bytes, at least 1.
    pub workers: usize,
    /// What we grant, and expect.
    pub limits: Limits,
}

/// What a screen shows of the network.
#[derive(Clone, Debug)]
pub struct NetView {
    /// All peers, by key.
    pub peers: Vec<PeerView>,
    /// How full it is here.
    pub crowd: Crowd,
    /// What went wrong before a key was known, and what was cut, by code.
    pub faults: BTreeMap<&'static str, u64>,
}

/// Our end of the network: its threads, and what they share.
pub struct Net {
    runtime: Mutex<Option<Runtime>>,
    threads: Handle,
    client: Arc<Client>,
    shared: Arc<Shared>,
    acceptor: TlsAcceptor,
    listening: Mutex<Option<Listening>>,
}

/// A door that is open.
struct Listening {
    address: SocketAddr,
    taking: JoinHandle<()>,
}

impl Net {
    /// Starts listening, where asked to, and is ready to ask.
    ///
    /// # Errors
    /// The address is taken, or the system gives no threads or sockets.
    pub fn start(config: NetConfig, answers: Arc<dyn Answers>) -> Result<Self, NodeError> {
        let book = Arc::new(Book::new(config.key.public()));
        let listen = config.listen;
        let identity = Identity::new(config.key)
            .map_err(std::io::Error::other)
            .map_err(NodeError::io("node certificate"))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(config.workers.max(1))
            .max_blocking_threads(config.limits.answers + OTHERS)
            .thread_name("net")
            .enable_all()
            .build()
            .map_err(NodeError::io("network threads"))?;
        let shared = Shared::new(config.network, config.limits.clone(), answers, Arc::clone(&book));
        let shared = Arc::new(shared);
        let tls = identity.server().map_err(std::io::Error::other);
        let acceptor = TlsAcceptor::from(Arc::new(tls.map_err(NodeError::io("server certificate"))?));
        let client = Arc::new(Client::new(identity, config.network, config.limits, book));
        runtime.spawn(watch(Arc::clone(&client)));
        let net = Self {
            threads: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
            client,
            shared,
            acceptor,
            listening: Mutex::default(),
        };
        net.listen(listen)?;
        Ok(net)
    }

    /// From now on we listen there and nowhere else; nowhere at all where nothing is given. Connections that are open stay.
    ///
    /// # Errors
    /// The address is taken, or the system gives no sockets; then we listen nowhere.
    pub fn listen(&self, at: Option<SocketAddr>) -> Result<(), NodeError> {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = listening.take() {
            before.taking.abort();
        }
        let Some(at) = at else { return Ok(()) };
        let failed = || NodeError::io(format!("listen on {at}"));
        let listener = std::net::TcpListener::bind(at).map_err(failed())?;
        listener.set_nonblocking(true).map_err(failed())?;
        let address = listener.local_addr().map_err(failed())?;
        let _inside = self.threads.enter();
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed())?;
        let taking = server::accept(listener, self.acceptor.clone(), Arc::clone(&self.shared));
        let taking = self.threads.spawn(taking);
        *listening = Some(Listening { address, taking });
        Ok(())
    }

    /// Where we listen.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        listening.as_ref().map(|listening| listening.address)
    }

    /// The peer book.
    #[must_use]
    pub fn book(&self) -> &Book {
        self.client.book()
    }

    /// What a screen shows.
    #[must_use]
    pub fn view(&self) -> NetView {
        NetView {
            peers: self.book().view(Instant::now()),
            crowd: self.shared.places.crowd(),
            faults: self
                .shared
                .faults
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    /// Asks a peer of the book.
    ///
    /// # Errors
    /// There is no answer; see [`AskError`].
    pub async fn ask(&self, peer: PublicKey, path: Path, query: &str, body: Bytes) -> Result<Bytes, AskError> {
        let (client, query) = (Arc::clone(&self.client), query.to_owned());
        let asked = self
            .threads
            .spawn(async move { client.ask(peer, path, &query, body).await });
        asked.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// The same for a thread that may block.
    ///
    /// # Errors
    /// There is no answer; see [`AskError`].
    pub fn ask_blocking(&self, peer: PublicKey, path: Path, query: &str, body: Bytes) -> Result<Bytes, AskError> {
        let (client, query) = (Arc::clone(&self.client), query.to_owned());
        let (sender, answer) = std::sync::mpsc::sync_channel(1);
        drop(self.threads.spawn(async move {
            // Nobody waits for it any more: fine.
            let _unheard = sender.send(client.ask(peer, path, &query, body).await);
        }));
        answer.recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Asks a peer for others and notes them. → how many were new.
    ///
    /// # Errors
    /// There is no answer, or it is no list of peers.
    pub fn learn_from(&self, peer: PublicKey) -> Result<usize, AskError> {
        let told = self.ask_blocking(peer, Path::Peers, "", Bytes::new())?;
        let now = Instant::now();
        self.book().learn(&told, now).map_err(|error| {
            self.book()
                .blame(peer, "net.bad-peers", Refusal::TooLarge.points(), now);
            AskError::Broken {
                what: error.to_string(),
            }
        })
    }

    /// A stream of messages to a peer, as [`decode_frames`] reads them at the other end.
    #[must_use]
    pub fn link(&self, peer: PublicKey, path: Path) -> Link {
        Link::start(Arc::clone(&self.client), peer, path, &self.threads)
    }

    /// Ends all connections, links and threads; answers being worked out are waited for a little. Call it from a thread that may block.
    pub fn stop(&self) {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_timeout(STOP);
        }
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        let runtime = self.runtime.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_background();
        }
    }
}

/// Makes ring the cryptography of every TLS client of this process that names none. Our own name it; but any other client of `reqwest`
/// in the process stops the thread that builds it without this, even if it only speaks plain HTTP on loopback.
pub fn install_cryptography() {
    // Somebody was first: fine.
    let _installed = rustls::crypto::ring::default_provider().install_default();
}

/// The address under which this machine reaches others, and they may reach it; loopback where there is no network. Nothing is sent.
#[must_use]
pub fn own_address() -> IpAddr {
    let found = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        // Of the documentation (RFC 5737): where it would be sent says which of our addresses it would come from.
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    let usable = found.ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified());
    usable.unwrap_or(Ipv4Addr::LOCALHOST.into())
}

fn stopped() -> AskError {
    AskError::Unreachable {
        what: "the network has stopped".to_owned(),
    }
}

/// After a pause of the machine everything is tried at once, and over new connections.
async fn watch(client: Arc<Client>) {
    let mut watchman = Watchman::new(Instant::now(), SystemTime::now());
    loop {
        tokio::time::sleep(wake::LOOK).await;
        if watchman.look(Instant::now(), SystemTime::now()) {
            client.hang_up();
            client.book().wake();
        }
    }
}

#[cfg(test)]
mod tests;
