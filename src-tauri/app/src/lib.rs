//! What a user can do, without a window: one request, one answer.
//!
//! Every face (the window, the browser on `sealroad serve`, the terminal) sends a [`call::Call`] and gets the reply that
//! stands beside it. Nothing here opens a socket or says SQL: that is `node`'s.

mod alliance;
pub mod call;
mod compose;
mod desks;
mod desks_reply;
mod detail;
mod documents;
mod documents_reply;
mod drafts;
pub mod error;
mod export;
mod firm;
pub mod foreign;
mod handle;
mod home;
mod import;
mod import_reply;
mod keys;
mod keys_reply;
mod ledger_pages;
mod names;
mod network_reply;
mod reply;
mod sample;
mod search;
mod session;
mod settings;
mod sign;
mod storage;
pub mod terminal;
mod timeline;
mod trace;
mod verify;
mod words;

#[cfg(test)]
mod bindings_tests;
#[cfg(test)]
mod tests;

pub use error::UserError;
pub use words::Language;

use alliance::Part;
use firm::Firm;
use node::{DataFolder, Desk};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// How to open the application.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The data folder; none: the system's place for application data, `Sealroad` in it.
    pub data: Option<PathBuf>,
}

/// Called with every change, see [`App::subscribe`].
pub type Listener = Box<dyn Fn(Value) + Send + Sync>;

/// Those who want to hear of changes.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Arc<Mutex<Vec<Listener>>>);

impl Listeners {
    /// Tells everybody.
    pub(crate) fn tell(&self, event: &Value) {
        for listener in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(event.clone());
        }
    }
}

/// Where the application stands.
pub(crate) enum Stage {
    /// Nothing founded yet.
    FirstRun,
    /// A ledger is open: our own, for reading only until the passphrase is given, or the sample company's.
    Ready(Arc<Firm>),
}

/// The opened application: one data folder, which no other instance can open meanwhile.
pub struct App {
    pub(crate) folder: DataFolder,
    /// Settings and pinned networks; with our own ledger its drafts too.
    pub(crate) desk: Arc<Desk>,
    pub(crate) stage: RwLock<Stage>,
    pub(crate) listeners: Listeners,
    /// How it takes part, where several keep the ledger.
    pub(crate) part: Part,
}

impl Drop for App {
    fn drop(&mut self) {
        // Before the folder's lock is given up, whoever else still holds the ledger.
        if let Stage::Ready(firm) = &*self.stage.read().unwrap_or_else(PoisonError::into_inner) {
            firm.close();
        }
    }
}

impl App {
    /// Opens the data folder (creates it if need be) and the ledger in it.
    ///
    /// # Errors
    /// The folder is in use by a running instance, cannot be written, or what is in it is damaged.
    pub fn open(options: Options) -> Result<Self, UserError> {
        Self::open_as(options, Part::default())
    }

    /// As [`App::open`], taking part as told where several keep the ledger.
    pub(crate) fn open_as(options: Options, part: Part) -> Result<Self, UserError> {
        let path = match options.data {
            Some(path) => path,
            None => default_folder()?,
        };
        let folder = DataFolder::open(&path)?;
        let desk = Arc::new(Desk::open(&folder)?);
        let listeners = Listeners::default();
        let stage = session::first_stage(&folder, &desk, &listeners, part)?;
        Ok(Self {
            folder,
            desk,
            stage: RwLock::new(stage),
            listeners,
            part,
        })
    }

    /// Answers one request, a [`call::Call`] as JSON.
    ///
    /// # Errors
    /// A [`UserError`] as JSON.
    pub fn call(&self, request: Value) -> Result<Value, Value> {
        handle::call(self, request).map_err(|error| json!(error))
    }

    /// Calls `listener` with an object after every change: `{"event":"touched","height":…,"subjects":[…]}`,
    /// `{"event":"import","import":…}`, `{"event":"session"}` (who we are, drafts, settings).
    pub fn subscribe(&self, listener: Listener) {
        self.listeners
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(listener);
    }

    /// The opened data folder.
    #[must_use]
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The open ledger.
    pub(crate) fn firm(&self) -> Result<Arc<Firm>, UserError> {
        match &*self.stage.read().unwrap_or_else(PoisonError::into_inner) {
            Stage::Ready(firm) => {
                firm.tick();
                Ok(Arc::clone(firm))
            }
            Stage::FirstRun => Err(UserError::new("first-run")),
        }
    }
}

/// The system's place for application data: `XDG_DATA_HOME` or `~/.local/share` on Linux, `~/Library/Application Support`
/// on macOS, `APPDATA` on Windows.
///
/// # Errors
/// The environment names none of them.
pub fn default_folder() -> Result<PathBuf, UserError> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = if cfg!(windows) {
        set("APPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("Sealroad"))
        .ok_or_else(|| UserError::new("no-home"))
}
