//! Documents by hash: files that records name by their SHA-256.

use crate::error::NodeError;
use crate::folder::DataFolder;
use ledger::Hash;
use std::path::PathBuf;

/// The folder `documents`, one file a document, named by its hash.
#[derive(Clone, Debug)]
pub struct Documents(PathBuf);

impl Documents {
    /// The documents of a data folder.
    #[must_use]
    pub fn of(folder: &DataFolder) -> Self {
        Self::at(folder.path())
    }

    pub(crate) fn at(folder: &std::path::Path) -> Self {
        Self(folder.join("documents"))
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        let name = hash.to_string();
        self.0.join(&name[..2]).join(name)
    }

    /// Keeps a document; saved when this returns.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<Hash, NodeError> {
        let hash = Hash::of(bytes);
        let path = self.path(&hash);
        if path.exists() {
            return Ok(hash);
        }
        let folder = path
            .parent()
            .map_or_else(|| self.0.clone(), std::path::Path::to_path_buf);
        let failed = |what: &str| NodeError::io(format!("{what} document {hash}"));
        std::fs::create_dir_all(&folder).map_err(failed("make the folder of"))?;
        crate::folder::write_whole(&path, bytes)?;
        Ok(hash)
    }

    /// A document, if we hold it.
    ///
    /// # Errors
    /// It cannot be read, or is not what its name says.
    pub fn get(&self, hash: &Hash) -> Result<Option<Vec<u8>>, NodeError> {
        let bytes = match std::fs::read(self.path(hash)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(NodeError::io(format!("read document {hash}"))(error)),
        };
        if Hash::of(&bytes) != *hash {
            return Err(NodeError::damaged(
                "documents",
                format!("document {hash} has other content than its name says"),
            ));
        }
        Ok(Some(bytes))
    }

    /// The hashes of all documents held, and the names of files that should not be there.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> Result<Vec<Hash>, NodeError> {
        let mut found = Vec::new();
        let Ok(folders) = std::fs::read_dir(&self.0) else {
            return Ok(found);
        };
        for folder in folders.flatten() {
            let Ok(files) = std::fs::read_dir(folder.path()) else {
                continue;
            };
            found.extend(
                files
                    .flatten()
                    .filter_map(|file| file.file_name().to_str()?.parse::<Hash>().ok()),
            );
        }
        found.sort_unstable();
        Ok(found)
    }
}
