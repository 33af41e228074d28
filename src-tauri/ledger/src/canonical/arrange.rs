//! Puts the members of compact JSON in canonical order.

use super::{compare_keys, members, skip_string};
use std::cmp::Ordering;

/// Deeper text is left to the general way.
const DEEPEST: usize = 64;

/// `text`, which is JSON without white space between its parts, with the members of every object in the order of
/// [`compare_keys`]; nothing if it is not such text. Nothing else is changed or checked.
pub(super) fn arrange(text: &str) -> Option<String> {
    let mut arranged = Arranged {
        text,
        at: 0,
        out: String::with_capacity(text.len()),
    };
    arranged.value(0)?;
    (arranged.at == text.len()).then_some(arranged.out)
}

struct Arranged<'a> {
    text: &'a str,
    /// How far it has been read.
    at: usize,
    out: String,
}

impl<'a> Arranged<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Copies up to `end`.
    fn copy(&mut self, end: usize) -> Option<&'a str> {
        let part = self.text.get(self.at..end)?;
        self.out.push_str(part);
        self.at = end;
        Some(part)
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'{' if depth < DEEPEST => self.object(depth + 1),
            b'[' if depth < DEEPEST => self.array(depth + 1),
            b'{' | b'[' => None,
            b'"' => self.copy(skip_string(self.text.as_bytes(), self.at)?).map(|_| ()),
            _ => {
                let rest = self.text.as_bytes().get(self.at..)?;
                let length = rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}'));
                self.copy(self.at + length.unwrap_or(rest.len())).map(|_| ())
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.copy(self.at + 1)?;
        while self.peek()? != b']' {
            self.value(depth)?;
            if self.peek()? == b',' {
                self.copy(self.at + 1)?;
            }
        }
        self.copy(self.at + 1).map(|_| ())
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        let start = self.out.len();
        let (mut previous, mut sorted) = ("", true);
        self.copy(self.at + 1)?;
        while self.peek()? != b'}' {
            let key = self.copy(skip_string(self.text.as_bytes(), self.at)?)?;
            let key = key.get(1..key.len() - 1)?;
            sorted = sorted && compare_keys(previous, key) == Ordering::Less;
            previous = key;
            self.copy(self.at + 1)?;
            self.value(depth)?;
            if self.peek()? == b',' {
                self.copy(self.at + 1)?;
            }
        }
        self.copy(self.at + 1)?;
        if !sorted {
            self.sort(start)?;
        }
        Some(())
    }

    /// Sorts the members of the object that has just been written from `start` on.
    fn sort(&mut self, start: usize) -> Option<()> {
        let written = self.out.split_off(start);
        let mut members = members(&written).ok()?;
        members.sort_by(|a, b| compare_keys(a.key, b.key));
        for (place, member) in members.into_iter().enumerate() {
            self.out.push(if place == 0 { '{' } else { ',' });
            self.out.push_str(written.get(member.span)?);
        }
        self.out.push('}');
        Some(())
    }
}
