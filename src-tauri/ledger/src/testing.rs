//! A small ledger in memory, the same at every run: for tests, for the vectors and for tampering with evidence.
//! Compiled only for tests; it takes no care of speed and stops at the first thing that is not as it expects.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::block::Header;
use crate::commit::{CommitCertificate, CommitSignature, precommit_bytes};
use crate::commitment::Commitment;
use crate::evidence::{Evidence, ShownBlock, ShownRecord, ShownSubject};
use crate::hash::Hash;
use crate::history::{self, HashReader, StoreError, StoredHash};
use crate::ids::{Party, Subject, Time};
use crate::index::{self, IndexValue, NibblePath, Node};
use crate::keys::SecretKey;
use crate::merkle;
use crate::record::{Record, RecordDraft};
use crate::state::State;
use crate::validators::{Clock, Genesis, Profile, Validator, ValidatorSet};

pub mod lies;
pub mod vectors;

/// A key that depends on its name only.
#[must_use]
pub fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(&seed(name))
}

/// The seed of [`key`].
#[must_use]
pub fn seed(name: &str) -> [u8; 32] {
    Hash::of(format!("sealroad test key {name}").as_bytes()).0
}

/// The party whose root key is [`key`] of that name.
#[must_use]
pub fn party(name: &str) -> Party {
    Party::of(key(name).public())
}

/// A time in seconds after 2026-01-01T00:00:00.000Z.
#[must_use]
pub fn time(seconds: i64) -> Time {
    Time::from_millis(1_767_225_600_000 + seconds * 1000).unwrap()
}

/// Hashes of a history tree in memory.
#[derive(Default)]
pub struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<StoredHash>, StoreError> {
        Ok(indexes
            .iter()
            .map(|at| StoredHash(self.0[usize::try_from(*at).unwrap()].0))
            .collect())
    }
}

impl Stored {
    /// Appends the id at `index`.
    pub fn push(&mut self, index: u64, id: &Hash) {
        let hashes = history::stored_hashes(index, id, self).unwrap();
        self.0.extend(hashes);
    }
}

/// A ledger in memory.
pub struct MemoryLedger {
    /// Its genesis document.
    pub genesis: Genesis,
    votes: Vec<SecretKey>,
    headers: Vec<Header>,
    blocks: Vec<Vec<Record>>,
    subjects: BTreeMap<Subject, (IndexValue, State, Vec<Hash>)>,
    index: BTreeMap<NibblePath, Node>,
    history: Stored,
    nonce: u8,
}

impl MemoryLedger {
    /// A ledger with one validator for each party named, of equal weight.
    #[must_use]
    pub fn new(name: &str, validators: &[&str], clock: Clock) -> Self {
        let votes: Vec<SecretKey> = validators.iter().map(|one| key(&format!("vote {one}"))).collect();
        let one = |(vote, name): (&SecretKey, &&str)| Validator {
            key: vote.public(),
            party: party(name),
            weight: 1,
        };
        let set = ValidatorSet::new(votes.iter().zip(validators).map(one).collect()).unwrap();
        let profile = if validators.len() == 1 {
            Profile::Solo
        } else {
            Profile::Alliance
        };
        let genesis = Genesis::new(name, profile, clock, time(0), [7; 16], set).unwrap();
        Self {
            genesis,
            votes,
            headers: Vec::new(),
            blocks: Vec::new(),
            subjects: BTreeMap::new(),
            index: BTreeMap::new(),
            history: Stored::default(),
            nonce: 0,
        }
    }

    /// A draft by the party of that name.
    pub fn draft(&mut self, author: &str, kind: &str, subjects: &[&Subject], body: Value) -> RecordDraft {
        self.nonce += 1;
        RecordDraft {
            network: self.genesis.network(),
            kind: kind.parse().unwrap(),
            party: party(author),
            subjects: subjects.iter().copied().cloned().collect(),
            reads: Vec::new(),
            seen: BTreeMap::new(),
            refers: Vec::new(),
            claimed: time(0),
            until: time(86_400),
            nonce: [self.nonce; 16],
            body,
            commits: Vec::new(),
        }
    }

    /// The header that commits `records` and the new `states` of the subjects they write, witnessed at `time`; the ledger then
    /// ends with it. A subject written and not in `states` keeps its state.
    pub fn commit(&mut self, time: Time, records: Vec<Record>, states: &[(&Subject, Value)]) -> &Header {
        let height = u64::try_from(self.headers.len()).unwrap() + 1;
        let history_root = history::stored_root(height - 1, &self.history).unwrap();
        let written: BTreeSet<Subject> = records.iter().flat_map(|record| record.subjects().to_vec()).collect();
        let mut changes = Vec::new();
        for subject in written {
            let before = self.subjects.remove(&subject);
            let (turn, state, mut ids) = before.map_or((0, None, Vec::new()), |(v, s, i)| (v.turn, Some(s), i));
            let writes = |record: &&Record| record.subjects().contains(&subject);
            ids.extend(records.iter().filter(writes).map(Record::id));
            let new = states.iter().find(|(named, _)| **named == subject);
            let state = new
                .map_or(state, |(_, value)| Some(State::from_value(value).unwrap()))
                .unwrap();
            let count = u64::try_from(ids.len()).unwrap();
            let value = IndexValue {
                changed: height,
                count,
                records: history::root(&ids),
                state: state.hash(),
                turn: turn + u64::from(records.iter().any(|record| record.seen().contains_key(&subject))),
            };
            changes.push((subject.index_key(), value.hash()));
            self.subjects.insert(subject, (value, state, ids));
        }
        let batch = index::update(&self.index, &changes).unwrap();
        self.index.extend(batch.nodes);
        let leaves: Vec<Hash> = records.iter().map(Record::leaf).collect();
        let set = self.genesis.validators().hash();
        self.headers.push(Header {
            height,
            history_root,
            index_root: batch.root,
            network: self.genesis.network(),
            next_validators: set,
            previous: self.headers.last().map_or_else(|| self.genesis.network(), Header::id),
            records_count: u64::try_from(leaves.len()).unwrap(),
            records_root: merkle::root(&leaves),
            rules: Hash::of(b"rules"),
            time,
            validators: set,
        });
        self.blocks.push(records);
        let header = self.headers.last().unwrap();
        self.history.push(height - 1, &header.id());
        header
    }

    /// The certificate of a header, signed by the first `signers` validators.
    #[must_use]
    pub fn certificate(&self, header: &Header, signers: usize) -> CommitCertificate {
        let block = header.id();
        let message = precommit_bytes(&header.network, header.height, 0, &block);
        let sign = |vote: &SecretKey| CommitSignature {
            key: vote.public(),
            signature: vote.sign(&message),
        };
        let mut signatures: Vec<CommitSignature> = self.votes.iter().take(signers).map(sign).collect();
        signatures.sort_by_key(|one| one.key);
        CommitCertificate {
            block,
            height: header.height,
            round: 0,
            signatures,
        }
    }

    /// The newest header.
    #[must_use]
    pub fn head(&self) -> &Header {
        self.headers.last().unwrap()
    }

    /// A subject with its proof under the head.
    #[must_use]
    pub fn shown_subject(&self, subject: &Subject) -> ShownSubject {
        let proof = index::prove(&self.index, &subject.index_key()).unwrap().proof;
        let present = self
            .subjects
            .get(subject)
            .map(|(value, state, _)| (value.clone(), state.clone()));
        ShownSubject {
            subject: subject.clone(),
            present,
            proof,
        }
    }

    /// A header before the head, with its path.
    #[must_use]
    pub fn shown_block(&self, height: u64) -> ShownBlock {
        let header = self.headers[usize::try_from(height).unwrap() - 1].clone();
        ShownBlock {
            header,
            path: history::prove(self.head().height - 1, height - 1, &self.history).unwrap(),
        }
    }

    /// The records that write one of `subjects`, with their places.
    #[must_use]
    pub fn shown_records(&self, subjects: &BTreeSet<Subject>) -> Vec<ShownRecord> {
        let mut shown = Vec::new();
        for (height, records) in (1..).zip(&self.blocks) {
            let leaves: Vec<Hash> = records.iter().map(Record::leaf).collect();
            for (at, record) in records.iter().enumerate() {
                if record.subjects().iter().any(|subject| subjects.contains(subject)) {
                    let proof = merkle::prove(&leaves, at).unwrap();
                    shown.push(ShownRecord {
                        height,
                        index: proof.index,
                        path: proof.path,
                        record: record.clone(),
                    });
                }
            }
        }
        shown
    }

    /// The subjects evidence about `about` must list: what it and its authors depend on, all the way.
    #[must_use]
    pub fn closure(&self, about: &Subject) -> BTreeSet<Subject> {
        let (mut all, mut waiting) = (BTreeSet::from([about.clone()]), vec![about.clone()]);
        while let Some(subject) = waiting.pop() {
            let Some((_, state, ids)) = self.subjects.get(&subject) else {
                continue;
            };
            let authors = self.blocks.iter().flatten().filter(|record| ids.contains(&record.id()));
            let authors = authors.map(|record| Subject::party(record.party()));
            for next in state.links().iter().cloned().chain(authors) {
                if all.insert(next.clone()) {
                    waiting.push(next);
                }
            }
        }
        all
    }

    /// Evidence about a subject, as of the head.
    #[must_use]
    pub fn evidence(&self, about: &Subject) -> Evidence {
        let subjects = self.closure(about);
        let records = self.shown_records(&subjects);
        let heights: BTreeSet<u64> = records.iter().map(|shown| shown.height).collect();
        let head = self.head().clone();
        Evidence {
            about: about.clone(),
            blocks: heights
                .into_iter()
                .filter(|at| *at != head.height)
                .map(|at| self.shown_block(at))
                .collect(),
            commit: self.certificate(&head, self.votes.len()),
            genesis: self.genesis.clone(),
            head,
            openings: Vec::new(),
            records,
            subjects: subjects.iter().map(|subject| self.shown_subject(subject)).collect(),
        }
    }
}

/// The subjects of [`sample`].
pub struct Sample {
    /// The ledger.
    pub ledger: MemoryLedger,
    /// A lot of the exporter, on which the shipment depends.
    pub lot: Subject,
    /// A lot nothing depends on.
    pub other: Subject,
    /// The shipment: written by the exporter and the carrier.
    pub shipment: Subject,
    /// Salt of the lot's private price.
    pub salt: Hash,
    /// RecordId of the lot's origin record, which commits to the price.
    pub origin: Hash,
}

/// The lot's private field.
#[must_use]
pub fn private_price() -> Value {
    json!({ "amount": 125_000, "currency": "EUR" })
}

fn founded(ledger: &mut MemoryLedger, name: &str, kinds: &[&str]) -> (Record, Subject, Value) {
    let subject = Subject::party(&party(name));
    let draft = ledger.draft(
        name,
        "parties.founded.1",
        &[&subject],
        json!({ "name": format!("{name} 有限公司") }),
    );
    let entry = json!({ "from": 1, "key": key(name).public(), "kinds": kinds, "revoked": null, "until": null });
    (
        draft.sign(&key(name)).unwrap(),
        subject,
        json!({ "form": "party.1", "keys": [entry], "links": [] }),
    )
}

fn found_parties(ledger: &mut MemoryLedger, at: i64) {
    let (exporter, exporter_self, exporter_state) = founded(ledger, "exporter", &["*"]);
    let (carrier, carrier_self, carrier_state) = founded(ledger, "carrier", &["parties.*", "logistics.departed"]);
    let (stranger, stranger_self, stranger_state) = founded(ledger, "stranger", &["*"]);
    let states = [
        (&exporter_self, exporter_state),
        (&carrier_self, carrier_state),
        (&stranger_self, stranger_state),
    ];
    ledger.commit(time(at), vec![exporter, carrier, stranger], &states);
}

/// Five blocks: an exporter, a carrier and a stranger are founded; a lot; a shipment of it; its departure; something else.
/// `times` are the witnessed times of the blocks in seconds.
#[must_use]
pub fn sample(validators: &[&str], clock: Clock, times: [i64; 5]) -> Sample {
    let mut ledger = MemoryLedger::new("样本 Sample", validators, clock);
    found_parties(&mut ledger, times[0]);
    let lot = Subject::owned("lot", &party("exporter"), "L-2026/01 茶").unwrap();
    let other = Subject::owned("lot", &party("exporter"), "L-2026/02").unwrap();
    let shipment = Subject::owned("shipment", &party("exporter"), "S1").unwrap();
    let salt = Hash::of(b"salt");
    let mut draft = ledger.draft(
        "exporter",
        "supply-chain.origin.1",
        &[&lot],
        json!({ "goods": "龙井茶 \"A\"" }),
    );
    draft.commits = vec![Commitment::to("price", &private_price(), &salt).unwrap()];
    let origin = draft.sign(&key("exporter")).unwrap();
    let origin_id = origin.id();
    let body = json!({ "goods": "Tee" });
    let second = ledger
        .draft("exporter", "supply-chain.origin.1", &[&other], body)
        .sign(&key("exporter"))
        .unwrap();
    let lot_state = json!({ "form": "lot.1", "links": [], "place": "杭州" });
    ledger.commit(
        time(times[1]),
        vec![origin, second],
        &[(&lot, lot_state.clone()), (&other, lot_state)],
    );

    let mut draft = ledger.draft("exporter", "logistics.booked.1", &[&shipment], json!({ "boxes": 40 }));
    draft.reads = vec![lot.clone()];
    draft.refers = vec![origin_id];
    let booked = draft.sign(&key("exporter")).unwrap();
    let state = |stage: &str| json!({ "form": "shipment.1", "links": [lot], "stage": stage });
    ledger.commit(time(times[2]), vec![booked], &[(&shipment, state("booked"))]);

    let container = Subject::code("container", "MSKU1234565").unwrap();
    let mut draft = ledger.draft("carrier", "logistics.departed.1", &[&shipment, &container], json!({}));
    draft.seen = BTreeMap::from([(shipment.clone(), 0)]);
    let departed = draft.sign(&key("carrier")).unwrap();
    let empty = json!({ "form": "container.1", "links": [] });
    ledger.commit(
        time(times[3]),
        vec![departed],
        &[(&shipment, state("departed")), (&container, empty)],
    );

    let gs1 = Subject::code("gs1", "01/09506000134352/21/12345").unwrap();
    let last = ledger
        .draft("stranger", "marketplace.listed.1", &[&gs1], json!({}))
        .sign(&key("stranger"))
        .unwrap();
    ledger.commit(
        time(times[4]),
        vec![last],
        &[(&gs1, json!({ "form": "product.1", "links": [] }))],
    );
    Sample {
        ledger,
        lot,
        other,
        shipment,
        salt,
        origin: origin_id,
    }
}

/// The sample of an alliance of four.
#[must_use]
pub fn alliance() -> Sample {
    sample(
        &["carrier", "chamber", "exporter", "port"],
        Clock::System,
        [10, 20, 30, 40, 50],
    )
}
