//! What a person is given as a file, or as text.

use super::stable;
use super::world::World;
use app::foreign::{self, Imported};
use node::Invitation;
use std::io::{Cursor, Write as _};
use systems::Payload;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// What lets somebody into a network, or introduces a desktop.
pub fn invitation(bytes: &[u8]) {
    let invitation = stable("invitation", bytes, Invitation::parse, |invitation| {
        invitation.to_text().into_bytes()
    });
    if let Some(invitation) = invitation {
        let _trusted = invitation.trusted();
    }
    let card = |bytes: &[u8]| foreign::card(std::str::from_utf8(bytes).unwrap_or_default());
    stable("card", bytes, card, |card| card.clone().into_bytes());
}

/// A file to import, of whatever kind.
pub fn sheet(bytes: &[u8]) {
    import(bytes);
}

/// The rows of a spreadsheet: its other parts are good, and nothing is packed, so that every byte counts.
pub fn workbook(rows: &[u8]) {
    import(&packed(rows));
}

/// A workbook of one sheet with these XML rows.
pub(super) fn packed(rows: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let link = |kind: &str, target: &str| {
        let of = format!(r#"<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/>"#);
        format!(r#"<Relationships xmlns="{relations}">{of}</Relationships>"#)
    };
    let sheets = r#"<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>"#;
    let book = format!(r#"<workbook xmlns="{main}" xmlns:r="{office}">{sheets}</workbook>"#);
    let (start, end) = (
        format!(r#"<worksheet xmlns="{main}"><sheetData>"#),
        "</sheetData></worksheet>",
    );
    let sheet = [start.as_bytes(), rows, end.as_bytes()].concat();
    let parts = [
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml").into_bytes()),
        ("xl/workbook.xml", book.into_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            link("worksheet", "worksheets/sheet1.xml").into_bytes(),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, text) in parts {
        zip.start_file(name, stored).unwrap();
        zip.write_all(&text).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Every row is good or named as bad, and a good one says something that reads back.
fn import(bytes: &[u8]) {
    let Ok(Imported { lines, good, bad }) = foreign::import(bytes, World::get().party) else {
        return;
    };
    assert!(good.len() <= lines, "{} good of {lines}", good.len());
    assert!(
        good.len() + bad >= lines,
        "{} good and {bad} bad of {lines}",
        good.len()
    );
    for payload in good {
        let body = serde_json::to_string(&payload.body()).unwrap();
        let again = Payload::parse(&payload.kind(), &body);
        assert!(
            again.as_ref() == Ok(&payload),
            "what an import says is not read: {again:?}"
        );
    }
}
