//! A small ledger in memory, the same at every run: for tests, for the vectors and for tampering with evidence.
//! Compiled only for tests; it takes no care of speed and stops at the first thing that is not as it expects.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::block::Header;
use crate::commit::CommitCertificate;
use crate::commitment::Commitment;
use crate::evidence::{Evidence, ShownBlock, ShownRecord, ShownSubject};
use crate::hash::Hash;
use crate::history::{self, HashReader, StoreError, StoredHash};
use crate::ids::{Party, Subject, Time};
use crate::index::{self, IndexValue, NibblePath, Node};
use crate::keys::SecretKey;
use crate::merkle;
use crate::record::{Record, RecordDraft};
use crate::set_change::SetChange;
use crate::state::State;
use crate::validators::{Clock, Genesis, Profile, ValidatorSet};

pub mod lies;
pub mod light;
pub mod vectors;
mod voters;

use voters::Voters;
pub use voters::{certificate_of, validator_set, vote_key};

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
    voters: Voters,
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
        let equal: Vec<(&str, u64)> = validators.iter().map(|name| (*name, 1)).collect();
        Self::weighted(name, &equal, clock)
    }

    /// A ledger with one validator for each party named, with its weight.
    #[must_use]
    pub fn weighted(name: &str, validators: &[(&str, u64)], clock: Clock) -> Self {
        let voters = Voters::new(validators);
        let set = voters.set(1).clone();
        let profile = if validators.len() == 1 {
            Profile::Solo
        } else {
            Profile::Alliance
        };
        let genesis = Genesis::new(name, profile, clock, time(0), [7; 16], set).unwrap();
        Self {
            genesis,
            voters,
            headers: Vec::new(),
            blocks: Vec::new(),
            subjects: BTreeMap::new(),
            index: BTreeMap::new(),
            history: Stored::default(),
            nonce: 0,
        }
    }

    /// The header of `height` will name these as the next validators: they certify from `height` + 1 on. Not for a height that
    /// has been committed.
    pub fn change_set(&mut self, height: u64, validators: &[(&str, u64)]) {
        assert!(height > u64::try_from(self.headers.len()).unwrap());
        self.voters.change(height + 1, validators);
    }

    /// The validator set of a height.
    #[must_use]
    pub fn set(&self, height: u64) -> &ValidatorSet {
        self.voters.set(height)
    }

    /// The names of the validators of a height.
    #[must_use]
    pub fn validators(&self, height: u64) -> Vec<&str> {
        self.voters.names(height)
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
        self.headers.push(Header {
            height,
            history_root,
            index_root: batch.root,
            network: self.genesis.network(),
            next_validators: self.voters.set(height + 1).hash(),
            previous: self.headers.last().map_or_else(|| self.genesis.network(), Header::id),
            records_count: u64::try_from(leaves.len()).unwrap(),
            records_root: merkle::root(&leaves),
            rules: Hash::of(b"rules"),
            time,
            validators: self.voters.set(height).hash(),
        });
        self.blocks.push(records);
        let header = self.headers.last().unwrap();
        self.history.push(height - 1, &header.id());
        header
    }

    /// The certificate of a header, signed by the first `signers` validators of its height.
    #[must_use]
    pub fn certificate(&self, header: &Header, signers: usize) -> CommitCertificate {
        let mut names = self.voters.names(header.height);
        names.truncate(signers);
        certificate_of(header, 0, &names)
    }

    /// The change of the set at a height, certified by all its validators; nothing is demanded of the header.
    #[must_use]
    pub fn set_change(&self, height: u64) -> SetChange {
        let header = self.header(height).clone();
        SetChange {
            commit: self.certificate(&header, usize::MAX),
            header,
            validators: self.set(height + 1).clone(),
        }
    }

    /// The header of a height.
    #[must_use]
    pub fn header(&self, height: u64) -> &Header {
        &self.headers[usize::try_from(height).unwrap() - 1]
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
        ShownBlock {
            header: self.header(height).clone(),
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
        let sets = (1..head.height)
            .map(|height| self.set_change(height))
            .filter(SetChange::changes)
            .collect();
        Evidence {
            about: about.clone(),
            blocks: heights
                .into_iter()
                .filter(|at| *at != head.height)
                .map(|at| self.shown_block(at))
                .collect(),
            commit: self.certificate(&head, usize::MAX),
            genesis: self.genesis.clone(),
            head,
            openings: Vec::new(),
            records,
            sets,
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
    sample_on(MemoryLedger::new("样本 Sample", validators, clock), times)
}

/// The blocks of [`sample`] on a ledger that has none.
#[must_use]
pub fn sample_on(mut ledger: MemoryLedger, times: [i64; 5]) -> Sample {
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

/// The validators of [`changed_alliance`] from genesis on, from height 3 on, and from height 5 on.
pub const SETS: [&[(&str, u64)]; 3] = [
    &[("carrier", 1), ("chamber", 1), ("exporter", 1), ("port", 1)],
    &[("carrier", 2), ("chamber", 1), ("exporter", 2), ("insurer", 1)],
    &[("chamber", 3), ("insurer", 2), ("bank", 2), ("port", 1)],
];

/// A sample of seven blocks, the headers of heights 2 and 4 of which change the set: `sets[0]` is the genesis set.
#[must_use]
pub fn changed(sets: [&[(&str, u64)]; 3]) -> Sample {
    changed_at(sets[0], &[(2, sets[1]), (4, sets[2])])
}

/// A sample of seven blocks that begins with the set `first`; each of `changes` is the height of a header and the set it names.
#[must_use]
pub fn changed_at(first: &[(&str, u64)], changes: &[(u64, &[(&str, u64)])]) -> Sample {
    let mut ledger = MemoryLedger::weighted("样本 Sample", first, Clock::System);
    for (height, next) in changes {
        ledger.change_set(*height, next);
    }
    let mut sample = sample_on(ledger, [10, 20, 30, 40, 50]);
    sample.ledger.commit(time(60), Vec::new(), &[]);
    sample.ledger.commit(time(70), Vec::new(), &[]);
    sample
}

/// The alliance of [`alliance`], with the changes of [`SETS`].
#[must_use]
pub fn changed_alliance() -> Sample {
    changed(SETS)
}
