//! The stranger's page: one file, opened from disk in Chromium, with nothing but the evidence and, if the reader has it, the anchor.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::terminal::bench::traffic::Traffic;
use ledger::{Clock as GenesisClock, Genesis, Party, Profile, SecretKey, Validator, ValidatorSet};
use node::{Clock, DataFolder, Node, SystemClock};
use serde_json::Value;

use crate::browser::Chromium;
use crate::demo::Demo;
use crate::flips::flipped;
use crate::processes::Folder;
use crate::{Dice, built, rust};

type Outcome = Result<(), Box<dyn Error>>;

/// The languages of the page, and the words its issue fixes for a verdict without an anchor.
const UNKNOWN: [(&str, &str); 3] = [
    ("en", "Consistent, network unknown"),
    ("zh", "一致，网络未知"),
    ("de", "Stimmig, Netz unbekannt"),
];

/// How many files with a flipped bit the page judges.
const FLIPS: usize = 40;

/// How many records the timed evidence has about its subject.
const RECORDS: usize = 100;

/// How often it is timed; the median counts.
const TIMES: usize = 7;

/// The words of the page in one language.
fn words(language: &str) -> BTreeMap<String, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../ui/src/words/verify.{language}.json"));
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

async fn open(folder: &Path) -> Result<Chromium, Box<dyn Error>> {
    Chromium::open(&built("dist/verify.html"), &folder.join("profile")).await
}

#[tokio::test]
async fn chromium_says_consistent_without_the_anchor_and_names_the_network_with_it() -> Outcome {
    let demo = Demo::play("page");
    let page = open(demo.folder.path()).await?;
    page.give("choose", &demo.evidence_file()).await?;
    page.find(".verdict.consistent").await?;
    for (language, unknown) in UNKNOWN {
        page.choose("#language", language).await?;
        assert_eq!(page.text(".verdict .word").await?, unknown);
        assert_eq!(page.text("#verdict").await?, words(language)["verdict.consistent"]);
        page.picture(&format!("verify-page-consistent-{language}")).await?;
    }
    page.give("add-anchor", &demo.anchor_path).await?;
    page.find(".verdict.accepted").await?;
    let genesis: Value = serde_json::from_slice(&demo.anchor)?;
    let network = genesis["genesis"]["name"]
        .as_str()
        .ok_or("the anchor names no network")?;
    for (language, _) in UNKNOWN {
        page.choose("#language", language).await?;
        let words = words(language);
        assert_eq!(page.text(".verdict .word").await?, words["word.accepted"]);
        assert_eq!(
            page.text("#verdict").await?,
            words["verdict.accepted"].replace("{network}", network)
        );
        page.picture(&format!("verify-page-accepted-{language}")).await?;
    }
    let checks = rust(&demo.evidence, Some(&demo.anchor), None)["checks"].clone();
    // The page judges by the networks it knows; the comparison with one demanded network is a check more.
    let expected = checks.as_array().map_or(0, Vec::len) - 1;
    assert_eq!(page.count(".checks .outcome.accepted").await?, expected);
    assert_eq!(page.count(".checks .outcome.refused").await?, 0);
    page.close().await
}

#[tokio::test]
async fn chromium_refuses_a_flipped_bit_for_the_reason_rust_names() -> Outcome {
    let demo = Demo::play("page-flips");
    let page = open(demo.folder.path()).await?;
    page.give("add-anchor", &demo.anchor_path).await?;
    page.choose("#language", "en").await?;
    let words = words("en");
    let mut dice = Dice(20_261_123);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..FLIPS {
        let (byte, bit) = (dice.below(demo.evidence.len()), dice.below(8));
        let bad = flipped(&demo.evidence, byte, bit);
        let ours = rust(&bad, None, None);
        let failed = ours["first_failed"].as_str().ok_or("Rust believes it")?.to_owned();
        let name = format!("flip-{number}.json");
        page.give("choose", &demo.keep(&name, &bad)).await?;
        // The file's name stands there with its verdict, so this is not the verdict before.
        page.fact(&name).await?;
        page.find(".verdict.refused").await?;
        let sentence = &words[&format!("check.{failed}.refused")];
        assert_eq!(&page.text("#verdict").await?, sentence, "byte {byte}, bit {bit}");
        let title = page.text(".checks li:has(.outcome.refused) .name").await?;
        assert!(title.starts_with(&words[&format!("check.{failed}.title")]), "{title}");
        *reasons.entry(failed).or_default() += 1;
    }
    page.picture("verify-page-refused-en").await?;
    println!("{FLIPS} flipped bits refused by the page, first failed as in Rust: {reasons:?}");
    page.close().await
}

#[tokio::test]
async fn chromium_checks_the_evidence_of_a_hundred_records() -> Outcome {
    let folder = Folder::new("page-hundred")?;
    let (evidence, anchor) = hundred(folder.path());
    let page = open(folder.path()).await?;
    page.give("add-anchor", &anchor).await?;
    let mut found = Vec::new();
    for _ in 0..TIMES {
        // From the moment the picker hands the file over until the verdict stands in the page.
        page.run(
            "window.began = window.ended = 0;
             document.addEventListener('change', () => { window.began = performance.now(); }, { capture: true, once: true });
             const seen = new MutationObserver(() => {
                 if (document.querySelector('.verdict.accepted') === null) return;
                 window.ended = performance.now();
                 seen.disconnect();
             });
             document.querySelector('.verdict')?.remove();
             seen.observe(document.querySelector('main'), { childList: true, subtree: true });",
        )
        .await?;
        page.give("choose", &evidence).await?;
        page.find(".verdict.accepted").await?;
        let took = page.run("return window.ended - window.began").await?;
        found.push(took.as_f64().filter(|took| *took > 0.0).ok_or("not timed")?);
    }
    found.sort_by(f64::total_cmp);
    println!(
        "{RECORDS} records checked in {:.0} ms by the page in Chromium (median of {TIMES}, from {:.0} to {:.0}; {} bytes)",
        found[TIMES / 2],
        found[0],
        found[TIMES - 1],
        fs::metadata(&evidence)?.len()
    );
    page.close().await
}

/// Writes evidence about a lot with so many records of its own, and the anchor of its network.
fn hundred(folder: &Path) -> (PathBuf, PathBuf) {
    let vote = SecretKey::from_seed(&node::random().unwrap());
    let set = ValidatorSet::new(vec![Validator {
        key: vote.public(),
        party: Party::of(SecretKey::from_seed(&node::random().unwrap()).public()),
        weight: 1,
    }]);
    let (clock, salt) = (GenesisClock::System, node::random().unwrap());
    let genesis = Genesis::new("Hundred", Profile::Solo, clock, SystemClock.now(), salt, set.unwrap()).unwrap();
    let data = DataFolder::open(folder.join("data")).unwrap();
    let node = Node::found(&data, &genesis, vote, Arc::new(SystemClock)).unwrap();
    let mut traffic = Traffic::new(node.network(), SystemClock.now(), 1).unwrap();
    for batch in traffic.founding().unwrap() {
        node.submit(batch).unwrap();
    }
    let (subject, records) = traffic.long_story(RECORDS).unwrap();
    for record in records {
        node.submit(vec![record]).unwrap();
    }
    let files = (folder.join("hundred.json"), folder.join("hundred-anchor.json"));
    fs::write(&files.0, node.evidence(&subject, Vec::new()).unwrap()).unwrap();
    fs::write(&files.1, node.anchor().to_bytes()).unwrap();
    node.stop();
    files
}
