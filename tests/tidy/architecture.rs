//! Who may import whom.

use super::{
    rust,
    tree::{Offence, Source, Tree},
};

/// A new edge between our crates is a decision (docs/decisions).
pub mod crate_edges {
    use super::super::tree::{Example, Offence, Tree};

    /// Manifest, and the siblings it may name.
    const MAY: &[(&str, &[&str])] = &[
        ("src-tauri/ledger/Cargo.toml", &[]),
        ("src-tauri/systems/Cargo.toml", &["ledger"]),
        ("src-tauri/consensus/Cargo.toml", &["ledger"]),
        ("src-tauri/node/Cargo.toml", &["ledger", "consensus", "systems"]),
        ("src-tauri/app/Cargo.toml", &["ledger", "systems", "node"]),
        ("src-tauri/xtask/Cargo.toml", &[]),
        ("tests/Cargo.toml", &["ledger", "consensus", "systems", "node", "app"]),
        ("tests/fuzz/Cargo.toml", &["sealroad-tests"]),
        ("Cargo.toml", &["app"]),
    ];
    const OURS: &[&str] = &[
        "ledger",
        "consensus",
        "systems",
        "node",
        "app",
        "xtask",
        "sealroad-tests",
        "sealroad-desktop",
    ];
    pub const BAD: Example = &[(
        "src-tauri/ledger/Cargo.toml",
        "[dependencies]\nsystems.workspace = true\n",
    )];
    pub const GOOD: Example = &[(
        "src-tauri/node/Cargo.toml",
        "[dependencies]\nledger.workspace = true\nserde = \"1\"\n",
    )];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.sources.iter().filter(|source| source.path.ends_with("Cargo.toml")) {
            let Some((_, may)) = MAY.iter().find(|(path, _)| *path == source.path) else {
                found.push(source.offence(0, "a crate that the rule on edges does not know"));
                continue;
            };
            let mut section = "";
            for (number, line) in source.text.lines().enumerate() {
                if line.starts_with('[') {
                    section = line.trim_matches(['[', ']']);
                }
                let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
                let edge =
                    section.ends_with("dependencies") && section != "workspace.dependencies" && OURS.contains(&name);
                if edge && !may.contains(&name) {
                    found.push(source.offence(number, format!("may not depend on {name}")));
                }
            }
        }
        found
    }
}

/// Only the shell speaks to Tauri.
pub mod tauri_stays_in_the_shell {
    use super::super::tree::{Example, Offence, Tree};

    const SHELL: &[&str] = &["src-tauri/main.rs", "src-tauri/build.rs", "src-tauri/e2e/empty/main.rs"];
    const DOOR: &str = "ui/src/api/tauri.ts";
    pub const BAD: Example = &[(
        "ui/src/app/Shell.tsx",
        "import { invoke } from '@tauri-apps/api/core';\n",
    )];
    pub const GOOD: Example = &[
        (
            "ui/src/api/tauri.ts",
            "import { invoke } from '@tauri-apps/api/core';\n",
        ),
        ("src-tauri/main.rs", "use tauri::State;\n"),
    ];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.rust().filter(|source| !SHELL.contains(&source.path.as_str())) {
            for (number, line) in source.code.lines().enumerate() {
                if line
                    .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .any(|word| word.starts_with("tauri") && !word.starts_with("tauri_stays"))
                {
                    found.push(source.offence(number, "only the shell says tauri"));
                }
            }
        }
        for source in tree.scripts().filter(|source| {
            source.path.starts_with("ui/src/") && source.path != DOOR && !source.path.contains(".test.")
        }) {
            for (number, specifier) in super::imports(source) {
                if specifier.starts_with("@tauri-apps") {
                    found.push(source.offence(number, format!("only {DOOR} imports {specifier}")));
                }
            }
        }
        found
    }
}

/// SQL is spoken in one place.
pub mod database_stays_in_node {
    use super::super::tree::{Example, Offence, Tree, has_word};

    pub const BAD: Example = &[("src-tauri/app/src/a.rs", "use rusqlite::Connection;\n")];
    pub const GOOD: Example = &[("src-tauri/node/src/store/a.rs", "use rusqlite::Connection;\n")];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        let outside = |path: &str| !path.starts_with("src-tauri/node/") && path != "tests/tidy/purity.rs";
        for source in tree.rust().filter(|source| outside(&source.path)) {
            let lines = source
                .product
                .lines()
                .enumerate()
                .filter(|(_, line)| has_word(line, "rusqlite"));
            found.extend(lines.map(|(number, _)| source.offence(number, "only node speaks to the database")));
        }
        found
    }
}

/// Inside `systems`: another room's records may be quoted, its rules, state and view may not; inside a room the order is
/// records, state, rules; `view` reads the first two and only `lib.rs` reads it.
pub mod systems_rooms {
    use super::super::tree::{Example, Offence, Tree};

    pub const BAD: Example = &[
        (
            "src-tauri/systems/src/credit/rules.rs",
            "use crate::logistics::{records::Departed, state::Shipment};\n",
        ),
        ("src-tauri/systems/src/logistics/state.rs", "pub struct Shipment;\n"),
    ];
    pub const GOOD: Example = &[
        (
            "src-tauri/systems/src/credit/rules.rs",
            "use super::state::Score;\nuse crate::logistics::records::Departed;\n",
        ),
        (
            "src-tauri/systems/src/logistics/state.rs",
            "use super::records::Departed;\nuse crate::shared::time::Time;\n",
        ),
    ];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        super::rooms(tree)
    }
}

const SYSTEMS: &str = "src-tauri/systems/src/";

fn rooms(tree: &Tree) -> Vec<Offence> {
    let in_systems = |source: &&Source| source.path.starts_with(SYSTEMS) && !super::rust::is_test_file(&source.path);
    let rooms: Vec<&str> = tree
        .rust()
        .filter(in_systems)
        .filter_map(|source| source.path[SYSTEMS.len()..].split_once('/').map(|(room, _)| room))
        .filter(|room| *room != "shared")
        .collect();
    let mut found = Vec::new();
    for source in tree.rust().filter(in_systems) {
        let inside = &source.path[SYSTEMS.len()..].trim_end_matches(".rs");
        let here: Vec<&str> = inside
            .split('/')
            .filter(|part| *part != "mod" && *part != "lib")
            .collect();
        for (line, path) in rust::named_paths(&source.product) {
            let there = absolute(&here, &path);
            let (Some(room), Some(part)) = (there.first(), there.get(1)) else {
                continue;
            };
            if rooms.contains(&room.as_str())
                // Files beside the rooms put them together: one variant, one match arm for each.
                && here.first().is_some_and(|own| rooms.contains(own))
                && let Some(reason) = forbidden(&here, room, part)
            {
                found.push(source.offence(line, format!("{path}: {reason}")));
            }
        }
    }
    found
}

/// The path from the crate's top; empty for another crate's.
fn absolute(here: &[&str], path: &str) -> Vec<String> {
    let mut parts = path.split("::").peekable();
    let mut base: Vec<String> = here.iter().map(|part| (*part).to_owned()).collect();
    match parts.peek() {
        Some(&"crate") => {
            base.clear();
            parts.next();
        }
        Some(&"super") => {
            while parts.next_if_eq(&"super").is_some() {
                base.pop();
            }
        }
        Some(&"self") => {
            parts.next();
        }
        _ => return Vec::new(),
    }
    base.extend(parts.map(str::to_owned));
    base
}

fn forbidden(here: &[&str], room: &str, part: &str) -> Option<&'static str> {
    let decides = matches!(part, "rules" | "state" | "view");
    match here {
        [own, ..] if *own != room => decides.then_some("another room's rules, state and view are its own"),
        [_, "records", ..] if decides => Some("records know nothing else of their room"),
        [_, "state", ..] if matches!(part, "rules" | "view") => Some("a state knows records only"),
        [_, "rules", ..] if part == "view" => Some("only lib.rs reads a view"),
        [_, "view", ..] if part == "rules" => Some("a view does not decide"),
        _ => None,
    }
}

/// `components` and `words` know nobody, a feature knows no other feature, only `app` composes.
pub mod ui_imports {
    use super::super::tree::{Example, Offence, Tree};

    pub const BAD: Example = &[(
        "ui/src/features/credit/Page.tsx",
        "import { Strip } from '../logistics/Strip';\n",
    )];
    pub const GOOD: Example = &[(
        "ui/src/features/credit/Page.tsx",
        "import { Table } from '../../components/Table';\nimport { Form } from './Form';\nimport React from 'react';\n",
    )];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.scripts().filter(|source| source.path.starts_with("ui/src/")) {
            let here: Vec<&str> = source.path["ui/src/".len()..].split('/').collect();
            for (line, specifier) in super::imports(source) {
                let there = super::inside_ui(&here, &specifier);
                if let Some(reason) = super::not_for(&here, &there) {
                    found.push(source.offence(line, format!("{specifier}: {reason}")));
                }
            }
        }
        found
    }
}

fn not_for(here: &[&str], there: &[String]) -> Option<&'static str> {
    let to = there.first()?.as_str();
    match here {
        ["components", ..] if matches!(to, "features" | "app" | "api" | "verify") => Some("components know nobody"),
        ["words", ..] if matches!(to, "features" | "app" | "api" | "components") => Some("words know nobody"),
        ["verify", ..] if matches!(to, "features" | "app" | "api") => Some("the verifier stands alone"),
        ["api", ..] if matches!(to, "features" | "app" | "components") => Some("the door knows nobody behind it"),
        ["features", ..] if to == "app" => Some("a feature does not compose"),
        ["features", own, ..] if to == "features" && there.get(1).is_some_and(|other| other != own) => {
            Some("a feature never imports a feature")
        }
        _ => None,
    }
}

/// The path below `ui/src` that a relative or `@/` specifier means; empty for a package.
fn inside_ui(here: &[&str], specifier: &str) -> Vec<String> {
    if let Some(path) = specifier.strip_prefix("@/") {
        return path.split('/').map(str::to_owned).collect();
    }
    if !specifier.starts_with('.') {
        return Vec::new();
    }
    let mut path: Vec<String> = here[..here.len() - 1].iter().map(|part| (*part).to_owned()).collect();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(path.pop()),
            part => path.push(part.to_owned()),
        }
    }
    path
}

/// Module specifiers with their lines: `from '…'`, `import('…')`, `import '…'`.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for opening in ["from ", "import(", "import "] {
            for (at, _) in line.match_indices(opening) {
                let rest = &line[at + opening.len()..];
                let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
                    continue;
                };
                found.extend(
                    rest[1..]
                        .split_once(quote)
                        .map(|(specifier, _)| (number, specifier.to_owned())),
                );
            }
        }
    }
    found
}
