//! Evidence of the sample company, told to the verifiers in Rust, TypeScript and Python, and to the stranger's page in Chromium: they
//! must say the same of every file.
//!
//! The TypeScript verifier is `ui/dist-verify/cli.js` and the page is `ui/dist/verify.html`, both made by `npm --prefix ui run build`; a
//! missing one is a failure.

mod browser;
mod demo;
mod flips;
mod lies;
mod page;
#[expect(dead_code, reason = "the window's own tests need more of it")]
#[path = "../../src-tauri/e2e/processes.rs"]
mod processes;

use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use demo::Demo;

/// A file of the built UI.
fn built(inside: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui").join(inside);
    assert!(
        file.exists(),
        "{} is missing: npm --prefix ui run build",
        file.display()
    );
    file.canonicalize().unwrap()
}

/// What the Rust verifier says, as both print it, without the words of its reasons.
fn rust(file: &[u8], anchor: Option<&[u8]>, not_before: Option<u64>) -> Value {
    let trust = anchor.map_or(ledger::Trust::Nothing, |bytes| {
        ledger::Trust::Expect(ledger::Anchor::parse(bytes).unwrap())
    });
    judged(&serde_json::to_value(ledger::verify(file, &trust, not_before)).unwrap())
}

fn judged(report: &Value) -> Value {
    let checks = report["checks"].as_array();
    let names: Option<Vec<&Value>> = checks.map(|checks| checks.iter().map(|check| &check["name"]).collect());
    json!({
        "verdict": report["verdict"], "network": report["network"], "as_of": report["as_of"],
        "first_failed": report["first_failed"], "not_proved": report["not_proved"], "checks": names,
    })
}

/// A file to be judged, with the anchor and the least height it is held against.
struct Case {
    file: PathBuf,
    anchor: Option<PathBuf>,
    not_before: Option<u64>,
}

/// What the TypeScript verifier says of many files.
fn typescript(cases: &[Case]) -> Vec<Value> {
    batch(Command::new("node").arg(built("dist-verify/cli.js")), cases)
}

/// What the Python verifier says of many files; it does not list the checks that held.
fn python(cases: &[Case]) -> Vec<Value> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/sealroad_verify.py");
    batch(Command::new("python3").arg("-B").arg(program), cases)
}

/// The same reports as [`python`] gives them.
fn unlisted(reports: &[Value]) -> Vec<Value> {
    let mut reports = reports.to_vec();
    for report in &mut reports {
        report["checks"] = Value::Null;
    }
    reports
}

/// Both answer lines of `{"file","anchor","not_before"}` with a line each.
fn batch(program: &mut Command, cases: &[Case]) -> Vec<Value> {
    let mut verifier = program
        .arg("--batch")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = verifier.stdin.take().unwrap();
    let lines: Vec<String> = cases
        .iter()
        .map(|case| json!({"file": case.file, "anchor": case.anchor, "not_before": case.not_before}).to_string())
        .collect();
    let feeder = std::thread::spawn(move || lines.iter().all(|line| writeln!(stdin, "{line}").is_ok()));
    let output = verifier.wait_with_output().unwrap();
    assert!(feeder.join().unwrap());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| judged(&serde_json::from_str(line).unwrap()))
        .collect()
}

/// A small generator of its own (SplitMix64), so that a failing run can be repeated.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }
}

#[test]
fn the_demo_is_accepted_with_its_anchor_and_consistent_without() {
    let demo = Demo::play("accepted");
    let case = |anchor| Case {
        file: demo.evidence_file(),
        anchor,
        not_before: None,
    };
    let cases = [case(Some(demo.anchor_path.clone())), case(None)];
    let theirs = typescript(&cases);
    let ours = [
        rust(&demo.evidence, Some(&demo.anchor), None),
        rust(&demo.evidence, None, None),
    ];
    assert_eq!(ours[0]["verdict"], "accepted");
    assert_eq!(ours[1]["verdict"], "consistent");
    assert_eq!(theirs, ours);
    assert_eq!(python(&cases), unlisted(&ours));
    println!("{} bytes of evidence accepted by all", demo.evidence.len());
}
