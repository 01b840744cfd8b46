//! The responses to Meta: every 200 has a body on disk.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use futures::{StreamExt, future::join_all};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{
    body::BODY_LIMIT,
    fixture::{Fixture, body, sign, text},
};
use crate::{domain::time::Span, server::store::journal};

async fn verify(fixture: &Fixture, app: &str, query: &str) -> (StatusCode, String) {
    let request = Request::get(format!("/webhooks/whatsapp/{app}?{query}"));
    fixture.ask(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn the_address_is_verified_with_the_token_of_its_app() {
    let fixture = Fixture::new().await;
    let right = "hub.mode=subscribe&hub.challenge=1158&hub.verify_token=say%20friend";
    assert_eq!(verify(&fixture, "app_1", right).await, (StatusCode::OK, "1158".to_owned()));
    let wrong = "hub.mode=subscribe&hub.challenge=1158&hub.verify_token=say";
    for (app, query) in [("app_1", wrong), ("app_9", right), ("app_1", ""), ("app_1", "hub.mode=subscribe")] {
        assert_eq!(verify(&fixture, app, query).await.0, StatusCode::FORBIDDEN, "{app} {query}");
    }
}

#[tokio::test]
async fn only_bodies_with_a_valid_signature_are_stored() {
    let fixture = Fixture::new().await;
    let news = body("77001", vec![text("77001", "wamid.1")]).into_bytes();
    let right = sign(&news);
    let short = right[..40].to_owned();
    assert_eq!(fixture.post_signed("app_9", news.clone(), Some(&right)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(fixture.post_signed("app_1", news.clone(), None).await, StatusCode::UNAUTHORIZED);
    for bad in [sign(b"another body"), short, String::new(), right.replace("sha256=", "sha1=")] {
        for app in ["app_1", "app_9"] {
            let status = fixture.post_signed(app, news.clone(), Some(&bad)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{app} {bad}");
        }
    }
    let forged = Hmac::<Sha256>::new_from_slice(b"no app").expect("any key fits").chain_update(&news);
    let forged = format!("sha256={}", hex::encode(forged.finalize().into_bytes()));
    assert_eq!(fixture.post_signed("app_9", news.clone(), Some(&forged)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(fixture.backlog().await, (0, 0));
    assert_eq!(fixture.post_signed("app_1", news, Some(&right)).await, StatusCode::OK);
    assert_eq!(fixture.post("app_1", "signed, but no JSON").await, StatusCode::OK);
    assert_eq!(fixture.backlog().await, (2, 0));
}

#[tokio::test]
async fn a_malformed_signature_is_refused_before_the_body() {
    let fixture = Fixture::new().await;
    for signature in
        ["", "sha256=", "sha256=00", "sha256=zz", "SHA256=00", &sign(b"x")[..70], &format!("{}00", sign(b"x"))]
    {
        for app in ["app_1", "app_9"] {
            // The test would not end if the body were waited for.
            let request = Request::post(format!("/webhooks/whatsapp/{app}")).header("X-Hub-Signature-256", signature);
            let body = Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>());
            let (status, _) = fixture.ask(request.body(body).expect("a request")).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{app} {signature}");
        }
    }
}

#[tokio::test]
async fn bodies_over_four_megabytes_are_refused() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.post("app_1", vec![b' '; BODY_LIMIT]).await, StatusCode::OK);
    assert_eq!(fixture.post("app_1", vec![b' '; BODY_LIMIT + 1]).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(fixture.backlog().await, (1, 0));
}

#[tokio::test]
async fn a_body_that_never_ends_times_out() {
    let fixture = Fixture::new().await;
    // The app is cached by a first request, so that the next one waits for its body only.
    assert_eq!(fixture.post("app_1", "one").await, StatusCode::OK);
    let begun = futures::stream::iter([Ok::<_, std::io::Error>("{\"object\":")]);
    let endless = Body::from_stream(begun.chain(futures::stream::pending()));
    let request = Request::post("/webhooks/whatsapp/app_1").header("X-Hub-Signature-256", sign(b"whatever"));
    let asked = fixture.ask(request.body(endless).expect("a request"));
    tokio::pin!(asked);
    let (status, _) = loop {
        tokio::select! {
            biased;
            answer = &mut asked => break answer,
            () = tokio::task::yield_now() => fixture.manual_clock.advance(Span::seconds(1)),
        }
    };
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn concurrent_bodies_are_stored_in_order() {
    let fixture = Fixture::new().await;
    let bodies: Vec<String> = (0..100).map(|n| format!("{n:03}")).collect();
    // The first request caches the app; during its lookup two bodies could overtake each other. At most 128 requests in
    // all: beyond that tokio makes the task yield, and they continue in another order.
    assert_eq!(fixture.post("app_1", "000").await, StatusCode::OK);
    let answers = join_all(bodies[1..].iter().map(|body| fixture.post("app_1", body.as_str()))).await;
    assert!(answers.iter().all(|status| *status == StatusCode::OK));
    let mut tx = fixture.db.begin_read().await.expect("begins");
    let known = BTreeSet::new();
    let rows = journal::unread(&mut tx, &"app_1".into(), &known, 500, i64::MAX).await.expect("reads");
    let read: Vec<String> = rows.into_iter().map(|row| String::from_utf8_lossy(&row.body).into_owned()).collect();
    assert_eq!(read, bodies);
}

#[tokio::test]
async fn an_unavailable_database_is_answered_with_503() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.post("app_1", "one").await, StatusCode::OK);
    // The only writer is held, so no commit can happen.
    let held = fixture.db.begin_write().await.expect("begins");
    let post = fixture.post("app_1", "two");
    tokio::pin!(post);
    let refused = loop {
        tokio::select! {
            biased;
            status = &mut post => break status,
            () = tokio::task::yield_now() => fixture.manual_clock.advance(Span::seconds(1)),
        }
    };
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    held.rollback().await.expect("rolls back");
    assert_eq!(fixture.post("app_1", "three").await, StatusCode::OK);
    fixture.db.close().await;
    assert_eq!(fixture.post("app_1", "four").await, StatusCode::SERVICE_UNAVAILABLE);
}
