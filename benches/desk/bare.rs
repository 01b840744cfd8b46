//! The throughput of disk and SQLite without the server: the baseline for ingest.
//!
//! 64 messages per commit with two rows each, one like the journal's and one like a message, through sqlx, with WAL and
//! synchronous FULL as in the server. The baseline uses one prepared statement per row. One statement per table and
//! commit only measures copying bytes; it is printed as the upper bound.

use std::str::FromStr;

use sqlx::{
    Connection, QueryBuilder, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    Failure,
    numbers::{instant, seconds},
    place, stage,
};

/// Messages per commit.
const GROUP: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    OneByOne,
    Together,
}

/// Messages per second for `count` messages.
pub async fn measure(count: usize, rows: Rows) -> Result<f64, Failure> {
    let folder = place::fresh()?;
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", folder.path().join("bare.db").display()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-16000");
    let mut connection = SqliteConnection::connect_with(&options).await?;
    for table in [
        "CREATE TABLE journal (id TEXT NOT NULL PRIMARY KEY, app_id TEXT NOT NULL, received_at BIGINT NOT NULL, \
         body BYTEA NOT NULL, state TEXT NOT NULL)",
        "CREATE TABLE messages (id TEXT NOT NULL PRIMARY KEY, conversation_id TEXT NOT NULL, wamid TEXT NOT NULL UNIQUE, \
         content TEXT NOT NULL, at BIGINT NOT NULL)",
    ] {
        sqlx::query(table).execute(&mut connection).await?;
    }
    let body = stage::body(1, 1);
    let start = instant();
    for first in (0..count).step_by(GROUP) {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        let numbers = first..(first + GROUP).min(count);
        match rows {
            Rows::OneByOne => {
                for number in numbers {
                    sqlx::query(
                        "INSERT INTO journal (id, app_id, received_at, body, state) VALUES ($1, $2, $3, $4, $5)",
                    )
                    .bind(format!("jrn_{number:026}"))
                    .bind("bench-app")
                    .bind(number as i64)
                    .bind(&body[..])
                    .bind("new")
                    .execute(&mut *tx)
                    .await?;
                    sqlx::query(
                        "INSERT INTO messages (id, conversation_id, wamid, content, at) VALUES ($1, $2, $3, $4, $5)",
                    )
                    .bind(format!("msg_{number:026}"))
                    .bind(format!("cnv_{number:026}"))
                    .bind(format!("wamid.{number:012}"))
                    .bind(CONTENT)
                    .bind(number as i64)
                    .execute(&mut *tx)
                    .await?;
                }
            }
            Rows::Together => {
                let mut journal = QueryBuilder::new("INSERT INTO journal (id, app_id, received_at, body, state) ");
                journal.push_values(numbers.clone(), |mut row, number| {
                    row.push_bind(format!("jrn_{number:026}"))
                        .push_bind("bench-app")
                        .push_bind(number as i64)
                        .push_bind(&body[..])
                        .push_bind("new");
                });
                journal.build().execute(&mut *tx).await?;
                let mut messages = QueryBuilder::new("INSERT INTO messages (id, conversation_id, wamid, content, at) ");
                messages.push_values(numbers, |mut row, number| {
                    row.push_bind(format!("msg_{number:026}"))
                        .push_bind(format!("cnv_{number:026}"))
                        .push_bind(format!("wamid.{number:012}"))
                        .push_bind(CONTENT)
                        .push_bind(number as i64);
                });
                messages.build().execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
    }
    let rate = count as f64 / seconds(start);
    connection.close().await?;
    Ok(rate)
}

const CONTENT: &str = r#"{"text":{"body":"Good morning, has my parcel with the blue lamp left your warehouse yet?"}}"#;
