//! Desktops of other firms to which a person introduced ours: who they are, and what was last said between them and us.

use super::door::unreadable;
use super::poll::Polling;
use crate::clock::{Clock, SystemClock};
use crate::error::NodeError;
use crate::exchange::{Contact, Exchanged, NotKept, Opened};
use crate::net::Reply;
use crate::node::Node;
use crate::shelf::Shelf;
use ledger::{Hash, Opening, PublicKey, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

/// Points for what cannot be read …
pub const UNREADABLE: u32 = 20;
/// For an opening that does not open what its record names.
pub const BAD_OPENING: &str = "net.bad-opening";
/// … and for what no honest desktop says: a message with a forged record, or with evidence that does not hold.
pub const UNTRUE: u32 = 10;

/// How it goes with a desktop.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// When it last answered or asked.
    pub heard: Option<Time>,
    /// Records of ours that it does not keep, and why.
    pub not_kept: Vec<NotKept>,
    /// Why it could not be reached the last time, a code; none: it could.
    pub failed: Option<String>,
}

/// The desktops that we speak to.
#[derive(Default)]
pub struct Desks {
    contacts: RwLock<BTreeMap<PublicKey, Contact>>,
    talks: Mutex<BTreeMap<PublicKey, Talk>>,
    /// Counts what is new, for screens.
    step: AtomicU64,
    pub bell: Polling,
    /// The documents that records name; none where nobody keeps any.
    shelf: OnceLock<Arc<Shelf>>,
    /// Wakes the thread that fetches documents.
    pub fetch: Polling,
}

impl Desks {
    /// Exactly these from now on.
    pub fn set(&self, contacts: Vec<Contact>) {
        let contacts: BTreeMap<_, _> = contacts.into_iter().map(|contact| (contact.node, contact)).collect();
        *self.contacts.write().unwrap_or_else(PoisonError::into_inner) = contacts;
        // After that, since whoever notes something looks at the contacts first.
        self.talks().retain(|node, _| self.get(node).is_some());
        self.bell.ring();
        self.fetch.ring();
    }

    /// From now on documents are shown, given and fetched.
    pub fn keep(&self, shelf: Arc<Shelf>) {
        // A second shelf would be the same again.
        let _kept = self.shelf.set(shelf);
    }

    /// The documents.
    pub fn shelf(&self) -> Option<Arc<Shelf>> {
        self.shelf.get().cloned()
    }

    /// The desktop of a node key.
    pub fn get(&self, node: &PublicKey) -> Option<Contact> {
        let contacts = self.contacts.read().unwrap_or_else(PoisonError::into_inner);
        contacts.get(node).cloned()
    }

    /// Everybody.
    pub fn all(&self) -> Vec<Contact> {
        let contacts = self.contacts.read().unwrap_or_else(PoisonError::into_inner);
        contacts.values().cloned().collect()
    }

    fn talks(&self) -> MutexGuard<'_, BTreeMap<PublicKey, Talk>> {
        self.talks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it goes with each.
    pub fn view(&self) -> BTreeMap<PublicKey, Talk> {
        self.talks().clone()
    }

    /// Counts up whenever something is other than before.
    pub fn step(&self) -> u64 {
        self.step.load(Ordering::Relaxed)
    }

    /// What a desktop said of our records, as far as they wait here.
    pub fn note(&self, node: &Node, from: PublicKey, said: &Exchanged) -> Result<(), NodeError> {
        let known = self
            .talks()
            .get(&from)
            .map(|talk| talk.not_kept.clone())
            .unwrap_or_default();
        let ids = known.iter().chain(&said.not_kept).map(|one| one.id);
        let waiting: BTreeSet<Hash> = node.read(|store| {
            let waits = ids.map(|id| Ok(store.is_pending(&id)?.then_some(id)));
            waits.filter_map(Result::transpose).collect()
        })?;
        let mut talks = self.talks();
        if self.get(&from).is_none() {
            // Forgotten while it spoke.
            return Ok(());
        }
        let talk = talks.entry(from).or_default();
        let before = (talk.not_kept.clone(), talk.failed.clone(), talk.heard.is_some());
        talk.heard = Some(SystemClock.now());
        talk.failed = None;
        talk.not_kept
            .retain(|one| waiting.contains(&one.id) && !said.have.contains(&one.id));
        for one in said.not_kept.iter().filter(|one| waiting.contains(&one.id)) {
            talk.not_kept.retain(|known| known.id != one.id);
            talk.not_kept.push(one.clone());
        }
        if before != (talk.not_kept.clone(), talk.failed.clone(), true) {
            self.stir();
        }
        Ok(())
    }

    pub fn note_failed(&self, node: PublicKey, code: &str) {
        let mut talks = self.talks();
        if self.get(&node).is_none() {
            return;
        }
        let talk = talks.entry(node).or_default();
        if talk.failed.as_deref() != Some(code) {
            talk.failed = Some(code.to_owned());
            self.stir();
        }
    }

    /// There is something to show.
    pub fn stir(&self) {
        self.step.fetch_add(1, Ordering::Relaxed);
    }

    /// What is made of the documents that a desktop shows, and of what it says of ours. To be heard when its records are here.
    /// True: one of them is what no honest desktop shows.
    pub fn look_at(&self, node: &Node, contact: &Contact, said: Documented) -> Result<(Vec<Opened>, bool), NodeError> {
        let Some(shelf) = self.shelf() else {
            return Ok((Vec::new(), false));
        };
        let (shown, said) = said;
        let news = shelf.heard(contact, said)?;
        let opened = shelf.look_at(node, contact, shown)?;
        if news || !opened.is_empty() {
            self.stir();
            self.fetch.ring();
        }
        // That our shelf is full is not their fault.
        let mut rules = opened.iter().filter_map(|one| one.rule.as_deref());
        let lied = rules.any(|rule| rule != "documents.full");
        Ok((opened, lied))
    }

    pub fn to_show(&self, node: &Node, contact: &Contact) -> Result<Vec<Opening>, NodeError> {
        self.shelf()
            .map_or_else(|| Ok(Vec::new()), |shelf| shelf.to_show(node, contact))
    }

    /// What a desktop says to us, and what it is answered.
    pub fn answer(&self, node: &Node, contact: &Contact, body: &[u8]) -> Result<Reply, NodeError> {
        let Ok(mut said) = Exchanged::parse(body) else {
            return Ok(unreadable("exchange"));
        };
        let documented = documented(&mut said);
        let wanted = said.wanted.clone();
        self.note(node, contact.node, &said)?;
        let (mut answer, heard) = node.said_to_us(contact, said)?;
        if heard.news {
            self.stir();
            self.bell.ring();
        }
        let Exchanged { evidence, records, .. } = node.to_say(contact, &wanted)?;
        (answer.evidence, answer.records) = (evidence, records);
        let (opened, lied) = self.look_at(node, contact, documented)?;
        (answer.opened, answer.openings) = (opened, self.to_show(node, contact)?);
        let bytes = answer.to_bytes();
        let reply = Reply::whole(bytes.map_err(|error| NodeError::Unknown(error.to_string()))?);
        Ok(match (heard.fault, lied) {
            (Some(code), _) => reply.costing(code, UNTRUE),
            (None, true) => reply.costing(BAD_OPENING, UNREADABLE),
            (None, false) => reply,
        })
    }
}

/// Openings that are shown, and what is said of those shown before.
type Documented = (Vec<Opening>, Vec<Opened>);

pub fn documented(said: &mut Exchanged) -> Documented {
    (std::mem::take(&mut said.openings), std::mem::take(&mut said.opened))
}
