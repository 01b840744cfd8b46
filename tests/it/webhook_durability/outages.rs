//! Bodies that are too large, and a database that cannot take them: never a false 200, and no restart to recover.

use axum::body::Body;
use handoff::domain::time::Span;
use http::{Request, StatusCode, header};
use serde_json::json;

use super::{MARIA, backlog, post, project, written};
use crate::{
    app::{APP, APP_SECRET, Engine, TestApp, on_both},
    meta,
};

/// A body of exactly `size` bytes with one message in it.
fn body_of(app: &TestApp, wamid: &str, size: usize) -> Vec<u8> {
    let mut body = meta::text(MARIA, wamid, app.now(), "Long way");
    body["padding"] = json!("");
    let bare = body.to_string().len();
    body["padding"] = json!("x".repeat(size - bare));
    body.to_string().into_bytes()
}

#[tokio::test]
async fn a_body_may_have_four_megabytes_and_not_a_byte_more() {
    on_both(async |app| {
        let (ana, _) = app.agent("Ana").await;
        let limit = 4 * 1024 * 1024;
        let client = reqwest::Client::new();
        let meta_says = body_of(&app, "wamid.3mb", 3 * 1024 * 1024);
        assert_eq!(post(&client, app.address, &meta_says).await, StatusCode::OK);
        assert_eq!(app.webhook_raw(body_of(&app, "wamid.4mb", limit)).await, StatusCode::OK);
        let too_large = body_of(&app, "wamid.more", limit + 1);
        assert_eq!(app.webhook_raw(too_large.clone()).await, StatusCode::PAYLOAD_TOO_LARGE);
        // Its length may be announced or not; what counts is what comes.
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
        project(&app).await;
        let row = app.only_row(&ana).await;
        assert_eq!(written(&app, &ana, &row.id).await.len(), 2, "the large ones are there, the too large one is not");
    })
    .await;
}

#[tokio::test]
async fn without_a_database_nothing_is_acknowledged() {
    on_both(async |app| {
        let body = meta::text(MARIA, "wamid.1", app.now(), "Hello").to_string().into_bytes();
        assert_eq!(app.webhook_raw(body.clone()).await, StatusCode::OK, "the app's secret is remembered from here on");
        app.house.db.close().await;
        assert_eq!(app.webhook_raw(body.clone()).await, StatusCode::SERVICE_UNAVAILABLE, "the journal is gone");
        app.turn(Span::minutes(2));
        assert_eq!(app.webhook_raw(body.clone()).await, StatusCode::SERVICE_UNAVAILABLE, "and so is the app's secret");
        let client = reqwest::Client::new();
        assert_eq!(post(&client, app.address, &body).await, StatusCode::SERVICE_UNAVAILABLE);
        app.house.projector.run_once().await.expect_err("the projector says so and loses nothing");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_503_until_it_does_again() {
    on_both(async |app| {
        let (ana, _) = app.agent("Ana").await;
        let text = |wamid: &str, words: &str| meta::text(MARIA, wamid, app.now(), words);
        assert_eq!(app.webhook(&text("wamid.1", "Before")).await, StatusCode::OK);
        app.refuse_writes().await;
        for _ in 0..3 {
            assert_eq!(app.webhook(&text("wamid.2", "During")).await, StatusCode::SERVICE_UNAVAILABLE);
        }
        app.house.projector.run_once().await.expect_err("what was kept before waits");
        app.accept_writes().await;
        assert_eq!(app.webhook(&text("wamid.2", "During")).await, StatusCode::OK, "Meta comes again, nobody restarted");
        project(&app).await;
        let row = app.only_row(&ana).await;
        assert_eq!(written(&app, &ana, &row.id).await, ["Before", "During"]);
        assert_eq!(backlog(&app).await, (0, 0), "an outage makes nothing poison");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_hangs_is_503_and_what_it_takes_in_the_end_counts_once() {
    let app = TestApp::start(Engine::Sqlite).await;
    let (ana, _) = app.agent("Ana").await;
    let body = meta::text(MARIA, "wamid.1", app.now(), "Hello");
    let warm = meta::text(MARIA, "wamid.0", app.now(), "First");
    assert_eq!(app.webhook(&warm).await, StatusCode::OK, "the app's secret is remembered from here on");
    // SQLite has one writer, and somebody holds its turn.
    let stuck = app.house.db.begin_write().await.expect("the writer's turn");
    let answer = {
        let waiting = app.webhook(&body);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending(), "it waits for its commit");
        loop {
            app.turn(Span::seconds(4));
            tokio::task::yield_now().await;
            if let std::task::Poll::Ready(status) = futures::poll!(&mut waiting) {
                break status;
            }
        }
    };
    assert_eq!(answer, StatusCode::SERVICE_UNAVAILABLE);
    stuck.rollback().await.expect("gives the turn back");
    assert_eq!(app.webhook(&body).await, StatusCode::OK, "Meta comes again");
    project(&app).await;
    let row = app.only_row(&ana).await;
    assert_eq!(written(&app, &ana, &row.id).await, ["First", "Hello"], "the one that hung came too, and is one");
    assert_eq!(row.unread, 2);
}
