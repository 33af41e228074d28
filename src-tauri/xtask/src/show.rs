//! Shows that an issue is done: runs its checks, takes their figures and writes a report that a person can judge.

use std::{fs, io, path::Path, process::ExitCode, time::SystemTime};

use serde_json::{Value, json};

use crate::{
    child::{self, Job},
    place,
    setup::{self, Purpose},
};

mod issue02;
mod judge;

use judge::{Judge, Verdict};

/// One thing an issue promised.
pub struct Check {
    /// Short, unique within the issue: it names the log.
    pub name: &'static str,
    /// The promise in words.
    pub promise: &'static str,
    /// The command, word by word, run from the top of the checkout.
    pub command: &'static [&'static str],
    /// Its time limit.
    pub minutes: u64,
    /// How the outcome is judged; every line must hold, and the command must end well.
    pub judges: &'static [Judge],
}

pub fn run(issue: &str) -> ExitCode {
    let checks = match issue {
        "02" => issue02::CHECKS,
        _ => {
            eprintln!("no checks are written for issue {issue}; there are some for: 02");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = setup::prepare(Purpose::Tests) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    match show(issue, checks) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("target/show/{issue}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all checks, also after one has failed. `true` when every one holds.
fn show(issue: &str, checks: &[Check]) -> io::Result<bool> {
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
    let good = rows.iter().all(|row| row.good);
    fs::write(folder.join("report.md"), markdown(issue, &rows))?;
    fs::write(
        folder.join("report.json"),
        serde_json::to_string_pretty(&as_json(issue, &rows))? + "\n",
    )?;
    println!(
        "{} of {} hold; see target/show/{issue}/report.md",
        rows.iter().filter(|row| row.good).count(),
        rows.len()
    );
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
    let job = Job::new(check.command, check.minutes)
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

fn markdown(issue: &str, rows: &[Row]) -> String {
    let held = rows.iter().filter(|row| row.good).count();
    let mut text = format!(
        "# Issue {issue}: {held} of {} hold\n\nRepeat with `cargo xtask show {issue}`.\n",
        rows.len()
    );
    for row in rows {
        let mark = if row.good { "holds" } else { "DOES NOT HOLD" };
        text += &format!("\n## {}: {mark}\n\n{}\n\n", row.check.name, row.check.promise);
        text += &format!(
            "`{}` {} in {:.1} s ([log]({}.log)).\n\n",
            row.check.command.join(" "),
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
            "name": row.check.name, "promise": row.check.promise, "command": row.check.command.join(" "),
            "good": row.good, "end": row.end, "seconds": row.seconds,
            "figures": row.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        })
    };
    json!({ "issue": issue, "good": rows.iter().all(|row| row.good), "checks": rows.iter().map(row).collect::<Vec<_>>() })
}
