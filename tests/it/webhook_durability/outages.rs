//! Bodies that are too large, and a database that cannot accept them: never a false 200, and no restart to recover.

use std::pin::pin;

use axum::body::Body;
use handoff::{
    domain::{desk::RowState, time::Span},
    server::webhook::journal::PROBE_INTERVAL,
};
use http::{Request, StatusCode, header};
use serde_json::json;

use super::{MARIA, backlog, faults::Fault, post, project, written};
use crate::{
    app::{APP, APP_SECRET, Leftover, TestApp, on_both, on_sqlite},
    meta,
};

/// How long a webhook waits for its commit.
const PATIENCE: Span = Span::seconds(10);
/// The most `/health` requests until the end of an outage must be detected.
const LOOKS: usize = 1_000;

/// A body of exactly `size` bytes with one message.
fn body_of(app: &TestApp, wamid: &str, size: usize) -> Vec<u8> {
    let mut body = meta::text(MARIA, wamid, app.now(), "Long way");
    body["padding"] = json!("");
    let bare = body.to_string().len();
    body["padding"] = json!("x".repeat(size - bare));
    body.to_string().into_bytes()
}

on_both!(a_body_has_at_most_four_megabytes, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let limit = 4 * 1024 * 1024;
    let client = reqwest::Client::new();
    let meta_says = body_of(app, "wamid.3mb", 3 * 1024 * 1024);
    assert_eq!(post(&client, app.address, &meta_says).await, StatusCode::OK);
    assert_eq!(app.webhook_raw(body_of(app, "wamid.4mb", limit)).await, StatusCode::OK);
    let too_large = body_of(app, "wamid.more", limit + 1);
    assert_eq!(app.webhook_raw(too_large.clone()).await, StatusCode::PAYLOAD_TOO_LARGE);
    // The length may be announced or not; the received bytes are counted.
    for announced in [Some(limit + 1), None] {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            too_large.chunks(64 * 1024).map(|piece| Ok(piece.to_vec())).collect();
        let mut request = Request::post(format!("/webhooks/whatsapp/{APP}"))
            .header("x-hub-signature-256", meta::signature(APP_SECRET, &too_large));
        if let Some(length) = announced {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        let body = Body::from_stream(futures::stream::iter(pieces));
        let status = app.send(request.body(body).expect("a request")).await.status();
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "announced: {announced:?}");
    }
    project(app).await;
    let row = app.only_row(&ana).await;
    assert_eq!(written(app, &ana, &row.id).await.len(), 2, "the large ones are there, the too large one is not");
    app.settle().await;
});

on_both!(without_a_database_nothing_is_acknowledged, async |app| {
    let body = meta::text(MARIA, "wamid.1", app.now(), "Hello").to_string().into_bytes();
    assert_eq!(app.webhook_raw(body.clone()).await, StatusCode::OK, "the app's secret is remembered from here on");
    app.services.db.close().await;
    assert_eq!(app.webhook_raw(body.clone()).await, StatusCode::SERVICE_UNAVAILABLE, "the journal is gone");
    app.turn(Span::minutes(2));
    assert_eq!(app.webhook_raw(body.clone()).await, StatusCode::SERVICE_UNAVAILABLE, "and so is the app's secret");
    let client = reqwest::Client::new();
    assert_eq!(post(&client, app.address, &body).await, StatusCode::SERVICE_UNAVAILABLE);
    app.services.projector.run_once().await.expect_err("the projector says so and loses nothing");
    app.leaves(Leftover::Journal, "the database is gone");
});

on_both!(an_outage_is_503_and_ends_without_a_restart, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    for (number, fault) in Fault::of(app.engine).iter().enumerate() {
        eprintln!("with {fault:?}");
        let phone = format!("491555000{number}");
        let body = |moment: &str| {
            let mut body = meta::text(&phone, &format!("wamid.{fault:?}.{moment}"), app.now(), "An agent, please");
            // More than fits into half-full pages.
            body["padding"] = json!("x".repeat(64 * 1024));
            body
        };
        let (before, during) = (body("before"), body("during"));
        assert_eq!(app.webhook(&before).await, StatusCode::OK);
        assert_eq!(health(app).await, StatusCode::OK);
        fault.begin(app).await;
        for _ in 0..3 {
            assert_eq!(app.webhook(&during).await, StatusCode::SERVICE_UNAVAILABLE, "no 200 without a stored body");
        }
        assert_eq!(health(app).await, StatusCode::SERVICE_UNAVAILABLE);
        app.services.projector.run_once().await.expect_err("what was kept before waits");
        fault.end(app).await;
        // The end is detected although no request arrives.
        for _ in 0..LOOKS {
            if health(app).await == StatusCode::OK {
                break;
            }
            app.turn(PROBE_INTERVAL);
            tokio::task::yield_now().await;
        }
        assert_eq!(app.webhook(&during).await, StatusCode::OK, "Meta comes again, nobody restarted");
        app.drain().await;
        let rows = app.rows(&ana).await;
        let row = rows.iter().find(|row| matches!(row.state, RowState::Waiting)).expect("calls a person");
        assert_eq!(written(app, &ana, &row.id).await.len(), 2, "before and during");
        app.services.conversations.claim(&ana, &row.id).await.expect("claims");
        app.services
            .conversations
            .reply(&ana, &row.id, &format!("c{number}"), "Here I am", None)
            .await
            .expect("answers");
        let sent = app.meta.sent().len();
        // The bot just wrote to the same customer, and Meta requires a pause.
        app.turn(Span::seconds(10));
        // Until Meta has delivered every status: one on its way would count as unprocessed.
        app.settle().await;
        assert_eq!(app.meta.sent().len(), sent + 1, "and Meta takes it");
        assert_eq!(backlog(app).await, (0, 0), "an outage quarantines nothing");
    }
});

on_sqlite!(a_replaced_database_file_is_an_outage, async |app| {
    let body = meta::text(MARIA, "wamid.1", app.now(), "Hello");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    Fault::Moved.begin(app).await;
    let file = app.config.database_url.strip_prefix("sqlite://").expect("a file");
    std::fs::copy(format!("{}.away", file.trim_end_matches(".db")), file).expect("a copy, as from a backup");
    assert_eq!(app.webhook(&body).await, StatusCode::SERVICE_UNAVAILABLE, "the write would go to the moved file");
    app.leaves(Leftover::Journal, "the database is gone");
});

async fn health(app: &TestApp) -> StatusCode {
    app.send(Request::get("/health").body(Body::empty()).expect("a request")).await.status()
}

on_sqlite!(a_hanging_database_is_503_and_a_repeated_body_counts_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let body = meta::text(MARIA, "wamid.1", app.now(), "Hello");
    let warm = meta::text(MARIA, "wamid.0", app.now(), "First");
    assert_eq!(app.webhook(&warm).await, StatusCode::OK, "the app's secret is remembered from here on");
    // SQLite has one writer, and another transaction holds it.
    let stuck = app.services.db.begin_write().await.expect("the writer's turn");
    let mut waiting = pin!(app.webhook(&body));
    tokio::select! {
        status = &mut waiting => panic!("{status} before its commit"),
        () = app.clock.waited_for(PATIENCE) => app.turn(PATIENCE),
    }
    assert_eq!(waiting.await, StatusCode::SERVICE_UNAVAILABLE);
    stuck.rollback().await.expect("rolls back");
    assert_eq!(app.webhook(&body).await, StatusCode::OK, "Meta comes again");
    project(app).await;
    let row = app.only_row(&ana).await;
    assert_eq!(written(app, &ana, &row.id).await, ["First", "Hello"], "the request that hung was stored once");
    assert_eq!(app.unread(&row.id).await, 2);
    app.settle().await;
});
