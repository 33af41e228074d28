//! Sheets as text: XLSX and CSV become headers and cells, and a cell remembers whether it was stored as a number.

mod delimited;
mod lines;
mod xlsx;

use crate::error::UserError;
use calamine::Data;
use std::collections::{BTreeMap, BTreeSet};

/// Most rows of one file.
const ROWS: usize = 200_000;
/// Most columns of one file.
const COLUMNS: usize = 256;
/// Most cells of one file, empty ones in front of others counted.
const CELLS: usize = 4_000_000;
/// Most text of one file, in bytes: 128 MiB.
const TEXT: usize = 128 * 1024 * 1024;
/// What stands for bytes that are no character.
const LOST: char = '\u{fffd}';

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Headers, made unique: a second `Name` is `Name (2)`.
    pub(crate) headers: Vec<String>,
    /// Rows that are not empty, with their number in the sheet: the row of a spreadsheet, the line of a text.
    pub(crate) rows: Vec<(u32, Vec<Cell>)>,
}

/// A cell as text without white space around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What stands there.
    pub(crate) text: String,
    /// The sheet holds it as a number, so zeros in front of a code are lost.
    pub(crate) number: bool,
    /// The spreadsheet shows an error here, such as `#N/A`, or characters are lost (U+FFFD): the cell says nothing.
    pub(crate) broken: bool,
}

impl Cell {
    /// A cell of text.
    pub(crate) fn of(text: &str) -> Self {
        Self {
            text: text.trim().to_owned(),
            number: false,
            broken: text.contains(LOST),
        }
    }

    fn of_number(text: String) -> Self {
        Self {
            text,
            number: true,
            broken: false,
        }
    }
}

/// Whether the bytes are an XLSX file (a ZIP archive).
pub(crate) fn is_xlsx(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Reads the first sheet of an XLSX file, or a CSV file.
///
/// # Errors
/// The file is damaged, empty, in characters that cannot be told, or larger than a sheet may be.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, UserError> {
    let lines = if is_xlsx(bytes) {
        xlsx::read(bytes)?
    } else {
        delimited::read(bytes)?
    };
    let mut lines = lines.finish();
    let (_, header) = lines.next().ok_or_else(|| UserError::new("import.empty"))?;
    let rows: Vec<_> = lines.collect();
    let width = rows.iter().map(|(_, cells)| cells.len()).max();
    let width = width.ok_or_else(|| UserError::new("import.empty"))?.max(header.len());
    let mut headers: Vec<String> = header.into_iter().map(|cell| cell.text).collect();
    headers.resize(width, String::new());
    Ok(Table {
        headers: unique(headers),
        rows,
    })
}

/// What the column of this place, from 0, is called where it has no header.
pub(crate) fn nameless(place: usize) -> String {
    format!("({})", place + 1)
}

fn unique(headers: Vec<String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<String> = Vec::with_capacity(headers.len());
    for (i, header) in headers.into_iter().enumerate() {
        let header = if header.is_empty() { nameless(i) } else { header };
        let mut name = header.clone();
        if taken.contains(&name) {
            // Goes on where the last copy of this name ended.
            let copy = copies.entry(header.clone()).or_insert(1);
            while taken.contains(&name) {
                *copy += 1;
                name = format!("{header} ({copy})");
            }
        }
        taken.insert(name.clone());
        out.push(name);
    }
    out
}

fn of_data(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::default(),
        Data::Error(error) => Cell {
            text: error.to_string(),
            number: false,
            broken: true,
        },
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::of(text),
        Data::Int(value) => Cell::of_number(value.to_string()),
        Data::Float(value) => Cell::of_number(value.to_string()),
        Data::Bool(value) => Cell::of(&value.to_string()),
        Data::DateTime(value) => match value.as_datetime() {
            Some(time) => Cell::of(&time.format("%Y-%m-%dT%H:%M:%S").to_string()),
            None => Cell::of_number(value.as_f64().to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        table
            .rows
            .iter()
            .map(|(_, cells)| cells.iter().map(|cell| cell.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn the_delimiter_is_found_and_quotes_are_kept_together() {
        for text in ["a,b\n007,\"x;y,z\"\n", "a;b\n007;\"x;y,z\"\n", "a\tb\n007\t\"x;y,z\"\n"] {
            let table = read(text.as_bytes()).unwrap();
            assert_eq!(table.headers, ["a", "b"], "{text}");
            assert_eq!(texts(&table), [["007", "x;y,z"]], "{text}");
        }
    }

    #[test]
    fn byte_order_mark_chinese_and_german_code_pages_are_read() {
        let (gbk, ..) = encoding_rs::GB18030.encode("编号,名称\n1,被套\n");
        assert_eq!(texts(&read(&gbk).unwrap()), [["1", "被套"]]);
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode("Nummer;Name\n1;Bezüge für Größe\n");
        assert_eq!(texts(&read(&latin).unwrap()), [["1", "Bezüge für Größe"]]);
        assert_eq!(read("\u{feff}a,b\n1,2\n".as_bytes()).unwrap().headers, ["a", "b"]);
    }

    #[test]
    fn one_bad_byte_does_not_make_another_encoding_of_a_file() {
        let broken = |text: &str| {
            let bytes = text.bytes().map(|byte| if byte == b'?' { 0xff } else { byte });
            read(&bytes.collect::<Vec<_>>()).unwrap()
        };
        for text in ["编号,名称\n1,被套\n2,枕?套\n", "Nr;Größe\n1;groß\n2;klein?\n"] {
            let table = broken(text);
            assert!(table.headers[1].ends_with(['称', 'e']), "{text}");
            let marks: Vec<bool> = table.rows.iter().map(|(_, cells)| cells[1].broken).collect();
            assert_eq!(marks, [false, true], "{text}");
        }
        // Chinese in GB 18030 with a damage cannot be told.
        let (gbk, ..) = encoding_rs::GB18030.encode("编号,名称\n1,被套\n");
        let mut gbk = gbk.into_owned();
        gbk.extend([b'2', b',', 0xff, 0xff]);
        assert_eq!(read(&gbk).unwrap_err().code, "import.encoding");
    }

    #[test]
    fn a_header_of_equal_names_is_read_at_once_and_columns_have_an_end() {
        let wide = |count: usize| format!("{}\n{}\n", vec!["n"; count].join(","), vec!["1"; count].join(","));
        assert_eq!(read(wide(COLUMNS).as_bytes()).unwrap().headers[255], "n (256)");
        assert_eq!(read(wide(4_000).as_bytes()).unwrap_err().code, "import.too-wide");
        assert_eq!(unique(vec!["n".to_owned(); 20_000]).len(), 20_000);
    }

    #[test]
    fn empty_rows_keep_the_numbers_of_the_others_and_headers_are_unique() {
        let table = read(b"a,a,\n,,\n1,2,3\n").unwrap();
        assert_eq!(table.headers, ["a", "a (2)", "(3)"]);
        assert_eq!(table.rows[0].0, 3);
        assert_eq!(read(b"a,b\n\n").unwrap_err().code, "import.empty");
    }
}
