//! Files: those of customers, downloaded from Meta before they expire there, and those of agents, uploaded to us and then
//! to Meta. They are checked, kept in the `file_store`, and served to agents.
//!
//! `fetch.rs` is the worker of downloads, `receive.rs` takes what agents upload, `voice.rs` makes voice notes of what they
//! record, `remote.rs` uploads both to Meta, `stale.rs` removes what nobody needs, `moves.rs` lets one of those that change
//! a tenant's bytes work at a time, `kind.rs` detects types and decides how browsers may show a file, `serve.rs` builds the
//! responses, `copy.rs` those of voice notes for browsers without Ogg, and `range.rs` parses `Range` headers. What a file
//! means for its conversation is decided in `conversations::media` and `conversations::uploads`, and what WhatsApp accepts
//! in `domain::upload`. To show one more type in the page, add a row in `kind.rs`.

mod copy;
mod fetch;
mod kind;
mod moves;
mod range;
pub mod receive;
pub mod remote;
pub mod serve;
mod stale;
#[cfg(test)]
mod tests;
mod voice;

use object_store::path::Path;

use self::moves::Moves;
use crate::{
    domain::ids::{MediaId, NodeId, TenantId},
    server::{
        bus::Bus,
        channels::Channels,
        clock::{Clock, Entropy},
        conversations::Conversations,
        file_store::{FileStore, FileStoreUnusable},
        gateway::Gateway,
        store::Db,
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
    store: FileStore,
    /// Held while bytes and the rows that name them change together, so that bytes which a new row needs are not removed.
    moves: Moves,
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
        store: FileStore,
    ) -> Self {
        let moves = Moves::default();
        Self { db, conversations, jobs, gateway, channels, bus, clock, entropy, store, moves }
    }

    /// Tries whether files can be kept: see [`FileStore::probe`].
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn probe(&self, node: &NodeId) -> Result<(), FileStoreUnusable> {
        self.store.probe(node.as_str()).await
    }
}

/// The path of a file: its tenant's id and its own id. It contains nothing that the sender chose.
fn path_of(tenant: &TenantId, id: &MediaId) -> Path {
    Path::from_iter([tenant.as_str(), id.as_str()])
}
