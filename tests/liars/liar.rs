//! A peer that lies: it has the node key of a seat, asks an honest validator what it is asked itself, and alters the answers.

use crate::world::{World, node_key, vote_key};
use bytes::Bytes;
use ledger::commit::{CommitSignature, precommit_bytes};
use ledger::light::Certified;
use ledger::light::page::{HeadersAsked, HeadersTold, Page};
use ledger::{CommitCertificate, Hash, Header, PublicKey, SecretKey};
use node::Seat;
use node::net::{Address, Answers, Ask, AskError, Limits, Net, NetConfig, Path, Reply, Role, Standing};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What a light node has noted of a peer.
#[derive(Debug)]
pub struct Seen {
    pub refused: BTreeMap<String, u64>,
    pub failed: BTreeMap<String, u64>,
    pub points: u32,
    pub standing: Standing,
}

impl Seen {
    /// How often it was counted under this name.
    pub fn times(&self, code: &str) -> u64 {
        let of = |counts: &BTreeMap<String, u64>| counts.get(code).copied().unwrap_or(0);
        of(&self.refused) + of(&self.failed)
    }
}

/// An honest validator, asked over its own HTTPS.
pub struct Honest {
    net: Net,
    peer: PublicKey,
}

struct Mute;

impl Answers for Mute {
    fn role(&self, _: &PublicKey) -> Role {
        Role::Stranger
    }

    fn answer(&self, _: PublicKey, _: Ask) -> Reply {
        Reply::refused(404, "net.not-served", "")
    }
}

fn net(key: SecretKey, network: Hash, listens: bool, limits: Limits, answers: Arc<dyn Answers>) -> Net {
    let config = NetConfig {
        key: Arc::new(key),
        network,
        listen: listens.then(|| (Ipv4Addr::LOCALHOST, 0).into()),
        workers: 1,
        limits,
    };
    Net::start(config, answers).unwrap()
}

impl Honest {
    pub fn of(network: Hash, seat: &Seat) -> Self {
        Self::with_key(SecretKey::from_seed(&node::random().unwrap()), network, seat)
    }

    /// Asks with this node key.
    pub fn with_key(key: SecretKey, network: Hash, seat: &Seat) -> Self {
        let net = net(key, network, false, Limits::default(), Arc::new(Mute));
        net.book().invite(seat.node, &seat.addresses, Instant::now()).unwrap();
        Self { net, peer: seat.node }
    }

    pub fn ask(&self, path: Path, query: &str, body: Bytes) -> Result<Bytes, AskError> {
        self.net.ask_blocking(self.peer, path, query, body)
    }
}

/// What a liar says instead of the honest answer; nothing: the honest answer.
pub type Lie = Box<dyn Fn(&Ask, &Bytes) -> Option<Reply> + Send + Sync>;

struct Mouth {
    honest: Honest,
    lie: Lie,
    lies: Arc<AtomicU64>,
}

impl Answers for Mouth {
    fn role(&self, _: &PublicKey) -> Role {
        Role::Member
    }

    fn answer(&self, _: PublicKey, ask: Ask) -> Reply {
        let honest = match self.honest.ask(ask.path, &ask.query, ask.body.clone()) {
            Ok(answer) => answer,
            Err(error) => return Reply::refused(503, error.code(), ""),
        };
        match (self.lie)(&ask, &honest) {
            None => Reply::whole(honest),
            Some(lie) => {
                self.lies.fetch_add(1, Ordering::SeqCst);
                lie
            }
        }
    }
}

/// A liar that listens in the place of the first validator.
pub struct Liar {
    net: Net,
    pub seat: Seat,
    lies: Arc<AtomicU64>,
}

impl Liar {
    pub fn start(world: &World, lie: Lie) -> Self {
        Self::quoting(world, Honest::of(world.genesis.network(), &world.seats[1]), lie)
    }

    /// A liar that alters what `honest` says.
    pub fn quoting(world: &World, honest: Honest, lie: Lie) -> Self {
        Self::in_seat(world, 0, honest, lie)
    }

    /// The same in another seat.
    pub fn in_seat(world: &World, at: usize, honest: Honest, lie: Lie) -> Self {
        let lies = Arc::new(AtomicU64::new(0));
        let mouth = Mouth {
            honest,
            lie,
            lies: Arc::clone(&lies),
        };
        // It grants itself more than anybody would take.
        let mut limits = Limits::default();
        for row in &mut limits.table {
            row.reply = 64 << 20;
            row.per_minute = 100_000;
            row.burst = 10_000;
        }
        let net = net(node_key(at), world.genesis.network(), true, limits, Arc::new(mouth));
        let mut seat = world.seats[at].clone();
        seat.addresses = vec![Address::from(net.address().unwrap())];
        Self { net, seat, lies }
    }

    /// How often it has lied.
    pub fn lies(&self) -> u64 {
        self.lies.load(Ordering::SeqCst)
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.net.stop();
    }
}

/// A lie about headers.
pub fn headers(lie: impl Fn(&HeadersAsked, &mut HeadersTold) + Send + Sync + 'static) -> Lie {
    Box::new(move |ask, honest| {
        if ask.path != Path::Light {
            return None;
        }
        let asked = serde_json::from_slice(&ask.body).unwrap();
        let mut told = serde_json::from_slice(honest).unwrap();
        lie(&asked, &mut told);
        Some(Reply::whole(serde_json::to_vec(&told).unwrap()))
    })
}

/// A lie about records and subjects. It says whether it lied.
pub fn pages(lie: impl Fn(&mut Page) -> bool + Send + Sync + 'static) -> Lie {
    Box::new(move |ask, honest| {
        if ask.path != Path::Follow {
            return None;
        }
        let mut page = Page::parse(honest).unwrap();
        lie(&mut page).then(|| Reply::whole(page.to_bytes().unwrap()))
    })
}

/// A lie in the bytes of a page. It says whether it lied.
pub fn raw_pages(lie: impl Fn(&mut serde_json::Value) -> bool + Send + Sync + 'static) -> Lie {
    Box::new(move |ask, honest| {
        if ask.path != Path::Follow {
            return None;
        }
        let mut page = serde_json::from_slice(honest).unwrap();
        lie(&mut page).then(|| Reply::whole(serde_json::to_vec(&page).unwrap()))
    })
}

/// A certificate of a header by these keys.
pub fn certified_by(header: &Header, keys: &[SecretKey]) -> CommitCertificate {
    let block = header.id();
    let message = precommit_bytes(&header.network, header.height, 0, &block);
    let sign = |key: &SecretKey| CommitSignature {
        key: key.public(),
        signature: key.sign(&message),
    };
    let mut signatures: Vec<CommitSignature> = keys.iter().map(sign).collect();
    signatures.sort_by_key(|one| one.key);
    CommitCertificate {
        block,
        height: header.height,
        round: 0,
        signatures,
    }
}

/// A header that these validators certify, whether they may or not.
pub fn certified(header: Header, validators: &[usize]) -> Certified {
    let keys: Vec<SecretKey> = validators.iter().map(|at| vote_key(*at)).collect();
    Certified {
        commit: certified_by(&header, &keys),
        header,
    }
}

/// A header that could follow on this one.
pub fn after(header: &Header) -> Header {
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
