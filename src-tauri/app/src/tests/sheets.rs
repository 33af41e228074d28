//! XLSX sheets: codes keep their zeros, columns are remembered, a file is known again.

use super::calls::{Folder, ask, firm, refused, table};
use super::imports::{import, preview};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

const HEADERS: [&str; 4] = ["Kennung", "Was", "Maß", "Strich"];

/// A sheet of articles, its columns in the given order. The codes of the first rows are text; that of the last two, and
/// the last number, were typed as numbers.
fn articles(order: [usize; 4], last: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, place) in order.into_iter().enumerate() {
        let column = u16::try_from(column).unwrap();
        sheet.write_string(0, column, HEADERS[place]).unwrap();
        match place {
            0 => {
                sheet.write_string(1, column, "007").unwrap();
                sheet.write_string(2, column, " 0008 ").unwrap();
                // Row 4 stays empty.
                let zeros = Format::new().set_num_format("0000");
                sheet.write_number_with_format(4, column, 9, &zeros).unwrap();
            }
            1 => {
                sheet.write_string(1, column, "被套").unwrap();
                sheet.write_string(2, column, "Bettbezug").unwrap();
                sheet.write_string(4, column, last).unwrap();
            }
            2 => {
                for row in [1, 2, 4] {
                    sheet.write_string(row, column, "pcs").unwrap();
                }
            }
            _ => {
                sheet.write_string(1, column, "09506000155227").unwrap();
                // As a number: thirteen digits are whole, a zero in front is lost.
                sheet.write_number(2, column, 4_012_345_111_118.0).unwrap();
                sheet.write_number(4, column, 506_000_155.0).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn codes_keep_their_zeros_and_columns_are_remembered() {
    let folder = Folder::new();
    let app = firm(&folder);
    let file = articles([0, 1, 2, 3], "Laken");
    let mapping = json!({
        "columns": { "Kennung": "number", "Was": "name", "Maß": "unit", "Strich": "gtin" }, "defaults": {},
    });
    let request = |mapping: &Value| json!({ "call": "import-preview", "name": "a.xlsx", "file": STANDARD.encode(&file), "as": "products", "mapping": mapping });
    let seen = ask(&app, request(&mapping));
    assert_eq!(seen["report"]["refused"], json!([]));
    let doubts = seen["report"]["doubtful"].as_array().unwrap();
    let doubts: Vec<_> = doubts
        .iter()
        .map(|one| json!([one["row"], one["field"], one["value"], one["code"]]))
        .collect();
    assert_eq!(doubts, [json!([5, "gtin", "506000155", "import.zeros-lost"])]);
    let done = import(&app, &seen, json!([]));
    assert_eq!(
        json!([done["state"], done["done"], done["of"], done["report"]["accepted"]]),
        json!(["done", 3, 3, 3])
    );
    let rows = table(&app, "products", "all")["rows"].clone();
    let rows: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["number"], row["code"]]))
        .collect();
    assert_eq!(
        rows,
        [
            json!(["0008", "04012345111118"]),
            json!(["007", "09506000155227"]),
            json!(["9", null])
        ]
    );
    // The very file again is known, and nothing in it is new.
    let again = ask(&app, request(&Value::Null));
    assert!(again["report"]["already_imported"].is_string());
    assert_eq!(again["report"]["accepted"], 0);
    // Another file with the same headers in another order is read as this one was, without being told again.
    let other = preview(&app, "b.xlsx", &articles([3, 1, 0, 2], "Decke"), Some("products"));
    assert_eq!(other["mapping"], mapping);
    assert!(other["report"]["already_imported"].is_null());
    let codes = other["report"]["refused"].as_array().unwrap();
    assert!(
        codes.len() == 3 && codes.iter().all(|one| one["code"] == "shared.already-exists"),
        "{codes:?}"
    );
}

#[test]
fn dates_of_a_sheet_are_read_as_the_sheet_has_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let headers = [
        "Shipment No.",
        "Consignor",
        "Consignee",
        "From",
        "To",
        "Mode",
        "Due date",
    ];
    for (column, header) in (0_u16..).zip(headers) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (column, text) in (0_u16..).zip(["0042", "Maker", "Shop", "China", "Germany", "Rail"]) {
        sheet.write_string(1, column, text).unwrap();
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let due = ExcelDateTime::from_ymd(2026, 12, 24).unwrap();
    sheet.write_datetime_with_format(1, 6, &due, &day).unwrap();
    let folder = Folder::new();
    let app = firm(&folder);
    let seen = preview(&app, "s.xlsx", &book.save_to_buffer().unwrap(), Some("shipments"));
    assert_eq!(
        json!([seen["report"]["refused"], seen["report"]["doubtful"]]),
        json!([[], []])
    );
    assert_eq!(import(&app, &seen, json!([]))["report"]["accepted"], 1);
    let row = table(&app, "shipments", "all")["rows"][0].clone();
    assert_eq!(row["number"], "0042");
    assert!(row["due"].as_str().unwrap().starts_with("2026-12-24"), "{row}");
}

#[test]
fn a_sheet_that_is_cut_off_is_refused_in_words() {
    let folder = Folder::new();
    let app = firm(&folder);
    let whole = articles([0, 1, 2, 3], "Laken");
    for keep in [30, whole.len() / 2, whole.len() - 30] {
        let cut = STANDARD.encode(&whole[..keep]);
        let call =
            json!({ "call": "import-preview", "name": "x.xlsx", "file": cut, "as": "products", "mapping": null });
        assert_eq!(refused(&app, call), "import.damaged", "{keep} bytes");
    }
}
