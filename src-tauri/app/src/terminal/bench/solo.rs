//! How many records a solo node confirms in a second, beside what the same threads could do at best with the same bytes.

use super::measure::{cpu_ms, quantile, rounded, rss, size};
use super::traffic::{PER_SHIPMENT, Traffic};
use crate::UserError;
use ledger::{
    Clock as GenesisClock, Genesis, Party, Profile, Record, SecretKey, Trust, Validator, ValidatorSet, Verdict,
};
use node::{Clock, DataFolder, Node, Outcome, SystemClock};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Records are sent in batches of this many, as an import does; several batches are under way at once.
const BATCH: usize = 240;
const UNDER_WAY: usize = 48;
/// Afterwards so many records, spread over the run, are checked by evidence.
const EVIDENCE: usize = 1000;

/// A node in a folder of its own, removed at the end.
pub struct BenchNode {
    pub folder: DataFolder,
    pub node: Arc<Node>,
}

/// Founds a ledger in a new folder.
pub fn found(path: &Path) -> Result<BenchNode, UserError> {
    let folder = DataFolder::open(path)?;
    let vote = SecretKey::from_seed(&node::random()?);
    let party = Party::of(SecretKey::from_seed(&node::random()?).public());
    let set = ValidatorSet::new(vec![Validator {
        key: vote.public(),
        party,
        weight: 1,
    }]);
    let set = set.map_err(|error| UserError::new("bad-record").with("what", error))?;
    let now = SystemClock.now();
    let genesis = Genesis::new("Bench", Profile::Solo, GenesisClock::System, now, node::random()?, set)
        .map_err(|error| UserError::new("bad-record").with("what", error))?;
    let node = Node::found(&folder, &genesis, vote, Arc::new(SystemClock))?;
    Ok(BenchNode {
        folder,
        node: Arc::new(node),
    })
}

/// A folder for a measurement, unlike any other.
pub fn scratch(name: &str) -> Result<std::path::PathBuf, UserError> {
    Ok(std::env::temp_dir().join(format!("sealroad-bench-{name}-{}", hex::encode(node::random::<8>()?))))
}

/// Signs `records` records for a network, as bytes; firms and products are confirmed right away.
pub fn traffic(node: &Node, records: usize) -> Result<Vec<Vec<u8>>, UserError> {
    let mut traffic = Traffic::new(node.network(), SystemClock.now(), 1)?;
    for batch in traffic.founding()? {
        confirmed(node.submit(batch)?)?;
    }
    let mut signed = Vec::with_capacity(records + PER_SHIPMENT);
    for shipment in 0..records.div_ceil(PER_SHIPMENT) {
        signed.extend(traffic.shipment(shipment)?.iter().map(|record| record.bytes().to_vec()));
    }
    signed.truncate(records);
    Ok(signed)
}

/// That every receipt says confirmed.
pub fn confirmed(receipts: Vec<node::Receipt>) -> Result<(), UserError> {
    for receipt in receipts {
        match receipt.outcome {
            Outcome::Confirmed { .. } => {}
            Outcome::Signed => return Err(UserError::new("bench.not-confirmed").with("value", receipt.id)),
            Outcome::Refused(violation) => return Err(violation.into()),
        }
    }
    Ok(())
}

struct Sent {
    seconds: f64,
    cpu_ms: f64,
    latencies: Vec<f64>,
    memory: Vec<f64>,
}

/// Sends all records through the door, a window of batches at a time; each batch is parsed where it comes in, as a peer's would be.
fn send(node: &Node, signed: &[Vec<u8>]) -> Result<Sent, UserError> {
    let (start, cpu) = (Instant::now(), cpu_ms());
    let batches = signed.chunks(BATCH).count();
    let mut memory = Vec::with_capacity(batches);
    let mut latencies = Vec::with_capacity(batches);
    let mut waiting = VecDeque::new();
    for batch in signed.chunks(BATCH) {
        let sent = Instant::now();
        let records = batch
            .iter()
            .map(|bytes| Record::parse(bytes))
            .collect::<Result<Vec<_>, _>>();
        let records = records.map_err(|error| UserError::new("bad-record").with("what", error))?;
        waiting.push_back((sent, node.submit_together(records)?));
        if waiting.len() >= UNDER_WAY {
            take(&mut waiting, &mut latencies)?;
            memory.push(rss());
        }
    }
    while !waiting.is_empty() {
        take(&mut waiting, &mut latencies)?;
    }
    Ok(Sent {
        seconds: start.elapsed().as_secs_f64(),
        cpu_ms: cpu_ms() - cpu,
        latencies,
        memory,
    })
}

fn take(waiting: &mut VecDeque<(Instant, node::Batch)>, latencies: &mut Vec<f64>) -> Result<(), UserError> {
    if let Some((sent, batch)) = waiting.pop_front() {
        confirmed(batch.wait()?)?;
        latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(())
}

pub fn run(records: usize) -> Result<Value, UserError> {
    let path = scratch("solo")?;
    let outcome = measure(&path, records);
    // Removed whether it went well or not; a folder that cannot be removed does not change what was measured.
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

fn measure(path: &Path, records: usize) -> Result<Value, UserError> {
    let bench = found(&path.join("ledger"))?;
    let signed = traffic(&bench.node, records)?;
    let bytes: f64 = signed.iter().map(|record| record.len() as f64).sum();
    let bound = node::bound(&path.join("bound"), &signed)?;
    let sent = send(&bench.node, &signed)?;
    let again = node::bound(&path.join("bound-after"), &signed)?;
    let best = bound.per_s.max(again.per_s);
    bench.node.views_ready();
    let lone = lone_latency(&bench.node)?;
    let fsck = bench.node.fsck()?;
    let verified = verify_some(&bench.node, &signed)?;
    let data = bench.folder.path().to_path_buf();
    drop(bench);
    let ledger = checkpointed(&data.join("ledger.db"))?;
    let views = checkpointed(&data.join("views.db"))?;
    let mut latencies = sent.latencies;
    latencies.sort_by(f64::total_cmp);
    let quarter = sent.memory.len() / 4;
    let mean = |range: &[f64]| range.iter().sum::<f64>() / (range.len().max(1) as f64);
    let rss_ratio = match quarter {
        0 => 0.0,
        _ => mean(&sent.memory[3 * quarter..]) / mean(&sent.memory[quarter..2 * quarter]),
    };
    let per_s = records as f64 / sent.seconds;
    Ok(json!({
        "records": records,
        "bytes_per_record": rounded(bytes / records as f64),
        "committed_per_s": rounded(per_s),
        "bound_per_s": rounded(best),
        "bound_ratio": rounded(per_s / best),
        "bound_parts": {
            "verify_batch_256_one_thread_per_s": rounded(bound.verify_per_s.max(again.verify_per_s)),
            "insert_indexed_full_groups_1000_per_s": rounded(bound.insert_per_s.max(again.insert_per_s)),
            "engine_md_6": {"verify_batch_256_per_s": 77000, "insert_batch_1000_indexed_per_s": 89000},
            "engine_md_10": {"verify_batch_256_per_s": 77500, "insert_groups_1000_per_s": 64900},
        },
        "cpu_ms_per_record": rounded(sent.cpu_ms / records as f64),
        "disk_ratio": rounded(ledger / bytes),
        "views_ratio": rounded(views / bytes),
        "rss_ratio": rounded(rss_ratio),
        "batch_p50_ms": rounded(quantile(&latencies, 0.5)),
        "batch_p99_ms": rounded(quantile(&latencies, 0.99)),
        "p50_ms": rounded(quantile(&lone, 0.5)),
        "p99_ms": rounded(quantile(&lone, 0.99)),
        "fsck_clean": fsck.clean,
        "verified_by_evidence": verified,
    }))
}

/// From handing over a lone record to its certificate, on the ledger as it stands after the flood; sorted milliseconds.
fn lone_latency(node: &Node) -> Result<Vec<f64>, UserError> {
    let mut traffic = Traffic::new(node.network(), SystemClock.now(), 2)?;
    for batch in traffic.founding()? {
        confirmed(node.submit(batch)?)?;
    }
    let mut found = Vec::new();
    for shipment in 0..20 {
        for record in traffic.shipment(shipment)? {
            let start = Instant::now();
            confirmed(node.submit(vec![record])?)?;
            found.push(start.elapsed().as_secs_f64() * 1000.0);
        }
    }
    found.sort_by(f64::total_cmp);
    Ok(found)
}

/// Records spread over the run, each checked through the evidence about a subject it wrote.
pub fn verify_some(node: &Node, signed: &[Vec<u8>]) -> Result<usize, UserError> {
    let step = (signed.len() / EVIDENCE).max(1);
    let mut verified = 0;
    for bytes in signed.iter().step_by(step).take(EVIDENCE) {
        let record = Record::parse(bytes).map_err(|error| UserError::new("bad-record").with("what", error))?;
        let Some(subject) = record.subjects().first() else {
            continue;
        };
        let evidence = node.evidence(subject, Vec::new())?;
        let report = ledger::verify(&evidence, &Trust::Expect(node.anchor()), None);
        let shown = std::str::from_utf8(bytes).is_ok_and(|text| String::from_utf8_lossy(&evidence).contains(text));
        if report.verdict() == Verdict::Accepted && shown {
            verified += 1;
        }
    }
    Ok(verified)
}

/// Folds the write-ahead log in and gives the size of the file.
fn checkpointed(path: &Path) -> Result<f64, UserError> {
    node::checkpoint(path)?;
    Ok(size(path))
}
