//! What a large ledger costs: to start, to search, to open. Measured beside an empty one in the same run.

use super::measure::{quantile, rounded};
use super::solo::{BenchNode, confirmed, found, scratch};
use super::traffic::{PER_SHIPMENT, Traffic};
use crate::UserError;
use ledger::{Subject, Trust, Verdict};
use node::{Clock, DataFolder, Node, RowQuery, SystemClock};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Starts are measured this often; the median counts.
const STARTS: usize = 7;
/// Searches and openings are measured this often each.
const LOOKS: usize = 100;
/// Shipments signed and confirmed in one go while the ledger is filled.
const STEP: usize = 400;

/// A ledger with about `records` records; filling it is not measured.
fn filled(path: &Path, records: usize) -> Result<BenchNode, UserError> {
    let bench = found(path)?;
    let mut traffic = Traffic::new(bench.node.network(), SystemClock.now(), 1)?;
    for batch in traffic.founding()? {
        confirmed(bench.node.submit(batch)?)?;
    }
    let shipments = records.div_ceil(PER_SHIPMENT);
    for first in (0..shipments).step_by(STEP) {
        let mut batch = Vec::with_capacity(STEP * PER_SHIPMENT);
        for shipment in first..shipments.min(first + STEP) {
            batch.extend(traffic.shipment(shipment)?);
        }
        confirmed(bench.node.submit(batch)?)?;
    }
    bench.node.views_ready();
    Ok(bench)
}

fn page() -> RowQuery {
    let types = vec!["shipment".to_owned()];
    let (sort, chip) = ("at".to_owned(), "all".to_owned());
    RowQuery {
        types,
        sort,
        chip,
        descending: true,
        limit: 100,
        now: SystemClock.now().to_string(),
        ..RowQuery::default()
    }
}

/// From opening the folder to the first page of a table, milliseconds; sorted.
fn starts(path: &Path) -> Result<Vec<f64>, UserError> {
    let mut found = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let start = Instant::now();
        let folder = DataFolder::open(path)?;
        let node = Node::open(&folder, None, Arc::new(SystemClock))?;
        let rows = node.rows(&page())?;
        found.push(milliseconds(start));
        drop((rows, node));
    }
    found.sort_by(f64::total_cmp);
    Ok(found)
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// `bench start`: a ledger of `records` records beside an empty one.
pub fn start(records: usize) -> Result<Value, UserError> {
    let path = scratch("start")?;
    let outcome = (|| {
        drop(filled(&path.join("full"), records)?);
        drop(found(&path.join("empty"))?);
        let (empty, full) = (starts(&path.join("empty"))?, starts(&path.join("full"))?);
        let (empty, full) = (quantile(&empty, 0.5), quantile(&full, 0.5));
        Ok(
            json!({"records": records, "empty_ms": rounded(empty), "full_ms": rounded(full), "added_ms": rounded(full - empty)}),
        )
    })();
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

/// `bench search`: words, parts of numbers and codes, a page of a table; and opening any subject with its records.
pub fn search(records: usize) -> Result<Value, UserError> {
    let path = scratch("search")?;
    let outcome = look(&path, records);
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

fn look(path: &Path, records: usize) -> Result<Value, UserError> {
    let bench = filled(path, records)?;
    let shipments = records.div_ceil(PER_SHIPMENT);
    let (mut searches, mut openings, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for look in 0..LOOKS {
        // Spread over the ledger without a pattern.
        let number = look.wrapping_mul(7919) % shipments;
        for words in [
            format!("S-{number}"),
            format!("L-{number}"),
            "duisburg".to_owned(),
            "被套".to_owned(),
            "Jilin 7".to_owned(),
        ] {
            let start = Instant::now();
            let rows = bench.node.search(&words, 20)?;
            searches.push(milliseconds(start));
            let Some(subject) = rows.first().and_then(|row| row.subject.parse::<Subject>().ok()) else {
                return Err(UserError::new("bench.not-found").with("value", words));
            };
            let start = Instant::now();
            let (entry, history) = (bench.node.entry(&subject)?, bench.node.history(&subject, 0, 200)?);
            openings.push(milliseconds(start));
            if entry.is_none() || history.is_empty() {
                return Err(UserError::new("bench.not-found").with("value", subject));
            }
        }
    }
    for (sort, text) in [
        ("at", ""),
        ("number", ""),
        ("name", ""),
        ("at", "duisburg"),
        ("at", "S-1234"),
        ("due", "被套"),
    ] {
        let query = RowQuery {
            sort: sort.to_owned(),
            text: text.to_owned(),
            ..page()
        };
        let start = Instant::now();
        bench.node.rows(&query)?;
        pages.push(milliseconds(start));
    }
    let pages: Vec<f64> = pages.into_iter().map(rounded).collect();
    searches.sort_by(f64::total_cmp);
    openings.sort_by(f64::total_cmp);
    Ok(json!({
        "records": records, "pages_ms": pages,
        "search_p50_ms": rounded(quantile(&searches, 0.5)), "search_p99_ms": rounded(quantile(&searches, 0.99)),
        "open_p50_ms": rounded(quantile(&openings, 0.5)), "open_p99_ms": rounded(quantile(&openings, 0.99)),
    }))
}

/// `bench verify`: evidence about a shipment with `records` records of its own, checked again and again.
pub fn verify(records: usize) -> Result<Value, UserError> {
    let path = scratch("verify")?;
    let outcome = (|| {
        let bench = found(&path)?;
        let mut traffic = Traffic::new(bench.node.network(), SystemClock.now(), 1)?;
        for batch in traffic.founding()? {
            confirmed(bench.node.submit(batch)?)?;
        }
        let subject = traffic.long_story(records)?;
        for record in subject.1 {
            confirmed(bench.node.submit(vec![record])?)?;
        }
        let start = Instant::now();
        let evidence = bench.node.evidence(&subject.0, Vec::new())?;
        let made = milliseconds(start);
        let trust = Trust::Expect(bench.node.anchor());
        let mut found = Vec::new();
        for _ in 0..25 {
            let start = Instant::now();
            let report = ledger::verify(&evidence, &trust, None);
            found.push(milliseconds(start));
            if report.verdict() != Verdict::Accepted {
                return Err(UserError::new("bench.not-confirmed").with("value", &subject.0));
            }
        }
        found.sort_by(f64::total_cmp);
        Ok(
            json!({"records": records, "bytes": evidence.len(), "make_ms": rounded(made),
            "p50_ms": rounded(quantile(&found, 0.5)), "p99_ms": rounded(quantile(&found, 0.99))}),
        )
    })();
    let _left = std::fs::remove_dir_all(&path);
    outcome
}
