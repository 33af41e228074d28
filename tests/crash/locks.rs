//! What opens a folder, and what does not.

use crate::common::{found, genesis, open, vote_key};
use crate::support::{Scratch, assert_sound, fill};
use ledger::Clock as GenesisClock;
use node::{Clock, DataFolder, Desk, Halt, KeyLock, KeyState, Keystore, Node, NodeError, SystemClock};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

fn passphrase(text: &str) -> KeyLock {
    KeyLock::Passphrase(text.to_owned())
}

fn error<T>(result: Result<T, NodeError>) -> NodeError {
    match result {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[test]
fn keys_open_by_their_passphrase_only() {
    let scratch = Scratch::new("keys");
    let folder = DataFolder::open(scratch.path()).unwrap();
    let right = passphrase("corner boards in place");
    assert_eq!(Keystore::state(&folder), KeyState::None);
    assert!(matches!(error(Keystore::open(&folder, &right)), NodeError::NoKeys(_)));
    let short = Keystore::create(&folder, &passphrase("seven77"));
    assert!(matches!(error(short), NodeError::PassphraseTooShort));
    let mut keys = Keystore::create(&folder, &right).unwrap();
    let public = keys.make("vote").unwrap();
    drop(keys);
    assert_eq!(Keystore::state(&folder), KeyState::Locked);
    assert!(matches!(
        error(Keystore::create(&folder, &right)),
        NodeError::KeysExist(_)
    ));
    let wrong = Keystore::open(&folder, &passphrase("corner boards in plaice"));
    assert!(matches!(error(wrong), NodeError::WrongPassphrase));
    let keys = Keystore::open(&folder, &right).unwrap();
    assert_eq!(keys.get("vote").unwrap().public(), public);
}

#[test]
fn a_damaged_key_file_gives_no_keys() {
    let scratch = Scratch::new("bad-keys");
    let folder = DataFolder::open(scratch.path()).unwrap();
    let right = passphrase("wrapped and strapped");
    Keystore::create(&folder, &right).unwrap().make("vote").unwrap();
    let file = scratch.join("keys.sealed");
    let whole = std::fs::read_to_string(&file).unwrap();
    let changed = |field: &str, value: &dyn Fn(&str) -> String| {
        let mut json: serde_json::Value = serde_json::from_str(&whole).unwrap();
        let place = json.pointer_mut(field).unwrap();
        *place = value(place.as_str().unwrap()).into();
        json.to_string()
    };
    // The first digit, another one.
    let flip = |text: &str| format!("{}{}", if text.starts_with('0') { '1' } else { '0' }, &text[1..]);
    let damaged = [
        ("cut off", whole[..whole.len() / 2].to_owned()),
        ("empty", String::new()),
        (
            "of another form",
            changed("/header/form", &|_| "sealroad-keys.9".to_owned()),
        ),
        ("with no nonce", changed("/nonce", &|_| "not hex".to_owned())),
    ];
    for (how, text) in damaged {
        std::fs::write(&file, text).unwrap();
        let error = error(Keystore::open(&folder, &right));
        assert!(
            matches!(
                error,
                NodeError::Damaged {
                    file: "keys.sealed",
                    ..
                }
            ),
            "{how}: {error:?}"
        );
        assert_eq!(Keystore::state(&folder), KeyState::Locked, "{how}");
        let again = Keystore::create(&folder, &right);
        assert!(
            matches!(again.err(), Some(NodeError::KeysExist(_))),
            "{how}: keys would be overwritten"
        );
    }
    // The cipher cannot tell these from a wrong passphrase.
    for field in ["/sealed", "/nonce", "/header/salt"] {
        std::fs::write(&file, changed(field, &flip)).unwrap();
        let error = error(Keystore::open(&folder, &right));
        assert!(matches!(error, NodeError::WrongPassphrase), "{field}: {error:?}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(Keystore::open(&folder, &right).unwrap().names(), ["vote"]);
}

#[test]
fn a_folder_is_open_once() {
    let scratch = Scratch::new("in-use");
    let ledger = scratch.join("ledger");
    let empty = DataFolder::open(&ledger).unwrap();
    assert!(!empty.has_ledger());
    let none = Node::open(&empty, Some(vote_key()), Arc::new(SystemClock));
    assert!(matches!(error(none), NodeError::NoLedger(_)));
    drop(empty);
    found(&ledger);
    let folder = DataFolder::open(&ledger).unwrap();
    match error(DataFolder::open(&ledger)) {
        NodeError::InUse { pid, folder: held } => {
            assert_eq!(pid, std::process::id());
            assert_eq!(held, ledger);
        }
        other => panic!("{other:?}"),
    }
    let again = genesis(GenesisClock::System, SystemClock.now());
    let again = Node::found(&folder, &again, vote_key(), Arc::new(SystemClock));
    assert!(matches!(error(again), NodeError::LedgerExists(_)));
    drop(folder);
    assert_sound(&open(&ledger).unwrap());
}

#[test]
fn without_its_key_a_node_reads_only() {
    let scratch = Scratch::new("no-key");
    let ledger = scratch.join("ledger");
    found(&ledger);
    let opened = open(&ledger).unwrap();
    let logged = fill(&opened.node, SystemClock.now(), 1, 1);
    drop(opened);
    let folder = DataFolder::open(&ledger).unwrap();
    let node = Node::open(&folder, None, Arc::new(SystemClock)).unwrap();
    assert_eq!(node.halted(), Some(Halt::NoVoteKey));
    assert!(node.record(&logged[0]).unwrap().is_some());
}

fn set_form(file: &Path, form: i64) {
    let connection = Connection::open(file).unwrap();
    connection.pragma_update(None, "user_version", form).unwrap();
}

#[test]
fn a_newer_form_is_left_alone() {
    let scratch = Scratch::new("newer");
    let ledger = scratch.join("ledger");
    found(&ledger);
    for (name, known) in [("ledger.db", 5), ("votes.db", 2)] {
        let file = ledger.join(name);
        set_form(&file, 99);
        let before = std::fs::read(&file).unwrap();
        match error(open(&ledger)) {
            NodeError::TooNew {
                file,
                found: 99,
                known: ours,
            } => assert_eq!((file, ours), (name, known)),
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(std::fs::read(&file).unwrap(), before, "{name} was changed");
        set_form(&file, known);
    }
    assert_sound(&open(&ledger).unwrap());
    let folder = DataFolder::open(&ledger).unwrap();
    drop(Desk::open(&folder).unwrap());
    set_form(&ledger.join("desk.db"), 2);
    let desk = Desk::open(&folder).err();
    assert!(matches!(desk, Some(NodeError::TooNew { file: "desk.db", .. })));
}
