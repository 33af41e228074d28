//! Takes connections and answers what is asked on them, within the table of limits.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ledger::{Hash, PublicKey};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::pace::{Pace, Paced, Progress};
use super::peers::Book;
use super::places::{Place, Places};
use super::rate::Rates;
use super::reply::Answers;
use super::request::respond;
use super::tls::{HandshakeFault, proved_key};
use super::wire::{Limits, Role};

/// How long nothing is accepted after accepting failed.
const BREATH: Duration = Duration::from_millis(100);
/// Headers of a request: ours have six, a proxy may add some.
const HEADERS: usize = 32;
/// Bytes of a request's head, and of what is read ahead.
const HEAD: usize = 64 * 1024;
/// Connections answered with a refusal have this long to read it.
const FAREWELL: Duration = Duration::from_secs(2);

/// What all connections share.
pub struct Shared {
    pub network: Hash,
    pub limits: Limits,
    pub answers: Arc<dyn Answers>,
    pub book: Arc<Book>,
    pub places: Arc<Places>,
    pub rates: Mutex<Rates>,
    pub desks: Desks,
    /// Bytes of request bodies that may still be taken in, in KiB.
    pub held: Arc<Semaphore>,
    /// Bytes of whole replies that may still wait to be taken, in KiB.
    pub replies: Arc<Semaphore>,
    pub faults: Mutex<BTreeMap<&'static str, u64>>,
}

/// Answers that may be worked out at once. Strangers have at most half of them, and with members three quarters, so that validators
/// always find some.
pub struct Desks {
    all: Arc<Semaphore>,
    not_validators: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Desks {
    fn new(answers: usize) -> Self {
        let of = |share: usize| Arc::new(Semaphore::new(share.max(1)));
        Self {
            all: of(answers),
            not_validators: of(answers * 3 / 4),
            strangers: of(answers / 2),
        }
    }

    /// What somebody of this role has to wait for, one after the other.
    pub fn queues(&self, role: Role) -> Vec<Arc<Semaphore>> {
        let queues = [&self.strangers, &self.not_validators, &self.all];
        let first = match role {
            Role::Stranger => 0,
            Role::Member => 1,
            Role::Validator => 2,
        };
        queues.into_iter().skip(first).map(Arc::clone).collect()
    }
}

impl Shared {
    pub fn new(network: Hash, limits: Limits, answers: Arc<dyn Answers>, book: Arc<Book>) -> Self {
        Self {
            network,
            desks: Desks::new(limits.answers),
            held: Arc::new(Semaphore::new(limits.held / 1024)),
            replies: Arc::new(Semaphore::new(limits.held / 1024)),
            limits,
            answers,
            book,
            places: Arc::default(),
            rates: Mutex::default(),
            faults: Mutex::default(),
        }
    }

    pub fn pace(&self) -> Pace {
        Pace {
            least: self.limits.pace,
            grace: self.limits.grace,
        }
    }

    /// Counts what cannot be laid to a key.
    pub fn count(&self, code: &'static str) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        *faults.entry(code).or_default() += 1;
    }
}

/// One connection whose key is proved.
pub struct Connection {
    pub shared: Arc<Shared>,
    pub peer: PublicKey,
    pub address: IpAddr,
    pub place: Place,
    /// It has no room: its first request is refused by name.
    pub surplus: bool,
    pub progress: Arc<Progress>,
}

/// Takes connections for ever, each for itself.
pub async fn accept(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    loop {
        let (stream, address) = match listener.accept().await {
            Ok((stream, address)) => (stream, address.ip()),
            Err(_) => {
                // It broke off while it waited, or this process has no file handles left: others will end.
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let Some(place) = shared.places.take(address, &shared.limits) else {
            continue;
        };
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            // A delay for the sake of fuller packets would be felt in every vote; without this things still work.
            let _slower = stream.set_nodelay(true);
            serve(stream, address, place, acceptor, shared).await;
        });
    }
}

async fn serve(stream: TcpStream, address: IpAddr, place: Place, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(shared.limits.handshake, acceptor.accept(stream)) => shaken,
        () = place.needed() => return,
    };
    let stream = match shaken {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return shared.count(HandshakeFault::of(&error).code()),
        Err(_) => return shared.count(HandshakeFault::Slow.code()),
    };
    let Ok(peer) = proved_key(stream.get_ref().1.peer_certificates()) else {
        return shared.count(HandshakeFault::Key.code());
    };
    let role = shared.answers.role(&peer);
    let surplus = !place.known(peer, role, &shared.limits);
    let connection = Connection {
        peer,
        address,
        place,
        surplus,
        progress: Arc::default(),
        shared,
    };
    converse(stream, Arc::new(connection)).await;
}

/// Request after request, until one side has enough.
async fn converse(stream: TlsStream<TcpStream>, connection: Arc<Connection>) {
    let shared = &connection.shared;
    let paced = Paced::new(stream, shared.pace(), Arc::clone(&connection.progress));
    let service = service_fn(|request| {
        let connection = Arc::clone(&connection);
        async move { Ok::<_, Infallible>(respond(connection, request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(shared.limits.head)
        .max_headers(HEADERS)
        .max_buf_size(HEAD);
    let talk = http.serve_connection(TokioIo::new(paced), service);
    let ended = tokio::select! {
        ended = talk => ended,
        () = connection.place.needed() => return,
        () = tokio::time::sleep(FAREWELL), if connection.surplus => return,
    };
    let Err(error) = ended else { return };
    if connection.progress.cut() {
        shared.count("net.slow-reader");
    } else if error.is_timeout() {
        if connection.progress.begun() {
            shared.count("net.slow-head");
        }
    } else if error.is_parse() {
        shared.count("net.no-http");
    }
}
