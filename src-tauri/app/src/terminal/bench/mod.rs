//! `sealroad bench`: measures, and prints what it measured. Ratios within one run count; absolute figures are the machine's.

pub mod traffic;

mod grown;
mod imported;
mod measure;
mod solo;

use crate::UserError;
use serde_json::Value;

/// Runs one measurement; the answer is what `--json` prints.
///
/// # Errors
/// It cannot be carried out; a measurement that ran and fell short is not an error.
pub fn run(what: &str, records: usize) -> Result<Value, UserError> {
    match what {
        "solo" => solo::run(records),
        "start" => grown::start(records),
        "search" => grown::search(records),
        "verify" => grown::verify(records),
        "import" => imported::run(records),
        other => Err(UserError::new("bench.unknown").with("value", other)),
    }
}
