//! CSV: which characters the bytes are, what stands between two cells, and the cells with the line they stand on.

use super::Cell;
use super::lines::Lines;
use crate::error::UserError;
use encoding_rs::{Encoding, GB18030, WINDOWS_1252};

/// Reads a CSV file (RFC 4180; the separator may be a comma, semicolon or tab, lines may end with CR, LF or both).
///
/// # Errors
/// The characters cannot be told, a quotation mark is not closed, the sheet is too large.
pub(super) fn read(bytes: &[u8]) -> Result<Lines, UserError> {
    let text = decode(bytes)?;
    let separator = separator(&text);
    let mut reading = Reading {
        rest: text.chars().peekable(),
        line: 1,
        lines: Lines::default(),
    };
    while reading.rest.peek().is_some() {
        reading.record(separator)?;
    }
    Ok(reading.lines)
}

/// Text in UTF-8 or UTF-16 with a mark, in UTF-8, GB 18030 or Windows-1252. A file that is UTF-8 but for a few bytes is
/// read as UTF-8: those bytes become U+FFFD, and a cell with that character is not taken.
///
/// # Errors
/// `import.encoding`: it is none of these.
fn decode(bytes: &[u8]) -> Result<String, UserError> {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default());
        return Ok(text.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let (mut sound, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        wrong += chunk.invalid().len();
    }
    // Of Chinese in GB 18030, less than a third of the bytes happen to be UTF-8, too.
    if sound >= wrong.saturating_mul(2) {
        return Ok(String::from_utf8_lossy(bytes).into_owned());
    }
    // Chinese comes in pairs of high bytes, the umlauts of Western Europe stand alone between plain letters.
    let high = |i: usize| bytes.get(i).is_some_and(|byte| *byte >= 0x80);
    let all = (0..bytes.len()).filter(|i| high(*i)).count();
    let paired = (0..bytes.len())
        .filter(|i| high(*i) && (high(i + 1) || (*i > 0 && high(i - 1))))
        .count();
    let encoding = if paired * 2 > all { GB18030 } else { WINDOWS_1252 };
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| UserError::new("import.encoding"))
}

/// The character that separates cells: the one the first line has most of, outside quotation marks.
fn separator(text: &str) -> char {
    let mut counts = [(',', 0_usize), (';', 0), ('\t', 0)];
    let mut quoted = false;
    for c in text.trim_start().chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(mark, _)| *mark == c)
                .for_each(|(_, count)| *count += 1),
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(',', |(mark, _)| *mark)
}

struct Reading<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    /// The line under way, from 1.
    line: u32,
    lines: Lines,
}

impl Reading<'_> {
    /// Takes the next character; CR, LF and both are one end of a line.
    fn take(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\r' {
            self.rest.next_if_eq(&'\n');
        }
        if matches!(c, '\r' | '\n') {
            self.line = self.line.saturating_add(1);
            return Some('\n');
        }
        Some(c)
    }

    /// Reads one record; it counts as standing on the line it starts on.
    fn record(&mut self, separator: char) -> Result<(), UserError> {
        let (row, mut column) = (self.line, 0);
        loop {
            let mut text = String::new();
            if self.rest.next_if_eq(&'"').is_some() {
                self.quoted(separator, &mut text)?;
            }
            let end = loop {
                match self.take() {
                    Some(c) if c != '\n' && c != separator => text.push(c),
                    end => break end,
                }
            };
            self.lines.put(row, column, Cell::of(&text))?;
            if end != Some(separator) {
                return Ok(());
            }
            column += 1;
        }
    }

    /// Reads on behind a quotation mark up to the one that closes it.
    fn quoted(&mut self, separator: char, text: &mut String) -> Result<(), UserError> {
        let opened = self.line;
        let open = || UserError::new("import.quote-open").with("value", opened);
        loop {
            match self.take() {
                None => return Err(open()),
                Some('"') if self.rest.next_if_eq(&'"').is_some() => text.push('"'),
                Some('"') => break,
                Some(c) => text.push(c),
            }
        }
        // What closed it lines further down, with text right behind, is the start of another cell.
        let ends = |c: &char| *c == separator || c.is_whitespace();
        if self.line > opened && !self.rest.peek().is_none_or(ends) {
            return Err(open());
        }
        Ok(())
    }
}
