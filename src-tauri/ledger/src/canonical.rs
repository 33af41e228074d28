//! Canonical bytes: RFC 8785 (JSON Canonicalization Scheme, June 2020), narrowed by section 1 of `docs/protocol.md`.
//!
//! [`check`] reads bytes once and says whether they already *are* the canonical form. Nothing is parsed and written again to
//! compare: a second writer would be a second place to be wrong.

use std::cmp::Ordering;
use std::ops::Range;

use serde::Serialize;
use unicode_normalization::{IsNormalized, is_nfc, is_nfc_quick};

use crate::limits::{DEPTH, MAX_INTEGER};
use crate::unicode::is_assigned;

/// Why bytes are not canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The bytes are not UTF-8 (lone surrogates included).
    #[error("not UTF-8")]
    NotUtf8,
    /// The text ends inside a value, or is empty.
    #[error("ends too early")]
    EndsEarly,
    /// A byte that no canonical text has at this place; white space outside strings is the usual one.
    #[error("unexpected byte")]
    Unexpected,
    /// Bytes after the value.
    #[error("bytes after the value")]
    Trailing,
    /// Deeper than the caller allows.
    #[error("nested too deep")]
    TooDeep,
    /// A fraction or an exponent.
    #[error("number is not an integer")]
    NotInteger,
    /// `-0`, a leading zero, `+`.
    #[error("number is not in its shortest form")]
    NumberForm,
    /// Outside −(2^53−1) … 2^53−1.
    #[error("number too great")]
    NumberRange,
    /// An escape other than `\"` and `\\`.
    #[error("needless escape")]
    Escape,
    /// Cc, Cs, Co, or one of the named direction and invisible characters.
    #[error("forbidden character")]
    Forbidden,
    /// Not assigned in Unicode 15.1.
    #[error("character not assigned in Unicode 15.1")]
    Unassigned,
    /// Not in Normalization Form C.
    #[error("text not in Normalization Form C")]
    NotNfc,
    /// Members are not sorted by the UTF-16 code units of their keys.
    #[error("members not sorted")]
    KeyOrder,
    /// The same key twice.
    #[error("key twice")]
    DuplicateKey,
    /// The value cannot be written as JSON at all (a map with keys that are not text, a number that is not finite).
    #[error("cannot be written as JSON")]
    NotJson,
}

/// Bytes that are not canonical: where and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {at}")]
pub struct CanonicalError {
    /// Offset of the offending byte (for text rules: of the string or character).
    pub at: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// Checks that `bytes` are exactly one JSON value in canonical form, nested at most `max_depth` levels (a scalar has none, an
/// object or array at the top is level 1).
///
/// # Errors
/// The first place that breaks a rule.
pub fn check(bytes: &[u8], max_depth: usize) -> Result<(), CanonicalError> {
    let text = std::str::from_utf8(bytes).map_err(|e| CanonicalError {
        at: e.valid_up_to(),
        reason: Reason::NotUtf8,
    })?;
    let mut scan = Scan {
        text,
        bytes,
        at: 0,
        max_depth,
    };
    scan.value(0)?;
    if scan.at < bytes.len() {
        scan.fail(Reason::Trailing)
    } else {
        Ok(())
    }
}

/// Writes `value` in canonical form, nested at most [`DEPTH`] levels.
///
/// # Errors
/// If the value holds what canonical text may not: fractions, great numbers, forbidden characters, text not in NFC.
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    to_bytes_within(value, DEPTH)
}

/// As [`to_bytes`], with another bound on the depth.
///
/// # Errors
/// As [`to_bytes`].
pub fn to_bytes_within<T: Serialize>(value: &T, max_depth: usize) -> Result<Vec<u8>, CanonicalError> {
    // Our own types write text that is canonical but for the order of members. What passes the check is the canonical form of
    // what was written; all else (fractions, repeated keys, …) goes the general way, which gives the reason if there is none.
    let arranged = serde_json::to_string(value).ok().and_then(|text| arrange(&text));
    if let Some(arranged) = arranged.filter(|arranged| check(arranged.as_bytes(), max_depth).is_ok()) {
        return Ok(arranged.into_bytes());
    }
    let bytes = serde_json_canonicalizer::to_vec(value).map_err(|_| CanonicalError {
        at: 0,
        reason: Reason::NotJson,
    })?;
    check(&bytes, max_depth)?;
    Ok(bytes)
}

mod arrange;
use arrange::arrange;

/// One member of a canonical object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key as written between its quotes (escapes not undone).
    pub key: &'a str,
    /// From the key's opening quote to the end of the value.
    pub span: Range<usize>,
    /// The value alone.
    pub value: Range<usize>,
}

/// The members of a canonical object, in order, with their byte spans. The bytes MUST have passed [`check`]; of other bytes
/// the answer means nothing (it is still safe to ask).
///
/// # Errors
/// If the text is not an object or ends early.
pub fn members(text: &str) -> Result<Vec<Member<'_>>, CanonicalError> {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(16);
    let fail = |at| CanonicalError {
        at,
        reason: Reason::Unexpected,
    };
    if bytes.first() != Some(&b'{') {
        return Err(fail(0));
    }
    let mut at = 1;
    while bytes.get(at) == Some(&b'"') {
        let key_end = skip_string(bytes, at).ok_or(fail(at))?;
        let value_end = skip_value(bytes, key_end + 1).ok_or(fail(key_end))?;
        let key = text.get(at + 1..key_end - 1).ok_or(fail(at))?;
        found.push(Member {
            key,
            span: at..value_end,
            value: key_end + 1..value_end,
        });
        at = value_end + 1;
    }
    Ok(found)
}

/// `text` without one member, as two slices around it; the comma that goes with the member is left out too.
pub(crate) fn without<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, &'a str) {
    let last = text.as_bytes().get(span.end) != Some(&b',');
    let (end, next) = match (last, span.start) {
        (true, start) if start > 1 => (start - 1, span.end),
        (true, start) => (start, span.end),
        (false, start) => (start, span.end + 1),
    };
    (
        text.get(..end).unwrap_or_default(),
        text.get(next..).unwrap_or_default(),
    )
}

/// How many of the first bytes are printable ASCII without `"` and `\\`, found eight at a time: the last seven may not be counted.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The high bit of the lowest byte that is zero; above it anything.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let (words, _) = bytes.as_chunks::<8>();
    let special = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = zeros(word ^ (ONES * u64::from(b'"')));
        let escape = zeros(word ^ (ONES * u64::from(b'\\')));
        let delete = zeros(word ^ (ONES * 0x7F));
        (word | control | quote | escape | delete) & HIGHS
    };
    let ends = words.iter().zip(0..).find_map(|(word, place)| match special(word) {
        0 => None,
        bits => Some((bits.trailing_zeros() / 8, place)),
    });
    // The place in the word is at most 7.
    ends.map_or(words.len() * 8, |(within, place): (u32, usize)| {
        place * 8 + within as usize
    })
}

/// The end of the string that opens at `at`.
fn skip_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut i = at + 1;
    loop {
        i += plain(bytes.get(i..)?);
        match bytes.get(i)? {
            b'"' => return Some(i + 1),
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
}

/// The end of the value that begins at `at`: where, outside strings and brackets, a comma or closing bracket follows.
fn skip_value(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut i = at;
    loop {
        match bytes.get(i)? {
            b'"' => {
                i = skip_string(bytes, i)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(i),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return Some(i),
            _ => {}
        }
        i += 1;
    }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    max_depth: usize,
}

type Step<T = ()> = Result<T, CanonicalError>;

impl<'a> Scan<'a> {
    fn fail<T>(&self, reason: Reason) -> Step<T> {
        Err(CanonicalError { at: self.at, reason })
    }

    fn peek(&self) -> Step<u8> {
        match self.bytes.get(self.at) {
            Some(byte) => Ok(*byte),
            None => self.fail(Reason::EndsEarly),
        }
    }

    fn take(&mut self, wanted: u8) -> Step {
        if self.peek()? != wanted {
            return self.fail(Reason::Unexpected);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Step {
        match self.peek()? {
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(|_| ()),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            b'-' | b'0'..=b'9' => self.number(),
            b'+' => self.fail(Reason::NumberForm),
            _ => self.fail(Reason::Unexpected),
        }
    }

    fn literal(&mut self, word: &[u8]) -> Step {
        if !self.bytes[self.at..].starts_with(word) {
            return self.fail(Reason::Unexpected);
        }
        self.at += word.len();
        Ok(())
    }

    fn open(&mut self, depth: usize) -> Step {
        if depth > self.max_depth {
            return self.fail(Reason::TooDeep);
        }
        self.at += 1;
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Step {
        self.open(depth)?;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.peek()? == b']' {
                self.at += 1;
                return Ok(());
            }
            self.take(b',')?;
        }
    }

    fn object(&mut self, depth: usize) -> Step {
        self.open(depth)?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        let mut previous: Option<&'a str> = None;
        loop {
            let key_at = self.at;
            let key = self.string()?;
            if let Some(before) = previous {
                let reason = match compare_keys(before, key) {
                    Ordering::Less => None,
                    Ordering::Equal => Some(Reason::DuplicateKey),
                    Ordering::Greater => Some(Reason::KeyOrder),
                };
                if let Some(reason) = reason {
                    return Err(CanonicalError { at: key_at, reason });
                }
            }
            previous = Some(key);
            self.take(b':')?;
            self.value(depth)?;
            if self.peek()? == b'}' {
                self.at += 1;
                return Ok(());
            }
            self.take(b',')?;
        }
    }

    fn number(&mut self) -> Step {
        let negative = self.bytes[self.at] == b'-';
        let start = self.at + usize::from(negative);
        let mut magnitude = 0_u64;
        let mut i = start;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(i) {
            magnitude = magnitude.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            i += 1;
        }
        if i == start || (self.bytes[start] == b'0' && (negative || i > start + 1)) {
            return self.fail(Reason::NumberForm);
        }
        if matches!(self.bytes.get(i), Some(b'.' | b'e' | b'E')) {
            return self.fail(Reason::NotInteger);
        }
        if magnitude > MAX_INTEGER {
            return self.fail(Reason::NumberRange);
        }
        self.at = i;
        Ok(())
    }

    /// Reads a string and returns what stands between its quotes.
    fn string(&mut self) -> Step<&'a str> {
        self.take(b'"')?;
        let start = self.at;
        let mut ascii = true;
        loop {
            self.at += plain(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    if !matches!(self.peek()?, b'"' | b'\\') {
                        self.at -= 1;
                        return self.fail(Reason::Escape);
                    }
                    self.at += 1;
                }
                0x00..=0x1F | 0x7F => return self.fail(Reason::Forbidden),
                0x80.. => {
                    ascii = false;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        // The quotes are ASCII, so the span between them begins and ends at character boundaries.
        let inside = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        if !ascii {
            check_characters(inside, start)?;
        }
        Ok(inside)
    }
}

/// Rules 4 and 5 for a string that is not all ASCII. Most characters of European and Chinese text are of ranges that are
/// wholly assigned, allowed and never change in normalization; only a string with others is examined closely.
fn check_characters(text: &str, start: usize) -> Step {
    let mut plain = true;
    for (offset, c) in text.char_indices() {
        if matches!(c, ' '..='~' | '\u{A0}'..='\u{2FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}') {
            continue;
        }
        plain = false;
        let reason = if is_forbidden(c) {
            Reason::Forbidden
        } else if !is_assigned(c) {
            Reason::Unassigned
        } else {
            continue;
        };
        return Err(CanonicalError {
            at: start + offset,
            reason,
        });
    }
    let normal = plain
        || match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => true,
            IsNormalized::No => false,
            IsNormalized::Maybe => is_nfc(text),
        };
    if normal {
        Ok(())
    } else {
        Err(CanonicalError {
            at: start,
            reason: Reason::NotNfc,
        })
    }
}

/// Rule 5: controls, private use, and the characters that change how other text looks without being seen. (Surrogates cannot
/// occur in UTF-8.)
fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}'
        | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Order of two keys as written, by the UTF-16 code units of what they mean (RFC 8785, 3.2.3).
fn compare_keys(a: &str, b: &str) -> Ordering {
    let simple = |key: &str| key.bytes().all(|byte| byte.is_ascii() && byte != b'\\');
    if simple(a) && simple(b) {
        a.cmp(b)
    } else {
        code_units(a).cmp(code_units(b))
    }
}

/// The UTF-16 code units of a string, its two escapes undone.
fn code_units(written: &str) -> impl Iterator<Item = u16> + '_ {
    let mut escaped = false;
    let meant = written.chars().filter(move |c| {
        escaped = *c == '\\' && !escaped;
        !escaped
    });
    meant.flat_map(|c| {
        let mut units = [0_u16; 2];
        let length = c.encode_utf16(&mut units).len();
        units.into_iter().take(length)
    })
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
