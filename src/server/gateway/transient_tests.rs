//! Who we say we are, which redirects are followed, and which refusals pass by themselves.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[tokio::test]
async fn every_call_names_us() {
    let server = Server::answering(json_reply(200, accepted())).await;
    let timeouts = Timeouts::default();
    let gateway = Gateway::new(crate::server::gateway::client(timeouts).expect("a client"), &server.base, timeouts)
        .expect("a base");
    let ours = concat!("Handoff/", env!("CARGO_PKG_VERSION"));

    gateway.send(&credentials(), &text(phone(), None)).await.expect("accepted");
    assert_eq!(server.last().agent, ours);
    // The answer is no place of a file; only the calls count here.
    drop(gateway.media_info(&credentials(), "5").await);
    assert_eq!(server.last().agent, ours);
    drop(gateway.download(&credentials(), &format!("{}/file", server.base), 1_000).await);
    assert_eq!(server.last().agent, ours);
}

#[tokio::test]
async fn a_redirect_of_a_download_is_followed_on_the_same_hosts() {
    for status in [StatusCode::MOVED_PERMANENTLY, StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT] {
        let calls = Arc::new(AtomicUsize::new(0));
        let server = Server::answering(move || {
            Some(match calls.fetch_add(1, Ordering::Relaxed) {
                0 => (status, [("location", "/v26.0/moved?mid=5")]).into_response(),
                _ => "0123456789".into_response(),
            })
        })
        .await;
        let url = format!("{}/file", server.base);
        let download = patient(&server).download(&credentials(), &url, 10).await.expect("started");
        assert_eq!(download.length, Some(10), "{status}");
        let last = server.last();
        assert_eq!((last.path.as_str(), last.query.as_str()), ("/v26.0/moved", "mid=5"));
        assert_eq!(last.authorization, "Bearer EAAB-token-7");
    }
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server = Server::answering(|| Some((StatusCode::FOUND, [("location", "/v26.0/again")]).into_response())).await;
    let circle = patient(&server).download(&credentials(), &format!("{}/file", server.base), 10).await;
    assert!(matches!(circle, Err(MediaError::Broken(_))));
    assert_eq!(server.stage.seen.lock().expect("no panic").len(), 5);
}

#[tokio::test]
async fn a_refusal_that_passes_concerns_one_message() {
    let error = |code: i64, is_transient: bool| json!({"error": {"message": "Odd", "code": code, "is_transient": is_transient, "fbtrace_id": "x"}});
    for (status, code, is_transient, expected) in [
        (500, 190, false, Class::Transient(Backoff::Short)),
        (401, 190, true, Class::Transient(Backoff::Short)),
        (401, 190, false, Class::ChannelDown),
        (503, 999_999, true, Class::Transient(Backoff::Short)),
        (400, 999_999, false, Class::Permanent),
        (400, -1, false, Class::Permanent),
        (400, -2, false, Class::Permanent),
        (500, -1, true, Class::Transient(Backoff::Short)),
    ] {
        let server = Server::answering(json_reply(status, error(code, is_transient))).await;
        let refused = patient(&server).send(&credentials(), &text(phone(), None)).await;
        let Err(SendError::Refused { code: told, class, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!((told, class), (code, expected), "{status} {is_transient}");
    }
}

#[tokio::test]
async fn a_server_error_with_an_unknown_code_may_have_been_sent() {
    for (status, code) in [(500, 999_999), (503, 999_999), (500, -1), (502, 131_999)] {
        let error = json!({"error": {"message": "Odd", "code": code, "is_transient": false}});
        let server = Server::answering(json_reply(status, error)).await;
        let outcome = patient(&server).send(&credentials(), &text(phone(), None)).await;
        assert_eq!(outcome, Err(SendError::Ambiguous(format!("HTTP {status} with code {code}"))));
    }
}

#[tokio::test]
async fn a_bare_429_means_that_nothing_was_sent() {
    for body in ["", "Too many requests", "{}"] {
        let server = Server::answering(move || Some((StatusCode::TOO_MANY_REQUESTS, body).into_response())).await;
        let outcome = patient(&server).send(&credentials(), &text(phone(), None)).await;
        assert_eq!(outcome, Err(SendError::Throttled), "{body}");
    }
}

#[tokio::test]
async fn a_refused_app_secret_is_no_code_of_metas() {
    let error = json!({"error": {"message": "Invalid appsecret_proof provided in the API argument", "code": 100}});
    let server = Server::answering(json_reply(400, error)).await;
    let outcome = patient(&server).send(&credentials(), &text(phone(), None)).await;
    assert_eq!(outcome, Err(SendError::SecretRefused));
}
