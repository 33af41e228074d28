//! Steps of the checks, some side by side: what to run, how to read its output, and what is said of it.

use std::{
    collections::VecDeque,
    fs, io,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use crate::{
    child::{self, Job, Ran},
    counts::{self, Counts},
    place,
};

/// One step: what to run and how to read its output.
pub struct Step {
    pub name: String,
    pub job: Job,
    pub read: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Right or wrong as a whole.
    Whole,
    /// Nothing to count when it is right: later steps count what it built.
    Build,
    /// Tests in Rust, one program or several; there may be programs without any.
    Rust,
    Vitest,
    Unittest,
}

/// How many lines of a failed step are shown; all of them are in its log.
const SHOWN: usize = 250;

impl Step {
    pub fn new(name: &str, job: Job, read: Reading) -> Self {
        // Runners write colours and progress bars unless they are told that a machine reads.
        let job = job.with("CARGO_TERM_COLOR", "never").with("NO_COLOR", "1");
        Self {
            name: name.to_owned(),
            job: job.with("CI", "true"),
            read,
        }
    }
}

/// What came of a step.
pub struct Done {
    pub step: Step,
    pub ran: Ran,
    pub counts: Counts,
}

impl Done {
    pub fn good(&self) -> bool {
        self.counts.failed == 0
    }
}

/// Runs one step, and says what came of it.
pub fn perform(step: Step) -> Done {
    let done = run(step);
    tell(&done);
    done
}

/// Runs them in this order, so many at a time, and says of each what came of it as soon as it has ended.
pub fn side_by_side(steps: Vec<Step>, at_once: usize) -> Vec<Done> {
    let waiting = Mutex::new(VecDeque::from(steps));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let (ended, inbox) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..at_once {
            let ended = ended.clone();
            scope.spawn(move || {
                while let Some(step) = next() {
                    if ended.send(run(step)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(ended);
        inbox.iter().inspect(tell).collect()
    })
}

fn run(step: Step) -> Done {
    let ran = child::run(&step.job);
    let counts = read(step.read, &ran);
    Done { step, ran, counts }
}

fn read(reading: Reading, ran: &Ran) -> Counts {
    match reading {
        Reading::Whole => Counts::single(ran.ok()),
        Reading::Build if ran.ok() => Counts::default(),
        Reading::Build => Counts::single(false),
        Reading::Rust => end(counts::cargo(&ran.output), ran, "test result: ok. 0 passed;"),
        Reading::Vitest => end(counts::vitest(&ran.output), ran, "No test files found"),
        Reading::Unittest => end(counts::unittest(&ran.output), ran, "NO TESTS RAN"),
    }
}

/// A runner that ended well and says itself that it had nothing to run has failed nothing. Whoever adds it all up sees whether anything
/// was run.
fn end(counts: Counts, ran: &Ran, nothing: &str) -> Counts {
    if ran.ok() && counts == Counts::default() && ran.output.contains(nothing) {
        counts
    } else {
        counts.with_end(ran.ok())
    }
}

fn tell(done: &Done) {
    let Done { step, ran, counts } = done;
    let note = match step.read {
        Reading::Whole | Reading::Build => String::new(),
        // Programs without tests are many, and nothing is to be said of them.
        Reading::Rust if *counts == Counts::default() => return,
        _ => format!("{} passed, {} failed", counts.passed, counts.failed),
    };
    let outcome = if done.good() { "ok" } else { "FAILED" };
    println!(
        "{outcome:<6} {:<34} {:>7.1} s  {note}",
        step.name,
        ran.wall.as_secs_f64()
    );
    if let Err(error) = keep_log(step, ran) {
        println!("  its log could not be written: {error}");
    }
    if !done.good() {
        show_end(step, ran);
    }
}

/// The lines that are for people: cargo tells other programs what it built in lines of JSON.
fn lines<'a>(step: &Step, ran: &'a Ran) -> impl Iterator<Item = &'a str> {
    let build = step.read == Reading::Build;
    ran.output.lines().filter(move |line| !(build && line.starts_with('{')))
}

fn keep_log(step: &Step, ran: &Ran) -> io::Result<()> {
    let folder = place::at("target/test");
    fs::create_dir_all(&folder)?;
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let file: String = step.name.chars().map(plain).collect();
    let text: String = lines(step, ran).flat_map(|line| [line, "\n"]).collect();
    fs::write(folder.join(format!("{file}.log")), text)
}

fn show_end(step: &Step, ran: &Ran) {
    println!("  `{}` {}", step.job.line(), ran.words());
    let lines: Vec<&str> = lines(step, ran)
        .filter(|line| !line.trim_end().ends_with("... ok"))
        .collect();
    for line in lines.iter().skip(lines.len().saturating_sub(SHOWN)) {
        println!("  | {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str, read: Reading) -> Step {
        Step::new("a step", Job::new(&["sh", "-c", text], 1), read)
    }

    #[test]
    fn a_program_without_tests_has_failed_nothing_and_one_that_says_nothing_has() {
        let empty = "echo 'test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out'";
        assert_eq!(run(says(empty, Reading::Rust)).counts, Counts::default());
        for (text, read) in [
            ("true", Reading::Rust),
            ("true", Reading::Vitest),
            ("true", Reading::Unittest),
            ("exit 1", Reading::Build),
            (&format!("{empty}; exit 1"), Reading::Rust),
            (
                "echo 'test result: ok. 3 passed; 0 failed'; kill -SEGV $$",
                Reading::Rust,
            ),
        ] {
            assert_eq!(run(says(text, read)).counts.failed, 1, "{text}");
        }
    }

    /// Each waits for what the other writes: one after the other they would wait until their time is up.
    #[test]
    fn steps_run_side_by_side_and_each_is_told_of() {
        let folder = std::env::temp_dir().join(format!("sealroad-steps-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let pipes = ["one", "other"].map(|name| folder.join(name).display().to_string());
        for pipe in &pipes {
            assert!(child::run(&Job::new(&["mkfifo", pipe], 1)).ok());
        }
        let [one, other] = &pipes;
        let steps = vec![
            says(&format!("echo a > {one}; read -r line < {other}"), Reading::Whole),
            says(&format!("read -r line < {one}; echo b > {other}"), Reading::Whole),
            says("exit 1", Reading::Whole),
        ];
        let done = side_by_side(steps, 2);
        fs::remove_dir_all(&folder).unwrap();
        let mut sum = Counts::default();
        done.iter().for_each(|done| sum.add(done.counts));
        assert_eq!(sum, Counts { passed: 2, failed: 1 });
    }
}
