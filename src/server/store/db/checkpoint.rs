//! Checkpoints SQLite's WAL on a connection of its own, after a number of commits. By default the commit that finds the
//! WAL long does it, and every writer behind it waits.
//!
//! The checkpoints are PASSIVE: they never block writers or readers and skip pages that a reader still needs. If they
//! do not keep up, SQLite's automatic checkpoint takes over at [`LONGEST`].

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};

/// Commits between two checkpoints. Under load these are some megabytes, in which frequently changed pages are written
/// once.
const COMMITS: u32 = 128;
/// Pages (4 KB) at which SQLite's automatic checkpoint starts: 64 MB.
pub(super) const LONGEST: u32 = 16_384;

/// The writer's handle of the task. Cheap to clone; the connection is closed when the last handle is dropped.
#[derive(Clone)]
pub(super) struct Checkpoints {
    asked: mpsc::Sender<Asked>,
    commits: std::sync::Arc<std::sync::atomic::AtomicU32>,
}

enum Asked {
    CarryOver,
    Close(oneshot::Sender<()>),
}

impl Checkpoints {
    /// Opens the connection and starts the task.
    pub(super) async fn start(options: &SqliteConnectOptions) -> sqlx::Result<Self> {
        let mut connection = SqliteConnection::connect_with(options).await?;
        let (asked, mut asking) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut closed = None;
            while let Some(next) = asking.recv().await {
                match next {
                    Asked::CarryOver => {
                        let carried = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await;
                        if let Err(error) = carried {
                            // Commits continue. At `LONGEST`, a commit attempts a checkpoint itself and reports the
                            // error.
                            tracing::warn!(%error, "store: WAL checkpoint failed");
                        }
                    }
                    Asked::Close(done) => {
                        closed = Some(done);
                        break;
                    }
                }
            }
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "store: closing the database failed");
            }
            if let Some(done) = closed {
                // The caller may have stopped waiting.
                let _gone = done.send(());
            }
        });
        Ok(Self { asked, commits: Default::default() })
    }

    /// Counts a committed transaction.
    pub(super) fn committed(&self) {
        let count = self.commits.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if count % COMMITS == COMMITS - 1 {
            // If the channel is full, a checkpoint is requested already.
            let _due = self.asked.try_send(Asked::CarryOver);
        }
    }

    /// Returns when the connection is closed. Closing the last connection of a database removes its WAL file.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.asked.send(Asked::Close(done)).await.is_ok() {
            // The task may end without an answer, which is fine too.
            let _ended = closed.await;
        }
    }
}
