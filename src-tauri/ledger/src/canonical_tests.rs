use super::*;
use crate::testing::vectors::{CANONICAL, not_canonical};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn reason(text: &str) -> Reason {
    check(text.as_bytes(), DEPTH).unwrap_err().reason
}

#[test]
fn plain_text_ends_where_a_byte_by_byte_look_ends_it() {
    for special in 0..=255_u8 {
        let plain = matches!(special, 0x20..=0x7E) && special != b'"' && special != b'\\';
        for place in 0..16 {
            for behind in [0x00, b'"', 0x7F, 0xFF] {
                let mut bytes = [b'~'; 24];
                bytes[place] = special;
                bytes[place + 1..17].fill(behind);
                assert_eq!(
                    super::plain(&bytes),
                    if plain { place + 1 } else { place },
                    "{special} at {place}"
                );
            }
        }
    }
    assert_eq!(super::plain(b"1234567\""), 7);
    assert_eq!(super::plain(b"12345678901\""), 8);
}

#[test]
fn accepts_canonical_and_refuses_the_rest() {
    for text in CANONICAL {
        assert_eq!(check(text.as_bytes(), DEPTH), Ok(()), "{text}");
    }
    for (why, bytes) in not_canonical() {
        assert!(check(&bytes, DEPTH).is_err(), "{why}");
    }
}

#[test]
fn says_why_and_where() {
    assert_eq!(reason("{\"b\":1,\"a\":2}"), Reason::KeyOrder);
    assert_eq!(reason("{\"a\":1,\"a\":2}"), Reason::DuplicateKey);
    assert_eq!(reason("[1.0]"), Reason::NotInteger);
    assert_eq!(reason("[-0]"), Reason::NumberForm);
    assert_eq!(reason("9007199254740992"), Reason::NumberRange);
    assert_eq!(reason("\"\\n\""), Reason::Escape);
    assert_eq!(reason("\"\u{202E}\""), Reason::Forbidden);
    assert_eq!(reason("\"\u{378}\""), Reason::Unassigned);
    assert_eq!(reason("\"e\u{301}\""), Reason::NotNfc);
    assert_eq!(reason("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"), Reason::TooDeep);
    assert_eq!(
        check(b"[1, 2]", DEPTH),
        Err(CanonicalError {
            at: 3,
            reason: Reason::Unexpected
        })
    );
    assert_eq!(
        to_bytes(&1.5),
        Err(CanonicalError {
            at: 0,
            reason: Reason::NotInteger
        })
    );
}

#[test]
fn the_table_of_characters_is_the_published_one() {
    let text = include_str!("../../../docs/vectors/unicode-15.1-assigned.json");
    let ranges: Vec<[u32; 2]> = serde_json::from_str(text).unwrap();
    let flat: Vec<u32> = ranges.iter().flat_map(|[first, last]| [*first, last + 1]).collect();
    assert_eq!(flat, crate::unicode::BOUNDARIES);
    assert!(
        is_assigned('\u{2FFC}') && is_assigned('\u{31EF}'),
        "the ideographic descriptions of 15.1"
    );
    assert!(!is_assigned('\u{1C89}') && !is_assigned('\u{1CC00}'), "16.0");
}

#[test]
fn the_quick_ranges_are_assigned_and_never_normalized() {
    for c in ('\u{A0}'..='\u{2FF}')
        .chain('\u{3400}'..='\u{4DBF}')
        .chain('\u{4E00}'..='\u{9FFF}')
    {
        assert!(is_assigned(c), "{c:?}");
        assert!(is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes, "{c:?}");
        assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0, "{c:?}");
    }
}

/// RFC 8785, appendix B. Our form takes no fractions; this is for the library that writes.
#[test]
fn the_writer_formats_the_numbers_of_the_rfc() {
    let samples = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for (bits, text) in samples {
        assert_eq!(
            serde_json_canonicalizer::to_string(&f64::from_bits(bits)).unwrap(),
            text
        );
    }
}

/// The published SHA-256 of the first lines of the number stream (cyberphone/json-canonicalization, `testdata/README.md`).
/// The stream begins with a table of numbers that is theirs; it lies in the sources of the crate that we write with.
#[test]
fn the_writer_formats_the_published_numbers() {
    let table = their_table();
    assert!(table.len() > 100, "{} numbers in their table", table.len());
    let published = [
        (
            1_000,
            "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
        ),
        (
            10_000,
            "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
        ),
        (
            100_000,
            "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
        ),
    ];
    let mut all = Sha256::new();
    let mut lines = 0;
    let mut numbers = published_numbers(table);
    for (count, expected) in published {
        while lines < count {
            let bits = numbers.next().unwrap();
            let text = serde_json_canonicalizer::to_string(&f64::from_bits(bits)).unwrap();
            all.update(format!("{bits:x},{text}\n"));
            lines += 1;
        }
        assert_eq!(hex::encode(all.clone().finalize()), expected, "{count} lines");
    }
    println!("{lines} numbers agree");
}

fn their_table() -> Vec<u64> {
    let cargo = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let theirs = packages
        .iter()
        .find(|package| package["name"] == "serde_json_canonicalizer")
        .unwrap();
    let manifest = std::path::Path::new(theirs["manifest_path"].as_str().unwrap());
    let file = manifest
        .with_file_name("tests")
        .join("resources/generated-numbers/numgen.js");
    let text = std::fs::read_to_string(file).unwrap();
    let table = text
        .split_once("staticU64s = new BigUint64Array([")
        .unwrap()
        .1
        .split_once("])")
        .unwrap()
        .0;
    let digits = table
        .split(',')
        .filter_map(|word| word.trim().strip_prefix("0x")?.strip_suffix('n'));
    digits.map(|word| u64::from_str_radix(word, 16).unwrap()).collect()
}

/// The table, the 2,000 smallest normal numbers, then the 8-byte pieces of SHA-256 applied to its own result.
fn published_numbers(table: Vec<u64>) -> impl Iterator<Item = u64> {
    let serial = (0..2000_u64).map(|at| 0x0010_0000_0000_0000 + at);
    let digests = std::iter::successors(Some([0_u8; 32]), |digest| Some(Sha256::digest(digest).into())).skip(1);
    let pieces = digests
        .flat_map(|digest| digest.as_chunks::<8>().0.to_vec())
        .map(u64::from_le_bytes);
    let finite = pieces.filter(|bits| f64::from_bits(*bits).is_finite() && f64::from_bits(*bits) != 0.0);
    table.into_iter().chain(serial).chain(finite)
}

#[test]
fn the_writer_gives_the_published_pairs() {
    let Ok(corpus) = std::env::var("SEALROAD_CORPUS") else {
        println!("SEALROAD_CORPUS is not set: the RFC 8785 pairs were not read");
        return;
    };
    let folder = std::path::Path::new(&corpus).join("vc/jcs");
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
        let read = |part: &str| std::fs::read_to_string(folder.join(part).join(format!("{name}.json"))).unwrap();
        let value: serde_json::Value = serde_json::from_str(&read("input")).unwrap();
        assert_eq!(
            serde_json_canonicalizer::to_string(&value).unwrap(),
            read("output").trim_end(),
            "{name}"
        );
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(serde_json::Value::from),
        "[ -~äß中文€\u{1F600}]{0,12}".prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[ -~ä中\u{1F600}\u{FB4B}]{0,4}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The same value, members in the opposite order.
struct Reversed<'a>(&'a serde_json::Value);

impl serde::Serialize for Reversed<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            serde_json::Value::Object(map) => {
                serializer.collect_map(map.iter().rev().map(|(key, value)| (key, Reversed(value))))
            }
            serde_json::Value::Array(list) => serializer.collect_seq(list.iter().map(Reversed)),
            other => other.serialize(serializer),
        }
    }
}

#[test]
fn what_serde_writes_otherwise_than_the_canonical_form_is_still_written_in_it() {
    let mut deep = serde_json::json!({"b": 1, "a": []});
    for _ in 0..70 {
        deep = serde_json::json!([deep]);
    }
    assert_eq!(to_bytes(&5.0).unwrap(), b"5");
    assert_eq!(
        to_bytes_within(&deep, 80).unwrap(),
        serde_json_canonicalizer::to_vec(&deep).unwrap()
    );
    for (value, reason) in [
        (serde_json::json!({"b": "\u{7}", "a": 1}), Reason::Escape),
        (serde_json::json!({"b": 0.5}), Reason::NotInteger),
        (serde_json::json!({"b": 9_007_199_254_740_992_u64}), Reason::NumberRange),
    ] {
        assert_eq!(to_bytes(&value).unwrap_err().reason, reason, "{value}");
    }
}

proptest! {
    #[test]
    fn the_order_in_which_members_are_given_does_not_matter(value in json()) {
        let written = serde_json_canonicalizer::to_vec(&value).unwrap();
        let expected = check(&written, DEPTH).map(|()| written).map_err(|error| error.reason);
        prop_assert_eq!(to_bytes(&Reversed(&value)).map_err(|error| error.reason), expected.clone());
        prop_assert_eq!(to_bytes(&value).map_err(|error| error.reason), expected);
    }

    #[test]
    fn what_the_writer_writes_the_check_takes_or_says_not_nfc(value in json()) {
        let written = serde_json_canonicalizer::to_vec(&value).unwrap();
        match check(&written, DEPTH) {
            Ok(()) => prop_assert_eq!(&serde_json::from_slice::<serde_json::Value>(&written).unwrap(), &value),
            // U+FB4B is excluded from composition, so a text that holds it is not in NFC.
            Err(error) => prop_assert!(error.reason == Reason::NotNfc && written.windows(2).any(|two| two == [0xEF, 0xAD])),
        }
    }

    #[test]
    fn what_the_check_takes_the_writer_writes_again(bytes in "[\\[\\]{}:,\"\\\\a1-]{0,8}") {
        if check(bytes.as_bytes(), DEPTH).is_ok() {
            let value: serde_json::Value = serde_json::from_str(&bytes).unwrap();
            prop_assert_eq!(serde_json_canonicalizer::to_string(&value).unwrap(), bytes);
        }
    }

    #[test]
    fn members_are_where_the_parser_finds_them(value in json()) {
        if let serde_json::Value::Object(map) = &value
            && let Ok(bytes) = to_bytes(&value)
        {
            let text = String::from_utf8(bytes).unwrap();
            let found = members(&text).unwrap();
            prop_assert_eq!(found.len(), map.len());
            for member in &found {
                let key: String = serde_json::from_str(&format!("\"{}\"", member.key)).unwrap();
                let held: serde_json::Value = serde_json::from_str(&text[member.value.clone()]).unwrap();
                prop_assert_eq!(&held, &map[&key]);
                let (before, after) = without(&text, &member.span);
                let mut rest = map.clone();
                rest.remove(&key);
                prop_assert_eq!(format!("{before}{after}").into_bytes(), to_bytes(&rest).unwrap());
            }
        }
    }

    #[test]
    fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = check(&bytes, DEPTH);
        let _ = members(&String::from_utf8_lossy(&bytes));
    }
}
