//! Tables and search can be derived again at any time.

use crate::common::{found, open};
use crate::support::{Scratch, ask, assert_sound, fill};
use node::{Clock, SystemClock};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;

/// Every row but for its running number, which says only in what order rows were made; and how far they are.
fn shown(ledger: &Path) -> Vec<Vec<Value>> {
    let file = ledger.join("views.db");
    let mut rows = ask(
        &file,
        "SELECT subject, type, number, name, status, place, at, due, owner, quantity, code, row, words FROM rows ORDER BY subject",
    )
    .unwrap();
    rows.extend(ask(&file, "SELECT height, code, network FROM progress").unwrap());
    rows
}

/// Opens the ledger until its tables are ready; gives them with what a search finds.
fn derived(ledger: &Path) -> (Vec<Vec<Value>>, Vec<String>) {
    let opened = open(ledger).unwrap();
    opened.node.views_ready();
    assert_sound(&opened);
    let (height, newest) = opened.node.views_progress();
    assert_eq!(height, newest);
    let found = opened.node.search("吉林家纺", 100).unwrap();
    let mut found: Vec<String> = found.into_iter().map(|row| row.subject).collect();
    found.sort();
    drop(opened);
    let views = Connection::open(ledger.join("views.db")).unwrap();
    views
        .execute("INSERT INTO search(search, rank) VALUES('integrity-check', 1)", [])
        .expect("search does not agree with the rows");
    (shown(ledger), found)
}

#[test]
fn missing_or_damaged_views_are_made_anew_and_equal() {
    let scratch = Scratch::new("views");
    let ledger = scratch.join("ledger");
    found(&ledger);
    let opened = open(&ledger).unwrap();
    fill(&opened.node, SystemClock.now(), 1, 20);
    drop(opened);
    let expected = derived(&ledger);
    // 16 firms with a product each; 20 shipments with a lot each; and the line that says how far.
    assert_eq!(expected.0.len(), 2 * 16 + 2 * 20 + 1);
    assert!(!expected.1.is_empty(), "the search finds nothing");

    let file = ledger.join("views.db");
    let whole = std::fs::read(&file).unwrap();
    let spoil: [(&str, &dyn Fn()); 6] = [
        ("removed", &|| std::fs::remove_file(&file).unwrap()),
        ("garbage", &|| std::fs::write(&file, vec![0xa5; 40_000]).unwrap()),
        ("empty", &|| std::fs::write(&file, []).unwrap()),
        ("cut off", &|| std::fs::write(&file, &whole[..whole.len() / 2]).unwrap()),
        ("of another network", &|| {
            let views = Connection::open(&file).unwrap();
            views.execute("UPDATE progress SET network = zeroblob(32)", []).unwrap();
        }),
        ("of a newer form", &|| {
            let views = Connection::open(&file).unwrap();
            views.pragma_update(None, "user_version", 99).unwrap();
        }),
    ];
    for (how, spoil) in spoil {
        spoil();
        let again = derived(&ledger);
        assert_eq!(again, expected, "views {how}");
    }
}
