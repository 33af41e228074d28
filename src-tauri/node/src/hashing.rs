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
const FEW: usize = 256;

/// Hashes what has changed, many of it on a second thread.
pub fn hash_changed(changed: &[(Subject, Changed)]) -> Vec<Hashed> {
    let hash = |some: &[(Subject, Changed)]| -> Vec<Hashed> {
        some.iter()
            .map(|(subject, changed)| Hashed::of(subject, changed))
            .collect()
    };
    if changed.len() < FEW {
        return hash(changed);
    }
    let (one, other) = changed.split_at(changed.len() / 2);
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| hash(other));
        let mut hashed = hash(one);
        hashed.extend(beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        hashed
    })
}
