//! How a light node asks: for newer headers, one peer after the other, and for what has happened to the subjects it follows.

use super::poll::Poll;
use crate::error::NodeError;
use crate::light::question;
use crate::loops::Reach;
use crate::net::{Net, Path};
use crate::node::Node;
use bytes::Bytes;
use ledger::light::page::{Follower, HeadersTold, KEYS, Page, PageAsked, PageError, verify};
use ledger::{Evidence, LightError, Opening, Party, PublicKey, Subject, Trust, Trusted, Verdict};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Points for an answer that is proved to be false: no honest node gives one, and whoever does is dropped at once.
const FALSE: u32 = 1_000;
/// Points for an answer that cannot be read.
const UNREADABLE: u32 = 20;
/// Answers asked for in one round, one after the other; the rest comes in the next.
const ROUNDS: usize = 64;
/// Of so many followed subjects peers are asked at every new block which of them were written, whoever wrote them …
const WATCHED: u64 = 64;
/// … of more so often: the question itself is as long as all their keys.
const WATCH: Duration = Duration::from_secs(60);

/// What a light node asks for besides.
pub struct Watching {
    /// Whom records name that concern us.
    pub party: Option<Party>,
    /// Up to which block each peer has looked for us: no peer's word counts for another's.
    scanned: BTreeMap<PublicKey, u64>,
    /// When each peer was last asked about all that is followed.
    watched: BTreeMap<PublicKey, Instant>,
    /// Who was asked for the subjects that govern the network.
    governing: BTreeSet<PublicKey>,
}

impl Watching {
    /// For a party.
    pub const fn of(party: Option<Party>) -> Self {
        Self {
            party,
            scanned: BTreeMap::new(),
            watched: BTreeMap::new(),
            governing: BTreeSet::new(),
        }
    }
}

fn ask<Q: Serialize>(net: &Net, peer: PublicKey, path: Path, question: &Q) -> Option<Bytes> {
    // Questions always have a JSON form. Whoever does not answer is in the book.
    let body = serde_json::to_vec(question).unwrap_or_default();
    net.ask_blocking(peer, path, "", Bytes::from(body)).ok()
}

fn read<A: DeserializeOwned>(net: &Net, peer: PublicKey, body: &Bytes) -> Option<A> {
    let answer = serde_json::from_slice(body).ok();
    if answer.is_none() {
        net.book().blame(peer, "light.unreadable", UNREADABLE, Instant::now());
    }
    answer
}

impl Poll {
    /// One look around of a light node: newer headers first, then what they change of what we follow.
    pub fn follow(&mut self, node: &Node, waiting: bool) {
        let Some(peer) = self.next_validator() else { return };
        let Some(advanced) = self.headers(node, peer) else {
            return;
        };
        for round in 0..ROUNDS {
            let first = round == 0;
            match self.page(node, peer, first && waiting && advanced, first) {
                Some(true) => {}
                _ => return,
            }
        }
    }

    /// Newer headers of a peer. True: we are further than before; none: it cannot be relied on.
    fn headers(&mut self, node: &Node, peer: PublicKey) -> Option<bool> {
        let mut further = false;
        loop {
            let asked = node.headers_asked().ok()?;
            let body = ask(&self.net, peer, Path::Light, &asked)?;
            let told: HeadersTold = read(&self.net, peer, &body)?;
            let more = !told.changes.is_empty() && told.head.is_none();
            match node.headers_told(told).ok()? {
                Ok(advanced) => {
                    further |= advanced;
                    if !(more && advanced) {
                        return Some(further);
                    }
                }
                Err(error) => {
                    if let Some(code) = lie(&error) {
                        self.net.book().blame(peer, code, FALSE, Instant::now());
                    }
                    return None;
                }
            }
        }
    }

    /// The question of one page: about what we follow, and what else may concern us. None: nothing is to be asked now.
    fn question(
        &self,
        node: &Node,
        peer: PublicKey,
        trusted: &Trusted,
        followers: &[Follower],
        first: bool,
    ) -> Option<PageAsked> {
        let mut asked = question(followers);
        let scanned = self.watching.scanned.get(&peer).copied();
        let scanned = scanned.map_or_else(|| node.scanned().ok(), Some)?;
        if scanned < trusted.height() && first {
            asked.from = Some(scanned);
            asked.parties.extend(self.watching.party);
            asked.governing = !self.watching.governing.contains(&peer);
            let few = node
                .following()
                .ok()
                .flatten()
                .is_some_and(|all| all.subjects <= WATCHED);
            let watched = self.watching.watched.get(&peer);
            if few || watched.is_none_or(|at| at.elapsed() >= WATCH) {
                asked.keys = node.watched_keys(KEYS).ok()?;
            }
        }
        (trusted.height() > 0 && (asked.from.is_some() || !followers.is_empty())).then_some(asked)
    }

    /// One page about what we follow. True: there may be more; false: that was all; none: the peer gave nothing good.
    fn page(&mut self, node: &Node, peer: PublicKey, outbox: bool, first: bool) -> Option<bool> {
        let (trusted, followers) = node.page_asked(peer, outbox).ok()?;
        let Some(asked) = self.question(node, peer, &trusted, &followers, first) else {
            return Some(false);
        };
        let body = ask(&self.net, peer, Path::Follow, &asked)?;
        let Ok(mut page) = Page::parse(&body) else {
            self.net
                .book()
                .blame(peer, "light.unreadable", UNREADABLE, Instant::now());
            return None;
        };
        let (heard, head) = (std::mem::take(&mut page.heard), page.head.header.height);
        let took = page.subjects.len();
        self.believe(node, peer, &trusted, &followers, page)?;
        if let Some(from) = asked.from
            && node.heard(heard.touched).ok()?
        {
            let until = heard.until.clamp(from, head);
            self.watching.scanned.insert(peer, until);
            if asked.governing {
                self.watching.governing.insert(peer);
            }
            if !asked.keys.is_empty() {
                self.watching.watched.insert(peer, Instant::now());
            }
            self.note_scanned(node);
        }
        Some(took > 0 || asked.from.is_some())
    }

    /// After the next start looking begins where the last of the peers has come.
    fn note_scanned(&self, node: &Node) {
        let all = self.validators().iter().map(|peer| self.watching.scanned.get(peer));
        let lowest = all.map(|scanned| scanned.copied()).min().flatten();
        if let Some(lowest) = lowest.filter(|lowest| node.scanned().is_ok_and(|noted| noted < *lowest)) {
            // What is not noted is looked through again.
            let _later = node.save_scanned(lowest);
        }
    }

    /// Proves a page and keeps it.
    fn believe(
        &self,
        node: &Node,
        peer: PublicKey,
        trusted: &Trusted,
        followers: &[Follower],
        page: Page,
    ) -> Option<()> {
        let mut trusted = trusted.clone();
        if page.head.header.height > trusted.height() {
            let told = HeadersTold {
                changes: Vec::new(),
                head: Some(page.head.clone()),
                rival: None,
            };
            if let Err(error) = node.headers_told(told).ok()? {
                // A change of the set in between is asked for in the next round.
                let lie = lie(&error).filter(|_| error != LightError::WrongSet);
                if let Some(code) = lie {
                    self.net.book().blame(peer, code, FALSE, Instant::now());
                }
                return None;
            }
            trusted = node.page_asked(peer, false).ok()?.0;
        }
        if page.head.header.height < trusted.height() {
            return None; // late, which is no lie
        }
        let mut random = StdRng::from_seed(crate::random().ok()?);
        match verify(&page, &trusted, followers, &mut random) {
            Ok(taken) => node.page_told(peer, page, taken).ok().map(drop),
            // Somebody else may have taken us further in the meantime.
            Err(PageError::WrongHead) => None,
            Err(error) => {
                self.net.book().blame(peer, error.code(), FALSE, Instant::now());
                None
            }
        }
    }
}

/// The code of what only a liar tells; none where honest nodes may say it too.
fn lie(error: &LightError) -> Option<&'static str> {
    match error {
        LightError::WrongNetwork => Some("light.wrong-network"),
        LightError::Commit(_) => Some("light.bad-certificate"),
        LightError::WrongSet => Some("light.wrong-set"),
        LightError::WrongNextSet | LightError::NoChange => Some("light.wrong-next-set"),
        LightError::TimeNotLater => Some("light.time"),
        LightError::NextSetMissing => Some("light.next-set-missing"),
        // Late, ahead of our clock, or about the validators and not the peer.
        LightError::NotAbove { .. } | LightError::FromFuture | LightError::TrustExpired | LightError::Fork(_) => None,
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

    /// Whether evidence is about what was asked, of our network, and not below what we trust.
    fn is_good(&self, node: &Node, bytes: &[u8], about: &Subject) -> bool {
        let known = node.head().map(|head| head.height);
        let report = ledger::verify(bytes, &Trust::Expect(node.anchor()), known);
        report.verdict() == Verdict::Accepted && Evidence::parse(bytes).is_ok_and(|file| file.about == *about)
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
            if self.is_good(&node, &bytes, subject) {
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
