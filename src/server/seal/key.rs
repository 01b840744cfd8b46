//! From the operator's setting to the key: 32 random bytes are used as they are, and any other text is a passphrase,
//! which argon2id makes slow to guess.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::SealError;
use crate::server::secret::Secret;

/// The shortest setting, in characters.
const MIN_LENGTH: usize = 16;

/// RFC 9106's second recommendation: 64 MB, three passes, four lanes. Changing it changes every derived key.
const COST: (u32, u32, u32) = (64 * 1024, 3, 4);

/// Why a text cannot be the key; `None` if it can.
pub fn key_fault(setting: &str) -> Option<String> {
    (setting.chars().count() < MIN_LENGTH).then(|| format!("use at least {MIN_LENGTH} characters"))
}

/// The operator's `HANDOFF_SECRET_KEY`.
#[derive(Clone, Debug)]
pub struct KeySetting {
    text: Secret,
    kind: KeyKind,
}

#[derive(Clone)]
enum KeyKind {
    Random([u8; 32]),
    Passphrase,
}

impl std::fmt::Debug for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Random(_) => "Random",
            Self::Passphrase => "Passphrase",
        })
    }
}

impl KeySetting {
    /// 32 bytes in base64 or in hexadecimal digits are a key, anything else is a passphrase.
    pub fn new(text: Secret) -> Self {
        let typed = text.expose().trim();
        let bytes = match typed.len() {
            64 => hex::decode(typed).ok(),
            44 => BASE64_STANDARD.decode(typed).ok(),
            _ => None,
        };
        let kind = match bytes.and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) => KeyKind::Random(bytes),
            None => KeyKind::Passphrase,
        };
        Self { text, kind }
    }

    /// Whether the key depends on the database's salt.
    pub fn needs_salt(&self) -> bool {
        matches!(self.kind, KeyKind::Passphrase)
    }

    pub(super) fn text(&self) -> &str {
        self.text.expose()
    }

    pub(super) fn key(&self, salt: &[u8]) -> Result<[u8; 32], SealError> {
        if let KeyKind::Random(bytes) = self.kind {
            return Ok(Sha256::digest([&b"handoff seal v2 key\0"[..], &bytes[..]].concat()).into());
        }
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, Some(32)).map_err(SealError::NoKey)?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.text().as_bytes(), salt, &mut key)
            .map_err(SealError::NoKey)?;
        Ok(key)
    }
}
