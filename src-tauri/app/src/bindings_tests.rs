//! Writes the types of the surface to `ui/src/api/generated/index.ts`, and fails when what is committed differs.
//! `SEALROAD_WRITE_BINDINGS=1 cargo test -p app bindings` writes.

use crate::call;
use std::any::TypeId;
use std::collections::BTreeSet;
use std::path::PathBuf;
use systems::parties::view::PartyView;
use ts_rs::{Config, TS, TypeVisitor};

const HEAD: &str = "// Written by `cargo test -p app bindings` from the Rust types; do not edit.\n";

/// Types that no Rust type of ours declares: the report of `sealroad verify --json`, which `ledger` writes
/// without knowing of TypeScript.
const OTHERS: [&str; 2] = [
    "export type VerifyCheck = { name: string, passed: boolean, reason: string | null, };",
    "export type VerifyReport = { verdict: \"accepted\" | \"consistent\" | \"refused\" | \"unreadable\", \
network: string | null, as_of: { height: number, time: string } | null, first_failed: string | null, \
checks: Array<VerifyCheck>, not_proved: Array<string>, };",
];

struct Collect {
    config: Config,
    seen: BTreeSet<TypeId>,
    found: Vec<String>,
}

impl TypeVisitor for Collect {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() || !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        self.found.push(T::decl(&self.config));
        T::visit_dependencies(self);
    }
}

/// The whole file, sorted by name.
fn written() -> String {
    let mut collect = Collect {
        config: Config::default().with_large_int("number"),
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    collect.visit::<call::Call>();
    collect.visit::<crate::UserError>();
    macro_rules! visit { ($($reply:ident),+) => { $(collect.visit::<call::$reply>();)+ } }
    visit!(
        Session,
        Home,
        Found,
        Rows,
        Detail,
        Trace,
        Draft,
        Done,
        Checked,
        Review,
        Signed,
        RecordDetail,
        Blocks,
        Records
    );
    visit!(
        Verdict,
        Pinned,
        FileMade,
        ImportPreview,
        ImportProgress,
        Settings,
        Fsck,
        DesksPage,
        DocumentsPage,
        Attached,
        NetworkPage,
        Invited,
        KeysPage,
        KitMade,
        KitTried,
        NextKey,
        About
    );
    collect.visit::<PartyView>();
    let mut lines = OTHERS.map(str::to_owned).to_vec();
    lines.extend(collect.found.iter().map(|declaration| format!("export {declaration}")));
    lines.sort();
    // Any JSON is declared alike for a value and for an object of values.
    lines.dedup();
    format!("{HEAD}\n{}\n", lines.join("\n\n"))
}

#[test]
fn the_committed_types_are_those_of_this_code() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/api/generated/index.ts");
    let written = written();
    if std::env::var_os("SEALROAD_WRITE_BINDINGS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed, written,
        "run: SEALROAD_WRITE_BINDINGS=1 cargo test -p app bindings"
    );
}

#[test]
fn every_name_is_declared_once() {
    let written = written();
    let names: Vec<&str> = written
        .lines()
        .filter_map(|line| line.strip_prefix("export type ")?.split([' ', '<']).next())
        .collect();
    let once: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(
        once.len(),
        names.len(),
        "two Rust types have one name: give one of them #[ts(rename = …)]"
    );
}
