//! A tenant's connection to WhatsApp: Meta apps, numbers, and their secrets. Every change of a number is in one
//! transaction with its audit entry.
//!
//! `provision`, `apps` and `numbers` create them, for the command line and the demo; `health` resumes a number that
//! WhatsApp stopped; `credentials` encrypts secrets, and decrypts them for calls to Meta.

mod apps;
mod credentials;
mod health;
mod numbers;
mod provision;
#[cfg(test)]
mod tests;

pub use credentials::NoCredentials;
pub use numbers::NewNumber;

use crate::server::{
    clock::{Clock, Entropy},
    log::Log,
    seal::{Seal, SealError},
    store::{Db, StoreError},
};

/// The longest name of a tenant, app or number, in characters.
const NAME_LIMIT: usize = 80;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Channels {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    log: Log,
    seal: Seal,
}

/// Why nothing was created or changed.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    #[error("not found")]
    NotFound,
    /// Invalid input. The sentence is for the person who entered it.
    #[error("{0}")]
    Invalid(String),
    /// The name or number is in use; the sentence says which.
    #[error("{0}")]
    Taken(String),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, ChannelError>;

impl Channels {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, log: Log, seal: Seal) -> Self {
        Self { db, clock, entropy, log, seal }
    }
}

/// A name, trimmed and checked.
fn named<'n>(what: &str, name: &'n str) -> Result<&'n str> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(ChannelError::Invalid(format!("{what} is empty."))),
        length if length > NAME_LIMIT => Err(ChannelError::Invalid(format!(
            "{what} is too long: it has {length} characters, and the limit is {NAME_LIMIT}."
        ))),
        _ => Ok(name),
    }
}

fn taken(error: StoreError, detail: impl FnOnce() -> String) -> ChannelError {
    if error.is_taken() { ChannelError::Taken(detail()) } else { error.into() }
}
