//! Passwords: argon2id, off the async threads.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// The shortest password a person may choose, in characters.
pub const SHORTEST: usize = 10;
/// The longest, in bytes: hashing must not become a way to keep the server busy.
pub const LONGEST: usize = 256;

/// Why a password cannot be taken.
pub fn fault(password: &str) -> Option<String> {
    if password.chars().count() < SHORTEST {
        Some(format!("A password has at least {SHORTEST} characters."))
    } else if password.len() > LONGEST {
        Some(format!("A password has at most {LONGEST} characters."))
    } else {
        None
    }
}

#[derive(Debug, thiserror::Error)]
#[error("hashing failed: {0}")]
pub struct HashError(String);

/// Hashes a password with `salt`.
pub async fn hash(password: String, salt: [u8; 16]) -> Result<String, HashError> {
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| HashError(error.to_string()))
    })
    .await
    .map_err(|error| HashError(error.to_string()))?
}

/// Whether `password` is the one behind `hash`. An unreadable hash matches nothing.
pub async fn verify(password: String, hash: String) -> Result<bool, HashError> {
    tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
    .map_err(|error| HashError(error.to_string()))
}

/// A hash that no password matches: what an unknown e-mail is checked against, so that both take as long.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$yLnVqZQmYc7ZxvPpgD2r2cX3L8cJx7mS8bqT3oWqv1I";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let made = hash("handoff-demo".into(), [7; 16]).await.expect("hashes");
        assert!(verify("handoff-demo".into(), made.clone()).await.expect("runs"));
        assert!(!verify("handoff-Demo".into(), made).await.expect("runs"));
        assert!(!verify("anything".into(), NOBODY.into()).await.expect("runs"));
        assert!(PasswordHash::new(NOBODY).is_ok(), "or an unknown e-mail would answer faster");
    }
}
