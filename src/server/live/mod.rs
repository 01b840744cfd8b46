//! The live desk: snapshots, threads, and the stream of frames that keeps them fresh.
//!
//! One hub per tenant reads the log once per nudge and keeps a ring of encoded frames; every stream of the tenant shares
//! them. It writes nothing. To add something to what pages see: a field in `domain::desk`, its filling in `view.rs` or
//! `store::desk`; the stream carries it by itself.

mod changes;
mod dossier;
mod hub;
pub mod read;
pub mod stream;
pub mod thread;
mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
};

use crate::{
    domain::ids::TenantId,
    server::{
        accounts::Accounts,
        bus::{Bus, Presence},
        clock::{Clock, Entropy},
        store::{Db, StoreError},
    },
};

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// It does not exist, or belongs to another tenant.
    #[error("not found")]
    NotFound,
    /// The input is wrong; the sentence is for the person who gave it.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, LiveError>;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    bus: Bus,
    presence: Presence,
    accounts: Accounts,
    hubs: Arc<Mutex<HashMap<TenantId, Weak<hub::Hub>>>>,
    /// Names this build: a page of another one offers a reload.
    build: Arc<str>,
}

impl Live {
    pub fn new(
        db: Db,
        clock: Clock,
        entropy: Entropy,
        bus: Bus,
        presence: Presence,
        accounts: Accounts,
        build: &str,
    ) -> Self {
        Self { db, clock, entropy, bus, presence, accounts, hubs: Arc::default(), build: build.into() }
    }
}
