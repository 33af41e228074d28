//! Evidence of the sample company, told to the Rust verifier and to the TypeScript one: they must say the same of every file.
//!
//! The TypeScript verifier is `ui/dist-verify/cli.js`, made by `npm --prefix ui run build`; a missing one is a failure.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many mutated files both verifiers judge; every byte of the file with `SEALROAD_LONG`.
const MUTATIONS: usize = 2000;

struct Sample {
    evidence: Vec<u8>,
    anchor: Vec<u8>,
}

/// A folder that goes when the test ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn scratch(name: &str) -> Scratch {
    let folder = std::env::temp_dir().join(format!("sealroad-{name}-{}", std::process::id()));
    let _old = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    Scratch(folder)
}

/// Loads the sample company and exports evidence about a piece that travelled, with the network's anchor.
fn sample(folder: &Path) -> Sample {
    let app = app::App::open(app::Options {
        data: Some(folder.join("data")),
    })
    .unwrap();
    let call = |request: Value| app.call(request).unwrap();
    call(json!({"call": "load-sample"}));
    let list = json!({"call": "list", "table": "items", "text": "", "chip": "all", "sort": "number", "descending": false, "offset": 0, "limit": 1});
    let rows = call(list);
    let subject = rows["rows"][0]["subject"].clone();
    assert!(subject.is_string(), "the sample company has no piece: {rows}");
    let content = |reply: Value| STANDARD.decode(reply["content"].as_str().unwrap()).unwrap();
    Sample {
        evidence: content(call(
            json!({"call": "export", "subject": subject, "record": null, "as": "evidence"}),
        )),
        anchor: content(call(
            json!({"call": "export", "subject": null, "record": null, "as": "anchor"}),
        )),
    }
}

/// What the Rust verifier says, as both print it, without the words of its reasons.
fn rust(file: &[u8], anchor: Option<&[u8]>) -> Value {
    let trust = anchor.map_or(ledger::Trust::Nothing, |bytes| {
        ledger::Trust::Expect(ledger::Anchor::parse(bytes).unwrap())
    });
    judged(&serde_json::to_value(ledger::verify(file, &trust, None)).unwrap())
}

fn judged(report: &Value) -> Value {
    let names: Vec<&Value> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["name"])
        .collect();
    json!({
        "verdict": report["verdict"], "network": report["network"], "as_of": report["as_of"],
        "first_failed": report["first_failed"], "not_proved": report["not_proved"], "checks": names,
    })
}

/// What the TypeScript verifier says of many files.
fn typescript(files: &[(PathBuf, Option<PathBuf>)]) -> Vec<Value> {
    let cli = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist-verify/cli.js");
    assert!(cli.exists(), "{} is missing: npm --prefix ui run build", cli.display());
    let mut node = Command::new("node")
        .arg(cli)
        .arg("--batch")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = node.stdin.take().unwrap();
    let lines: Vec<String> = files
        .iter()
        .map(|(file, anchor)| json!({"file": file, "anchor": anchor}).to_string())
        .collect();
    let feeder = std::thread::spawn(move || lines.iter().all(|line| writeln!(stdin, "{line}").is_ok()));
    let output = node.wait_with_output().unwrap();
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
fn the_sample_is_accepted_with_its_anchor_and_consistent_without() {
    let folder = scratch("evidence-accepted");
    let sample = sample(&folder.0);
    let (file, anchor) = (folder.0.join("evidence.json"), folder.0.join("anchor.json"));
    std::fs::write(&file, &sample.evidence).unwrap();
    std::fs::write(&anchor, &sample.anchor).unwrap();
    let theirs = typescript(&[(file.clone(), Some(anchor)), (file, None)]);
    let ours = [
        rust(&sample.evidence, Some(&sample.anchor)),
        rust(&sample.evidence, None),
    ];
    assert_eq!(ours[0]["verdict"], "accepted");
    assert_eq!(ours[1]["verdict"], "consistent");
    assert_eq!(theirs, ours);
}

#[test]
fn no_flipped_bit_is_believed_and_both_name_the_same_failure() {
    let folder = scratch("evidence-flipped");
    let sample = sample(&folder.0);
    let mut dice = Dice(20_261_121);
    let long = std::env::var("SEALROAD_LONG").is_ok();
    let places: Vec<usize> = match long {
        true => (0..sample.evidence.len()).collect(),
        false => (0..MUTATIONS).map(|_| dice.below(sample.evidence.len())).collect(),
    };
    let mut files = Vec::new();
    let mut ours = Vec::new();
    for (number, place) in places.iter().enumerate() {
        let mut flipped = sample.evidence.clone();
        flipped[*place] ^= 1 << dice.below(8);
        let verdict = rust(&flipped, None);
        assert_eq!(verdict["verdict"], "refused", "byte {place}");
        if number < MUTATIONS {
            let file = folder.0.join(format!("{number}.json"));
            std::fs::write(&file, &flipped).unwrap();
            files.push((file, None));
            ours.push(verdict);
        }
    }
    let theirs = typescript(&files);
    assert_eq!(theirs.len(), ours.len());
    for ((place, ours), theirs) in places.iter().zip(&ours).zip(&theirs) {
        assert_eq!(theirs, ours, "byte {place}");
    }
    println!("{} flipped bits refused", places.len());
}
