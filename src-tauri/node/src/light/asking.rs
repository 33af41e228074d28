//! A light node's questions, and what is made of the answers.

use super::{Kept, Light};
use crate::driver::Driver;
use crate::error::{Halt, NodeError};
use crate::node::Node;
use crate::store::Store;
use ledger::light::page::{Follower, HeadersAsked, HeadersTold, Page, Taken};
use ledger::{Fork, LightError, Party, PublicKey, Subject, Time, Trusted};

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
        self.ask(move |driver| light(driver, |light, driver| light.want(&driver.chain.store, subjects)))
    }

    /// A person gives a new checkpoint: it is trusted from now on.
    ///
    /// # Errors
    /// It is of another network or below what was seen here; storage.
    pub fn pin(&self, trusted: Trusted) -> Result<(), NodeError> {
        self.ask(move |driver| {
            light(driver, |light, driver| light.pin(&mut driver.chain, trusted))?;
            driver.halt = driver.light.as_ref().and_then(Light::halt);
            Ok(())
        })
    }

    /// The height up to which blocks were looked through for what may concern us.
    pub(crate) fn scanned(&self) -> Result<u64, NodeError> {
        self.read(Store::scanned)
    }

    /// The first four bytes of the index keys of what is followed, in hexadecimal, joined; at most so many. Whoever follows more hears
    /// of the others when they are asked for again.
    pub(crate) fn watched_keys(&self, most: usize) -> Result<String, NodeError> {
        let followed = self.read(Store::followed)?;
        let keys = followed.iter().take(most).map(Subject::index_key);
        let bytes: Vec<u8> = keys.flat_map(|key| key.0.into_iter().take(4)).collect();
        Ok(hex::encode(bytes))
    }

    /// Blocks up to this height were looked through by every peer that is asked.
    pub(crate) fn save_scanned(&self, height: u64) -> Result<(), NodeError> {
        self.ask(move |driver| driver.chain.store.save_scanned(height))
    }

    /// Records that name this party concern us from now on.
    pub(crate) fn concern(&self, party: Party) -> Result<(), NodeError> {
        self.ask(move |driver| {
            light(driver, |light, _| {
                light.concern(party);
                Ok(())
            })
        })
    }

    /// What a peer says may concern us. False where it is to be heard again later.
    pub(crate) fn heard(&self, touched: Vec<Subject>) -> Result<bool, NodeError> {
        self.ask(move |driver| light(driver, |light, driver| light.hear(&driver.chain.store, &touched)))
    }

    /// Where we stand, as a question.
    pub(crate) fn headers_asked(&self) -> Result<HeadersAsked, NodeError> {
        self.ask(|driver| light(driver, |light, _| Ok(light.question())))
    }

    /// Goes on by what a peer told. Inner: why not.
    pub(crate) fn headers_told(&self, told: HeadersTold) -> Result<Result<bool, LightError>, NodeError> {
        self.ask(move |driver| {
            let now = driver.time();
            let gone = light(driver, |light, driver| light.advance(&mut driver.chain, now, &told))?;
            driver.halt = match &gone {
                Err(LightError::TrustExpired) => Some(Halt::TrustExpired),
                _ => driver.light.as_ref().and_then(Light::halt),
            };
            Ok(gone)
        })
    }

    /// What is to be asked of subjects now: what we have of each, under what we trust. `outbox`: those that our own waiting records
    /// write are asked for too.
    pub(crate) fn page_asked(&self, peer: PublicKey, outbox: bool) -> Result<(Trusted, Vec<Follower>), NodeError> {
        self.ask(move |driver| {
            let now = driver.time();
            light(driver, |light, driver| {
                if outbox {
                    light.watch_outbox(&driver.chain.store)?;
                }
                Ok((light.trusted().clone(), light.asks(&driver.chain.store, &peer, now)?))
            })
        })
    }

    /// Keeps what a page was proved to say. True if there is news.
    pub(crate) fn page_told(&self, peer: PublicKey, page: Page, taken: Vec<Taken>) -> Result<bool, NodeError> {
        self.ask(move |driver| {
            let now = driver.time();
            let Kept { outcomes, news } = light(driver, |light, driver| {
                light.keep(&mut driver.chain, now, &peer, &page, taken)
            })?;
            driver.settled.extend(outcomes);
            Ok(news)
        })
    }
}

/// Asks the light part, which is taken out of the driver for as long.
fn light<T>(
    driver: &mut Driver,
    question: impl FnOnce(&mut Light, &mut Driver) -> Result<T, NodeError>,
) -> Result<T, NodeError> {
    let mut part = driver
        .light
        .take()
        .ok_or_else(|| NodeError::Unknown("this node keeps whole blocks".to_owned()))?;
    let answer = question(&mut part, driver);
    driver.light = Some(part);
    answer
}
