//! What a block makes of subjects, as it is stored and as it stands in the index.

use crate::execute::Changed;
use ledger::{Hash, Subject};

/// A changed subject: its key, its state's canonical bytes, and the hash of its value in the index.
pub struct Hashed {
    pub key: Hash,
    pub state: Vec<u8>,
    pub value: Hash,
}

impl Hashed {
    fn of(subject: &Subject, changed: &Changed) -> Self {
        let state = changed.row.entry.state.to_canonical();
        Self {
            key: subject.index_key(),
            value: changed.row.value(Hash::of(&state)).hash(),
            state,
        }
    }
}

/// Fewer are hashed faster than a thread starts.
const FEW: usize = 64;

/// Hashes on a second thread what has changed while this one writes.
///
/// # Errors
/// What `write` says.
pub fn hash_beside<E>(
    changed: &[(&Subject, &Changed)],
    write: impl FnOnce() -> Result<(), E>,
) -> Result<Vec<Hashed>, E> {
    let hash = || {
        changed
            .iter()
            .map(|(subject, changed)| Hashed::of(subject, changed))
            .collect::<Vec<_>>()
    };
    if changed.len() < FEW {
        write()?;
        return Ok(hash());
    }
    std::thread::scope(|scope| {
        let hashing = scope.spawn(hash);
        write()?;
        Ok(hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
