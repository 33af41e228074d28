//! What a window that is left alone costs: processor time and memory of all its processes, beside an empty Tauri window.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::time;

use crate::{
    Outcome,
    alliance::Alliance,
    desktop::Desktop,
    processes::Folder,
    windows::{enter_firm, open_invitation, party, registered},
};

/// After opening nothing is counted for so long: caches are filled, and what was drawn is let go.
const SETTLE: Duration = Duration::from_secs(15);
/// And then it is watched.
const WATCHED: Duration = Duration::from_secs(60);

const FIRM: &str = "Rheinbett Trading";

#[tokio::test]
async fn a_window_left_alone_beside_an_empty_one() -> Outcome {
    if env::var_os("SEALROAD_LONG").is_none() {
        println!("SEALROAD_LONG is not set: what an idle window costs is not measured");
        return Ok(());
    }
    let folder = Folder::new("idle")?;
    let program = Path::new(env!("CARGO_BIN_EXE_sealroad-desktop"));
    let empty = program.with_file_name("examples").join("empty-window");
    if !empty.exists() {
        let how = "cargo build --package sealroad-desktop --example empty-window";
        return Err(format!("{} is missing: {how}", empty.display()).into());
    }
    // One after the other: windows that are open together share memory.
    let window = Desktop::start_plain(&empty, &folder.path().join("empty")).await?;
    window.wait_for("empty").await?;
    let bare = watch(&window).await?;
    window.close().await?;
    let alliance = Alliance::found(folder.path())?;
    let desktop = Desktop::start_plain(program, &folder.path().join("desktop")).await?;
    open_invitation(&desktop, &alliance).await?;
    enter_firm(&desktop, FIRM, "DE").await?;
    desktop.click("set-up").await?;
    alliance.admit(&party(&desktop).await?)?;
    registered(&desktop, FIRM).await?;
    desktop.close().await?;
    // The next morning.
    let desktop = Desktop::start_plain(program, &folder.path().join("desktop")).await?;
    desktop.click("unlock-open").await?;
    desktop.fill("field-passphrase", "only to try it out").await?;
    desktop.click("unlock").await?;
    desktop.wait_count("[data-testid=unlock-open]", 0).await?;
    let ours = watch(&desktop).await?;
    desktop.close().await?;
    let told = json!({
        "seconds": WATCHED.as_secs(),
        "cpu_percent": rounded(ours.cpu_percent),
        "cpu_percent_by_process": ours.cpu_by_process,
        "pss_mib": rounded(ours.pss_mib),
        "pss_mib_by_process": ours.pss_by_process,
        "pss_mib_by_kind": ours.pss_by_kind,
        "empty_cpu_percent": rounded(bare.cpu_percent),
        "empty_pss_mib": rounded(bare.pss_mib),
        "empty_pss_mib_by_process": bare.pss_by_process,
        "empty_pss_mib_by_kind": bare.pss_by_kind,
        "above_empty_mib": rounded(ours.pss_mib - bare.pss_mib),
    });
    println!("{told}");
    Ok(())
}

/// What the processes of a window cost.
struct Cost {
    /// Of one core.
    cpu_percent: f64,
    cpu_by_process: BTreeMap<String, f64>,
    /// Proportional set size: what is shared counts for each by its share.
    pss_mib: f64,
    pss_by_process: BTreeMap<String, f64>,
    /// Of a process: its own memory (`Anon`), pages of programs and libraries (`File`), and what processes hand each other (`Shmem`).
    pss_by_kind: BTreeMap<String, BTreeMap<&'static str, f64>>,
}

/// Leaves it alone for a while.
async fn watch(window: &Desktop) -> Result<Cost, Box<dyn Error>> {
    time::sleep(SETTLE).await;
    let begun = Instant::now();
    let before = family(window.driver())?;
    let busy = cpu_seconds(&before)?;
    time::sleep(WATCHED).await;
    let after = family(window.driver())?;
    if before.is_empty() || before != after {
        return Err(format!("its processes were {before:?} and are {after:?}").into());
    }
    let spent: BTreeMap<u32, f64> = cpu_seconds(&after)?
        .into_iter()
        .map(|(process, seconds)| {
            (
                process,
                (seconds - busy[&process]) / begun.elapsed().as_secs_f64() * 100.0,
            )
        })
        .collect();
    let mut cost = Cost {
        cpu_percent: spent.values().sum(),
        cpu_by_process: BTreeMap::new(),
        pss_mib: 0.0,
        pss_by_process: BTreeMap::new(),
        pss_by_kind: BTreeMap::new(),
    };
    for (process, name) in &after {
        let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
        let pss = mib(&rollup, "Pss")?;
        let kinds = cost.pss_by_kind.entry(name.clone()).or_default();
        for (kind, line) in [("anon", "Pss_Anon"), ("file", "Pss_File"), ("shmem", "Pss_Shmem")] {
            *kinds.entry(kind).or_default() += rounded(mib(&rollup, line)?);
        }
        cost.pss_mib += pss;
        *cost.pss_by_process.entry(name.clone()).or_default() += rounded(pss);
        *cost.cpu_by_process.entry(name.clone()).or_default() += rounded(spent[process]);
    }
    Ok(cost)
}

/// The processes that descend from one, without itself, by number, with their names (Linux, `proc(5)`).
fn family(root: u32) -> Result<BTreeMap<u32, String>, Box<dyn Error>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // It may have ended since the folder was read.
        if let Ok(fields) = stat(process) {
            parents.insert(process, fields);
        }
    }
    let mut known = BTreeSet::from([root]);
    loop {
        let children: Vec<u32> = parents
            .iter()
            .filter(|(process, (_, parent, _))| known.contains(parent) && !known.contains(process))
            .map(|(process, _)| *process)
            .collect();
        if children.is_empty() {
            break;
        }
        known.extend(children);
    }
    known.remove(&root);
    Ok(known
        .into_iter()
        .map(|process| (process, parents[&process].0.clone()))
        .collect())
}

/// Name, parent and processor time in clock ticks of a process: the second, fourth, and the sum of the 14th and 15th field.
fn stat(process: u32) -> Result<(String, u32, u64), Box<dyn Error>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name stands in brackets and may hold spaces and brackets.
    let (head, tail) = text.rsplit_once(')').ok_or("a stat without a name")?;
    let name = head.split_once('(').ok_or("a stat without a name")?.1.to_owned();
    let fields: Vec<&str> = tail.split_whitespace().collect();
    let field = |at: usize| fields.get(at).copied().ok_or("a short stat");
    Ok((
        name,
        field(1)?.parse()?,
        field(11)?.parse::<u64>()? + field(12)?.parse::<u64>()?,
    ))
}

/// Linux counts in hundredths of a second for user programs on every machine we build for.
fn cpu_seconds(processes: &BTreeMap<u32, String>) -> Result<BTreeMap<u32, f64>, Box<dyn Error>> {
    let seconds = |process: &u32| Ok((*process, stat(*process)?.2 as f64 / 100.0));
    processes.keys().map(seconds).collect()
}

/// One line of `smaps_rollup`, which counts in KiB.
fn mib(rollup: &str, line: &str) -> Result<f64, Box<dyn Error>> {
    let found = rollup
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kib: f64 = found
        .ok_or_else(|| format!("no {line}"))?
        .trim()
        .trim_end_matches("kB")
        .trim()
        .parse()?;
    Ok(kib / 1024.0)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
