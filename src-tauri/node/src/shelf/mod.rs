//! The documents that records name: the openings that say which, whom they were shown to, and where the sealed bytes are
//! (`docs/protocol.md`, section 17).

mod named;

pub use named::{NamedDocument, PREFIX, kept_media_type, kept_name};

use crate::clock::{Clock as _, SystemClock};
use crate::desk::Desk;
use crate::documents::Documents;
use crate::error::NodeError;
use crate::exchange::{Contact, OPENINGS, Opened};
use crate::net::DOCUMENT;
use crate::node::Node;
use ledger::{Hash, Opening, Party, PublicKey, Record, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the desk keeps openings of documents, by record and name.
const SPACE: &str = "documents";
/// Most bytes of the openings shown in one message.
const SHOWN_BYTES: usize = 64 * 1024;
/// Characters of a rule that another desktop names, most.
const RULE: usize = 100;
/// Bytes of the documents that one firm may lay on our shelf: 2 GiB.
const FROM_ONE: u64 = 2 << 30;

/// What a desktop made of an opening that it was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The rule that it breaks there; none: it was believed.
    pub rule: Option<String>,
    /// It has fetched the last piece.
    pub fetched: bool,
}

/// A document that a record names.
#[derive(Clone, Debug, PartialEq)]
pub struct Enclosure {
    /// Since when we know of it.
    pub at: Time,
    /// Who signed the record.
    pub author: Party,
    /// What the record names.
    pub document: NamedDocument,
    /// The desktop that showed it to us; none: it is ours.
    pub from: Option<PublicKey>,
    /// That the record names it.
    pub opening: Opening,
    /// The desktops it was shown to.
    pub told: BTreeMap<PublicKey, Told>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    at: Time,
    author: Party,
    from: Option<PublicKey>,
    opening: Opening,
    told: BTreeMap<PublicKey, Told>,
}

/// By record, and name in it.
type Enclosures = BTreeMap<(Hash, String), Enclosure>;

/// The documents of a firm.
pub struct Shelf {
    us: Party,
    documents: Documents,
    desk: Arc<Desk>,
    enclosures: Mutex<Enclosures>,
    /// Documents whose bytes were compared with their names since the start.
    sound: Mutex<BTreeSet<Hash>>,
    /// Why a document did not come when it was last tried, a code.
    failed: Mutex<BTreeMap<Hash, String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A record that is confirmed or waits here.
fn record_here(node: &Node, id: &Hash) -> Result<Option<Record>, NodeError> {
    node.read(|store| match store.record_number(id)? {
        Some(number) => Ok(Some(store.stored(number)?.record)),
        None => Ok(store.pending()?.into_iter().find(|record| record.id() == *id)),
    })
}

/// Whether a record is confirmed or waits here.
fn is_here(node: &Node, id: &Hash) -> Result<bool, NodeError> {
    node.read(|store| Ok(store.record_number(id)?.is_some() || store.is_pending(id)?))
}

impl Shelf {
    /// Our shelf, with what the desk keeps of it.
    ///
    /// # Errors
    /// The desk cannot be read.
    pub fn open(us: Party, documents: Documents, desk: Arc<Desk>) -> Result<Self, NodeError> {
        let mut enclosures = Enclosures::new();
        for (_, value, _) in desk.list(SPACE)? {
            let Ok(kept) = serde_json::from_value::<Kept>(value) else {
                continue;
            };
            let Some(document) = NamedDocument::of(&kept.opening) else {
                continue;
            };
            let key = (kept.opening.record, kept.opening.name.clone());
            enclosures.insert(
                key,
                Enclosure {
                    at: kept.at,
                    author: kept.author,
                    document,
                    from: kept.from,
                    opening: kept.opening,
                    told: kept.told,
                },
            );
        }
        Ok(Self {
            us,
            documents,
            desk,
            enclosures: Mutex::new(enclosures),
            sound: Mutex::default(),
            failed: Mutex::default(),
        })
    }

    /// The sealed bytes.
    #[must_use]
    pub const fn documents(&self) -> &Documents {
        &self.documents
    }

    /// All documents, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Enclosure> {
        let mut all: Vec<Enclosure> = lock(&self.enclosures).values().cloned().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.at));
        all
    }

    /// The documents of a record, by name.
    #[must_use]
    pub fn of(&self, record: &Hash) -> Vec<Enclosure> {
        let enclosures = lock(&self.enclosures);
        let from = enclosures.range((*record, String::new())..);
        from.take_while(|((id, _), _)| id == record)
            .map(|(_, enclosure)| enclosure.clone())
            .collect()
    }

    /// Why a document did not come when it was last tried, a code.
    #[must_use]
    pub fn failed(&self, hash: &Hash) -> Option<String> {
        lock(&self.failed).get(hash).cloned()
    }

    /// True: that is news.
    pub(crate) fn note_failed(&self, hash: &Hash, code: Option<&str>) -> bool {
        let mut failed = lock(&self.failed);
        let before = match code {
            Some(code) => failed.insert(*hash, code.to_owned()),
            None => failed.remove(hash),
        };
        before.as_deref() != code
    }

    fn save(&self, enclosures: &mut Enclosures, one: Enclosure) -> Result<(), NodeError> {
        let kept = Kept {
            at: one.at,
            author: one.author,
            from: one.from,
            opening: one.opening.clone(),
            told: one.told.clone(),
        };
        let value = serde_json::to_value(kept).map_err(|error| NodeError::Unknown(error.to_string()))?;
        let (record, name) = (one.opening.record, one.opening.name.clone());
        self.desk.put(SPACE, &format!("{record} {name}"), &value)?;
        enclosures.insert((record, name), one);
        Ok(())
    }

    /// Keeps what opens the documents of a record that we sign, before anybody else has the record.
    ///
    /// # Errors
    /// It cannot be saved; one of them names no document.
    pub fn enclose(&self, openings: Vec<Opening>) -> Result<(), NodeError> {
        for opening in openings {
            let document = NamedDocument::of(&opening);
            let document = document.ok_or_else(|| NodeError::Unknown("names no document".to_owned()))?;
            let one = Enclosure {
                at: SystemClock.now(),
                author: self.us,
                document,
                from: None,
                opening,
                told: BTreeMap::new(),
            };
            self.save(&mut lock(&self.enclosures), one)?;
        }
        Ok(())
    }

    /// Lets the openings of a record go that was signed and refused; the sealed bytes stay.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn withdraw(&self, record: &Hash) -> Result<(), NodeError> {
        for one in self.of(record) {
            let name = one.opening.name;
            self.desk.delete(SPACE, &format!("{record} {name}"))?;
            lock(&self.enclosures).remove(&(*record, name));
        }
        Ok(())
    }

    /// What a firm's desktop is to be shown now: openings of records that it can know, and has said nothing of.
    pub(crate) fn to_show(&self, node: &Node, contact: &Contact) -> Result<Vec<Opening>, NodeError> {
        let mut shown = Vec::new();
        let mut bytes = 0;
        for one in self.all().into_iter().rev() {
            let theirs = one.author == self.us && one.document.readers.contains(&contact.party);
            if !theirs || one.told.contains_key(&contact.node) || !is_here(node, &one.opening.record)? {
                continue;
            }
            bytes += serde_json::to_vec(&one.opening).map_or(SHOWN_BYTES, |text| text.len());
            if shown.len() >= OPENINGS || bytes > SHOWN_BYTES {
                break;
            }
            shown.push(one.opening);
        }
        Ok(shown)
    }

    /// What is made of openings that a firm's desktop shows. Of a record that is not here yet nothing is said: it is shown again.
    pub(crate) fn look_at(
        &self,
        node: &Node,
        contact: &Contact,
        shown: Vec<Opening>,
    ) -> Result<Vec<Opened>, NodeError> {
        let mut opened = Vec::new();
        for opening in shown {
            let (record, name) = (opening.record, opening.name.clone());
            if let Some(judged) = self.judge(node, contact, opening)? {
                let rule = judged.err().map(str::to_owned);
                opened.push(Opened { name, record, rule });
            }
        }
        Ok(opened)
    }

    fn judge(
        &self,
        node: &Node,
        contact: &Contact,
        opening: Opening,
    ) -> Result<Option<Result<(), &'static str>>, NodeError> {
        let Some(record) = record_here(node, &opening.record)? else {
            return Ok(None);
        };
        let known = |one: &Enclosure| one.opening == opening;
        let key = (opening.record, opening.name.clone());
        if lock(&self.enclosures).get(&key).is_some_and(known) {
            return Ok(Some(Ok(())));
        }
        let document = match self.admit(contact, &record, &opening) {
            Ok(document) => document,
            Err(rule) => return Ok(Some(Err(rule))),
        };
        let one = Enclosure {
            at: SystemClock.now(),
            author: contact.party,
            document,
            from: Some(contact.node),
            opening,
            told: BTreeMap::new(),
        };
        self.save(&mut lock(&self.enclosures), one)?;
        Ok(Some(Ok(())))
    }

    /// The checks of an opening that another firm shows; the first that fails names it.
    fn admit(&self, contact: &Contact, record: &Record, opening: &Opening) -> Result<NamedDocument, &'static str> {
        if *record.party() != contact.party {
            return Err("documents.not-theirs");
        }
        if !record.commits().iter().any(|commitment| opening.opens(commitment)) {
            return Err("documents.not-committed");
        }
        let document = NamedDocument::of(opening).ok_or("documents.bad-opening")?;
        if document.bytes > DOCUMENT {
            return Err("documents.over-limit");
        }
        if !document.readers.contains(&self.us) {
            return Err("documents.not-for-us");
        }
        let enclosures = lock(&self.enclosures);
        let theirs = enclosures.values().filter(|one| one.author == contact.party);
        let laid: u64 = theirs.map(|one| one.document.bytes).sum();
        match laid.saturating_add(document.bytes) > FROM_ONE {
            true => Err("documents.full"),
            false => Ok(document),
        }
    }

    /// What a firm's desktop said of openings that we showed it. True: something was new.
    pub(crate) fn heard(&self, contact: &Contact, said: Vec<Opened>) -> Result<bool, NodeError> {
        let mut news = false;
        for mut opened in said {
            if let Some(rule) = &mut opened.rule {
                *rule = rule.chars().take(RULE).collect();
            }
            let mut enclosures = lock(&self.enclosures);
            let Some(one) = enclosures.get(&(opened.record, opened.name)) else {
                continue;
            };
            let told = one.told.get(&contact.node);
            if one.author != self.us || told.is_some_and(|told| told.rule == opened.rule) {
                continue;
            }
            let mut one = one.clone();
            one.told.entry(contact.node).or_default().rule = opened.rule;
            self.save(&mut enclosures, one)?;
            news = true;
        }
        Ok(news)
    }

    /// A document of ours that this firm may read.
    pub(crate) fn for_reader(&self, reader: &Party, hash: &Hash) -> Option<Enclosure> {
        let enclosures = lock(&self.enclosures);
        let mut ours = enclosures.values().filter(|one| one.author == self.us);
        let named = |one: &&Enclosure| one.document.hash == *hash && one.document.readers.contains(reader);
        ours.find(named).cloned()
    }

    /// A reader's desktop has taken the last piece.
    pub(crate) fn fetched(&self, node: &PublicKey, one: Enclosure) -> Result<(), NodeError> {
        let mut enclosures = lock(&self.enclosures);
        let mut one = enclosures
            .get(&(one.opening.record, one.opening.name.clone()))
            .cloned()
            .unwrap_or(one);
        one.told.entry(*node).or_default().fetched = true;
        self.save(&mut enclosures, one)
    }

    /// Whether a document is here whole and what its name says; compared once after a start.
    pub(crate) fn is_sound(&self, hash: &Hash) -> Result<bool, NodeError> {
        if lock(&self.sound).contains(hash) {
            return Ok(true);
        }
        if self.documents.size(hash).is_none() || !self.documents.is_sound(hash)? {
            return Ok(false);
        }
        lock(&self.sound).insert(*hash);
        Ok(true)
    }

    /// Documents of others that are not here whole, oldest first.
    pub(crate) fn missing(&self) -> Vec<Enclosure> {
        let all = self.all().into_iter().rev();
        all.filter(|one| one.from.is_some() && self.documents.size(&one.document.hash).is_none())
            .collect()
    }
}
