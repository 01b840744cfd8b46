//! Files: those of customers, downloaded from Meta before they expire there, and those of agents, uploaded to us and then
//! to Meta. They are checked, stored through `object_store`, and served to agents.
//!
//! `fetch.rs` is the worker of downloads, `receive.rs` takes what agents upload, `voice.rs` makes voice notes of what they
//! record, `remote.rs` uploads both to Meta, `leftovers.rs` removes what a killed server left half written, `kind.rs`
//! detects types and decides how browsers may show a file, `serve.rs` builds the responses, `copy.rs` those of voice notes
//! for browsers without Ogg, and `range.rs` parses `Range` headers. What a file means for its conversation is decided in
//! `conversations::media` and `conversations::uploads`, and what WhatsApp accepts in `domain::upload`. To show one more type
//! in the page, add a row in `kind.rs`.

mod copy;
mod fetch;
mod kind;
pub mod leftovers;
mod range;
pub mod receive;
pub mod remote;
pub mod serve;
#[cfg(test)]
mod tests;
mod voice;

use std::sync::Arc;

use object_store::{ObjectStore, local::LocalFileSystem, path::Path};
use tokio::sync::Mutex;

use crate::{
    domain::ids::{MediaId, TenantId},
    server::{
        bus::Bus,
        channels::Channels,
        clock::{Clock, Entropy},
        conversations::Conversations,
        gateway::Gateway,
        private_files,
        store::{Db, StoreError},
        workers::Jobs,
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Media {
    db: Db,
    conversations: Conversations,
    jobs: Jobs,
    gateway: Gateway,
    channels: Channels,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
    store: Arc<dyn ObjectStore>,
    /// Held while bytes and the row that names them change together, so that bytes which a new row needs are not removed.
    moving: Arc<Mutex<()>>,
}

impl Media {
    #[expect(clippy::too_many_arguments, reason = "the composition root names each service once")]
    pub fn new(
        db: Db,
        conversations: Conversations,
        jobs: Jobs,
        gateway: Gateway,
        channels: Channels,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
        store: Arc<dyn ObjectStore>,
    ) -> Self {
        let moving = Arc::default();
        Self { db, conversations, jobs, gateway, channels, bus, clock, entropy, store, moving }
    }
}

/// A local folder as the store, created if it is missing. A write returns when the file is on disk.
///
/// # Errors
/// A sentence for the operator.
pub fn folder(at: &std::path::Path) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let unusable = |error: &dyn std::fmt::Display| {
        StoreError::Unusable(format!("couldn't use the media folder {}: {error}", at.display()))
    };
    std::fs::create_dir_all(at).map_err(|error| unusable(&error))?;
    if let Err(error) = private_files::close_to_others(at) {
        tracing::warn!(%error, folder = %at.display(), "media: folder readable by other users");
    }
    let store = LocalFileSystem::new_with_prefix(at).map_err(|error| unusable(&error))?;
    Ok(Arc::new(store.with_fsync(true)))
}

/// The path of a file: its tenant's id and its own id. It contains nothing that the sender chose.
fn path_of(tenant: &TenantId, id: &MediaId) -> Path {
    Path::from_iter([tenant.as_str(), id.as_str()])
}
