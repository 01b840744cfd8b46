//! The line in which SQLite's ordinary transactions stand, so that at most one of them is before an urgent one. Whoever
//! is urgent asks for the connection at once.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Result;

/// How long a transaction stands in line: as long as sqlx lets it wait for the connection, and as sqlx does, by the real
/// clock.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Default)]
pub(super) struct Line(Arc<Mutex<()>>);

/// The first place, until it is dropped.
pub(super) type Place = OwnedMutexGuard<()>;

impl Line {
    /// Comes back when it is the first.
    ///
    /// # Errors
    /// What a pool says to whoever waits too long, an outage.
    pub(super) async fn first(&self) -> Result<Place> {
        self.within(PATIENCE).await
    }

    async fn within(&self, patience: Duration) -> Result<Place> {
        let place = tokio::time::timeout(patience, self.0.clone().lock_owned());
        place.await.map_err(|_elapsed| sqlx::Error::PoolTimedOut.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::journal, *};

    #[tokio::test]
    async fn whoever_waits_too_long_is_told_of_an_outage() {
        let line = Line::default();
        let first = line.within(Duration::ZERO).await.expect("nobody is before it");
        let error = line.within(Duration::ZERO).await.expect_err("waits in vain");
        assert!(journal::is_outage(&error), "{error}");
        drop(first);
        line.within(Duration::ZERO).await.expect("its turn");
    }
}
