//! One look around of a light node, question by question: newer headers of a peer first, then what has happened to what it follows.
//!
//! No sockets, no threads and no clock in here: questions come out, answers go in. The simulation drives the very same code.

use super::question;
use crate::driver::Driver;
use crate::error::NodeError;
use crate::node::Node;
use ledger::light::page::{Follower, HeadersAsked, HeadersTold, Heard, KEYS, Page, PageAsked, PageError, verify};
use ledger::{LightError, Party, PublicKey, Trusted};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet};

/// Points for an answer that is proved to be false: no honest node gives one, and whoever does is dropped at once.
const FALSE: u32 = 1_000;
/// Points for an answer that cannot be read.
pub const UNREADABLE: u32 = 20;
/// Answers asked for in one round, one after the other; the rest comes in the next.
const ROUNDS: usize = 64;
/// Of so many followed subjects peers are asked at every new block which of them were written, whoever wrote them …
const WATCHED: u64 = 64;
/// … of more so often, in milliseconds: the question itself is as long as all their keys.
const WATCH_MILLIS: u64 = 60_000;

/// Who has the driver: itself, or a node behind its threads.
pub trait Holder {
    /// Asks the driver.
    ///
    /// # Errors
    /// Those of the question; the node was stopped.
    fn with<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut Driver) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, NodeError>;
}

impl Holder for Driver {
    fn with<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut Driver) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, NodeError> {
        question(self)
    }
}

impl Holder for &Node {
    fn with<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut Driver) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, NodeError> {
        self.ask(question)
    }
}

/// What a peer is asked.
#[derive(Clone, Debug)]
pub enum Question {
    /// What is newer?
    Headers(HeadersAsked),
    /// What has happened to what we follow?
    Page(PageAsked),
}

impl Question {
    /// As it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Questions always have a JSON form.
        match self {
            Self::Headers(asked) => serde_json::to_vec(asked),
            Self::Page(asked) => serde_json::to_vec(asked),
        }
        .unwrap_or_default()
    }
}

/// What an answer leads to.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// To be asked of the same peer next; none: the look is over.
    pub next: Option<Question>,
    /// What the peer did that no honest one does, and points for it.
    pub blame: Option<(&'static str, u32)>,
}

impl Answered {
    const fn asks(question: Question) -> Self {
        Self {
            next: Some(question),
            blame: None,
        }
    }

    const fn blames(code: &'static str, points: u32) -> Self {
        Self {
            next: None,
            blame: Some((code, points)),
        }
    }
}

/// A page that was asked for.
struct Awaited {
    asked: PageAsked,
    trusted: Trusted,
    followers: Vec<Follower>,
    round: usize,
}

enum Stage {
    Headers { further: bool },
    Page(Box<Awaited>),
}

/// The look that is under way.
struct Open {
    peer: PublicKey,
    /// Something of ours waits in the outbox.
    waiting: bool,
    stage: Stage,
}

/// How a light node looks around, and what it remembers of its peers for that.
pub struct Look {
    validators: Vec<PublicKey>,
    /// Whom records name that concern us.
    party: Option<Party>,
    /// Up to which block each peer has looked for us: no peer's word counts for another's.
    scanned: BTreeMap<PublicKey, u64>,
    /// When each peer was last asked about all that is followed.
    watched: BTreeMap<PublicKey, u64>,
    /// Who was asked for the subjects that govern the network.
    governing: BTreeSet<PublicKey>,
    open: Option<Open>,
}

impl Look {
    /// For a party, among these validators.
    #[must_use]
    pub const fn new(party: Option<Party>, validators: Vec<PublicKey>) -> Self {
        Self {
            validators,
            party,
            scanned: BTreeMap::new(),
            watched: BTreeMap::new(),
            governing: BTreeSet::new(),
            open: None,
        }
    }

    /// Begins to look, at one peer; what was under way is given up. `waiting`: the outbox is not empty.
    ///
    /// # Errors
    /// Storage; the node keeps whole blocks.
    pub fn begin(&mut self, holder: &mut impl Holder, peer: PublicKey, waiting: bool) -> Result<Question, NodeError> {
        self.open = None;
        self.ask_headers(holder, peer, waiting, false)
    }

    /// The peer has answered. `millis` is a clock that only moves on.
    ///
    /// # Errors
    /// Storage.
    pub fn answered(&mut self, holder: &mut impl Holder, millis: u64, body: &[u8]) -> Result<Answered, NodeError> {
        let Some(Open { peer, waiting, stage }) = self.open.take() else {
            return Ok(Answered::default());
        };
        match stage {
            Stage::Headers { further } => self.headers(holder, millis, (peer, waiting, further), body),
            Stage::Page(awaited) => self.page(holder, millis, peer, *awaited, body),
        }
    }

    fn ask_headers(
        &mut self,
        holder: &mut impl Holder,
        peer: PublicKey,
        waiting: bool,
        further: bool,
    ) -> Result<Question, NodeError> {
        let asked = holder.with(Driver::headers_asked)?;
        let stage = Stage::Headers { further };
        self.open = Some(Open { peer, waiting, stage });
        Ok(Question::Headers(asked))
    }

    /// Goes on by the headers of a peer; then asks what they change.
    fn headers(
        &mut self,
        holder: &mut impl Holder,
        millis: u64,
        (peer, waiting, further): (PublicKey, bool, bool),
        body: &[u8],
    ) -> Result<Answered, NodeError> {
        let Ok(told) = serde_json::from_slice::<HeadersTold>(body) else {
            return Ok(Answered::blames("light.unreadable", UNREADABLE));
        };
        let more = !told.changes.is_empty() && told.head.is_none();
        match holder.with(move |driver| driver.headers_told(&told))? {
            Ok(true) if more => {
                let question = self.ask_headers(holder, peer, waiting, true)?;
                Ok(Answered::asks(question))
            }
            Ok(advanced) => self.ask_page(holder, millis, peer, waiting && (further || advanced), 0),
            Err(error) => Ok(lie(&error).map_or_else(Answered::default, |code| Answered::blames(code, FALSE))),
        }
    }

    fn ask_page(
        &mut self,
        holder: &mut impl Holder,
        millis: u64,
        peer: PublicKey,
        outbox: bool,
        round: usize,
    ) -> Result<Answered, NodeError> {
        let (trusted, followers) = holder.with(move |driver| driver.page_asked(peer, outbox))?;
        let mut asked = question(&followers);
        let scanned = match self.scanned.get(&peer) {
            Some(scanned) => *scanned,
            None => holder.with(|driver| driver.chain.store.scanned())?,
        };
        if scanned < trusted.height() && round == 0 {
            asked.from = Some(scanned);
            asked.parties.extend(self.party);
            asked.governing = !self.governing.contains(&peer);
            let (subjects, _) = holder.with(|driver| driver.chain.store.count_followed())?;
            let watched = self.watched.get(&peer);
            if subjects <= WATCHED || watched.is_none_or(|at| millis.saturating_sub(*at) >= WATCH_MILLIS) {
                asked.keys = holder.with(|driver| driver.watched_keys(KEYS))?;
            }
        }
        if trusted.height() == 0 || (asked.from.is_none() && followers.is_empty()) {
            return Ok(Answered::default());
        }
        let awaited = Awaited {
            asked: asked.clone(),
            trusted,
            followers,
            round,
        };
        let stage = Stage::Page(Box::new(awaited));
        let waiting = false;
        self.open = Some(Open { peer, waiting, stage });
        Ok(Answered::asks(Question::Page(asked)))
    }

    /// Keeps a page about what we follow, and asks for the next.
    fn page(
        &mut self,
        holder: &mut impl Holder,
        millis: u64,
        peer: PublicKey,
        awaited: Awaited,
        body: &[u8],
    ) -> Result<Answered, NodeError> {
        let Ok(mut page) = Page::parse(body) else {
            return Ok(Answered::blames("light.unreadable", UNREADABLE));
        };
        let (heard, head) = (std::mem::take(&mut page.heard), page.head.header.height);
        let took = page.subjects.len();
        if let Err(answered) = believe(holder, peer, &awaited, page)? {
            return Ok(answered);
        }
        self.hear(holder, millis, peer, &awaited.asked, heard, head)?;
        let round = awaited.round + 1;
        if round >= ROUNDS || (took == 0 && awaited.asked.from.is_none()) {
            return Ok(Answered::default());
        }
        self.ask_page(holder, millis, peer, false, round)
    }

    /// What a peer says may concern us, up to which block.
    fn hear(
        &mut self,
        holder: &mut impl Holder,
        millis: u64,
        peer: PublicKey,
        asked: &PageAsked,
        heard: Heard,
        head: u64,
    ) -> Result<(), NodeError> {
        let Some(from) = asked.from else { return Ok(()) };
        if !holder.with(move |driver| driver.hear(&heard.touched))? {
            return Ok(());
        }
        self.scanned.insert(peer, heard.until.clamp(from, head));
        if asked.governing {
            self.governing.insert(peer);
        }
        if !asked.keys.is_empty() {
            self.watched.insert(peer, millis);
        }
        self.note_scanned(holder)
    }

    /// After the next start looking begins where the last of the peers has come.
    fn note_scanned(&self, holder: &mut impl Holder) -> Result<(), NodeError> {
        let all = self.validators.iter().map(|peer| self.scanned.get(peer));
        let Some(lowest) = all.map(|scanned| scanned.copied()).min().flatten() else {
            return Ok(());
        };
        holder.with(move |driver| {
            if driver.chain.store.scanned()? < lowest {
                driver.chain.store.save_scanned(lowest)?;
            }
            Ok(())
        })
    }
}

/// Proves a page and keeps it. Inner: why it is not kept.
fn believe(
    holder: &mut impl Holder,
    peer: PublicKey,
    awaited: &Awaited,
    page: Page,
) -> Result<Result<(), Answered>, NodeError> {
    let mut trusted = awaited.trusted.clone();
    if page.head.header.height > trusted.height() {
        let told = HeadersTold {
            changes: Vec::new(),
            head: Some(page.head.clone()),
            rival: None,
        };
        if let Err(error) = holder.with(move |driver| driver.headers_told(&told))? {
            // The set may have changed since the headers were told: that is asked for in the next round.
            let changed = matches!(error, LightError::WrongSet | LightError::NextSetMissing);
            let lie = lie(&error).filter(|_| !changed);
            return Ok(Err(
                lie.map_or_else(Answered::default, |code| Answered::blames(code, FALSE))
            ));
        }
        trusted = holder.with(move |driver| driver.page_asked(peer, false))?.0;
    }
    if page.head.header.height < trusted.height() {
        return Ok(Err(Answered::default())); // late, which is no lie
    }
    let mut random = StdRng::from_seed(crate::random()?);
    match verify(&page, &trusted, &awaited.followers, &mut random) {
        Ok(taken) => {
            holder.with(move |driver| driver.page_told(&peer, &page, taken))?;
            Ok(Ok(()))
        }
        // Somebody else may have taken us further in the meantime.
        Err(PageError::WrongHead) => Ok(Err(Answered::default())),
        Err(error) => Ok(Err(Answered::blames(error.code(), FALSE))),
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
