//! Live updates: snapshots of the desk, threads, and the stream of frames that keeps pages current.
//!
//! One hub per tenant reads the log once per notification and keeps a ring of encoded frames for all streams of the
//! tenant. This module writes nothing. To add something that pages see: a field in `domain::desk`, and code that fills
//! it in `view.rs` or `store::desk`. The stream then carries it.

mod activity;
mod alerts;
mod changes;
mod dossier;
mod goodbye;
mod hub;
mod numbers;
mod outbound;
pub mod read;
mod search;
mod setup;
pub mod stream;
pub mod thread;
mod view;
mod wall;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
};

use tokio::sync::Semaphore;

use crate::{
    domain::ids::TenantId,
    server::{
        accounts::Accounts,
        bus::{Bus, Presence},
        clock::{Clock, Entropy},
        store::{Db, StoreError},
    },
};

/// Why nothing could be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// It does not exist, or belongs to another tenant.
    #[error("not found")]
    NotFound,
    /// Invalid input. The sentence is for the person who entered it.
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
    activities: activity::Activities,
    replays: Arc<Semaphore>,
    /// Identifies this build. A page of another build offers to reload.
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
        let (hubs, activities) = (Arc::default(), activity::Activities::default());
        let replays = Arc::new(Semaphore::new(hub::REPLAYS));
        Self { db, clock, entropy, bus, presence, accounts, hubs, activities, replays, build: build.into() }
    }
}
