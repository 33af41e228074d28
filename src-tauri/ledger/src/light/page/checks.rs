//! Whether a page is true and whole, under a header that is trusted.

use std::collections::BTreeMap;

use rand_core::CryptoRng;

use super::{Page, PlacedRecord, Proved, Shown};
use crate::block::Header;
use crate::hash::Hash;
use crate::history::{self, Frontier};
use crate::ids::Subject;
use crate::index::IndexValue;
use crate::light::Trusted;
use crate::merkle::InclusionProof;
use crate::record::verify_batch;
use crate::state::State;

/// What a light node has of a subject that it asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follower {
    /// The tree over the RecordIds it has, right edge only.
    pub frontier: Frontier,
    /// Which subject.
    pub subject: Subject,
}

/// What a page proves of a subject.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The tree over all RecordIds that are had now.
    pub frontier: Frontier,
    /// Value and state as of the page's head; none if nothing was ever recorded about it.
    pub present: Option<(IndexValue, State)>,
    /// Places in the page's `records` of what is new, in order.
    pub records: Vec<usize>,
    /// Which subject.
    pub subject: Subject,
    /// Whether this is all there is as of the page's head. If not, `present` says nothing, and nothing of it is believed before the rest
    /// has come.
    pub whole: bool,
}

/// Why a page is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It hangs from another header than the one trusted.
    #[error("it hangs from another header than the one trusted")]
    WrongHead,
    /// A block is not in the history of the head.
    #[error("block {0} is not in the history of the head")]
    History(u64),
    /// A record stands in a block that is not shown, or not where it says.
    #[error("record {0} does not stand where it says")]
    Inclusion(usize),
    /// A record's signature is not good.
    #[error("record {0} is not signed by its key")]
    Signature(usize),
    /// A subject that was not asked about, or twice.
    #[error("{0} was not asked about")]
    NotAsked(Subject),
    /// A subject's records are not in order, do not name it, or are not shown.
    #[error("the records of {0} are not its own, in order")]
    Records(Subject),
    /// The index does not say what is claimed.
    #[error("the index does not say this of {0}")]
    Index(Subject),
    /// Records are left out, or others put in.
    #[error("the records of {0} are not all, or not those that the index names")]
    Incomplete(Subject),
    /// The state is not the one that the index names.
    #[error("the state of {0} is another")]
    State(Subject),
    /// More was promised and nothing given.
    #[error("of {0} nothing is shown")]
    Nothing(Subject),
}

impl PageError {
    /// Code for counting and for words.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongHead => "light.wrong-head",
            Self::History(_) => "light.not-in-history",
            Self::Inclusion(_) => "light.not-in-block",
            Self::Signature(_) => "light.bad-signature",
            Self::NotAsked(_) => "light.not-asked",
            Self::Records(_) => "light.other-records",
            Self::Index(_) => "light.bad-index-proof",
            Self::Incomplete(_) => "light.withheld",
            Self::State(_) => "light.other-state",
            Self::Nothing(_) => "light.nothing",
        }
    }
}

fn ensure(good: bool, error: impl FnOnce() -> PageError) -> Result<(), PageError> {
    if good { Ok(()) } else { Err(error()) }
}

/// Checks a page that answers a question about `asked`, under the newest trusted header, which must be the page's head. Mandates are
/// not checked again: the validators who certified the head did, as they checked all rules. `rng` must be unpredictable to the authors.
///
/// # Errors
/// The first check it fails; then nothing of it is believed.
pub fn verify(
    page: &Page,
    trusted: &Trusted,
    asked: &[Follower],
    rng: &mut impl CryptoRng,
) -> Result<Vec<Taken>, PageError> {
    let head = &page.head.header;
    ensure(trusted.header().is_some_and(|header| header.id() == head.id()), || {
        PageError::WrongHead
    })?;
    let headers = headers(page)?;
    for (at, placed) in page.records.iter().enumerate() {
        ensure(stands(placed, &headers), || PageError::Inclusion(at))?;
    }
    let records: Vec<_> = page.records.iter().map(|placed| placed.record.clone()).collect();
    if let Some(at) = verify_batch(&records, rng).iter().position(|good| !good) {
        return Err(PageError::Signature(at));
    }
    let mut open: BTreeMap<&Subject, &Follower> = asked.iter().map(|one| (&one.subject, one)).collect();
    page.subjects
        .iter()
        .map(|shown| {
            let follower = open.remove(&shown.subject);
            take(
                page,
                shown,
                follower.ok_or_else(|| PageError::NotAsked(shown.subject.clone()))?,
            )
        })
        .collect()
}

/// The headers by height, each proved to be in the history of the head.
fn headers(page: &Page) -> Result<BTreeMap<u64, &Header>, PageError> {
    let head = &page.head.header;
    let mut headers = BTreeMap::from([(head.height, head)]);
    for block in &page.blocks {
        let height = block.header.height;
        let below = (1..head.height).contains(&height) && block.header.network == head.network;
        let proved = below
            && history::verify(
                &block.header.id(),
                height - 1,
                head.height - 1,
                &block.path,
                &head.history_root,
            );
        ensure(proved, || PageError::History(height))?;
        headers.insert(height, &block.header);
    }
    Ok(headers)
}

fn stands(placed: &PlacedRecord, headers: &BTreeMap<u64, &Header>) -> bool {
    headers.get(&placed.height).is_some_and(|header| {
        let proof = InclusionProof {
            index: placed.index,
            count: header.records_count,
            path: placed.path.clone(),
        };
        proof.verify(&placed.record.leaf(), &header.records_root)
    })
}

fn take(page: &Page, shown: &Shown, follower: &Follower) -> Result<Taken, PageError> {
    let subject = &shown.subject;
    let mut frontier = follower.frontier.clone();
    let mut last = (0, 0);
    for at in &shown.records {
        let own = page.records.get(*at);
        let own = own.filter(|placed| placed.record.subjects().binary_search(subject).is_ok());
        let own = own.filter(|placed| (placed.height, placed.index) > last);
        let own = own.ok_or_else(|| PageError::Records(subject.clone()))?;
        last = (own.height, own.index);
        frontier.push(&own.record.id());
    }
    let mut taken = Taken {
        frontier,
        present: None,
        records: shown.records.clone(),
        subject: subject.clone(),
        whole: shown.proved.is_some(),
    };
    match &shown.proved {
        None => ensure(!shown.records.is_empty(), || PageError::Nothing(subject.clone()))?,
        Some(proved) => {
            is_all(&page.head.header.index_root, subject, proved, &taken.frontier, last.0)?;
            taken.present.clone_from(&proved.present);
        }
    }
    Ok(taken)
}

/// Whether the index under `root` names exactly the records of `frontier`, the newest of them of height `newest` if there are new ones.
fn is_all(root: &Hash, subject: &Subject, proved: &Proved, frontier: &Frontier, newest: u64) -> Result<(), PageError> {
    let key = subject.index_key();
    let index = || PageError::Index(subject.clone());
    let incomplete = || PageError::Incomplete(subject.clone());
    let Some((value, state)) = &proved.present else {
        ensure(proved.proof.verify_absence(root, &key), index)?;
        return ensure(frontier.count() == 0, incomplete);
    };
    ensure(proved.proof.verify_presence(root, &key, &value.hash()), index)?;
    ensure(
        value.count == frontier.count() && value.records == frontier.root(),
        incomplete,
    )?;
    ensure(newest == 0 || newest == value.changed, incomplete)?;
    ensure(state.hash() == value.state, || PageError::State(subject.clone()))
}
