//! Documents between desktops: pieces of ours to their readers, and theirs fetched in the background, on a thread of its own so that
//! no record waits for a document.

use super::desks::Desks;
use super::door::{member, unreadable};
use crate::error::NodeError;
use crate::exchange::Contact;
use crate::net::{AskError, Net, PIECE, Path, Reply};
use crate::shelf::{Enclosure, Shelf};
use bytes::Bytes;
use ledger::{Hash, PublicKey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often is looked whether something can be fetched that nobody rang for.
const EASY: Duration = Duration::from_secs(10);
/// How long a document waits whose author cannot be reached …
const LATER: Duration = Duration::from_secs(5);
/// … and one of which a wrong piece, or another document, was given.
const MUCH_LATER: Duration = Duration::from_secs(300);
/// Least time between two pieces: what the table of limits grants without end, 20 a second.
const BREATH: Duration = Duration::from_millis(50);
/// Points for a piece or a document that is not what was asked for.
const WRONG: u32 = 20;

/// Which piece of which document is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceAsked {
    /// SHA-256 of the document.
    pub hash: Hash,
    /// Bytes of it before the piece.
    pub offset: u64,
    /// Bytes of the piece, 1 to [`PIECE`].
    pub length: u64,
}

impl PieceAsked {
    /// Reads the query of a question.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn parse(query: &str) -> Result<Self, &'static str> {
        let number = |name| member(query, name).and_then(|text| text.parse::<u64>().ok());
        let hash = member(query, "hash").and_then(|text| text.parse::<Hash>().ok());
        let (Some(hash), Some(offset), Some(length)) = (hash, number("offset"), number("length")) else {
            return Err("document");
        };
        if !(1..=PIECE).contains(&length) {
            return Err("length");
        }
        Ok(Self { hash, offset, length })
    }

    /// The query that asks for it.
    #[must_use]
    pub fn to_query(&self) -> String {
        let Self { hash, offset, length } = self;
        format!("hash={hash}&offset={offset}&length={length}")
    }
}

/// A piece of a document of ours, for who may read it. Who may not is not told whether we have it.
pub fn serve(shelf: &Shelf, contact: &Contact, query: &str) -> Result<Reply, NodeError> {
    let PieceAsked { hash, offset, length } = match PieceAsked::parse(query) {
        Ok(asked) => asked,
        Err(what) => return Ok(unreadable(what)),
    };
    let Some(one) = shelf.for_reader(&contact.party, &hash) else {
        return Ok(Reply::refused(403, "documents.not-a-reader", ""));
    };
    if offset >= one.document.bytes {
        return Ok(Reply::refused(416, "documents.out-of-range", ""));
    }
    // What our disk has spoilt would be laid to us as a lie.
    let piece = match shelf.is_sound(&hash)? {
        true => shelf.documents().piece(&hash, offset, length)?,
        false => None,
    };
    let Some(piece) = piece else {
        return Ok(Reply::refused(404, "documents.not-here", ""));
    };
    if offset + piece.len() as u64 >= one.document.bytes {
        shelf.fetched(&contact.node, one)?;
    }
    Ok(Reply::whole(piece))
}

/// Why a document did not come.
enum Missed {
    /// The network is over.
    Stopped,
    /// Its author's desktop cannot be reached, or does not give it now; a code.
    Later(String),
    /// What it gave is not the document.
    Wrong(&'static str),
}

struct Fetching {
    net: Arc<Net>,
    desks: Arc<Desks>,
    /// When a document is tried again, unless somebody rings.
    due: BTreeMap<Hash, Instant>,
    /// When a document is tried again of which something else was given.
    doubted: BTreeMap<Hash, Instant>,
    /// Documents of which no piece is older than this process: what is wrong with them is not our disk's doing.
    fresh: BTreeSet<Hash>,
}

/// Starts the thread.
pub fn start(net: Arc<Net>, desks: Arc<Desks>) -> Result<JoinHandle<()>, NodeError> {
    let mut fetching = Fetching {
        net,
        desks: Arc::clone(&desks),
        due: BTreeMap::new(),
        doubted: BTreeMap::new(),
        fresh: BTreeSet::new(),
    };
    std::thread::Builder::new()
        .name("documents".to_owned())
        .spawn(move || {
            let mut rest = EASY;
            loop {
                let before = Instant::now();
                if !desks.fetch.wait(rest) {
                    return;
                }
                if before.elapsed() < rest {
                    fetching.due.clear();
                }
                match fetching.round() {
                    Some(next) => rest = next,
                    None => return,
                }
            }
        })
        .map_err(NodeError::io("start the thread documents"))
}

impl Fetching {
    /// One look; gives how long to rest. None: it is over.
    fn round(&mut self) -> Option<Duration> {
        let Some(shelf) = self.desks.shelf() else {
            return Some(EASY);
        };
        let missing = shelf.missing();
        let named: BTreeSet<Hash> = missing.iter().map(|one| one.document.hash).collect();
        self.due.retain(|hash, _| named.contains(hash));
        for one in missing {
            let hash = one.document.hash;
            if self.waits(&hash) {
                continue;
            }
            let missed = self.fetch(&shelf, &one).err();
            let failed = match &missed {
                None => None,
                Some(Missed::Stopped) => return None,
                Some(Missed::Later(code)) => {
                    self.due.insert(hash, Instant::now() + LATER);
                    Some(code.as_str())
                }
                Some(Missed::Wrong(code)) => {
                    self.doubted.insert(hash, Instant::now() + MUCH_LATER);
                    Some(*code)
                }
            };
            if shelf.note_failed(&hash, failed) || failed.is_none() {
                self.desks.stir();
            }
        }
        // What was shown meanwhile is fetched at once.
        if shelf.missing().iter().any(|one| !self.waits(&one.document.hash)) {
            return Some(Duration::ZERO);
        }
        let now = Instant::now();
        let next = self.due.values().map(|due| due.saturating_duration_since(now)).min();
        Some(next.unwrap_or(EASY).max(BREATH))
    }

    /// Whether a document is not to be tried yet.
    fn waits(&self, hash: &Hash) -> bool {
        let now = Instant::now();
        let mut times = [&self.due, &self.doubted]
            .into_iter()
            .filter_map(|times| times.get(hash));
        times.any(|due| *due > now)
    }

    /// The desktop that showed it to us, else another of its author's that can be reached.
    fn giver(&self, one: &Enclosure) -> Option<PublicKey> {
        let contacts = self.desks.all();
        let reached = contacts
            .iter()
            .filter(|contact| contact.party == one.author && !contact.addresses.is_empty());
        let mut nodes = reached.map(|contact| contact.node);
        let first = nodes.clone().find(|node| Some(*node) == one.from);
        first.or_else(|| nodes.next())
    }

    /// Fetches what is missing of a document, and gives it its name.
    fn fetch(&mut self, shelf: &Shelf, one: &Enclosure) -> Result<(), Missed> {
        let named = &one.document;
        let stored = |error: NodeError| Missed::Later(error.code().to_owned());
        let giver = self
            .giver(one)
            .ok_or_else(|| Missed::Later("documents.no-way".to_owned()))?;
        let documents = shelf.documents();
        let mut have = documents.coming(&named.hash);
        if have > named.bytes {
            documents.forget(&named.hash).map_err(stored)?;
            have = 0;
        }
        if have == 0 {
            self.fresh.insert(named.hash);
        }
        while have < named.bytes {
            let begun = Instant::now();
            let length = PIECE.min(named.bytes - have);
            let asked = PieceAsked {
                hash: named.hash,
                offset: have,
                length,
            };
            let answer = self
                .net
                .ask_blocking(giver, Path::Documents, &asked.to_query(), Bytes::new());
            let piece = answer.map_err(|error: AskError| Missed::Later(error.code().to_owned()))?;
            if piece.len() as u64 != length {
                return Err(self.wrong(shelf, one, giver, "documents.wrong-length"));
            }
            documents.add(&named.hash, &piece).map_err(stored)?;
            have += length;
            shelf.note_failed(&named.hash, None);
            self.desks.stir();
            if have < named.bytes && !self.desks.fetch.wait(BREATH.saturating_sub(begun.elapsed())) {
                return Err(Missed::Stopped);
            }
        }
        match documents.finish(&named.hash).map_err(stored)? {
            true => Ok(()),
            false => Err(self.wrong(shelf, one, giver, "documents.wrong-hash")),
        }
    }

    /// What came is not the document: nothing of it is kept, and it counts against who gave it, unless our own disk may have spoilt it.
    fn wrong(&mut self, shelf: &Shelf, one: &Enclosure, giver: PublicKey, code: &'static str) -> Missed {
        let hash = one.document.hash;
        if let Err(error) = shelf.documents().forget(&hash) {
            return Missed::Later(error.code().to_owned());
        }
        if !self.fresh.remove(&hash) && code == "documents.wrong-hash" {
            return Missed::Later(code.to_owned());
        }
        self.net.book().blame(giver, code, WRONG, Instant::now());
        Missed::Wrong(code)
    }
}
