//! `/health` tells for how long the oldest work of each queue has been waiting.

use axum::body::{Body, to_bytes};
use handoff::domain::time::Span;
use http::{Request, StatusCode};

use super::{MARIA, messages_of, post, project, text};
use crate::app::{TestApp, on_both};

/// The lines of `/health` about waits that are not zero.
async fn waits(app: &TestApp) -> Vec<String> {
    let response = app.send(Request::get("/health").body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = to_bytes(response.into_body(), 1 << 16).await.expect("a body");
    let report = String::from_utf8(bytes.to_vec()).expect("text");
    let lines = report.lines().filter(|line| line.starts_with("oldest waiting"));
    let (quiet, waiting): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.ends_with(": 0.000 s"));
    assert_eq!(quiet.len() + waiting.len(), 6, "{report}");
    waiting.into_iter().map(ToOwned::to_owned).collect()
}

on_both!(health_tells_how_long_the_oldest_work_of_each_queue_waits, async |app| {
    assert_eq!(waits(app).await, [""; 0]);
    // when a webhook is in the journal for three seconds, and a later one for two
    post(app, &messages_of(vec![text(app, MARIA, "wamid.1", "Hello")])).await;
    app.turn(Span::seconds(1));
    post(app, &messages_of(vec![text(app, "4915550009", "wamid.2", "Hello")])).await;
    app.turn(Span::seconds(2));
    assert_eq!(waits(app).await, ["oldest waiting webhook: 3.000 s"]);
    // when they are carried, and the bot is slow
    project(app).await;
    app.turn(Span::of_millis(2_500));
    assert_eq!(waits(app).await, ["oldest waiting bot turn: 2.500 s"]);
    // when the bot has answered, and nothing is sent
    while app.services.bot.run_once().await.expect("turns") > 0 {}
    app.turn(Span::seconds(4));
    assert_eq!(waits(app).await, ["oldest waiting message to send: 4.000 s"]);
    // then nothing waits once all is sent
    app.settle().await;
    assert_eq!(waits(app).await, [""; 0]);
});
