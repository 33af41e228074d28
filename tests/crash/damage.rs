//! Damage is found and named, and nothing panics over it.

use crate::common::{Load, found, open, vote_key};
use crate::support::{Chance, Scratch, ask, columns, copy_folder, fill, long, tables, text};
use node::{Clock, DataFolder, Node, NodeError, SystemClock};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;

/// A small closed ledger, all of it in its file, with one record in the outbox.
fn small_ledger(ledger: &Path) {
    found(ledger);
    let opened = open(ledger).unwrap();
    fill(&opened.node, SystemClock.now(), 1, 3);
    let network = opened.node.network();
    drop(opened);
    let folder = DataFolder::open(ledger).unwrap();
    let node = Node::open(&folder, None, Arc::new(SystemClock)).unwrap();
    let [firms, _] = Load::new(network, SystemClock.now(), 2).founding();
    node.submit(firms[..2].to_vec()).unwrap();
    drop(node);
    node::checkpoint(&ledger.join("ledger.db")).unwrap();
    let report = node::fsck(ledger).unwrap();
    assert!(report.clean, "{:?}", report.faults);
}

/// Another value of the same kind.
fn other(value: &Value, chance: &mut Chance) -> Value {
    match value {
        Value::Null => Value::Blob(vec![1]),
        Value::Integer(number) => Value::Integer(number ^ (1 << chance.below(12))),
        Value::Real(number) => Value::Real(number + 1.0),
        Value::Text(text) => {
            let at = chance.below(text.chars().count());
            let flip = |(index, c)| {
                if index != at {
                    c
                } else if c == 'x' {
                    'y'
                } else {
                    'x'
                }
            };
            Value::Text(text.chars().enumerate().map(flip).collect())
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
            Value::Blob(bytes)
        }
    }
}

/// That a check names the damage, or that the ledger does not open and says why.
fn found_and_named(ledger: &Path) -> Result<(), String> {
    let report = node::fsck(ledger);
    let opened = open_somehow(ledger);
    match (report, opened) {
        (Ok(report), Ok(())) if report.clean => Err("fsck says all is well, and it opens".to_owned()),
        (Ok(report), Err(error)) if report.clean => said_clearly(&error),
        (Ok(report), _) => {
            let named = report
                .faults
                .iter()
                .any(|fault| fault.file == "ledger.db" && !fault.what.is_empty());
            if named {
                Ok(())
            } else {
                Err(format!("not named: {:?}", report.faults))
            }
        }
        (Err(error), _) => said_clearly(&error),
    }
}

fn said_clearly(error: &NodeError) -> Result<(), String> {
    match error {
        NodeError::Damaged { .. } | NodeError::TooNew { .. } | NodeError::NoLedger(_) | NodeError::Database(_) => {
            Ok(())
        }
        other => Err(format!("called {other:?}")),
    }
}

/// Opening may succeed or fail, with an error and not a panic.
fn open_somehow(ledger: &Path) -> Result<(), NodeError> {
    let folder = DataFolder::open(ledger)?;
    Node::open(&folder, Some(vote_key()), Arc::new(SystemClock)).map(drop)
}

/// What nothing proves: the order of the outbox, and how far the index is written (a part that is applied twice comes out the same).
const NOT_PROVED: &[(&str, &str)] = &[("pending", "place")];
const PROVED_ROWS: &[(&str, &str)] = &[("meta", "key <> 'tree'")];
/// fsck asks for each height up to the newest; a newest beyond this is no test but a wait.
const TALLEST: i64 = 1 << 20;

fn rows_of(table: &str) -> &'static str {
    let found = PROVED_ROWS.iter().find(|(name, _)| *name == table);
    found.map_or("1", |(_, condition)| condition)
}

/// Changes one value in a row taken by chance; gives what was changed, none if the database refuses.
fn change(file: &Path, table: &str, column: &str, chance: &mut Chance) -> Option<String> {
    let key = ask(
        file,
        &format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1"),
    )
    .unwrap();
    let key = text(&key[0][0]).unwrap();
    let rows = ask(
        file,
        &format!("SELECT {key}, {column} FROM {table} WHERE {}", rows_of(table)),
    )
    .unwrap();
    if rows.is_empty() {
        return None;
    }
    let at = chance.below(rows.len());
    let new = other(&rows[at][1], chance);
    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2 AND {column} IS ?3");
    let connection = Connection::open(file).unwrap();
    let changed = connection.execute(&sql, params![new, rows[at][0], rows[at][1]]).ok()?;
    drop(connection);
    node::checkpoint(file).unwrap();
    (changed > 0).then(|| format!("{table}.{column} of row {at}"))
}

#[test]
fn every_changed_value_is_found() {
    let scratch = Scratch::new("values");
    let ledger = scratch.join("ledger");
    small_ledger(&ledger);
    let mut chance = Chance::new("changed values");
    let tries = if long() { 25 } else { 3 };
    let file = ledger.join("ledger.db");
    let (mut changes, mut missed) = (0, Vec::new());
    for table in tables(&file).unwrap() {
        for column in columns(&file, &table).unwrap() {
            let proved = !NOT_PROVED.contains(&(table.as_str(), column.as_str()));
            for _ in 0..tries {
                let copy = scratch.join("copy");
                copy_folder(&ledger, &copy);
                if let Some(what) = change(&copy.join("ledger.db"), &table, &column, &mut chance) {
                    let found = found_and_named(&copy);
                    changes += usize::from(proved);
                    missed.extend(found.err().filter(|_| proved).map(|reason| format!("{what}: {reason}")));
                }
                std::fs::remove_dir_all(&copy).unwrap();
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} of {changes} changes:\n{}",
        missed.len(),
        missed.join("\n")
    );
    println!("{changes} changed values found");
}

/// Questions to all that a ledger says and proves, as its schema stands while it is whole.
fn questions(whole: &Path) -> Vec<String> {
    let mut questions = vec!["PRAGMA user_version".to_owned()];
    for table in tables(whole).unwrap() {
        let mut proved = columns(whole, &table).unwrap();
        proved.retain(|column| !NOT_PROVED.contains(&(table.as_str(), column.as_str())));
        if !proved.is_empty() {
            let list = proved.join(", ");
            let rows = rows_of(&table);
            questions.push(format!("SELECT {list} FROM {table} WHERE {rows} ORDER BY {list}"));
        }
    }
    questions
}

/// The answers; an error where it cannot be read.
fn content(file: &Path, questions: &[String]) -> rusqlite::Result<Vec<Vec<Vec<Value>>>> {
    questions.iter().map(|question| ask(file, question)).collect()
}

fn is_too_tall(file: &Path) -> bool {
    let newest = ask(file, "SELECT max(height) FROM blocks");
    newest.is_ok_and(|rows| matches!(rows[0][0], Value::Integer(height) if height > TALLEST))
}

#[test]
fn every_flipped_bit_that_matters_is_found() {
    let scratch = Scratch::new("bits");
    let ledger = scratch.join("ledger");
    small_ledger(&ledger);
    let mut chance = Chance::new("flipped bits");
    let whole = std::fs::read(ledger.join("ledger.db")).unwrap();
    let questions = questions(&ledger.join("ledger.db"));
    let expected = content(&ledger.join("ledger.db"), &questions).unwrap();
    let flips = if long() { 3000 } else { 120 };
    let (mut mattered, mut missed) = (0, Vec::new());
    for flip in 0..flips {
        let copy = scratch.join("copy");
        copy_folder(&ledger, &copy);
        // Every fourth hits the file's head, where form and layout stand.
        let at = chance.below(if flip % 4 == 0 { 100 } else { whole.len() });
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << chance.below(8);
        std::fs::write(copy.join("ledger.db"), &bytes).unwrap();
        if !is_too_tall(&copy.join("ledger.db")) {
            let same = content(&copy.join("ledger.db"), &questions).is_ok_and(|found| found == expected);
            let found = found_and_named(&copy);
            mattered += usize::from(!same);
            missed.extend(
                found
                    .err()
                    .filter(|_| !same)
                    .map(|reason| format!("byte {at}: {reason}")),
            );
        }
        std::fs::remove_dir_all(&copy).unwrap();
    }
    assert!(
        missed.is_empty(),
        "{} of {mattered} flips:\n{}",
        missed.len(),
        missed.join("\n")
    );
    println!("{mattered} of {flips} flipped bits changed what the ledger says, all were found");
}
