//! A damaged ledger is named and mended from the others, whatever some of them give.

use crate::common::{Alliance, node_key};
use crate::founded;
use crate::rebuild::{contents, lose, with_one_stopped};
use ledger::Hash;
use node::net::{Answers, Ask, Limits, Net, NetConfig, Path as Asked, Reply, Role};
use node::stepped::Said;
use node::{DataFolder, Repaired, Unmended};
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The tables whose contents follow from the blocks alone.
const TABLES: [&str; 7] = ["bodies", "records", "subjects", "touches", "history", "sets", "tree"];

fn mend(path: &Path) -> Repaired {
    let folder = DataFolder::open(path).unwrap();
    node::repair(&folder, false, &mut |_, _| {}).unwrap()
}

/// Flips a bit inside a record of this block. → its id.
fn flip_in_record(alliance: &Alliance, at: usize, height: u64) -> Hash {
    let ledger = Connection::open(alliance.path(at).join("ledger.db")).unwrap();
    let first: i64 = ledger
        .query_row(
            "SELECT first FROM blocks WHERE height = ?1",
            [i64::try_from(height).unwrap()],
            |row| row.get(0),
        )
        .unwrap();
    let (begins, mut body): (i64, Vec<u8>) = ledger
        .query_row(
            "SELECT first, body FROM bodies WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
            [first],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(begins, first);
    let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len());
    let id = ledger::Record::parse(&body[..end]).unwrap().id();
    body[end / 2] ^= 1;
    ledger
        .execute("UPDATE bodies SET body = ?2 WHERE first = ?1", params![begins, body])
        .unwrap();
    id
}

/// A block with records, not the newest.
fn some_block(alliance: &Alliance, at: usize) -> u64 {
    let ledger = Connection::open(alliance.path(at).join("ledger.db")).unwrap();
    ledger
        .query_row(
            "SELECT height FROM blocks WHERE count > 0 ORDER BY height LIMIT 1 OFFSET 1",
            [],
            |row| row.get::<_, u32>(0),
        )
        .unwrap()
        .into()
}

/// After a repair the whole folder is clean, and the ledger is what it was at another one.
fn whole_and_equal(report: &Repaired, path: &Path, other: &Path) {
    assert!(report.after.clean, "{:?}", report.after.faults);
    assert_eq!(report.unmended, None);
    assert_eq!(report.aside, None, "what was damaged is kept though all is proven");
    let again = node::fsck(path).unwrap();
    assert!(again.clean, "{:?}", again.faults);
    let theirs = node::fsck(other).unwrap();
    assert!(theirs.clean, "{:?}", theirs.faults);
    assert_eq!(again.height, theirs.height);
    assert_eq!(again.root, theirs.root);
    assert!(!path.join("repair.part").exists());
}

#[test]
fn a_flipped_byte_in_a_record_is_named_and_mended_from_a_peer() {
    let (mut alliance, _) = with_one_stopped("flipped", 2);
    let height = some_block(&alliance, 2);
    let before: Vec<_> = TABLES.map(|table| contents(&alliance.path(2), table)).into();
    let id = flip_in_record(&alliance, 2, height);
    let found = node::fsck(&alliance.path(2)).unwrap();
    let named = found.faults.iter().find(|fault| fault.height == Some(height));
    let named = named.unwrap_or_else(|| panic!("{:?}", found.faults));
    assert_eq!((named.file, named.place), ("ledger.db", Some(0)), "{named:?}");
    let report = mend(&alliance.path(2));
    assert!(!report.before.is_empty() && report.rebuilt);
    assert_eq!(report.same, Some(true));
    let [mended] = &report.mended[..] else {
        panic!("{:?}", report.mended)
    };
    assert_eq!((mended.height, &mended.records[..]), (height, &[id][..]));
    assert!(alliance.seats.iter().any(|seat| seat.node == mended.from));
    let after: Vec<_> = TABLES.map(|table| contents(&alliance.path(2), table)).into();
    for ((table, before), after) in TABLES.iter().zip(before).zip(after) {
        // The tree is written now and then: it may be written further.
        assert!(before == after || *table == "tree", "{table} differs");
    }
    let path = alliance.path(2);
    alliance.start(2);
    alliance.level(report.after.height);
    for at in 0..4 {
        alliance.stop(at);
    }
    whole_and_equal(&report, &path, &alliance.path(0));
}

#[test]
fn every_table_is_mended() {
    let (mut alliance, _) = with_one_stopped("tables", 1);
    let path = alliance.path(1);
    let root = node::fsck(&path).unwrap().root;
    let damages = [
        "UPDATE blocks SET header = zeroblob(100) WHERE height = 2",
        "UPDATE blocks SET certificate = x'7b7d' WHERE height = (SELECT max(height) FROM blocks)",
        "UPDATE blocks SET certificate = NULL WHERE height = 1",
        "UPDATE blocks SET height = 1099511627776 WHERE height = 2",
        "UPDATE blocks SET first = first + 1 WHERE height = 2",
        "DELETE FROM blocks WHERE height = 2",
        "UPDATE bodies SET first = first + 100000 WHERE first = 0",
        "DELETE FROM bodies",
        "UPDATE recent_records SET prefix = prefix + 1 WHERE number = 0",
        "DELETE FROM recent_records WHERE number = 0",
        "UPDATE subjects SET state = x'00' WHERE number = 1",
        "UPDATE subjects SET key = zeroblob(32) WHERE number = 1",
        "DELETE FROM recent_keys WHERE number = 1",
        "DELETE FROM subjects WHERE number = 2",
        "UPDATE subjects SET frontier = x'01' WHERE number = 1",
        "DELETE FROM touches WHERE subject = 1",
        "UPDATE history SET hash = zeroblob(32) WHERE number = 0",
        "DELETE FROM tree",
        "UPDATE meta SET value = x'00' WHERE key = 'genesis'",
        "UPDATE meta SET value = x'00' WHERE key = 'tree'",
        "INSERT INTO sets VALUES(1, x'00')",
        "INSERT INTO pending(id, record) VALUES(zeroblob(32), x'00')",
        "DROP INDEX blocks_time",
        "DROP TABLE touches",
        "PRAGMA user_version = 1",
    ];
    for damage in damages {
        let ledger = Connection::open(path.join("ledger.db")).unwrap();
        ledger.execute_batch(damage).unwrap();
        drop(ledger);
        let found = node::fsck(&path).unwrap();
        assert!(
            found.faults.iter().any(|fault| fault.file == "ledger.db"),
            "{damage}: not found"
        );
        let report = mend(&path);
        assert!(
            report.after.clean,
            "{damage}: {:?} {:?}",
            report.unmended, report.after.faults
        );
        assert_eq!(report.after.root, root, "{damage}");
        assert_eq!(report.lost, u64::from(damage.contains("pending")), "{damage}");
    }
    alliance.start(1);
    let level = alliance.level(1);
    crate::one_block(&alliance, level);
    crate::all_whole(alliance);
}

#[test]
fn a_file_that_cannot_be_opened_and_lost_votes_are_made_anew() {
    let (mut alliance, height) = with_one_stopped("header", 3);
    let path = alliance.path(3);
    let ledger = path.join("ledger.db");
    let mut bytes = std::fs::read(&ledger).unwrap();
    bytes[..4096].fill(0xaa);
    std::fs::write(&ledger, bytes).unwrap();
    std::fs::write(
        path.join("votes.db"),
        b"no database at all, and long enough to be read as one",
    )
    .unwrap();
    let report = mend(&path);
    assert!(report.after.clean && report.rebuilt && report.votes_anew, "{report:?}");
    assert!(report.after.height >= height);
    assert_eq!(report.same, None, "nothing could be read before");
    assert_eq!(report.given.values().sum::<u64>(), report.after.height);
    alliance.start(3);
    let level = alliance.level(height);
    crate::one_block(&alliance, level);
    crate::all_whole(alliance);
}

#[test]
fn without_a_peer_nothing_is_changed_and_it_says_which_block() {
    let (mut alliance, _) = with_one_stopped("nobody", 0);
    for at in 1..4 {
        alliance.stop(at);
    }
    let height = some_block(&alliance, 0);
    flip_in_record(&alliance, 0, height);
    let path = alliance.path(0);
    let bytes = std::fs::read(path.join("ledger.db")).unwrap();
    let report = mend(&path);
    assert_eq!(report.unmended, Some(Unmended::NobodyGave(height)));
    assert!(!report.rebuilt && !report.after.clean);
    assert!(bytes == std::fs::read(path.join("ledger.db")).unwrap());
    assert!(!path.join("repair.part").exists() && !path.join("damaged").exists());
    lose(&path, "ledger.db");
    assert_eq!(mend(&path).unmended, Some(Unmended::NobodyGave(1)));
    assert!(!path.join("ledger.db").exists());
}

/// Alters a block.
type Lie = fn(&mut Said);

/// Gives the blocks of an honest validator, altered.
struct Liar {
    honest: Arc<node::Node>,
    lie: Lie,
    asked: AtomicUsize,
}

impl Answers for Liar {
    fn role(&self, _: &ledger::PublicKey) -> Role {
        Role::Validator
    }

    fn answer(&self, _: ledger::PublicKey, ask: Ask) -> Reply {
        let Some(from) = ask
            .query
            .strip_prefix("from=")
            .and_then(|from| from.parse::<u64>().ok())
        else {
            return Reply::refused(404, "net.not-served", "");
        };
        if ask.path != Asked::Blocks {
            return Reply::refused(404, "net.not-served", "");
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut frames = Vec::new();
        for height in from..from + 8 {
            let Some(block) = self.honest.block(height).unwrap() else {
                break;
            };
            let (records, _) = self
                .honest
                .records_between(None, None, Some(height), 0, 10_000)
                .unwrap();
            let mut said = Said::Block(Box::new(node::stepped::Decided {
                header: block.header,
                certificate: block.certificate.unwrap(),
                records: records.into_iter().rev().map(|stored| stored.record).collect(),
            }));
            (self.lie)(&mut said);
            frames.push(said.to_bytes().into());
        }
        Reply::whole(node::net::encode_frames(frames.iter()))
    }
}

fn decided(said: &mut Said) -> &mut node::stepped::Decided {
    match said {
        Said::Block(decided) => decided,
        other => panic!("{other:?}"),
    }
}

/// Each gives another block than was decided.
const LIES: [(&str, Lie); 5] = [
    ("a record left out", |said| drop(decided(said).records.pop())),
    ("records in another order", |said| decided(said).records.reverse()),
    ("a later time", |said| {
        let header = &mut decided(said).header;
        header.time = header.time.plus_millis(1);
    }),
    ("too few signers", |said| {
        decided(said).certificate.signatures.truncate(2);
    }),
    ("another block", |said| {
        decided(said).header.height += 1;
    }),
];

#[test]
fn a_lying_peer_is_refused_and_another_is_asked() {
    let (mut alliance, height) = with_one_stopped("liar", 0);
    // The liar sits where the third validator sat, and is asked by its key.
    alliance.stop(3);
    let honest = Arc::clone(&alliance.validators[1].as_ref().unwrap().node);
    let root = honest.block(height).unwrap().unwrap().header.index_root;
    for (what, lie) in LIES {
        let liar = Arc::new(Liar {
            honest: Arc::clone(&honest),
            lie,
            asked: AtomicUsize::new(0),
        });
        let config = NetConfig {
            key: Arc::new(node_key(3)),
            network: alliance.genesis.network(),
            listen: alliance.seats[3].addresses[0].to_string().parse().ok(),
            workers: 1,
            limits: Limits::default(),
        };
        let net = Net::start(config, Arc::clone(&liar) as Arc<dyn Answers>).unwrap();
        let path = alliance.path(0);
        lose(&path, "ledger.db");
        // Alone it is believed by nobody.
        let all = alliance.invitation();
        let liars = node::Invitation::new(all.genesis.clone(), vec![all.seats[3].clone()]);
        liars.keep(&path).unwrap();
        let alone = mend(&path);
        assert_eq!(alone.unmended, Some(Unmended::NobodyGave(1)), "{what}");
        assert!(liar.asked.load(Ordering::SeqCst) > 0, "{what}");
        // With an honest one beside it the ledger is whole.
        let some = node::Invitation::new(all.genesis.clone(), vec![all.seats[3].clone(), all.seats[1].clone()]);
        some.keep(&path).unwrap();
        let report = mend(&path);
        assert!(
            report.after.clean,
            "{what}: {:?} {:?}",
            report.unmended, report.after.faults
        );
        assert!(
            !report.given.contains_key(&all.seats[3].node),
            "{what}: {:?}",
            report.given
        );
        assert!(report.after.height >= height);
        if report.after.height == height {
            assert_eq!(report.after.root, root, "{what}");
        }
        net.stop();
    }
    drop(honest);
    drop(alliance);
}

#[test]
fn a_clean_ledger_is_left_alone() {
    let mut alliance = founded("clean");
    alliance.level(1);
    alliance.stop(0);
    let path = alliance.path(0);
    let bytes = std::fs::read(path.join("ledger.db")).unwrap();
    let report = mend(&path);
    assert!(report.before.is_empty() && !report.rebuilt && report.after.clean);
    assert!(bytes == std::fs::read(path.join("ledger.db")).unwrap());
}
