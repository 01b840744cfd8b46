//! An app whose backlog cannot be reached in time is refused, until it can be. No other app is.

use axum::body::{Body, to_bytes};
use handoff::{
    domain::{ids::JournalId, time::Span},
    server::{
        store::journal::{self, JournalRow},
        webhook::admission::{LOOK_TTL, MAX_AGE},
    },
};
use http::{Request, Response, StatusCode, header};

use super::{MARIA, backlog, project};
use crate::{
    app::{APP, APP_SECRET, TestApp, on_both},
    fair_shares::writes_to_other_tenant,
    meta,
};

/// More bodies than the projector has in memory at once.
const MANY: usize = 1_025;

/// The same message so many times, as if Meta had repeated it while nothing was read.
async fn pile_up(app: &TestApp, count: usize) {
    let body = meta::text(MARIA, "wamid.piled", app.now(), "Hello").to_string().into_bytes();
    let row = |nth: usize| JournalRow {
        id: JournalId::from_tail(format!("{nth:026}")),
        app_id: APP.into(),
        received_at: app.now().0,
        body: body.clone(),
    };
    let rows: Vec<JournalRow> = (0..count).map(row).collect();
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    journal::insert(&mut tx, &rows).await.expect("inserts");
    tx.commit().await.expect("commits");
}

async fn post(app: &TestApp, body: &[u8], signature: String) -> Response<Body> {
    let request = Request::post(format!("/webhooks/whatsapp/{APP}")).header("x-hub-signature-256", signature);
    app.send(request.body(Body::from(body.to_vec())).expect("a request")).await
}

/// What `/health` says about refused apps.
async fn refused_apps(app: &TestApp) -> String {
    let response = app.send(Request::get("/health").body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = to_bytes(response.into_body(), 1 << 16).await.expect("a body");
    let report = String::from_utf8(bytes.to_vec()).expect("text");
    let line = report.lines().find_map(|line| line.strip_prefix("apps with webhooks refused for their backlog: "));
    line.expect("the line").to_owned()
}

on_both!(an_app_with_too_much_unread_is_refused_until_it_is_carried_and_no_other_app_is, async |app| {
    app.other_tenant().await;
    assert!(app.other_meta().sent().is_empty());
    // given more bodies of an app than are reached next, which nobody has read for minutes
    pile_up(app, MANY).await;
    app.turn(Span(MAX_AGE.0 + 1));
    // when another webhook of it comes, then it is refused and not stored
    let next = meta::text(MARIA, "wamid.next", app.now(), "Hello again").to_string().into_bytes();
    let refused = post(app, &next, meta::signature(APP_SECRET, &next)).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "30");
    let piled = i64::try_from(MANY).expect("small");
    assert_eq!(backlog(app).await, (piled, 0));
    // and strangers learn nothing of it
    let forged = post(app, &next, meta::signature("another secret", &next)).await;
    assert_eq!((forged.status(), forged.headers().get(header::RETRY_AFTER)), (StatusCode::UNAUTHORIZED, None));
    // and another app's webhook is stored
    writes_to_other_tenant(app, "4915550009", "wamid.b", "Hello").await;
    assert_eq!(backlog(app).await, (piled + 1, 0));
    assert_eq!(refused_apps(app).await, "1");
    // when the backlog is carried, then Meta's repetition is accepted
    project(app).await;
    app.turn(LOOK_TTL);
    assert_eq!(refused_apps(app).await, "0");
    assert_eq!(app.webhook_raw(next).await, StatusCode::OK);
    assert_eq!(backlog(app).await, (1, 0));
    app.settle().await;
});

on_both!(many_webhooks_that_have_just_come_refuse_nothing, async |app| {
    pile_up(app, MANY).await;
    app.turn(MAX_AGE);
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.next", app.now(), "Hello")).await, StatusCode::OK);
    assert_eq!(refused_apps(app).await, "0");
    project(app).await;
    app.settle().await;
});

on_both!(a_few_webhooks_that_waited_for_hours_refuse_nothing, async |app| {
    // given a webhook that nobody has read since the evening
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.evening", app.now(), "Hello")).await, StatusCode::OK);
    app.turn(Span::hours(9));
    // when the next one comes, then it is accepted: both are reached at once
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.morning", app.now(), "Good morning")).await, StatusCode::OK);
    project(app).await;
    assert_eq!(backlog(app).await, (0, 0));
    app.settle().await;
});
