//! Files of a foe and files with an accident: refused by name, never taken wrongly, never the end of the process.

use super::calls::{Folder, ask, firm, refused};
use super::imports::preview;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::Write as _;
use zip::write::SimpleFileOptions;

/// A workbook of one sheet with these XML rows.
fn workbook(rows: &str) -> Vec<u8> {
    packed(rows.as_bytes())
}

fn packed(rows: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let sheets = r#"<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>"#;
    let link = |kind: &str, target: &str| {
        let of = format!(r#"<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/>"#);
        format!(r#"<Relationships xmlns="{relations}">{of}</Relationships>"#)
    };
    let parts = [
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(r#"<workbook xmlns="{main}" xmlns:r="{office}">{sheets}</workbook>"#),
        ),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
    ];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default())
        .unwrap();
    let start = format!(r#"<worksheet xmlns="{main}"><sheetData>"#);
    for part in [start.as_bytes(), rows, b"</sheetData></worksheet>"] {
        zip.write_all(part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn request(file: &[u8]) -> Value {
    json!({ "call": "import-preview", "name": "a", "file": STANDARD.encode(file), "as": "products", "mapping": null })
}

const HEADERS: &str = r#"<row r="2"><c r="B2" t="str"><v>SKU</v></c><c r="C2" t="str"><v>Name</v></c><c r="D2" t="str"><v>Unit</v></c></row>"#;

#[test]
fn a_cell_far_out_is_refused_and_one_far_down_is_read() {
    let folder = Folder::new();
    let app = firm(&folder);
    let cell = |row: &str, at: &str| {
        let cell = format!(r#"<row r="{row}"><c r="{at}" t="str"><v>x</v></c></row>"#);
        workbook(&format!("{HEADERS}{cell}"))
    };
    for (row, at, code) in [
        ("1048576", "XFD1048576", "import.too-wide"),
        ("4294967295", "A4294967295", "import.no-such-cell"),
        ("4294967295", "A1", "import.no-such-cell"),
        ("3", "ZZZZZZZZZZ99999999999", "import.no-such-cell"),
        ("3", "A99999999999999999999999", "import.no-such-cell"),
    ] {
        assert_eq!(refused(&app, request(&cell(row, at))), code, "{at}");
    }
    let row = r#"<row r="1048576"><c r="B1048576" t="str"><v>A-1</v></c><c r="C1048576" t="str"><v>x</v></c><c r="D1048576" t="str"><v>pcs</v></c></row>"#;
    let seen = ask(&app, request(&workbook(&format!("{HEADERS}{row}"))));
    assert_eq!(seen["columns"], json!(["SKU", "Name", "Unit"]));
    assert_eq!(seen["report"]["accepted"], 1, "{}", seen["report"]);
}

/// Bytes of the sheet and of the archive are changed and cut off; every answer is a table or a refusal with a name.
#[test]
fn damaged_sheets_do_no_harm() {
    let folder = Folder::new();
    let app = firm(&folder);
    let row = r#"<row r="3"><c r="B3" t="inlineStr"><is><t>A-1</t></is></c><c r="C3"><v>1.5</v></c><c r="D3" t="b"><v>1</v></c></row>"#;
    let sheet = format!("{HEADERS}{row}").into_bytes();
    let whole = workbook(std::str::from_utf8(&sheet).unwrap());
    assert!(app.call(request(&whole)).is_ok());
    let mut seed = 20_261_121_u32;
    let mut draw = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    let mut refusals = std::collections::BTreeSet::new();
    let mut tried = |file: &[u8]| {
        if let Err(error) = app.call(request(file)) {
            let code = error["code"].as_str().unwrap().to_owned();
            assert!(code.starts_with("import."), "{error}");
            refusals.insert(code);
        }
    };
    for _ in 0..300 {
        let mut bytes = sheet.clone();
        let at = draw(bytes.len());
        match draw(3) {
            0 => bytes[at] = b"0123456789ABCZaz<>/&\"' =:\0\xff"[draw(27)],
            1 => bytes.truncate(at),
            _ => {
                let copy = bytes[at..(at + 12).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
        }
        tried(&packed(&bytes));
        let mut file = whole.clone();
        let at = draw(file.len());
        if draw(2) == 0 {
            file[at] ^= 1 << draw(8);
        } else {
            file.truncate(at.max(4));
        }
        if file.starts_with(b"PK") {
            tried(&file);
        }
    }
    println!("{refusals:?}");
    assert!(refusals.contains("import.damaged"));
}

#[test]
fn lost_characters_are_not_taken_and_good_rows_are() {
    let folder = Folder::new();
    let app = firm(&folder);
    let mut file = "SKU,Name,Unit\nA-1,被套,件\nA-2,枕?套,件\nA-3,床单,件\n"
        .as_bytes()
        .to_vec();
    let at = file.iter().position(|byte| *byte == b'?').unwrap();
    file[at] = 0xff;
    let seen = preview(&app, "a.csv", &file, Some("products"));
    assert_eq!(seen["report"]["accepted"], 2, "{}", seen["report"]);
    let fault = &seen["report"]["refused"][0];
    assert_eq!(
        (&fault["row"], &fault["code"]),
        (&json!(3), &json!("import.cell-unreadable"))
    );
    assert_eq!(seen["sample"][0][1], "被套");
}

#[test]
fn rows_have_the_numbers_of_their_lines_and_an_open_quotation_mark_is_named() {
    let folder = Folder::new();
    let app = firm(&folder);
    for end in ["\n", "\r\n", "\r"] {
        let file = "SKU,Name,Unit|A-1,x,pcs|||A-2,\"two|lines\",pcs|A-3,,pcs|".replace('|', end);
        let seen = preview(&app, "a.csv", file.as_bytes(), Some("products"));
        // A text of two lines is not a name; the row behind it has no name.
        let rows = seen["report"]["refused"].as_array().unwrap();
        let rows: Vec<&Value> = rows.iter().map(|one| &one["row"]).collect();
        assert_eq!(rows, [5, 7], "{end:?}");
        assert_eq!(seen["report"]["accepted"], 1);
    }
    for rows in ["A-1,\"x,pcs\nA-2,y,pcs\n", "A-1,\"x,pcs\nA-2,\"y\",pcs\n"] {
        let file = format!("SKU,Name,Unit\n\n{rows}");
        let answer = app.call(request(file.as_bytes())).unwrap_err();
        assert_eq!(answer["values"]["value"], "3", "{answer}");
        assert_eq!(answer["code"], "import.quote-open");
    }
}

#[test]
fn a_code_with_an_e_in_it_is_a_code_and_a_rounded_one_is_not() {
    let folder = Folder::new();
    let app = firm(&folder);
    let file = "SKU,Name,Unit\n12E5,x,pcs\n9.50601E+12,y,pcs\n";
    let seen = preview(&app, "a.csv", file.as_bytes(), Some("products"));
    assert_eq!(seen["report"]["accepted"], 1);
    let fault = &seen["report"]["refused"][0];
    assert_eq!(
        (&fault["row"], &fault["code"]),
        (&json!(3), &json!("import.code-scientific"))
    );
}

fn events(actions: &[&str]) -> Vec<u8> {
    let event = |(i, action): (usize, &&str)| {
        json!({
            "type": "ObjectEvent", "action": action, "eventTime": format!("2026-01-05T12:00:0{i}+08:00"),
            "eventTimeZoneOffset": "+08:00", "epcList": ["https://id.gs1.org/01/04012345111118/21/9"],
        })
    };
    let events: Vec<Value> = actions.iter().enumerate().map(event).collect();
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": "2026-01-06T00:00:00Z", "epcisBody": { "eventList": events },
    })
    .to_string()
    .into_bytes()
}

#[test]
fn one_bad_event_is_named_and_its_document_is_taken_once_it_is_mended() {
    let folder = Folder::new();
    let app = firm(&folder);
    let seen = preview(&app, "a.json", &events(&["ADD", "PUT", "OBSERVE"]), None);
    let report = &seen["report"];
    // A document is taken whole or not at all, which the first line says.
    assert_eq!((&report["rows"], &report["accepted"]), (&json!(3), &json!(0)));
    let [whole, fault] = report["refused"].as_array().unwrap().as_slice() else {
        panic!("{report}");
    };
    assert_eq!(
        (&whole["row"], &whole["code"], &whole["value"]),
        (&json!(0), &json!("import.epcis.whole"), &json!("2"))
    );
    assert_eq!(
        json!([fault["row"], fault["field"], fault["value"], fault["code"]]),
        json!([2, "/action", "PUT", "import.epcis.action"])
    );
    let reason = fault["reason"].as_str().unwrap();
    assert!(
        ["/action", "PUT", "OBSERVE"].iter().all(|part| reason.contains(part)),
        "{reason}"
    );
    let mended = preview(&app, "b.json", &events(&["ADD", "DELETE", "OBSERVE"]), None);
    assert_eq!(mended["report"]["accepted"], 3);
}

#[test]
fn a_document_that_is_wrong_as_a_whole_is_told_so_in_a_sentence() {
    let folder = Folder::new();
    let app = firm(&folder);
    let good = String::from_utf8(events(&["ADD"])).unwrap();
    for (file, code) in [
        (good.replace("@context", "context"), "import.epcis.member"),
        ("[]".to_owned(), "import.epcis.object"),
        (good.replacen('{', "{\"type\":\"x\",", 1), "import.epcis.unique-name"),
        (good.replace("2026-01-06T00:00:00Z", "today"), "import.epcis.date-time"),
    ] {
        let seen = preview(&app, "a.json", file.as_bytes(), Some("epcis"));
        let report = &seen["report"];
        assert_eq!(report["accepted"], 0);
        let fault = &report["refused"][0];
        assert_eq!(fault["code"], code, "{report}");
        let reason = fault["reason"].as_str().unwrap();
        assert!(reason.len() > 40 && !reason.contains(['{', '_']), "{reason}");
    }
}
