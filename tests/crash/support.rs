//! Scratch folders, chances that can be repeated, and what the databases hold.

use crate::common::{Load, Opened, confirmed};
use ledger::{Hash, Time};
use node::Node;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that is removed at the end, whatever the end.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sealroad-crash-{name}-{}", Hash(node::random().unwrap())));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

/// The child process of these tests.
pub fn child() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sealroad-crash-child"))
}

/// Is the long run wanted?
pub fn long() -> bool {
    std::env::var("SEALROAD_LONG").is_ok_and(|value| value == "1")
}

/// Chances that follow from a seed (SplitMix64; Steele, Lea, Flood 2014).
pub struct Chance(u64);

impl Chance {
    /// The seed is printed. `SEALROAD_SEED` sets it; without, the normal run always takes the same and the long run a new one.
    pub fn new(test: &str) -> Self {
        let wanted = std::env::var("SEALROAD_SEED").ok().and_then(|text| text.parse().ok());
        let seed = wanted.unwrap_or_else(|| {
            if long() {
                u64::from_le_bytes(node::random().unwrap())
            } else {
                1
            }
        });
        println!("{test}: repeat with SEALROAD_SEED={seed}");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }
}

/// Acknowledged ids in what a child said. A last line that the kill cut off is no acknowledgement.
pub fn acknowledged(said: &str) -> Vec<Hash> {
    let whole = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole
        .filter_map(|line| line.strip_prefix("ack "))
        .map(|id| id.trim_end().parse().unwrap())
        .collect()
}

/// That the ledger is in order, may confirm, and has its newest block certified.
pub fn assert_sound(opened: &Opened) {
    let report = opened.node.fsck().unwrap();
    assert!(report.clean, "fsck: {:?}", report.faults);
    assert_eq!(opened.node.halted(), None);
    if let Some(head) = opened.node.head() {
        let block = opened.node.block(head.height).unwrap().unwrap();
        assert!(block.certificate.is_some(), "block {} has no certificate", head.height);
        assert_eq!(report.height, head.height);
    }
}

/// That everything acknowledged is there.
pub fn assert_holds(opened: &Opened, acknowledged: &[Hash]) {
    for id in acknowledged {
        let stored = opened.node.record(id).unwrap();
        let stored = stored.unwrap_or_else(|| panic!("acknowledged record {id} is missing"));
        assert_eq!(stored.record.id(), *id);
        assert!(opened.node.block(stored.height).unwrap().unwrap().certificate.is_some());
    }
}

/// All rows a question gives.
pub fn ask(file: &Path, sql: &str) -> rusqlite::Result<Vec<Vec<Value>>> {
    let connection = Connection::open(file)?;
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
    rows.collect()
}

/// Tables of a database that somebody made on purpose.
pub fn tables(file: &Path) -> rusqlite::Result<Vec<String>> {
    let names = ask(
        file,
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    )?;
    Ok(names.into_iter().filter_map(|row| text(&row[0])).collect())
}

/// Columns of a table.
pub fn columns(file: &Path, table: &str) -> rusqlite::Result<Vec<String>> {
    let rows = ask(file, &format!("SELECT name FROM pragma_table_info('{table}')"))?;
    Ok(rows.into_iter().filter_map(|row| text(&row[0])).collect())
}

pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Copies a closed ledger's folder, files only.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Founding and some shipments, each batch a block of its own; gives the ids of what was acknowledged.
pub fn fill(node: &Node, start: Time, seed: u64, shipments: usize) -> Vec<Hash> {
    let mut load = Load::new(node.network(), start, seed);
    let mut acknowledged = Vec::new();
    for batch in load.founding() {
        acknowledged.extend(confirmed(&node.submit(batch).unwrap()));
    }
    for _ in 0..shipments {
        acknowledged.extend(confirmed(&node.submit(load.shipments(1)).unwrap()));
    }
    acknowledged
}
