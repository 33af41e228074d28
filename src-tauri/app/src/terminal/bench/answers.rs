//! What light nodes cost those who answer them, and what a light node's day weighs on its line.

use super::light::{Served, Wire, broken, serve, until};
use super::measure::{cpu_ms, rounded};
use super::network::vote_key;
use super::solo::scratch;
use crate::UserError;
use ledger::light::page::{HeadersAsked, Known, PageAsked};
use ledger::{Anchor, Party, SecretKey, Subject, Trusted};
use node::net::{Address, Limits};
use node::stepped::{Driver, Parts, Patience};
use node::{Clock, DataFolder, Membership, Network, Node, Options, SystemClock};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Each answer is asked for again and again for so much processor time, in milliseconds: the kernel counts in hundredths of a second.
const LEAST_CPU_MS: f64 = 1_000.0;
/// So long a light node that is up to date is watched: it looks around every two seconds.
const WATCHED: Duration = Duration::from_secs(24);
/// Looks of a light node in that time.
const LOOKS: f64 = 12.0;

/// `bench answers`: a chain of `blocks` blocks, of which some have 480 records and most none.
pub fn run(blocks: u64) -> Result<Value, UserError> {
    let path = scratch("answers")?;
    let outcome = measure(&path, blocks);
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

fn measure(path: &Path, blocks: u64) -> Result<Value, UserError> {
    let served = serve(path, blocks)?;
    let idle = idle(&path.join("idle"), &served)?;
    served.network.stop();
    served.node.close();
    let party = served.genesis.validators().validators()[0].party;
    let mut driver = Driver::open(Parts {
        folder: path.join("validator"),
        vote: Some(Arc::new(vote_key(9))),
        clock: Arc::new(SystemClock) as Arc<dyn Clock>,
        probe: None,
        patience: Patience::default(),
        follows: true,
    })?;
    let top = driver.height();
    let full = fullest(&driver)?;
    let headers = |from: u64| HeadersAsked { from, known: None };
    let followed: Vec<Subject> = served.shipments.iter().take(64).cloned().collect();
    let one = served
        .shipments
        .iter()
        .find(|one| one.as_str().starts_with("shipment:"));
    let one = one.cloned().ok_or_else(|| broken("no shipment"))?;
    let empty = quiet(&driver, top)?;
    let cases = [
        ("headers_nothing_new", Asked::Headers(headers(top))),
        ("headers_one_block", Asked::Headers(headers(top - 1))),
        ("page_empty_block", Asked::Page(looks(empty, party, &followed))),
        ("page_full_block", Asked::Page(looks(full, stranger(), &[]))),
        ("page_one_subject", Asked::Page(wants(&one))),
    ];
    let mut measured = serde_json::Map::new();
    for (name, asked) in cases {
        measured.insert(name.to_owned(), cost(&mut driver, &asked)?);
    }
    let set = driver.validators().validators().len();
    Ok(
        json!({"blocks": top, "validators": set, "block_records": driver.records(full)?.len(), "idle": idle, "answers": measured}),
    )
}

enum Asked {
    Headers(HeadersAsked),
    Page(Stretch),
}

/// A question about the blocks of a stretch: it is answered under the newest header, whatever stands above.
struct Stretch {
    asked: PageAsked,
    /// Blocks that are looked through beyond the one that is meant; their share is taken off.
    beyond: Option<PageAsked>,
}

/// The block with the most records.
fn fullest(driver: &Driver) -> Result<u64, UserError> {
    let mut best = (0, 1);
    for height in 1..=driver.height().min(400) {
        best = best.max((driver.records(height)?.len(), height));
    }
    Ok(best.1)
}

/// The newest block without records.
fn quiet(driver: &Driver, top: u64) -> Result<u64, UserError> {
    for height in (1..=top).rev() {
        if driver.records(height)?.is_empty() {
            return Ok(height);
        }
    }
    Err(broken("no block without records"))
}

fn stranger() -> Party {
    Party::of(SecretKey::from_seed(&[77; 32]).public())
}

/// Looks through from one block on, for what names a party or writes one of these.
fn looks(height: u64, party: Party, watched: &[Subject]) -> Stretch {
    let keys: Vec<u8> = watched
        .iter()
        .flat_map(|subject| subject.index_key().0.into_iter().take(4))
        .collect();
    let from = |from| PageAsked {
        from: Some(from),
        keys: hex::encode(&keys),
        parties: vec![party],
        ..PageAsked::default()
    };
    Stretch {
        asked: from(height - 1),
        beyond: Some(from(height)),
    }
}

/// All records of one subject.
fn wants(subject: &Subject) -> Stretch {
    let subjects = vec![Known {
        have: 0,
        subject: subject.clone(),
    }];
    let asked = PageAsked {
        subjects,
        ..PageAsked::default()
    };
    Stretch { asked, beyond: None }
}

/// Processor time of one answer in microseconds, from the bytes of the question to those of the answer, and how many bytes those are.
fn cost(driver: &mut Driver, asked: &Asked) -> Result<Value, UserError> {
    match asked {
        Asked::Headers(asked) => {
            let question = serde_json::to_vec(asked).map_err(broken)?;
            let (micros, bytes) = timed(|| {
                let asked = serde_json::from_slice(&question).map_err(broken)?;
                serde_json::to_vec(&driver.headers_for(&asked)?).map_err(broken)
            })?;
            Ok(json!({"asked_bytes": question.len(), "bytes": bytes, "cpu_us": rounded(micros)}))
        }
        Asked::Page(stretch) => {
            let question = serde_json::to_vec(&stretch.asked).map_err(broken)?;
            let (micros, bytes) = timed(|| page(driver, &question))?;
            let mut beyond = 0.0;
            if let Some(asked) = &stretch.beyond {
                let question = serde_json::to_vec(asked).map_err(broken)?;
                beyond = timed(|| page(driver, &question))?.0;
            }
            let looking = stretch.beyond.as_ref().map(|_| rounded(micros - beyond));
            Ok(json!({"asked_bytes": question.len(), "bytes": bytes, "cpu_us": rounded(micros), "block_us": looking}))
        }
    }
}

fn page(driver: &mut Driver, question: &[u8]) -> Result<Vec<u8>, UserError> {
    let asked = serde_json::from_slice(question).map_err(broken)?;
    let page = driver.page_for(&asked)?.ok_or_else(|| broken("no block yet"))?;
    page.to_bytes().map_err(broken)
}

fn timed(mut answer: impl FnMut() -> Result<Vec<u8>, UserError>) -> Result<(f64, usize), UserError> {
    let bytes = answer()?.len();
    let (begun, mut count) = (cpu_ms(), 0.0);
    loop {
        for _ in 0..20 {
            answer()?;
            count += 1.0;
        }
        let spent = cpu_ms() - begun;
        if spent >= LEAST_CPU_MS {
            return Ok((spent * 1_000.0 / count, bytes));
        }
    }
}

/// A light node that is up to date and has nothing to wait for, over HTTPS: bytes on the wire both ways, and processor time of both ends
/// together, of one look.
fn idle(path: &Path, served: &Served) -> Result<Value, UserError> {
    let wire = Wire::to(served.network.address().ok_or_else(|| broken("nobody listens"))?)?;
    let mut seat = served.seat.clone();
    seat.addresses = vec![Address::from(wire.address)];
    let folder = DataFolder::open(path)?;
    Node::prepare_light(&folder, &Trusted::from_anchor(&Anchor::of(served.genesis.clone())))?;
    let node = Arc::new(Node::open_with(&folder, Options::new(None, Arc::new(SystemClock)))?);
    let membership = Membership {
        key: SecretKey::from_seed(&node::random()?),
        listen: None,
        seats: vec![seat],
        party: Some(stranger()),
        workers: 1,
        limits: Limits::default(),
    };
    let network = Network::start(&node, membership)?;
    let newest = served.node.head().map_or(0, |head| head.height);
    until(Instant::now(), || {
        Ok(node.head().is_some_and(|head| head.height >= newest))
    })?;
    // One look has the blocks up to 256 further looked through; when all are there is nothing left to ask.
    std::thread::sleep(Duration::from_secs(6 + 2 * newest.div_ceil(256)));
    let (bytes, cpu) = (wire.bytes.load(Ordering::Relaxed), cpu_ms());
    std::thread::sleep(WATCHED);
    let (bytes, cpu) = (wire.bytes.load(Ordering::Relaxed) - bytes, cpu_ms() - cpu);
    network.stop();
    node.close();
    Ok(json!({"look_bytes": rounded(bytes as f64 / LOOKS), "look_cpu_ms_both_ends": rounded(cpu / LOOKS)}))
}
