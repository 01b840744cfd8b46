//! How a tenant is reached on WhatsApp: Meta apps, numbers, and their secrets. Every change of a number and its audit
//! entry are one transaction.
//!
//! `provision` and `apps` and `numbers` set up, for the command line and the demo; `health` lets a number go on that
//! WhatsApp stopped; `credentials` seals secrets, and opens them for whoever calls Meta.

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

/// The longest name of a tenant, an app or a number, in characters.
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

/// Why nothing was set up or changed.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    #[error("not found")]
    NotFound,
    /// The input is wrong; the sentence is for the person who gave it.
    #[error("{0}")]
    Invalid(String),
    /// The name or number is in use already; the sentence says which.
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

/// A name without the blanks around it.
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
