//! The own password: what a new one must be, what ends with the old one, and who is asked for a longer one.

use handoff::{contract::session::Viewer, server::accounts::sign_in::SignInError};
use http::HeaderMap;

use super::*;

const NEW: &str = "four green paper boats";

/// As a form; the passwords of these tests need no other escapes.
fn change(current: &str, new: &str) -> String {
    format!("current={}&new={}", current.replace(' ', "+"), new.replace(' ', "+"))
}

async fn viewer(app: &TestApp, cookie: &str) -> Viewer {
    let (status, body) = post(app, cookie, "viewer", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str::<Option<Viewer>>(&body).expect("a viewer").expect("is signed in")
}

/// The value of a cookie that a response sets.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let set = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    set.filter_map(|set| set.split(';').next()).find(|pair| pair.split('=').next() == Some(name)).map(str::to_owned)
}

on_both!(a_new_password_ends_all_other_sessions_and_replaces_this_one, threads = 4, async |app| {
    // given Ana at two computers
    let (ana, here) = app.agent("Ana").await;
    let (_, there) = elsewhere(app, &ana).await;
    let mut stream = Stream::open(app, &there, app.desk(&ana).await.seq).await;
    // when
    let (status, headers, body) = answer(app, &here, "password_change", &change(PASSWORD, NEW)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    // then both sessions are over, and this browser has a new one
    let renewed = cookie(&headers, "handoff").expect("a new session");
    assert!(cookie(&headers, "handoff-device").is_some());
    assert!(!is_valid(app, &there).await && !is_valid(app, &here).await && is_valid(app, &renewed).await);
    assert_eq!(stream.news().await, None);
    assert_eq!(sessions(app, &renewed).await.len(), 1);
    // and only the new password signs in
    let accounts = &app.services.accounts;
    let from = CallerDevice::default();
    let old = accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await;
    assert!(matches!(old, Err(SignInError::Wrong)), "{old:?}");
    accounts.sign_in(ana.email(), NEW.to_owned(), &from, None).await.expect("signs in");
    assert!(audit(app).await.contains(&("Ana".to_owned(), "Changed a password".to_owned())));
});

on_both!(a_new_password_needs_the_current_one_and_is_hard_to_guess, threads = 4, async |app| {
    let (_, here) = app.agent("Ana").await;
    let table = [
        ("not-the-password", NEW, "That isn't your password."),
        (PASSWORD, PASSWORD, "This is your current password."),
        (PASSWORD, "elevenchars", "at least 12 characters"),
        (PASSWORD, "password1234", "Use a few words"),
        (PASSWORD, "ana acme 2026", "Your name, address and company"),
        (PASSWORD, "Handoff-Acme-1", "Your name, address and company"),
    ];
    for (current, new, expected) in table {
        let (status, _, body) = answer(app, &here, "password_change", &change(current, new)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{new}: {body}");
        assert!(body.contains(expected), "{new}: {body}");
    }
    assert!(is_valid(app, &here).await, "nothing has ended");
    assert_eq!(answer(app, &here, "password_change", &change(PASSWORD, NEW)).await.0, StatusCode::OK);
});

on_both!(who_has_a_short_password_signs_in_and_is_asked_for_another_one, threads = 4, async |app| {
    // given a password of an older version
    let (ana, here) = app.agent("Ana").await;
    assert!(!viewer(app, &here).await.short_password);
    let hash = app.services.accounts.hasher().hash("tenletters".to_owned(), [7; 16]).await.expect("hashes");
    app.run(&format!("UPDATE agents SET password_hash = '{hash}'")).await;
    let sign_in = async || {
        let from = CallerDevice::default();
        let new = app.services.accounts.sign_in(ana.email(), "tenletters".to_owned(), &from, None).await;
        format!("handoff={}", new.expect("signs in").token)
    };
    let (first, second) = (sign_in().await, sign_in().await);
    assert!(viewer(app, &first).await.short_password && viewer(app, &second).await.short_password);
    // when she dismisses the question, then it is gone for that session
    assert_eq!(post(app, &first, "dismiss_short_password", "").await.0, StatusCode::OK);
    assert!(!viewer(app, &first).await.short_password);
    assert!(viewer(app, &second).await.short_password && viewer(app, &sign_in().await).await.short_password);
    // when she takes a longer one, then it is gone for good
    let (status, headers, body) = answer(app, &second, "password_change", &change("tenletters", NEW)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(!viewer(app, &cookie(&headers, "handoff").expect("a new session")).await.short_password);
});
