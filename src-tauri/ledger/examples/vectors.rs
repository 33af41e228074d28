//! Writes `docs/vectors/` anew: `cargo run -p ledger --example vectors --features testing`. Changing a vector is a change of
//! the protocol.

#![allow(clippy::disallowed_methods)]

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors");
    for (name, bytes) in ledger::testing::vectors::files() {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
