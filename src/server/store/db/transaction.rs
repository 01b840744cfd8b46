//! A transaction on either engine.

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Result, checkpoint::Checkpoints, write_queue::QueueTurn};

/// A transaction, and what SQLite needs beside it. Dropped without [`Tx::commit`] it is rolled back.
pub struct Tx(pub(in crate::server::store) TxEngine, WriterGuard);

pub(in crate::server::store) enum TxEngine {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What a write transaction of SQLite holds: the counter of commits, and the place in the write queue. The field order
/// matters in [`Tx`]: the place is given back after the writer.
#[derive(Default)]
pub(super) struct WriterGuard {
    pub checkpoints: Option<Checkpoints>,
    pub _turn: Option<QueueTurn>,
}

impl Tx {
    pub(super) fn new(engine: TxEngine, guard: WriterGuard) -> Self {
        Self(engine, guard)
    }

    /// What a statement ends with that takes rows to work on: on PostgreSQL it passes over those that another node is
    /// taking at this moment. SQLite has one writer, knows no such words and needs none.
    pub(in crate::server::store) const fn skip_locked(&self) -> &'static str {
        match &self.0 {
            TxEngine::Sqlite(_) => "",
            TxEngine::Postgres(_) => "FOR UPDATE SKIP LOCKED",
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
