//! What is read of files and texts that others made, by itself: no ledger is open, and nothing is kept.

use crate::desks::Card;
use crate::error::UserError;
use crate::import;
use ledger::Party;
use systems::Payload;

/// How the text of a desktop's card begins.
pub const CARD: &str = crate::desks::CARD;

/// What a file says that may be imported.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Rows of a sheet, events of a document.
    pub lines: usize,
    /// What the good ones would have us say.
    pub good: Vec<Payload>,
    /// Faults of the others; of a document as a whole, too.
    pub bad: usize,
}

/// Reads a file as an import does whose columns nobody assigned, for a firm in China.
///
/// # Errors
/// It is no file that can be imported.
pub fn import(bytes: &[u8], party: Party) -> Result<Imported, UserError> {
    import::read(bytes, party)
}

/// Reads the text that introduces a desktop, and writes it again.
///
/// # Errors
/// It is none.
pub fn card(text: &str) -> Result<String, UserError> {
    Card::parse(text)?.to_text()
}
