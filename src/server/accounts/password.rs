//! Passwords: argon2id, on blocking threads.

use std::{num::NonZero, sync::Arc};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

/// The shortest password, in characters.
pub const MIN_LENGTH: usize = 10;
/// The longest password, in bytes. A bound on the cost of hashing.
pub const MAX_LENGTH: usize = 256;

/// Why a password is not acceptable; `None` if it is.
pub fn fault(password: &str) -> Option<String> {
    if password.chars().count() < MIN_LENGTH {
        Some(format!("Enter a password of at least {MIN_LENGTH} characters."))
    } else if password.len() > MAX_LENGTH {
        Some(format!("Enter a password of at most {MAX_LENGTH} characters."))
    } else {
        None
    }
}

#[derive(Debug, thiserror::Error)]
#[error("hashing failed: {0}")]
pub struct HashError(String);

/// Hashes and verifies passwords, at most one per core at a time: each uses 19 MB, and more at once would not be
/// faster. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(Arc<Semaphore>);

impl Default for Hasher {
    fn default() -> Self {
        Self::with_limit(std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

impl Hasher {
    fn with_limit(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// Hashes a password with `salt`.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError> {
        self.run_blocking(move || {
            Argon2::default()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|error| HashError(error.to_string()))
        })
        .await?
    }

    /// Whether `password` matches `hash`. An unreadable hash matches nothing.
    pub async fn verify(&self, password: String, hash: String) -> Result<bool, HashError> {
        self.run_blocking(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn run_blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        let permit = self.0.clone().acquire_owned().await.map_err(|error| HashError(error.to_string()))?;
        tokio::task::spawn_blocking(move || {
            // The permit belongs to the blocking task, which continues if the caller is dropped.
            let _permit = permit;
            work()
        })
        .await
        .map_err(|error| HashError(error.to_string()))
    }
}

/// A hash that no password matches. Unknown emails are checked against it, so that both cases take as long.
pub const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$yLnVqZQmYc7ZxvPpgD2r2cX3L8cJx7mS8bqT3oWqv1I";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_matches() {
        let hasher = Hasher::default();
        let made = hasher.hash("handoff-demo".into(), [7; 16]).await.expect("hashes");
        assert!(hasher.verify("handoff-demo".into(), made.clone()).await.expect("runs"));
        assert!(!hasher.verify("handoff-Demo".into(), made).await.expect("runs"));
        assert!(!hasher.verify("anything".into(), DUMMY_HASH.into()).await.expect("runs"));
        assert!(PasswordHash::new(DUMMY_HASH).is_ok(), "or an unknown e-mail would answer faster");
    }

    #[tokio::test]
    async fn concurrent_verifications_are_limited() {
        let hasher = Hasher::with_limit(1);
        let busy = hasher.0.clone().acquire_owned().await.expect("a turn");
        let waiting = hasher.verify("handoff-demo".into(), DUMMY_HASH.into());
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!(hasher.0.available_permits(), 0);
        drop(busy);
        assert!(!waiting.await.expect("has its turn"));
    }
}
