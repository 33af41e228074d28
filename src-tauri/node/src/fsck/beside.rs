//! What stands beside the ledger: votes, desk, documents, keys.

use super::{Check, Fault, told};
use crate::documents::Documents;
use crate::error::NodeError;
use crate::keystore::Keystore;
use crate::network::Invitation;
use crate::store::{VOTES, Votes, open_reader};
use std::path::Path;

const DESK: &str = "desk.db";
const KEYS: &str = "keys.sealed";
/// What to do where votes are lost: see `Node::confirm_votes_lost`.
const WORD: &str = "open Sealroad and give your word that this ledger signed nothing later elsewhere; until then nothing new is confirmed";
/// And where others vote too.
const BY_ITSELF: &str =
    "start Sealroad: it follows the others, and votes again when nothing it may have signed can contradict it";
const FROM_BACKUP: &str = "copy it from the newest backup";

impl Check {
    /// Votes must be there and say what the ledger says; a ledger behind its votes is a restored backup, which the node shows on its own.
    pub(super) fn votes(&mut self, folder: &Path) -> Result<(), NodeError> {
        if !Votes::exist(folder) {
            self.fault(VOTES, None, None, format!("it is missing: {}", way_on(folder)));
            return Ok(());
        }
        if let Err(error) = self.votes_say(folder) {
            let what = told(folder, error)?;
            self.fault(
                VOTES,
                None,
                None,
                format!("{what}: put it aside, then {}", way_on(folder)),
            );
        }
        Ok(())
    }

    fn votes_say(&mut self, folder: &Path) -> Result<(), NodeError> {
        let votes = Votes::reader(folder, &self.genesis.network())?;
        let pages = votes.pages()?;
        if pages != "ok" {
            return Err(NodeError::damaged(VOTES, pages));
        }
        let newest = self.store.newest_block(false)?.map_or(0, |block| block.height);
        let certified = self.store.newest_block(true)?.map_or(0, |block| block.height);
        for height in votes.due(newest)? {
            // Where several agree a block carries their votes itself.
            let set = self.store.validators_at(height)?;
            let set = set.as_ref().unwrap_or_else(|| self.genesis.validators());
            if set.validators().len() > 1 {
                continue;
            }
            let block = self.store.block_row(height)?;
            let what = match (votes.at(height)?, block) {
                (Some(vote), Some(block)) if vote.block != block.id => {
                    "another block was signed at this height".to_owned()
                }
                // Between saving the newest block and voting for it there is none yet.
                (None, Some(_)) if height <= certified => {
                    format!("the vote at this height is missing: put the file aside, then {WORD}")
                }
                _ => continue,
            };
            self.fault(VOTES, Some(height), None, what);
        }
        Ok(())
    }

    /// The desk keeps drafts, column mappings, and the openings of private fields.
    pub(super) fn desk(&mut self, folder: &Path) -> Result<(), NodeError> {
        if folder.join(DESK).exists()
            && let Err(error) = desk_reads(folder)
        {
            let what = told(folder, error)?;
            self.fault(DESK, None, None, format!("{what}: {FROM_BACKUP}"));
        }
        Ok(())
    }

    pub(super) fn documents(&mut self, folder: &Path) {
        let documents = Documents::at(folder);
        for hash in documents.list().unwrap_or_default() {
            if let Err(error) = documents.get(&hash) {
                self.fault("documents", None, None, error.to_string());
            }
        }
    }
}

fn way_on(folder: &Path) -> &'static str {
    match Invitation::of_folder(folder) {
        Ok(Some(_)) => BY_ITSELF,
        _ => WORD,
    }
}

/// That the desk is whole, and every value on it JSON.
fn desk_reads(folder: &Path) -> Result<(), NodeError> {
    let desk = open_reader(&folder.join(DESK), DESK, 1)?;
    let pages: String = desk.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if pages != "ok" {
        return Err(NodeError::damaged(DESK, pages));
    }
    let mut statement = desk.prepare("SELECT space, key, value FROM desk")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (space, key, value): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if serde_json::from_str::<serde::de::IgnoredAny>(&value).is_err() {
            return Err(NodeError::damaged(DESK, format!("{space} {key} is no JSON")));
        }
    }
    Ok(())
}

/// What is missing or damaged of the keys and the desk of a firm's folder. Without the passphrase only the form of the key file can be
/// checked: what is sealed has no other checksum.
#[must_use]
pub fn fsck_keys(folder: &Path, passphrase: Option<&str>) -> Vec<Fault> {
    let fault = |file, what| Fault {
        file,
        height: None,
        record: None,
        place: None,
        what,
    };
    let mut faults = Vec::new();
    let what = match Keystore::examine(folder, passphrase) {
        Ok(()) => None,
        Err(NodeError::NoKeys(_)) => Some("it is missing".to_owned()),
        Err(NodeError::WrongPassphrase) => Some("it is damaged, or the passphrase at hand is not its own".to_owned()),
        Err(NodeError::Damaged { what, .. }) => Some(what),
        Err(other) => Some(other.to_string()),
    };
    if let Some(what) = what {
        let out = "copy it from the newest backup; without it nothing can be signed";
        faults.push(fault(KEYS, format!("{what}: {out}")));
    }
    if !folder.join(DESK).exists() {
        faults.push(fault(DESK, format!("it is missing: {FROM_BACKUP}")));
    }
    faults
}
