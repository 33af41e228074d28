//! The open ledger and who we are on it.

use crate::alliance::{self, Attendant, Part};
use crate::documents::attach;
use crate::error::UserError;
use crate::{Listeners, desks, import, keys, sign};
use ledger::validators::{Clock as GenesisClock, Profile};
use ledger::{Genesis, Party, PublicKey, SecretKey, Subject, Time, Validator, ValidatorSet};
use node::{
    Clock, Committed, DataFolder, Desk, Documents, Invitation, KeyLock, Keystore, Network, Node, Shelf, SimulatedClock,
    SystemClock,
};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Name of the validator's key in the key file: a key of its own, which signs votes and no records.
pub(crate) const VOTE: &str = "vote";

/// A ledger that is open, its keys, and what stands on the desk beside it.
pub(crate) struct Firm {
    /// Our end of the network of several; none in a ledger of our own, and while the keys are locked.
    pub(crate) network: Option<Network>,
    pub(crate) node: Arc<Node>,
    /// Where the ledger lies.
    pub(crate) path: PathBuf,
    /// Whether the ledger is kept by several.
    pub(crate) shared: bool,
    pub(crate) desk: Arc<Desk>,
    /// The documents that records name; none in a ledger of our own.
    pub(crate) shelf: Option<Arc<Shelf>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) reviews: Mutex<sign::Reviews>,
    pub(crate) imports: Mutex<import::Imports>,
    pub(crate) listeners: Listeners,
    /// None while the ledger is open for reading only.
    keys: Mutex<Option<Keystore>>,
    acting: RwLock<Acting>,
    attendant: Mutex<Option<Attendant>>,
    /// In the sample its clock, which follows the real one once the story has been played.
    simulated: Option<Arc<SimulatedClock>>,
    /// Dropped last: it holds the lock of the sample's folder. None where the application itself holds it.
    sample_folder: Option<DataFolder>,
}

/// Who speaks at the moment.
#[derive(Clone)]
pub(crate) struct Acting {
    /// The party.
    pub(crate) party: Party,
    /// Its key's name in the key file.
    pub(crate) key: String,
}

/// What a ledger is founded with.
pub(crate) struct Founding<'a> {
    /// The network's name.
    pub(crate) name: &'a str,
    /// How the keys are kept.
    pub(crate) lock: KeyLock,
    /// Names of the parties' root keys; the first runs the validator.
    pub(crate) roots: &'a [&'a str],
    /// The clock to run on; none: the system's.
    pub(crate) simulated: Option<Arc<SimulatedClock>>,
}

impl Firm {
    /// Founds a ledger in `folder` with fresh keys.
    pub(crate) fn found(
        folder: Place,
        desk: Arc<Desk>,
        listeners: &Listeners,
        founding: Founding<'_>,
    ) -> Result<Arc<Self>, UserError> {
        let mut keys = Keystore::create(folder.folder(), &founding.lock)?;
        let mut first = None;
        for root in founding.roots {
            let key = keys.make(root)?;
            first.get_or_insert(Acting {
                party: Party::of(key),
                key: (*root).to_owned(),
            });
        }
        let acting = first.ok_or_else(|| UserError::new("no-key"))?;
        keys.make(VOTE)?;
        let vote = vote_key(&mut keys)?;
        let validators = ValidatorSet::new(vec![Validator {
            key: vote.public(),
            party: acting.party,
            weight: 1,
        }])
        .map_err(|error| UserError::new("bad-founding").with("what", error))?;
        let mode = if founding.simulated.is_some() {
            GenesisClock::Simulated
        } else {
            GenesisClock::System
        };
        let clock = clock_of(founding.simulated.as_ref());
        let genesis = Genesis::new(
            founding.name,
            Profile::Solo,
            mode,
            clock.now(),
            node::random()?,
            validators,
        )
        .map_err(|error| UserError::new("bad-founding").with("what", error))?;
        let node = Node::found(folder.folder(), &genesis, vote, Arc::clone(&clock))?;
        let opened = Opened {
            node: Arc::new(node),
            network: None,
            shared: false,
            shelf: None,
            keys: Some(keys),
        };
        Ok(Self::assemble(
            opened,
            acting,
            Around {
                folder,
                desk,
                clock,
                simulated: founding.simulated,
                listeners,
            },
        ))
    }

    /// Opens the ledger in `folder`; the first of its root keys in `roots` that is there speaks. A ledger that several keep is opened
    /// among them.
    pub(crate) fn open(
        folder: Place,
        desk: Arc<Desk>,
        listeners: &Listeners,
        lock: KeyLock,
        roots: &[&str],
        part: Part,
    ) -> Result<Arc<Self>, UserError> {
        let mut keys = Keystore::open(folder.folder(), &lock)?;
        let key = roots
            .iter()
            .find(|root| keys.get(root).is_some())
            .ok_or_else(|| UserError::new("no-key"))?;
        let secret = keys.get(key).ok_or_else(|| UserError::new("no-key"))?;
        let mut acting = Acting {
            party: Party::of(secret.public()),
            key: (*key).to_owned(),
        };
        let simulated = matches!(folder, Place::Sample(_)).then(|| Arc::new(SimulatedClock::new(SystemClock.now())));
        let clock = clock_of(simulated.as_ref());
        let papers = Invitation::of_folder(folder.folder().path())?;
        let shared = papers.is_some();
        let (node, network) = match papers {
            Some(papers) => {
                // The firm keeps its name when its keys are others.
                acting.party = alliance::party(&desk)?.unwrap_or(acting.party);
                attach::make_key(&mut keys)?;
                let (node, network) = alliance::open(folder.folder(), papers, &mut keys, &clock, acting.party, part)?;
                (node, Some(network))
            }
            None => {
                let vote = vote_key(&mut keys)?;
                let node = Node::open(folder.folder(), Some(vote), Arc::clone(&clock))?;
                if simulated.is_none() {
                    acting.party = founder(&node).unwrap_or(acting.party);
                }
                (Arc::new(node), None)
            }
        };
        let opened = Opened {
            node,
            network,
            shared,
            shelf: shelf_of(shared, folder.folder(), &desk, acting.party)?,
            keys: Some(keys),
        };
        let around = Around {
            folder,
            desk,
            clock,
            simulated,
            listeners,
        };
        let firm = Self::assemble(opened, acting, around);
        if shared {
            desks::open(&firm)?;
            let attendant = Attendant::start(Arc::downgrade(&firm))?;
            *firm.attendant.lock().unwrap_or_else(PoisonError::into_inner) = Some(attendant);
        }
        Ok(firm)
    }

    /// Opens the application's own ledger for reading: nothing can be signed, and nothing new is confirmed.
    pub(crate) fn open_to_read(
        folder: &DataFolder,
        desk: Arc<Desk>,
        listeners: &Listeners,
        root: &str,
        part: Part,
    ) -> Result<Arc<Self>, UserError> {
        let clock = clock_of(None);
        let shared = Invitation::of_folder(folder.path())?.is_some();
        let node = alliance::open_to_read(folder, shared, &clock, part)?;
        let ours = if shared {
            alliance::party(&desk)?
        } else {
            founder(&node)
        };
        let acting = Acting {
            party: ours.ok_or_else(|| UserError::new("no-key"))?,
            key: root.to_owned(),
        };
        let opened = Opened {
            node: Arc::new(node),
            network: None,
            shared,
            shelf: shelf_of(shared, folder, &desk, acting.party)?,
            keys: None,
        };
        let around = Around {
            folder: Place::Own(folder),
            desk,
            clock,
            simulated: None,
            listeners,
        };
        Ok(Self::assemble(opened, acting, around))
    }

    fn assemble(opened: Opened, acting: Acting, around: Around<'_>) -> Arc<Self> {
        let listeners = around.listeners.clone();
        let tell = listeners.clone();
        opened.node.on_commit(Box::new(move |committed: &Committed| {
            tell.tell(&json!({
                "event": "touched",
                "height": committed.height,
                "subjects": committed.subjects.iter().map(Subject::as_str).collect::<Vec<_>>(),
            }));
        }));
        Arc::new(Self {
            network: opened.network,
            node: opened.node,
            path: around.folder.folder().path().to_path_buf(),
            shared: opened.shared,
            shelf: opened.shelf,
            desk: around.desk,
            clock: around.clock,
            reviews: Mutex::default(),
            imports: Mutex::default(),
            listeners,
            keys: Mutex::new(opened.keys),
            acting: RwLock::new(acting),
            attendant: Mutex::default(),
            simulated: around.simulated,
            sample_folder: match around.folder {
                Place::Own(_) => None,
                Place::Sample(folder) => Some(folder),
            },
        })
    }

    /// Who speaks at the moment, with the key of ours that the ledger lets speak for them, if there is one.
    pub(crate) fn acting(&self) -> Acting {
        let mut acting = self.acting.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !self.is_sample() {
            // A ledger that cannot be read says so wherever something is asked of it.
            let state = keys::state(self, &acting.party).ok().flatten();
            let speaking = state.and_then(|state| keys::speaking(&state, &keys::ours(self), self.clock.now()));
            acting.key = speaking.unwrap_or(acting.key);
        }
        acting
    }

    /// From now on this party speaks (the sample only).
    pub(crate) fn step_into(&self, acting: Acting) {
        *self.acting.write().unwrap_or_else(PoisonError::into_inner) = acting;
    }

    /// The keys, for as long as the guard lives; none while the ledger is open for reading only.
    pub(crate) fn keys(&self) -> MutexGuard<'_, Option<Keystore>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The public key of that name.
    pub(crate) fn public(&self, name: &str) -> Option<PublicKey> {
        let keys = self.keys();
        let key = keys.as_ref().and_then(|keys| keys.get(name));
        key.map(SecretKey::public)
    }

    /// Whether the passphrase has not been given: reading works, signing does not.
    pub(crate) fn is_locked(&self) -> bool {
        self.keys().is_none()
    }

    /// Whether this is the sample company.
    pub(crate) fn is_sample(&self) -> bool {
        self.sample_folder.is_some()
    }

    /// The folder of the sample, if this is it.
    pub(crate) fn sample_path(&self) -> Option<&Path> {
        self.sample_folder.as_ref().map(DataFolder::path)
    }

    /// Lets the sample's clock follow the real one.
    pub(crate) fn tick(&self) {
        if let Some(clock) = &self.simulated {
            clock.set(SystemClock.now());
        }
    }

    /// Sets the sample's clock while its story is played.
    pub(crate) fn set_clock(&self, time: Time) {
        if let Some(clock) = &self.simulated {
            clock.set(time);
        }
    }

    /// Closes the ledger, so that its folder can be deleted or opened again. Calls under way read on; whatever else they ask is
    /// answered with `node.stopped`.
    pub(crate) fn close(&self) {
        let attendant = self.attendant.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(attendant) = attendant {
            attendant.stop();
        }
        if let Some(network) = &self.network {
            network.stop();
        }
        self.node.close();
    }
}

/// Whose a ledger of one's own is: it has one validator, and that is us.
fn founder(node: &Node) -> Option<Party> {
    let first = node.genesis().validators().validators().first();
    first.map(|validator| validator.party)
}

/// The documents of a firm among others; what a stop left over of forms and reviews is let go.
fn shelf_of(shared: bool, folder: &DataFolder, desk: &Arc<Desk>, us: Party) -> Result<Option<Arc<Shelf>>, UserError> {
    if !shared {
        return Ok(None);
    }
    let shelf = Shelf::open(us, Documents::of(folder), Arc::clone(desk))?;
    attach::tidy(desk, &shelf)?;
    Ok(Some(Arc::new(shelf)))
}

/// The validator's key.
fn vote_key(keys: &mut Keystore) -> Result<SecretKey, UserError> {
    keys.take(VOTE).ok_or_else(|| UserError::new("no-key"))
}

/// Whose folder a ledger lives in.
pub(crate) enum Place<'a> {
    /// The application's own, held open by it.
    Own(&'a DataFolder),
    /// The sample's, held by the ledger itself.
    Sample(DataFolder),
}

impl Place<'_> {
    fn folder(&self) -> &DataFolder {
        match self {
            Self::Own(folder) => folder,
            Self::Sample(folder) => folder,
        }
    }
}

/// A ledger with its keys, as it was opened.
struct Opened {
    node: Arc<Node>,
    network: Option<Network>,
    shared: bool,
    shelf: Option<Arc<Shelf>>,
    keys: Option<Keystore>,
}

/// What surrounds a node.
struct Around<'a> {
    folder: Place<'a>,
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    simulated: Option<Arc<SimulatedClock>>,
    listeners: &'a Listeners,
}

fn clock_of(simulated: Option<&Arc<SimulatedClock>>) -> Arc<dyn Clock> {
    match simulated {
        Some(clock) => Arc::clone(clock) as Arc<dyn Clock>,
        None => Arc::new(SystemClock),
    }
}
