//! The two database engines behind one type.
//!
//! One SQL text serves both: `$1` markers, TEXT ids, BIGINT times, BOOLEAN, BYTEA, `ON CONFLICT .. RETURNING`. The
//! macro in `statement.rs` expands one body for both engines. All differences between them are in this folder.

mod checkpoint;
mod data_file;
mod error;
mod file_lock;
mod migrations;
mod retry;
mod statement;
mod transaction;
mod write_queue;

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use checkpoint::Checkpoints;
use data_file::DataFile;
use transaction::WriterGuard;
use write_queue::{QueueTurn, WriteQueue};

use crate::server::private_files;

pub use error::{Result, StoreError};
pub use file_lock::FileLock;
pub use retry::TransactionError;
pub(super) use statement::{TENANT_BESIDE_IDS, on, push_asked, push_ids, slices};
pub use transaction::Tx;
pub(super) use transaction::{Dialect, TxEngine};
pub use write_queue::WriteLane;

/// The connection pools of one of the two engines.
#[derive(Clone)]
pub struct Db(Engine);

#[derive(Clone)]
enum Engine {
    /// One writing connection, so that a transaction never gets SQLITE_BUSY halfway. With WAL, readers do not block it.
    Sqlite {
        writer: SqlitePool,
        /// Ordinary transactions queue here, so that at most one of them is ahead of an urgent one.
        queue: WriteQueue,
        readers: SqlitePool,
        checkpoints: Checkpoints,
        file: DataFile,
    },
    Postgres(PgPool),
}

/// The oldest SQLite version whose WAL implementation we rely on.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

impl Db {
    /// Opens `url` (`sqlite:path` or `postgres://..`; `sqlite::memory:` is refused) without touching its tables.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url).await
        } else if url.starts_with("sqlite:") && !url.contains(":memory:") {
            Self::open_sqlite(url).await
        } else {
            Err(StoreError::Unusable(format!(
                "DATABASE_URL must begin with postgres:// or sqlite: and name a file, not “{}”",
                url.split('@').next_back().unwrap_or_default()
            )))
        }
    }

    /// The path of the file in a `sqlite:` URL.
    pub fn file_of(url: &str) -> Option<PathBuf> {
        let options = url.strip_prefix("sqlite:").and_then(|_| SqliteConnectOptions::from_str(url).ok())?;
        Some(options.get_filename().to_owned())
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| StoreError::Unusable(format!("DATABASE_URL: {error}")))?
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16000")
            .statement_cache_capacity(200)
            // As many as a statement of a batch returns: the database's thread need not wait for them to be read.
            .row_buffer_size(128);
        if let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new("")) {
            std::fs::create_dir_all(folder).map_err(|error| {
                StoreError::Unusable(format!("couldn't create the folder {}: {error}", folder.display()))
            })?;
        }
        // Only the first connection may create the file. A later one would replace a database that was moved or
        // deleted.
        let checkpoints = Checkpoints::start(&options.clone().create_if_missing(true)).await?;
        let file = DataFile::of(options.get_filename())?;
        close_to_others(options.get_filename());
        let writer = pool(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone().pragma("wal_autocheckpoint", checkpoint::LONGEST.to_string()))
            .await?;
        let readers = pool(4).min_connections(1).connect_with(options.pragma("query_only", "ON")).await?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&readers).await?;
        let found: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
        let (a, b, c) = SQLITE_AT_LEAST;
        if found < vec![a, b, c] {
            return Err(StoreError::Unusable(format!("SQLite {a}.{b}.{c} or newer is required; this is {version}")));
        }
        Ok(Self(Engine::Sqlite { writer, queue: WriteQueue::default(), readers, checkpoints, file }))
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Unusable(format!("DATABASE_URL isn't a PostgreSQL address: {error}")))?;
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        // Read as JSON, because the column does not exist before PostgreSQL 15, where ICU cannot be a database's
        // provider.
        let (collation, provider): (String, Option<String>) = sqlx::query_as(
            "SELECT datcollate, to_jsonb(d) ->> 'datlocprovider' FROM pg_database d WHERE datname = current_database()",
        )
        .fetch_one(&pool)
        .await?;
        if !compares_bytes(&collation, provider.as_deref()) {
            return Err(StoreError::Unusable(format!(
                "the PostgreSQL database must use collation C, but this one has {collation}{}. Create one with: \
                 CREATE DATABASE handoff TEMPLATE template0 LOCALE_PROVIDER libc LC_COLLATE 'C' ENCODING 'UTF8'",
                if provider.as_deref() == Some("i") { " by ICU" } else { "" }
            )));
        }
        Ok(Self(Engine::Postgres(pool)))
    }

    /// A write transaction. On SQLite it waits in the write queue's common lane.
    pub async fn begin_write(&self) -> Result<Tx> {
        self.begin_write_in(WriteLane::Common).await
    }

    /// A write transaction. On SQLite it waits in a lane of the write queue.
    pub async fn begin_write_in(&self, lane: WriteLane) -> Result<Tx> {
        let turn = match &self.0 {
            Engine::Sqlite { queue, .. } => Some(queue.acquire(lane).await?),
            Engine::Postgres(_) => None,
        };
        self.begin(turn).await
    }

    /// As [`Db::begin_write`], but ahead of the queue. For short transactions that Meta waits for. It waits for one
    /// transaction at most, and the next ordinary one comes before the next urgent one, so neither starves.
    pub async fn begin_urgent(&self) -> Result<Tx> {
        self.begin(None).await
    }

    async fn begin(&self, turn: Option<QueueTurn>) -> Result<Tx> {
        Ok(match &self.0 {
            Engine::Sqlite { writer, checkpoints, file, .. } => {
                file.still_there()?;
                let tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                let guard = WriterGuard { checkpoints: Some(checkpoints.clone()), _turn: turn };
                Tx::new(TxEngine::Sqlite(tx), guard)
            }
            Engine::Postgres(pool) => Tx::new(TxEngine::Postgres(pool.begin().await?), WriterGuard::default()),
        })
    }

    /// A read transaction with one consistent snapshot.
    pub async fn begin_read(&self) -> Result<Tx> {
        let tx = match &self.0 {
            Engine::Sqlite { readers, .. } => TxEngine::Sqlite(readers.begin().await?),
            Engine::Postgres(pool) => TxEngine::Postgres(
                pool.begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        };
        Ok(Tx::new(tx, WriterGuard::default()))
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Engine::Postgres(_))
    }

    /// Locks the database for this server; `None` on PostgreSQL, which several servers may use.
    ///
    /// # Errors
    /// [`StoreError::Unusable`]: another server uses the database.
    pub fn lock_for_serving(&self) -> Result<Option<FileLock>> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => FileLock::try_serve(writer.connect_options().get_filename()).map(Some),
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// Checks that the database is still the one that was opened. Reads skip this check: data from the old file is only
    /// slightly stale.
    pub fn still_there(&self) -> Result<()> {
        match &self.0 {
            Engine::Sqlite { file, .. } => file.still_there(),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Turns off fsync until this pool is closed. Only for data that can be recreated, never for customers' data.
    pub async fn stop_syncing(&self) -> Result<()> {
        self.tune_writer("synchronous", "OFF").await
    }

    /// Sets a pragma of SQLite's writer, also for connections that are opened later. Tests use it to cause faults.
    pub async fn tune_writer(&self, pragma: &'static str, value: &'static str) -> Result<()> {
        if let Engine::Sqlite { writer, .. } = &self.0 {
            writer.set_connect_options(writer.connect_options().as_ref().clone().pragma(pragma, value));
            sqlx::query(AssertSqlSafe(format!("PRAGMA {pragma} = {value}"))).execute(writer).await?;
        }
        Ok(())
    }

    /// Returns when all connections are closed. SQLite's WAL is then in the database file.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite { writer, readers, checkpoints, .. } => {
                readers.close().await;
                writer.close().await;
                checkpoints.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

/// Closes a database that an older version created to other users of the machine.
fn close_to_others(database: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        if let Err(error) = private_files::close_to_others(Path::new(&name)) {
            tracing::warn!(%error, file = %Path::new(&name).display(), "store: database readable by other users");
        }
    }
}

/// A pool that does not hand out connections which sqlx believes to be in a transaction. After a full disk or a failed
/// write SQLite has rolled back by itself; sqlx's own ROLLBACK then fails, and sqlx would keep the wrong state forever.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).before_acquire(|connection, _| {
        let fit = !connection.is_in_transaction();
        Box::pin(async move { Ok(fit) })
    })
}

/// Whether the database compares text by bytes, as Rust does with ids and folded text. Provider `i` is ICU, which
/// ignores libc's collation; the built-in provider (`b`) compares by code point only.
fn compares_bytes(collation: &str, provider: Option<&str>) -> bool {
    match provider {
        Some("b") => true,
        None | Some("c") => matches!(collation, "C" | "POSIX" | "C.UTF-8" | "C.utf8"),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[test]
    fn a_database_with_a_linguistic_collation_is_refused() {
        for (collation, provider) in [("C", None), ("C.UTF-8", Some("c")), ("C", Some("b")), ("C.UTF-8", Some("b"))] {
            assert!(compares_bytes(collation, provider), "{collation} {provider:?}");
        }
        for (collation, provider) in [("C", Some("i")), ("en_US.UTF-8", Some("c")), ("de_DE.utf8", None)] {
            assert!(!compares_bytes(collation, provider), "{collation} {provider:?}");
        }
    }

    #[tokio::test]
    async fn an_urgent_transaction_precedes_waiting_ordinary_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("turns.db").display());
        let db = Db::open(&url).await.expect("opens");
        let first = db.begin_write().await.expect("begins");
        let mut ordinary = std::pin::pin!(db.begin_write());
        assert!(poll!(&mut ordinary).is_pending());
        let mut urgent = std::pin::pin!(db.begin_urgent());
        assert!(poll!(&mut urgent).is_pending());

        first.rollback().await.expect("lets go");
        let urgent = urgent.await.expect("begins");
        assert!(poll!(&mut ordinary).is_pending());
        let mut again = std::pin::pin!(db.begin_urgent());
        assert!(poll!(&mut again).is_pending());

        urgent.commit().await.expect("commits");
        let ordinary = ordinary.await.expect("comes before the next urgent one");
        assert!(poll!(&mut again).is_pending());
        ordinary.commit().await.expect("commits");
        again.await.expect("begins").rollback().await.expect("lets go");
        db.close().await;
    }

    #[tokio::test]
    async fn a_query_by_ids_does_not_scan_the_tenant() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("plan.db").display());
        let db = Db::open(&url).await.expect("opens");
        db.migrate().await.expect("migrates");
        let Engine::Sqlite { readers, .. } = &db.0 else { panic!("a file of SQLite") };
        let plan = async |column: &str| -> String {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT preview FROM conversations WHERE {column} = 't' AND id IN ('a', 'b', 'c')"
            );
            let (_, _, _, plan): (i64, i64, i64, String) =
                sqlx::query_as(AssertSqlSafe(sql)).fetch_one(readers).await.expect("a plan of one line");
            plan
        };
        assert!(plan(TENANT_BESIDE_IDS).await.ends_with("(id=?)"));
        assert!(plan("tenant_id").await.ends_with("(tenant_id=?)"), "SQLite no longer needs to be told");
        db.close().await;
    }

    #[tokio::test]
    async fn an_invalid_database_url_is_reported_in_one_line() {
        for url in ["sqlite::memory:", "sqlite://?mode=memory", "sqlite:", "postgres://host:port/x", "mysql://x"] {
            match Db::open(url).await {
                Err(StoreError::Unusable(words)) => assert!(words.contains("DATABASE_URL"), "{url}: {words}"),
                other => panic!("{url}: {:?}", other.map(|_| ())),
            }
        }
    }
}
