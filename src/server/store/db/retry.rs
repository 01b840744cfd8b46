//! Write transactions that start again when PostgreSQL aborts them to let another one go on.

use super::{Db, StoreError, Tx};

/// How often a transaction that loses to others is attempted.
const ATTEMPTS: usize = 5;

/// The error of a change in a transaction.
pub trait TransactionError: From<StoreError> {
    /// The store's error, if it is the cause.
    fn store_error(&self) -> Option<&StoreError>;
}

impl TransactionError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl Db {
    /// Runs a change in a write transaction. `change` commits it, or drops it to discard it. It may run several times,
    /// because a transaction that PostgreSQL aborts because of another one is begun again: what it does besides must be
    /// done after the commit.
    ///
    /// # Errors
    /// That of `change`; the abort, if it was the fifth.
    pub async fn transact<T, E, F>(&self, change: impl Fn(Tx) -> F) -> Result<T, E>
    where
        E: TransactionError,
        F: Future<Output = Result<T, E>>,
    {
        for _ in 1..ATTEMPTS {
            match self.attempt(&change).await {
                Err(error) if error.store_error().is_some_and(StoreError::is_retryable) => {}
                other => return other,
            }
        }
        self.attempt(&change).await
    }

    async fn attempt<T, E, F>(&self, change: &impl Fn(Tx) -> F) -> Result<T, E>
    where
        E: TransactionError,
        F: Future<Output = Result<T, E>>,
    {
        let tx = self.begin_write().await?;
        change(tx).await
    }
}
