//! The two engines behind one face, and the only macro of the project.
//!
//! One SQL text serves both: `$1` markers, TEXT ids, BIGINT times, BOOLEAN, BYTEA, `ON CONFLICT .. RETURNING`. The macro
//! expands one body into both arms. What the engines do differently is in this file and nowhere else.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Postgres, Sqlite, Transaction,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    StoreError,
    checkpoint::{self, Checkpoints},
};

/// A pool of one of the two engines.
#[derive(Clone)]
pub struct Db(Engine);

#[derive(Clone)]
enum Engine {
    /// One writer, so that a write never meets SQLITE_BUSY inside; readers beside it thanks to WAL.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        checkpoints: Checkpoints,
    },
    Postgres(PgPool),
}

/// A transaction, and whom to tell of its commit. Dropped without [`Tx::commit`] it is rolled back.
pub struct Tx(pub(super) TxEngine, Option<Checkpoints>);

pub(super) enum TxEngine {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one query on whichever engine the transaction has: `on!(tx, c => sqlx::query("..").execute(c).await)`.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.0 {
            $crate::server::store::db::TxEngine::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::server::store::db::TxEngine::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}
pub(super) use on;

/// The most rows of one statement: far below both engines' limit of bound values.
const MOST: usize = 64;

/// Cuts `rows` into slices for statements of many rows. Their lengths are powers of two, so that a table has a handful of
/// statements that stay prepared, not one for each number of rows that ever came together.
pub(super) fn slices<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let most = rows.len().min(MOST);
        let length = 1 << most.checked_ilog2()?;
        let (slice, rest) = rows.split_at(length);
        rows = rest;
        Some(slice)
    })
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The oldest SQLite whose WAL handling we rely on.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

impl Db {
    /// Opens `url` (`sqlite:path`, `sqlite::memory:` is refused, or `postgres://..`) without touching its tables.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
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

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16000")
            .statement_cache_capacity(200);
        if let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new("")) {
            std::fs::create_dir_all(folder).map_err(|error| {
                StoreError::Unusable(format!("the folder {} cannot be made: {error}", folder.display()))
            })?;
        }
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone().pragma("wal_autocheckpoint", checkpoint::LONGEST.to_string()))
            .await?;
        let checkpoints = Checkpoints::start(&options).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .min_connections(1)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&readers).await?;
        let found: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
        let (a, b, c) = SQLITE_AT_LEAST;
        if found < vec![a, b, c] {
            return Err(StoreError::Unusable(format!("SQLite {a}.{b}.{c} or newer is needed, this is {version}")));
        }
        Ok(Self(Engine::Sqlite { writer, readers, checkpoints }))
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        let collation: String =
            sqlx::query_scalar("SELECT datcollate FROM pg_database WHERE datname = current_database()")
                .fetch_one(&pool)
                .await?;
        // Ids and folded text are compared as bytes by Rust; a locale's order would disagree with it.
        if !matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
            return Err(StoreError::Unusable(format!(
                "the PostgreSQL database must use collation C, this one has {collation}: \
                 CREATE DATABASE handoff TEMPLATE template0 LC_COLLATE 'C' ENCODING 'UTF8'"
            )));
        }
        Ok(Self(Engine::Postgres(pool)))
    }

    /// Brings the tables to this build's state.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => {
                // sqlx takes no lock on SQLite; two servers that start at once would both migrate.
                let file = writer.connect_options().get_filename().with_extension("lock");
                let lock = std::fs::File::create(&file)
                    .and_then(|lock| lock.lock().map(|()| lock))
                    .map_err(|error| StoreError::Unusable(format!("{} cannot be locked: {error}", file.display())))?;
                MIGRATIONS.run(writer).await?;
                drop(lock);
            }
            Engine::Postgres(pool) => MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// A transaction that may write: the writer's turn on SQLite, an ordinary one on PostgreSQL.
    pub async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Engine::Sqlite { writer, checkpoints, .. } => {
                let tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                Tx(TxEngine::Sqlite(tx), Some(checkpoints.clone()))
            }
            Engine::Postgres(pool) => Tx(TxEngine::Postgres(pool.begin().await?), None),
        })
    }

    /// One unmoving view of the data.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        let tx = match &self.0 {
            Engine::Sqlite { readers, .. } => TxEngine::Sqlite(readers.begin().await?),
            Engine::Postgres(pool) => TxEngine::Postgres(
                pool.begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        };
        Ok(Tx(tx, None))
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Engine::Postgres(_))
    }

    /// Trades safety for speed until this pool is closed: for data that can be made anew, never for a customer's.
    pub async fn stop_syncing(&self) -> Result<(), StoreError> {
        if let Engine::Sqlite { writer, .. } = &self.0 {
            sqlx::query("PRAGMA synchronous = OFF").execute(writer).await?;
        }
        Ok(())
    }

    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            TxEngine::Sqlite(tx) => tx.commit().await?,
            TxEngine::Postgres(tx) => tx.commit().await?,
        }
        if let Some(checkpoints) = self.1 {
            checkpoints.committed();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            TxEngine::Sqlite(tx) => tx.rollback().await?,
            TxEngine::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
