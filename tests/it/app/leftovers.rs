//! What a test may not leave behind unless it says so: work that is due and that nobody has done.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{Engine, TestApp};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leftover {
    /// A job that is due.
    Job,
    /// A row of the outbox that is due, and the first of its conversation.
    Outbox,
    /// A webhook body that nobody has read.
    Journal,
}

impl Leftover {
    const ALL: [Self; 3] = [Self::Job, Self::Outbox, Self::Journal];

    /// A line for each row that is due at `now`.
    fn rows(self, now: i64) -> String {
        match self {
            Self::Job => format!("SELECT kind || ' ' || key FROM jobs WHERE {}", due(now)),
            Self::Outbox => format!(
                "SELECT state || ' ' || author || ' ' || body FROM outbox WHERE state <> 'done' AND {} AND NOT EXISTS (
                   SELECT 1 FROM outbox AS earlier WHERE earlier.conversation_id = outbox.conversation_id
                   AND earlier.ord < outbox.ord AND earlier.state <> 'done')",
                due(now)
            ),
            Self::Journal => "SELECT id FROM journal WHERE state = 'new'".to_owned(),
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
        // What the simulator holds back never arrives.
        if !self.meta.settings().webhook.paused {
            self.meta.settled().await;
        }
        let said: BTreeMap<Leftover, &str> = self.leaves.lock().expect("not poisoned").clone();
        for what in Leftover::ALL {
            let rows = self.lines(&what.rows(self.now().0)).await;
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
                let mut connection = PgConnection::connect(&self.config.database_url).await.expect("PostgreSQL answers");
                let lines = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("reads");
                connection.close().await.expect("closes");
                lines
            }
        }
    }
}
