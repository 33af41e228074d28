//! What a record names of a document, in a private field: `docs/protocol.md`, section 17.

use ledger::{Hash, Opening, Party};
use serde::{Deserialize, Serialize};

/// What the name of a private field begins with that names a document.
pub const PREFIX: &str = "document.";
/// Code points of a file name, most.
const NAME: usize = 200;
/// Characters of each half of a media type, most (RFC 6838, 4.2).
const MEDIA_TYPE: usize = 127;
/// Firms that may read one document, most.
const READERS: usize = 16;
/// What no file system that we write to takes in a name.
const FORBIDDEN: [char; 9] = ['/', '\\', '<', '>', ':', '"', '|', '?', '*'];

/// A document as a record names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDocument {
    /// Bytes of the sealed document, 1 or more.
    pub bytes: u64,
    /// SHA-256 of the sealed document.
    pub hash: Hash,
    /// What it is, as `application/pdf` (RFC 6838).
    pub media_type: String,
    /// Its file name.
    pub name: String,
    /// The firms that it is sealed to, sorted, no repeats; 1–16.
    pub readers: Vec<Party>,
    /// Bytes of its content.
    pub size: u64,
}

impl NamedDocument {
    /// What an opening names, if that is a document.
    #[must_use]
    pub fn of(opening: &Opening) -> Option<Self> {
        let named: Self = serde_json::from_value(opening.value.clone()).ok()?;
        (opening.name.starts_with(PREFIX) && named.is_good()).then_some(named)
    }

    /// Whether every member is as the protocol says.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let ascending = self.readers.iter().zip(self.readers.iter().skip(1));
        kept_name(&self.name) == self.name
            && is_media_type(&self.media_type)
            && (1..=READERS).contains(&self.readers.len())
            && ascending.into_iter().all(|(one, next)| one < next)
            && self.bytes > 0
            && self.size < self.bytes
    }
}

/// A file name as it is kept: no longer than 200 code points, without what cannot stand in a name on every system, and never empty.
#[must_use]
pub fn kept_name(name: &str) -> String {
    let good = |c: char| match c {
        _ if FORBIDDEN.contains(&c) || c.is_control() => '_',
        _ => c,
    };
    let cut: String = name.trim().chars().take(NAME).map(good).collect();
    // Windows takes a dot or space at the end away; of dots alone nothing would be left.
    let kept = cut.trim_end_matches(['.', ' ']).to_owned();
    if kept.is_empty() { "_".to_owned() } else { kept }
}

/// A media type as it is kept: without parameters, in lower case; what is none is `application/octet-stream` (RFC 2046, 4.5.1).
#[must_use]
pub fn kept_media_type(text: &str) -> String {
    let bare = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match is_media_type(&bare) {
        true => bare,
        false => "application/octet-stream".to_owned(),
    }
}

fn is_media_type(text: &str) -> bool {
    let good = |half: &str| {
        let mut bytes = half.bytes();
        let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        half.len() <= MEDIA_TYPE && bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric()) && bytes.all(rest)
    };
    text.split_once('/').is_some_and(|(kind, of)| good(kind) && good(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_as_every_system_takes_it() {
        for (given, kept) in [
            ("packing list.pdf", "packing list.pdf"),
            ("装箱单 2026.pdf", "装箱单 2026.pdf"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("C:\\a\tb?.jpg", "C__a_b_.jpg"),
            ("..", "_"),
            ("  x. . ", "x"),
            ("", "_"),
        ] {
            assert_eq!(kept_name(given), kept);
            assert_eq!(kept_name(kept), kept, "it stays as it is");
        }
        assert_eq!(kept_name(&"长".repeat(300)).chars().count(), NAME);
    }

    #[test]
    fn a_media_type_has_two_halves() {
        for good in ["application/pdf", "image/svg+xml", "application/vnd.ms-excel"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in ["", "pdf", "a/", "/a", "a/b/c", "text/plain; charset=utf-8", "a b/c"] {
            assert!(!is_media_type(bad), "{bad}");
        }
        assert_eq!(kept_media_type("Text/Plain; charset=utf-8"), "text/plain");
        assert_eq!(kept_media_type(""), "application/octet-stream");
    }
}
