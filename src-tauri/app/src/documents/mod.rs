//! Documents beside records: attached to what we sign, sealed to those who may read them, fetched from their desktops, saved as files
//! (docs/decisions/0013-documents-between-desktops.md).

pub(crate) mod attach;

use crate::App;
use crate::call::{DocumentLine, DocumentStanding, DocumentsPage, FileMade};
use crate::desks::{self, Card};
use crate::error::UserError;
use crate::firm::Firm;
use crate::keys::kit;
use crate::session::small;
use ledger::sealing::{RecipientSecret, SealError};
use ledger::{Hash, Party};
use node::{Enclosure, Shelf};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use systems::shared::goods::LocalText;

/// Name of the key in the key file with which sealed documents are read: of its own, it signs nothing.
pub(crate) const READING: &str = "reading";
/// Documents shown on one page, the newest.
const SHOWN: usize = 200;
/// Names that are tried for a file before it is said that one is taken.
const NAMES: u32 = 1_000;

/// The key with which documents sealed to us are read.
fn secret(firm: &Firm) -> Result<RecipientSecret, UserError> {
    let keys = firm.keys();
    let keys = keys.as_ref().ok_or_else(|| UserError::new("locked"))?;
    keys.reader(READING)
        .ok_or_else(|| UserError::new("documents.no-own-key"))
}

/// Its public half, to which others seal; none while the keys are locked.
pub(crate) fn public(firm: &Firm) -> Option<Hash> {
    secret(firm).ok().map(|secret| Hash(secret.public()))
}

fn shelf(firm: &Firm) -> Result<&Arc<Shelf>, UserError> {
    firm.shelf.as_ref().ok_or_else(|| UserError::new("not-in-an-alliance"))
}

/// All documents, newest first.
pub(crate) fn page(app: &App) -> Result<DocumentsPage, UserError> {
    let firm = app.firm()?;
    Ok(DocumentsPage {
        documents: newest(&firm)?,
    })
}

/// The newest documents; none where the ledger is kept by us alone.
pub(crate) fn newest(firm: &Firm) -> Result<Vec<DocumentLine>, UserError> {
    let Some(shelf) = &firm.shelf else {
        return Ok(Vec::new());
    };
    lines(firm, shelf, shelf.all().into_iter().take(SHOWN))
}

/// The documents that a record names, as far as they were opened to us.
pub(crate) fn of_record(firm: &Firm, record: &Hash) -> Result<Vec<DocumentLine>, UserError> {
    let Some(shelf) = &firm.shelf else {
        return Ok(Vec::new());
    };
    lines(firm, shelf, shelf.of(record).into_iter())
}

fn lines(firm: &Firm, shelf: &Shelf, all: impl Iterator<Item = Enclosure>) -> Result<Vec<DocumentLine>, UserError> {
    let mut all = all.peekable();
    if all.peek().is_none() {
        return Ok(Vec::new());
    }
    let (us, cards) = (firm.acting().party, desks::cards(firm)?);
    all.map(|one| line(firm, shelf, (&us, &cards), &one)).collect()
}

fn line(
    firm: &Firm,
    shelf: &Shelf,
    (us, cards): (&Party, &[Card]),
    one: &Enclosure,
) -> Result<DocumentLine, UserError> {
    let named = &one.document;
    let coming = shelf.documents().coming(&named.hash).min(named.bytes);
    let (standing, have) = match shelf.documents().size(&named.hash) {
        Some(_) => (DocumentStanding::Here, named.bytes),
        None if coming > 0 => (DocumentStanding::Coming, coming),
        None => (DocumentStanding::Awaited, 0),
    };
    let names = |parties: Vec<Party>| -> Result<Vec<LocalText>, UserError> {
        parties.iter().map(|party| desks::name(firm, cards, party)).collect()
    };
    let told = |fetched: bool| -> Vec<Party> {
        let mut parties: Vec<Party> = Vec::new();
        for card in cards {
            let known = one.told.get(&card.node).filter(|told| told.rule.is_none());
            if known.is_some_and(|told| told.fetched == fetched) && !parties.contains(&card.party) {
                parties.push(card.party);
            }
        }
        parties
    };
    let refused = one.told.values().find_map(|told| told.rule.as_deref());
    let failed = shelf.failed(&named.hash).filter(|_| standing != DocumentStanding::Here);
    Ok(DocumentLine {
        record: one.opening.record.to_string(),
        place: one.opening.name.clone(),
        name: named.name.clone(),
        media_type: named.media_type.clone(),
        size: small(named.size),
        author: desks::name(firm, cards, &one.author)?,
        mine: one.author == *us,
        at: one.at.to_string(),
        readers: names(named.readers.iter().filter(|party| *party != us).copied().collect())?,
        standing,
        have: small(have),
        of: small(named.bytes),
        failed: failed.map(|code| UserError::new(&code)),
        shown_to: names(told(false))?,
        fetched_by: names(told(true))?,
        refused: refused.map(UserError::new),
    })
}

/// Opens a document and writes it as a file of the user's own.
pub(crate) fn save(app: &App, record: &str, place: &str, to: Option<&str>) -> Result<FileMade, UserError> {
    let firm = app.firm()?;
    let unknown = || UserError::new("documents.unknown").with("value", place);
    let id: Hash = record.parse().map_err(|_| unknown())?;
    let enclosures = shelf(&firm)?.of(&id);
    let one = enclosures.into_iter().find(|one| one.opening.name == place);
    let one = one.ok_or_else(unknown)?;
    let named = &one.document;
    let content = open(&firm, &named.hash, &named.name)?;
    if content.len() as u64 != named.size {
        return Err(UserError::new("documents.damaged").with("value", &named.name));
    }
    let path = target(app, to, &named.name)?;
    write(&path, &content)?;
    Ok(FileMade {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        content: String::new(),
        path: Some(path.display().to_string()),
        size: small(named.size),
    })
}

/// The content of a document that is here, if it is sealed to us.
fn open(firm: &Firm, hash: &Hash, name: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, UserError> {
    let failed = |code: &str| UserError::new(code).with("value", name);
    let sealed = shelf(firm)?.documents().get(hash)?;
    let sealed = sealed.ok_or_else(|| failed("documents.not-here"))?;
    ledger::sealing::open(&sealed, &secret(firm)?).map_err(|error| match error {
        SealError::NotForThisKey => failed("documents.other-key"),
        _ => failed("documents.damaged"),
    })
}

/// The file to write: in the folder given, else in the downloads, under a name that is free; or the path itself.
fn target(app: &App, to: Option<&str>, name: &str) -> Result<PathBuf, UserError> {
    let given = to.map(str::trim).filter(|to| !to.is_empty()).map(PathBuf::from);
    let place = given.unwrap_or_else(|| kit::folder(app));
    if !place.is_absolute() {
        return Err(UserError::new("keys.path-relative")
            .at("to")
            .with("value", place.display()));
    }
    if !place.is_dir() {
        return Ok(place);
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let numbered = (2..NAMES).map(|number| format!("{stem} ({number}){ending}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let free = names.find(|name| !place.join(name).exists());
    Ok(place.join(free.unwrap_or_else(|| name.to_owned())))
}

/// Writes a file that nobody else may read, and never over another; half of it is not left.
fn write(path: &Path, bytes: &[u8]) -> Result<(), UserError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => UserError::new("keys.file-exists").at("to").with("path", path.display()),
        _ => UserError::file(path, &error).at("to"),
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Where it cannot be taken away either, the error says that it is not whole.
        let _left = std::fs::remove_file(path);
        UserError::file(path, &error).at("to")
    })
}
