//! What the operator's log never holds: secrets, passwords, numbers and words of customers, whatever happens.

use std::{cell::RefCell, io::Write, sync::Once};

use handoff::{
    domain::time::Span,
    server::{accounts::Agent, run::log_filter},
};
use http::StatusCode;

use crate::{
    app::{APP_SECRET, PASSWORD, TestApp, VERIFY_TOKEN, on_both},
    meta,
};

const MARIA: &str = "4915550001";
const WORDS: &str = "Zebrafish7431";

thread_local! {
    /// What is logged on this thread, if a test listens; a test's tasks all run on its own.
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        HEARD.with_borrow_mut(|heard| {
            if let Some(heard) = heard {
                heard.extend_from_slice(line);
            }
        });
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// For the whole program: one for this thread alone would miss the lines that another thread logged first, because what
/// nobody there listens to is switched off for all.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // As talkative as an operator may make it without asking other crates for their insides.
        let filter = log_filter(Some("info,handoff=trace,tower_http=debug"));
        let listening = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Ear).finish();
        tracing::subscriber::set_global_default(listening).expect("nobody else listens");
    });
}

#[tokio::test]
async fn a_loop_with_everything_that_goes_wrong_logs_no_secret_and_nobodys_words() {
    listen();
    on_both(async |app| {
        let (ana, _) = app.agent("Ana").await;
        HEARD.set(Some(Vec::new()));
        everything(&app, &ana).await;
        let log = HEARD.take().map(String::from_utf8).expect("listened").expect("text");
        for told in ["signature that is not the app's", "an item is in quarantine", "webhooks are refused with 503"] {
            assert!(log.contains(told), "it is heard: {log}");
        }
        for secret in [MARIA, WORDS, PASSWORD, APP_SECRET, VERIFY_TOKEN, "acme-token", "a secret key for tests"] {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "“{secret}” is in the log");
        }
    })
    .await;
}

async fn everything(app: &TestApp, ana: &Agent) {
    app.keyword("agent").await;
    let text = |wamid: &str| meta::text(MARIA, wamid, app.now(), &format!("agent {WORDS}"));
    assert_eq!(app.webhook(&text("wamid.1")).await, StatusCode::OK);
    app.settle().await;
    let row = app.only_row(ana).await;
    app.house.inbox.claim(ana, &row.id).await.expect("claims");
    app.house.inbox.reply(ana, &row.id, "c1", WORDS, None).await.expect("answers");
    app.turn(Span::seconds(10));
    app.settle().await;
    // Poison for the reader, a stranger's signature, a wrong password, an outage.
    let broken = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"from": MARIA, "text": WORDS}]});
    assert_eq!(app.webhook(&broken).await, StatusCode::OK);
    app.settle().await;
    let request = http::Request::post("/webhooks/whatsapp/acme-app")
        .header("x-hub-signature-256", meta::signature("another-secret", WORDS.as_bytes()))
        .body(WORDS.into())
        .expect("a request");
    assert_eq!(app.send(request).await.status(), StatusCode::FORBIDDEN);
    let tried = app.house.accounts.sign_in(&ana.email, format!("not-{PASSWORD}"), "127.0.0.1", None).await;
    tried.expect_err("a wrong password");
    app.house.db.close().await;
    assert_eq!(app.webhook(&text("wamid.2")).await, StatusCode::SERVICE_UNAVAILABLE);
}
