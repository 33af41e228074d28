//! Asks a peer something, within the same table of limits: what a peer answers is as little trusted as what it asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use hyper::header::RETRY_AFTER;
use ledger::{Hash, PublicKey};
use serde::Deserialize;
use tokio::time::timeout_at;

use super::address::Address;
use super::pace::Pace;
use super::peers::{Book, Failure, Standing};
use super::tls::{HandshakeFault, Identity};
use super::wire::{Limits, NETWORK_HEADER, Path, Refusal, Row, VERSION, VERSION_HEADER};

/// Peers whose connections are kept.
const KEPT: usize = 128;
/// Quiet connections kept for one peer.
const QUIET: usize = 4;
/// Greatest body of a refusal, in bytes.
const WORDS: usize = 4096;
/// Greatest length of a code or of words in a refusal.
const CODE: usize = 200;

/// Why there is no answer, by what the caller can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Nobody is there, or we know no address: try later, or another peer.
    #[error("unreachable: {what}")]
    Unreachable {
        /// What the system said.
        what: String,
    },
    /// The peer said no. Whether it helps to ask again is in the code.
    #[error("refused: {code} {what}")]
    Refused {
        /// HTTP status; 0 where it was refused on our side.
        status: u16,
        /// The peer's code.
        code: String,
        /// The peer's words.
        what: String,
        /// How long it said to wait.
        wait: Duration,
    },
    /// It took longer than the table allows: ask another peer.
    #[error("too slow")]
    TooSlow,
    /// The question or the answer is larger than the table allows.
    #[error("larger than agreed")]
    TooLarge,
    /// Somebody else answered at all its addresses: its address is wrong, or somebody stands between.
    #[error("another key answered")]
    WrongKey,
    /// It broke off, or the answer made no sense.
    #[error("broken off: {what}")]
    Broken {
        /// What happened.
        what: String,
    },
}

impl AskError {
    /// Code for words.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable { .. } => "net.unreachable",
            Self::Refused { code, .. } => code,
            Self::TooSlow => "net.slow-peer",
            Self::TooLarge => "net.too-large",
            Self::WrongKey => "net.wrong-key",
            Self::Broken { .. } => "net.broken-off",
        }
    }

    /// The same question may be answered later.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TooSlow | Self::WrongKey | Self::Broken { .. } => true,
            Self::TooLarge => false,
            Self::Refused { status, code, .. } => {
                Refusal::of(code).map_or(matches!(status, 429 | 503), Refusal::passes)
            }
        }
    }

    /// What it costs the peer. Whoever answers with another key is not the peer.
    const fn points(&self) -> u32 {
        match self {
            Self::Unreachable { .. } | Self::Refused { .. } | Self::WrongKey => 0,
            Self::TooSlow | Self::Broken { .. } => 2,
            Self::TooLarge => 10,
        }
    }

    /// The peer answered, though with a no of its own: nothing is wrong with the way there.
    fn is_answer(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if !code.starts_with("net."))
    }

    fn refused_here(refusal: Refusal, wait: Duration) -> Self {
        Self::Refused {
            status: 0,
            code: refusal.code().to_owned(),
            what: String::new(),
            wait,
        }
    }
}

/// What a peer says with a refusal.
#[derive(Default, Deserialize)]
struct Words {
    refused: String,
    #[serde(default)]
    what: String,
}

/// Connections to a peer: those to this machine itself go past every proxy.
type Agents = BTreeMap<(PublicKey, bool), (Instant, reqwest::Client)>;

/// Asks peers.
pub struct Client {
    identity: Identity,
    network: String,
    limits: Limits,
    book: Arc<Book>,
    agents: Mutex<Agents>,
}

impl Client {
    pub fn new(identity: Identity, network: Hash, limits: Limits, book: Arc<Book>) -> Self {
        Self {
            identity,
            network: network.to_string(),
            limits,
            book,
            agents: Mutex::default(),
        }
    }

    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub const fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// Closes what is connected but quiet: after a pause the other ends may long be gone.
    pub fn hang_up(&self) {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Asks, at each address of the peer until it answers. Runs on the network's own threads.
    pub async fn ask(&self, peer: PublicKey, path: Path, query: &str, body: Bytes) -> Result<Bytes, AskError> {
        let row = self.limits.row(path);
        if body.len() > row.request {
            return Err(AskError::TooLarge);
        }
        if let Standing::Dropped(wait) = self.book.standing(&peer, Instant::now()) {
            return Err(AskError::refused_here(Refusal::Dropped, wait));
        }
        let mut failed = AskError::Unreachable {
            what: "no address".to_owned(),
        };
        for address in self.book.addresses(&peer) {
            match self.ask_at(peer, &address, row, query, body.clone()).await {
                Ok(answer) => {
                    self.book.reached(&peer, &address, Instant::now());
                    return Ok(answer);
                }
                Err(error) if error.is_answer() => {
                    self.book.reached(&peer, &address, Instant::now());
                    return Err(error);
                }
                Err(error) => failed = error,
            }
            if !matches!(failed, AskError::Unreachable { .. } | AskError::WrongKey) {
                break;
            }
        }
        let at_least = match &failed {
            AskError::Refused { wait, .. } => *wait,
            _ => Duration::ZERO,
        };
        let failure = Failure {
            code: failed.code(),
            points: failed.points(),
            at_least,
            // Without randomness the whole wait is kept: no harm but a little time.
            draw: crate::random().map_or(0, u64::from_le_bytes),
        };
        self.book.failed(peer, &failure, Instant::now());
        Err(failed)
    }

    /// The connections to a peer.
    fn agent(&self, peer: PublicKey, loopback: bool) -> Result<reqwest::Client, AskError> {
        let now = Instant::now();
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((used, agent)) = agents.get_mut(&(peer, loopback)) {
            *used = now;
            return Ok(agent.clone());
        }
        let broken = |error: &dyn std::error::Error| AskError::Broken {
            what: error.to_string(),
        };
        let pinned = self.identity.client(peer).map_err(|error| broken(&error))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(pinned)
            .https_only(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(self.limits.handshake)
            .pool_max_idle_per_host(QUIET)
            // Sooner than the other side hangs up: what is sent into a closing connection is lost.
            .pool_idle_timeout(self.limits.head / 2);
        if loopback {
            builder = builder.no_proxy();
        }
        let agent = builder.build().map_err(|error| broken(&error))?;
        if agents.len() >= KEPT {
            let oldest = agents.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                agents.remove(&oldest);
            }
        }
        agents.insert((peer, loopback), (now, agent.clone()));
        Ok(agent)
    }

    async fn ask_at(
        &self,
        peer: PublicKey,
        address: &Address,
        row: &Row,
        query: &str,
        body: Bytes,
    ) -> Result<Bytes, AskError> {
        let agent = self.agent(peer, address.is_loopback())?;
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("https://{address}{}{mark}{query}", row.url);
        let mut request = agent
            .request(row.method.clone(), url)
            .header(NETWORK_HEADER, &self.network)
            .header(VERSION_HEADER, VERSION)
            .timeout(row.within);
        if !body.is_empty() {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return self.take_in(response, row.reply).await;
        }
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let wait = wait
            .and_then(|seconds| seconds.parse().ok())
            .map_or(Duration::ZERO, Duration::from_secs);
        let words = self.take_in(response, WORDS).await.unwrap_or_default();
        let words: Words = serde_json::from_slice(&words).unwrap_or_default();
        let short = |text: &str| -> String { text.chars().take(CODE).collect() };
        let code = if words.refused.is_empty() {
            "net.refused".to_owned()
        } else {
            short(&words.refused)
        };
        Err(AskError::Refused {
            status,
            code,
            what: short(&words.what),
            wait,
        })
    }

    /// The body of an answer, at most `most` bytes of it, and no slower than agreed.
    async fn take_in(&self, mut response: reqwest::Response, most: usize) -> Result<Bytes, AskError> {
        let declared = response
            .content_length()
            .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        if declared.is_some_and(|bytes| bytes > most) {
            return Err(AskError::TooLarge);
        }
        let pace = Pace {
            least: self.limits.pace,
            grace: self.limits.grace,
        };
        let start = Instant::now();
        let mut taken = BytesMut::with_capacity(declared.unwrap_or(0));
        loop {
            let deadline = pace.deadline(start, taken.len() as u64);
            let next = timeout_at(deadline.into(), response.chunk()).await;
            match next.map_err(|_| AskError::TooSlow)?.map_err(|error| failure(&error))? {
                None => return Ok(taken.freeze()),
                Some(part) if taken.len() + part.len() > most => return Err(AskError::TooLarge),
                Some(part) => taken.extend_from_slice(&part),
            }
        }
    }
}

/// What a failure of the connection means.
fn failure(error: &reqwest::Error) -> AskError {
    let mut what = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        what = cause.to_string();
        source = cause.source();
    }
    match HandshakeFault::inside(error) {
        Some(HandshakeFault::Key) => AskError::WrongKey,
        Some(fault @ HandshakeFault::RefusedUs) => AskError::Refused {
            status: 0,
            code: fault.code().to_owned(),
            what,
            wait: Duration::ZERO,
        },
        _ if error.is_connect() => AskError::Unreachable { what },
        _ if error.is_timeout() => AskError::TooSlow,
        _ => AskError::Broken { what },
    }
}
