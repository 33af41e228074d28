//! The work of an import: plan (read, compose, check), then sign batch after batch until done or cancelled.

use super::rows::{self, Good, Remark};
use super::{Content, File, already, epcis, problem, remember, taken, us};
use crate::call::{ImportProgress, ImportReport, Mapping, MendedCell, RowProblem};
use crate::compose::{self, Composer, Private, Signer};
use crate::error::UserError;
use crate::firm::{Acting, Firm};
use crate::session::small;
use crate::sign;
use crate::words::{self, Language};
use ledger::{Record, RecordDraft, Subject};
use node::Outcome;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use systems::{Payload, Violation};

/// Rows signed and submitted at once; between two batches an import can be cancelled.
const BATCH: usize = 200;
/// The rule that nothing is founded twice.
const EXISTS: &str = "shared.already-exists";
/// Where openings of private fields are kept: RecordId → openings.
const OPENINGS: &str = "openings";

/// An import.
pub(crate) struct Job {
    file: Mutex<File>,
    language: Language,
    progress: Mutex<ImportProgress>,
    cancelled: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job {
    pub(super) fn new(file: File, language: Language, of: u32) -> Self {
        let progress = ImportProgress {
            state: "looked-at".to_owned(),
            done: 0,
            of,
            report: ImportReport::default(),
            error: None,
        };
        Self {
            file: Mutex::new(file),
            language,
            progress: Mutex::new(progress),
            cancelled: AtomicBool::new(false),
            thread: Mutex::new(None),
        }
    }

    pub(super) fn file(&self) -> File {
        lock(&self.file).clone()
    }

    pub(super) fn progress(&self) -> ImportProgress {
        lock(&self.progress).clone()
    }

    pub(super) fn is_running(&self) -> bool {
        lock(&self.progress).state == "running"
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            // A thread that panicked left its progress at `running`; the caller sees that it never ends well.
            let _ended = thread.join();
        }
    }

    fn set(&self, change: impl FnOnce(&mut ImportProgress)) {
        change(&mut lock(&self.progress));
    }
}

/// A row ready to be signed.
struct Ready {
    row: u32,
    id: String,
    payload: Payload,
    private: Vec<Private>,
}

/// What an import would do.
pub(super) struct Plan {
    /// Partners that do not exist yet, needed by the rows.
    partners: Vec<Payload>,
    ready: Vec<Ready>,
    /// The outcome, if everything ready is signed.
    pub(super) report: ImportReport,
}

impl Plan {
    /// Rows to go.
    pub(super) fn of(&self) -> u32 {
        small(self.ready.len() as u64)
    }
}

/// Reads the file and checks every row against the rules, on the state the rows before it would leave.
pub(super) fn plan(firm: &Firm, file: &File, mended: &[MendedCell], language: Language) -> Result<Plan, UserError> {
    let mut report = ImportReport {
        already_imported: already(&firm.desk, file)?,
        ..ImportReport::default()
    };
    let (good, rows) = match &file.content {
        Content::Sheet(sheet, table) => {
            let read = rows::read(*sheet, table, &file.mapping, mended, &us(firm)?);
            for bad in &read.bad {
                report.refused.extend(
                    bad.faults
                        .iter()
                        .map(|fault| problem(bad.row, &bad.id, fault, language)),
                );
                let doubts = bad
                    .doubts
                    .iter()
                    .map(|doubt| problem(bad.row, &bad.id, doubt, language));
                report.doubtful.extend(doubts);
            }
            (read.good, table.rows.len())
        }
        Content::Epcis(bytes) => {
            let read = epcis::read(bytes);
            report.refused.extend(
                read.faults
                    .iter()
                    .map(|(row, id, fault)| problem(*row, id, fault, language)),
            );
            // A document is taken whole or not at all, as a repository does that is not asked for anything else
            // (EPCIS 2.0, capture interface, GS1-Capture-Error-Behaviour: rollback).
            if read.faults.is_empty() {
                (read.good, read.events)
            } else {
                if !read.good.is_empty() {
                    let whole = Remark {
                        field: "/".to_owned(),
                        value: read.good.len().to_string(),
                        code: "import.epcis.whole",
                    };
                    report.refused.push(problem(0, "", &whole, language));
                }
                (Vec::new(), read.events)
            }
        }
    };
    report.rows = small(rows as u64);
    let mut plan = Plan {
        partners: Vec::new(),
        ready: Vec::new(),
        report,
    };
    check(firm, good, language, &mut plan)?;
    Ok(plan)
}

/// Composes and checks; broken rules go to the report, the rest is ready.
fn check(firm: &Firm, good: Vec<Good>, language: Language, plan: &mut Plan) -> Result<(), UserError> {
    let acting = firm.acting();
    let signer = Signer::of(firm, &acting);
    // Without a key no row is at fault.
    signer.key()?;
    let partners = new_partners(firm, &acting, &good)?;
    let mut composer = Composer::new(firm);
    let mut records = Vec::with_capacity(partners.len() + good.len());
    for partner in partners.values() {
        records.push(signer.sign(composer.draft(&acting.party, partner)?)?);
    }
    let mut checkable = Vec::with_capacity(good.len());
    for row in good {
        let doubts = row
            .doubts
            .iter()
            .map(|doubt| problem(row.row, &row.id, doubt, language));
        plan.report.doubtful.extend(doubts);
        match composer
            .draft(&acting.party, &row.payload)
            .and_then(|draft| signer.sign(draft))
        {
            Ok(record) => {
                records.push(record);
                checkable.push(row);
            }
            Err(error) => plan
                .report
                .refused
                .push(broken((row.row, &row.id, &row.payload), &error, language)),
        }
    }
    let mut outcomes = firm.node.check(&records)?.into_iter();
    let named: Vec<Result<(), Violation>> = outcomes.by_ref().take(partners.len()).collect();
    if let Some(Err(violation)) = named.into_iter().find(Result::is_err) {
        return Err(violation.into());
    }
    let mut needed = BTreeSet::new();
    for (row, outcome) in checkable.into_iter().zip(outcomes) {
        match outcome {
            Ok(()) => {
                needed.extend(row.partners.iter().map(|partner| partner.number.clone()));
                plan.ready.push(Ready {
                    row: row.row,
                    id: row.id,
                    payload: row.payload,
                    private: row.private,
                });
            }
            Err(violation) => {
                plan.report
                    .refused
                    .push(broken((row.row, &row.id, &row.payload), &violation.into(), language))
            }
        }
    }
    plan.partners = partners
        .into_iter()
        .filter(|(number, _)| needed.contains(number))
        .map(|(_, payload)| payload)
        .collect();
    if plan.report.already_imported.is_some() {
        // That these rows are here is what was expected.
        plan.report.refused.retain(|problem| problem.code != EXISTS);
    }
    plan.report.refused.sort_by_key(|problem| problem.row);
    plan.report.doubtful.sort_by_key(|problem| problem.row);
    plan.report.accepted = plan.of();
    Ok(())
}

/// Partners the rows name that the ledger does not hold, by number.
fn new_partners(firm: &Firm, acting: &Acting, good: &[Good]) -> Result<BTreeMap<String, Payload>, UserError> {
    let mut partners = BTreeMap::new();
    for partner in good.iter().flat_map(|row| &row.partners) {
        if partners.contains_key(&partner.number) {
            continue;
        }
        let payload = Payload::PartnerNamed(partner.clone());
        let founded: Vec<Subject> = sign::founded(&payload, &acting.party);
        let exists = match founded.first() {
            Some(subject) => firm.node.entry(subject)?.is_some(),
            None => false,
        };
        if !exists {
            partners.insert(partner.number.clone(), payload);
        }
    }
    Ok(partners)
}

/// A row, given by its number, id and payload, that breaks a rule.
fn broken((row, id, payload): (u32, &str, &Payload), error: &UserError, language: Language) -> RowProblem {
    // What exists already exists under the row's own number.
    let path = error.field.as_deref().unwrap_or("number");
    let value = error.values.get("value").cloned();
    let field = match payload {
        Payload::EventCaptured(_) => path.to_owned(),
        _ => rows::field_of(path, |_| false),
    };
    RowProblem {
        row,
        id: id.to_owned(),
        field,
        value: value.or_else(|| value_at(payload, path)).unwrap_or_default(),
        code: error.code.clone(),
        reason: words::sentence(language, &error.code, &error.values),
    }
}

/// What a payload says at a path, `legs.0.from.name`, as it stands in a cell.
fn value_at(payload: &Payload, path: &str) -> Option<String> {
    let payload = serde_json::to_value(payload).ok()?;
    let value = payload.pointer(&format!("/body/{}", path.replace('.', "/")))?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Starts the work in a thread of its own.
pub(super) fn start(
    firm: &Arc<Firm>,
    job: &Arc<Job>,
    import: &str,
    mapping: Option<Mapping>,
    mended: Vec<MendedCell>,
) -> Result<(), UserError> {
    {
        let mut progress = lock(&job.progress);
        if progress.state == "running" {
            return Err(UserError::new("import.running"));
        }
        progress.state = "running".to_owned();
        progress.done = 0;
        progress.error = None;
    }
    job.cancelled.store(false, Ordering::Release);
    if let Some(mapping) = mapping {
        lock(&job.file).mapping = mapping;
    }
    let (firm, worker, import) = (Arc::clone(firm), Arc::clone(job), import.to_owned());
    let work = move || {
        let tell = || firm.listeners.tell(&json!({ "event": "import", "import": import }));
        match work(&firm, &worker, &mended, &tell) {
            Ok(state) => worker.set(|progress| progress.state = state.to_owned()),
            Err(error) => worker.set(|progress| {
                progress.state = "failed".to_owned();
                progress.error = Some(error);
            }),
        }
        tell();
    };
    let thread = std::thread::Builder::new().name("import".to_owned()).spawn(work);
    match thread {
        Ok(thread) => *lock(&job.thread) = Some(thread),
        Err(error) => {
            job.set(|progress| progress.state = "failed".to_owned());
            return Err(UserError::new("no-thread").with("what", error));
        }
    }
    Ok(())
}

fn work(firm: &Firm, job: &Job, mended: &[MendedCell], tell: &dyn Fn()) -> Result<&'static str, UserError> {
    let file = job.file();
    let mut plan = plan(firm, &file, mended, job.language)?;
    let of = plan.of();
    plan.report.accepted = 0;
    job.set(|progress| {
        progress.of = of;
        progress.report = plan.report.clone();
    });
    let acting = firm.acting();
    let mut partners = Some(std::mem::take(&mut plan.partners));
    for batch in plan.ready.chunks(BATCH) {
        if job.cancelled.load(Ordering::Acquire) {
            return Ok("cancelled");
        }
        let signer = Signer::of(firm, &acting);
        let mut composer = Composer::new(firm);
        let mut records: Vec<Record> = Vec::with_capacity(batch.len());
        for partner in partners.take().unwrap_or_default() {
            records.push(signer.sign(composer.draft(&acting.party, &partner)?)?);
        }
        let before = records.len();
        for row in batch {
            let draft = composer.draft(&acting.party, &row.payload)?;
            records.push(conceal(firm, draft, row, &signer)?);
        }
        drop(signer);
        if matches!(file.content, Content::Epcis(_)) {
            taken(firm, &file, records.iter().map(Record::id))?;
        }
        let receipts = firm.node.submit(records)?;
        let refused: Vec<RowProblem> = receipts
            .into_iter()
            .skip(before)
            .zip(batch)
            .filter_map(|(receipt, row)| match receipt.outcome {
                Outcome::Refused(violation) => Some(broken(
                    (row.row, &row.id, &row.payload),
                    &violation.into(),
                    job.language,
                )),
                Outcome::Confirmed { .. } | Outcome::Signed => None,
            })
            .collect();
        job.set(|progress| {
            progress.done = progress.done.saturating_add(small(batch.len() as u64));
            progress.report.accepted = progress
                .report
                .accepted
                .saturating_add(small((batch.len() - refused.len()) as u64));
            progress.report.refused.extend(refused);
        });
        tell();
    }
    // A file of which nothing came in may come again, read in another way.
    let report = job.progress().report;
    if report.accepted > 0 || report.refused.iter().all(|problem| problem.code == EXISTS) {
        remember(firm, &file)?;
    }
    // Whoever is told that it is done finds what came in.
    firm.node.views_ready();
    Ok("done")
}

/// Signs a row with commitments to its private fields; the openings are kept before the record is sent.
fn conceal(firm: &Firm, mut draft: RecordDraft, row: &Ready, signer: &Signer<'_>) -> Result<Record, UserError> {
    let salted = compose::conceal(&mut draft, &row.private)?;
    let record = signer.sign(draft)?;
    if !salted.is_empty() {
        firm.desk.put(
            OPENINGS,
            &record.id().to_string(),
            &json!(compose::openings(record.id(), salted)),
        )?;
    }
    Ok(record)
}
