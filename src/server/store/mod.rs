//! The only SQL in the project: the two engines in `db.rs`, and a file per table.
//!
//! Functions take the transaction and the tenant, give rows or domain values, and decide nothing. To add a table: a
//! migration, a file here, its statements through `on!`.

pub mod agents;
pub mod apps;
pub mod channels;
mod checkpoint;
pub mod conversations;
pub mod counters;
pub mod customers;
mod datafile;
pub mod db;
pub mod desk;
pub mod early;
pub mod entries;
pub mod facts;
pub mod flows;
pub mod handoffs;
pub mod jobs;
pub mod journal;
pub mod keywords;
mod line;
pub mod media;
pub mod messages;
pub mod models;
pub mod outbox;
pub mod runs;
pub mod secrets;
pub mod sessions;
pub mod talks;
pub mod tenants;
pub mod tools;

pub use db::{Db, Tx};

/// What can go wrong below. Opaque to people; logged where it is caught.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot serve this program; the sentence says what to do.
    #[error("{0}")]
    Unusable(String),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row holds what this build cannot read.
    #[error("unreadable row: {0}")]
    Unreadable(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// PostgreSQL gave up this transaction so that another could go on (40001, 40P01): try it again.
    pub fn is_retryable(&self) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// A unique index said no.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Writes a value as JSON text.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// Reads a value from JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable(error.to_string()))
}
