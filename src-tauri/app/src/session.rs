//! First run, unlocking, the sample company, and the bottom line of every screen.

use crate::alliance::founding::{self, As};
use crate::alliance::{self, Part};
use crate::call::{Pinned, Session};
use crate::error::UserError;
use crate::firm::{Acting, Firm, Founding, Place};
use crate::{App, Listeners, Stage, compose, drafts, keys, names, sample, settings, sign};
use ledger::{Party, Subject};
use node::{DataFolder, Desk, Invitation, KeyLock, KeyState, Keystore};
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use systems::Payload;
use systems::parties::records::{Profile, Registered};
use systems::parties::view::PartyView;

/// Name of our own root key in the key file.
pub(crate) const ROOT: &str = "root";
/// The sample's folder inside the data folder.
pub(crate) const SAMPLE: &str = "sample";
/// Shortest passphrase we take, in characters. NIST SP 800-63B (2017), 5.1.1.2 asks for at least 8.
const PASSPHRASE: usize = 8;

/// Where the application stands when its folder has just been opened.
pub(crate) fn first_stage(
    folder: &DataFolder,
    desk: &Arc<Desk>,
    listeners: &Listeners,
    part: Part,
) -> Result<Stage, UserError> {
    alliance::refound(folder, desk, None)?;
    if folder.has_ledger() {
        let to_read = || {
            let firm = Firm::open_to_read(folder, Arc::clone(desk), listeners, ROOT, part)?;
            Ok(Stage::Ready(firm))
        };
        return match Keystore::state(folder) {
            KeyState::Keychain => {
                let place = Place::Own(folder);
                match Firm::open(place, Arc::clone(desk), listeners, KeyLock::Keychain, &[ROOT], part) {
                    // The keychain was another machine's: the ledger is still ours to read, and the recovery kit opens it again.
                    Err(error) if error.code == "node.no-keychain" => to_read(),
                    opened => Ok(Stage::Ready(opened?)),
                }
            }
            KeyState::Locked | KeyState::None => to_read(),
        };
    }
    let path = folder.path().join(SAMPLE);
    if !path.exists() {
        return Ok(Stage::FirstRun);
    }
    let folder = DataFolder::open(&path)?;
    if !folder.has_ledger() {
        return Ok(Stage::FirstRun);
    }
    let desk = Arc::new(Desk::open(&folder)?);
    let lock = KeyLock::Passphrase(sample::PASSPHRASE.to_owned());
    Ok(Stage::Ready(Firm::open(
        Place::Sample(folder),
        desk,
        listeners,
        lock,
        &sample::roots(),
        part,
    )?))
}

/// What new keys are sealed with: the passphrase, if it is long enough, else the system's keychain.
pub(crate) fn key_lock(passphrase: Option<String>) -> Result<KeyLock, UserError> {
    match passphrase {
        Some(text) if text.chars().count() < PASSPHRASE => Err(UserError::new("passphrase-short")
            .at("passphrase")
            .with("expected", PASSPHRASE)),
        Some(text) => Ok(KeyLock::Passphrase(text)),
        None => Ok(KeyLock::Keychain),
    }
}

/// Joins the network of an invitation and opens its ledger.
fn enter(app: &App, stage: &mut Stage, lock: KeyLock, invitation: &str, who: As<'_>) -> Result<(), UserError> {
    let invitation = Invitation::parse(&settings::decode(invitation, "invitation")?)?;
    founding::join(&app.folder, &app.desk, &lock, &invitation, who)?;
    let (folder, desk) = (Place::Own(&app.folder), Arc::clone(&app.desk));
    *stage = Stage::Ready(Firm::open(folder, desk, &app.listeners, lock, &[ROOT], app.part)?);
    Ok(())
}

/// Comes to a firm that is on a network already, with a key that has no mandate yet.
pub(crate) fn join_firm(
    app: &App,
    invitation: &str,
    party: &str,
    passphrase: Option<String>,
) -> Result<Session, UserError> {
    let lock = key_lock(passphrase)?;
    let known = party.trim().parse();
    let party = known.map_err(|_| UserError::new("keys.not-a-firm").at("party").with("value", party))?;
    {
        let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stage, Stage::FirstRun) {
            return Err(UserError::new("already-founded"));
        }
        enter(app, &mut stage, lock, invitation, As::Known(party))?;
    }
    changed(app)
}

/// Brings a backup back and opens its ledger, which is read until its keys are unlocked or made anew.
pub(crate) fn restore(app: &App, folder: &str) -> Result<Session, UserError> {
    let backup = Path::new(folder.trim());
    if !backup.is_absolute() {
        return Err(UserError::new("keys.path-relative").at("folder").with("value", folder));
    }
    {
        let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stage, Stage::FirstRun) {
            return Err(UserError::new("already-founded"));
        }
        node::restore(backup, app.folder.path()).map_err(|error| UserError::from(error).at("folder"))?;
        // Ours is open already, so it was not put in its place with the other files.
        app.desk.take_over(backup)?;
        *stage = first_stage(&app.folder, &app.desk, &app.listeners, app.part)?;
    }
    changed(app)
}

/// Founds our own ledger and registers the firm on it, or joins that of an invitation.
pub(crate) fn set_up(
    app: &App,
    profile: Profile,
    passphrase: Option<String>,
    invitation: Option<&str>,
) -> Result<Session, UserError> {
    let lock = key_lock(passphrase)?;
    let name = names::any(&profile.name).to_owned();
    {
        let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stage, Stage::FirstRun) {
            return Err(UserError::new("already-founded"));
        }
        compose::check_profile(&profile)?;
        if let Some(invitation) = invitation {
            enter(app, &mut stage, lock, invitation, As::New(&profile))?;
            drop(stage);
            return changed(app);
        }
        let founding = Founding {
            name: &name,
            lock,
            roots: &[ROOT],
            simulated: None,
        };
        let firm = Firm::found(Place::Own(&app.folder), Arc::clone(&app.desk), &app.listeners, founding)?;
        sign::submit(&firm, vec![Payload::Registered(Registered { profile })])?;
        *stage = Stage::Ready(firm);
    }
    changed(app)
}

/// Opens the key file, and our own ledger anew with the keys in it.
pub(crate) fn unlock(app: &App, passphrase: String) -> Result<Session, UserError> {
    {
        let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
        let locked = match &*stage {
            Stage::Ready(firm) if firm.is_locked() => Arc::clone(firm),
            _ => return Err(UserError::new("not-locked")),
        };
        let lock = KeyLock::Passphrase(passphrase);
        // With a wrong passphrase everything stays as it is.
        Keystore::open(&app.folder, &lock)?;
        locked.close();
        let (desk, listeners) = (|| Arc::clone(&app.desk), &app.listeners);
        match Firm::open(Place::Own(&app.folder), desk(), listeners, lock, &[ROOT], app.part) {
            Ok(firm) => *stage = Stage::Ready(firm),
            Err(error) => {
                *stage = Stage::Ready(Firm::open_to_read(&app.folder, desk(), listeners, ROOT, app.part)?);
                return Err(error);
            }
        }
    }
    changed(app)
}

/// Takes the person's word that no later blocks exist, so that a restored ledger confirms again.
pub(crate) fn confirm_votes_lost(app: &App) -> Result<Session, UserError> {
    app.firm()?.node.confirm_votes_lost()?;
    changed(app)
}

/// Founds the sample company's ledger and plays its story up to today.
pub(crate) fn load_sample(app: &App) -> Result<Session, UserError> {
    {
        let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stage, Stage::FirstRun) {
            return Err(UserError::new("already-founded"));
        }
        let path = app.folder.path().join(SAMPLE);
        // Whatever lies there is a sample whose loading was broken off.
        remove(&path)?;
        match sample::load(DataFolder::open(&path)?, &app.listeners) {
            Ok(firm) => *stage = Stage::Ready(firm),
            Err(error) => {
                remove(&path)?;
                return Err(error);
            }
        }
    }
    changed(app)
}

/// Deletes the sample's ledger and goes back to the first run.
pub(crate) fn leave_sample(app: &App) -> Result<Session, UserError> {
    {
        let mut stage = app.stage.write().unwrap_or_else(PoisonError::into_inner);
        let Stage::Ready(firm) = &*stage else {
            return Err(UserError::new("not-the-sample"));
        };
        let path = firm
            .sample_path()
            .ok_or_else(|| UserError::new("not-the-sample"))?
            .to_path_buf();
        crate::import::stop_all(firm);
        let Stage::Ready(firm) = std::mem::replace(&mut *stage, Stage::FirstRun) else {
            return Err(UserError::new("not-the-sample"));
        };
        // Another call may still be reading; it sees the deleted files to its end.
        firm.close();
        drop(firm);
        remove(&path)?;
    }
    changed(app)
}

fn remove(path: &Path) -> Result<(), UserError> {
    match std::fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(UserError::file(path, &error)),
    }
}

/// Acts as another party of the sample.
pub(crate) fn step_into(app: &App, party: &str) -> Result<Session, UserError> {
    let firm = app.firm()?;
    if !firm.is_sample() {
        return Err(UserError::new("not-the-sample"));
    }
    let found = shoes(&firm)
        .into_iter()
        .find(|acting| acting.party.to_string() == party);
    firm.step_into(found.ok_or_else(|| UserError::new("no-such-party").at("party").with("value", party))?);
    changed(app)
}

/// The sample's parties whose keys we hold.
fn shoes(firm: &Firm) -> Vec<Acting> {
    sample::roots()
        .into_iter()
        .filter_map(|root| {
            firm.public(root).map(|key| Acting {
                party: Party::of(key),
                key: root.to_owned(),
            })
        })
        .collect()
}

fn changed(app: &App) -> Result<Session, UserError> {
    app.listeners.tell(&json!({ "event": "session" }));
    session(app)
}

/// The bottom line.
pub(crate) fn session(app: &App) -> Result<Session, UserError> {
    let settings = settings::read(&app.desk)?;
    let mut session = Session {
        stage: String::new(),
        locked: false,
        sample: false,
        party: None,
        party_view: None,
        key_label: String::new(),
        key: None,
        key_standing: None,
        shoes: Vec::new(),
        network: None,
        height: 0,
        time: None,
        validators: (0, 0),
        unsent: 0,
        drafts: 0,
        simulated_clock: false,
        key_store: key_store(&app.folder).to_owned(),
        language: settings.language,
        halted: None,
    };
    let firm = match &*app.stage.read().unwrap_or_else(PoisonError::into_inner) {
        Stage::FirstRun => {
            session.stage = "first-run".to_owned();
            return Ok(session);
        }
        Stage::Ready(firm) => Arc::clone(firm),
    };
    session.locked = firm.is_locked();
    session.stage = if session.locked { "locked" } else { "ready" }.to_owned();
    fill(&firm, &mut session)?;
    Ok(session)
}

fn fill(firm: &Firm, session: &mut Session) -> Result<(), UserError> {
    let acting = firm.acting();
    let genesis = firm.node.genesis();
    session.sample = firm.is_sample();
    session.party = Some(acting.party.to_string());
    session.party_view = party_view(firm, &acting.party)?;
    if let Some(own) = keys::own(firm)? {
        let mut mandates = session.party_view.iter().flat_map(|view| view.mandates.iter().rev());
        let label = mandates.find(|mandate| mandate.key == own.key);
        session.key_label = label.map_or_else(String::new, |mandate| mandate.label.clone());
        session.key_standing = Some(own.standing);
        session.key = Some(own.key);
    }
    if firm.is_sample() {
        for shoe in shoes(firm) {
            session.shoes.extend(party_view(firm, &shoe.party)?);
        }
    }
    session.network = Some(Pinned {
        name: genesis.name().to_owned(),
        network: firm.node.network().to_string(),
        own: true,
    });
    if let Some(head) = firm.node.head() {
        session.height = small(head.height);
        session.time = Some(head.time.to_string());
    }
    session.validators = alliance::agreeing(firm)?;
    session.unsent = small(firm.node.outbox()?.len() as u64);
    session.drafts = small(drafts::count(&firm.desk)? as u64);
    session.simulated_clock = genesis.clock() == ledger::Clock::Simulated;
    // That there is no vote key is what `locked` says.
    let halted = firm.node.halted().filter(|_| !session.locked);
    session.halted = halted.map(|halt| halt.code().to_owned());
    Ok(())
}

fn party_view(firm: &Firm, party: &Party) -> Result<Option<PartyView>, UserError> {
    crate::detail::party_view(firm, &Subject::party(party))
}

fn key_store(folder: &DataFolder) -> &'static str {
    match Keystore::state(folder) {
        KeyState::None => "none",
        KeyState::Locked => "file",
        KeyState::Keychain => "keychain",
    }
}

/// For the JSON numbers of replies, which the UI reads as 32 bits; larger numbers stop there.
pub(crate) fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
