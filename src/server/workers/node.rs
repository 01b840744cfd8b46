//! This process among those that share a database: its presence, and the leases of processes that are gone.
//!
//! On PostgreSQL each node has a row that expires unless it is renewed. A lease is freed when its owner's row has
//! expired or is missing, at the start of a node and by running nodes. On SQLite a file lock lets one server run at a
//! time. Whoever holds it knows that all other owners are gone, and frees all leases at once.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        ids::NodeId,
        time::{Span, Timestamp},
    },
    server::{
        clock::{Clock, Entropy},
        store::{
            self, Db, FileLock, Tx, jobs,
            nodes::{self, NodeRow},
            outbox,
        },
    },
};

use super::{Wakeups, WorkerPool};

/// How long a node counts as present after its last renewal. The clocks of two machines may differ by less than this
/// minus `RENEW`.
pub const PRESENCE: Span = Span::seconds(15);
/// How often a node renews its presence.
const RENEW: Span = Span::seconds(3);

/// Attempts to join. Nodes that start at the same moment free the same leases, and PostgreSQL may abort all but one of
/// them.
const MAX_ATTEMPTS: usize = 5;

/// Cheap to clone. The file lock is held until the last clone is dropped.
#[derive(Clone)]
pub struct Node {
    id: NodeId,
    db: Db,
    clock: Clock,
    entropy: Entropy,
    wakeups: Arc<Wakeups>,
    lock: Arc<Mutex<Option<FileLock>>>,
}

impl Node {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, wakeups: Arc<Wakeups>) -> Self {
        let id = entropy.id(clock.now());
        Self { id, db, clock, entropy, wakeups, lock: Arc::default() }
    }

    pub fn id(&self) -> &NodeId {
        &self.id
    }

    /// Makes this node present and frees the leases of nodes that are gone. A node must join before it takes leases,
    /// because other nodes free those of a node that is not present.
    ///
    /// # Errors
    /// [`store::StoreError::Unusable`]: another server uses the same file.
    pub async fn join(&self) -> store::Result<()> {
        self.lock()?;
        for _ in 1..MAX_ATTEMPTS {
            match self.try_join().await {
                Err(error) if error.is_retryable() => {}
                other => return other,
            }
        }
        self.try_join().await
    }

    async fn try_join(&self) -> store::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        if !self.db.is_postgres() {
            nodes::remove_others(&mut tx, &self.id).await?;
        }
        nodes::save(&mut tx, &self.row(now)).await?;
        nodes::remove_expired(&mut tx, now).await?;
        self.free_absent(&mut tx, now).await?;
        tx.commit().await?;
        self.wakeups.wake_lease_takers();
        Ok(())
    }

    /// Renews this node's presence and checks that of the others, until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        if !self.db.is_postgres() {
            // While the file lock is held, there are no other nodes.
            return stop.cancelled().await;
        }
        // Only the timer wakes this pool.
        let never = Notify::new();
        let pool = WorkerPool::new("node", &never, &self.clock, &self.entropy, &stop);
        let look = || async { self.run_once().await.map(|()| 0) };
        pool.run_rounds(look).await;
    }

    /// Renews the presence if it is time, and frees the leases of nodes that have expired.
    pub async fn run_once(&self) -> store::Result<()> {
        let now = self.clock.now();
        let mut look = self.db.begin_read().await?;
        let known = nodes::all(&mut look).await?;
        drop(look);
        let own = known.iter().find(|node| node.id == self.id);
        let is_fresh = own.is_some_and(|own| own.expires_at > now.plus(PRESENCE).minus(RENEW).0);
        let is_gone = |node: &NodeRow| node.id != self.id && node.expires_at <= now.0;
        let gone: Vec<&NodeRow> = known.iter().filter(|node| is_gone(node)).collect();
        if is_fresh && gone.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin_write().await?;
        nodes::save(&mut tx, &self.row(now)).await?;
        if !gone.is_empty() {
            nodes::remove_expired(&mut tx, now).await?;
            self.free_absent(&mut tx, now).await?;
        }
        tx.commit().await?;
        if !gone.is_empty() {
            self.wakeups.wake_lease_takers();
        }
        Ok(())
    }

    /// Ends the presence of a node whose workers have ended, and frees its leases, so that others continue at once.
    pub async fn leave(&self) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        nodes::remove(&mut tx, &self.id).await?;
        jobs::free(&mut tx, Some(&self.id)).await?;
        outbox::free(&mut tx, Some(&self.id)).await?;
        tx.commit().await?;
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(())
    }

    fn lock(&self) -> store::Result<()> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            *lock = self.db.lock_for_serving()?;
        }
        Ok(())
    }

    fn row(&self, now: Timestamp) -> NodeRow {
        let expires = if self.db.is_postgres() { now.plus(PRESENCE) } else { Timestamp(i64::MAX) };
        NodeRow { id: self.id.clone(), started_at: now.0, expires_at: expires.0 }
    }

    /// Frees owner by owner, so that a lease which a running node takes meanwhile is not freed too.
    async fn free_absent(&self, tx: &mut Tx, now: Timestamp) -> store::Result<()> {
        for owner in jobs::absent_owners(tx, now).await? {
            tracing::info!(owner = owner.as_ref().map_or("unknown", NodeId::as_str), "node: leases of jobs freed");
            jobs::free(tx, owner.as_ref()).await?;
        }
        for owner in outbox::absent_owners(tx, now).await? {
            tracing::info!(
                owner = owner.as_ref().map_or("unknown", NodeId::as_str),
                "node: leases of outbox rows freed"
            );
            outbox::free(tx, owner.as_ref()).await?;
        }
        Ok(())
    }
}
