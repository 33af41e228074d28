//! Questions to the views.

use super::short;
use crate::error::NodeError;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use std::collections::BTreeMap;
use systems::view::Row;

/// A page of a table, wanted.
#[derive(Clone, Debug, Default)]
pub struct RowQuery {
    /// Row types: `lot`, `shipment` …
    pub types: Vec<String>,
    /// Words to filter by; empty for all.
    pub text: String,
    /// `all`, a status, `late` (not delivered, and promised before `now` or expected after what was promised), `exception` (one
    /// stands open) or `single-sourced` (whatever else is to be said of it).
    pub chip: String,
    /// `number`, `name`, `status`, `place`, `at`, `due`, `expected`, `owner`, `quantity`.
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

/// Times stand as RFC 3339 in UTC with three decimals, whose order as text is their order in time.
const LATE: &str = "due <> '' AND status <> 'delivered' AND (due < ? OR expected > due)";
const EXCEPTION: &str = "exceptions > 0";
const SINGLE: &str = "single";
/// Goods that travelled are where their shipment is; only the order by place has to know it of rows that are not shown.
const PLACE: &str =
    "coalesce((SELECT carrying.place FROM rows AS carrying WHERE carrying.subject = rows.shipment), place)";

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
    let chips = chips(views, &base, &query.now)?;
    let chosen = match query.chip.as_str() {
        "" | "all" => base,
        "late" => base.and(LATE, [Value::from(query.now.clone())]),
        "exception" => base.and(EXCEPTION, []),
        "single-sourced" => base.and(SINGLE, []),
        status => base.and("status = ?", [Value::from(status.to_owned())]),
    };
    let total = chips
        .get(if query.chip.is_empty() { "all" } else { &query.chip })
        .copied()
        .unwrap_or(0);
    let column = [
        "number", "name", "status", "place", "at", "due", "expected", "owner", "quantity",
    ]
    .into_iter()
    .find(|column| *column == query.sort)
    .unwrap_or("at");
    let column = if column == "place" { PLACE } else { column };
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

/// What is asked for, as FTS5 wants it; none if nothing is.
fn asked(text: &str) -> Option<Value> {
    let text = text.to_lowercase();
    let phrases: Vec<String> = text
        .split_whitespace()
        .filter_map(short::asked)
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    (!phrases.is_empty()).then(|| Value::from(phrases.join(" AND ")))
}

/// Rows that hold all the words.
fn words(condition: Condition, text: &str) -> Condition {
    match asked(text) {
        Some(asked) => condition.and("id IN (SELECT rowid FROM search WHERE search MATCH ?)", [asked]),
        None => condition,
    }
}

/// How many per status, and `late`, `exception`, `single-sourced` and `all`, in one pass.
fn chips(views: &Connection, base: &Condition, now: &str) -> Result<BTreeMap<String, u32>, NodeError> {
    let sql = format!(
        "SELECT status, count(*), sum({LATE}), sum({EXCEPTION}), sum({SINGLE}) FROM rows WHERE {} GROUP BY status",
        base.sql
    );
    let mut statement = views.prepare_cached(&sql)?;
    let values = [Value::from(now.to_owned())]
        .into_iter()
        .chain(base.values.iter().cloned());
    let mut found = statement.query(params_from_iter(values))?;
    let mut chips = BTreeMap::new();
    let (mut all, mut late, mut exception, mut single) = (0, 0, 0, 0);
    while let Some(row) = found.next()? {
        let count: u32 = row.get(1)?;
        all += count;
        late += row.get::<_, u32>(2)?;
        exception += row.get::<_, u32>(3)?;
        single += row.get::<_, u32>(4)?;
        chips.insert(row.get(0)?, count);
    }
    let counts = [
        ("late", late),
        ("exception", exception),
        ("single-sourced", single),
        ("all", all),
    ];
    chips.extend(counts.map(|(chip, count)| (chip.to_owned(), count)));
    Ok(chips)
}

fn rows(views: &Connection, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<Row>, NodeError> {
    let mut statement = views.prepare_cached(sql)?;
    let found = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(0))?;
    let mut rows = Vec::new();
    for text in found {
        rows.push(parse(&text?)?);
    }
    complete(views, &mut rows)?;
    Ok(rows)
}

/// The row of a subject.
pub fn one(views: &Connection, subject: &str) -> Result<Option<Row>, NodeError> {
    let found = rows(
        views,
        "SELECT row FROM rows WHERE subject = ?",
        [Value::from(subject.to_owned())],
    )?;
    Ok(found.into_iter().next())
}

/// Fills in what stands in other rows: goods are where their shipment is, and a shipment knows of recalls of what is in it.
fn complete(views: &Connection, rows: &mut [Row]) -> Result<(), NodeError> {
    let mut carrying = views.prepare_cached("SELECT row FROM rows WHERE subject = ?1")?;
    let mut recalled = views.prepare_cached(
        "SELECT 1 FROM packed JOIN rows ON subject = goods WHERE packed.shipment = ?1 AND status = 'recalled' LIMIT 1",
    )?;
    let mut places = BTreeMap::new();
    for row in rows {
        if row.r#type == "shipment" {
            row.recalled = recalled.exists([&row.subject])?;
        }
        let Some(shipment) = &row.shipment else { continue };
        if !places.contains_key(shipment) {
            let text: Option<String> = carrying.query_row([shipment], |row| row.get(0)).optional()?;
            let found = text.map(|text| parse(&text)).transpose()?.and_then(|row| row.place);
            places.insert(shipment.clone(), found);
        }
        if let Some(Some(place)) = places.get(shipment) {
            row.place = Some(place.clone());
        }
    }
    Ok(())
}

/// Exact codes and numbers first, then words, newest first.
pub fn search(views: &Connection, text: &str, limit: u32) -> Result<Vec<Row>, NodeError> {
    let exact = text.trim().to_owned();
    if exact.is_empty() {
        return Ok(Vec::new());
    }
    let limit_value = Value::from(i64::from(limit));
    // Four questions: joined by OR they would be answered by looking through every row.
    let sql = "SELECT row FROM rows WHERE subject = ?1 UNION SELECT row FROM rows WHERE code <> '' AND code = ?1
               UNION SELECT row FROM rows WHERE number = ?1
               UNION SELECT row FROM marks JOIN rows ON rows.subject = marks.subject WHERE mark = ?1 LIMIT ?2";
    let mut found = rows(views, sql, [Value::from(exact.clone()), limit_value.clone()])?;
    if let Some(asked) = asked(&exact) {
        // The index gives the newest first, and stops there: asked for them all it would first gather every row of a common word.
        let sql =
            "SELECT row FROM (SELECT rowid AS newest FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?)
                   JOIN rows ON id = newest ORDER BY id DESC";
        let by_words = rows(views, sql, [asked, limit_value])?;
        let known: Vec<String> = found.iter().map(|row| row.subject.clone()).collect();
        found.extend(by_words.into_iter().filter(|row| !known.contains(&row.subject)));
    }
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn parse(text: &str) -> Result<Row, NodeError> {
    serde_json::from_str(text).map_err(|error| NodeError::damaged("views.db", error))
}
