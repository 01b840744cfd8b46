//! `GET /health`: for load balancers, and counts and waits for the operator that contain no personal data.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use crate::{
    domain::time::Timestamp,
    server::{
        clock::Clock,
        store::{
            self, Db,
            jobs::{self, JobKind},
            journal, outbox,
        },
        webhook::Webhook,
    },
};

/// The queues of the bot, as they are named to the operator, and their jobs.
const QUEUES: [(&str, &[JobKind]); 4] = [
    ("bot turn", &[JobKind::Turn, JobKind::Reread, JobKind::QuestionTimeout, JobKind::Resume]),
    ("API call", &[JobKind::Call]),
    ("model turn", &[JobKind::Model]),
    ("file", &[JobKind::Fetch]),
];

/// The line about apps whose webhooks are refused, because they have too much unread.
const REFUSED: &str = "apps with webhooks refused for their backlog";

/// 200 while the database responds and accepts webhooks, else 503.
pub async fn health(State((db, webhook, clock)): State<(Db, Webhook, Clock)>) -> Response {
    if webhook.is_refusing() {
        return (StatusCode::SERVICE_UNAVAILABLE, "Webhooks are rejected: the database doesn't accept writes.")
            .into_response();
    }
    match report(&db, clock.now()).await {
        Ok(report) => {
            // Still 200: the webhooks of the other apps are accepted.
            let refused = webhook.refused_apps().await;
            format!("{report}{REFUSED}: {refused}\n").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "health: database not responding");
            (StatusCode::SERVICE_UNAVAILABLE, "The database doesn't respond.").into_response()
        }
    }
}

/// What waits, and for how long the oldest of each queue has been waiting.
async fn report(db: &Db, now: Timestamp) -> store::Result<String> {
    db.still_there()?;
    let mut tx = db.begin_read().await?;
    let (unread, quarantined) = journal::backlog(&mut tx).await?;
    let mut report = format!("ok\nunprocessed webhooks: {unread}\nquarantined items: {quarantined}\n");
    report.push_str(&line("webhook", journal::oldest_unread(&mut tx).await?, now));
    for (name, kinds) in QUEUES {
        let mut oldest: Option<Timestamp> = None;
        for kind in kinds {
            let due = jobs::oldest_due(&mut tx, *kind, now).await?;
            oldest = oldest.into_iter().chain(due).min();
        }
        report.push_str(&line(name, oldest, now));
    }
    report.push_str(&line("message to send", outbox::oldest_due(&mut tx, now).await?, now));
    Ok(report)
}

fn line(name: &str, oldest: Option<Timestamp>, now: Timestamp) -> String {
    let waited = oldest.map_or(0, |since| now.since(since).0);
    format!("oldest waiting {name}: {}.{:03} s\n", waited / 1_000, waited % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_seconds_and_never_negative() {
        let now = Timestamp(10_000);
        assert_eq!(line("file", Some(Timestamp(7_950)), now), "oldest waiting file: 2.050 s\n");
        assert_eq!(line("file", Some(Timestamp(10_001)), now), "oldest waiting file: 0.000 s\n");
        assert_eq!(line("file", None, now), "oldest waiting file: 0.000 s\n");
    }
}
