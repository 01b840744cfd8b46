//! The work that a test may not leave behind unless it says so: what is due and not done.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{Engine, TestApp};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leftover {
    /// A job that is due.
    Job,
    /// A row of the outbox that is due, and the first of its conversation.
    Outbox,
    /// A webhook body that nobody has read. The simulator sends statuses whenever it likes, so they don't count.
    Journal,
}

impl Leftover {
    const ALL: [Self; 3] = [Self::Job, Self::Outbox, Self::Journal];

    /// A line for each row that is due at `now`.
    fn rows(self, engine: Engine, now: i64) -> String {
        match (self, engine) {
            // A look after a waiting customer is none: it is repeated for as long as they wait.
            (Self::Job, _) => {
                format!("SELECT kind || ' ' || key FROM jobs WHERE kind <> 'unattended' AND {}", due(now))
            }
            (Self::Outbox, _) => format!(
                "SELECT state || ' ' || author || ' ' || body FROM outbox WHERE state <> 'done' AND {} AND NOT EXISTS (
                   SELECT 1 FROM outbox AS earlier WHERE earlier.conversation_id = outbox.conversation_id
                   AND earlier.ord < outbox.ord AND earlier.state <> 'done')",
                due(now)
            ),
            (Self::Journal, Engine::Sqlite) => "SELECT CAST(body AS TEXT) FROM journal WHERE state = 'new'".to_owned(),
            (Self::Journal, Engine::Postgres) => {
                "SELECT encode(body, 'escape') FROM journal WHERE state = 'new'".to_owned()
            }
        }
    }
}

/// Due, and nobody is at it.
fn due(now: i64) -> String {
    format!("due_at <= {now} AND (lease_until IS NULL OR lease_until <= {now})")
}

impl TestApp {
    /// Says that the test ends with such work undone, and why. One that then leaves none fails.
    pub fn leaves(&self, what: Leftover, why: &'static str) {
        self.leaves.lock().expect("not poisoned").insert(what, why);
    }

    pub(super) async fn assert_nothing_is_left(&self) {
        let said: BTreeMap<Leftover, &str> = self.leaves.lock().expect("not poisoned").clone();
        for what in Leftover::ALL {
            let mut rows = self.lines(&what.rows(self.engine, self.now().0)).await;
            rows.retain(|row| what != Leftover::Journal || !row.contains("\"statuses\""));
            match said.get(&what) {
                None => assert!(rows.is_empty(), "{what:?} left undone, and the test does not say so: {rows:#?}"),
                Some(why) => assert!(!rows.is_empty(), "the test leaves no {what:?}, although it says so: {why}"),
            }
        }
    }

    /// What a query answers, on a connection of its own: the server's may be closed.
    async fn lines(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.config.database_url).await.expect("SQLite opens");
                let lines = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("reads");
                connection.close().await.expect("closes");
                lines
            }
            Engine::Postgres => {
                let mut connection =
                    PgConnection::connect(&self.config.database_url).await.expect("PostgreSQL answers");
                let lines = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("reads");
                connection.close().await.expect("closes");
                lines
            }
        }
    }
}
