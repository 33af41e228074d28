//! How many records validators in processes of their own agree on in a second, over HTTPS, beside what the machine could do at best.

use super::measure::{process_cpu_ms, quantile, rounded};
use super::solo::{scratch, verify_some};
use super::traffic::{PER_SHIPMENT, Traffic};
use crate::UserError;
use ledger::{Clock as GenesisClock, Genesis, Hash, Profile, Record, SecretKey, Validator, ValidatorSet};
use node::net::{Address, Answers, Ask, Limits, Net, NetConfig, Path as Asked, Reply, Role};
use node::{Clock, DataFolder, Invitation, Node, Options, Seat, SystemClock};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Records of a request: whole shipments, since the records of one build on each other.
const BATCH: usize = 40 * PER_SHIPMENT;
/// So many records are under way at most, in all.
const UNDER_WAY: u64 = 16_000;
/// The first part of the run is not counted: connections, caches, the first blocks.
const WARM_UP: Duration = Duration::from_secs(2);
/// More than so many a second are not signed beforehand.
const MOST_PER_S: usize = 14_000;
/// Lone records whose way is measured afterwards.
pub(super) const LONE: usize = 200;
/// Nothing moves for so long: the measurement is broken off.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Everything about a measured network follows from its seat numbers; the keys are nobody's.
fn key(what: &str, seat: usize) -> SecretKey {
    SecretKey::from_seed(Hash::of(format!("sealroad-bench {what} {seat}").as_bytes()).as_bytes())
}

/// The vote key of a seat.
pub fn vote_key(seat: usize) -> SecretKey {
    key("vote", seat)
}

/// The node key of a seat.
pub fn node_key(seat: usize) -> SecretKey {
    key("node", seat)
}

/// What the validators grant, and the clients expect: as many questions as a measurement asks; all else as in earnest.
pub fn limits() -> Limits {
    let mut limits = Limits::default();
    for row in &mut limits.table {
        if matches!(row.path, Asked::Records | Asked::RecordStatus) {
            (row.per_minute, row.burst) = (1_000_000, 10_000);
        }
    }
    limits
}

pub(super) fn broken(what: impl std::fmt::Display) -> UserError {
    UserError::new("bench.broken").with("what", what)
}

/// A validator's process, and how far it has said to be.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    records: Arc<AtomicU64>,
}

impl Running {
    fn start(folder: &Path, seat: usize) -> Result<Self, UserError> {
        let own = std::env::current_exe().map_err(broken)?;
        let mut child = Command::new(own)
            .args(["bench", "validator", "--seat", &seat.to_string(), "--folder"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(broken)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let records = Arc::new(AtomicU64::new(u64::MAX));
        let said = Arc::clone(&records);
        std::thread::spawn(move || {
            let lines = output.into_iter().flat_map(|output| BufReader::new(output).lines());
            for line in lines.map_while(Result::ok) {
                let told: Option<u64> = serde_json::from_str::<Value>(&line)
                    .ok()
                    .and_then(|line| line.get("records")?.as_u64());
                if let Some(told) = told {
                    said.store(told, Ordering::Relaxed);
                }
            }
        });
        Ok(Self { child, input, records })
    }

    /// Closes its input, and waits until it has closed its ledger.
    fn stop(mut self) -> Result<(), UserError> {
        drop(self.input.take());
        let ended = self.child.wait().map_err(broken)?;
        if ended.success() { Ok(()) } else { Err(broken(ended)) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// A network on this machine.
pub(super) struct Measured {
    path: PathBuf,
    pub(super) genesis: Genesis,
    seats: Vec<Seat>,
    running: Vec<Running>,
}

/// Nobody asks a client.
struct NoAnswers;

impl Answers for NoAnswers {
    fn role(&self, _peer: &ledger::PublicKey) -> Role {
        Role::Stranger
    }

    fn answer(&self, _from: ledger::PublicKey, _ask: Ask) -> Reply {
        Reply::refused(404, "net.not-served", "a client serves nothing")
    }
}

fn free_ports(count: usize) -> Result<Vec<SocketAddr>, UserError> {
    let listeners = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let listeners = listeners.collect::<Result<Vec<_>, _>>().map_err(broken)?;
    let addresses = listeners.iter().map(TcpListener::local_addr);
    addresses.collect::<Result<_, _>>().map_err(broken)
}

impl Measured {
    pub(super) fn found(path: &Path, validators: usize) -> Result<Self, UserError> {
        let now = SystemClock.now();
        let parties = Traffic::new(Hash::of(b""), now, 1)?.operators(validators);
        let set = parties.iter().enumerate().map(|(seat, party)| Validator {
            key: vote_key(seat).public(),
            party: *party,
            weight: 1,
        });
        let set = ValidatorSet::new(set.collect()).map_err(broken)?;
        let genesis = Genesis::new(
            "Bench",
            Profile::Alliance,
            GenesisClock::System,
            now,
            node::random()?,
            set,
        );
        let genesis = genesis.map_err(broken)?;
        let seats = free_ports(validators)?.into_iter().zip(&parties).enumerate();
        let seats: Vec<Seat> = seats
            .map(|(seat, (address, party))| {
                let (vote, node) = (vote_key(seat).public(), node_key(seat).public());
                Seat::new(format!("V{seat}"), *party, vote, node, vec![Address::from(address)])
            })
            .collect();
        let invitation = Invitation::new(genesis.clone(), seats.clone());
        let mut running = Vec::with_capacity(validators);
        for seat in 0..validators {
            let folder = path.join(format!("validator-{seat}"));
            Node::prepare(&DataFolder::open(&folder)?, &genesis)?;
            invitation.keep(&folder)?;
            running.push(Running::start(&folder, seat)?);
        }
        Ok(Self {
            path: path.to_path_buf(),
            genesis,
            seats,
            running,
        })
    }

    /// What a newcomer is handed.
    pub(super) fn invitation(&self) -> Invitation {
        Invitation::new(self.genesis.clone(), self.seats.clone())
    }

    /// Records that all validators have committed.
    fn committed(&self) -> u64 {
        let said = self.running.iter().map(|one| one.records.load(Ordering::Relaxed));
        said.map(|records| if records == u64::MAX { 0 } else { records })
            .min()
            .unwrap_or(0)
    }

    fn cpu_ms(&self) -> f64 {
        self.running.iter().map(|one| process_cpu_ms(one.child.id())).sum()
    }

    fn client(&self) -> Result<Net, UserError> {
        let config = NetConfig {
            key: Arc::new(SecretKey::from_seed(&node::random()?)),
            network: self.genesis.network(),
            listen: None,
            workers: 1,
            limits: limits(),
        };
        let net = Net::start(config, Arc::new(NoAnswers))?;
        for seat in &self.seats {
            net.book()
                .invite(seat.node, &seat.addresses, Instant::now())
                .map_err(broken)?;
        }
        Ok(net)
    }

    /// Brings records to a seat, again while it is too busy or not there yet.
    fn bring(&self, net: &Net, seat: usize, body: &bytes::Bytes) -> Result<(), UserError> {
        let begun = Instant::now();
        let to = self
            .seats
            .get(seat % self.seats.len())
            .ok_or_else(|| broken(seat))?
            .node;
        loop {
            match net.ask_blocking(to, Asked::Records, "", body.clone()) {
                Ok(_) => return Ok(()),
                Err(error) if error.passes() && begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(broken(error)),
            }
        }
    }

    /// Brings one batch after the other, each when the one before is committed everywhere; gives how many records are by then.
    pub(super) fn bring_in_turn(&self, batches: &[Vec<Record>], mut committed: u64) -> Result<u64, UserError> {
        let client = self.client()?;
        for batch in batches {
            committed += batch.len() as u64;
            self.bring(&client, 0, &joined(batch))?;
            self.wait_for(committed)?;
        }
        client.stop();
        Ok(committed)
    }

    fn wait_for(&self, records: u64) -> Result<(), UserError> {
        let (mut moved, mut at) = (Instant::now(), 0);
        while self.committed() < records {
            if self.committed() != at {
                (moved, at) = (Instant::now(), self.committed());
            }
            if moved.elapsed() > PATIENCE {
                return Err(broken(format!(
                    "{at} of {records} records are committed, and nothing moves"
                )));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

fn joined(records: &[Record]) -> bytes::Bytes {
    let lines: Vec<&[u8]> = records.iter().map(Record::bytes).collect();
    bytes::Bytes::from(lines.join(&b'\n'))
}

/// Signs batches beforehand.
fn sign(traffic: &mut Traffic, records: usize) -> Result<(Vec<bytes::Bytes>, Vec<Vec<u8>>), UserError> {
    let mut batches = Vec::new();
    let mut sample = Vec::new();
    let mut shipment = 0;
    while batches.len() * BATCH < records {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            batch.extend(traffic.shipment(shipment)?);
            shipment += 1;
        }
        if sample.len() < 50_000 {
            sample.extend(batch.iter().map(|record| record.bytes().to_vec()));
        }
        batches.push(joined(&batch));
    }
    Ok((batches, sample))
}

/// What was counted between the warm-up and the end.
struct Counted {
    per_s: f64,
    cpu_ms: f64,
    records: u64,
}

/// A client for each validator sends for so long; `rate` limits them all together.
fn flood(
    measured: &Measured,
    batches: &[bytes::Bytes],
    from: &AtomicUsize,
    time: Duration,
    rate: Option<f64>,
) -> Result<Counted, UserError> {
    let (before, begun) = (measured.committed(), Instant::now());
    let first = from.load(Ordering::Relaxed);
    let over = AtomicBool::new(false);
    let failed = Mutex::new(None);
    let counted = std::thread::scope(|scope| {
        for seat in 0..measured.seats.len() {
            let (over, failed) = (&over, &failed);
            scope.spawn(move || {
                let sent = send(measured, seat, batches, from, over, &|sent: usize| {
                    let sent_here = ((sent - first) * BATCH) as u64;
                    let under_way = sent_here.saturating_sub(measured.committed() - before);
                    let early = rate.is_some_and(|rate| sent_here as f64 > begun.elapsed().as_secs_f64() * rate);
                    under_way >= UNDER_WAY || early
                });
                if let Err(error) = sent {
                    failed
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert(error);
                }
            });
        }
        std::thread::sleep(WARM_UP);
        let (start, cpu, at) = (Instant::now(), measured.cpu_ms(), measured.committed());
        std::thread::sleep(time);
        let counted = Counted {
            per_s: (measured.committed() - at) as f64 / start.elapsed().as_secs_f64(),
            cpu_ms: measured.cpu_ms() - cpu,
            records: measured.committed() - at,
        };
        over.store(true, Ordering::Relaxed);
        counted
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(counted),
    }
}

fn send(
    measured: &Measured,
    seat: usize,
    batches: &[bytes::Bytes],
    from: &AtomicUsize,
    over: &AtomicBool,
    hold: &dyn Fn(usize) -> bool,
) -> Result<(), UserError> {
    let net = measured.client()?;
    while !over.load(Ordering::Relaxed) {
        if hold(from.load(Ordering::Relaxed)) {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        let Some(batch) = batches.get(from.fetch_add(1, Ordering::Relaxed)) else {
            return Err(broken("fewer records were signed beforehand than are committed"));
        };
        measured.bring(&net, seat, batch)?;
    }
    net.stop();
    Ok(())
}

/// From handing over a lone record to the answer that it stands in a block; sorted milliseconds.
fn lone(measured: &Measured, traffic: &mut Traffic, from: usize) -> Result<Vec<f64>, UserError> {
    let net = measured.client()?;
    let mut found = Vec::with_capacity(LONE);
    'all: for shipment in from.. {
        for record in traffic.shipment(shipment)? {
            let seat = found.len() % measured.seats.len();
            let to = measured.seats.get(seat).ok_or_else(|| broken(seat))?.node;
            let id = bytes::Bytes::copy_from_slice(record.id().as_bytes());
            let start = Instant::now();
            measured.bring(&net, seat, &joined(std::slice::from_ref(&record)))?;
            loop {
                let told = net
                    .ask_blocking(to, Asked::RecordStatus, "", id.clone())
                    .map_err(broken)?;
                let places: Vec<Option<(u64, u32)>> = serde_json::from_slice(&told).map_err(broken)?;
                if places.first().is_some_and(Option::is_some) {
                    break;
                }
                if start.elapsed() > PATIENCE {
                    return Err(broken("a lone record is not confirmed"));
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            found.push(start.elapsed().as_secs_f64() * 1000.0);
            if found.len() >= LONE {
                break 'all;
            }
        }
    }
    net.stop();
    found.sort_by(f64::total_cmp);
    Ok(found)
}

/// Four validators, or so many, for so many seconds at full rate, then `soak` seconds at half of it.
pub fn run(validators: usize, seconds: u64, soak: u64) -> Result<Value, UserError> {
    let path = scratch("network")?;
    let outcome = measure(&path, validators, seconds, soak);
    // Removed whether it went well or not; a folder that cannot be removed does not change what was measured.
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

fn measure(path: &Path, validators: usize, seconds: u64, soak: u64) -> Result<Value, UserError> {
    let measured = Measured::found(path, validators)?;
    let mut traffic = Traffic::new(measured.genesis.network(), SystemClock.now(), 1)?;
    let expected = measured.bring_in_turn(&traffic.founding_alliance(validators)?, 0)?;
    let whole = usize::try_from(seconds + soak / 2 + 2).unwrap_or(usize::MAX);
    let (batches, sample) = sign(&mut traffic, MOST_PER_S.saturating_mul(whole))?;
    let bound = node::bound(&path.join("bound"), &sample)?;
    let next = AtomicUsize::new(0);
    let full = flood(&measured, &batches, &next, Duration::from_secs(seconds), None)?;
    let soaked = match soak {
        0 => None,
        soak => {
            let rate = full.per_s / 2.0;
            Some(flood(
                &measured,
                &batches,
                &next,
                Duration::from_secs(soak),
                Some(rate),
            )?)
        }
    };
    let sent = next.load(Ordering::Relaxed).min(batches.len());
    measured.wait_for(expected + (sent * BATCH) as u64)?;
    let after = batches.len() * BATCH / PER_SHIPMENT;
    let lone = lone(&measured, &mut traffic, after)?;
    let again = node::bound(&path.join("bound-after"), &sample)?;
    let bound_per_s = bound.per_s.max(again.per_s) / validators as f64;
    let committed = (sent * BATCH).min(sample.len());
    let checked = check(measured, &sample[..committed])?;
    Ok(json!({
        "validators": validators,
        "seconds": seconds,
        "records": full.records,
        "committed_per_s": rounded(full.per_s),
        "bound_per_s": rounded(bound_per_s),
        "bound_ratio": rounded(full.per_s / bound_per_s),
        "bound_parts": {
            "verify_per_s": rounded(bound.verify_per_s.max(again.verify_per_s)),
            "insert_per_s": rounded(bound.insert_per_s.max(again.insert_per_s)),
        },
        "cpu_ms_per_record": rounded(full.cpu_ms / (full.records.max(1)) as f64),
        "soak_per_s": soaked.as_ref().map(|soaked| rounded(soaked.per_s)),
        "soak_cpu_ms_per_record": soaked.as_ref().map(|soaked| rounded(soaked.cpu_ms / (soaked.records.max(1)) as f64)),
        "p50_ms": rounded(quantile(&lone, 0.5)),
        "p99_ms": rounded(quantile(&lone, 0.99)),
        "checked": checked,
    }))
}

/// Stops all, and looks at what each has on disk.
fn check(measured: Measured, sample: &[Vec<u8>]) -> Result<Value, UserError> {
    let (path, count) = (measured.path.clone(), measured.seats.len());
    for running in measured.running {
        running.stop()?;
    }
    let (mut clean, mut roots, mut heights) = (true, Vec::new(), Vec::new());
    let mut verified = 0;
    for seat in 0..count {
        let folder = path.join(format!("validator-{seat}"));
        let report = node::fsck(&folder)?;
        clean &= report.clean;
        if seat == 0 {
            let folder = DataFolder::open(&folder)?;
            let options = Options {
                views: false,
                ..Options::new(None, Arc::new(SystemClock))
            };
            let node = Node::open_with(&folder, options)?;
            verified = verify_some(&node, sample)?;
        }
        heights.push(report.height);
        roots.push(report.root);
    }
    let low = heights.iter().min();
    Ok(json!({
        "fsck_clean": clean,
        "heights": heights,
        "roots_equal": roots.windows(2).all(|pair| pair[0] == pair[1]) && low == heights.iter().max(),
        "verified_by_evidence": verified,
    }))
}
