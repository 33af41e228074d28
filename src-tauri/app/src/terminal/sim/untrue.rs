//! Lies to light nodes, told by validators that keep to the rules among themselves, with their own keys and everybody's words.

use super::looking::nobodys;
use super::seed::Seed;
use ledger::commit::{CommitSignature, precommit_bytes};
use ledger::light::Certified;
use ledger::light::page::{HeadersAsked, HeadersTold, Page, Proved, Shown};
use ledger::{
    CommitCertificate, Genesis, Hash, Header, Record, SecretKey, SetChange, Subject, Validator, ValidatorSet,
};

/// Answers about headers that are remembered, to be told again when they are old.
const REMEMBERED: usize = 16;

/// What those who lie to light nodes know together.
#[derive(Default)]
pub struct Untrue {
    newest: Option<Header>,
    old: Vec<HeadersTold>,
    /// How many lies were told.
    pub told: u64,
}

/// One who lies, now.
pub struct Liar<'a> {
    /// The keys of all who lie.
    pub band: &'a [&'a SecretKey],
    pub genesis: &'a Genesis,
    /// Whoever asks hears nothing but lies, and stands at this height.
    pub captive: Option<u64>,
    /// Records that nobody may confirm.
    pub bad: &'a [Record],
}

/// A header that could follow on this one.
fn after(header: &Header) -> Header {
    Header {
        height: header.height + 1,
        history_root: Hash::of(b"a history of its own"),
        index_root: Hash::of(b"an index of its own"),
        previous: header.id(),
        records_count: 1,
        records_root: Hash::of(b"records of its own"),
        time: header.time.plus_millis(1),
        ..header.clone()
    }
}

impl Liar<'_> {
    fn certified(&self, header: Header) -> Certified {
        let block = header.id();
        let message = precommit_bytes(&header.network, header.height, 0, &block);
        let sign = |key: &&SecretKey| CommitSignature {
            key: key.public(),
            signature: key.sign(&message),
        };
        let mut signatures: Vec<CommitSignature> = self.band.iter().map(sign).collect();
        signatures.sort_by_key(|one| one.key);
        let commit = CommitCertificate {
            block,
            height: header.height,
            round: 0,
            signatures,
        };
        Certified { commit, header }
    }

    /// A set of nobody but those who lie.
    fn own_set(&self) -> Option<ValidatorSet> {
        let parties = self.genesis.validators().validators().iter().map(|one| one.party);
        let own = self.band.iter().zip(parties).map(|(key, party)| Validator {
            key: key.public(),
            party,
            weight: 1,
        });
        ValidatorSet::new(own.collect()).ok()
    }

    /// Who signed has signed twice.
    fn twice(&self, header: Header) -> Certified {
        let mut lie = self.certified(header);
        let again = lie.commit.signatures.clone();
        lie.commit.signatures.extend(again);
        lie.commit.signatures.sort_by_key(|one| one.key);
        lie
    }

    /// Everybody has signed, it seems.
    fn padded(&self, seed: &mut Seed, header: Header) -> Certified {
        let mut lie = self.certified(header);
        let signed = &mut lie.commit.signatures;
        for validator in self.genesis.validators().validators() {
            if signed.iter().all(|one| one.key != validator.key) {
                let mut signature = [0; 64];
                signature[..8].copy_from_slice(&seed.next().to_be_bytes());
                signature[32..40].copy_from_slice(&seed.next().to_be_bytes());
                let key = validator.key;
                signed.push(CommitSignature { key, signature });
            }
        }
        signed.sort_by_key(|one| one.key);
        lie
    }
}

/// Half of it, or, where that may be told, all of it with one bit changed.
fn spoilt(seed: &mut Seed, mut bytes: Vec<u8>, captive: bool) -> Vec<u8> {
    if captive || seed.one_in(2) || bytes.is_empty() {
        bytes.truncate(bytes.len() / 2);
        return bytes;
    }
    let at = seed.below(bytes.len());
    bytes[at] ^= 1 << seed.below(8);
    bytes
}

impl Untrue {
    /// Something true was told about headers: it can be told again later.
    pub fn remember(&mut self, told: &HeadersTold) {
        if let Some(head) = &told.head {
            self.newest = Some(head.header.clone());
        }
        if self.old.len() < REMEMBERED {
            self.old.push(told.clone());
        }
    }

    /// A lie about headers.
    pub fn headers(
        &mut self,
        liar: &Liar<'_>,
        seed: &mut Seed,
        asked: &HeadersAsked,
        mut told: HeadersTold,
    ) -> Vec<u8> {
        self.told += 1;
        let captive = liar.captive.is_some();
        let newest = told.head.as_ref().map(|head| &head.header);
        let change = told.changes.last().map(|change| &change.header);
        let base = newest.or(change).or(self.newest.as_ref()).cloned();
        let Some(base) = base else {
            return spoilt(seed, serde_json::to_vec(&told).unwrap_or_default(), true);
        };
        if captive {
            // A change that was certified would be no lie.
            told.changes.clear();
        }
        let mut forged = after(&base);
        match seed.below(12) {
            0 => told.head = Some(liar.certified(forged)),
            1 if seed.one_in(2) => told.head = Some(liar.padded(seed, forged)),
            1 => told.head = Some(liar.twice(forged)),
            2 => match &mut told.head {
                Some(head) => head.header.records_root = nobodys(seed.next()),
                None => told.head = Some(liar.certified(forged)),
            },
            3 => return own_change(liar, told, forged),
            4 => {
                forged.validators = liar.own_set().map_or(forged.validators, |set| set.hash());
                forged.next_validators = forged.validators;
                told.head = Some(liar.certified(forged));
            }
            // As if the set had never changed.
            5 => {
                forged.validators = liar.genesis.validators().hash();
                forged.next_validators = forged.validators;
                told.head = Some(liar.certified(forged));
            }
            // All that it could go on to is kept back: it asks on about what it follows.
            9.. if captive => (told.head, told.changes) = (None, Vec::new()),
            6 => (told.head, told.changes) = (None, Vec::new()),
            7 => {
                forged.height = asked.from.max(1);
                (told.head, told.changes) = (None, Vec::new());
                told.rival = Some(liar.certified(forged));
            }
            8 => return spoilt(seed, serde_json::to_vec(&told).unwrap_or_default(), captive),
            9 => {
                forged.network = nobodys(seed.next());
                told.head = Some(liar.certified(forged));
            }
            10 => told.changes.clear(),
            _ => {
                let at = seed.below(self.old.len());
                told = self.old.get(at).cloned().unwrap_or(told);
            }
        }
        serde_json::to_vec(&told).unwrap_or_default()
    }

    /// A lie about records and subjects.
    pub fn page(&mut self, liar: &Liar<'_>, seed: &mut Seed, mut page: Page) -> Vec<u8> {
        self.told += 1;
        let newer = liar.captive.is_some_and(|height| page.head.header.height != height);
        if newer || seed.one_in(10) {
            page.head = liar.certified(after(&page.head.header));
        }
        let honest = page.clone();
        let with = page.subjects.iter().position(|shown| !shown.records.is_empty());
        let told = match with.filter(|_| !seed.one_in(6)) {
            Some(at) => about_records(liar, seed, &mut page, at),
            None => about_subjects(seed, &mut page),
        };
        let bytes = if told { page } else { honest }.to_bytes().unwrap_or_default();
        if seed.one_in(8) {
            return spoilt(seed, bytes, liar.captive.is_some());
        }
        bytes
    }
}

/// A change to a set of one's own, and the next header by that set.
fn own_change(liar: &Liar<'_>, mut told: HeadersTold, mut forged: Header) -> Vec<u8> {
    if let Some(set) = liar.own_set() {
        forged.next_validators = set.hash();
        let mut next = after(&forged);
        next.validators = set.hash();
        next.next_validators = set.hash();
        let Certified { commit, header } = liar.certified(forged);
        told.changes.push(SetChange {
            commit,
            header,
            validators: set,
        });
        told.head = Some(liar.certified(next));
    }
    serde_json::to_vec(&told).unwrap_or_default()
}

/// A lie about the records of one subject; false where there is nothing to lie about.
fn about_records(liar: &Liar<'_>, seed: &mut Seed, page: &mut Page, at: usize) -> bool {
    let Page {
        blocks,
        records,
        subjects,
        ..
    } = page;
    let Some(shown) = subjects.get_mut(at) else {
        return false;
    };
    let last = shown.records.last().copied().unwrap_or(0);
    match seed.below(11) {
        0 => drop(shown.records.pop()),
        1 => {
            shown.records.pop();
            if let Some((value, _)) = present(shown) {
                value.count -= 1;
            }
        }
        2 => drop(shown.records.remove(0)),
        3 if shown.records.len() > 1 => shown.records.reverse(),
        3 | 4 => shown.records.push(last),
        // The rest is said to come, and never does.
        5 => shown.proved = None,
        6 => records[last].index += 1,
        7 => match liar.bad.get(seed.below(liar.bad.len())) {
            Some(bad) => records[last].record = bad.clone(),
            None => return false,
        },
        8 => match blocks.last_mut() {
            Some(block) => block.header.time = block.header.time.plus_millis(1),
            None => return false,
        },
        9 => match shown
            .proved
            .as_mut()
            .and_then(|proved| proved.proof.siblings.first_mut())
        {
            Some(sibling) => *sibling = nobodys(seed.next()),
            None => return false,
        },
        _ => match shown.proved.as_mut() {
            Some(proved) => proved.present = None,
            None => return false,
        },
    }
    true
}

/// A lie about what was asked, or about what else there is.
fn about_subjects(seed: &mut Seed, page: &mut Page) -> bool {
    match seed.below(6) {
        0 => {
            let strange = Subject::code("tracking", "RB123456785CN").ok();
            let shown = page.subjects.first().cloned().zip(strange);
            let Some((shown, subject)) = shown else { return false };
            page.subjects.push(Shown { subject, ..shown });
        }
        // What concerns the asking node is kept quiet.
        1 => {
            page.heard.touched.clear();
            page.heard.until = page.head.header.height;
        }
        2 => page.heard.touched.extend(Subject::code("tracking", "RB123456785CN")),
        3 => {
            page.subjects.clear();
            page.records.clear();
        }
        // The state of another subject.
        4 => {
            let other = page
                .subjects
                .iter_mut()
                .rev()
                .find_map(|shown| present(shown).map(|(_, state)| state.clone()));
            let first = page.subjects.iter_mut().find_map(present);
            let (Some(other), Some((_, state))) = (other, first) else {
                return false;
            };
            *state = other;
        }
        _ => match page.subjects.iter_mut().find_map(|shown| shown.proved.as_mut()) {
            Some(Proved { proof, .. }) => proof.siblings.push(nobodys(seed.next())),
            None => return false,
        },
    }
    true
}

fn present(shown: &mut Shown) -> Option<&mut (ledger::IndexValue, ledger::State)> {
    shown.proved.as_mut()?.present.as_mut()
}
