//! The terminal as scripts see it: forms, exit codes, the running instance.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "terminal/care.rs"]
mod care;

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!(
            "sealroad-terminal-{}",
            hex::encode(node::random::<8>().unwrap())
        ));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealroad"));
    command
        .args(arguments)
        .env_remove("SEALROAD_PASSPHRASE")
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .stdin(Stdio::null());
    command
}

fn sealroad(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn demo_makes_evidence_that_verify_judges_with_the_right_exit_codes() {
    let folder = Folder::new();
    let (out, data) = (folder.at("out"), folder.at("data"));
    let demo = sealroad(&["demo", "--out", &out, "--data", &data, "--play"]);
    assert!(demo.status.success(), "{demo:?}");
    assert!(String::from_utf8_lossy(&demo.stdout).contains("Rheinbett Trading Ltd.: delivers JL-0117"));
    let (evidence, anchor) = (format!("{out}/evidence.json"), format!("{out}/anchor.json"));
    let accepted = sealroad(&["verify", &evidence, "--anchor", &anchor, "--json"]);
    let report = json(&accepted);
    assert_eq!(
        (accepted.status.code(), &report["verdict"]),
        (Some(0), &Value::from("accepted"))
    );
    assert_eq!(
        keys(&report),
        ["as_of", "checks", "first_failed", "network", "not_proved", "verdict"]
    );
    assert_eq!(keys(&report["as_of"]), ["height", "time"]);
    let consistent = sealroad(&["verify", &evidence, "--json"]);
    assert_eq!(
        (consistent.status.code(), &json(&consistent)["network"]),
        (Some(3), &Value::Null)
    );
    let late = sealroad(&[
        "verify",
        &evidence,
        "--anchor",
        &anchor,
        "--not-before",
        "1000000",
        "--json",
    ]);
    assert_eq!(
        (late.status.code(), &json(&late)["first_failed"]),
        (Some(1), &Value::from("freshness"))
    );
    assert_eq!(
        sealroad(&["verify", &folder.at("nothing"), "--json"]).status.code(),
        Some(2)
    );
    let fsck = sealroad(&["fsck", "--data", &data, "--json"]);
    assert_eq!(
        (fsck.status.code(), keys(&json(&fsck))),
        (Some(0), vec!["clean", "faults", "height", "root"])
    );
}

#[test]
fn two_demos_are_two_networks() {
    let folder = Folder::new();
    for name in ["one", "two"] {
        assert!(sealroad(&["demo", "--out", &folder.at(name)]).status.success());
    }
    let anchor = |name: &str| std::fs::read(Path::new(&folder.at(name)).join("anchor.json")).unwrap();
    assert_ne!(anchor("one"), anchor("two"));
    let foreign = sealroad(&[
        "verify",
        &folder.at("one/evidence.json"),
        "--anchor",
        &folder.at("two/anchor.json"),
        "--json",
    ]);
    assert_eq!(
        (foreign.status.code(), &json(&foreign)["first_failed"]),
        (Some(1), &Value::from("network"))
    );
}

#[test]
fn import_into_a_folder_that_does_not_exist_reports_in_its_fixed_form() {
    let folder = Folder::new();
    let (data, file) = (folder.at("data"), folder.at("products.csv"));
    std::fs::write(&file, "SKU,Name,Unit\n001,Cover,pcs\n002,Case,boxes\n").unwrap();
    let dry = sealroad(&[
        "import",
        &file,
        "--as",
        "products",
        "--data",
        &data,
        "--dry-run",
        "--json",
    ]);
    assert_eq!(dry.status.code(), Some(1));
    assert!(!Path::new(&data).exists(), "a rehearsal founds nothing");
    let done = sealroad(&["import", &file, "--as", "products", "--data", &data, "--json"]);
    let report = json(&done);
    assert_eq!(
        keys(&report),
        ["accepted", "already_imported", "doubtful", "refused", "rows"]
    );
    assert_eq!(
        (&report["rows"], &report["accepted"], &report["already_imported"]),
        (&Value::from(2), &Value::from(1), &Value::Null)
    );
    assert_eq!(
        keys(&report["refused"][0]),
        ["code", "field", "id", "reason", "row", "value"]
    );
    assert_eq!(
        (&report["refused"][0]["row"], &report["refused"][0]["id"]),
        (&Value::from(3), &Value::from("002"))
    );
    let again = json(&sealroad(&[
        "import", &file, "--as", "products", "--data", &data, "--json",
    ]));
    assert!(again["already_imported"].is_string());
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        sealroad(&["import", &file, "--as", "products", "--data", &data, "--json"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_backup_is_restored_into_another_folder() {
    let folder = Folder::new();
    let (data, out, other) = (folder.at("data"), folder.at("backup"), folder.at("other"));
    let file = folder.at("products.csv");
    std::fs::write(&file, "SKU,Name,Unit\n001,Cover,pcs\n").unwrap();
    assert!(
        sealroad(&["import", &file, "--as", "products", "--data", &data])
            .status
            .success()
    );
    assert!(sealroad(&["backup", "--out", &out, "--data", &data]).status.success());
    let restored = sealroad(&["restore", &out, "--data", &other]);
    assert!(restored.status.success(), "{restored:?}");
    let fsck = json(&sealroad(&["fsck", "--data", &other, "--json"]));
    assert_eq!(
        fsck["faults"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|fault| fault["file"] == "ledger.db")
            .count(),
        0
    );
    assert_ne!(sealroad(&["restore", &out, "--data", &other]).status.code(), Some(0));
}

/// A served folder that is told to end at the end.
struct Served {
    child: Child,
    address: String,
    token: String,
}

impl Served {
    fn start(data: &str) -> Self {
        let mut child = command(&["serve", "--data", data])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(keys(&said), ["token", "url"]);
        let address = said["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Self {
            child,
            address,
            token: said["token"].as_str().unwrap().to_owned(),
        }
    }

    /// A page, head and all; its body need not be text.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn post(&self, host: &str, token: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /call HTTP/1.1\r\nhost: {host}\r\nx-sealroad-token: {token}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().unwrap();
    }
}

#[test]
fn serve_answers_only_with_its_token_and_under_its_own_name() {
    let folder = Folder::new();
    let data = folder.at("data");
    let served = Served::start(&data);
    let session = r#"{"call":"session"}"#;
    assert!(
        served
            .post(&served.address, &served.token, session)
            .contains("first-run")
    );
    assert!(
        served
            .post(&served.address, "0000", session)
            .starts_with("HTTP/1.1 401")
    );
    assert!(
        served
            .post("evil.example", &served.token, session)
            .starts_with("HTTP/1.1 403")
    );
    assert!(
        served
            .post(&served.address, &served.token, r#"{"call":"x"}"#)
            .starts_with("HTTP/1.1 422")
    );
    assert!(
        served
            .post(&served.address, &served.token, r#"{"call":"load-sample"}"#)
            .contains("\"ready\"")
    );
    // The terminal finds the running instance and asks it.
    let id = sealroad(&["network", "id", "--data", &data]);
    assert_eq!(String::from_utf8_lossy(&id.stdout).trim().len(), 64, "{id:?}");
    // A second one cannot have the folder.
    let second = sealroad(&["serve", "--data", &data]);
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use"));
}

#[test]
fn serve_takes_nothing_from_strangers() {
    let folder = Folder::new();
    let served = Served::start(&folder.at("data"));
    let own = format!("host: {}\r\n", served.address);
    let asked = |lines: &str| {
        let mut stream = TcpStream::connect(&served.address).unwrap();
        write!(stream, "POST /call HTTP/1.1\r\n{lines}\r\n").unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line
    };
    // The answer comes though the body never does.
    let large = "content-length: 90000000\r\n";
    assert!(asked(&format!("{own}{large}")).contains(" 401 "));
    let token = format!("x-sealroad-token: {}\r\n", served.token);
    for lines in [
        format!("{own}{token}origin: http://evil.example\r\n{large}"),
        format!("{own}host: evil.example\r\n{token}{large}"),
        format!("{token}{large}"),
    ] {
        assert!(asked(&lines).contains(" 403 "), "{lines}");
    }
    let too_large = format!(
        "{own}{token}origin: http://{}\r\ncontent-length: 900000000\r\n",
        served.address
    );
    assert!(asked(&too_large).contains(" 413 "));
}

#[test]
fn a_founding_that_was_interrupted_is_taken_up_again() {
    for left in ["0123456789abcdef0123456789abcdef", ""] {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.0.join("data")).unwrap();
        std::fs::write(folder.0.join("data/terminal-passphrase"), left).unwrap();
        std::fs::write(folder.0.join("p.csv"), "number,name,unit\nP-1,Cup,pcs\n").unwrap();
        let done = sealroad(&[
            "import",
            &folder.at("p.csv"),
            "--as",
            "products",
            "--data",
            &folder.at("data"),
            "--json",
        ]);
        assert_eq!(
            (done.status.code(), &json(&done)["accepted"]),
            (Some(0), &Value::from(1)),
            "{done:?}"
        );
        let kept = std::fs::read_to_string(folder.0.join("data/terminal-passphrase")).unwrap();
        assert!(kept == left || left.is_empty(), "{left} became {kept}");
    }
}

#[test]
fn what_never_ends_is_no_evidence_and_a_write_that_fails_leaves_the_old_file() {
    let folder = Folder::new();
    let (out, data) = (folder.at("out"), folder.at("data"));
    assert!(sealroad(&["demo", "--out", &out, "--data", &data]).status.success());
    let endless = sealroad(&["verify", "/dev/zero", "--json"]);
    assert_eq!(
        (endless.status.code(), &json(&endless)["verdict"]),
        (Some(2), &Value::from("unreadable"))
    );
    let anchor = format!("{out}/anchor.json");
    let old = std::fs::read(&anchor).unwrap();
    // Where the new file would be made stands a folder.
    std::fs::create_dir(format!("{anchor}.part")).unwrap();
    let failed = sealroad(&["export", "--anchor", "--out", &anchor, "--data", &data]);
    assert_eq!(failed.status.code(), Some(2), "{failed:?}");
    assert_eq!(std::fs::read(&anchor).unwrap(), old);
}

#[test]
fn every_answer_of_serve_says_what_a_browser_may_do_with_it() {
    let folder = Folder::new();
    let served = Served::start(&folder.at("data"));
    let session = served.post(&served.address, &served.token, r#"{"call":"session"}"#);
    let stranger = served.get("/verify.html");
    for answer in [&session, &served.get("/"), &served.get("/nothing.js"), &stranger] {
        let head = answer.split("\r\n\r\n").next().unwrap();
        for line in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "x-frame-options: DENY",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "cache-control: no-store",
        ] {
            assert!(head.contains(line), "{line}: {head}");
        }
        assert!(head.contains("frame-ancestors 'none'"), "{head}");
        // The stranger's page brings its own, which a second one would forbid to run.
        assert_eq!(head.contains("default-src 'self'"), answer != &stranger, "{head}");
    }
    let icon = served.get("/favicon.ico");
    assert!(
        icon.starts_with("HTTP/1.1 200") && icon.contains("image/x-icon"),
        "{}",
        &icon[..300]
    );
}

#[cfg(unix)]
#[test]
fn serve_ends_cleanly_when_told_to() {
    let folder = Folder::new();
    let mut served = Served::start(&folder.at("data"));
    let told = Command::new("kill")
        .args(["-TERM", &served.child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_reader_that_stops_is_no_error_and_an_answer_that_is_lost_is_one() {
    let folder = Folder::new();
    let out = folder.at("out");
    assert!(sealroad(&["demo", "--out", &out]).status.success());
    let (evidence, anchor) = (format!("{out}/evidence.json"), format!("{out}/anchor.json"));
    let verify = || command(&["verify", &evidence, "--anchor", &anchor]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let unread = verify().stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(
        (unread.status.code(), unread.stderr.as_slice()),
        (Some(0), &b""[..]),
        "{unread:?}"
    );
    // A device that is always full.
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let lost = verify().stdout(full).stderr(Stdio::piped()).output().unwrap();
    let words = String::from_utf8_lossy(&lost.stderr).into_owned();
    assert_eq!(lost.status.code(), Some(2), "{words}");
    assert!(
        words.contains("could not be written") && !words.contains("panicked"),
        "{words}"
    );
}
