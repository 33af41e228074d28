//! Shows that an issue is done: runs its checks, takes their figures and writes a report that a person can judge.

use std::{env, fs, io, path::Path, process::ExitCode, time::SystemTime};

use serde_json::{Value, json};

use crate::{
    child::{self, Job},
    place,
    setup::{self, Purpose},
};

mod issue02;
mod issue03;
mod judge;

use judge::{Judge, Verdict};

/// One thing an issue promised.
pub struct Check {
    /// Short, unique within the issue: it names the log.
    pub name: &'static str,
    /// The promise in words.
    pub promise: &'static str,
    /// The command as a person would type it, without quotes, run from the top of the checkout.
    pub command: &'static str,
    /// What the command finds in its environment besides that of `cargo xtask show`.
    pub environment: &'static [(&'static str, &'static str)],
    /// Variables without which the command would check less than it promises.
    pub needs: &'static [&'static str],
    /// Its time limit.
    pub minutes: u64,
    /// How the outcome is judged; every line must hold, and the command must end well.
    pub judges: &'static [Judge],
}

/// What most checks have in common.
const PLAIN: Check = Check {
    name: "",
    promise: "",
    command: "",
    environment: &[],
    needs: &[],
    minutes: 15,
    judges: &[],
};

/// Random places, kill moments and damage in their full number.
const LONG: &[(&str, &str)] = &[("SEALROAD_LONG", "1")];

/// Runs the checks of an issue; with `wanted` only those whose name begins so, which writes no report.
pub fn run(issue: &str, wanted: Option<&str>) -> ExitCode {
    let checks = match issue {
        "02" => issue02::CHECKS,
        "03" => issue03::CHECKS,
        _ => {
            eprintln!("no checks are written for issue {issue}; there are some for: 02, 03");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = setup::prepare(Purpose::Tests) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let checks: Vec<&Check> = checks
        .iter()
        .filter(|check| wanted.is_none_or(|wanted| check.name.starts_with(wanted)))
        .collect();
    match show(issue, &checks, wanted.is_none()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("target/show/{issue}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all checks, also after one has failed. `true` when every one holds.
fn show(issue: &str, checks: &[&Check], report: bool) -> io::Result<bool> {
    let folder = place::at("target/show").join(issue);
    fs::create_dir_all(&folder)?;
    let mut rows = Vec::new();
    for check in checks {
        let row = perform(check, &folder)?;
        println!(
            "{} {}: {}",
            if row.good { "ok    " } else { "FAILED" },
            check.name,
            row.figures()
        );
        rows.push(row);
    }
    // No check at all is none that holds.
    let good = !rows.is_empty() && rows.iter().all(|row| row.good);
    for (point, held, all) in points(&rows) {
        println!(
            "{} point {point}: {held} of {all} hold",
            if held == all { "ok    " } else { "FAILED" }
        );
    }
    let held = format!("{} of {} hold", rows.iter().filter(|row| row.good).count(), rows.len());
    if !report {
        println!("{held}; the logs are in target/show/{issue}");
        return Ok(good);
    }
    fs::write(folder.join("report.md"), markdown(issue, &rows))?;
    fs::write(
        folder.join("report.json"),
        serde_json::to_string_pretty(&as_json(issue, &rows))? + "\n",
    )?;
    println!("{held}; see target/show/{issue}/report.md");
    Ok(good)
}

/// One line of the report.
struct Row<'a> {
    check: &'a Check,
    good: bool,
    end: String,
    seconds: f64,
    verdicts: Vec<Verdict>,
}

impl Check {
    fn job(&self) -> Job {
        let words: Vec<&str> = self.command.split_whitespace().collect();
        let job = Job::new(&words, self.minutes);
        self.environment
            .iter()
            .fold(job, |job, (name, value)| job.with(name, value))
    }

    /// The first of the needed variables that is not set.
    fn lacks(&self) -> Option<&'static str> {
        let unset = |name: &&&str| env::var_os(name).is_none_or(|value| value.is_empty());
        self.needs.iter().find(unset).copied()
    }
}

impl Row<'_> {
    fn figures(&self) -> String {
        let figures: Vec<&str> = self.verdicts.iter().map(|verdict| verdict.figure.as_str()).collect();
        if figures.is_empty() {
            self.end.clone()
        } else {
            figures.join("; ")
        }
    }
}

fn perform<'a>(check: &'a Check, folder: &Path) -> io::Result<Row<'a>> {
    let began = SystemTime::now();
    if let Some(name) = check.lacks() {
        let end = format!("was not run, because {name} is not set");
        let (good, seconds, verdicts) = (false, 0.0, Vec::new());
        return Ok(Row {
            check,
            good,
            end,
            seconds,
            verdicts,
        });
    }
    let job = check
        .job()
        .with("CARGO_TERM_COLOR", "never")
        .with("NO_COLOR", "1")
        .with("CI", "true");
    let ran = child::run(&job);
    fs::write(folder.join(format!("{}.log", check.name)), &ran.output)?;
    let verdicts: Vec<Verdict> = check
        .judges
        .iter()
        .map(|judge| judge.decide(&ran.output, began))
        .collect();
    let good = ran.ok() && !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.good);
    Ok(Row {
        check,
        good,
        end: ran.words(),
        seconds: ran.wall.as_secs_f64(),
        verdicts,
    })
}

/// The points of the issue, by the number that the names of their checks begin with: how many of how many hold.
fn points<'a>(rows: &[Row<'a>]) -> Vec<(&'a str, usize, usize)> {
    let mut points: Vec<(&str, usize, usize)> = Vec::new();
    for row in rows {
        let point = row.check.name.split('-').next().unwrap_or_default();
        let good = usize::from(row.good);
        match points.last_mut().filter(|(last, ..)| *last == point) {
            Some((_, held, all)) => (*held, *all) = (*held + good, *all + 1),
            None => points.push((point, good, 1)),
        }
    }
    points
}

fn markdown(issue: &str, rows: &[Row]) -> String {
    let held = rows.iter().filter(|row| row.good).count();
    let mut text = format!(
        "# Issue {issue}: {held} of {} hold\n\nRepeat with `cargo xtask show {issue}`.\n",
        rows.len()
    );
    text += "\n| point | holds |\n|---|---|\n";
    for (point, held, all) in points(rows) {
        text += &format!("| {point} | {held} of {all} |\n");
    }
    for row in rows {
        let mark = if row.good { "holds" } else { "DOES NOT HOLD" };
        text += &format!("\n## {}: {mark}\n\n{}\n\n", row.check.name, row.check.promise);
        text += &format!(
            "`{}` {} in {:.1} s ([log]({}.log)).\n\n",
            row.check.job().line(),
            row.end,
            row.seconds,
            row.check.name
        );
        if row.verdicts.is_empty() {
            continue;
        }
        text += "| figure | asked | holds |\n|---|---|---|\n";
        for verdict in &row.verdicts {
            text += &format!(
                "| {} | {} | {} |\n",
                verdict.figure,
                verdict.asked,
                if verdict.good { "yes" } else { "no" }
            );
        }
    }
    text
}

fn as_json(issue: &str, rows: &[Row]) -> Value {
    let verdict = |verdict: &Verdict| json!({ "figure": verdict.figure, "asked": verdict.asked, "good": verdict.good });
    let row = |row: &Row| {
        json!({
            "name": row.check.name, "promise": row.check.promise, "command": row.check.job().line(),
            "good": row.good, "end": row.end, "seconds": row.seconds,
            "figures": row.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        })
    };
    json!({ "issue": issue, "good": rows.iter().all(|row| row.good), "checks": rows.iter().map(row).collect::<Vec<_>>() })
}
