//! Questions to the views.

use crate::error::NodeError;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;
use systems::view::Row;

/// A page of a table, wanted.
#[derive(Clone, Debug, Default)]
pub struct RowQuery {
    /// Row types: `lot`, `shipment` …
    pub types: Vec<String>,
    /// Words to filter by; empty for all.
    pub text: String,
    /// `all`, a status, or `late` (promised before `now` and not delivered).
    pub chip: String,
    /// `number`, `name`, `status`, `place`, `at`, `due`, `owner`, `quantity`.
    pub sort: String,
    /// Largest first.
    pub descending: bool,
    /// First row, from 0.
    pub offset: u32,
    /// How many.
    pub limit: u32,
    /// Now, RFC 3339, for `late`.
    pub now: String,
}

/// A page of a table.
#[derive(Clone, Debug, Default)]
pub struct RowPage {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many there are with this filter.
    pub total: u32,
    /// How many per chip, with the words.
    pub chips: BTreeMap<String, u32>,
}

const LATE: &str = "due <> '' AND due < ? AND status <> 'delivered'";

/// A condition with its values.
#[derive(Clone, Default)]
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn and(mut self, sql: &str, values: impl IntoIterator<Item = Value>) -> Self {
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        self.sql.push_str(sql);
        self.values.extend(values);
        self
    }
}

pub fn page(views: &Connection, query: &RowQuery) -> Result<RowPage, NodeError> {
    let marks = vec!["?"; query.types.len()].join(", ");
    let types = Condition::default().and(
        &format!("type IN ({marks})"),
        query.types.iter().cloned().map(Value::from),
    );
    let base = words(types, &query.text);
    let mut chips = chips(views, &base)?;
    let late = base.clone().and(LATE, [Value::from(query.now.clone())]);
    chips.insert("late".to_owned(), count(views, &late)?);
    chips.insert("all".to_owned(), count(views, &base)?);
    let chosen = match query.chip.as_str() {
        "" | "all" => base,
        "late" => late,
        status => base.and("status = ?", [Value::from(status.to_owned())]),
    };
    let total = chips
        .get(if query.chip.is_empty() { "all" } else { &query.chip })
        .copied()
        .unwrap_or(0);
    let column = ["number", "name", "status", "place", "at", "due", "owner", "quantity"]
        .into_iter()
        .find(|column| *column == query.sort)
        .unwrap_or("at");
    let direction = if query.descending { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT row FROM rows WHERE {} ORDER BY {column} {direction}, id {direction} LIMIT ? OFFSET ?",
        chosen.sql
    );
    let values = chosen.values.into_iter().chain([
        Value::from(i64::from(query.limit)),
        Value::from(i64::from(query.offset)),
    ]);
    Ok(RowPage {
        rows: rows(views, &sql, values)?,
        total,
        chips,
    })
}

/// Rows that hold all the words: by trigrams where each has three characters, else by looking through them.
fn words(condition: Condition, text: &str) -> Condition {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return condition;
    }
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.iter().all(|part| part.chars().count() >= 3) {
        let phrases: Vec<String> = parts
            .iter()
            .map(|part| format!("\"{}\"", part.replace('"', "\"\"")))
            .collect();
        return condition.and(
            "id IN (SELECT rowid FROM search WHERE search MATCH ?)",
            [Value::from(phrases.join(" AND "))],
        );
    }
    parts.into_iter().fold(condition, |condition, part| {
        let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        condition.and("words LIKE ? ESCAPE '\\'", [Value::from(format!("%{escaped}%"))])
    })
}

fn chips(views: &Connection, base: &Condition) -> Result<BTreeMap<String, u32>, NodeError> {
    let sql = format!("SELECT status, count(*) FROM rows WHERE {} GROUP BY status", base.sql);
    let mut statement = views.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(base.values.iter()), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn count(views: &Connection, condition: &Condition) -> Result<u32, NodeError> {
    let sql = format!("SELECT count(*) FROM rows WHERE {}", condition.sql);
    Ok(views
        .prepare_cached(&sql)?
        .query_row(params_from_iter(condition.values.iter()), |row| row.get(0))?)
}

fn rows(views: &Connection, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<Row>, NodeError> {
    let mut statement = views.prepare_cached(sql)?;
    let found = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(0))?;
    found.map(|text| parse(&text?)).collect()
}

/// Exact codes and numbers first, then words, newest first.
pub fn search(views: &Connection, text: &str, limit: u32) -> Result<Vec<Row>, NodeError> {
    let exact = text.trim().to_owned();
    if exact.is_empty() {
        return Ok(Vec::new());
    }
    let limit_value = Value::from(i64::from(limit));
    let sql = "SELECT row FROM rows WHERE subject = ? OR code = ? OR number = ? LIMIT ?";
    let by_code = [
        Value::from(exact.clone()),
        Value::from(exact.clone()),
        Value::from(exact.clone()),
        limit_value.clone(),
    ];
    let mut found = rows(views, sql, by_code)?;
    let condition = words(Condition::default(), &exact);
    let sql = format!("SELECT row FROM rows WHERE {} ORDER BY id DESC LIMIT ?", condition.sql);
    let by_words = rows(views, &sql, condition.values.into_iter().chain([limit_value]))?;
    let known: Vec<String> = found.iter().map(|row| row.subject.clone()).collect();
    found.extend(by_words.into_iter().filter(|row| !known.contains(&row.subject)));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

pub fn parse(text: &str) -> Result<Row, NodeError> {
    serde_json::from_str(text).map_err(|error| NodeError::damaged("views.db", error))
}
