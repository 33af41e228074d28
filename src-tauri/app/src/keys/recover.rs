//! Coming back with the printed kit after the keys were lost or stolen: its key names a fresh root key.

use super::{fingerprint, fresh, kit, phrase};
use crate::App;
use crate::Stage;
use crate::alliance::NODE;
use crate::call::Review;
use crate::documents::READING;
use crate::error::UserError;
use crate::firm::{Firm, Place, VOTE};
use crate::session::{self, ROOT};
use crate::sign;
use ledger::{SecretKey, Time};
use node::Keystore;
use std::sync::{Arc, PoisonError};
use systems::Payload;
use systems::parties::records::RootReplaced;
use systems::parties::state::PartyState;

/// What is asked for.
pub(crate) struct Recovery {
    /// The words, or the text of the QR code.
    pub(crate) words: String,
    /// Why, 1–200 code points; everybody can read it.
    pub(crate) reason: String,
    /// Since when the old key may have been somebody else's.
    pub(crate) suspected_since: Option<Time>,
    /// What new keys are sealed with, where those here cannot be opened any more.
    pub(crate) passphrase: Option<String>,
}

/// Makes a fresh root key and shows the record by which the kit names it, to be signed as any other. Where the keys of this folder
/// cannot be opened, they are put aside and new ones made.
pub(crate) fn recover(app: &App, recovery: Recovery) -> Result<Review, UserError> {
    let typed = phrase::read(&recovery.words)?;
    let firm = app.firm()?;
    if firm.is_sample() {
        return Err(UserError::new("not-in-the-sample"));
    }
    let key = SecretKey::from_seed(&typed.seed);
    let party = firm.acting().party;
    if let Some((network, of)) = typed.of {
        if network != firm.node.network() {
            return Err(UserError::new("keys.kit-of-another-network")
                .at("words")
                .with("value", network));
        }
        if of != party {
            return Err(UserError::new("keys.kit-of-another-firm").at("words").with("value", of));
        }
    }
    let mut unseen = UserError::new("keys.party-unseen");
    unseen.retry = true;
    let state = super::state(&firm, &party)?.ok_or(unseen)?;
    entitled(&state, &key)?;
    let firm = if firm.is_locked() {
        open_anew(app, &firm, &typed, &key, recovery.passphrase)?
    } else {
        firm
    };
    let payload = Payload::RootReplaced(RootReplaced {
        key: fresh(&firm, &state)?,
        reason: recovery.reason,
        suspected_since: recovery.suspected_since,
    });
    sign::review_by_kit(&firm, key, &payload)
}

/// The kit is the one that stands.
fn entitled(state: &PartyState, key: &SecretKey) -> Result<(), UserError> {
    let public = key.public();
    if state.kit_key() == Some(&public) {
        return Ok(());
    }
    let known = state.keys.iter().any(|mandate| mandate.key == public);
    let code = match state.kit_key() {
        None => "keys.kit-never-named",
        Some(_) if known => "keys.kit-replaced",
        Some(_) => "keys.kit-other",
    };
    let expected = state.kit_key().map_or_else(String::new, fingerprint);
    Err(UserError::new(code)
        .at("words")
        .with("value", fingerprint(&public))
        .with("expected", expected))
}

/// Makes a new key file beside the one that cannot be opened, and opens the ledger with it. A ledger of our own gets back the key that
/// confirms its blocks, which was confided to the kit; among others the firm gets back the key with which its documents are read, where
/// the kit has it, else a new one, with which those of before cannot be read.
fn open_anew(
    app: &App,
    locked: &Firm,
    typed: &phrase::Phrase,
    key: &SecretKey,
    passphrase: Option<String>,
) -> Result<Arc<Firm>, UserError> {
    let lock = session::key_lock(passphrase)?;
    let confided = kit::confided(locked, &key.public())?;
    let (name, secret) = match locked.shared {
        true => (READING, kit::reading_secret(&typed.seed)),
        false => (VOTE, kit::vote_secret(&typed.seed)),
    };
    let confided = confided.filter(|confided| Keystore::is_confided(name, confided, &secret));
    if confided.is_none() && !locked.shared {
        return Err(UserError::new("keys.vote-lost"));
    }
    let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
    match &*stage {
        Stage::Ready(firm) if firm.is_locked() => firm.close(),
        _ => return Err(UserError::new("not-locked")),
    }
    Keystore::put_aside(&app.folder)?;
    let mut keys = Keystore::create(&app.folder, &lock)?;
    if let Some(confided) = confided {
        keys.receive(name, &confided, &secret)?;
    }
    if locked.shared {
        keys.make(NODE)?;
    }
    keys.make(ROOT)?;
    drop(keys);
    let (desk, listeners) = (|| Arc::clone(&app.desk), &app.listeners);
    match Firm::open(Place::Own(&app.folder), desk(), listeners, lock, &[ROOT], app.part) {
        Ok(firm) => {
            *stage = Stage::Ready(Arc::clone(&firm));
            Ok(firm)
        }
        Err(error) => {
            *stage = Stage::Ready(Firm::open_to_read(&app.folder, desk(), listeners, ROOT, app.part)?);
            Err(error)
        }
    }
}
