//! Private keys: sealed in one file, opened by a passphrase or by a key that the system's keychain keeps.
//!
//! The file `keys.sealed` is JSON: how the sealing key is made, a nonce, and the seeds under XChaCha20-Poly1305
//! (draft-irtf-cfrg-xchacha-03) with the header as associated data. From a passphrase the sealing key is made by Argon2id (RFC 9106; 64 MiB, 3
//! passes, 1 lane: above its second recommended choice for one lane). Keys never leave this process.

use crate::error::NodeError;
use crate::folder::{DataFolder, write_whole};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ledger::sealing::RecipientSecret;
use ledger::{Hash, PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const FILE: &str = "keys.sealed";
const FORM: &str = "sealroad-keys.1";
const KEYCHAIN_SERVICE: &str = "Sealroad";
const SHORTEST_PASSPHRASE: usize = 8;
/// What Argon2id costs, see above.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// What opens the key file.
#[derive(Clone)]
pub enum KeyLock {
    /// A passphrase of at least eight characters.
    Passphrase(String),
    /// The keychain of the operating system.
    Keychain,
}

/// Whether there are keys and what opens them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// No keys yet.
    None,
    /// A passphrase is needed.
    Locked,
    /// The keychain opens them.
    Keychain,
}

#[derive(Clone, Serialize, Deserialize)]
struct SealedHeader {
    form: String,
    /// `argon2id` or `keychain`.
    lock: String,
    /// Argon2id salt, or the name of the keychain entry; hex.
    salt: String,
    memory_kib: u32,
    passes: u32,
}

#[derive(Serialize, Deserialize)]
struct SealedFile {
    header: SealedHeader,
    nonce: String,
    sealed: String,
}

/// Named keys, open.
pub struct Keystore {
    path: PathBuf,
    header: SealedHeader,
    sealing: Zeroizing<[u8; 32]>,
    seeds: BTreeMap<String, Zeroizing<[u8; 32]>>,
    keys: BTreeMap<String, SecretKey>,
}

impl Keystore {
    /// Whether there are keys in the folder and what opens them.
    #[must_use]
    pub fn state(folder: &DataFolder) -> KeyState {
        match read(&folder.path().join(FILE)) {
            Ok(file) if file.header.lock == "keychain" => KeyState::Keychain,
            Err(NodeError::NoKeys(_)) => KeyState::None,
            _ => KeyState::Locked,
        }
    }

    /// Makes an empty key file.
    ///
    /// # Errors
    /// [`NodeError::KeysExist`], [`NodeError::PassphraseTooShort`], [`NodeError::NoKeychain`], or it cannot be written.
    pub fn create(folder: &DataFolder, lock: &KeyLock) -> Result<Self, NodeError> {
        let path = folder.path().join(FILE);
        if path.exists() {
            return Err(NodeError::KeysExist(folder.path().to_path_buf()));
        }
        let name = match lock {
            KeyLock::Passphrase(text) if text.chars().count() < SHORTEST_PASSPHRASE => {
                return Err(NodeError::PassphraseTooShort);
            }
            KeyLock::Passphrase(_) => "argon2id",
            KeyLock::Keychain => "keychain",
        };
        let header = SealedHeader {
            form: FORM.to_owned(),
            lock: name.to_owned(),
            salt: hex::encode(crate::random::<16>()?),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
        };
        if matches!(lock, KeyLock::Keychain) {
            keychain(&header)?
                .set_secret(&crate::random::<32>()?)
                .map_err(no_keychain)?;
        }
        let sealing = sealing_key(&header, lock)?;
        let store = Self {
            path,
            header,
            sealing,
            seeds: BTreeMap::new(),
            keys: BTreeMap::new(),
        };
        store.save()?;
        Ok(store)
    }

    /// Opens the key file.
    ///
    /// # Errors
    /// [`NodeError::NoKeys`], [`NodeError::WrongPassphrase`], [`NodeError::NoKeychain`], or the file is damaged.
    pub fn open(folder: &DataFolder, lock: &KeyLock) -> Result<Self, NodeError> {
        let path = folder.path().join(FILE);
        let file = read(&path)?;
        let sealing = sealing_key(&file.header, lock)?;
        let seeds = unseal(&file, &sealing)?;
        let keys = seeds
            .iter()
            .map(|(name, seed)| (name.clone(), SecretKey::from_seed(seed)))
            .collect();
        Ok(Self {
            path,
            header: file.header,
            sealing,
            seeds,
            keys,
        })
    }

    /// Checks the key file of a folder: its form, and with a passphrase its content. One that the keychain opens is not opened here, as
    /// the system would ask the person.
    ///
    /// # Errors
    /// As [`Keystore::open`].
    pub(crate) fn examine(folder: &Path, passphrase: Option<&str>) -> Result<(), NodeError> {
        let file = read(&folder.join(FILE))?;
        let header = &file.header;
        let bytes = |text: &str| hex::decode(text).map_or(0, |bytes| bytes.len());
        let wrong = [
            (!["argon2id", "keychain"].contains(&header.lock.as_str()), "lock"),
            (bytes(&header.salt) != 16, "salt"),
            (
                header.memory_kib != MEMORY_KIB || header.passes != PASSES,
                "argon2id parameters",
            ),
            (bytes(&file.nonce) != 24, "nonce"),
            // An empty JSON object and the tag are the least that is sealed.
            (bytes(&file.sealed) < 2 + 16, "length"),
        ];
        if let Some((_, what)) = wrong.into_iter().find(|(wrong, _)| *wrong) {
            return Err(NodeError::damaged(FILE, format!("{what} not in the form we write")));
        }
        if let (Some(passphrase), "argon2id") = (passphrase, header.lock.as_str()) {
            unseal(
                &file,
                &*sealing_key(header, &KeyLock::Passphrase(passphrase.to_owned()))?,
            )?;
        }
        Ok(())
    }

    /// Makes a new key under a name; saved before it is given out. A key that exists under that name is kept and given.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn make(&mut self, name: &str) -> Result<PublicKey, NodeError> {
        if let Some(key) = self.keys.get(name) {
            return Ok(key.public());
        }
        let seed = Zeroizing::new(crate::random::<32>()?);
        let key = SecretKey::from_seed(&seed);
        let public = key.public();
        self.seeds.insert(name.to_owned(), seed);
        if let Err(error) = self.save() {
            self.seeds.remove(name);
            return Err(error);
        }
        self.keys.insert(name.to_owned(), key);
        Ok(public)
    }

    /// The key of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SecretKey> {
        self.keys.get(name)
    }

    /// The X25519 key for reading sealed documents that is made from the seed of that name. It is another number than any key that
    /// signs, so that neither use can be turned against the other. None: there is no such seed.
    #[must_use]
    pub fn reader(&self, name: &str) -> Option<RecipientSecret> {
        let seed = self.seeds.get(name)?;
        let secret = Zeroizing::new(Hash::of_parts(&[b"sealroad-reading.1", &**seed]).0);
        RecipientSecret::from_bytes(&secret).ok()
    }

    /// Gives the key of that name away, to whoever alone is to sign with it; it stays in the file.
    pub fn take(&mut self, name: &str) -> Option<SecretKey> {
        self.keys.remove(name)
    }

    /// Seals the key of that name for whoever holds `secret` (32 bytes that nobody can guess), to be kept anywhere: hex of nonce and
    /// XChaCha20-Poly1305 with the name as associated data. None: there is no such key.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn confide(&self, name: &str, secret: &[u8; 32]) -> Result<Option<String>, NodeError> {
        let Some(seed) = self.seeds.get(name) else {
            return Ok(None);
        };
        let nonce = crate::random::<24>()?;
        let sealed = XChaCha20Poly1305::new(&Key::from(*secret))
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &**seed,
                    aad: name.as_bytes(),
                },
            )
            .map_err(|_| NodeError::damaged(FILE, "could not be sealed"))?;
        Ok(Some(hex::encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Takes in a key that was [confided](Self::confide) under this name; saved before it is given out.
    ///
    /// # Errors
    /// [`NodeError::WrongPassphrase`] if the secret or the name is another or the text was changed; it cannot be saved.
    pub fn receive(&mut self, name: &str, confided: &str, secret: &[u8; 32]) -> Result<PublicKey, NodeError> {
        let seed = unseal_confided(name, confided, secret).ok_or(NodeError::WrongPassphrase)?;
        let key = SecretKey::from_seed(&seed);
        let public = key.public();
        self.seeds.insert(name.to_owned(), seed);
        self.save()?;
        self.keys.insert(name.to_owned(), key);
        Ok(public)
    }

    /// Whether [`receive`](Self::receive) would take this in.
    #[must_use]
    pub fn is_confided(name: &str, confided: &str, secret: &[u8; 32]) -> bool {
        unseal_confided(name, confided, secret).is_some()
    }

    /// Puts the key file of a folder aside, under a name beside it that is free, because nobody can open it any more; it is never
    /// deleted. Where there is none, nothing happens.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub fn put_aside(folder: &DataFolder) -> Result<Option<PathBuf>, NodeError> {
        let path = folder.path().join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let free = (1_u32..).map(|n| folder.path().join(format!("{FILE}.lost-{n}")));
        let Some(aside) = free.into_iter().find(|aside| !aside.exists()) else {
            return Ok(None);
        };
        crate::folder::rename(&path, &aside)?;
        Ok(Some(aside))
    }

    /// All names, without those whose keys were taken.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.keys.keys().cloned().collect()
    }

    fn save(&self) -> Result<(), NodeError> {
        let nonce = crate::random::<24>()?;
        let plain: BTreeMap<&String, String> = self
            .seeds
            .iter()
            .map(|(name, seed)| (name, hex::encode(**seed)))
            .collect();
        let plain = Zeroizing::new(serde_json::to_vec(&plain).unwrap_or_default());
        let aad = serde_json::to_vec(&self.header).unwrap_or_default();
        let sealed = XChaCha20Poly1305::new(&Key::from(*self.sealing))
            .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad })
            .map_err(|_| NodeError::damaged(FILE, "could not be sealed"))?;
        let file = SealedFile {
            header: self.header.clone(),
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed),
        };
        write_whole(&self.path, &serde_json::to_vec_pretty(&file).unwrap_or_default())
    }
}

fn read(path: &Path) -> Result<SealedFile, NodeError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(NodeError::NoKeys(path.parent().unwrap_or(path).to_path_buf()));
        }
        Err(error) => return Err(NodeError::io("read the key file")(error)),
    };
    let file: SealedFile = serde_json::from_slice(&bytes).map_err(|error| NodeError::damaged(FILE, error))?;
    if file.header.form != FORM {
        return Err(NodeError::damaged(FILE, format!("form {}", file.header.form)));
    }
    Ok(file)
}

fn unseal(file: &SealedFile, sealing: &[u8; 32]) -> Result<BTreeMap<String, Zeroizing<[u8; 32]>>, NodeError> {
    let damaged = || NodeError::damaged(FILE, "not in the form we write");
    let nonce: [u8; 24] = hex::decode(&file.nonce)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(damaged)?;
    let sealed = hex::decode(&file.sealed).map_err(|_| damaged())?;
    let aad = serde_json::to_vec(&file.header).unwrap_or_default();
    // A wrong passphrase and a changed file look the same to the cipher; the first is by far the likelier.
    let plain = XChaCha20Poly1305::new(&Key::from(*sealing))
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: &sealed,
                aad: &aad,
            },
        )
        .map_err(|_| NodeError::WrongPassphrase)?;
    let plain = Zeroizing::new(plain);
    let texts: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    texts
        .into_iter()
        .map(|(name, text)| {
            let text = Zeroizing::new(text);
            let seed: [u8; 32] = hex::decode(&*text)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(damaged)?;
            Ok((name, Zeroizing::new(seed)))
        })
        .collect()
}

fn unseal_confided(name: &str, confided: &str, secret: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = hex::decode(confided).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<24>()?;
    let payload = Payload {
        msg: sealed,
        aad: name.as_bytes(),
    };
    let opened = XChaCha20Poly1305::new(&Key::from(*secret)).decrypt(&XNonce::from(*nonce), payload);
    let opened = Zeroizing::new(opened.ok()?);
    let seed: [u8; 32] = opened.as_slice().try_into().ok()?;
    Some(Zeroizing::new(seed))
}

fn sealing_key(header: &SealedHeader, lock: &KeyLock) -> Result<Zeroizing<[u8; 32]>, NodeError> {
    let mut key = Zeroizing::new([0; 32]);
    match lock {
        KeyLock::Passphrase(_) if header.lock != "argon2id" => return Err(NodeError::WrongPassphrase),
        KeyLock::Passphrase(text) => {
            let salt = hex::decode(&header.salt).map_err(|_| NodeError::damaged(FILE, "salt"))?;
            // Bounds, so that a changed file cannot ask for all the memory there is.
            let params = Params::new(
                header.memory_kib.clamp(8, 1 << 20),
                header.passes.clamp(1, 16),
                1,
                Some(32),
            )
            .map_err(|_| NodeError::damaged(FILE, "argon2id parameters"))?;
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(text.as_bytes(), &salt, &mut *key)
                .map_err(|_| NodeError::damaged(FILE, "argon2id parameters"))?;
        }
        KeyLock::Keychain => {
            let secret = Zeroizing::new(keychain(header)?.get_secret().map_err(no_keychain)?);
            *key = (**secret)
                .try_into()
                .map_err(|_| NodeError::NoKeychain("entry of another length".to_owned()))?;
        }
    }
    Ok(key)
}

fn keychain(header: &SealedHeader) -> Result<keyring::Entry, NodeError> {
    keyring::Entry::new(KEYCHAIN_SERVICE, &header.salt).map_err(no_keychain)
}

fn no_keychain(error: impl std::fmt::Display) -> NodeError {
    NodeError::NoKeychain(error.to_string())
}
