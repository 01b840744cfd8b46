//! Encrypts secrets at rest with ChaCha20-Poly1305.
//!
//! A sealed value is `hs`, the version (2), the id of the key, a nonce and the encrypted text. The tenant and the row
//! that it belongs to are authenticated with it ([`SealedField`]), so that it opens in its own row only. Values of
//! version 1 are bound to no row: they still open, and become version 2 when they are written, or when the key is
//! rotated.
//!
//! To seal something new: a variant of [`SealedField`], and its table in `admin/rotate_key.rs`.

mod key;
#[cfg(test)]
mod tests;

use std::fmt;

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};

use super::{clock::Entropy, secret::Secret};
use crate::domain::ids::{AppId, ChannelId, FactorId, TenantId};

pub use key::{KeySetting, key_fault};

/// Encrypts and decrypts. Cheap to clone.
#[derive(Clone)]
pub struct Seal {
    key_id: [u8; KEY_ID],
    cipher: ChaCha20Poly1305,
    old: Option<OldKey>,
}

/// What values of version 1 were encrypted with.
#[derive(Clone)]
struct OldKey {
    id: [u8; OLD_KEY_ID],
    cipher: ChaCha20Poly1305,
}

/// Where a sealed value is stored. A value that is copied to another row, or to another tenant, does not open there.
#[derive(Clone, Copy, Debug)]
pub enum SealedField<'a> {
    AppSecret(&'a AppId),
    VerifyToken(&'a AppId),
    AccessToken(&'a TenantId, &'a ChannelId),
    ModelKey(&'a TenantId),
    /// A secret of flows and tools, by its name.
    Named(&'a TenantId, &'a str),
    SecondFactor(&'a TenantId, &'a FactorId),
}

impl SealedField<'_> {
    /// The associated data. Ids and names contain no NUL, so two fields never have the same. Stored values depend on
    /// these words.
    fn associated_data(self) -> Vec<u8> {
        let parts = match self {
            Self::AppSecret(app) => ["apps.secret", "", app.as_str()],
            Self::VerifyToken(app) => ["apps.verify_token", "", app.as_str()],
            Self::AccessToken(tenant, channel) => ["channels.token", tenant.as_str(), channel.as_str()],
            Self::ModelKey(tenant) => ["models.key", tenant.as_str(), ""],
            Self::Named(tenant, name) => ["secrets.value", tenant.as_str(), name],
            Self::SecondFactor(tenant, factor) => ["second_factors.secret", tenant.as_str(), factor.as_str()],
        };
        parts.join("\0").into_bytes()
    }
}

/// Names the value for the operator, without its content.
impl fmt::Display for SealedField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppSecret(app) => write!(f, "the secret of the app {app}"),
            Self::VerifyToken(app) => write!(f, "the verify token of the app {app}"),
            Self::AccessToken(tenant, channel) => write!(f, "the access token of the number {channel} of {tenant}"),
            Self::ModelKey(tenant) => write!(f, "the key of the language model of {tenant}"),
            Self::Named(tenant, name) => write!(f, "the secret {name} of {tenant}"),
            Self::SecondFactor(tenant, factor) => write!(f, "the second factor {factor} of {tenant}"),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Encrypted with another key or for another row, or damaged.
    #[error("a stored secret was encrypted with another HANDOFF_SECRET_KEY or is damaged")]
    Foreign,
    #[error("encrypting a secret failed")]
    Failed,
    #[error("the key couldn't be derived from HANDOFF_SECRET_KEY: {0}")]
    NoKey(argon2::Error),
}

/// Begins every value of version 2.
const VERSION_2: [u8; 3] = *b"hs\x02";
const KEY_ID: usize = 8;
const OLD_KEY_ID: usize = 4;
const NONCE: usize = 12;

impl Seal {
    /// The seal of the operator's setting. A passphrase takes a tenth of a second and 64 MB.
    ///
    /// # Errors
    /// [`SealError::NoKey`]: there is not enough memory.
    pub fn new(setting: &KeySetting, salt: &[u8]) -> Result<Self, SealError> {
        Ok(Self { old: Some(OldKey::of(setting.text())), ..Self::of_key(setting.key(salt)?) })
    }

    /// The seal of a key of 32 random bytes, which opens no values of version 1. Tests use it.
    pub fn of_key(key: [u8; 32]) -> Self {
        let id = Sha256::digest([&b"handoff seal v2 id\0"[..], &key[..]].concat());
        let mut key_id = [0; KEY_ID];
        key_id.copy_from_slice(&id[..KEY_ID]);
        Self { key_id, cipher: ChaCha20Poly1305::new(&key.into()), old: None }
    }

    /// Identifies the key without revealing it.
    pub fn key_id(&self) -> String {
        hex::encode(self.key_id)
    }

    pub fn seal(&self, entropy: &Entropy, field: SealedField<'_>, plain: &str) -> Result<Vec<u8>, SealError> {
        let nonce = Nonce::from(entropy.bytes::<NONCE>());
        let payload = Payload { msg: plain.as_bytes(), aad: &field.associated_data() };
        let sealed = self.cipher.encrypt(&nonce, payload).map_err(|_| SealError::Failed)?;
        Ok([&VERSION_2[..], &self.key_id[..], &nonce[..], &sealed].concat())
    }

    /// # Errors
    /// [`SealError::Foreign`]: encrypted with another key or for another field, or damaged.
    pub fn open(&self, field: SealedField<'_>, sealed: &[u8]) -> Result<Secret, SealError> {
        if let Some(rest) = self.current(sealed) {
            return decrypt(&self.cipher, rest, &field.associated_data());
        }
        let old = self.old.as_ref().ok_or(SealError::Foreign)?;
        let rest = sealed.strip_prefix(&old.id).ok_or(SealError::Foreign)?;
        decrypt(&old.cipher, rest, &[])
    }

    /// Whether a value is of version 2 and encrypted with this key, as its prefix says.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        self.current(sealed).is_some()
    }

    /// Whether a value is encrypted with this key, in either version, as its prefix says.
    pub fn is_own(&self, sealed: &[u8]) -> bool {
        self.is_current(sealed) || self.old.as_ref().is_some_and(|old| sealed.starts_with(&old.id))
    }

    /// What follows the prefix of this key.
    fn current<'s>(&self, sealed: &'s [u8]) -> Option<&'s [u8]> {
        sealed.strip_prefix(&VERSION_2)?.strip_prefix(&self.key_id)
    }
}

impl OldKey {
    /// Version 1 took any text through one round of SHA-256.
    fn of(setting: &str) -> Self {
        let key = Sha256::digest(format!("handoff seal v1\0{setting}").as_bytes());
        let id = Sha256::digest(key);
        Self { id: [id[0], id[1], id[2], id[3]], cipher: ChaCha20Poly1305::new(&key) }
    }
}

fn decrypt(cipher: &ChaCha20Poly1305, rest: &[u8], associated_data: &[u8]) -> Result<Secret, SealError> {
    let (nonce, body) = rest.split_at_checked(NONCE).ok_or(SealError::Foreign)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SealError::Foreign)?;
    let payload = Payload { msg: body, aad: associated_data };
    let plain = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Foreign)?;
    String::from_utf8(plain).map(Secret::new).map_err(|_| SealError::Foreign)
}
