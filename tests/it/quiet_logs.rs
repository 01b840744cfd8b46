//! The operator's log never contains secrets, passwords, or customers' numbers and messages.

use handoff::{
    domain::time::Span,
    server::accounts::{Agent, CallerDevice},
};
use http::StatusCode;

use crate::{
    app::{APP_SECRET, PASSWORD, SECRET_KEY, TestApp, VERIFY_TOKEN, on_both},
    capture, meta,
};

const MARIA: &str = "4915550001";
const WORDS: &str = "Zebrafish7431";

on_both!(logs_contain_no_secrets_and_no_message_texts, async |app| {
    let (ana, _) = app.agent("Ana").await;
    capture::begin();
    everything(app, &ana).await;
    let log = capture::log();
    for told in
        ["webhook: invalid signature", "webhook: item quarantined", "webhook: journal unavailable, answering 503"]
    {
        assert!(log.contains(told), "missing in the log: {log}");
    }
    for secret in [MARIA, WORDS, PASSWORD, APP_SECRET, VERIFY_TOKEN, "acme-token", SECRET_KEY] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "“{secret}” is in the log");
    }
});

async fn everything(app: &TestApp, ana: &Agent) {
    app.keyword("agent").await;
    let text = |wamid: &str| meta::text(MARIA, wamid, app.now(), &format!("agent {WORDS}"));
    assert_eq!(app.webhook(&text("wamid.1")).await, StatusCode::OK);
    app.settle().await;
    let row = app.only_row(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.services.conversations.reply(ana, &row.id, "c1", WORDS, None).await.expect("answers");
    app.turn(Span::seconds(10));
    app.settle().await;
    // An invalid body, a wrong signature, a wrong password, an outage.
    let broken = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"from": MARIA, "text": WORDS}]});
    assert_eq!(app.webhook(&broken).await, StatusCode::OK);
    app.settle().await;
    let request = http::Request::post("/webhooks/whatsapp/acme-app")
        .header("x-hub-signature-256", meta::signature("another-secret", WORDS.as_bytes()))
        .body(WORDS.into())
        .expect("a request");
    assert_eq!(app.send(request).await.status(), StatusCode::UNAUTHORIZED);
    let from = CallerDevice::default();
    let tried = app.services.accounts.sign_in(ana.email(), format!("not-{PASSWORD}"), &from, None).await;
    tried.expect_err("a wrong password");
    app.services.db.close().await;
    assert_eq!(app.webhook(&text("wamid.2")).await, StatusCode::SERVICE_UNAVAILABLE);
}
