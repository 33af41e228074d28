//! Takes a figure out of a command's output and holds it against what was asked.

use std::time::SystemTime;

use serde_json::Value;

use crate::{counts, place};

/// What must be seen. Each kind fails when it finds nothing.
pub enum Judge {
    /// `cargo test` ran at least this many tests and all passed.
    Cargo(u64),
    /// vitest ran at least this many tests and all passed.
    Vitest(u64),
    /// Python's unittest ran at least this many tests and all passed.
    Unittest(u64),
    /// The number at this JSON pointer, in the last line of output that is a JSON object, is at least this; `true` is 1.
    AtLeast(&'static str, f64),
    /// As above: at most this.
    AtMost(&'static str, f64),
    /// The number that stands right before these words is at least this: `31 lies refused`.
    Before(&'static str, u64),
    /// The whole number that stands right after these words lies between these two: `passed 43 of 43`.
    After(&'static str, u64, u64),
    /// A line of the output contains this.
    Says(&'static str),
    /// This run wrote these files (relative to the checkout), each of at least so many bytes.
    Wrote(&'static [&'static str], u64),
}

/// The answer.
pub struct Verdict {
    pub figure: String,
    pub asked: String,
    pub good: bool,
}

impl Judge {
    pub fn decide(&self, output: &str, began: SystemTime) -> Verdict {
        match self {
            Self::Cargo(least) => tests(counts::cargo(output), *least),
            Self::Vitest(least) => tests(counts::vitest(output), *least),
            Self::Unittest(least) => tests(counts::unittest(output), *least),
            Self::AtLeast(pointer, least) => {
                number(output, pointer, &format!("at least {least}"), |found| found >= *least)
            }
            Self::AtMost(pointer, most) => number(output, pointer, &format!("at most {most}"), |found| found <= *most),
            Self::Before(words, least) => {
                let found = output.lines().filter_map(|line| before(line, words)).max();
                let figure = found.map(|found| format!("{found} {words}"));
                said(
                    figure,
                    words,
                    format!("at least {least}"),
                    found.is_some_and(|found| found >= *least),
                )
            }
            Self::After(words, least, most) => {
                let found = output.lines().find_map(|line| after(line, words));
                let asked = if most == least {
                    format!("{least}")
                } else {
                    format!("{least} to {most}")
                };
                let figure = found.map(|found| format!("{words} {found}"));
                said(
                    figure,
                    words,
                    asked,
                    found.is_some_and(|found| (*least..=*most).contains(&found)),
                )
            }
            Self::Says(words) => {
                let found = output.lines().find(|line| line.contains(words));
                said(
                    found.map(|line| line.trim().to_owned()),
                    words,
                    (*words).to_owned(),
                    found.is_some(),
                )
            }
            Self::Wrote(files, bytes) => wrote(files, *bytes, began),
        }
    }
}

fn tests(counts: counts::Counts, least: u64) -> Verdict {
    Verdict {
        figure: format!("{} tests passed, {} failed", counts.passed, counts.failed),
        asked: format!("at least {least}, none failed"),
        good: counts.failed == 0 && counts.passed >= least.max(1),
    }
}

fn said(figure: Option<String>, words: &str, asked: String, good: bool) -> Verdict {
    let figure = figure.unwrap_or_else(|| format!("nothing says \"{words}\""));
    Verdict { figure, asked, good }
}

fn number(output: &str, pointer: &str, asked: &str, holds: impl Fn(f64) -> bool) -> Verdict {
    let last = output
        .lines()
        .rev()
        .find_map(|line| serde_json::from_str::<Value>(line).ok().filter(Value::is_object));
    let found = last.as_ref().and_then(|json| json.pointer(pointer)).and_then(|found| {
        found
            .as_f64()
            .or(found.as_bool().map(|found| f64::from(u8::from(found))))
    });
    let name = pointer.trim_start_matches('/').replace('/', " ");
    let figure = found.map_or_else(|| format!("{name}: not measured"), |found| format!("{name} = {found}"));
    Verdict {
        figure,
        asked: asked.to_owned(),
        good: found.is_some_and(holds),
    }
}

fn before(line: &str, words: &str) -> Option<u64> {
    let (head, _) = line.split_once(words)?;
    head.trim_end()
        .rsplit(|character: char| !character.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn after(line: &str, words: &str) -> Option<u64> {
    let (_, tail) = line.split_once(words)?;
    tail.trim_start()
        .split(|character: char| !character.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn wrote(files: &[&str], bytes: u64, began: SystemTime) -> Verdict {
    let fresh = |file: &&&str| {
        let found = place::at(file).metadata();
        found.is_ok_and(|found| found.len() >= bytes && found.modified().is_ok_and(|time| time >= began))
    };
    let missing: Vec<&str> = files.iter().filter(|file| !fresh(file)).copied().collect();
    let figure = if missing.is_empty() {
        format!("{} files", files.len())
    } else {
        format!("not written: {}", missing.join(", "))
    };
    Verdict {
        figure,
        asked: files.join(", "),
        good: missing.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(judge: &Judge, output: &str) -> bool {
        judge.decide(output, SystemTime::now()).good
    }

    #[test]
    fn figures_are_found_and_compared() {
        let output = "noise\n{\"solo\":{\"committed_per_s\":12000.5}}\nmore noise";
        assert!(good(&Judge::AtLeast("/solo/committed_per_s", 10_000.0), output));
        assert!(!good(&Judge::AtLeast("/solo/committed_per_s", 13_000.0), output));
        assert!(good(&Judge::AtMost("/solo/committed_per_s", 13_000.0), output));
        assert!(good(&Judge::Before("lies refused", 30), "31 lies refused"));
        assert!(!good(&Judge::Before("lies refused", 32), "31 lies refused"));
        assert!(good(&Judge::After("vectors passed", 43, 43), "vectors passed 43 of 43"));
        assert!(!good(
            &Judge::After("vectors passed", 43, 43),
            "vectors passed 42 of 43"
        ));
        assert!(!good(
            &Judge::After("vectors passed", 1, 43),
            "vectors passed all of 43"
        ));
        assert!(good(&Judge::AtLeast("/clean", 1.0), "{\"clean\":true}"));
        assert!(!good(&Judge::AtLeast("/clean", 1.0), "{\"clean\":false}"));
    }

    #[test]
    fn nothing_found_never_passes() {
        let judges = [
            Judge::Cargo(0),
            Judge::Vitest(0),
            Judge::Unittest(0),
            Judge::AtLeast("/x", 0.0),
            Judge::AtMost("/x", 1e9),
            Judge::Before("lies refused", 0),
            Judge::After("lies refused:", 0, u64::MAX),
            Judge::Says("done"),
            Judge::Wrote(&["target/show/02/never-written.png"], 0),
        ];
        for (index, judge) in judges.iter().enumerate() {
            assert!(!good(judge, "{}"), "judge {index}");
        }
    }
}
