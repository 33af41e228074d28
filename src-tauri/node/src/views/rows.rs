//! Writes the rows of subjects, and the words by which they are found.

use super::{FILE, short};
use crate::error::NodeError;
use crate::store::Store;
use ledger::{Record, Subject};
use rusqlite::{Connection, OptionalExtension, params};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use systems::shared::goods::LocalText;
use systems::view::{Row, all_packed, packing, places_said};
use systems::{Entry, State};

/// For each subject how it stands, if that is known already, and the newest record that wrote it.
pub type TouchedSubjects = BTreeMap<Subject, (Option<Entry>, Record)>;

/// The words of a row, before and after.
struct Words {
    row: i64,
    before: Option<String>,
    after: String,
}

/// Writes rows within a transaction of the caller's.
pub struct Rows<'a> {
    views: &'a Connection,
    ledger: &'a Store,
    /// Subjects asked for while rows were made: many rows name the same few firms and products.
    others: RefCell<BTreeMap<Subject, Option<Arc<State>>>>,
}

impl<'a> Rows<'a> {
    pub const fn new(views: &'a Connection, ledger: &'a Store) -> Self {
        Self {
            views,
            ledger,
            others: RefCell::new(BTreeMap::new()),
        }
    }

    /// Gives each subject its row anew.
    pub fn write(&self, touched: &TouchedSubjects) -> Result<(), NodeError> {
        let mut words = Vec::with_capacity(touched.len());
        for (subject, (entry, last)) in touched {
            let entry = match entry {
                Some(entry) => Some(entry.clone()),
                None => self.ledger.subject(subject)?.map(|row| row.entry),
            };
            if let Some(entry) = entry {
                words.extend(self.put(subject, &entry, last)?);
            }
        }
        // FTS5 gathers what comes in ascending order in memory, and writes it out at every step back.
        words.sort_unstable_by_key(|words| words.row);
        let mut forget = self
            .views
            .prepare_cached("INSERT INTO search(search, rowid, words) VALUES('delete', ?1, ?2)")?;
        let mut learn = self
            .views
            .prepare_cached("INSERT INTO search(rowid, words) VALUES(?1, ?2)")?;
        for Words { row, before, after } in words {
            if let Some(before) = before {
                forget.execute(params![row, before])?;
            }
            learn.execute(params![row, after])?;
        }
        Ok(())
    }

    /// Remembers the marks of packages and what is in the shipment.
    pub fn pack(&self, marking: &[Record]) -> Result<(), NodeError> {
        let mut mark = self
            .views
            .prepare_cached("INSERT OR IGNORE INTO marks(mark, subject) VALUES(?1, ?2)")?;
        let mut pack = self
            .views
            .prepare_cached("INSERT OR IGNORE INTO packed(shipment, goods) VALUES(?1, ?2)")?;
        for packing in marking.iter().filter_map(packing) {
            for text in &packing.marks {
                mark.execute(params![text, packing.shipment.as_str()])?;
            }
            for goods in &packing.goods {
                pack.execute(params![packing.shipment.as_str(), goods.as_str()])?;
            }
        }
        Ok(())
    }

    /// The shipment that a lot went into, if it is one.
    fn packed_into(&self, lot: &Subject) -> Result<Option<String>, NodeError> {
        let mut statement = self
            .views
            .prepare_cached("SELECT shipment FROM packed WHERE goods = ?1 LIMIT 2")?;
        let found = statement.query_map([lot.as_str()], |row| row.get(0))?;
        let found: Vec<String> = found.collect::<Result<_, _>>()?;
        Ok(<[String; 1]>::try_from(found).ok().map(|[only]| only))
    }

    fn state(&self, subject: &Subject) -> Option<Arc<State>> {
        if let Some(known) = self.others.borrow().get(subject) {
            return known.clone();
        }
        let found = self.ledger.subject(subject).ok()?.map(|row| row.entry.state);
        self.others.borrow_mut().insert(subject.clone(), found.clone());
        found
    }

    /// Writes one row; gives its words if they are others than before.
    fn put(&self, subject: &Subject, entry: &Entry, last: &Record) -> Result<Option<Words>, NodeError> {
        let mut row = systems::view::row(subject, entry, last, &|other| self.state(other));
        if all_packed(&entry.state) {
            row.shipment = self.packed_into(subject)?;
        }
        let names = joined(&row.name);
        let after = words(&row, &entry.state, &names);
        let held: Option<(i64, String)> = self
            .views
            .prepare_cached("SELECT id, words FROM rows WHERE subject = ?1")?
            .query_row([subject.as_str()], |held| Ok((held.get(0)?, held.get(1)?)))
            .optional()?;
        let id = self.save(held.as_ref().map(|(id, _)| *id), &row, &names, &after)?;
        let before = held.map(|(_, words)| words);
        Ok((before.as_ref() != Some(&after)).then_some(Words { row: id, before, after }))
    }

    /// Inserts a row, or replaces what stands under `id`; gives the id.
    fn save(&self, id: Option<i64>, row: &Row, names: &str, words: &str) -> Result<i64, NodeError> {
        let text = serde_json::to_string(row).map_err(|error| NodeError::damaged(FILE, error))?;
        let sql = if id.is_some() {
            "UPDATE rows SET type = ?3, number = ?4, name = ?5, status = ?6, place = ?7, at = ?8, due = ?9, owner = ?10, quantity = ?11,
               code = ?12, row = ?13, words = ?14, expected = ?15, exceptions = ?16,
               single = ?17, shipment = ?18 WHERE id = ?1 AND subject = ?2"
        } else {
            "INSERT INTO rows(id, subject, type, number, name, status, place, at, due, owner, quantity, code, row, words, expected, exceptions,
               single, shipment)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"
        };
        self.views.prepare_cached(sql)?.execute(params![
            id,
            row.subject,
            row.r#type,
            row.number,
            names,
            row.status,
            row.place.as_ref().map(joined).unwrap_or_default(),
            row.at,
            row.due.as_deref().unwrap_or_default(),
            joined(&row.owner),
            row.quantity.as_ref().map_or(0, |quantity| quantity.value),
            row.code.as_deref().unwrap_or_default(),
            text,
            words,
            row.expected.as_deref().unwrap_or_default(),
            row.exceptions,
            row.single_sourced,
            row.shipment.as_deref().unwrap_or_default()
        ])?;
        Ok(id.unwrap_or_else(|| self.views.last_insert_rowid()))
    }
}

/// A name in all its languages.
fn joined(name: &LocalText) -> String {
    name.texts().collect::<Vec<_>>().join(" ")
}

/// An HS code as it is kept and as tariffs print it: `630221 6302.21`.
fn tariff(digits: &str) -> String {
    let mut printed = String::with_capacity(digits.len() * 3 / 2);
    for (place, digit) in digits.chars().enumerate() {
        if place >= 4 && place % 2 == 0 {
            printed.push('.');
        }
        printed.push(digit);
    }
    format!("{digits} {printed}")
}

/// The words by which a row is found: places in the reader's language, as they were said and by their codes; a product also by its
/// HS code.
fn words(row: &Row, state: &State, names: &str) -> String {
    let hs = match state {
        State::Product(product) => product.hs.as_deref().map(tariff).unwrap_or_default(),
        _ => String::new(),
    };
    let mut words = vec![row.number.as_str(), names, row.code.as_deref().unwrap_or_default()];
    let texts = row.place.iter().chain([&row.owner]).flat_map(LocalText::texts);
    for word in texts.chain(places_said(state)).chain(hs.split_whitespace()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let words = words.join(" ").to_lowercase();
    let short = short::forms(&words);
    format!("{words} {short}")
}
