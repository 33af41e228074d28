//! Documents by hash: files that records name by their SHA-256, whole or still coming piece by piece.

use crate::error::NodeError;
use crate::folder::{DataFolder, rename};
use ledger::Hash;
use ledger::sealing::{self, SealError};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where documents lie of which not all pieces are here yet.
const COMING: &str = "coming";
/// Bytes that are read at once.
const AT_ONCE: usize = 1 << 18;

/// Seals a document's content to the X25519 keys of its readers (section 11 of `docs/protocol.md`).
///
/// # Errors
/// The operating system has no randomness; the outer one. No reader, one twice, or a key that cannot be used; the inner one.
pub fn seal(content: &[u8], readers: &[[u8; 32]]) -> Result<Result<Vec<u8>, SealError>, NodeError> {
    let key = Zeroizing::new(crate::random::<32>()?);
    let mut random = StdRng::from_seed(crate::random()?);
    Ok(sealing::seal(content, &key, readers, &mut random))
}

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

    /// How many bytes a document has that is here whole.
    #[must_use]
    pub fn size(&self, hash: &Hash) -> Option<u64> {
        std::fs::metadata(self.path(hash)).ok().map(|file| file.len())
    }

    /// A piece of a document that is here whole: at most `length` bytes from `offset` on; empty beyond its end. None: it is not here.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn piece(&self, hash: &Hash, offset: u64, length: u64) -> Result<Option<Vec<u8>>, NodeError> {
        let failed = || NodeError::io(format!("read document {hash}"));
        let mut file = match File::open(self.path(hash)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed()(error)),
        };
        file.seek(SeekFrom::Start(offset)).map_err(failed())?;
        let mut piece = Vec::new();
        file.take(length).read_to_end(&mut piece).map_err(failed())?;
        Ok(Some(piece))
    }

    /// Lets a document go, whole or coming; nothing happens if it is not here.
    ///
    /// # Errors
    /// It cannot be deleted.
    pub fn forget(&self, hash: &Hash) -> Result<(), NodeError> {
        for path in [self.path(hash), self.coming_path(hash)] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(NodeError::io(format!("delete document {hash}"))(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn coming_path(&self, hash: &Hash) -> PathBuf {
        self.0.join(COMING).join(format!("{hash}.part"))
    }

    /// How many bytes are here of a document that is still coming.
    #[must_use]
    pub fn coming(&self, hash: &Hash) -> u64 {
        std::fs::metadata(self.coming_path(hash)).map_or(0, |file| file.len())
    }

    /// Adds the next piece to a document that is coming; saved when this returns.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&self, hash: &Hash, piece: &[u8]) -> Result<(), NodeError> {
        let path = self.coming_path(hash);
        let failed = || NodeError::io(format!("write document {hash}"));
        std::fs::create_dir_all(path.parent().unwrap_or(&self.0)).map_err(failed())?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&path).map_err(failed())?;
        file.write_all(piece).and_then(|()| file.sync_data()).map_err(failed())
    }

    /// All pieces are here: gives the document its name, if that is its hash. False: it is another; nothing is left of it.
    ///
    /// # Errors
    /// It cannot be read or named.
    pub fn finish(&self, hash: &Hash) -> Result<bool, NodeError> {
        let coming = self.coming_path(hash);
        if hash_of(&coming)? != *hash {
            self.forget(hash)?;
            return Ok(false);
        }
        let path = self.path(hash);
        std::fs::create_dir_all(path.parent().unwrap_or(&self.0))
            .map_err(NodeError::io(format!("make the folder of document {hash}")))?;
        rename(&coming, &path)?;
        Ok(true)
    }

    /// Whether a document that is here whole is what its name says.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn is_sound(&self, hash: &Hash) -> Result<bool, NodeError> {
        Ok(hash_of(&self.path(hash))? == *hash)
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

/// SHA-256 of a file, read piece by piece.
fn hash_of(path: &Path) -> Result<Hash, NodeError> {
    let failed = || NodeError::io(format!("read {}", path.display()));
    let mut file = File::open(path).map_err(failed())?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; AT_ONCE];
    loop {
        let read = file.read(&mut piece).map_err(failed())?;
        match piece.get(..read) {
            Some(read) if !read.is_empty() => hasher.update(read),
            _ => break,
        }
    }
    Ok(Hash(hasher.finalize().into()))
}
