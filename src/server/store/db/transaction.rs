//! A transaction on either engine.

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Result, checkpoint::Checkpoints, write_queue::QueueTurn};

/// A transaction, and what SQLite needs with it. It is rolled back if it is dropped without [`Tx::commit`].
pub struct Tx(pub(in crate::server::store) TxEngine, WriterGuard);

pub(in crate::server::store) enum TxEngine {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Whose SQL a statement is written in. Only the full-text search needs to know: see `tables/search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::store) enum Dialect {
    Sqlite,
    Postgres,
}

/// What a write transaction of SQLite holds: the counter of commits, and its turn in the write queue. It comes after
/// the transaction in [`Tx`], because fields are dropped in order and the turn must end after the connection is
/// released.
#[derive(Default)]
pub(super) struct WriterGuard {
    pub checkpoints: Option<Checkpoints>,
    pub _turn: Option<QueueTurn>,
}

impl Tx {
    pub(super) fn new(engine: TxEngine, guard: WriterGuard) -> Self {
        Self(engine, guard)
    }

    /// The end of a statement that takes rows to work on. On PostgreSQL it skips rows that another node is taking.
    /// SQLite has one writer, so it needs no such clause.
    pub(in crate::server::store) const fn skip_locked(&self) -> &'static str {
        match &self.0 {
            TxEngine::Sqlite(_) => "",
            TxEngine::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// The end of a statement that reads rows which must not change until the commit. SQLite has one writer, so it
    /// needs no such clause.
    pub(in crate::server::store) const fn for_share(&self) -> &'static str {
        match &self.0 {
            TxEngine::Sqlite(_) => "",
            TxEngine::Postgres(_) => "FOR SHARE",
        }
    }

    /// The end of a statement that only locks rows, in its order, before another one changes them all: an update locks
    /// them in the order in which it finds them. `None`: SQLite has one writer.
    pub(in crate::server::store) const fn for_change(&self) -> Option<&'static str> {
        match &self.0 {
            TxEngine::Sqlite(_) => None,
            TxEngine::Postgres(_) => Some("FOR NO KEY UPDATE"),
        }
    }

    pub(in crate::server::store) const fn dialect(&self) -> Dialect {
        match &self.0 {
            TxEngine::Sqlite(_) => Dialect::Sqlite,
            TxEngine::Postgres(_) => Dialect::Postgres,
        }
    }

    pub async fn commit(self) -> Result<()> {
        match self.0 {
            TxEngine::Sqlite(tx) => tx.commit().await?,
            TxEngine::Postgres(tx) => tx.commit().await?,
        }
        if let Some(checkpoints) = &self.1.checkpoints {
            checkpoints.committed();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<()> {
        match self.0 {
            TxEngine::Sqlite(tx) => tx.rollback().await?,
            TxEngine::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
