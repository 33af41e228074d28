//! Backups, damage and passphrases at the terminal: what it says, and with which exit code.

use super::{Folder, command, json};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

const PASSPHRASE: &str = "correct horse";

fn with(passphrase: &str, arguments: &[&str]) -> Output {
    command(arguments)
        .env("SEALROAD_PASSPHRASE", passphrase)
        .output()
        .unwrap()
}

fn without(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// Exit code and what was said on standard error.
fn said(output: &Output) -> (Option<i32>, String) {
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// That a command failed with code 2 and named these, in one line without a panic.
fn failed_naming(output: &Output, words: &[&str]) {
    let (code, text) = said(output);
    assert_eq!(code, Some(2), "{text}");
    assert!(words.iter().all(|word| text.contains(word)), "{words:?}: {text}");
    assert!(text.starts_with("sealroad: ") && text.lines().count() == 1, "{text}");
}

/// A sheet with one article.
fn article(folder: &Folder, number: &str) -> String {
    let file = folder.at(&format!("{number}.csv"));
    std::fs::write(&file, format!("SKU,Name,Unit\n{number},Cover,pcs\n")).unwrap();
    file
}

fn take_in(folder: &Folder, data: &str, number: &str) -> Output {
    let file = article(folder, number);
    with(
        PASSPHRASE,
        &["import", &file, "--as", "products", "--data", data, "--json"],
    )
}

/// A closed ledger of two blocks.
fn ledger(folder: &Folder) -> String {
    let data = folder.at("data");
    let taken = take_in(folder, &data, "001");
    assert_eq!(taken.status.code(), Some(0), "{taken:?}");
    data
}

fn fsck(data: &str) -> (Option<i32>, Value) {
    let output = without(&["fsck", "--data", data, "--json"]);
    (output.status.code(), json(&output))
}

#[test]
fn a_restored_ledger_confirms_again_only_with_the_word_that_nothing_later_was_signed() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let backup = folder.at("backup");
    let written = without(&["backup", "--out", &backup, "--data", &data]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    let height = fsck(&data).1["height"].clone();
    assert_eq!(height, 2);

    let silent = folder.at("silent");
    assert_eq!(without(&["restore", &backup, "--data", &silent]).status.code(), Some(0));
    take_in(&folder, &silent, "002");
    assert_eq!(fsck(&silent).1["height"], height, "it confirmed without the word");

    let given = folder.at("given");
    let restored = with(PASSPHRASE, &["restore", &backup, "--nothing-later", "--data", &given]);
    assert_eq!(restored.status.code(), Some(0), "{restored:?}");
    assert_eq!(json(&take_in(&folder, &given, "002"))["accepted"], 1);
    let (code, report) = fsck(&given);
    assert_eq!((code, &report["height"]), (Some(0), &Value::from(3)), "{report}");
    // The word is asked for once; where votes are there it cannot undo them.
    failed_naming(
        &with(PASSPHRASE, &["restore", &backup, "--nothing-later", "--data", &given]),
        &["already"],
    );
}

#[test]
fn a_damaged_backup_is_named_and_nothing_is_restored() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let (backup, to) = (folder.at("backup"), folder.at("to"));
    without(&["backup", "--out", &backup, "--data", &data]);
    spoil(&Path::new(&backup).join("ledger.db"));
    failed_naming(&without(&["restore", &backup, "--data", &to]), &["ledger.db"]);
    assert!(!Path::new(&to).join("ledger.db").exists());
    failed_naming(
        &without(&["restore", &folder.at("nothing"), "--data", &to]),
        &["no ledger"],
    );
}

/// Bytes from the second quarter on are others.
fn spoil(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let (from, to) = (bytes.len() / 4, bytes.len() / 2);
    bytes[from..to].fill(0xa5);
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_damaged_ledger_is_named_by_fsck_and_by_whoever_opens_it() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let file = Path::new(&data).join("ledger.db");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, vec![0xa5; 40_000]).unwrap();
    failed_naming(&without(&["fsck", "--data", &data, "--json"]), &["ledger.db"]);
    failed_naming(&without(&["network", "id", "--data", &data]), &["ledger.db"]);
    failed_naming(&take_in(&folder, &data, "002"), &["ledger.db"]);
    // Damaged inside: it is a ledger still, and the fault has its place.
    std::fs::write(&file, &whole).unwrap();
    spoil(&file);
    let output = without(&["fsck", "--data", &data, "--json"]);
    match output.status.code() {
        Some(1) => {
            let report = json(&output);
            let faults = report["faults"].as_array().unwrap();
            assert!(faults.iter().any(|fault| fault["file"] == "ledger.db"), "{report}");
            assert_eq!(report["clean"], false);
        }
        _ => failed_naming(&output, &["ledger.db"]),
    }
    // Put back, nothing is missing.
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(fsck(&data).0, Some(0));
}

#[test]
fn damaged_views_are_made_anew_and_nobody_notices() {
    let folder = Folder::new();
    let data = ledger(&folder);
    std::fs::write(Path::new(&data).join("views.db"), vec![0xa5; 40_000]).unwrap();
    let taken = take_in(&folder, &data, "002");
    assert_eq!(
        (taken.status.code(), &json(&taken)["accepted"]),
        (Some(0), &Value::from(1)),
        "{taken:?}"
    );
    assert_eq!(fsck(&data).0, Some(0));
}

#[test]
fn without_good_keys_a_ledger_is_read_and_signs_nothing() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let file = article(&folder, "002");
    let import = ["import", &file, "--as", "products", "--data", &data, "--json"];
    failed_naming(&with("wrong horse!", &import), &["passphrase is wrong"]);
    failed_naming(&without(&import), &["locked", "SEALROAD_PASSPHRASE"]);
    let keys = Path::new(&data).join("keys.sealed");
    let whole = std::fs::read(&keys).unwrap();
    std::fs::write(&keys, &whole[..whole.len() / 2]).unwrap();
    failed_naming(&with(PASSPHRASE, &import), &["keys.sealed", "damaged"]);
    std::fs::remove_file(&keys).unwrap();
    failed_naming(&with(PASSPHRASE, &import), &["no keys"]);
    // Reading asks for none.
    let id = without(&["network", "id", "--data", &data]);
    assert_eq!(String::from_utf8_lossy(&id.stdout).trim().len(), 64, "{id:?}");
    let out = folder.at("anchor.json");
    let anchor = without(&["export", "--anchor", "--out", &out, "--data", &data]);
    assert_eq!(anchor.status.code(), Some(0), "{anchor:?}");
    assert_eq!(fsck(&data).0, Some(0));
    std::fs::write(&keys, &whole).unwrap();
    assert_eq!(with(PASSPHRASE, &import).status.code(), Some(0));
    assert_eq!(fsck(&data).1["height"], 3);
}
