//! Light nodes among the validators: when they look around, what they are answered, and when they stop.

use super::checks::broken;
use super::desktop::Desktop;
use super::machine::Stop;
use super::plan::Scenario;
use super::untrue::Liar;
use super::wires::Happening;
use super::world::{End, World};
use crate::UserError;
use ledger::light::page::{HeadersAsked, PageAsked};
use ledger::{Hash, SecretKey};
use node::stepped::{Event, Question, Said};
use std::sync::Arc;

/// Without an answer for so long a light node asks somebody else, in milliseconds.
const PATIENCE: u64 = 2_000;
/// Whoever was caught lying is not asked for so long, in milliseconds.
const AVOIDED: u64 = 4_000;

/// What travels between a light node and a validator: one of these, the number of the question, and the body.
const RECORDS: u8 = 0;
const HEADERS: u8 = 1;
const PAGE: u8 = 2;
const TRUE: u8 = 3;
const LIE: u8 = 4;

fn wrapped(what: u8, number: u64, body: &[u8]) -> Arc<[u8]> {
    [&[what], &number.to_be_bytes()[..], body].concat().into()
}

impl World {
    /// Makes the light nodes: firms in turn, each of which follows some goods of others too.
    pub(super) fn found_desktops(&mut self) -> Result<(), UserError> {
        // With two thirds of the keys nothing is certified: light nodes must not believe it.
        let most = (2 * self.plan.validators / 3).max(self.faulty.len());
        let others = (0..self.plan.validators).filter(|at| !self.faulty.contains(at));
        self.forgers = self.faulty.iter().copied().chain(others).take(most).collect();
        let peers: Vec<_> = self.machines.iter().map(|machine| machine.name).collect();
        for at in 0..self.plan.lights {
            let party = self.story.parties[at % self.story.parties.len()];
            let mut desktop = Desktop::found(at, &self.folder.0, &self.genesis, &self.time, party, peers.clone())?;
            let records = self.story.all();
            for _ in 0..3 {
                let record = records[self.seed.below(records.len())];
                desktop.follow(record.subjects().iter().cloned());
            }
            self.desktops.push(desktop);
            let soon = self.seed.between(0, 3_000);
            self.wires.at(soon, Happening::Begins(at));
        }
        Ok(())
    }

    /// A light node starts.
    pub(super) fn start_desktop(&mut self, at: usize) -> Result<(), End> {
        if self.desktops[at].driver.is_some() {
            return Ok(());
        }
        self.note(b"starts light", &[at], &[]);
        self.desktops[at].start(self.now)?;
        self.judge_head(at)?;
        self.judge_held(at, None)?;
        self.look_later(at, 50);
        Ok(())
    }

    fn look_later(&mut self, at: usize, most: u64) {
        let next = self.now + self.seed.between(20, most);
        self.desktops[at].next = next;
        self.wires.at(next, Happening::Looks(at));
    }

    /// A light node brings what waits in its outbox, and looks around.
    pub(super) fn look(&mut self, at: usize) -> Result<(), End> {
        let now = self.now;
        let desktop = &mut self.desktops[at];
        if desktop.driver.is_none() || desktop.next != now {
            return Ok(());
        }
        let waits = desktop.open.as_ref().is_some_and(|open| open.since + PATIENCE > now);
        if waits {
            self.look_later(at, PATIENCE / 2);
            return Ok(());
        }
        self.note(b"looks", &[at], &[]);
        let outbox = self.desktops[at].outbox()?;
        let peer = self.peer_of(at);
        if !outbox.is_empty() && self.seed.one_in(2) {
            let said = Said::Records(outbox.clone()).to_bytes();
            self.post(at, peer, RECORDS, 0, &said);
        }
        let question = self.desktops[at].begin(now, peer, !outbox.is_empty())?;
        if let Some(question) = question {
            self.ask(at, &question);
        }
        let rest = if outbox.is_empty() { self.plan.look_millis } else { 600 };
        self.look_later(at, rest);
        Ok(())
    }

    /// The next validator in turn that was not just caught lying, if there is one.
    fn peer_of(&mut self, at: usize) -> usize {
        let (now, count) = (self.now, self.machines.len());
        let desktop = &mut self.desktops[at];
        desktop.avoided.retain(|_, until| *until > now);
        let turns = (1..=count).map(|more| (desktop.turn + more) % count);
        let good = turns.into_iter().find(|peer| !desktop.avoided.contains_key(peer));
        desktop.turn = good.unwrap_or((desktop.turn + 1) % count);
        desktop.turn
    }

    fn ask(&mut self, at: usize, question: &Question) {
        let Some((number, peer)) = self.desktops[at].open.as_ref().map(|open| (open.number, open.peer)) else {
            return;
        };
        let what = match question {
            Question::Headers(_) => HEADERS,
            Question::Page(_) => PAGE,
        };
        self.post(at, peer, what, number, &question.to_bytes());
    }

    fn post(&mut self, desktop: usize, peer: usize, what: u8, number: u64, body: &[u8]) {
        let name = match what {
            RECORDS => "light_records",
            HEADERS => "light_headers_asked",
            _ => "light_pages_asked",
        };
        self.weigh(name, body.len());
        let from = self.machines.len() + desktop;
        let bytes = wrapped(what, number, body);
        self.wires.fly(&mut self.seed, self.now, from, peer, &bytes);
    }

    /// Something between a light node and a validator arrives.
    pub(super) fn arrive_light(&mut self, from: usize, to: usize, bytes: &[u8]) -> Result<(), End> {
        let count = self.machines.len();
        let Some(([what], rest)) = bytes.split_first_chunk::<1>() else {
            return Ok(());
        };
        let Some((number, body)) = rest.split_first_chunk::<8>() else {
            return Ok(());
        };
        let number = u64::from_be_bytes(*number);
        match (from.checked_sub(count), to.checked_sub(count)) {
            (Some(_), None) if *what == RECORDS => self.take_records(to, body),
            (Some(desktop), None) => self.answer(desktop, to, *what, number, body),
            (None, Some(desktop)) => self.answered(desktop, from, *what == LIE, number, body),
            _ => Ok(()),
        }
    }

    /// A light node's records reach a validator.
    fn take_records(&mut self, at: usize, body: &[u8]) -> Result<(), End> {
        if self.machines[at].driver.is_none() {
            return Ok(());
        }
        let Ok(Said::Records(records)) = Said::parse(body) else {
            return Ok(());
        };
        self.count("brought_by_light");
        let (candidates, _) = self.check(&records);
        self.handle(at, Event::Records { from: None, candidates })
    }

    /// A validator answers, or tells a lie.
    fn answer(&mut self, desktop: usize, at: usize, what: u8, number: u64, body: &[u8]) -> Result<(), End> {
        let captive = self.desktops[desktop].captive;
        // Whoever lies about headers is not asked for pages.
        let often = match what {
            HEADERS => self.seed.one_in(3),
            _ => !self.seed.one_in(4),
        };
        let lies = captive.is_some() || (self.tells_light_lies(at) && often);
        let Some(driver) = &mut self.machines[at].driver else {
            self.wires.lost += 1;
            return Ok(());
        };
        let band = self.forgers.iter().map(|at| &*self.machines_keys[*at]);
        let band: Vec<&SecretKey> = band.collect();
        let liar = Liar {
            band: &band,
            genesis: &self.genesis,
            captive,
            bad: &self.story.bad,
        };
        let answer = match what {
            HEADERS => {
                let Ok(asked) = serde_json::from_slice::<HeadersAsked>(body) else {
                    return Ok(());
                };
                let told = driver.headers_for(&asked).map_err(UserError::from)?;
                if lies {
                    self.untrue.headers(&liar, &mut self.seed, &asked, told)
                } else {
                    self.untrue.remember(&told);
                    serde_json::to_vec(&told).unwrap_or_default()
                }
            }
            _ => {
                let Ok(asked) = serde_json::from_slice::<PageAsked>(body) else {
                    return Ok(());
                };
                let Some(page) = driver.page_for(&asked).map_err(UserError::from)? else {
                    return Ok(());
                };
                if lies {
                    self.untrue.page(&liar, &mut self.seed, page)
                } else {
                    page.to_bytes().unwrap_or_default()
                }
            }
        };
        let name = match what {
            HEADERS => "light_headers_told",
            _ => "light_pages_told",
        };
        self.weigh(name, answer.len());
        let bytes = wrapped(if lies { LIE } else { TRUE }, number, &answer);
        let to = self.machines.len() + desktop;
        self.wires.fly(&mut self.seed, self.now, at, to, &bytes);
        Ok(())
    }

    /// Whether a validator lies to light nodes, though it keeps to the rules among validators.
    fn tells_light_lies(&self, at: usize) -> bool {
        self.plan.scenario == Scenario::Light && self.faulty.contains(&at)
    }

    /// An answer reaches a light node.
    fn answered(&mut self, at: usize, from: usize, lie: bool, number: u64, body: &[u8]) -> Result<(), End> {
        let desktop = &mut self.desktops[at];
        let open = desktop.open.take_if(|open| open.number == number && open.peer == from);
        let (Some(open), true) = (open, desktop.driver.is_some()) else {
            return Ok(());
        };
        let answered = desktop.answered(self.now, body).map_err(|error| {
            let what = format!("light node {at} cannot keep what it was told: {error:?}");
            End::from(broken("light-stopped", what))
        })?;
        if let Some(stop) = desktop.doom {
            return self.stop_desktop(at, stop);
        }
        if let Some((code, _)) = answered.blame {
            self.count(code);
            self.desktops[at].avoided.insert(from, self.now + AVOIDED);
            if !lie {
                return Err(broken("blame", format!("light node {at} blames an honest one: {code}")).into());
            }
        }
        if let Some(question) = answered.next {
            let question = self.desktops[at].asks(self.now, from, question);
            self.ask(at, &question);
        }
        self.judge_head(at)?;
        match &open.question {
            Question::Headers(_) => Ok(()),
            Question::Page(asked) => self.judge_held(at, Some(asked)),
        }?;
        self.judge_level(at)
    }

    /// Stops a light node; it comes back.
    fn stop_desktop(&mut self, at: usize, stop: Stop) -> Result<(), End> {
        self.note(b"stops light", &[at], &[]);
        self.count("light_stops");
        if stop == Stop::Said {
            self.judge_head(at)?;
        }
        let torn = self.seed.next();
        self.desktops[at].stop(stop, torn)?;
        let back = self.now + self.seed.between(100, 3_000);
        self.wires.at(back, Happening::Begins(at));
        Ok(())
    }

    /// Authors sign on a light node: what they sign waits in its outbox.
    pub(super) fn sign_at_a_desktop(&mut self) -> Result<(), End> {
        if self.desktops.is_empty() {
            return Ok(());
        }
        let at = self.seed.below(self.desktops.len());
        let party = self.desktops[at].party;
        let own = self.story.open().filter(|record| *record.party() == party).take(24);
        let own: Vec<_> = own.cloned().collect();
        let (candidates, _) = self.check(&own);
        if let Some(driver) = self.desktops[at].driver.as_mut().filter(|_| !candidates.is_empty()) {
            driver.keep(&candidates).map_err(UserError::from)?;
            self.count("signed_at_light");
        }
        Ok(())
    }

    /// Something goes wrong with a light node.
    pub(super) fn trouble_a_desktop(&mut self) {
        if self.desktops.is_empty() {
            return;
        }
        let at = self.seed.below(self.desktops.len());
        let pick = self.seed.below(4);
        let wrong = [3_600_000, -3_600_000, 1_500, -1_500][self.seed.below(4)];
        let height = self.desktops[at].head().0;
        let too_many = self.plan.too_many;
        let desktop = &mut self.desktops[at];
        match pick {
            0 | 1 => desktop.doom = Some([Stop::Said, Stop::Unsaid, Stop::Torn][self.seed.below(3)]),
            2 => desktop.clock.set(wrong),
            _ if desktop.driver.is_some() && desktop.captive.is_none() && !too_many => {
                // What honest ones said before reaches it no more.
                desktop.open = None;
                desktop.captive = Some(height);
            }
            _ => return,
        }
        let name = ["light_dooms", "light_dooms", "light_skews", "light_captives"][pick];
        self.count(name);
    }

    /// Light nodes can reach everybody again, and their clocks are right.
    pub(super) fn heal_desktops(&mut self) {
        for desktop in &mut self.desktops {
            desktop.doom = None;
            desktop.captive = None;
            desktop.avoided.clear();
            desktop.clock.set(0);
        }
    }

    /// So many bytes were sent under this name.
    pub(super) fn weigh(&mut self, name: &'static str, bytes: usize) {
        let (messages, sum) = self.traffic.entry(name).or_default();
        *messages += 1;
        *sum += bytes as u64;
    }

    /// Every light node has, as far as was seen, all that concerns it.
    pub(super) fn desktops_are_level(&self) -> bool {
        let records = self.checks.records();
        self.desktops.iter().all(|desktop| desktop.level == Some(records))
    }

    /// The files of every light node, judged as `sealroad fsck` does.
    pub(super) fn fsck_desktops(&mut self) -> Result<(), End> {
        for (at, desktop) in self.desktops.iter_mut().enumerate() {
            desktop.driver = None;
            let report = node::fsck(desktop.folder()).map_err(UserError::from)?;
            if !report.clean {
                return Err(broken("fsck", format!("light node {at}: {:?}", report.faults)).into());
            }
        }
        Ok(())
    }

    /// The keys with which validators sign now, for those who lie to light nodes.
    pub(super) fn note_keys(&mut self) {
        self.machines_keys = self.machines.iter().map(|machine| Arc::clone(&machine.vote)).collect();
    }
}

/// A name for what is nobody's: made of a number.
pub fn nobodys(number: u64) -> Hash {
    Hash::of(&number.to_be_bytes())
}
