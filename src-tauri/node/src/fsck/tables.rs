//! Whether the tables (`views.db`) show what the ledger says.

use super::{Check, Written, told};
use crate::error::NodeError;
use crate::store::{LEDGER, Store, open_reader, unsigned};
use crate::views;
use ledger::Subject;
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use systems::State;
use systems::view::Row;

const VIEWS: &str = "views.db";
/// Where this stands, the next start makes the tables anew (see `views`).
const MARK: &str = "views.damaged";
const ANEW: &str = "the tables are made anew when Sealroad is next started";

impl Check {
    /// Each row must be what its subject makes of it, as far as the tables have come; one row is in memory at a time.
    pub(super) fn tables(&mut self, folder: &Path) -> Result<(), NodeError> {
        // They can be derived at any time: that they are missing, or are to be made anew, is no fault.
        if !folder.join(VIEWS).exists() || folder.join(MARK).exists() {
            return Ok(());
        }
        let subjects = std::mem::take(&mut self.subjects);
        let compared = self.differing(folder, &subjects);
        self.subjects = subjects;
        let what = match compared {
            Ok(None) => return Ok(()),
            Ok(Some(what)) => what,
            Err(error @ NodeError::Damaged { file: LEDGER, .. }) => {
                let what = told(folder, error)?;
                self.fault(LEDGER, None, None, what);
                return Ok(());
            }
            Err(error) => told(folder, error)?,
        };
        // Where nothing can be written, the next check says so again.
        let _marked = std::fs::write(folder.join(MARK), b"");
        self.fault(VIEWS, None, None, format!("{what}: {ANEW}"));
        Ok(())
    }

    /// What the tables show otherwise than the ledger, if anything.
    fn differing(
        &self,
        folder: &Path,
        subjects: &std::collections::HashMap<Subject, Written>,
    ) -> Result<Option<String>, NodeError> {
        let views = open_reader(&folder.join(VIEWS), VIEWS, 1)?;
        let (shown, by): (i64, String) = views.query_row("SELECT height, code FROM progress", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        // What other code made is made anew anyway.
        if by != views::code() {
            return Ok(None);
        }
        let pages: String = views.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if pages != "ok" {
            return Ok(Some(pages));
        }
        let shown = unsigned(shown);
        let (mut wrong, mut first, mut expected) = (0_u64, None, 0_u64);
        for (subject, written) in subjects.iter().filter(|(_, written)| written.changed <= shown) {
            expected += 1;
            if !is_shown(&views, &self.store, subject, written)? {
                wrong += 1;
                first.get_or_insert(subject);
            }
        }
        if let Some(first) = first {
            return Ok(Some(format!(
                "{wrong} rows do not say what the ledger says, one of them {first}"
            )));
        }
        let rows: i64 = views.query_row("SELECT count(*) FROM rows", [], |row| row.get(0))?;
        // More of them may come while this is checked, and of what the tables have not come to yet.
        let known = subjects.len();
        let beyond = unsigned(rows) < expected
            || (usize::try_from(rows).is_ok_and(|rows| rows > known) && shown <= self.blocks.count());
        Ok(beyond.then(|| format!("{rows} rows for {known} subjects")))
    }
}

/// Whether the row of a subject says what the ledger says, or said when the row was written.
fn is_shown(views: &Connection, store: &Store, subject: &Subject, written: &Written) -> Result<bool, NodeError> {
    let Some(stored) = store.subject(subject)? else {
        return Ok(true); // the states say so
    };
    // Written again while this is checked: the row may be older or newer.
    if stored.entry.changed != written.changed {
        return Ok(true);
    }
    let Some(last) = written.records.last() else {
        return Ok(true);
    };
    let last = store.stored(*last)?.record;
    let later = Cell::new(false);
    let lookup = |other: &Subject| -> Option<Arc<State>> {
        let entry = store.subject(other).ok()??.entry;
        // A row is written when its subject is, and does not follow when a firm it names has another name.
        later.set(later.get() || entry.changed > written.changed);
        Some(entry.state)
    };
    let expected = systems::view::row(subject, &stored.entry, &last, &lookup);
    let found = views
        .prepare_cached("SELECT row, type, number, name, status, at, due, code FROM rows WHERE subject = ?1")?
        .query_row([subject.as_str()], |row| {
            let columns: Result<Vec<String>, _> = (1..8).map(|column| row.get(column)).collect();
            Ok((row.get::<_, String>(0)?, columns?))
        })
        .optional()?;
    let Some((text, columns)) = found else { return Ok(false) };
    let Ok(row) = serde_json::from_str::<Row>(&text) else {
        return Ok(false);
    };
    let sorted_by = [
        row.r#type.clone(),
        row.number.clone(),
        row.name.texts().collect::<Vec<_>>().join(" "),
        row.status.clone(),
        row.at.clone(),
        row.due.clone().unwrap_or_default(),
        row.code.clone().unwrap_or_default(),
    ];
    Ok(columns == sorted_by && (later.get() || said(&row) == said(&expected)))
}

/// A row but for the shipment that the goods went with, which the tables gather themselves.
fn said(row: &Row) -> Option<Value> {
    let mut row = serde_json::to_value(row).ok()?;
    row.as_object_mut()?.remove("shipment");
    Some(row)
}
