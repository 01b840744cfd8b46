//! Encrypts secrets at rest with ChaCha20-Poly1305. The id of the operator's key is stored as a prefix, so that keys
//! can be rotated later.

use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, aead::Aead};
use sha2::{Digest, Sha256};

use super::{clock::Entropy, secret::Secret};

/// Encrypts and decrypts. Cheap to clone.
#[derive(Clone)]
pub struct Seal {
    key_id: [u8; 4],
    cipher: ChaCha20Poly1305,
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Encrypted with another key, or damaged.
    #[error("a stored secret was encrypted with another HANDOFF_SECRET_KEY or is damaged")]
    Foreign,
    #[error("encrypting a secret failed")]
    Failed,
}

const NONCE: usize = 12;

impl Seal {
    /// Derives the key from the operator's passphrase, which is any text of at least 16 characters.
    pub fn new(secret_key: &str) -> Self {
        let key = Sha256::digest(format!("handoff seal v1\0{secret_key}").as_bytes());
        let id = Sha256::digest(key);
        let key_id = [id[0], id[1], id[2], id[3]];
        Self { key_id, cipher: ChaCha20Poly1305::new(&key) }
    }

    pub fn seal(&self, entropy: &Entropy, plain: &str) -> Result<Vec<u8>, SealError> {
        let nonce = Nonce::from(entropy.bytes::<NONCE>());
        let sealed = self.cipher.encrypt(&nonce, plain.as_bytes()).map_err(|_| SealError::Failed)?;
        Ok([&self.key_id[..], &nonce[..], &sealed].concat())
    }

    pub fn open(&self, sealed: &[u8]) -> Result<Secret, SealError> {
        let rest = sealed.strip_prefix(&self.key_id).ok_or(SealError::Foreign)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(SealError::Foreign)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SealError::Foreign)?;
        let plain = self.cipher.decrypt(&Nonce::from(nonce), body).map_err(|_| SealError::Foreign)?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| SealError::Foreign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_data_can_be_decrypted_with_its_key_only() {
        let entropy = Entropy::seeded(1);
        let seal = Seal::new("a key of the operator");
        let sealed = seal.seal(&entropy, "EAAG-token").expect("seals");
        assert!(!sealed.windows(4).any(|part| part == b"EAAG"));
        assert_eq!(seal.open(&sealed).expect("opens").expose(), "EAAG-token");
        assert!(Seal::new("another key").open(&sealed).is_err());
        let mut bent = sealed.clone();
        *bent.last_mut().expect("not empty") ^= 1;
        assert!(seal.open(&bent).is_err());
    }
}
