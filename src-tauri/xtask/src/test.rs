//! Every check there is, one after the other, and one number at the end.

use std::{
    env, fs, io,
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{
    child::{self, Job, Ran},
    counts::{self, Counts},
    place,
    setup::{self, Purpose},
};

/// One step: what to run and how to read its output.
struct Step {
    name: &'static str,
    job: Job,
    read: Reading,
}

enum Reading {
    /// Right or wrong as a whole.
    Whole,
    /// Nothing to count when it is right: a later step counts what it built.
    Build,
    Cargo,
    Vitest,
    Unittest,
}

/// How many lines of a failed step are shown; all of them are in its log.
const SHOWN: usize = 250;

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
    let steps = match filter.first() {
        Some(filter) => filtered(filter),
        None => every(long),
    };
    let mut found = Counts::default();
    for mut step in steps {
        if long {
            step.job = step.job.with("SEALROAD_LONG", "1");
        }
        found.add(perform(&step));
    }
    if !filter.is_empty() {
        found = found.with_end(true);
    }
    counts.add(found);
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
    match setup::prepare(Purpose::Tests) {
        Ok(()) => {
            report("set-up", true, "", started.elapsed());
            Counts::default()
        }
        Err(error) => {
            report("set-up", false, "", started.elapsed());
            println!("{error}");
            Counts::single(false)
        }
    }
}

fn every(long: bool) -> Vec<Step> {
    let mut steps = checks();
    let ui = |script| Job::new(&["npm", "--prefix", "ui", "run", script], 10);
    steps.push(Step {
        name: "build of the tests",
        job: cargo(&["test", "--workspace", "--no-run"], 60),
        read: Reading::Build,
    });
    let tests = cargo(&["test", "--workspace", "--no-fail-fast"], 45);
    steps.push(Step {
        name: "Rust tests, house rules, window",
        job: tests,
        read: Reading::Cargo,
    });
    steps.push(Step {
        name: "UI tests",
        job: ui("test"),
        read: Reading::Vitest,
    });
    if place::at("tests/python").is_dir() {
        let python = Job::new(
            &[
                "python3",
                "-m",
                "unittest",
                "discover",
                "--start-directory",
                "tests/python",
            ],
            10,
        );
        steps.push(Step {
            name: "Python tests",
            job: python,
            read: Reading::Unittest,
        });
    }
    if long {
        for (name, words) in [
            ("fuzzing", &["xtask", "fuzz"][..]),
            ("fuzzing, with planted faults", &["xtask", "fuzz", "--planted"]),
            ("two builds", &["xtask", "builds"]),
        ] {
            steps.push(Step {
                name,
                job: cargo(words, 180),
                read: Reading::Whole,
            });
        }
    }
    steps
}

/// The checks that read sources only; `lint` runs them too.
fn checks() -> Vec<Step> {
    let ui = |script| Job::new(&["npm", "--prefix", "ui", "run", script], 10);
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    vec![
        Step {
            name: "rustfmt",
            job: cargo(&["fmt", "--all", "--", "--check"], 5),
            read: Reading::Whole,
        },
        Step {
            name: "clippy",
            job: cargo(&clippy, 60),
            read: Reading::Whole,
        },
        Step {
            name: "biome",
            job: ui("lint"),
            read: Reading::Whole,
        },
        Step {
            name: "TypeScript types",
            job: ui("typecheck"),
            read: Reading::Whole,
        },
    ]
}

/// Runs the source checks; `true` when all hold.
pub fn sources() -> bool {
    let mut counts = Counts::default();
    for step in checks() {
        counts.add(perform(&step));
    }
    counts.failed == 0
}

fn filtered(filter: &str) -> Vec<Step> {
    let rust = cargo(&["test", "--workspace", "--no-fail-fast", filter], 60);
    let words = [
        "npm",
        "--prefix",
        "ui",
        "run",
        "test",
        "--",
        "--passWithNoTests",
        "--testNamePattern",
        filter,
    ];
    vec![
        Step {
            name: "Rust tests",
            job: rust,
            read: Reading::Cargo,
        },
        Step {
            name: "UI tests",
            job: Job::new(&words, 10),
            read: Reading::Vitest,
        },
    ]
}

fn cargo(words: &[&str], minutes: u64) -> Job {
    let words: Vec<&str> = std::iter::once("cargo").chain(words.iter().copied()).collect();
    Job::new(&words, minutes).with("CARGO_TERM_COLOR", "never")
}

fn perform(step: &Step) -> Counts {
    // Runners write colours and progress bars unless they are told that a machine reads.
    let ran = child::run(&step.job.clone().with("NO_COLOR", "1").with("CI", "true"));
    let counts = read(step, &ran);
    let good = counts.failed == 0;
    let note = match step.read {
        Reading::Whole | Reading::Build => String::new(),
        _ => format!("{} passed, {} failed", counts.passed, counts.failed),
    };
    report(step.name, good, &note, ran.wall);
    if matches!(step.read, Reading::Cargo) {
        targets(&ran.output);
    }
    if let Err(error) = keep_log(step.name, &ran) {
        println!("  its log could not be written: {error}");
    }
    if !good {
        show_end(step, &ran);
    }
    counts
}

fn read(step: &Step, ran: &Ran) -> Counts {
    match step.read {
        Reading::Whole => Counts::single(ran.ok()),
        Reading::Build if ran.ok() => Counts::default(),
        Reading::Build => Counts::single(false),
        Reading::Cargo => end(counts::cargo(&ran.output), ran),
        Reading::Vitest => end(counts::vitest(&ran.output), ran),
        Reading::Unittest => end(counts::unittest(&ran.output), ran),
    }
}

/// A filter may leave one of the runners without a test; without a filter an empty run is a failure.
fn end(counts: Counts, ran: &Ran) -> Counts {
    let filtered = ran.output.contains("filtered out") || ran.output.contains("No test files found");
    if ran.ok() && counts == Counts::default() && filtered {
        counts
    } else {
        counts.with_end(ran.ok())
    }
}

fn report(name: &str, good: bool, note: &str, wall: Duration) {
    println!(
        "{:<6} {name:<34} {:>7.1} s  {note}",
        if good { "ok" } else { "FAILED" },
        wall.as_secs_f64()
    );
}

/// One line for each test program that ran something: its name, counts and time.
fn targets(output: &str) {
    let mut name = "";
    for line in output.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("Running ").or(line.strip_prefix("Doc-tests ")) {
            name = rest;
        } else if let Some(result) = line
            .strip_prefix("test result: ")
            .filter(|result| !result.contains(" 0 passed; 0 failed"))
        {
            println!("         {} {result}", name.split(" (").next().unwrap_or(name));
        }
    }
}

fn keep_log(name: &str, ran: &Ran) -> io::Result<()> {
    let folder = place::at("target/test");
    fs::create_dir_all(&folder)?;
    let file: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    fs::write(folder.join(format!("{file}.log")), &ran.output)
}

fn show_end(step: &Step, ran: &Ran) {
    println!("  `{}` {}", step.job.line(), ran.words());
    let lines: Vec<&str> = ran
        .output
        .lines()
        .filter(|line| !line.trim_end().ends_with("... ok"))
        .collect();
    for line in lines.iter().skip(lines.len().saturating_sub(SHOWN)) {
        println!("  | {line}");
    }
}
