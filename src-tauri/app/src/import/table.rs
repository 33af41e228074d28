//! Sheets as text: XLSX and CSV become headers and cells, and a cell remembers whether it was stored as a number.

use crate::error::UserError;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

/// Most rows of one file.
const ROWS: usize = 200_000;

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Headers, made unique: a second `Name` is `Name (2)`.
    pub(crate) headers: Vec<String>,
    /// Rows that are not empty, with their number in the sheet (2 is the first below the header).
    pub(crate) rows: Vec<(u32, Vec<Cell>)>,
}

/// A cell as text without white space around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What stands there.
    pub(crate) text: String,
    /// The sheet holds it as a number, so zeros in front of a code are lost.
    pub(crate) number: bool,
}

impl Cell {
    fn of(text: &str) -> Self {
        Self {
            text: text.trim().to_owned(),
            number: false,
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
/// The file is damaged, empty, or has more than 200,000 rows.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, UserError> {
    let lines = if is_xlsx(bytes) {
        xlsx(bytes)?
    } else {
        delimited(&decode(bytes))?
    };
    let mut lines = lines
        .into_iter()
        .skip_while(|(_, cells)| cells.iter().all(|cell| cell.text.is_empty()));
    let (_, header) = lines.next().ok_or_else(|| UserError::new("import.empty"))?;
    let headers = unique(header.into_iter().map(|cell| cell.text).collect());
    let rows: Vec<_> = lines
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.text.is_empty()))
        .collect();
    if rows.is_empty() {
        return Err(UserError::new("import.empty"));
    }
    if rows.len() > ROWS {
        return Err(UserError::new("import.too-long").with("expected", ROWS));
    }
    Ok(Table { headers, rows })
}

fn unique(headers: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(headers.len());
    for (i, header) in headers.into_iter().enumerate() {
        let header = if header.is_empty() {
            format!("({})", i + 1)
        } else {
            header
        };
        let mut name = header.clone();
        let mut copy = 2;
        while out.contains(&name) {
            name = format!("{header} ({copy})");
            copy += 1;
        }
        out.push(name);
    }
    out
}

type Lines = Vec<(u32, Vec<Cell>)>;

fn xlsx(bytes: &[u8]) -> Result<Lines, UserError> {
    let damaged = |error: calamine::XlsxError| UserError::new("import.damaged").with("what", error);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let range = book
        .worksheet_range_at(0)
        .ok_or_else(|| UserError::new("import.empty"))?
        .map_err(damaged)?;
    let first = range.start().map_or(0, |(row, _)| row);
    let line = |(i, row): (usize, &[Data])| {
        let number = first
            .saturating_add(u32::try_from(i).unwrap_or(u32::MAX))
            .saturating_add(1);
        (number, row.iter().map(of_data).collect())
    };
    Ok(range.rows().enumerate().map(line).collect())
}

fn of_data(data: &Data) -> Cell {
    match data {
        Data::Empty | Data::Error(_) => Cell::default(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::of(text),
        Data::Int(value) => Cell {
            text: value.to_string(),
            number: true,
        },
        Data::Float(value) => Cell {
            text: value.to_string(),
            number: true,
        },
        Data::Bool(value) => Cell::of(&value.to_string()),
        Data::DateTime(value) => match value.as_datetime() {
            Some(time) => Cell::of(&time.format("%Y-%m-%dT%H:%M:%S").to_string()),
            None => Cell {
                text: value.as_f64().to_string(),
                number: true,
            },
        },
    }
}

/// Text in UTF-8 or UTF-16 with a mark, UTF-8, GB 18030 or Windows-1252, whichever it is.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, skip)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(bytes.get(skip..).unwrap_or_default())
            .0
            .into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // Chinese comes in pairs of high bytes, the umlauts of Western Europe stand alone between plain letters.
    let high = |i: usize| bytes.get(i).is_some_and(|byte| *byte >= 0x80);
    let all = (0..bytes.len()).filter(|i| high(*i)).count();
    let paired = (0..bytes.len())
        .filter(|i| high(*i) && (high(i + 1) || (*i > 0 && high(i - 1))))
        .count();
    let encoding = if paired * 2 > all {
        encoding_rs::GB18030
    } else {
        encoding_rs::WINDOWS_1252
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The character that separates cells: the one the first line has most of, outside quotation marks.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(mark, _)| *mark == byte)
                .for_each(|(_, count)| *count += 1),
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(mark, _)| *mark)
}

fn delimited(text: &str) -> Result<Lines, UserError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut lines = Lines::new();
    for (i, record) in reader.records().enumerate() {
        let record = record.map_err(|error| UserError::new("import.damaged").with("what", error))?;
        let number = u32::try_from(i).unwrap_or(u32::MAX).saturating_add(1);
        lines.push((number, record.iter().map(Cell::of).collect()));
    }
    Ok(lines)
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
    fn empty_rows_keep_the_numbers_of_the_others_and_headers_are_unique() {
        let table = read(b"a,a,\n,,\n1,2,3\n").unwrap();
        assert_eq!(table.headers, ["a", "a (2)", "(3)"]);
        assert_eq!(table.rows[0].0, 3);
        assert_eq!(read(b"a,b\n\n").unwrap_err().code, "import.empty");
    }
}
