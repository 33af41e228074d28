//! What product code never says.

/// A user's data is never at the mercy of an assumption: errors are values.
pub mod no_way_to_stop {
    use super::super::tree::{Example, Offence, Tree, has_word};

    const WORDS: &[&str] = &[".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!"];
    pub const BAD: Example = &[("src/a.rs", "fn a() { read().unwrap(); }\n")];
    pub const GOOD: Example = &[(
        "src/a.rs",
        "// never panic!\nfn a() { b(\".unwrap()\", '\"'); }\n#[cfg(test)]\nmod tests { fn t() { a().unwrap(); } }\n",
    )];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.rust() {
            let mut said = 0;
            for (number, line) in source.product.lines().enumerate() {
                // An assumption that was looked at stands with its reason, where the compiler sees it.
                if line.contains("#[expect(clippy::expect_used, reason") {
                    said = number + 4;
                }
                if number < said {
                    continue;
                }
                // A parser's own `expect` gives an error value.
                let line = line.replace("self.expect(", "");
                let words = WORDS.iter().filter(|word| has_word(&line, word));
                found.extend(words.map(|word| source.offence(number, format!("{word} outside a test"))));
            }
        }
        found
    }
}

/// `ledger`, `consensus` and `systems` give the same answer on every machine, whenever they are asked.
pub mod pure_crates {
    use super::super::tree::{Example, Offence, Tree, has_word};

    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "HashMap", "HashSet", "SystemTime", "time::Instant", "Instant::now", "std::fs", "std::net", "std::env", "std::thread", "std::process",
        "std::io", "rand::", "getrandom", "OsRng", "Utc::now", "Local::now", "async fn", ".await", "rusqlite", "tokio",
    ];
    const PURE: &[&str] = &[
        "src-tauri/ledger/src/",
        "src-tauri/consensus/src/",
        "src-tauri/systems/src/",
    ];
    pub const BAD: Example = &[("src-tauri/ledger/src/a.rs", "use std::collections::HashMap;\n")];
    pub const GOOD: Example = &[
        (
            "src-tauri/ledger/src/a.rs",
            "// a HashMap would not do\nuse std::collections::BTreeMap;\n",
        ),
        ("src-tauri/node/src/a.rs", "use std::fs;\n"),
    ];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree
            .rust()
            .filter(|source| PURE.iter().any(|pure| source.path.starts_with(pure)))
        {
            for (number, line) in source.product.lines().enumerate() {
                let words = WORDS.iter().filter(|word| has_word(line, word));
                found.extend(words.map(|word| source.offence(number, format!("{word} in a pure crate"))));
            }
        }
        found
    }
}

/// What is compiled for tests only is a module of tests, so that the product and what is tested are the same code.
pub mod test_code_apart {
    use super::super::tree::{Example, Offence, Tree};

    pub const BAD: Example = &[("src/a.rs", "#[cfg(test)]\nconst LIMIT: u32 = 3;\n")];
    pub const GOOD: Example = &[("src/a.rs", "#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\n")];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.rust() {
            let lines: Vec<&str> = source.code.lines().map(str::trim).collect();
            for (number, _) in lines
                .iter()
                .enumerate()
                .filter(|(_, line)| line.starts_with("#[cfg(test)]"))
            {
                let same = lines[number].trim_start_matches("#[cfg(test)]");
                let next = std::iter::once(same).chain(lines[number + 1..].iter().copied());
                let item = next
                    .map(str::trim)
                    .find(|line| !line.is_empty() && !line.starts_with("#["));
                if !item.is_some_and(|item| {
                    item.starts_with("mod ") || item.starts_with("pub mod ") || item.starts_with("pub(crate) mod ")
                }) {
                    found.push(source.offence(number, "cfg(test) on something other than a module"));
                }
            }
        }
        found
    }
}
