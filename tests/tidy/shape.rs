//! Sizes, names, and nothing left half done.

use super::tree::{Source, has_word};

/// A file is one thought: at most 500 lines.
pub mod file_length {
    use super::super::tree::{Example, Offence, Tree};

    const MOST: usize = 500;
    pub const BAD: Example = &[("src/long.rs", include_str!("long_example.txt"))];
    pub const GOOD: Example = &[("src/short.rs", "fn main() {}\n")];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let code = tree
            .sources
            .iter()
            .filter(|source| source.is_script() || source.extension() == "rs");
        let long = code.filter(|source| source.text.lines().count() > MOST);
        long.map(|source| source.offence(0, format!("{} lines, at most {MOST}", source.text.lines().count())))
            .collect()
    }
}

/// A function is read without scrolling: at most 70 lines, comments and all.
pub mod rust_function_length {
    use super::super::{
        rust,
        tree::{Example, Offence, Tree},
    };
    use super::MOST_IN_FUNCTION;

    pub const BAD: Example = &[("src/long.rs", include_str!("long_example.txt"))];
    pub const GOOD: Example = &[("src/short.rs", "trait T { fn none(&self); }\nfn one() {\n}\n")];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.rust() {
            let mut from = 0;
            while let Some(at) = source.code[from..].find("fn ") {
                let start = from + at;
                from = start + 3;
                let signature = &source.code[start..];
                let named = signature[3..].starts_with(|c: char| c.is_alphabetic() || c == '_');
                let joined = source.code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let Some(brace) = signature.find('{').filter(|_| named && !joined) else {
                    continue;
                };
                // A declaration without a body; the semicolon of an array's type is not at the end of a line.
                if signature[..brace].contains(";\n") {
                    continue;
                }
                // A list in the form of a function (one arm a call) says so with its reason, where the compiler sees it.
                let above = source.code[..start].lines().rev().take(4);
                if above
                    .into_iter()
                    .any(|line| line.contains("#[expect(clippy::too_many_lines"))
                {
                    continue;
                }
                let lines = signature[..rust::block_length(signature, brace)].lines().count();
                if lines > MOST_IN_FUNCTION {
                    let line = source.code[..start].matches('\n').count();
                    found
                        .push(source.offence(line, format!("a function of {lines} lines, at most {MOST_IN_FUNCTION}")));
                }
            }
        }
        found
    }
}

const MOST_IN_FUNCTION: usize = 70;

/// The same for TypeScript. The formatter puts the closing brace under the line that opened the function.
pub mod script_function_length {
    use super::super::tree::{Example, Offence, Tree};
    use super::{MOST_IN_FUNCTION, opens_function};

    pub const BAD: Example = &[("ui/src/long.ts", include_str!("long_example_ts.txt"))];
    pub const GOOD: Example = &[("ui/src/short.ts", "export function one() {\n  return 1;\n}\n")];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.scripts() {
            let lines: Vec<&str> = source.text.lines().collect();
            for (number, line) in lines.iter().enumerate().filter(|(_, line)| opens_function(line)) {
                let indent = &line[..line.len() - line.trim_start().len()];
                let closes = |line: &&str| line.strip_prefix(indent).is_some_and(|rest| rest.starts_with('}'));
                let length = lines[number + 1..]
                    .iter()
                    .position(closes)
                    .map_or(0, |length| length + 2);
                if length > MOST_IN_FUNCTION {
                    found.push(source.offence(
                        number,
                        format!("a function of {length} lines, at most {MOST_IN_FUNCTION}"),
                    ));
                }
            }
        }
        found
    }
}

/// Named functions and named arrows. A `describe` of tests is a list, not a function.
fn opens_function(line: &str) -> bool {
    let line = line.trim();
    let named = [
        "function ",
        "export function ",
        "async function ",
        "export async function ",
        "export default function ",
    ];
    let arrow = line.ends_with("=> {") && (line.starts_with("const ") || line.starts_with("export const "));
    line.ends_with('{') && (named.iter().any(|start| line.starts_with(start)) || arrow)
}

/// Types are called by the field's own words.
pub mod type_names {
    use super::super::tree::{Example, Offence, Tree};
    use super::declared_type;

    const NOT_OURS: &[&str] = &[
        "Manager",
        "Service",
        "Helper",
        "Util",
        "Utils",
        "Processor",
        "Handler",
        "Data",
        "Info",
    ];
    pub const BAD: Example = &[("src/a.rs", "pub struct ShipmentManager;\n")];
    pub const GOOD: Example = &[(
        "src/a.rs",
        "pub struct Shipment;\nuse tauri::Manager;\nimpl Body for Shipment {\n    type Data = Bytes;\n}\n",
    )];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree.rust().chain(tree.scripts()) {
            let text = if source.code.is_empty() {
                &source.text
            } else {
                &source.code
            };
            for (number, line) in text.lines().enumerate() {
                // A type inside an `impl` has the name that the trait gave it.
                if line.starts_with(' ') && line.trim_start().starts_with("type ") {
                    continue;
                }
                let name = declared_type(line).unwrap_or_default();
                if let Some(ending) = NOT_OURS.iter().find(|ending| name.ends_with(**ending)) {
                    found.push(source.offence(number, format!("{name}: {ending} says nothing about trade")));
                }
            }
        }
        found
    }
}

fn declared_type(line: &str) -> Option<&str> {
    let mut words = line
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty());
    let before = ["pub", "crate", "super", "export", "default", "abstract", "declare"];
    let keyword = words.by_ref().find(|word| !before.contains(word))?;
    let kinds = ["struct", "enum", "trait", "type", "interface", "class"];
    if kinds.contains(&keyword) { words.next() } else { None }
}

/// Nothing is left for later, switched off or left over from debugging.
pub mod unfinished {
    use super::super::tree::{Example, Offence, Tree};
    use super::left_over;

    pub const BAD: Example = &[("ui/src/a.test.ts", "it.skip('later', () => {});\n")];
    pub const GOOD: Example = &[("src/a.rs", "fn a() { rows.iter().skip(1); }\n")];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in tree
            .sources
            .iter()
            .filter(|source| !source.path.starts_with("tests/tidy"))
        {
            for (number, line) in source.text.lines().enumerate() {
                found
                    .extend(left_over(source, line).map(|word| source.offence(number, format!("{word} is left over"))));
            }
        }
        found
    }
}

fn left_over(source: &Source, line: &str) -> Option<&'static str> {
    let code = source.is_script() || matches!(source.extension(), "rs" | "py" | "sh" | "css" | "sql");
    let anywhere: &[&str] = if code {
        &["TODO", "FIXME", "XXX"]
    } else {
        &["TODO", "FIXME"]
    };
    let rust: &[&str] = if source.extension() == "rs" {
        &["dbg!", "#[ignore"]
    } else {
        &[]
    };
    let words = if source.path.starts_with("docs/") {
        &[]
    } else {
        anywhere
    };
    if let Some(word) = words.iter().chain(rust).find(|word| has_word(line, word)) {
        return Some(word);
    }
    let off = [
        "it.skip(",
        "test.skip(",
        "describe.skip(",
        "it.only(",
        "test.only(",
        "describe.only(",
        "it.todo(",
    ];
    off.into_iter().find(|call| source.is_script() && line.contains(call))
}
