//! A light node's questions, and what is made of the answers.

use super::Light;
use crate::chain::Chain;
use crate::driver::{Course, Driver};
use crate::error::{Halt, NodeError};
use crate::node::Node;
use ledger::light::page::{Follower, HeadersAsked, HeadersTold, Page, Taken};
use ledger::{Fork, Hash, LightError, Party, PublicKey, Record, Subject, Time, Trusted};

/// What a screen shows of a light node.
#[derive(Clone, Debug)]
pub struct Following {
    /// How many subjects are followed.
    pub subjects: u64,
    /// How many of those wait for their first answer.
    pub waiting: u64,
    /// Until when the node may go on from what it trusts: the end of the trusting period.
    pub good_until: Time,
    /// What stopped it.
    pub fork: Option<Fork>,
}

impl Node {
    /// Whether this node keeps the records of the subjects it follows, and no whole blocks.
    ///
    /// # Errors
    /// The ledger cannot be opened.
    pub fn is_light(&self) -> Result<bool, NodeError> {
        self.read(|store| Ok(store.light))
    }

    /// What a light node follows and trusts; none where whole blocks are kept.
    ///
    /// # Errors
    /// Storage.
    pub fn following(&self) -> Result<Option<Following>, NodeError> {
        self.read(|store| {
            let Some(trusted) = store.trusted()? else {
                return Ok(None);
            };
            let (subjects, waiting) = store.count_followed()?;
            Ok(Some(Following {
                subjects,
                waiting,
                good_until: trusted.good_until(),
                fork: store.fork()?,
            }))
        })
    }

    /// Follows subjects from now on. What they are comes with one of the next answers.
    ///
    /// # Errors
    /// Storage; the node keeps whole blocks, or was stopped.
    pub fn follow(&self, subjects: Vec<Subject>) -> Result<(), NodeError> {
        self.ask(move |driver| driver.follow(subjects))
    }

    /// A person gives a new checkpoint: it is trusted from now on.
    ///
    /// # Errors
    /// It is of another network or below what was seen here; storage.
    pub fn pin(&self, trusted: Trusted) -> Result<(), NodeError> {
        self.ask(move |driver| {
            let (light, chain) = part(driver)?;
            light.pin(chain, trusted)?;
            driver.halt = light.halt();
            Ok(())
        })
    }

    /// Records that name this party concern us from now on.
    pub(crate) fn concern(&self, party: Party) -> Result<(), NodeError> {
        self.ask(move |driver| driver.concern(party))
    }
}

/// A light node, stepped: it is asked and told by whoever has its driver.
impl Driver {
    /// Founds the ledger of a light node in an empty folder: it goes on from what is trusted.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn found_light(folder: &std::path::Path, trusted: &Trusted) -> Result<(), NodeError> {
        Light::found(folder, trusted)
    }

    /// What a light node trusts; none where whole blocks are kept.
    #[must_use]
    pub fn trusted(&self) -> Option<&Trusted> {
        self.light().map(Light::trusted)
    }

    /// What is followed, and up to which height each is complete; 0 before the first answer.
    ///
    /// # Errors
    /// Storage.
    pub fn followed(&self) -> Result<Vec<(Subject, u64)>, NodeError> {
        let store = &self.chain.store;
        let all = store.followed()?.into_iter().map(|subject| {
            let seen = store.seen(&subject)?.unwrap_or(0);
            Ok((subject, seen))
        });
        all.collect()
    }

    /// Height, place in its block and RecordId of each record of a subject that is kept here, in order.
    ///
    /// # Errors
    /// Storage.
    pub fn places(&self, subject: &Subject) -> Result<Vec<(u64, u32, Hash)>, NodeError> {
        let store = &self.chain.store;
        let Some(row) = store.subject(subject)? else {
            return Ok(Vec::new());
        };
        let numbers = store.touches(row.number, 0, u32::MAX)?.into_iter();
        let stored = numbers.map(|number| store.stored(number));
        stored
            .map(|stored| stored.map(|stored| (stored.height, stored.index, stored.record.id())))
            .collect()
    }

    /// Records of our own that are not known to be confirmed.
    ///
    /// # Errors
    /// Storage.
    pub fn outbox(&self) -> Result<Vec<Record>, NodeError> {
        self.chain.store.pending()
    }

    /// Follows subjects from now on.
    ///
    /// # Errors
    /// Storage; whole blocks are kept here.
    pub fn follow(&mut self, subjects: Vec<Subject>) -> Result<(), NodeError> {
        let (light, chain) = part(self)?;
        light.want(&chain.store, subjects)
    }

    /// Records that name this party concern us from now on.
    ///
    /// # Errors
    /// Whole blocks are kept here.
    pub fn concern(&mut self, party: Party) -> Result<(), NodeError> {
        part(self)?.0.concern(party);
        Ok(())
    }

    /// The first four bytes of the index keys of what is followed, in hexadecimal, joined; at most so many. Whoever follows more hears
    /// of the others when they are asked for again.
    pub(super) fn watched_keys(&self, most: usize) -> Result<String, NodeError> {
        let followed = self.chain.store.followed()?;
        let keys = followed.iter().take(most).map(Subject::index_key);
        let bytes: Vec<u8> = keys.flat_map(|key| key.0.into_iter().take(4)).collect();
        Ok(hex::encode(bytes))
    }

    /// What a peer says may concern us. False where it is to be heard again later.
    pub(super) fn hear(&mut self, touched: &[Subject]) -> Result<bool, NodeError> {
        let (light, chain) = part(self)?;
        light.hear(&chain.store, touched)
    }

    /// Where we stand, as a question.
    pub(super) fn headers_asked(&mut self) -> Result<HeadersAsked, NodeError> {
        Ok(part(self)?.0.question())
    }

    /// Goes on by what a peer told. Inner: why not.
    pub(super) fn headers_told(&mut self, told: &HeadersTold) -> Result<Result<bool, LightError>, NodeError> {
        let now = self.time();
        let (light, chain) = part(self)?;
        let gone = light.advance(chain, now, told)?;
        self.halt = match &gone {
            Err(LightError::TrustExpired) => Some(Halt::TrustExpired),
            _ => light.halt(),
        };
        Ok(gone)
    }

    /// What is to be asked of subjects now: what we have of each, under what we trust. `outbox`: those that our own waiting records
    /// write are asked for too.
    pub(super) fn page_asked(&mut self, peer: PublicKey, outbox: bool) -> Result<(Trusted, Vec<Follower>), NodeError> {
        let now = self.time();
        let (light, chain) = part(self)?;
        if outbox {
            light.watch_outbox(&chain.store)?;
        }
        Ok((light.trusted().clone(), light.asks(&chain.store, &peer, now)?))
    }

    /// Keeps what a page was proved to say.
    pub(super) fn page_told(&mut self, peer: &PublicKey, page: &Page, taken: Vec<Taken>) -> Result<(), NodeError> {
        let now = self.time();
        let (light, chain) = part(self)?;
        let kept = light.keep(chain, now, peer, page, taken)?;
        self.settled.extend(kept.outcomes);
        Ok(())
    }
}

/// The light part of a driver, with the chain that it writes.
fn part(driver: &mut Driver) -> Result<(&mut Light, &mut Chain), NodeError> {
    match &mut driver.course {
        Course::Light(light) => Ok((light, &mut driver.chain)),
        Course::Alone(_) | Course::Agreeing(_) => Err(NodeError::Unknown("this node keeps whole blocks".to_owned())),
    }
}
