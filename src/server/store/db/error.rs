//! Errors of the database, and what a caller may do about them.

/// Not shown to users. Logged where it is handled.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be used by this program. The sentence says what to do.
    #[error("{0}")]
    Unusable(String),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row contains a value that this build cannot read. `detail` names the column and the problem.
    #[error("unreadable row {id} of the table {table}: {detail}")]
    Unreadable { table: &'static str, id: String, detail: String },
    /// A value cannot be serialised as JSON.
    #[error("not writable as JSON: {0}")]
    Unwritable(serde_json::Error),
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// PostgreSQL aborted this transaction because of another (40001, 40P01). Run it again.
    pub fn is_retryable(&self) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// The row violates a unique index.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether the database and not the statement is the cause: unavailable, locked, full, read-only, or a conflict
    /// with another transaction. The same work may succeed later, unchanged.
    pub fn is_outage(&self) -> bool {
        let error = match self {
            Self::Unusable(_) => return true,
            Self::Migrate(_) | Self::Unreadable { .. } | Self::Unwritable(_) => return false,
            Self::Sql(error) => error,
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement => true,
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    // The low byte is SQLite's primary code: PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR,
                    // CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB.
                    let primary = code.parse::<i64>().map_or(0, |code| code & 0xff);
                    matches!(primary, 3 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 13 | 14 | 15 | 26)
                } else {
                    // Classes: connection, authorization, missing database, rollback, resources, operator, system.
                    // Codes: read-only, not in the required state, no lock.
                    ["08", "28", "3D", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
                        || matches!(&*code, "25006" | "55000" | "55P03")
                }
            }
            _ => false,
        }
    }
}
