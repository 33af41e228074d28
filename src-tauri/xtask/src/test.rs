//! Every check there is, and one number at the end. What was built is tested side by side: most of the tests wait for processes, for
//! the network and for a page, and compute little.

use std::{env, num::NonZero, process::ExitCode, thread, time::Instant};

use crate::{
    child::Job,
    counts::Counts,
    place,
    programs::{self, Past},
    setup::{self, Purpose},
    steps::{Done, Reading, Step, perform, side_by_side},
};

pub fn run(arguments: &[String]) -> ExitCode {
    let long = arguments.iter().any(|argument| argument == "--long");
    let filter: Vec<&String> = arguments.iter().filter(|argument| *argument != "--long").collect();
    if filter.len() > 1 || filter.iter().any(|word| word.starts_with('-')) {
        eprintln!("usage: cargo xtask test [--long] [FILTER]");
        return ExitCode::from(2);
    }
    corpus();
    let started = Instant::now();
    let mut counts = preparation();
    let filter = filter.first().map(|filter| filter.as_str());
    if filter.is_none() {
        counts.add(sum(&side_by_side(checks(), at_once())));
    }
    counts.add(tests(filter, long));
    if long && filter.is_none() {
        // One after the other: each builds a copy of its own.
        counts.add(sum(&longest().into_iter().map(perform).collect::<Vec<_>>()));
    }
    println!(
        "in {:.0} s; the logs are in target/test",
        started.elapsed().as_secs_f64()
    );
    println!("{} passed, {} failed", counts.passed, counts.failed);
    if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn corpus() {
    match env::var("SEALROAD_CORPUS") {
        Ok(folder) => println!("SEALROAD_CORPUS = {folder}"),
        Err(_) => println!("SEALROAD_CORPUS is not set: tests on foreign test data say so and check nothing there"),
    }
}

/// Installs what is missing. It counts only when it fails: then the steps after it show less than they should.
fn preparation() -> Counts {
    let started = Instant::now();
    let ended = setup::prepare(Purpose::Tests);
    let outcome = if ended.is_ok() { "ok" } else { "FAILED" };
    let seconds = started.elapsed().as_secs_f64();
    println!("{outcome:<6} {:<34} {seconds:>7.1} s", "set-up");
    match ended {
        Ok(()) => Counts::default(),
        Err(error) => {
            println!("{error}");
            Counts::single(false)
        }
    }
}

/// How many steps run at a time: one more than there are processors, since they wait for other things than these, but not so many that
/// none is in time.
fn at_once() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get) + 1
}

fn sum<'a>(done: impl IntoIterator<Item = &'a Done>) -> Counts {
    let mut counts = Counts::default();
    done.into_iter().for_each(|done| counts.add(done.counts));
    counts
}

/// Tests that run by themselves: those that open windows, and those that choose ports of their own and set clocks.
const ALONE: [&str; 2] = ["src-tauri/e2e/", "tests/faults/"];

/// Builds the tests and runs all of them, or those whose names contain the filter.
fn tests(filter: Option<&str>, long: bool) -> Counts {
    let messages = "--message-format=json-render-diagnostics";
    let build = Job::new(&["cargo", "test", "--workspace", "--no-run", messages], 60);
    let built = perform(Step::new("build of the tests", build, Reading::Build));
    let mut counts = built.counts;
    // When a package does not compile, what the others built is tested all the same.
    let mut steps: Vec<Step> = programs::built(&built.ran.output)
        .iter()
        .map(|program| Step::new(&program.name, program.job(filter, 45), Reading::Rust))
        .collect();
    steps.extend(others(filter));
    if long {
        for step in &mut steps {
            step.job = step.job.clone().with("SEALROAD_LONG", "1");
        }
    }
    let mut past = Past::read();
    past.sort(&mut steps, |step| &step.name);
    // A window is pressed, typed into and scanned into at the speed of people and scanners, which it can only keep up with by itself.
    let apart = |step: &Step| ALONE.iter().any(|folder| step.name.starts_with(folder));
    let (alone, others): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(apart);
    let mut done: Vec<Done> = alone.into_iter().map(perform).collect();
    done.extend(side_by_side(others, at_once()));
    if filter.is_none() && !long {
        done.iter().for_each(|done| past.note(&done.step.name, done.ran.wall));
        past.write();
    }
    let (rust, rest): (Vec<&Done>, _) = done.iter().partition(|done| done.step.read == Reading::Rust);
    let (mut found, rest) = (sum(rust), sum(rest));
    if filter.is_none() {
        // That no program has a test is no success.
        found = found.with_end(true);
    }
    found.add(rest);
    counts.add(if filter.is_some() { found.with_end(true) } else { found });
    counts
}

/// The tests that are no programs of their own.
fn others(filter: Option<&str>) -> Vec<Step> {
    let mut documented = vec!["cargo", "test", "--workspace", "--doc", "--no-fail-fast"];
    documented.extend(filter);
    let mut ui = vec!["npm", "--prefix", "ui", "run", "test"];
    if let Some(filter) = filter {
        ui.extend(["--", "--passWithNoTests", "--testNamePattern", filter]);
    }
    let mut steps = vec![
        Step::new("UI tests", Job::new(&ui, 20), Reading::Vitest),
        Step::new(
            "examples in the documentation",
            Job::new(&documented, 20),
            Reading::Rust,
        ),
    ];
    if filter.is_none() && place::at("tests/python").is_dir() {
        let words = [
            "python3",
            "-m",
            "unittest",
            "discover",
            "--start-directory",
            "tests/python",
        ];
        steps.push(Step::new("Python tests", Job::new(&words, 10), Reading::Unittest));
    }
    steps
}

/// What takes hours.
fn longest() -> Vec<Step> {
    [
        ("fuzzing", &["cargo", "xtask", "fuzz"][..]),
        ("fuzzing, with planted faults", &["cargo", "xtask", "fuzz", "--planted"]),
        ("two builds", &["cargo", "xtask", "builds"]),
    ]
    .map(|(name, words)| Step::new(name, Job::new(words, 180).with("SEALROAD_LONG", "1"), Reading::Whole))
    .into()
}

/// The checks that read sources only; `lint` runs them too.
fn checks() -> Vec<Step> {
    let whole = |name, words: &[&str], minutes| Step::new(name, Job::new(words, minutes), Reading::Whole);
    let clippy = [
        "cargo",
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    vec![
        whole("clippy", &clippy, 60),
        whole("TypeScript types", &["npm", "--prefix", "ui", "run", "typecheck"], 10),
        whole("biome", &["npm", "--prefix", "ui", "run", "lint"], 10),
        whole("rustfmt", &["cargo", "fmt", "--all", "--", "--check"], 5),
    ]
}

/// Runs the source checks; `true` when all hold.
pub fn sources() -> bool {
    sum(&side_by_side(checks(), at_once())).failed == 0
}
