//! XLSX: what a file unpacks to is counted, and its references are checked, before its cells are read one by one.

use super::lines::Lines;
use super::of_data;
use crate::error::UserError;
use calamine::{Data, Reader as _, Xlsx};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufReader, Cursor, Read};
use std::panic::catch_unwind;
use zip::ZipArchive;

/// Most bytes a file may unpack to: 256 MiB.
const UNPACKED: u64 = 256 * 1024 * 1024;
/// Most bytes one part of it may unpack to: 192 MiB.
const PART: u64 = 192 * 1024 * 1024;
/// Most rows and columns of a sheet (ECMA-376 as Excel keeps it).
const SHEET: (u64, u64) = (1_048_576, 16_384);
/// Most texts that cells share.
const SHARED: u64 = 4_000_000;
/// Most formats, sheets and relations; Excel itself has an end at 65,490 formats.
const FORMATS: u64 = 300_000;

/// Reads the first sheet.
///
/// # Errors
/// The file is damaged, unpacks to too much, or its sheet is too large.
pub(super) fn read(bytes: &[u8]) -> Result<Lines, UserError> {
    inspect(bytes, UNPACKED, PART)?;
    // The reader is another's and the bytes may be a foe's: should it give up on them, the file is damaged, no more.
    catch_unwind(|| cells(bytes)).unwrap_or_else(|_| Err(damaged("XLSX")))
}

fn damaged(what: impl ToString) -> UserError {
    UserError::new("import.damaged").with("what", what)
}

fn cells(bytes: &[u8]) -> Result<Lines, UserError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let name = book.sheet_names().into_iter().next();
    let name = name.ok_or_else(|| UserError::new("import.empty"))?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut lines = Lines::default();
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let data = Data::from(cell.get_value().clone());
        lines.put(row.saturating_add(1), column, of_data(&data))?;
    }
    Ok(lines)
}

/// Unpacks every part, keeping nothing, and looks for what would make a reader ask for room that no sheet needs.
fn inspect(bytes: &[u8], most: u64, most_part: u64) -> Result<(), UserError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut left = most;
    let mut found = Found::default();
    for i in 0..zip.len() {
        let part = zip.by_index(i).map_err(damaged)?;
        let allowed = left.min(most_part);
        let mut part = Counted { part, left: allowed };
        let scanned = found.scan(&mut part);
        // What is no XML is counted all the same.
        let drained = std::io::copy(&mut part, &mut std::io::sink());
        if part.left == 0 {
            let most = if left > most_part { most_part } else { most };
            return Err(UserError::new("import.unpacks").with("expected", most));
        }
        scanned?;
        drained.map_err(damaged)?;
        left -= allowed - part.left;
    }
    Ok(())
}

/// Ends after so many bytes.
struct Counted<R> {
    part: R,
    left: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.part.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// What the parts hold that asks for room.
#[derive(Default)]
struct Found {
    shared: u64,
    formats: u64,
}

impl Found {
    /// Looks at a part as the reader behind will; it stops where that will stop.
    fn scan(&mut self, part: impl Read) -> Result<(), UserError> {
        let mut xml = Reader::from_reader(BufReader::new(part));
        let config = xml.config_mut();
        config.check_end_names = false;
        config.expand_empty_elements = true;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer) {
                Ok(Event::Start(element)) => self.element(&element)?,
                Ok(Event::Eof) | Err(_) => return Ok(()),
                Ok(_) => {}
            }
        }
    }

    fn element(&mut self, element: &BytesStart<'_>) -> Result<(), UserError> {
        let attribute = |name: &str| {
            element
                .attributes()
                .with_checks(false)
                .flatten()
                .filter(|one| one.key.as_ref() == name)
                .map(|one| one.value.to_string())
                .collect::<Vec<_>>()
        };
        match element.local_name().as_ref() {
            "row" | "c" => attribute("r").iter().try_for_each(|text| placed(text)),
            "dimension" => attribute("ref")
                .iter()
                .flat_map(|text| text.split(':'))
                .try_for_each(placed),
            "sst" => {
                let said = attribute("uniqueCount");
                let most = said.iter().filter_map(|text| text.parse().ok()).max().unwrap_or(0);
                within(most, SHARED)
            }
            "si" => {
                self.shared += 1;
                within(self.shared, SHARED)
            }
            "xf" | "font" | "fill" | "border" | "numFmt" | "dxf" | "sheet" | "Relationship" => {
                self.formats += 1;
                within(self.formats, FORMATS)
            }
            _ => Ok(()),
        }
    }
}

fn within(count: u64, most: u64) -> Result<(), UserError> {
    if count > most {
        Err(UserError::new("import.too-many-cells").with("expected", most))
    } else {
        Ok(())
    }
}

/// Whether a reference, `B7` or a row's `7`, is a place of a sheet. What is no reference at all is left to the reader.
fn placed(reference: &str) -> Result<(), UserError> {
    let at = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = reference.split_at(at);
    let digits_only = digits.bytes().take_while(u8::is_ascii_digit).count();
    let row = digits.get(..digits_only).unwrap_or_default();
    let column = letters.bytes().try_fold(0_u64, |column, letter| {
        let digit = u64::from(letter.to_ascii_uppercase() - b'A') + 1;
        column.checked_mul(26)?.checked_add(digit)
    });
    let row = if row.is_empty() { Some(0) } else { row.parse().ok() };
    if row.is_some_and(|row: u64| row <= SHEET.0) && column.is_some_and(|column| column <= SHEET.1) {
        return Ok(());
    }
    let shown: String = reference.chars().take(40).collect();
    Err(UserError::new("import.no-such-cell").with("value", shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_to_more_than_it_may_is_refused_by_part_and_as_a_whole() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..200 {
            sheet.write_string(row, 0, "x").unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        inspect(&bytes, UNPACKED, PART).unwrap();
        for (most, part, expected) in [(2_000, PART, "2000"), (UNPACKED, 1_500, "1500")] {
            let error = inspect(&bytes, most, part).unwrap_err();
            assert_eq!(
                (error.code.as_str(), error.values["expected"].as_str()),
                ("import.unpacks", expected)
            );
        }
    }

    #[test]
    fn references_are_places_of_a_sheet() {
        for good in ["A1", "XFD1048576", "7", "b2"] {
            assert!(placed(good).is_ok(), "{good}");
        }
        for bad in [
            "XFE1",
            "A1048577",
            "4294967295",
            "ZZZZZZZZZZZZZZZZZZZZ1",
            "A99999999999999999999999",
        ] {
            assert_eq!(placed(bad).unwrap_err().code, "import.no-such-cell", "{bad}");
        }
    }
}
