//! Failures of a database and their ends: real failures, with the engines' own error codes.

use std::path::PathBuf;

use crate::app::{Engine, TestApp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// SQLite: no free page is left, after which SQLite rolls back by itself.
    Full,
    /// SQLite: like a file system that is remounted read-only after an error. PostgreSQL: like a server after a
    /// failover.
    ReadOnly,
    /// SQLite: the file was moved under the server, and writes would go to the moved file.
    Moved,
    /// PostgreSQL: no connections are allowed, and existing ones are closed.
    Closed,
}

impl Fault {
    pub(super) fn of(engine: Engine) -> &'static [Self] {
        match engine {
            Engine::Sqlite => &[Self::Full, Self::ReadOnly, Self::Moved],
            Engine::Postgres => &[Self::ReadOnly, Self::Closed],
        }
    }

    pub(super) async fn begin(self, app: &TestApp) {
        match (app.engine, self) {
            (Engine::Sqlite, Self::Full) => tune(app, "max_page_count", "1").await,
            (Engine::Sqlite, Self::ReadOnly) => tune(app, "query_only", "ON").await,
            (Engine::Sqlite, Self::Moved) => std::fs::rename(file(app), away(app)).expect("moves"),
            (Engine::Postgres, Self::ReadOnly) => alter(app, "SET default_transaction_read_only = on").await,
            (Engine::Postgres, Self::Closed) => alter(app, "ALLOW_CONNECTIONS false").await,
            (engine, fault) => panic!("{engine:?} has no {fault:?}"),
        }
    }

    pub(super) async fn end(self, app: &TestApp) {
        match (app.engine, self) {
            (Engine::Sqlite, Self::Full) => tune(app, "max_page_count", "4294967294").await,
            (Engine::Sqlite, Self::ReadOnly) => tune(app, "query_only", "OFF").await,
            (Engine::Sqlite, Self::Moved) => {
                assert!(!file(app).exists(), "no empty database was created");
                std::fs::rename(away(app), file(app)).expect("moves back");
            }
            (Engine::Postgres, Self::ReadOnly) => alter(app, "SET default_transaction_read_only = off").await,
            (Engine::Postgres, Self::Closed) => alter(app, "ALLOW_CONNECTIONS true").await,
            (engine, fault) => panic!("{engine:?} has no {fault:?}"),
        }
    }
}

async fn tune(app: &TestApp, pragma: &'static str, value: &'static str) {
    app.services.db.tune_writer(pragma, value).await.expect("the pragma is set");
}

fn file(app: &TestApp) -> PathBuf {
    PathBuf::from(app.config.database_url.strip_prefix("sqlite://").expect("a file"))
}

fn away(app: &TestApp) -> PathBuf {
    file(app).with_extension("away")
}

/// Altered settings apply to new connections, so existing ones are closed.
async fn alter(app: &TestApp, how: &str) {
    let (_, name) = app.config.database_url.rsplit_once('/').expect("the address names a database");
    app.behind(&[
        format!("ALTER DATABASE {name} {how}"),
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
    ])
    .await;
}
