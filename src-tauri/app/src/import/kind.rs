//! What a file is, by its content: a table, an EPCIS document, or a file of ours that belongs elsewhere.

use super::fields::Sheet;
use super::table::{self, Table};
use crate::error::UserError;
use serde::Deserialize;

/// What was found, of which a table is read already.
pub(super) enum Found {
    /// JSON that may be an EPCIS document.
    Epcis,
    /// A table, and what it holds.
    Table(Sheet, Table),
}

/// The member by which our own files say what they are.
#[derive(Deserialize)]
struct Ours {
    form: String,
}

/// Looks at the bytes, and whether they are what the user says; without that the content decides.
///
/// # Errors
/// The file is of another kind than `asked`, a file of ours that is verified and not imported, or cannot be read.
pub(super) fn look(name: &str, bytes: &[u8], asked: Option<&str>) -> Result<Found, UserError> {
    let wanted = asked
        .filter(|asked| *asked != "epcis")
        .map(|asked| Sheet::of_name(asked).ok_or_else(|| UserError::new("import.kind").at("as").with("value", asked)));
    let wanted = wanted.transpose()?;
    if is_json(bytes) {
        ours(bytes)?;
        return if wanted.is_some() {
            Err(UserError::new("import.is-events").at("as"))
        } else {
            Ok(Found::Epcis)
        };
    }
    let other = bytes.contains(&0) && !table::is_xlsx(bytes) && encoding_rs::Encoding::for_bom(bytes).is_none();
    if other || bytes.starts_with(b"%PDF") {
        return Err(UserError::new("import.kind").with("value", name));
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err(UserError::new("import.is-xml").at("as"));
    }
    if asked == Some("epcis") {
        return Err(UserError::new("import.is-table").at("as"));
    }
    let table = table::read(bytes)?;
    let sheet = wanted.unwrap_or_else(|| Sheet::guess(&table.headers));
    Ok(Found::Table(sheet, table))
}

/// A table of the other kind is not read as the one that was chosen.
///
/// # Errors
/// Its headers name all that the other kind needs, and not what the chosen one does.
pub(super) fn fits(sheet: Sheet, headers: &[String]) -> Result<(), UserError> {
    let (other, code) = match sheet {
        Sheet::Shipments => (Sheet::Products, "import.is-products"),
        Sheet::Products => (Sheet::Shipments, "import.is-shipments"),
    };
    if other.names_all(headers) && !sheet.names_all(headers) {
        return Err(UserError::new(code).at("as"));
    }
    Ok(())
}

fn is_json(bytes: &[u8]) -> bool {
    let first = bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
    matches!(first, Some(b'{' | b'['))
}

/// Evidence and anchors (protocol, sections 9 and 10) say their form.
fn ours(bytes: &[u8]) -> Result<(), UserError> {
    let form = serde_json::from_slice::<Ours>(bytes)
        .map(|ours| ours.form)
        .unwrap_or_default();
    if form.starts_with("sealroad-evidence.") {
        return Err(UserError::new("import.is-evidence").at("as"));
    }
    if form.starts_with("sealroad-anchor.") {
        return Err(UserError::new("import.is-anchor").at("as"));
    }
    Ok(())
}
