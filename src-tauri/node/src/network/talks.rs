//! Desktops of other firms are handed what concerns them: one conversation with each at a time, on a thread of its own while it lasts, so
//! that a slow one delays nobody else.

use super::desks::{BAD_OPENING, Desks, UNREADABLE, UNTRUE, documented};
use super::poll::Woken;
use crate::error::NodeError;
use crate::exchange::{Contact, Exchanged};
use crate::net::{Net, Path};
use crate::node::Node;
use bytes::Bytes;
use ledger::{PublicKey, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
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
/// After so long no further message of a conversation is sent: others may wait for its thread.
const CONVERSATION: Duration = Duration::from_secs(20);

/// Which conversation has ended, and how long to rest after it.
type Ended = (PublicKey, Duration);

/// Who is spoken to now, and who when.
struct Rounds {
    node: Weak<Node>,
    talking: Arc<Talking>,
    /// Conversations at once.
    most: usize,
    /// When a desktop is spoken to next; missing: at once.
    due: BTreeMap<PublicKey, Instant>,
    /// When it was last spoken to.
    begun: BTreeMap<PublicKey, Instant>,
    /// The conversations that go on.
    open: BTreeMap<PublicKey, JoinHandle<()>>,
    /// With whom a conversation was going on when there was something new: they may not have been told of it.
    again: BTreeSet<PublicKey>,
    /// Whoever ends says so.
    ended: (Sender<Ended>, Receiver<Ended>),
}

/// What a conversation needs.
struct Talking {
    net: Arc<Net>,
    desks: Arc<Desks>,
}

/// Starts the thread that begins conversations, so many at once.
pub fn start(node: Weak<Node>, net: Arc<Net>, desks: Arc<Desks>, most: usize) -> Result<JoinHandle<()>, NodeError> {
    let mut rounds = Rounds {
        node,
        talking: Arc::new(Talking {
            net,
            desks: Arc::clone(&desks),
        }),
        most,
        due: BTreeMap::new(),
        begun: BTreeMap::new(),
        open: BTreeMap::new(),
        again: BTreeSet::new(),
        ended: channel(),
    };
    std::thread::Builder::new()
        .name("desks".to_owned())
        .spawn(move || {
            let mut rest = Duration::ZERO;
            loop {
                match desks.bell.woken(rest) {
                    Woken::Stopped => break,
                    Woken::Rung => rounds.all_due(),
                    Woken::Onward => {}
                }
                match rounds.round() {
                    Some(next) => rest = next,
                    None => break,
                }
            }
            rounds.end();
        })
        .map_err(NodeError::io("start the thread desks"))
}

impl Rounds {
    /// Somebody rang: everybody is due.
    fn all_due(&mut self) {
        self.due.clear();
        self.again.extend(self.open.keys());
    }

    /// One look around; gives how long to rest. None: the node is gone.
    fn round(&mut self) -> Option<Duration> {
        let node = self.node.upgrade()?;
        self.hear_of_ends();
        let contacts = self.talking.desks.all();
        for times in [&mut self.due, &mut self.begun] {
            times.retain(|key, _| contacts.iter().any(|contact| contact.node == *key));
        }
        let now = Instant::now();
        let mut waiting: Vec<&Contact> = contacts
            .iter()
            .filter(|contact| !contact.addresses.is_empty() && !self.open.contains_key(&contact.node))
            .filter(|contact| self.due.get(&contact.node).is_none_or(|due| *due <= now))
            .collect();
        // Whoever was not spoken to for longest comes first, or slow ones that are due again could hold all threads for good.
        waiting.sort_by_key(|contact| self.begun.get(&contact.node).copied());
        let free = self.most.saturating_sub(self.open.len());
        for contact in waiting.into_iter().take(free) {
            self.begun.insert(contact.node, now);
            if !self.begin(&node, contact) {
                self.due.insert(contact.node, now + LATER);
            }
        }
        // Those that wait for a thread are begun when one is free.
        let next = self.due.values().map(|due| due.saturating_duration_since(now));
        let next = next.filter(|wait| !wait.is_zero()).min();
        Some(next.unwrap_or(EASY).max(Duration::from_millis(50)))
    }

    fn hear_of_ends(&mut self) {
        while let Ok((key, rest)) = self.ended.1.try_recv() {
            if let Some(thread) = self.open.remove(&key) {
                // It has said all it had to say; if it panicked, that too.
                let _ended = thread.join();
            }
            match self.again.remove(&key) {
                true => self.due.remove(&key),
                false => self.due.insert(key, Instant::now() + rest),
            };
        }
    }

    /// Begins a conversation. False: there is no thread for it.
    fn begin(&mut self, node: &Arc<Node>, contact: &Contact) -> bool {
        let (node, contact, key) = (Arc::clone(node), contact.clone(), contact.node);
        let ends = Ends {
            key,
            rest: LATER,
            ended: self.ended.0.clone(),
            desks: Arc::clone(&self.talking.desks),
        };
        let talking = Arc::clone(&self.talking);
        let begun = std::thread::Builder::new().name("talk".to_owned()).spawn(move || {
            let mut ends = ends;
            // What cannot be read or written now can be at the next look.
            ends.rest = match talking.talk(&node, &contact) {
                Ok(Some(true)) => EAGER,
                Ok(Some(false)) => EASY,
                Ok(None) | Err(_) => LATER,
            };
        });
        begun.is_ok_and(|thread| self.open.insert(key, thread).is_none())
    }

    /// Waits for the conversations that go on; the network is stopped meanwhile, and they with it.
    fn end(self) {
        for thread in self.open.into_values() {
            let _ended = thread.join();
        }
    }
}

/// Says that a conversation has ended, however it does.
struct Ends {
    key: PublicKey,
    rest: Duration,
    ended: Sender<Ended>,
    desks: Arc<Desks>,
}

impl Drop for Ends {
    fn drop(&mut self) {
        // Nobody listens any more when it is over.
        let _over = self.ended.send((self.key, self.rest));
        self.desks.bell.tap();
    }
}

impl Talking {
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
