//! A copy of the checkout in which something may be changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    child::{self, Job},
    place,
};

/// Copies what git tracks to `tree`. What is the same already stays untouched, so that it need not be compiled again.
pub fn tracked(tree: &Path) -> Result<(), String> {
    let tracked = child::run(&Job::new(
        &["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        1,
    ));
    if !tracked.ok() {
        return Err(format!("git ls-files {}", tracked.words()));
    }
    let mut files = BTreeMap::new();
    for file in tracked.output.lines() {
        if let Ok(bytes) = fs::read(place::at(file)) {
            files.insert(tree.join(file), bytes);
        }
    }
    if files.is_empty() {
        return Err("git tracks nothing here".to_owned());
    }
    forget_others(tree, &files)?;
    for (path, bytes) in &files {
        write(path, bytes)?;
    }
    Ok(())
}

/// Writes a file that does not hold this already.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}

/// Deletes what an earlier copy has and this one has not.
fn forget_others(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            forget_others(&path, files)?;
        } else if !files.contains_key(&path) {
            fs::remove_file(&path).map_err(failed)?;
        }
    }
    Ok(())
}
