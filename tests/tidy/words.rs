//! Every word a user sees, in three languages.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tree::{Source, Tree};

/// English has a twin in Chinese and in German with the same keys and the same places to fill.
pub mod same_keys {
    use super::super::tree::{Example, Offence, Tree};

    pub const BAD: Example = &[
        ("ui/src/words.en.json", r#"{"a":"Sign {{n}}","b":"Open"}"#),
        ("ui/src/words.zh.json", r#"{"a":"签署 {{n}}","b":"打开"}"#),
        ("ui/src/words.de.json", r#"{"a":"Zeichnen"}"#),
    ];
    pub const GOOD: Example = &[
        (
            "ui/src/words.en.json",
            r#"{"n_one":"{{count}} box","n_other":"{{count}} boxes"}"#,
        ),
        ("ui/src/words.zh.json", r#"{"n_other":"{{count}} 箱"}"#),
        (
            "ui/src/words.de.json",
            r#"{"n_one":"{{count}} Kiste","n_other":"{{count}} Kisten"}"#,
        ),
    ];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for (english, twin, other) in super::twins(tree) {
            let Some(other) = other else {
                found.push(english.offence(0, format!("{twin} is missing")));
                continue;
            };
            let (ours, theirs) = (super::texts(english), super::texts(other));
            if ours.is_empty() {
                found.push(english.offence(0, "no words, or not JSON"));
            }
            for key in ours.keys().filter(|key| !theirs.contains_key(*key)) {
                found.push(other.offence(0, format!("{key} is missing")));
            }
            for (key, texts) in &theirs {
                match ours.get(key) {
                    None => found.push(other.offence(0, format!("{key} is not in English"))),
                    Some(english) if super::places(english) != super::places(texts) => {
                        found.push(other.offence(0, format!("{key} has other places to fill")));
                    }
                    Some(_) => {}
                }
            }
        }
        found
    }
}

/// A text that is the same in English was forgotten, unless it is a name or a code (same_words.txt).
pub mod translated {
    use super::super::tree::{Example, Offence, Tree};

    pub const BAD: Example = &[
        ("ui/src/words.en.json", r#"{"a":"Sign"}"#),
        ("ui/src/words.zh.json", r#"{"a":"签署"}"#),
        ("ui/src/words.de.json", r#"{"a":"Sign"}"#),
    ];
    pub const GOOD: Example = &[
        ("ui/src/words.en.json", r#"{"a":"EPCIS","b":"{{n}} / {{m}}"}"#),
        ("ui/src/words.zh.json", r#"{"a":"EPCIS","b":"{{n}} / {{m}}"}"#),
        ("ui/src/words.de.json", r#"{"a":"EPCIS","b":"{{n}} / {{m}}"}"#),
    ];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for (english, _, other) in super::twins(tree) {
            let Some(other) = other else { continue };
            let ours = super::texts(english);
            for (key, texts) in super::texts(other) {
                let same = texts
                    .iter()
                    .find(|text| ours.get(&key).is_some_and(|ours| ours.contains(text)));
                if let Some(text) = same.filter(|text| super::says_something(text)) {
                    found.push(other.offence(0, format!("{key}: {text:?} is still English")));
                }
            }
        }
        found
    }
}

/// Every English file with the paths of its twins.
fn twins(tree: &Tree) -> Vec<(&Source, String, Option<&Source>)> {
    let mut found = Vec::new();
    for english in tree
        .sources
        .iter()
        .filter(|source| source.path.ends_with(".en.json") || source.path.ends_with("/en.json"))
    {
        for language in ["zh", "de"] {
            let twin = format!("{}{language}.json", english.path.trim_end_matches("en.json"));
            let other = tree.sources.iter().find(|source| source.path == twin);
            found.push((english, twin, other));
        }
    }
    found
}

/// Key (without its plural ending, which differs between languages) and texts.
fn texts(source: &Source) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    if let Ok(json) = serde_json::from_str(&source.text) {
        collect("", &json, &mut found);
    }
    found
}

fn collect(key: &str, json: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                collect(
                    &if key.is_empty() {
                        name.clone()
                    } else {
                        format!("{key}.{name}")
                    },
                    value,
                    found,
                );
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(&format!("{key}.{index}"), value, found);
            }
        }
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            let plural = ["_zero", "_one", "_two", "_few", "_many", "_other"];
            let base = plural.iter().find_map(|ending| key.strip_suffix(ending)).unwrap_or(key);
            found.entry(base.to_owned()).or_default().push(text);
        }
    }
}

/// The names in `{…}` and `{{…}}`, once each.
fn places(texts: &[String]) -> Vec<String> {
    let inside = |rest: &str| {
        rest.split('}')
            .next()
            .unwrap_or(rest)
            .split(',')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let mut names: Vec<String> = texts
        .iter()
        .flat_map(|text| text.split('{').skip(1))
        .map(inside)
        .collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names
}

/// Whether there are words left when places, digits and the words that are the same everywhere are taken away.
fn says_something(text: &str) -> bool {
    let same: Vec<&str> = include_str!("same_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    if same.contains(&text.trim()) {
        return false;
    }
    let plain: Vec<&str> = text
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest))
        .collect();
    let plain = plain.join(" ");
    plain
        .split(|c: char| !(c.is_alphabetic() || c == '-'))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .any(|word| !same.contains(&word))
}
