//! Import: a file becomes rows, rows become records that are checked first and then signed batch by batch.

mod countries;
mod epcis;
mod fields;
mod kind;
mod product;
mod rows;
mod run;
mod shipment;
mod table;
mod values;

use crate::App;
use crate::call::{ImportPreview, ImportProgress, ImportReport, Mapping, MendedCell, RowProblem, SourceFile};
use crate::error::UserError;
use crate::firm::Firm;
use crate::foreign::Imported;
use crate::timeline::Heard;
use crate::words::{self, Language};
use crate::{detail, settings};
use fields::Sheet;
use kind::Found;
use ledger::{Hash, Party, Subject};
use node::Desk;
use rows::{Remark, Us};
use run::Job;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use table::Table;

/// Largest file: 64 MiB.
const LARGEST: usize = 64 * 1024 * 1024;
/// Rows shown as a sample.
const SAMPLE: usize = 20;
/// Imports that are kept to be asked about.
const KEPT: usize = 8;
const IMPORTED: &str = "imported-files";
const MAPPINGS: &str = "mappings";
/// Where it is kept which file a foreign event was taken from: RecordId → [`SourceFile`].
const SOURCES: &str = "sources";

/// Imports that were looked at or run, oldest first.
pub(crate) type Imports = Vec<(String, Arc<Job>)>;

/// A file that was looked at.
#[derive(Clone)]
pub(crate) struct File {
    /// Its name.
    name: String,
    /// SHA-256.
    hash: Hash,
    /// What it is.
    content: Content,
    /// The mapping in use.
    mapping: Mapping,
}

#[derive(Clone)]
enum Content {
    Sheet(Sheet, Arc<Table>),
    Epcis(Arc<Vec<u8>>),
}

impl Content {
    fn name(&self) -> &'static str {
        match self {
            Self::Sheet(sheet, _) => sheet.name(),
            Self::Epcis(_) => "epcis",
        }
    }
}

/// Looks at a file: what is it, which columns, what would become of it.
pub(crate) fn preview(
    app: &App,
    name: String,
    file: &str,
    r#as: Option<String>,
    mapping: Option<Mapping>,
) -> Result<ImportPreview, UserError> {
    let firm = app.firm()?;
    let bytes = settings::decode(file, "file")?;
    if bytes.len() > LARGEST {
        return Err(UserError::new("import.too-large").with("expected", LARGEST));
    }
    let file = look(&firm.desk, name, bytes, r#as.as_deref(), mapping)?;
    let language = language(app)?;
    let plan = run::plan(&firm, &file, &[], language)?;
    let id = hex::encode(node::random::<8>()?);
    let job = Arc::new(Job::new(file.clone(), language, plan.of()));
    let mut imports = firm.imports.lock().unwrap_or_else(PoisonError::into_inner);
    if imports.len() >= KEPT {
        let done = imports.iter().position(|(_, job)| !job.is_running()).unwrap_or(0);
        imports.remove(done);
    }
    imports.push((id.clone(), job));
    Ok(describe(id, &file, plan.report))
}

/// Reads a file whose kind and columns nobody named, without a ledger: what its rows say is not held against anything.
///
/// # Errors
/// It cannot be imported.
pub(crate) fn read(bytes: &[u8], party: Party) -> Result<Imported, UserError> {
    if bytes.len() > LARGEST {
        return Err(UserError::new("import.too-large").with("expected", LARGEST));
    }
    let (sheet, table) = match kind::look("", bytes, None)? {
        Found::Table(sheet, table) => (sheet, table),
        Found::Epcis => {
            let read = epcis::read(bytes);
            return Ok(Imported {
                lines: read.events,
                good: read.good.into_iter().map(|good| good.payload).collect(),
                bad: read.faults.len(),
            });
        }
    };
    let us = Us {
        party,
        country: "CN".to_owned(),
    };
    let read = rows::read(sheet, &table, &sheet.mapping(&table.headers), &[], &us);
    Ok(Imported {
        lines: table.rows.len(),
        good: read.good.into_iter().map(|good| good.payload).collect(),
        bad: read.bad.len(),
    })
}

fn look(
    desk: &Desk,
    name: String,
    bytes: Vec<u8>,
    r#as: Option<&str>,
    mapping: Option<Mapping>,
) -> Result<File, UserError> {
    let hash = Hash::of(&bytes);
    let (sheet, table) = match kind::look(&name, &bytes, r#as)? {
        Found::Table(sheet, table) => (sheet, table),
        Found::Epcis => {
            return Ok(File {
                name,
                hash,
                content: Content::Epcis(Arc::new(bytes)),
                mapping: Mapping::default(),
            });
        }
    };
    let mapping = match mapping {
        Some(mapping) => mapping,
        None => match remembered(desk, sheet, &table.headers)? {
            Some(mapping) => mapping,
            None => {
                kind::fits(sheet, &table.headers)?;
                sheet.mapping(&table.headers)
            }
        },
    };
    check_mapping(sheet, &table.headers, &mapping)?;
    Ok(File {
        name,
        hash,
        content: Content::Sheet(sheet, Arc::new(table)),
        mapping,
    })
}

fn check_mapping(sheet: Sheet, headers: &[String], mapping: &Mapping) -> Result<(), UserError> {
    let column = mapping.columns.keys().find(|column| !headers.contains(column));
    if let Some(column) = column {
        return Err(UserError::new("import.no-such-column")
            .at("mapping")
            .with("value", column));
    }
    let mut taken = BTreeSet::new();
    if let Some(field) = mapping.columns.values().find(|field| !taken.insert(*field)) {
        return Err(UserError::new("import.field-twice").at("mapping").with("value", field));
    }
    let fields = mapping.columns.values().chain(mapping.defaults.keys());
    match fields.into_iter().find(|field| sheet.field(field).is_none()) {
        Some(field) => Err(UserError::new("import.no-such-field")
            .at("mapping")
            .with("value", field)),
        None => Ok(()),
    }
}

/// Headers in any order are the same sheet.
fn sheet_key(sheet: Sheet, headers: &[String]) -> String {
    let mut sorted = headers.to_vec();
    sorted.sort();
    format!("{}:{}", sheet.name(), Hash::of(sorted.join("\u{1f}").as_bytes()))
}

fn remembered(desk: &Desk, sheet: Sheet, headers: &[String]) -> Result<Option<Mapping>, UserError> {
    let kept = desk.get(MAPPINGS, &sheet_key(sheet, headers))?;
    let kept: Option<Mapping> = kept.and_then(|value| serde_json::from_value(value).ok());
    Ok(kept.filter(|mapping| check_mapping(sheet, headers, mapping).is_ok()))
}

/// Remembers that this file was imported, and how its columns were read.
fn remember(firm: &Firm, file: &File) -> Result<(), UserError> {
    let when = firm.clock.now();
    firm.desk.put(
        IMPORTED,
        &file.hash.to_string(),
        &json!({ "name": file.name, "as": file.content.name(), "when": when }),
    )?;
    if let Content::Sheet(sheet, table) = &file.content {
        firm.desk
            .put(MAPPINGS, &sheet_key(*sheet, &table.headers), &json!(file.mapping))?;
    }
    Ok(())
}

/// Remembers which file these records were taken from.
fn taken(firm: &Firm, file: &File, records: impl Iterator<Item = Hash>) -> Result<(), UserError> {
    let source = json!(SourceFile {
        name: file.name.clone(),
        hash: file.hash.to_string(),
        when: firm.clock.now().to_string(),
    });
    Ok(firm
        .desk
        .put_all(SOURCES, records.map(|id| (id.to_string(), source.clone())))?)
}

/// The file a record was taken from.
pub(crate) fn source(firm: &Firm, heard: Option<&Heard>) -> Result<Option<SourceFile>, UserError> {
    let Some(heard) = heard else { return Ok(None) };
    let kept = firm.desk.get(SOURCES, &heard.stored.record.id().to_string())?;
    Ok(kept.and_then(|value| serde_json::from_value(value).ok()))
}

/// When this very file was imported before.
fn already(desk: &Desk, file: &File) -> Result<Option<String>, UserError> {
    let kept = desk.get(IMPORTED, &file.hash.to_string())?;
    Ok(kept.and_then(|value| value.get("when")?.as_str().map(str::to_owned)))
}

fn describe(import: String, file: &File, report: ImportReport) -> ImportPreview {
    let (columns, fields, sample) = match &file.content {
        Content::Epcis(_) => (Vec::new(), Vec::new(), Vec::new()),
        Content::Sheet(sheet, table) => {
            let fields = sheet
                .fields()
                .iter()
                .map(|field| (field.name.to_owned(), field.required))
                .collect();
            let texts = |cells: &Vec<table::Cell>| cells.iter().map(|cell| cell.text.clone()).collect();
            let sample = table.rows.iter().take(SAMPLE).map(|(_, cells)| texts(cells)).collect();
            (table.headers.clone(), fields, sample)
        }
    };
    ImportPreview {
        import,
        r#as: file.content.name().to_owned(),
        columns,
        fields,
        mapping: file.mapping.clone(),
        sample,
        report,
    }
}

/// Imports what was looked at, in the background.
pub(crate) fn start(
    app: &App,
    import: &str,
    mapping: Option<Mapping>,
    mended: Vec<MendedCell>,
) -> Result<ImportProgress, UserError> {
    let firm = app.firm()?;
    let job = job(&firm, import)?;
    if let (Some(mapping), Content::Sheet(sheet, table)) = (&mapping, &job.file().content) {
        check_mapping(*sheet, &table.headers, mapping)?;
    }
    if let Content::Sheet(sheet, _) = &job.file().content
        && let Some(cell) = mended.iter().find(|cell| sheet.field(&cell.field).is_none())
    {
        return Err(UserError::new("import.no-such-field")
            .at("mended")
            .with("value", &cell.field));
    }
    run::start(&firm, &job, import, mapping, mended)?;
    Ok(job.progress())
}

/// How far an import is.
pub(crate) fn progress(app: &App, import: &str) -> Result<ImportProgress, UserError> {
    Ok(job(&*app.firm()?, import)?.progress())
}

/// Stops an import after the batch under way and waits for that.
pub(crate) fn cancel(app: &App, import: &str) -> Result<ImportProgress, UserError> {
    let job = job(&*app.firm()?, import)?;
    job.cancel();
    job.join();
    Ok(job.progress())
}

/// Stops every import: the ledger is about to be closed.
pub(crate) fn stop_all(firm: &Firm) {
    let jobs = std::mem::take(&mut *firm.imports.lock().unwrap_or_else(PoisonError::into_inner));
    for (_, job) in jobs {
        job.cancel();
        job.join();
    }
}

fn job(firm: &Firm, import: &str) -> Result<Arc<Job>, UserError> {
    let imports = firm.imports.lock().unwrap_or_else(PoisonError::into_inner);
    let found = imports.iter().find(|(id, _)| id == import);
    found
        .map(|(_, job)| Arc::clone(job))
        .ok_or_else(|| UserError::new("import.gone").at("import"))
}

fn language(app: &App) -> Result<Language, UserError> {
    if let Some(language) = Language::chosen() {
        return Ok(language);
    }
    let setting = settings::read(&app.desk)?.language;
    Ok(if setting == "system" {
        Language::of_environment()
    } else {
        Language::of_locale(&setting)
    })
}

/// Who imports: our party and its seat.
fn us(firm: &Firm) -> Result<Us, UserError> {
    let party = firm.acting().party;
    let view = detail::party_view(firm, &Subject::party(&party))?;
    let country = view
        .map(|view| view.profile.country)
        .ok_or_else(|| UserError::new("shared.not-registered"))?;
    Ok(Us { party, country })
}

/// A remark as the report shows it.
fn problem(row: u32, id: &str, remark: &Remark, language: Language) -> RowProblem {
    // A column has a name people use; a place in a document is given as it is.
    let label = words::book(language).get(&["import", "field", &remark.field].join("."));
    let values = BTreeMap::from([
        ("value".to_owned(), remark.value.clone()),
        ("field".to_owned(), label.unwrap_or(&remark.field).clone()),
    ]);
    RowProblem {
        row,
        id: id.to_owned(),
        field: remark.field.clone(),
        value: remark.value.clone(),
        code: remark.code.to_owned(),
        reason: words::sentence(language, remark.code, &values),
    }
}
