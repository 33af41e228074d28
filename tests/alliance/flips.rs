//! One flipped bit anywhere in ledger.db: it is named, or it changes nothing that can be read.

use crate::common::{Alliance, Folder};
use crate::founded;
use crate::pages::{PAGE, Pages};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Where the bits are that are flipped.
const SEED: u64 = 20_261_121;
/// Flips in each class of pages, and rounds over the file's first 100 bytes.
const FLIPS: usize = 10;
/// So many times more with `SEALROAD_LONG=1`.
const LONG: usize = 4;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

/// A ledger of four validators that has every kind of page, in a folder of its own.
fn ledger(alliance: &mut Alliance) {
    for round in 0..4 {
        let shipments = (round * 8..round * 8 + 8).map(|number| alliance.traffic.shipment(number).unwrap());
        let records: Vec<_> = shipments.collect::<Vec<_>>().concat();
        alliance.confirm(round % 4, records);
    }
    alliance.level(1);
    alliance.stop(0);
    let file = Connection::open(alliance.path(0).join("ledger.db")).unwrap();
    // Pages that hold nothing any more.
    file.execute_batch("CREATE TABLE gone(a); INSERT INTO gone VALUES(zeroblob(20000)); DROP TABLE gone;")
        .unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

/// All that can be read: every table, whole and by each of its indexes.
fn all(folder: &Path) -> rusqlite::Result<BTreeMap<String, Vec<String>>> {
    let file = Connection::open(folder.join("ledger.db"))?;
    let mut statement = file.prepare("SELECT tbl_name, type, name, coalesce(sql, '') FROM sqlite_schema")?;
    let sources = statement.query_map([], |row| {
        let [table, kind, name, sql]: [String; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
        let condition = sql
            .split_once(" WHERE ")
            .map(|(_, condition)| format!(" WHERE {condition}"));
        Ok(match &*kind {
            "table" => format!("{table} NOT INDEXED"),
            // Of a table without rows of its own the index is the table.
            _ if name.starts_with("sqlite_autoindex") && !["subjects", "pending"].contains(&&*table) => table,
            _ => format!("{table} INDEXED BY {name}{}", condition.unwrap_or_default()),
        })
    })?;
    sources
        .map(|source| {
            let source = source?;
            let mut statement = file.prepare(&format!("SELECT * FROM {source}"))?;
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                let values: rusqlite::Result<Vec<Value>> = (0..columns).map(|column| row.get(column)).collect();
                Ok(format!("{:?}", values?))
            })?;
            Ok((source, rows.collect::<rusqlite::Result<_>>()?))
        })
        .collect()
}

struct Trial<'a> {
    whole: &'a [u8],
    folder: &'a Path,
    before: &'a BTreeMap<String, Vec<String>>,
    named: usize,
    harmless: usize,
}

impl Trial<'_> {
    /// Flips a bit and says what is wrong with what was found.
    fn flip(&mut self, at: usize, bit: usize, is_record: bool) -> Result<(), String> {
        let mut bytes = self.whole.to_vec();
        bytes[at] ^= 1 << bit;
        let file = self.folder.join("ledger.db");
        for log in ["ledger.db-wal", "ledger.db-shm"] {
            let _absent = std::fs::remove_file(self.folder.join(log));
        }
        std::fs::write(&file, bytes).unwrap();
        let report = match node::fsck(self.folder) {
            Ok(report) => report,
            // A form that no build has written yet: it is refused by name.
            Err(node::NodeError::TooNew { file: "ledger.db", .. }) => {
                self.named += 1;
                return Ok(());
            }
            Err(error) => return Err(error.to_string()),
        };
        if report.clean {
            self.harmless += 1;
            return match all(self.folder) {
                Ok(after) if after == *self.before => Ok(()),
                _ => Err("fsck finds nothing, and other things are read than before".to_owned()),
            };
        }
        self.named += 1;
        let of_file = |fault: &&node::Fault| fault.file == "ledger.db" && !fault.what.is_empty();
        let faults: Vec<&node::Fault> = report.faults.iter().filter(of_file).collect();
        if faults.is_empty() {
            return Err(format!("ledger.db is not named: {:?}", report.faults));
        }
        let names_record = |fault: &&&node::Fault| fault.height.is_some() && fault.place.is_some();
        match is_record && !faults.iter().any(|fault| names_record(&fault)) {
            true => Err(format!("neither block nor record is named: {faults:?}")),
            false => Ok(()),
        }
    }
}

/// A validator's ledger in a folder of its own, with its votes.
fn copied() -> Folder {
    let mut alliance = founded("flips");
    ledger(&mut alliance);
    let scratch = Folder::new("flip");
    std::fs::create_dir_all(&scratch.0).unwrap();
    for name in ["ledger.db", "votes.db"] {
        std::fs::copy(alliance.path(0).join(name), scratch.0.join(name)).unwrap();
    }
    drop(alliance);
    // As it stands when there are many: the newest of what is found by hashes apart from the rest.
    let ledger = Connection::open(scratch.0.join("ledger.db")).unwrap();
    for (sorted, recent) in [("records", "recent_records"), ("keys", "recent_keys")] {
        let older = format!("FROM {recent} WHERE number < (SELECT max(number) - 20 FROM {recent})");
        let sort_in = format!("INSERT INTO {sorted} SELECT prefix, number {older}; DELETE {older};");
        ledger.execute_batch(&sort_in).unwrap();
    }
    ledger
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(ledger);
    scratch
}

#[test]
fn a_bit_flipped_anywhere_is_named_or_changes_nothing() {
    let scratch = copied();
    let report = node::fsck(&scratch.0).unwrap();
    assert!(report.clean, "{:?}", report.faults);
    let whole = std::fs::read(scratch.0.join("ledger.db")).unwrap();
    let pages = Pages::of(&scratch.0.join("ledger.db"));
    for kind in [
        "bodies overflow",
        "tree interior",
        "records leaf",
        "recent_records leaf",
        "keys leaf",
        "subjects leaf",
        "blocks leaf",
        "blocks_time leaf",
        "free trunk",
        "free leaf",
    ] {
        assert!(pages.kinds.contains_key(kind), "{kind}: {:?}", pages.kinds.keys());
    }
    let before = all(&scratch.0).unwrap();
    let mut trial = Trial {
        whole: &whole,
        folder: &scratch.0,
        before: &before,
        named: 0,
        harmless: 0,
    };
    let rounds = std::env::var("SEALROAD_LONG").map_or(1, |_| LONG);
    let mut chance = Chance(SEED);
    let mut wrong = Vec::new();
    for round in 0..rounds {
        for at in 0..100 {
            let bit = chance.below(8);
            if let Err(what) = trial.flip(at, bit, false) {
                wrong.push(format!("round {round}, header, byte {at}, bit {bit}: {what}"));
            }
        }
    }
    // An empty index that is taken for another kind of page: SQLite's own check passes over it.
    if let Err(what) = trial.flip((pages.kinds["places_height leaf"][0] - 1) * PAGE, 3, false) {
        wrong.push(format!("an empty index: {what}"));
    }
    for (kind, of_kind) in &pages.kinds {
        for _ in 0..FLIPS * rounds {
            let page = of_kind[chance.below(of_kind.len())];
            let (mut within, bit) = (chance.below(PAGE), chance.below(8));
            // Most of a page that is not full is zero: three times out of four something that is there is hit.
            for _ in 0..if chance.below(4) == 0 { 0 } else { 64 } {
                if whole[(page - 1) * PAGE + within] == 0 {
                    within = chance.below(PAGE);
                }
            }
            let used = pages.used.get(&page).copied().unwrap_or(0);
            let is_record = kind == "bodies overflow" && (4..4 + used).contains(&within);
            if let Err(what) = trial.flip((page - 1) * PAGE + within, bit, is_record) {
                wrong.push(format!("{kind}, page {page}, byte {within}, bit {bit}: {what}"));
            }
        }
    }
    println!(
        "{} flips in {} kinds of pages: {} named, {} in what nobody reads",
        trial.named + trial.harmless,
        pages.kinds.len() + 1,
        trial.named,
        trial.harmless
    );
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert!(trial.named + trial.harmless >= 300, "too few");
}
