//! Sealed documents (section 11 of `docs/protocol.md`): content encrypted once with ChaCha20-Poly1305 (RFC 8439), its key sealed
//! to each recipient with HPKE (RFC 9180, mode base, X25519, HKDF-SHA256, ChaCha20Poly1305).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::block::{DocumentError, read};
use crate::text::ascends;

const FORM: &str = "sealroad-sealed.1";

type Suite = hpke::kem::X25519HkdfSha256;

/// Why a document cannot be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not a sealed document.
    #[error("not a sealed document: {0}")]
    Document(#[from] DocumentError),
    /// No recipients, or one twice.
    #[error("no recipient, or one twice")]
    Recipients,
    /// A recipient's key is not usable.
    #[error("a recipient's key is not a usable X25519 key")]
    Key,
    /// The reader's key is not among the recipients.
    #[error("not sealed to this key")]
    NotForThisKey,
    /// Somebody changed it, or the key is wrong.
    #[error("does not open: changed, or sealed otherwise")]
    Opening,
}

/// A recipient's X25519 secret key. Wiped from memory when dropped; never shown.
pub struct RecipientSecret(<Suite as Kem>::PrivateKey);

impl RecipientSecret {
    /// From its 32 bytes, drawn by the caller.
    ///
    /// # Errors
    /// If they are no X25519 key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SealError> {
        <Suite as Kem>::PrivateKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| SealError::Key)
    }

    /// The public key to which others seal.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        <Suite as Kem>::sk_to_pk(&self.0).to_bytes().into()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-sealed.1")]
    One,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipient {
    #[serde(with = "crate::text::hex_bytes")]
    enc: [u8; 32],
    #[serde(with = "crate::text::hex_bytes")]
    key: [u8; 32],
    #[serde(with = "crate::text::hex_bytes")]
    wrapped: [u8; 48],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    cipher: String,
    form: Form,
    recipients: Vec<Recipient>,
}

/// Seals `content` to the X25519 keys of `recipients` and returns the document's bytes. `content_key` is 32 random bytes, used
/// for this content only; `rng` MUST be unpredictable.
///
/// # Errors
/// If there is no recipient, one twice, or one whose key cannot be used.
pub fn seal(
    content: &[u8],
    content_key: &[u8; 32],
    recipients: &[[u8; 32]],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let mut keys = recipients.to_vec();
    keys.sort_unstable();
    if keys.is_empty() || !ascends(&keys) {
        return Err(SealError::Recipients);
    }
    let payload = Payload {
        msg: content,
        aad: FORM.as_bytes(),
    };
    let cipher = ChaCha20Poly1305::new(content_key.into())
        .encrypt(&[0; 12].into(), payload)
        .map_err(|_| SealError::Opening)?;
    let wrap = |key: [u8; 32]| -> Result<Recipient, SealError> {
        let public = <Suite as Kem>::PublicKey::from_bytes(&key).map_err(|_| SealError::Key)?;
        let (enc, wrapped) = hpke::single_shot_seal_with_rng::<
            hpke::aead::ChaCha20Poly1305,
            hpke::kdf::HkdfSha256,
            Suite,
        >(&OpModeS::Base, &public, FORM.as_bytes(), content_key, b"", rng)
        .map_err(|_| SealError::Key)?;
        let wrapped = wrapped.try_into().map_err(|_| SealError::Key)?;
        Ok(Recipient {
            enc: enc.to_bytes().into(),
            key,
            wrapped,
        })
    };
    let recipients = keys.into_iter().map(wrap).collect::<Result<_, _>>()?;
    let sealed = Sealed {
        cipher: STANDARD.encode(cipher),
        form: Form::One,
        recipients,
    };
    Ok(crate::canonical::to_bytes(&sealed).map_err(DocumentError::Canonical)?)
}

/// Opens a sealed document with a recipient's key.
///
/// # Errors
/// If the bytes are not a sealed document, not for this key, or were changed.
pub fn open(document: &[u8], secret: &RecipientSecret) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let sealed: Sealed = read(document)?;
    if sealed.recipients.is_empty() || !ascends(sealed.recipients.iter().map(|one| one.key)) {
        return Err(SealError::Recipients);
    }
    let ours = secret.public();
    let recipient = sealed
        .recipients
        .iter()
        .find(|one| one.key == ours)
        .ok_or(SealError::NotForThisKey)?;
    let enc = <Suite as Kem>::EncappedKey::from_bytes(&recipient.enc).map_err(|_| SealError::Opening)?;
    let mut unwrapped = hpke::single_shot_open::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, Suite>(
        &OpModeR::Base,
        &secret.0,
        &enc,
        FORM.as_bytes(),
        &recipient.wrapped,
        b"",
    )
    .map_err(|_| SealError::Opening)?;
    let cipher = STANDARD.decode(&sealed.cipher).map_err(|_| SealError::Opening)?;
    let content = ChaCha20Poly1305::new_from_slice(&unwrapped).ok().and_then(|key| {
        key.decrypt(
            &[0; 12].into(),
            Payload {
                msg: &cipher,
                aad: FORM.as_bytes(),
            },
        )
        .ok()
    });
    unwrapped.zeroize();
    content.map(Zeroizing::new).ok_or(SealError::Opening)
}

#[cfg(test)]
#[path = "sealing_tests.rs"]
mod tests;
