//! A small alliance that really agreed on something: what the readers are held against, and where real messages come from.

use crate::stepped::{self, Alliance, Seen, VALIDATORS};
use ledger::light::page::{HeadersAsked, HeadersTold, Known, Page, PageAsked};
use ledger::{Anchor, Genesis, Hash, Header, Party, Record, Subject, Time, Trusted};
use node::DataFolder;
use node::stepped::{Decided, Driver, Parts, Patience, Said};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Which validator listens, where one does.
pub const LISTENER: usize = VALIDATORS - 1;

/// What was said and decided.
pub struct World {
    /// Of the alliance.
    pub genesis: Genesis,
    /// Of its first block.
    pub header: Header,
    /// What a newcomer trusts.
    pub begun: Trusted,
    /// The newest header.
    pub trusted: Trusted,
    /// When that is.
    pub now: Time,
    /// Anchors of this alliance and of the networks of the vectors.
    pub anchors: Vec<Anchor>,
    /// What the others said to the one that listens, in their order.
    pub heard: Vec<Said>,
    /// All blocks.
    pub blocks: Vec<Decided>,
    /// The way from the beginning to the newest header.
    pub told: HeadersTold,
    /// A page about each of some subjects.
    pub pages: Vec<(PageAsked, Page)>,
    /// A firm.
    pub party: Party,
    /// The secret of a reader of sealed documents.
    pub reader: [u8; 32],
    /// Sealed documents, and what is in them.
    pub sealed: Vec<(Vec<u8>, Vec<u8>)>,
    standing: BTreeSet<Hash>,
}

impl World {
    /// The same one every time; made when it is first asked for.
    pub fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(make)
    }

    /// Whether a record is in a block.
    #[must_use]
    pub fn stands(&self, record: &Record) -> bool {
        self.standing.contains(&record.id())
    }
}

/// A file of `docs/vectors`.
#[must_use]
pub fn vector(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors").join(name)).unwrap()
}

fn make() -> World {
    let scratch = Scratch::new();
    let genesis = stepped::genesis();
    let heard = agree(&scratch.0, &genesis);
    let mut driver = Driver::open(Parts {
        folder: scratch.0.join(stepped::folder(0)),
        vote: None,
        clock: Arc::new(node::SimulatedClock::new(genesis.created())),
        probe: None,
        patience: Patience::default(),
        follows: true,
    })
    .unwrap();
    let blocks: Vec<Decided> = (1..=driver.height()).map(|height| block(&driver, height)).collect();
    let now = blocks.last().unwrap().header.time;
    let anchor = Anchor::of(genesis.clone());
    let begun = Trusted::from_anchor(&anchor);
    let told = driver.headers_for(&HeadersAsked { from: 0, known: None }).unwrap();
    let mut trusted = begun.clone();
    for change in &told.changes {
        trusted = trusted.change(change, now).unwrap();
    }
    if let Some(head) = &told.head {
        trusted = trusted.advance(&head.header, &head.commit, now).unwrap();
    }
    let standing = blocks.iter().flat_map(|block| &block.records).map(Record::id);
    let reader = [21; 32];
    World {
        header: blocks[0].header.clone(),
        anchors: vec![
            anchor,
            Anchor::parse(&vector("anchor.json")).unwrap(),
            Anchor::parse(&vector("anchor-other.json")).unwrap(),
        ],
        pages: pages(&mut driver, &blocks),
        party: blocks[0].records[0].party().to_owned(),
        sealed: sealed(&reader),
        standing: standing.collect(),
        genesis,
        begun,
        trusted,
        now,
        heard,
        blocks,
        told,
        reader,
    }
}

/// Four validators found an alliance, agree on a shipment and change their weights; gives what one of them heard.
fn agree(root: &Path, genesis: &Genesis) -> Vec<Said> {
    for at in 0..VALIDATORS {
        let folder = DataFolder::open(root.join(stepped::folder(at))).unwrap();
        node::Node::prepare(&folder, genesis).unwrap();
    }
    let heard = RefCell::new(Vec::new());
    let mut alliance = Alliance::new(root, 0, |seen| match seen {
        Seen::Says(by, said) if by != LISTENER => heard.borrow_mut().push(said.clone()),
        Seen::Says(..) | Seen::Keeps { .. } => {}
    });
    (0..VALIDATORS).for_each(|at| alliance.start(at));
    let mut traffic = stepped::traffic(genesis.network());
    let mut batches = traffic.founding_alliance(VALIDATORS).unwrap();
    batches.push(traffic.shipment(0).unwrap());
    let first = stepped::vote_key(0).public();
    batches.extend(traffic.reweigh(VALIDATORS, &first, 2, 1).unwrap());
    batches.push(traffic.shipment(1).unwrap());
    for (number, batch) in batches.iter().enumerate() {
        alliance.bring(number % VALIDATORS, batch);
        alliance.until("a batch stands everywhere", |all| {
            (0..VALIDATORS).all(|at| all.holds(at, batch.last().unwrap()))
        });
    }
    alliance.stop();
    drop(alliance);
    heard.into_inner()
}

fn block(driver: &Driver, height: u64) -> Decided {
    let stored = driver.block(height).unwrap().unwrap();
    Decided {
        header: stored.header,
        certificate: stored.certificate.unwrap(),
        records: driver.records(height).unwrap(),
    }
}

/// What a newcomer is told of each subject of a block, and of one that nobody wrote.
fn pages(driver: &mut Driver, blocks: &[Decided]) -> Vec<(PageAsked, Page)> {
    let subjects = blocks.iter().flat_map(|block| block.records.iter().take(2));
    let mut subjects: BTreeSet<Subject> = subjects.flat_map(|record| record.subjects().iter().cloned()).collect();
    subjects.insert(Subject::party(&Party::of(stepped::vote_key(LISTENER).public())));
    let asked = subjects.into_iter().map(|subject| PageAsked {
        subjects: vec![Known { have: 0, subject }],
        ..PageAsked::default()
    });
    asked
        .filter_map(|asked| Some((asked.clone(), driver.page_for(&asked).unwrap()?)))
        .collect()
}

/// The sealed document of the vectors, and two of this reader's.
fn sealed(reader: &[u8; 32]) -> Vec<(Vec<u8>, Vec<u8>)> {
    use ledger::sealing::{RecipientSecret, seal};
    use rand::SeedableRng as _;
    let public = RecipientSecret::from_bytes(reader).unwrap().public();
    let mut random = rand::rngs::StdRng::from_seed([9; 32]);
    let contents = [b"Packing list".to_vec(), vec![b'x'; 3_000]];
    contents
        .into_iter()
        .map(|content| (seal(&content, &[5; 32], &[public], &mut random).unwrap(), content))
        .collect()
}

/// A folder that goes when it is no longer needed.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("sealroad-strangers-{}", Hash(node::random().unwrap()));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _left = std::fs::remove_dir_all(&self.0);
    }
}
