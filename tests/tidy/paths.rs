//! Paths in texts.

/// A path that a document names exists.
pub mod named_paths_exist {
    use super::super::tree::{Example, Offence, Tree};

    pub const BAD: Example = &[
        ("README.md", "See [the protocol](docs/gone.md).\n"),
        ("docs/protocol.md", ""),
    ];
    pub const GOOD: Example = &[
        (
            "README.md",
            "See [the protocol](docs/protocol.md#1), `docs/protocol.md`, [W3C](https://w3.org/a) and `a/b`.\n",
        ),
        ("docs/protocol.md", "Written to `target/show/`.\n"),
    ];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let top = |path: &str| !path.contains('/') || path.starts_with("docs/");
        let mut found = Vec::new();
        for source in tree
            .sources
            .iter()
            .filter(|source| source.extension() == "md" && top(&source.path))
        {
            let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for (number, line) in source.text.lines().enumerate() {
                let links = super::links(line).filter_map(|link| super::resolve(folder, link));
                let named = super::quoted(line)
                    .filter(|word| super::is_path(tree, word))
                    .map(str::to_owned);
                let missing = links.chain(named).filter(|path| !super::exists(tree, path));
                found.extend(missing.map(|path| source.offence(number, format!("{path} does not exist"))));
            }
        }
        found
    }
}

use super::tree::Tree;

/// Built, not written: they exist only after a run.
const BUILT: &[&str] = &["target", "ui/dist", "ui/node_modules", "gen", "permissions"];

fn exists(tree: &Tree, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let built = BUILT.iter().any(|built| {
        path.strip_prefix(built)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    path.is_empty() || built || path.contains("generated") || tree.paths.contains(path)
}

/// The targets of Markdown links that stay inside the checkout.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains(':') && !link.starts_with('#'))
}

fn resolve(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('#').next()?.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// A word in code marks is a path of ours when its first folder is one of ours.
fn is_path(tree: &Tree, word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/@".contains(c));
    let first = word.split('/').next().unwrap_or_default();
    plain && word.contains('/') && (tree.paths.contains(first) || BUILT.contains(&first))
}

/// Nothing names a folder of the machine it was written on.
pub mod no_machine_paths {
    use super::super::tree::{Example, Offence, Tree};

    const STARTS: &[&str] = &[
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!("/tm", "p/"),
    ];
    pub const BAD: Example = &[("src/a.rs", concat!("const A: &str = \"/ho", "me/me/x\";\n"))];
    pub const GOOD: Example = &[(
        "src/a.rs",
        concat!("const A: &str = \"net/wo", "rk/x\"; // https://a/ho", "me/\n"),
    )];

    pub fn check(tree: &Tree) -> Vec<Offence> {
        let mut found = Vec::new();
        for source in &tree.sources {
            for (number, line) in source.text.lines().enumerate() {
                for start in STARTS {
                    let begins =
                        |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "/._-}".contains(c));
                    if line.match_indices(start).any(|(at, _)| begins(at)) {
                        found.push(source.offence(number, format!("{start} is this machine's")));
                    }
                }
            }
        }
        found
    }
}
