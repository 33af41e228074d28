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
    assert_eq!(faulty(&data), ["ledger.db"]);
    failed_naming(&without(&["network", "id", "--data", &data]), &["ledger.db"]);
    failed_naming(&take_in(&folder, &data, "002"), &["ledger.db"]);
    // Damaged inside: it is a ledger still, and the fault has its place.
    std::fs::write(&file, &whole).unwrap();
    spoil(&file);
    assert!(faulty(&data).contains(&"ledger.db".to_owned()));
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
    assert_eq!(faulty(&data), ["keys.sealed"]);
    std::fs::write(&keys, &whole).unwrap();
    assert_eq!(with(PASSPHRASE, &import).status.code(), Some(0));
    assert_eq!(fsck(&data).1["height"], 3);
}

/// The files that a check names, which says with code 1 that they are not in order.
fn faulty(data: &str) -> Vec<String> {
    let (code, report) = fsck(data);
    assert_eq!((code, &report["clean"]), (Some(1), &Value::Bool(false)), "{report}");
    let file = |fault: &Value| fault["file"].as_str().unwrap().to_owned();
    let mut files: Vec<String> = report["faults"].as_array().unwrap().iter().map(file).collect();
    files.dedup();
    files
}

fn flip(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[at] ^= 0xff;
    std::fs::write(file, bytes).unwrap();
}

fn sql(file: &Path, statement: &str) {
    let database = rusqlite::Connection::open(file).unwrap();
    assert!(database.execute(statement, []).unwrap() > 0, "{statement}");
}

fn garbage(file: &Path) {
    std::fs::write(file, vec![0xa5; 40_000]).unwrap();
}

fn gone(file: &Path) {
    std::fs::remove_file(file).unwrap();
}

type Damage = (&'static str, &'static str, fn(&Path));

const DAMAGE: &[Damage] = &[
    ("ledger.db", "garbage", garbage),
    ("ledger.db", "gone", gone),
    ("ledger.db", "the root page", |file| flip(file, 104)),
    ("ledger.db", "how far the index is written", |file| {
        sql(file, "DELETE FROM meta WHERE key = 'tree'")
    }),
    ("ledger.db", "the genesis", |file| {
        sql(file, "DELETE FROM meta WHERE key = 'genesis'")
    }),
    ("votes.db", "garbage", garbage),
    ("votes.db", "gone", gone),
    ("votes.db", "the newest vote", |file| {
        sql(file, "DELETE FROM votes WHERE height = (SELECT max(height) FROM votes)");
    }),
    ("desk.db", "garbage", garbage),
    ("desk.db", "gone", gone),
    ("keys.sealed", "garbage", garbage),
    ("keys.sealed", "gone", gone),
    ("keys.sealed", "a digit of what is sealed", |file| {
        let text = std::fs::read_to_string(file).unwrap();
        let at = text.find("sealed\":").unwrap() + 12;
        let digit = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
        std::fs::write(file, [&text[..at], digit, &text[at + 1..]].concat()).unwrap();
    }),
    ("views.db", "garbage", garbage),
    ("views.db", "a name", |file| {
        sql(file, "UPDATE rows SET name = 'TAMPERED'")
    }),
    ("views.db", "a row", |file| {
        sql(file, "DELETE FROM rows WHERE id = (SELECT max(id) FROM rows)");
    }),
];

/// Damages each file of a ledger in a copy of its data folder; `within` is where in it the ledger lies.
fn every_damage_is_named(folder: &Folder, data: &str, within: &str) {
    assert_eq!(fsck(data).0, Some(0), "{:?}", fsck(data));
    for (file, how, damage) in DAMAGE {
        let copy = folder.at("copy");
        copy_all(Path::new(data), Path::new(&copy));
        damage(&Path::new(&copy).join(within).join(file));
        let named = faulty(&copy);
        assert!(named.iter().any(|named| named == file), "{file}, {how}: {named:?}");
        // In words it is said too, with what to do.
        let told = without(&["fsck", "--data", &copy]);
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(*file == "views.db" || told.contains(&format!("\n{file}: ")), "{told}");
        std::fs::remove_dir_all(&copy).unwrap();
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy_all(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn whatever_is_damaged_or_missing_of_a_firm_is_named() {
    let folder = Folder::new();
    let (data, file) = (folder.at("data"), article(&folder, "001"));
    // With the passphrase kept beside, so that the keys can be opened.
    let taken = without(&["import", &file, "--as", "products", "--data", &data, "--json"]);
    assert_eq!(taken.status.code(), Some(0), "{taken:?}");
    every_damage_is_named(&folder, &data, "");
}

#[test]
fn whatever_is_damaged_or_missing_of_the_sample_is_named() {
    let folder = Folder::new();
    let data = folder.at("data");
    let app = app::App::open(app::Options {
        data: Some(data.clone().into()),
    })
    .unwrap();
    app.call(serde_json::json!({ "call": "load-sample" })).unwrap();
    drop(app);
    every_damage_is_named(&folder, &data, "sample");
}

#[test]
fn tables_that_were_tampered_with_are_made_anew() {
    let folder = Folder::new();
    let data = ledger(&folder);
    sql(&Path::new(&data).join("views.db"), "UPDATE rows SET name = 'TAMPERED'");
    assert_eq!(faulty(&data), ["views.db"]);
    assert_eq!(take_in(&folder, &data, "002").status.code(), Some(0));
    assert_eq!(fsck(&data).0, Some(0));
    let views = rusqlite::Connection::open(Path::new(&data).join("views.db")).unwrap();
    let tampered: i64 = views
        .query_row("SELECT count(*) FROM rows WHERE name = 'TAMPERED'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(tampered, 0);
}

#[test]
fn where_there_is_no_ledger_nothing_is_made() {
    let folder = Folder::new();
    let (data, out) = (folder.at("none"), folder.at("anchor.json"));
    for arguments in [
        ["fsck", "--json"].as_slice(),
        &["network", "id"],
        &["export", "--anchor", "--out", &out],
        &["backup"],
    ] {
        failed_naming(&without(&[arguments, &["--data", &data]].concat()), &["no ledger"]);
        assert!(!Path::new(&data).exists(), "{arguments:?}");
    }
}

#[test]
fn evidence_that_does_not_hold_is_not_written() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let views = rusqlite::Connection::open(Path::new(&data).join("views.db")).unwrap();
    let subject: String = views
        .query_row("SELECT subject FROM rows WHERE type = 'product'", [], |row| row.get(0))
        .unwrap();
    let out = folder.at("evidence.json");
    let export = ["export", "--subject", &subject, "--data", &data, "--out", &out];
    assert_eq!(without(&export).status.code(), Some(0));
    std::fs::remove_file(&out).unwrap();
    // Another state than the records made: "Cover" becomes "Cower".
    sql(
        &Path::new(&data).join("ledger.db"),
        "UPDATE subjects SET state = CAST(replace(CAST(state AS TEXT), 'Cover', 'Cower') AS BLOB) WHERE name LIKE 'product:%'",
    );
    failed_naming(&without(&export), &["fsck"]);
    assert!(!Path::new(&out).exists());
}

#[test]
fn an_export_is_asked_for_in_one_way() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let (out, nowhere) = (folder.at("out.json"), folder.at("nowhere/out.json"));
    let export = |arguments: &[&str]| without(&[&["export", "--data", &data], arguments].concat());
    assert_eq!(export(&["--as", "anchor", "--out", &out]).status.code(), Some(0));
    std::fs::remove_file(&out).unwrap();
    failed_naming(&export(&["--anchor", "--as", "vc", "--out", &out]), &["anchor"]);
    failed_naming(
        &export(&["--as", "anchor", "--subject", "x", "--out", &out]),
        &["anchor"],
    );
    failed_naming(&export(&["--as", "vc", "--out", &out]), &["subject"]);
    failed_naming(&export(&["--anchor", "--out", &nowhere]), &["folder", "nowhere"]);
    assert!(!Path::new(&out).exists());
}

/// In a namespace of its own, as in `tests/crash/disk.rs`; none where nothing can be mounted. `$1` is the data, `$2` a mount point.
#[cfg(target_os = "linux")]
fn mounted(script: &str, data: &str, point: &str) -> Option<Output> {
    let run = |script: &str| {
        std::process::Command::new("unshare")
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                script,
                "sh",
                data,
                point,
            ])
            .arg(env!("CARGO_BIN_EXE_sealroad"))
            .output()
            .unwrap()
    };
    std::fs::create_dir_all(point).unwrap();
    if run("mount -t tmpfs -o size=1m sealroad \"$2\"").status.success() {
        return Some(run(script));
    }
    println!("nothing can be mounted here");
    None
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_read() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let (point, out) = (folder.at("point"), folder.at("anchor.json"));
    let script = format!(
        "mount --bind \"$1\" \"$2\" && mount -o remount,bind,ro \"$2\" && \"$3\" fsck --json --data \"$2\" && \"$3\" export --anchor --out '{out}' --data \"$2\""
    );
    if let Some(output) = mounted(&script, &data, &point) {
        let (code, text) = said(&output);
        assert_eq!(code, Some(0), "{output:?}");
        assert!(text.contains("copy"), "{text}");
        assert!(Path::new(&out).exists());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_damage() {
    let folder = Folder::new();
    let data = ledger(&folder);
    let script = "mount -t tmpfs -o size=1m sealroad \"$2\" && cp \"$1\"/* \"$2\" && (cat /dev/zero > \"$2/fill\" 2>/dev/null || true) && \"$3\" fsck --json --data \"$2\"";
    if let Some(output) = mounted(script, &data, &folder.at("point")) {
        failed_naming(&output, &["disk is full"]);
    }
}
