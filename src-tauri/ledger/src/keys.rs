//! Ed25519 keys as `did:key`, signing, and the one verdict on signatures (section 2 and 3 of `docs/protocol.md`).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity;
use ed25519_dalek::Signer;

use crate::base58;

/// What every did:key of an Ed25519 key begins with.
const PREFIX: &str = "did:key:";
/// Characters of the part after `did:key:` (`z` and 47 of base58).
const MULTIBASE: usize = 48;
/// Multicodec code of an Ed25519 public key, as a variable-length integer (multiformats table, `ed25519-pub`).
const MULTICODEC: [u8; 2] = [0xed, 0x01];
/// Characters of a did:key of an Ed25519 key.
pub const DID_LENGTH: usize = 56;

/// Why a key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `did:key:z6Mk…` with 56 characters that decode.
    #[error("not a did:key of an Ed25519 key")]
    Text,
    /// Not the canonical encoding of a point of the curve.
    #[error("not the canonical encoding of a curve point")]
    NotAPoint,
    /// A point of small order, the identity among them.
    #[error("a point of small order")]
    SmallOrder,
    /// A point with a part outside the prime-order subgroup.
    #[error("a point outside the prime-order subgroup")]
    Torsion,
}

/// An Ed25519 public key on which every library gives the same verdict: canonical, of prime order.
///
/// The order of the bytes is the order of the texts (one length, base58 digits ascend in ASCII), so a list sorted by key is
/// sorted as its JSON demands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

thread_local! {
    /// Keys found good before. Whether a key is good depends on nothing but its bytes, so this changes only how long the
    /// answer takes: the subgroup test costs as much as verifying a signature, and a ledger meets the same keys all day.
    static GOOD: RefCell<BTreeSet<[u8; 32]>> = const { RefCell::new(BTreeSet::new()) };
}
/// Keys remembered by a thread before it forgets them all: 32 KiB each thousand.
const REMEMBERED: usize = 8192;

thread_local! {
    /// Texts that were found to be keys before: every record names the same few parties many times.
    static READ: RefCell<BTreeMap<[u8; MULTIBASE - 1], PublicKey>> = const { RefCell::new(BTreeMap::new()) };

    /// Keys as they were written before: every subject, state and link names its party.
    static WRITTEN: RefCell<BTreeMap<[u8; 32], [u8; MULTIBASE]>> = const { RefCell::new(BTreeMap::new()) };
}

impl PublicKey {
    /// A key from its 32 bytes.
    ///
    /// # Errors
    /// Unless they are the canonical encoding of a point of the prime-order subgroup other than the identity.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        if GOOD.with_borrow(|good| good.contains(&bytes)) {
            return Ok(Self(bytes));
        }
        let point = CompressedEdwardsY(bytes).decompress().ok_or(KeyError::NotAPoint)?;
        if point.compress().to_bytes() != bytes {
            return Err(KeyError::NotAPoint);
        }
        if point.is_identity() || point.is_small_order() {
            return Err(KeyError::SmallOrder);
        }
        if !point.is_torsion_free() {
            return Err(KeyError::Torsion);
        }
        GOOD.with_borrow_mut(|good| {
            if good.len() >= REMEMBERED {
                good.clear();
            }
            good.insert(bytes);
        });
        Ok(Self(bytes))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The part after `did:key:` (`z6Mk…`, 48 characters).
    #[must_use]
    pub fn multibase(&self) -> String {
        ascii(&self.written()).to_owned()
    }

    fn written(&self) -> [u8; MULTIBASE] {
        if let Some(written) = WRITTEN.with_borrow(|texts| texts.get(&self.0).copied()) {
            return written;
        }
        let mut bytes = [0; 34];
        bytes[..2].copy_from_slice(&MULTICODEC);
        bytes[2..].copy_from_slice(&self.0);
        let mut text = String::with_capacity(MULTIBASE);
        text.push('z');
        base58::encode(&bytes, &mut text);
        let mut written = [0; MULTIBASE];
        // With these two bytes in front every key takes 47 digits.
        written.copy_from_slice(text.as_bytes());
        WRITTEN.with_borrow_mut(|texts| {
            if texts.len() >= REMEMBERED {
                texts.clear();
            }
            texts.insert(self.0, written);
        });
        written
    }
}

/// Base58 and `did:key:` are ASCII.
fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; DID_LENGTH];
        text[..PREFIX.len()].copy_from_slice(PREFIX.as_bytes());
        text[PREFIX.len()..].copy_from_slice(&self.written());
        f.write_str(ascii(&text))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let coded = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix('z'))
            .ok_or(KeyError::Text)?;
        let digits: [u8; MULTIBASE - 1] = coded.as_bytes().try_into().map_err(|_| KeyError::Text)?;
        if let Some(key) = READ.with_borrow(|keys| keys.get(&digits).copied()) {
            return Ok(key);
        }
        let bytes: [u8; 34] = base58::decode(coded).ok_or(KeyError::Text)?;
        if bytes[..2] != MULTICODEC {
            return Err(KeyError::Text);
        }
        let mut key = [0; 32];
        key.copy_from_slice(&bytes[2..]);
        let key = Self::from_bytes(key)?;
        READ.with_borrow_mut(|keys| {
            if keys.len() >= REMEMBERED {
                keys.clear();
            }
            keys.insert(digits, key);
        });
        Ok(key)
    }
}

crate::text::serde_as_text!(PublicKey, "a did:key of an Ed25519 key");

/// An Ed25519 secret key. Wiped from memory when dropped; never shown.
pub struct SecretKey(ed25519_dalek::SigningKey);

impl SecretKey {
    /// The key of a 32-byte seed (RFC 8032, 5.1.5). Where the seed comes from is the caller's matter.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        // A clamped multiple of the base point is canonical and of prime order.
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `message` (RFC 8032, deterministic).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public())
    }
}

/// Whether `signature` is good, by the rules of ZIP-215 (Zcash, 2020): cofactored equation, `s` below the group order, any
/// encoding of R that decodes. One and many signatures at once get the same verdict under these rules.
#[must_use]
pub fn verify_zip215(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> bool {
    ed25519_zebra::VerificationKey::try_from(key.0).is_ok_and(|key| {
        key.verify(&ed25519_zebra::Signature::from_bytes(signature), message)
            .is_ok()
    })
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
