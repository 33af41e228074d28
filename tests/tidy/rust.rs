//! Just enough of Rust's grammar to tell code from comments, strings and tests.

/// Blanks comments, strings and character literals, keeping every line break.
pub fn blank(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(&bytes, at);
        if end > at {
            out.extend(bytes[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that starts here ends; `at` when none starts here.
fn literal_end(text: &[char], at: usize) -> usize {
    let next = text.get(at + 1).copied().unwrap_or(' ');
    match text[at] {
        '/' if next == '/' => text[at..]
            .iter()
            .position(|c| *c == '\n')
            .map_or(text.len(), |length| at + length),
        '/' if next == '*' => block_comment_end(text, at),
        '"' => string_end(text, at + 1),
        'r' if !joined(text, at) && (next == '"' || next == '#') => raw_string_end(text, at),
        '\'' => character_end(text, at),
        _ => at,
    }
}

fn joined(text: &[char], at: usize) -> bool {
    at > 0 && (text[at - 1].is_alphanumeric() && text[at - 1] != 'b' || text[at - 1] == '_')
}

fn block_comment_end(text: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0_u32, start);
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn string_end(text: &[char], mut at: usize) -> usize {
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn raw_string_end(text: &[char], start: usize) -> usize {
    let hashes = text[start + 1..].iter().take_while(|c| **c == '#').count();
    if text.get(start + 1 + hashes) != Some(&'"') {
        return start;
    }
    let mut at = start + 2 + hashes;
    while at < text.len() {
        if text[at] == '"' && text[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    text.len()
}

/// A character literal, not a lifetime.
fn character_end(text: &[char], at: usize) -> usize {
    if text.get(at + 1) == Some(&'\\') {
        return text[at + 3..]
            .iter()
            .position(|c| *c == '\'')
            .map_or(at, |length| at + 3 + length + 1);
    }
    if text.get(at + 2) == Some(&'\'') { at + 3 } else { at }
}

/// A file that holds tests and what only tests use.
pub fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = path
        .split('/')
        .any(|folder| matches!(folder, "tests" | "e2e" | "testing" | "benches"));
    folders || name == "tests.rs" || name == "testing.rs" || name.ends_with("_tests.rs")
}

/// Blanks every item behind `#[cfg(test)]`.
pub fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut from = 0;
    while let Some(found) = out[from..].find("#[cfg(test)]") {
        let start = from + found;
        let end = item_end(&out, start);
        let gap: String = out[start..end]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        out.replace_range(start..end, &gap);
        from = start + gap.len();
    }
    out
}

/// The byte after the item that starts here: its semicolon or its closing brace.
fn item_end(code: &str, start: usize) -> usize {
    let rest = &code[start..];
    let semicolon = rest.find(';').unwrap_or(rest.len());
    match rest.find('{') {
        Some(brace) if brace < semicolon => start + block_length(rest, brace),
        _ => start + (semicolon + 1).min(rest.len()),
    }
}

/// The byte after the brace that closes the one at `open`.
pub fn block_length(code: &str, open: usize) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Every path that is named: `use` trees are flattened, and other paths are taken as they stand.
pub fn named_paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for word in line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            if word.contains("::") && !word.ends_with("::") {
                found.push((number, word.trim_start_matches(':').to_owned()));
            }
        }
    }
    let mut from = 0;
    while let Some(at) = code[from..].find("use ") {
        let start = from + at;
        let end = code[start..].find(';').map_or(code.len(), |length| start + length);
        let line = code[..start].matches('\n').count();
        flatten("", code[start + 4..end].trim(), &mut |path| found.push((line, path)));
        from = end;
    }
    found
}

fn flatten(prefix: &str, tree: &str, keep: &mut dyn FnMut(String)) {
    let Some(open) = tree.find('{') else {
        let name = tree.split(" as ").next().unwrap_or(tree).trim();
        keep(format!("{prefix}{name}"));
        return;
    };
    let head = format!("{prefix}{}", tree[..open].trim());
    let inside = tree[open + 1..]
        .trim_end()
        .strip_suffix('}')
        .unwrap_or(&tree[open + 1..]);
    let (mut depth, mut start) = (0_u32, 0);
    for (at, character) in inside.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                flatten(&head, inside[start..at].trim(), keep);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inside[start..].trim().is_empty() {
        flatten(&head, inside[start..].trim(), keep);
    }
}
