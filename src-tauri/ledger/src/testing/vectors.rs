//! The vectors in `docs/vectors/`, made from this crate. A test fails where the files differ from what is made here.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};

use super::lies::{self, Change};
use super::{Stored, alliance, key, sample, seed};
use crate::anchor::Anchor;
use crate::commitment::Commitment;
use crate::hash::Hash;
use crate::ids::Subject;
use crate::validators::Clock;
use crate::{history, index, merkle, sealing};

pub mod alliance;

/// "Random" bytes that are the same at every run: SHA-256 of a counter.
pub struct CountingRng(pub u64);

impl TryRng for CountingRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Hash::of(&self.0.to_be_bytes()).0[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for CountingRng {}

/// The files of `docs/vectors/` by name, but for the table of characters and the README.
#[must_use]
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let good = alliance();
    let absent = Subject::code("tracking", "RB123456785CN").unwrap();
    let solo = sample(&["exporter"], Clock::Simulated, [10, 20, 30, 40, 50]);
    let pretty = |value: Value| [serde_json::to_vec_pretty(&value).unwrap(), b"\n".to_vec()].concat();
    vec![
        ("anchor.json", Anchor::of(good.ledger.genesis.clone()).to_bytes()),
        ("anchor-other.json", lies::other_anchor().to_bytes()),
        ("canonical.json", pretty(canonical_cases())),
        ("commit.json", pretty(commits())),
        ("commitments.json", pretty(commitments())),
        (
            "evidence-absent.json",
            good.ledger.evidence(&absent).to_bytes().unwrap(),
        ),
        ("evidence-good.json", lies::good(&good).to_bytes().unwrap()),
        (
            "evidence-solo.json",
            solo.ledger.evidence(&solo.lot).to_bytes().unwrap(),
        ),
        (
            "evidence-lies.json",
            pretty(told_lies("evidence-good.json", lies::all())),
        ),
        ("evidence-sets.json", pretty(alliance::sets())),
        (
            "evidence-sets-good.json",
            lies::good(&super::changed_alliance()).to_bytes().unwrap(),
        ),
        ("light.json", pretty(alliance::light())),
        ("votes.json", pretty(alliance::votes())),
        ("history.json", pretty(histories())),
        ("index.json", pretty(indexes())),
        ("keys.json", pretty(keys())),
        ("merkle.json", pretty(merkles())),
        ("record.json", pretty(record())),
        ("sealed.json", pretty(sealed())),
    ]
}

fn did(bytes: [u8; 32]) -> String {
    let coded = bs58::encode([&[0xed, 0x01], &bytes[..]].concat()).into_string();
    format!("did:key:z{coded}")
}

/// The did:key of the identity, a point of small order.
#[must_use]
pub fn small_order() -> String {
    let mut identity = [0; 32];
    identity[0] = 1;
    did(identity)
}

/// Bytes of keys that must be refused, with the reason.
#[must_use]
pub fn weak_keys() -> Vec<(&'static str, [u8; 32])> {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
    let names = [
        "identity", "order 8", "order 4", "order 8", "order 2", "order 8", "order 4", "order 8",
    ];
    let mut keys: Vec<_> = names
        .into_iter()
        .zip(EIGHT_TORSION.iter().map(|point| point.compress().0))
        .collect();
    keys.push((
        "prime order plus a part of order 8",
        (BASE + EIGHT_TORSION[1]).compress().0,
    ));
    keys.push((
        "prime order plus a part of order 2",
        (BASE + EIGHT_TORSION[4]).compress().0,
    ));
    // y = p + 1, the identity written with a number not reduced (little-endian 2^255 - 18).
    let mut unreduced = [0xff; 32];
    (unreduced[0], unreduced[31]) = (0xee, 0x7f);
    keys.push(("the identity, not reduced", unreduced));
    let mut negative_zero = [0; 32];
    (negative_zero[0], negative_zero[31]) = (1, 0x80);
    keys.push(("the identity with the sign of zero set", negative_zero));
    let mut off = [0; 32];
    off[0] = 2;
    keys.push(("no point of the curve", off));
    keys
}

fn keys() -> Value {
    let good = |name: &str| {
        let secret = seed(name);
        let public = key(name).public();
        json!({ "key": public, "bytes": hex::encode(public.as_bytes()), "seed": hex::encode(secret) })
    };
    let weak = weak_keys()
        .into_iter()
        .map(|(why, bytes)| json!({ "key": did(bytes), "why": why }));
    let text = key("carrier").public().to_string();
    let texts = [
        ("another method", text.replace("did:key:", "did:web:")),
        ("one character short", text[..55].to_owned()),
        ("a character outside base58", format!("{}0", &text[..55])),
        (
            "a leading 1, that is a zero byte",
            text.replace("did:key:z6", "did:key:z16"),
        ),
        ("a fragment", format!("{text}#{}", &text[8..])),
        (
            "the code of an X25519 key",
            format!(
                "did:key:z{}",
                bs58::encode([&[0xec, 1], &[9; 32][..]].concat()).into_string()
            ),
        ),
    ];
    let texts = texts.into_iter().map(|(why, key)| json!({ "key": key, "why": why }));
    json!({ "accept": [good("exporter"), good("carrier")], "refuse": weak.chain(texts).collect::<Vec<_>>() })
}

/// Texts that are canonical.
pub const CANONICAL: [&str; 16] = [
    "{}",
    "[]",
    "null",
    "true",
    "0",
    "-1",
    "9007199254740991",
    "-9007199254740991",
    "\"\"",
    r#""a\"b\\c/d""#,
    r#"{"":1,"A":2,"a":3,"é":4,"€":5,"😀":6,"Ａ":7}"#,
    "\"中华人民共和国 Österreich ß\"",
    "\"é\"",
    "\"한국\"",
    "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
    "\"\u{2FFC}\u{AD}\"",
];

/// Bytes that are not canonical, with the reason.
#[must_use]
pub fn not_canonical() -> Vec<(&'static str, Vec<u8>)> {
    let text = |why, text: &str| (why, text.as_bytes().to_vec());
    vec![
        text("empty", ""),
        text("white space", "{ }"),
        text("white space before", " {}"),
        text("bytes after the value", "{}{}"),
        text("line break after the value", "{}\n"),
        text("byte order mark", "\u{FEFF}{}"),
        text("comma at the end", "[1,]"),
        text("cut off", "{\"a\":"),
        text("string cut off", "\"abc"),
        text("fraction", "1.5"),
        text("fraction of zero", "1.0"),
        text("exponent", "1e3"),
        text("minus zero", "-0"),
        text("leading zero", "01"),
        text("plus", "+1"),
        text("above 2^53 - 1", "9007199254740992"),
        text("below -(2^53 - 1)", "-9007199254740992"),
        text("far above", "123456789012345678901234567890"),
        text("not a number", "NaN"),
        text("literal in capitals", "True"),
        text("keys not sorted", r#"{"b":1,"a":2}"#),
        text("key twice", r#"{"a":1,"a":2}"#),
        text("key twice after escapes", r#"{"\"":1,"\"":2}"#),
        text("keys sorted by code point, not by UTF-16", r#"{"Ａ":7,"😀":6}"#),
        text("needless escape", r#""\u0041""#),
        text("escaped solidus", r#""\/""#),
        text("escaped line break", r#""a\nb""#),
        text("raw line break", "\"a\nb\""),
        text("delete", "\"\u{7F}\""),
        text("control of the second row", "\"\u{85}\""),
        text("private use", "\"\u{E000}\""),
        text("private use of plane 16", "\"\u{10FFFD}\""),
        text("noncharacter", "\"\u{FFFF}\""),
        text("not assigned", "\"\u{378}\""),
        text("assigned only in Unicode 16.0", "\"\u{1C89}\""),
        text("zero width space", "\"\u{200B}\""),
        text("right-to-left override", "\"\u{202E}\""),
        text("line separator", "\"\u{2028}\""),
        text("word joiner", "\"\u{2060}\""),
        text("Arabic letter mark", "\"\u{61C}\""),
        text("not in NFC: combining acute", "\"e\u{301}\""),
        text("not in NFC: Angstrom sign", "\"\u{212B}\""),
        text("not in NFC: order of marks", "\"a\u{301}\u{316}\""),
        text("not in NFC: Hangul letters", "\"\u{1112}\u{1161}\u{11AB}\""),
        text("not in NFC: CJK compatibility", "\"\u{F900}\""),
        text("not in NFC: a key", "{\"e\u{301}\":1}"),
        text("17 levels", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"),
        ("not UTF-8", b"\"\xff\"".to_vec()),
        ("surrogate in UTF-8", b"\"\xed\xa0\x80\"".to_vec()),
        ("overlong", b"\"\xc0\xaf\"".to_vec()),
    ]
}

fn canonical_cases() -> Value {
    let refuse = not_canonical().into_iter().map(|(why, bytes)| {
        let text = String::from_utf8(bytes.clone()).ok();
        json!({ "hex": hex::encode(bytes), "text": text, "why": why })
    });
    json!({ "depth": 16, "accept": CANONICAL, "refuse": refuse.collect::<Vec<_>>() })
}

fn record() -> Value {
    let good = alliance();
    let shown = good.ledger.evidence(&good.lot).records;
    let record = shown
        .iter()
        .map(|shown| &shown.record)
        .find(|record| record.id() == good.origin)
        .unwrap();
    json!({
        "seed": hex::encode(seed("exporter")),
        "text": record.text(),
        "id": record.id(),
        "leaf": record.leaf(),
        "signed": hex::encode(record.signed_bytes()),
        "signature": hex::encode(record.signature()),
    })
}

fn some(count: usize) -> Vec<Hash> {
    (0..count).map(|at| Hash::of(format!("leaf {at}").as_bytes())).collect()
}

fn merkles() -> Value {
    let tree = |count| {
        let leaves = some(count);
        let proofs: Vec<_> = (0..count).filter_map(|at| merkle::prove(&leaves, at)).collect();
        json!({ "leaves": leaves, "root": merkle::root(&leaves), "proofs": proofs })
    };
    json!({ "trees": (0..=9).map(tree).collect::<Vec<_>>() })
}

fn histories() -> Value {
    let tree = |count: usize| {
        let (ids, mut stored) = (some(count), Stored::default());
        for (at, id) in (0..).zip(&ids) {
            stored.push(at, id);
        }
        let size = u64::try_from(count).unwrap();
        let paths: Vec<_> = (0..size).map(|at| history::prove(size, at, &stored).unwrap()).collect();
        json!({ "ids": ids, "root": history::root(&ids), "paths": paths })
    };
    json!({ "trees": (0..=9).map(tree).collect::<Vec<_>>() })
}

fn indexes() -> Value {
    let tree = |count: usize| {
        let entries: Vec<(Hash, Hash)> = some(count)
            .into_iter()
            .map(|hash| (hash, Hash::of_parts(&[b"value", hash.as_bytes()])))
            .collect();
        let mut store = std::collections::BTreeMap::new();
        store.extend(index::update(&store, &entries).unwrap().nodes);
        let asked = entries
            .iter()
            .map(|(key, _)| *key)
            .chain((0..4).map(|at| Hash::of(format!("absent {at}").as_bytes())));
        let proofs: Vec<Value> = asked
            .map(|key| {
                let found = index::prove(&store, &key).unwrap();
                json!({ "key": key, "value": found.value, "proof": found.proof })
            })
            .collect();
        let list: Vec<_> = entries
            .iter()
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect();
        json!({ "entries": list, "root": index::root(&store).unwrap(), "lookups": proofs })
    };
    let trees = [0, 1, 2, 3, 9, 40].map(tree);
    json!({ "trees": trees })
}

fn commits() -> Value {
    let ledger = alliance().ledger;
    let (head, set) = (ledger.head().clone(), ledger.genesis.validators().clone());
    let good = ledger.certificate(&head, 4);
    let mut cases = vec![json!({ "certificate": good, "error": null })];
    cases.push(json!({ "certificate": ledger.certificate(&head, 3), "error": null }));
    let mut bad = |error: &str, certificate| cases.push(json!({ "certificate": certificate, "error": error }));
    bad("too little weight", ledger.certificate(&head, 2));
    let mut other = head.clone();
    other.records_count = 2;
    bad("wrong block", ledger.certificate(&other, 4));
    let mut height = good.clone();
    height.height = 4;
    bad("wrong height", height);
    let mut round = good.clone();
    round.round = 1;
    bad("bad signature", round);
    let mut swapped = good.clone();
    swapped.signatures[0].signature = good.signatures[1].signature;
    bad("bad signature", swapped);
    let mut unknown = good.clone();
    let first = &mut unknown.signatures[0];
    first.key = key("nobody").public();
    unknown.signatures.sort_by_key(|one| one.key);
    bad("unknown key", unknown);
    let mut twice = good.clone();
    twice.signatures.insert(0, good.signatures[0].clone());
    bad("signer twice", twice);
    json!({ "header": head, "block": head.id(), "validators": set, "cases": cases })
}

fn commitments() -> Value {
    let one = |name: &str, value: Value| {
        let salt = Hash::of(name.as_bytes());
        let commitment = Commitment::to(name, &value, &salt).unwrap();
        json!({ "name": name, "salt": salt, "value": value, "hash": commitment.hash })
    };
    json!([
        one("price", super::private_price()),
        one("buyer", json!("张伟")),
        one("nothing", Value::Null),
        one("a-b_c.d", json!([1, true, "\""]))
    ])
}

fn sealed() -> Value {
    let (content, content_key) = ("合同 Vertrag contract".as_bytes(), Hash::of(b"content key").0);
    let secrets = [Hash::of(b"reader 1").0, Hash::of(b"reader 2").0];
    let public = secrets.map(|secret| sealing::RecipientSecret::from_bytes(&secret).unwrap().public());
    let document = sealing::seal(content, &content_key, &public, &mut CountingRng(0)).unwrap();
    json!({
        "content": hex::encode(content),
        "content_key": hex::encode(content_key),
        "readers": secrets.iter().zip(public).map(|(secret, public)| json!({ "key": hex::encode(public), "secret": hex::encode(secret) })).collect::<Vec<_>>(),
        "random": "bytes asked for 32 at a time: SHA-256 of a counter as 8 bytes, greatest first, from 1; ephemeral keys in order of recipients",
        "document": String::from_utf8(document.clone()).unwrap(),
        "sha256": Hash::of(&document),
        "stranger": hex::encode(Hash::of(b"reader 3").0),
    })
}

fn told_lies(good: &str, lies: Vec<lies::Lie>) -> Value {
    let told = lies.into_iter().map(|lie| {
        let mut case = json!({ "name": lie.name, "first_failed": lie.first_failed });
        tell(&mut case, lie.change);
        case["not_before"] = json!(lie.not_before);
        case["anchor"] = json!(if lie.other_network {
            "anchor-other.json"
        } else {
            "anchor.json"
        });
        case
    });
    json!({ "good": good, "lies": told.collect::<Vec<_>>() })
}

fn tell(case: &mut Value, change: Change) {
    match change {
        Change::Patch(operations) => case["patch"] = json!(operations),
        Change::Text(text) => case["text"] = json!(text),
    }
}
