//! `sealroad bench`: measures, and prints what it measured. Ratios within one run count; absolute figures are the machine's.

pub mod traffic;

mod answers;
mod desktop;
mod grown;
mod imported;
mod light;
mod measure;
mod network;
mod solo;
mod validator;

use crate::UserError;
use serde_json::Value;

/// What is measured, and how much of it.
#[derive(Clone, Debug, clap::Args)]
pub struct Bench {
    /// What: solo, start, search, verify, import, network, desktop, light, answers.
    pub what: String,
    /// How many records.
    #[arg(long, default_value_t = 200_000)]
    pub records: usize,
    /// network, desktop: how many validators, a process each.
    #[arg(long, default_value_t = 4)]
    pub validators: usize,
    /// network: for how many seconds at full rate.
    #[arg(long, default_value_t = 120)]
    pub seconds: u64,
    /// network: and then for how many at half of that rate.
    #[arg(long, default_value_t = 0)]
    pub soak: u64,
    /// light, answers: how many blocks the chain has.
    #[arg(long, default_value_t = 1_000_000)]
    pub blocks: u64,
    /// A validator of a measured network: its folder.
    #[arg(long, hide = true)]
    pub folder: Option<std::path::PathBuf>,
    /// A validator of a measured network: its seat.
    #[arg(long, hide = true, default_value_t = 0)]
    pub seat: usize,
    /// Print JSON on one line.
    #[arg(long)]
    pub json: bool,
}

/// Runs one measurement; the answer is what `--json` prints.
///
/// # Errors
/// It cannot be carried out; a measurement that ran and fell short is not an error.
pub fn run(bench: &Bench) -> Result<Value, UserError> {
    let records = bench.records;
    match bench.what.as_str() {
        "network" => network::run(bench.validators, bench.seconds, bench.soak),
        "desktop" => desktop::run(bench.validators),
        "light" => light::run(bench.blocks),
        "answers" => answers::run(bench.blocks),
        "solo" => solo::run(records),
        "start" => grown::start(records),
        "search" => grown::search(records),
        "verify" => grown::verify(records),
        "import" => imported::run(records),
        other => Err(UserError::new("bench.unknown").with("value", other)),
    }
}

/// Runs one validator of a measured network.
///
/// # Errors
/// Its folder is none, or it cannot listen.
pub fn validator(bench: &Bench) -> Result<u8, UserError> {
    let folder = bench.folder.as_deref().unwrap_or_else(|| std::path::Path::new("."));
    validator::run(folder, bench.seat).map(|()| 0)
}
