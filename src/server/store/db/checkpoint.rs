//! SQLite's log is carried into its file beside the commits, not inside of them: by default every commit that finds the
//! log long does it, and everybody behind it waits. Here a connection of its own does, after a number of commits.
//!
//! PASSIVE: it never makes a writer or a reader wait, and carries over what nobody needs in the log any more. Should it
//! not keep up, SQLite's own way steps in at [`LONGEST`].

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};

/// Commits between two times: some megabytes under load, where pages that change often are then written once for all.
const COMMITS: u32 = 128;
/// Pages (4 KB) at which a commit carries the log over itself, after all: 64 MB.
pub(super) const LONGEST: u32 = 16_384;

/// The writer's end. Cheap to clone; the connection is closed when the last one is dropped.
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
    /// Opens the connection and starts its task.
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
                            // The commits go on; at the longest length one of them tries the same and reports it.
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
                // Whoever asked may have gone.
                let _gone = done.send(());
            }
        });
        Ok(Self { asked, commits: Default::default() })
    }

    /// A transaction was committed.
    pub(super) fn committed(&self) {
        let count = self.commits.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if count % COMMITS == COMMITS - 1 {
            // Full: one is due already.
            let _due = self.asked.try_send(Asked::CarryOver);
        }
    }

    /// Comes back when the connection is closed. As the last one it leaves a database without a log beside it.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.asked.send(Asked::Close(done)).await.is_ok() {
            // An end without an answer is an end too.
            let _ended = closed.await;
        }
    }
}
