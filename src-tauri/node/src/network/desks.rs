//! Desktops of other firms to which a person introduced ours: who they are, and one thread that hands them what concerns them.

use super::door::unreadable;
use super::poll::Polling;
use crate::clock::{Clock, SystemClock};
use crate::error::NodeError;
use crate::exchange::{Contact, Exchanged, NotKept, Opened};
use crate::net::{Net, Path, Reply};
use crate::node::Node;
use crate::shelf::Shelf;
use bytes::Bytes;
use ledger::{Hash, Opening, PublicKey, Subject, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a desktop is spoken to while it has not taken all that concerns it …
const EAGER: Duration = Duration::from_secs(1);
/// … while it cannot be reached …
const LATER: Duration = Duration::from_secs(5);
/// … and when there is nothing to say: it may have something for us and not know where we are.
const EASY: Duration = Duration::from_secs(10);
/// Messages of one conversation: records, verdicts, what was missing, the verdicts on that.
const TURNS: usize = 6;
/// After so long no further message of a conversation is sent: others wait for their turn.
const CONVERSATION: Duration = Duration::from_secs(20);
/// Points for what cannot be read …
const UNREADABLE: u32 = 20;
/// For an opening that does not open what its record names.
const BAD_OPENING: &str = "net.bad-opening";
/// … and for what no honest desktop says: a message with a forged record, or with evidence that does not hold.
const UNTRUE: u32 = 10;

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
        self.talks().retain(|node, _| contacts.contains_key(node));
        *self.contacts.write().unwrap_or_else(PoisonError::into_inner) = contacts;
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
    fn note(&self, node: &Node, from: PublicKey, said: &Exchanged) -> Result<(), NodeError> {
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

    fn note_failed(&self, node: PublicKey, code: &str) {
        let mut talks = self.talks();
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
    fn look_at(&self, node: &Node, contact: &Contact, said: Documented) -> Result<(Vec<Opened>, bool), NodeError> {
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

    fn to_show(&self, node: &Node, contact: &Contact) -> Result<Vec<Opening>, NodeError> {
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

fn documented(said: &mut Exchanged) -> Documented {
    (std::mem::take(&mut said.openings), std::mem::take(&mut said.opened))
}

struct Talking {
    node: Weak<Node>,
    net: Arc<Net>,
    desks: Arc<Desks>,
    due: BTreeMap<PublicKey, Instant>,
}

/// Starts the thread.
pub fn start(node: Weak<Node>, net: Arc<Net>, desks: Arc<Desks>) -> Result<JoinHandle<()>, NodeError> {
    let mut talking = Talking {
        node,
        net,
        desks: Arc::clone(&desks),
        due: BTreeMap::new(),
    };
    std::thread::Builder::new()
        .name("desks".to_owned())
        .spawn(move || {
            let mut rest = Duration::ZERO;
            loop {
                let before = Instant::now();
                if !desks.bell.wait(rest) {
                    return;
                }
                // Somebody rang: everybody is due.
                if before.elapsed() < rest {
                    talking.due.clear();
                }
                match talking.round() {
                    Some(next) => rest = next,
                    None => return,
                }
            }
        })
        .map_err(NodeError::io("start the thread desks"))
}

impl Talking {
    /// One look around; gives how long to rest. None: the node is gone.
    fn round(&mut self) -> Option<Duration> {
        let node = self.node.upgrade()?;
        let contacts = self.desks.all();
        self.due
            .retain(|key, _| contacts.iter().any(|contact| contact.node == *key));
        for contact in contacts.iter().filter(|contact| !contact.addresses.is_empty()) {
            if self.due.get(&contact.node).is_some_and(|due| *due > Instant::now()) {
                continue;
            }
            // What cannot be read or written now can be at the next look.
            let rest = match self.talk(&node, contact) {
                Ok(Some(true)) => EAGER,
                Ok(Some(false)) => EASY,
                Ok(None) | Err(_) => LATER,
            };
            self.due.insert(contact.node, Instant::now() + rest);
        }
        let now = Instant::now();
        let next = self.due.values().map(|due| due.saturating_duration_since(now)).min();
        Some(next.unwrap_or(EASY).max(Duration::from_millis(50)))
    }

    /// One conversation. True: something was new; none: it cannot be reached.
    fn talk(&self, node: &Node, contact: &Contact) -> Result<Option<bool>, NodeError> {
        let mut answer = Exchanged::default();
        let mut wanted: Vec<Subject> = Vec::new();
        let mut any = false;
        let begun = Instant::now();
        for turn in 0..TURNS {
            let mut say = node.to_say(contact, &wanted)?;
            if turn > 0 && wanted.is_empty() {
                // They were told already.
                say.records.clear();
            } else {
                say.openings = self.desks.to_show(node, contact)?;
            }
            (say.have, say.not_kept, say.wanted) = (answer.have, answer.not_kept, answer.wanted);
            say.opened = answer.opened;
            if turn > 0 && (say.is_empty() || begun.elapsed() > CONVERSATION) {
                break;
            }
            let body = say.to_bytes().map_err(|error| NodeError::Unknown(error.to_string()))?;
            let told = match self
                .net
                .ask_blocking(contact.node, Path::Exchange, "", Bytes::from(body))
            {
                Ok(told) => told,
                Err(error) => {
                    self.desks.note_failed(contact.node, error.code());
                    return Ok(None);
                }
            };
            let Ok(mut said) = Exchanged::parse(&told) else {
                self.net
                    .book()
                    .blame(contact.node, "net.unreadable", UNREADABLE, Instant::now());
                return Ok(None);
            };
            self.desks.note(node, contact.node, &said)?;
            wanted.clone_from(&said.wanted);
            let documented = documented(&mut said);
            let (mut next, heard) = node.said_to_us(contact, said)?;
            let (opened, lied) = self.desks.look_at(node, contact, documented)?;
            next.opened = opened;
            if let Some(code) = heard.fault {
                self.net.book().blame(contact.node, code, UNTRUE, Instant::now());
            }
            if lied {
                let now = Instant::now();
                self.net.book().blame(contact.node, BAD_OPENING, UNREADABLE, now);
            }
            if heard.news {
                self.desks.stir();
            }
            any |= heard.news;
            answer = next;
        }
        Ok(Some(any))
    }
}
