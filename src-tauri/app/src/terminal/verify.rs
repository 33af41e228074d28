//! `sealroad verify`: is this evidence true?

use super::{Desk, print_json, read, read_up_to};
use crate::error::UserError;
use crate::settings;
use crate::terminal::output::{answer, aside};
use crate::verify::{held, report_json};
use ledger::{Report, Trust, Verdict};
use std::path::Path;

/// Checks a file. What is trusted is given with `--anchor`; no network is trusted because it lies on this machine.
pub(super) fn verify(
    desk: &Desk,
    file: &Path,
    anchor: Option<&Path>,
    not_before: Option<u64>,
    json: bool,
) -> Result<u8, UserError> {
    let trust = match anchor {
        Some(path) => Trust::Expect(settings::parse_anchor(&read(path)?)?),
        None => Trust::Nothing,
    };
    // A file that is not there has the same answer as an empty one: unreadable.
    let bytes = match read_up_to(file, ledger::limits::EVIDENCE_BYTES as u64) {
        Ok(bytes) => bytes,
        Err(error) => {
            aside!("sealroad: {}", error.words(desk.language));
            Vec::new()
        }
    };
    let report = ledger::verify(&bytes, &trust, not_before);
    if json {
        print_json(&report_json(&report)?)?;
    } else {
        let about = held(&report, &bytes).map(|evidence| evidence.about.to_string());
        tell(desk, &report, about.as_deref());
    }
    Ok(report.verdict().exit_code())
}

/// The verdict in words.
pub(super) fn tell(desk: &Desk, report: &Report, about: Option<&str>) {
    let verdict = match report.verdict() {
        Verdict::Accepted => "verify.accepted",
        Verdict::Consistent => "verify.consistent",
        Verdict::Refused => "verify.refused",
        Verdict::Unreadable => "verify.unreadable",
    };
    answer!(
        "{}",
        desk.say(verdict, &[("network", report.network().unwrap_or_default())])
    );
    if let Some(about) = about {
        answer!("{}", desk.say("verify.about", &[("subject", about)]));
    }
    if let Some(as_of) = report.as_of() {
        let (height, time) = (as_of.height.to_string(), as_of.time.to_string());
        answer!("{}", desk.say("verify.as-of", &[("height", &height), ("time", &time)]));
    }
    for check in report.checks() {
        let name = desk.say(&format!("verify.check.{}", check.name.replace(' ', "-")), &[]);
        let mark = if check.passed { "✓" } else { "✗" };
        match &check.reason {
            Some(reason) => answer!("  {mark} {name}: {reason}"),
            None => answer!("  {mark} {name}"),
        }
    }
    for gap in report.not_proved() {
        let code = serde_json::to_value(gap).ok();
        let code = code.as_ref().and_then(|code| code.as_str()).unwrap_or_default();
        answer!("  · {}", desk.say(&format!("verify.not-proved.{code}"), &[]));
    }
}
