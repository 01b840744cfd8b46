//! The message templates of a tenant's WhatsApp accounts: `sync` reads them from WhatsApp, `picker` lists them for a
//! conversation, `choices` for the settings of admins.
//!
//! Sending one is an agent's operation and belongs in `conversations`; what a template is and how it is filled in belongs in
//! `domain::template`.

mod choices;
mod picker;
mod sync;

use crate::server::{
    channels::Channels,
    clock::{Clock, Entropy},
    gateway::Gateway,
    store::{Db, StoreError},
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Templates {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    gateway: Gateway,
    channels: Channels,
}

/// Why templates were not listed.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, TemplateError>;

impl Templates {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, gateway: Gateway, channels: Channels) -> Self {
        Self { db, clock, entropy, gateway, channels }
    }
}
