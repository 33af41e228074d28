//! How long an import takes, signatures and confirmation included.

use super::measure::rounded;
use super::solo::scratch;
use crate::{App, Options, UserError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Instant;

/// `bench import`: a sheet of `records` products into a new ledger.
pub fn run(records: usize) -> Result<Value, UserError> {
    let path = scratch("import")?;
    let outcome = measure(&path, records);
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

fn measure(path: &std::path::Path, records: usize) -> Result<Value, UserError> {
    let app = App::open(Options {
        data: Some(path.to_path_buf()),
    })?;
    let call = |request: Value| {
        app.call(request)
            .map_err(|error| UserError::new("bench.call").with("what", error))
    };
    let profile = json!({"name": {"en": "Bench"}, "country": "CN", "identifiers": [], "roles": ["exporter"]});
    call(json!({"call": "set-up", "profile": profile, "passphrase": "bench bench"}))?;
    let mut sheet = String::from("article number,name,unit,HS code\n");
    for number in 0..records {
        let _written = writeln!(sheet, "{number:06},Duvet cover {number},H87,630221");
    }
    let start = Instant::now();
    let file = STANDARD.encode(&sheet);
    let preview =
        call(json!({"call": "import-preview", "name": "bench.csv", "file": file, "as": "products", "mapping": null}))?;
    let import = preview["import"].clone();
    let mut progress = call(json!({"call": "import-start", "import": import, "mapping": null, "mended": []}))?;
    while progress["state"] == "running" {
        std::thread::yield_now();
        progress = call(json!({"call": "import-progress", "import": import}))?;
    }
    let seconds = start.elapsed().as_secs_f64();
    let accepted = &progress["report"]["accepted"];
    Ok(json!({"rows": records, "accepted": accepted, "state": progress["state"], "seconds": rounded(seconds)}))
}
