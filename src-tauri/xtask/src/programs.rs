//! The test programs that cargo builds, as steps of their own: cargo itself would run one only when the last has ended, and most of
//! them wait more than they compute.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use serde_json::Value;

use crate::{child::Job, place};

/// One test program.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    /// The source that it begins with, from the top of the checkout.
    pub name: String,
    file: String,
    /// The folder of its package, in which cargo would run it.
    folder: String,
}

impl Program {
    /// How it is run; with a filter only the tests whose names contain it.
    pub fn job(&self, filter: Option<&str>, minutes: u64) -> Job {
        let words: Vec<&str> = std::iter::once(self.file.as_str()).chain(filter).collect();
        Job::new(&words, minutes)
            .within(&self.folder)
            .with("CARGO_MANIFEST_DIR", &self.folder)
    }
}

/// The test programs among the messages of `cargo test --no-run --message-format=json-render-diagnostics`, in the order in which they
/// were built.
pub fn built(messages: &str) -> Vec<Program> {
    let parsed = messages.lines().filter(|line| line.starts_with('{'));
    parsed
        .filter_map(|line| program(&serde_json::from_str(line).ok()?))
        .collect()
}

fn program(message: &Value) -> Option<Program> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let source = Path::new(message["target"]["src_path"].as_str()?);
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
    Some(Program {
        name: source
            .strip_prefix(place::root())
            .unwrap_or(source)
            .display()
            .to_string(),
        file: message["executable"].as_str()?.to_owned(),
        folder: folder.display().to_string(),
    })
}

/// How long each step took the last time, in seconds by its name: what takes long begins first, so that nothing is left to run alone at
/// the end.
#[derive(Default)]
pub struct Past(BTreeMap<String, f64>);

impl Past {
    const FILE: &'static str = "target/test/seconds.json";

    /// What the last run wrote; none, where it wrote nothing.
    pub fn read() -> Self {
        let text = fs::read(place::at(Self::FILE)).unwrap_or_default();
        Self(serde_json::from_slice(&text).unwrap_or_default())
    }

    pub fn note(&mut self, name: &str, took: Duration) {
        self.0.insert(name.to_owned(), took.as_secs_f64());
    }

    /// For the next run. The order is all that is lost where it cannot be written.
    pub fn write(&self) {
        let _unwritten = serde_json::to_vec(&self.0).map(|text| fs::write(place::at(Self::FILE), text));
    }

    /// Longest first; what was never run before that, as it stands.
    pub fn sort<T>(&self, steps: &mut [T], name: impl Fn(&T) -> &str) {
        let seconds = |step: &T| self.0.get(name(step)).copied().unwrap_or(f64::INFINITY);
        steps.sort_by(|one, other| seconds(other).total_cmp(&seconds(one)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(reason: &str, test: bool, executable: &str) -> String {
        let source = place::at("tests/sim/main.rs").display().to_string();
        let manifest = place::at("tests/Cargo.toml").display().to_string();
        format!(
            "{{\"reason\":\"{reason}\",\"manifest_path\":\"{manifest}\",\"target\":{{\"src_path\":\"{source}\"}},\
             \"profile\":{{\"test\":{test}}},\"executable\":{executable}}}"
        )
    }

    #[test]
    fn only_what_was_built_to_test_is_run() {
        let messages = [
            "   Compiling app v0.1.0".to_owned(),
            message("compiler-artifact", false, "\"/a/sealroad\""),
            message("compiler-artifact", true, "\"/a/sim-1\""),
            message("compiler-artifact", true, "null"),
            message("build-script-executed", true, "\"/a/script\""),
            "{\"reason\":\"build-finished\",\"success\":true}".to_owned(),
        ];
        let found = built(&messages.join("\n"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "tests/sim/main.rs");
        assert_eq!(found[0].job(Some("seed"), 1).arguments, ["seed"]);
        assert!(found[0].job(None, 1).line().ends_with("/a/sim-1"));
    }

    #[test]
    fn what_takes_long_begins_first() {
        let mut past = Past::default();
        past.note("short", Duration::from_secs(1));
        past.note("long", Duration::from_secs(60));
        let mut steps = ["short", "new", "long", "newer"];
        past.sort(&mut steps, |step| step);
        assert_eq!(steps, ["new", "newer", "long", "short"]);
    }
}
