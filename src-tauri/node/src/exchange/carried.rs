//! Evidence that a desktop carries about: of what its firm has under way, so that it can be shown, and agreed on, where no validator is
//! in reach. One file each in the folder `carried`; every one proves itself, and all of them can be deleted at any time.

use crate::error::NodeError;
use ledger::evidence::ShownSubject;
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
    /// How many records the evidence about a subject that is here shows, of it and of what it stands on.
    shown: BTreeMap<Subject, Vec<(Subject, u64)>>,
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

    /// The first of what is to be carried whose evidence here is not as far as `count` says the ledger is, of the subject or of what it
    /// stands on; the ledger is looked at again only when it has moved on to another `step`.
    pub fn missing(&self, step: u64, count: impl Fn(&Subject) -> Option<u64>) -> Option<Subject> {
        let mut wish = self.wish();
        if wish.level_at == Some(step) {
            return None;
        }
        let behind = |subject: &&Subject| match wish.shown.get(*subject) {
            Some(shown) => is_behind(shown, &count),
            None => count(subject).is_some(),
        };
        let missing = wish.subjects.iter().find(behind).cloned();
        if missing.is_none() {
            wish.level_at = Some(step);
        }
        missing
    }

    /// Keeps evidence that was found good, unless what is here is of a later block. What cannot be kept is fetched again later.
    pub fn keep(&self, bytes: &[u8], anchor: &Anchor) -> Result<(), NodeError> {
        let Ok(file) = Evidence::parse(bytes) else {
            return Ok(());
        };
        let here = self
            .get(&file.about, anchor)
            .and_then(|here| Evidence::parse(&here).ok());
        if here.is_some_and(|here| here.head.height > file.head.height) {
            return Ok(());
        }
        if bytes.len() <= BYTES {
            std::fs::create_dir_all(&self.folder).map_err(NodeError::io("make the folder carried"))?;
            self.make_room()?;
            crate::folder::write_whole(&self.path(&file.about), bytes)?;
        }
        let shown = counts(&file);
        self.wish().shown.insert(file.about, shown);
        Ok(())
    }

    /// Evidence that is here about what a file shows, where it is of a later block than the file.
    pub fn newer_than(&self, file: &Evidence, anchor: &Anchor) -> Vec<Evidence> {
        let here = file.subjects.iter().filter_map(|shown| {
            let bytes = self.get(&shown.subject, anchor)?;
            Evidence::parse(&bytes).ok()
        });
        here.filter(|here| here.head.height > file.head.height).collect()
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

/// How many records a file says that its subjects have. That a party says something new of itself makes no goods other than they were.
fn counts(file: &Evidence) -> Vec<(Subject, u64)> {
    let goods = file
        .subjects
        .iter()
        .filter(|shown| !shown.subject.as_str().starts_with("party:"));
    let count = |shown: &ShownSubject| shown.present.as_ref().map_or(0, |(value, _)| value.count);
    goods.map(|shown| (shown.subject.clone(), count(shown))).collect()
}

fn is_behind(shown: &[(Subject, u64)], count: impl Fn(&Subject) -> Option<u64>) -> bool {
    let known = |subject: &Subject| count(subject).unwrap_or(0);
    shown.iter().any(|(subject, shown)| known(subject) > *shown)
}

/// Whether an evidence file shows less than is known here.
pub fn hides(bytes: &[u8], count: impl Fn(&Subject) -> Option<u64>) -> bool {
    Evidence::parse(bytes).is_ok_and(|file| is_behind(&counts(&file), count))
}

/// Whether evidence is about a subject and holds in our network, not below a height.
pub fn is_good(bytes: &[u8], about: &Subject, anchor: &Anchor, not_before: Option<u64>) -> bool {
    let report = ledger::verify(bytes, &Trust::Expect(anchor.clone()), not_before);
    report.verdict() == Verdict::Accepted && Evidence::parse(bytes).is_ok_and(|file| file.about == *about)
}
