//! Evidence that a desktop carries about: of what its firm has under way, so that it can be shown, and agreed on, where no validator is
//! in reach. One file each in the folder `carried`; every one proves itself, and all of them can be deleted at any time.

use crate::error::NodeError;
use ledger::{Anchor, Evidence, Hash, Subject, Trust, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The folder.
const FOLDER: &str = "carried";
/// Most files that are carried.
const FILES: usize = 512;
/// So many lie there at most: those, and what others handed over.
const MOST_FILES: usize = 2 * FILES;
/// Larger evidence is not carried, bytes.
const BYTES: usize = 2 * 1024 * 1024;

#[derive(Default)]
struct Wish {
    subjects: BTreeSet<Subject>,
    /// How many records the evidence that is here shows of a subject.
    shown: BTreeMap<Subject, u64>,
    /// Nothing was behind when the ledger was this far.
    level_at: Option<u64>,
}

/// What a desktop carries.
pub struct Carried {
    folder: PathBuf,
    wish: Mutex<Wish>,
}

impl Carried {
    /// In a data folder.
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
            wish: Mutex::default(),
        }
    }

    fn wish(&self) -> MutexGuard<'_, Wish> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, subject: &Subject) -> PathBuf {
        self.folder
            .join(format!("{}.json", Hash::of(subject.as_str().as_bytes())))
    }

    /// These are to be carried from now on, and no others.
    pub fn ask_for(&self, subjects: impl Iterator<Item = Subject>) {
        let mut wish = self.wish();
        wish.subjects = subjects.take(FILES).collect();
        wish.level_at = None;
    }

    /// The first of what is to be carried whose evidence here is not as far as `count` says the ledger is; the ledger is looked at again only
    /// when it has moved on to another `step`.
    pub fn missing(&self, step: u64, count: impl Fn(&Subject) -> Option<u64>) -> Option<Subject> {
        let mut wish = self.wish();
        if wish.level_at == Some(step) {
            return None;
        }
        let behind = |subject: &&Subject| count(subject).is_some_and(|count| wish.shown.get(*subject) != Some(&count));
        let missing = wish.subjects.iter().find(behind).cloned();
        if missing.is_none() {
            wish.level_at = Some(step);
        }
        missing
    }

    /// Keeps evidence that was found good. What cannot be kept is fetched again later.
    pub fn keep(&self, bytes: &[u8]) -> Result<(), NodeError> {
        let Some((file, count)) = shown(bytes) else {
            return Ok(());
        };
        if bytes.len() <= BYTES {
            std::fs::create_dir_all(&self.folder).map_err(NodeError::io("make the folder carried"))?;
            self.make_room()?;
            crate::folder::write_whole(&self.path(&file.about), bytes)?;
        }
        self.wish().shown.insert(file.about, count);
        Ok(())
    }

    /// What is no longer asked for goes when there is too much of it.
    fn make_room(&self) -> Result<(), NodeError> {
        let failed = || NodeError::io("read the folder carried");
        let files: Vec<PathBuf> = std::fs::read_dir(&self.folder)
            .map_err(failed())?
            .filter_map(|file| Some(file.ok()?.path()))
            .collect();
        if files.len() < MOST_FILES {
            return Ok(());
        }
        let wished: BTreeSet<PathBuf> = self.wish().subjects.iter().map(|subject| self.path(subject)).collect();
        for file in files.iter().filter(|file| !wished.contains(*file)) {
            // One that cannot be deleted now can be at the next file.
            let _stays = std::fs::remove_file(file);
        }
        Ok(())
    }

    /// The evidence about a subject that is carried, if it holds under the anchor.
    pub fn get(&self, subject: &Subject, anchor: &Anchor) -> Option<Vec<u8>> {
        let bytes = std::fs::read(self.path(subject)).ok()?;
        is_good(&bytes, subject, anchor, None).then_some(bytes)
    }
}

/// An evidence file, and how many records it says its subject has.
fn shown(bytes: &[u8]) -> Option<(Evidence, u64)> {
    let file = Evidence::parse(bytes).ok()?;
    let about = file.subjects.iter().find(|shown| shown.subject == file.about)?;
    let count = about.present.as_ref().map_or(0, |(value, _)| value.count);
    Some((file, count))
}

/// Whether evidence is about a subject and holds in our network, not below a height.
pub fn is_good(bytes: &[u8], about: &Subject, anchor: &Anchor, not_before: Option<u64>) -> bool {
    let report = ledger::verify(bytes, &Trust::Expect(anchor.clone()), not_before);
    report.verdict() == Verdict::Accepted && Evidence::parse(bytes).is_ok_and(|file| file.about == *about)
}
