//! Licences and banned crates, by the lists of `deny.toml`: what `cargo deny check licenses bans` looks at, without having to build it.

use std::{fs, iter::Peekable, process::Command};

use serde_json::Value;

use crate::place;

/// What the lists object to, a line each; nothing when all is well. The error says why nothing could be checked.
pub fn offences() -> Result<(usize, Vec<String>), String> {
    let rules = fs::read_to_string(place::at("deny.toml")).map_err(|error| format!("deny.toml: {error}"))?;
    let rules = Rules::read(&rules)?;
    let asked = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform"])
        .arg("x86_64-unknown-linux-gnu")
        .current_dir(place::root())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !asked.status.success() {
        return Err(String::from_utf8_lossy(&asked.stderr).trim().to_owned());
    }
    let graph: Value = serde_json::from_slice(&asked.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = graph["packages"].as_array().ok_or("cargo metadata names no packages")?;
    let foreign: Vec<&Value> = packages.iter().filter(|package| !package["source"].is_null()).collect();
    let found = foreign.iter().filter_map(|package| rules.objection(package)).collect();
    Ok((foreign.len(), found))
}

/// The lists of `deny.toml`.
struct Rules {
    allowed: Vec<String>,
    banned: Vec<String>,
}

impl Rules {
    fn read(text: &str) -> Result<Self, String> {
        let list = |name: &str| {
            let (_, rest) = text.split_once(&format!("\n{name} = ["))?;
            let (list, _) = rest.split_once("\n]").or_else(|| rest.split_once("]\n"))?;
            // Every second piece between quotes is a word of the list.
            Some(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
        };
        let named = |name: &str| list(name).ok_or(format!("deny.toml has no list \"{name}\""));
        Ok(Self {
            allowed: named("allow")?,
            banned: named("deny")?,
        })
    }

    fn objection(&self, package: &Value) -> Option<String> {
        let name = package["name"].as_str().unwrap_or("a crate without a name");
        if self.banned.iter().any(|banned| banned == name) {
            return Some(format!("{name} is banned"));
        }
        match package["license"].as_str() {
            None => Some(format!("{name} states no licence")),
            Some(licence) if self.permits(licence) => None,
            Some(licence) => Some(format!("{name} is under {licence}")),
        }
    }

    /// An SPDX 2.3 licence expression (annex D) of which we can choose a side that is allowed. A `/` is how crates once wrote OR.
    fn permits(&self, expression: &str) -> bool {
        let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
        let mut words = spaced.split_whitespace().peekable();
        self.any(&mut words) == Some(true) && words.next().is_none()
    }

    /// `None` is an expression that cannot be read.
    fn any<'a>(&self, words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let mut holds = self.all(words)?;
        while words.next_if_eq(&"OR").is_some() {
            holds |= self.all(words)?;
        }
        Some(holds)
    }

    fn all<'a>(&self, words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let mut holds = self.one(words)?;
        while words.next_if_eq(&"AND").is_some() {
            holds &= self.one(words)?;
        }
        Some(holds)
    }

    fn one<'a>(&self, words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let word = words.next()?;
        if word == "(" {
            let holds = self.any(words)?;
            return (words.next() == Some(")")).then_some(holds);
        }
        let mut licence = word.to_owned();
        if words.next_if_eq(&"WITH").is_some() {
            licence = format!("{licence} WITH {}", words.next()?);
        }
        Some(self.allowed.contains(&licence))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: &str = "[licenses]\nallow = [\n    \"MIT\",\n    \"Apache-2.0 WITH LLVM-exception\",\n    \"Zlib\",\n]\n[bans]\ndeny = [{ name = \"openssl-sys\" }]\n";

    #[test]
    fn one_side_of_an_expression_must_be_allowed() {
        let rules = Rules::read(RULES).unwrap();
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-3.0/MIT",
            "(GPL-3.0 OR MIT) AND Zlib",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(rules.permits(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "Apache-2.0",
            "(MIT",
            "MIT OR",
            "MIT Zlib",
        ] {
            assert!(!rules.permits(bad), "{bad}");
        }
    }

    #[test]
    fn a_banned_crate_and_one_without_a_licence_are_named() {
        let rules = Rules::read(RULES).unwrap();
        let objection = |name: &str, licence: Value| rules.objection(&json!({"name": name, "license": licence}));
        assert_eq!(objection("serde", json!("MIT")), None);
        assert_eq!(
            objection("openssl-sys", json!("MIT")).as_deref(),
            Some("openssl-sys is banned")
        );
        assert_eq!(
            objection("bare", Value::Null).as_deref(),
            Some("bare states no licence")
        );
        assert_eq!(
            objection("free", json!("GPL-3.0")).as_deref(),
            Some("free is under GPL-3.0")
        );
        assert!(Rules::read("[licenses]\n").is_err());
    }
}
