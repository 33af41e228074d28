//! `sealroad repair`: mending a ledger.

use super::{Desk, print_json};
use crate::alliance;
use crate::error::UserError;
use crate::storage;
use crate::terminal::output::{answer, aside};
use node::{DataFolder, Fault, Invitation, Repaired, Seat};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How often it is told how far it is.
const TELL: Duration = Duration::from_secs(1);

/// Mends the ledger of the data folder, or the sample's in it, which nobody may have open.
pub(super) fn repair(desk: &Desk, json: bool) -> Result<u8, UserError> {
    let data = desk.folder()?;
    let papers = Invitation::of_folder(&data)?;
    let place = match papers {
        Some(_) => Some(data.clone()),
        None => storage::ledger_in(&data),
    };
    let place = place.ok_or_else(|| UserError::new("node.no-ledger").with("folder", data.display()))?;
    let folder = DataFolder::open(&place)?;
    let mut last = Instant::now();
    // Asked for only where the ledger itself does not say; a desk that is damaged too says nothing.
    let whole = node::Desk::open(&folder).map(|desk| alliance::keeps_whole(&folder, &desk));
    let light = papers.is_some() && matches!(whole, Ok(Ok(false)));
    let report = node::repair(&folder, light, &mut |height, of| {
        if last.elapsed() >= TELL || height == of {
            last = Instant::now();
            let values = [("height", &*height.to_string()), ("of", &*of.to_string())];
            aside!("{}", desk.say("terminal.repair-block", &values));
        }
    })?;
    let seats = papers.map_or_else(Vec::new, |papers| papers.seats);
    if json {
        print_json(&told(&report, &seats))?;
    } else {
        tell(desk, &report, &seats);
    }
    Ok(u8::from(!report.after.clean))
}

/// What people call a validator, else its key.
fn name(seats: &[Seat], key: &ledger::PublicKey) -> String {
    let seat = seats.iter().find(|seat| seat.node == *key);
    seat.map_or_else(|| key.to_string(), |seat| seat.name.clone())
}

fn fault(fault: &Fault) -> Value {
    json!({
        "file": fault.file,
        "height": fault.height,
        "record": fault.record.map(|record| record.to_string()),
        "place": fault.place,
        "what": fault.what,
    })
}

fn told(report: &Repaired, seats: &[Seat]) -> Value {
    let faults = |faults: &[Fault]| faults.iter().map(fault).collect::<Vec<_>>();
    let mended = report.mended.iter().map(|mended| {
        let records: Vec<String> = mended.records.iter().map(ToString::to_string).collect();
        json!({ "height": mended.height, "from": name(seats, &mended.from), "records": records })
    });
    let given = report.given.iter();
    let given =
        given.map(|(key, blocks)| json!({ "from": name(seats, key), "node": key.to_string(), "blocks": blocks }));
    json!({
        "before": faults(&report.before),
        "after": faults(&report.after.faults),
        "clean": report.after.clean,
        "height": report.after.height,
        "root": report.after.root.to_string(),
        "rebuilt": report.rebuilt,
        "begun_again": report.begun_again,
        "mended": mended.collect::<Vec<_>>(),
        "given": given.collect::<Vec<_>>(),
        "same": report.same,
        "lost": report.lost,
        "votes_anew": report.votes_anew,
        "unmended": report.unmended.map(|why| json!({ "code": why.code(), "height": why.height() })),
        "aside": report.aside,
    })
}

fn tell(desk: &Desk, report: &Repaired, seats: &[Seat]) {
    let say = |code: &str, values: &[(&str, &str)]| answer!("{}", desk.say(code, values));
    if !report.before.is_empty() {
        say("terminal.repair-found", &[]);
    }
    for fault in &report.before {
        tell_fault(fault);
    }
    for mended in &report.mended {
        let values = [
            ("height", &*mended.height.to_string()),
            ("name", &*name(seats, &mended.from)),
        ];
        say("terminal.repair-mended", &values);
        for record in &mended.records {
            answer!("  {record}");
        }
    }
    for (key, blocks) in &report.given {
        say(
            "terminal.repair-given",
            &[("name", &name(seats, key)), ("count", &blocks.to_string())],
        );
    }
    if report.begun_again {
        say("terminal.repair-begun-again", &[]);
    }
    if report.votes_anew {
        say("terminal.repair-votes", &[]);
    }
    if report.lost > 0 {
        say("terminal.repair-lost", &[("count", &report.lost.to_string())]);
    }
    if let Some(why) = report.unmended {
        let height = why.height().map(|height| height.to_string()).unwrap_or_default();
        say(why.code(), &[("height", &height)]);
    }
    tell_end(desk, report);
}

fn tell_end(desk: &Desk, report: &Repaired) {
    let say = |code: &str, values: &[(&str, &str)]| answer!("{}", desk.say(code, values));
    let (height, root) = (report.after.height.to_string(), report.after.root.to_string());
    match report.same {
        Some(true) => say("terminal.repair-same", &[("root", &root)]),
        Some(false) => say("terminal.repair-other", &[]),
        None => {}
    }
    if report.after.clean {
        say("terminal.fsck-clean", &[("height", &height), ("root", &root)]);
    } else if report.unmended.is_none() {
        say("terminal.fsck-faults", &[("height", &height), ("root", &root)]);
        for fault in &report.after.faults {
            tell_fault(fault);
        }
    }
    if let Some(aside) = &report.aside {
        say("terminal.repair-aside", &[("folder", &aside.display().to_string())]);
    }
}

fn tell_fault(fault: &Fault) {
    let height = fault.height.map(|height| height.to_string()).unwrap_or_default();
    let record = fault.record.map(|record| record.to_string()).unwrap_or_default();
    answer!("  {} {height} {record} {}", fault.file, fault.what);
}
