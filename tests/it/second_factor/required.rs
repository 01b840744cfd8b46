//! A tenant that requires a second factor: who has none sets one up at the next sign-in, and can do nothing else.

use axum::body::Body;
use handoff::{contract::second_factor::NewFactor, domain::access::Role, server::accounts::REAUTHENTICATED_FOR};
use http::Request;
use leptos::server_fn::axum::server_fn_paths;

use super::*;

/// An admin who requires it of everyone, a moment later.
pub async fn required(app: &TestApp) -> (Agent, String) {
    let (ada, cookie) = app.admin().await;
    set_up(app, &ada).await;
    app.turn(Span(1));
    assert_eq!(post(app, &cookie, "factor_rule_save", "rule=required").await.0, StatusCode::OK);
    (ada, cookie)
}

/// Signs in with the password alone. Returns the cookie.
pub async fn with_password(app: &TestApp, person: &Agent) -> String {
    let from = CallerDevice::default();
    let session = app.services.accounts.sign_in(person.email(), PASSWORD.to_owned(), &from, None).await;
    cookie_of(&session.expect("signs in"))
}

async fn page(app: &TestApp, cookie: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path)
        .header(header::HOST, app.address.to_string())
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("a request");
    let response = app.send(request).await;
    (response.status(), location(response.headers()).to_owned())
}

on_both!(an_admin_requires_a_second_factor_after_setting_up_their_own, threads = 4, async |app| {
    let (ada, cookie) = app.admin().await;
    let (status, body) = post(app, &cookie, "factor_rule_save", "rule=required").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("for yourself first"), "{body}");
    set_up(app, &ada).await;
    app.turn(Span(1));
    for _ in 0..2 {
        assert_eq!(post(app, &cookie, "factor_rule_save", "rule=required").await.0, StatusCode::OK);
    }
    let lines = audit(app).await;
    assert_eq!(told(&lines[0]), ("Ada", "Required a second factor of everyone", None));
    assert_eq!(told(&lines[1]), ("Ada", "Set up a second factor", None), "the second time changed nothing");
    // and nobody removes their own while it is required
    let (status, body) = post(app, &cookie, "second_factor_remove", "").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("Replace it instead."), "{body}");
    // when it is optional again, then everybody may
    assert_eq!(post(app, &cookie, "factor_rule_save", "rule=optional").await.0, StatusCode::OK);
    assert_eq!(told(&audit(app).await[0]), ("Ada", "Made the second factor optional", None));
    assert_eq!(post(app, &cookie, "second_factor_remove", "").await.0, StatusCode::OK);
    // and a change needs a password that was entered a short while ago
    app.turn(REAUTHENTICATED_FOR);
    let needed = (StatusCode::FORBIDDEN, r#"{"type":"password_needed"}"#.to_owned());
    for (call, form) in [("factor_rule_save", "rule=required"), ("second_factor_begin", "")] {
        assert_eq!(post(app, &cookie, call, form).await, needed, "{call}");
    }
});

on_both!(whoever_owes_a_second_factor_can_do_nothing_else, threads = 4, async |app| {
    // given Ana's session from before it was required
    let (ana, before) = app.agent("Ana").await;
    app.turn(Span(1));
    required(app).await;
    assert_eq!(post(app, &before, "calls", "").await.0, StatusCode::OK, "what has begun goes on");
    // when she signs in again
    let owing = with_password(app, &ana).await;
    // then every page leads to the one that sets it up
    for path in ["/conversations", "/account", "/admin/team"] {
        let (status, place) = page(app, &owing, path).await;
        assert!(status == StatusCode::FOUND && place.starts_with("/second-factor"), "{path}: {status} {place}");
    }
    assert_eq!(page(app, &owing, "/second-factor").await.0, StatusCode::OK);
    // and nothing answers but what sets it up, and the sign-in
    let needed = (StatusCode::FORBIDDEN, r#"{"type":"second_factor_needed"}"#.to_owned());
    for call in ["viewer", "calls", "keep_alive", "own_sessions", "second_factor", "recovery_codes_renew"] {
        assert_eq!(post(app, &owing, call, "").await, needed, "{call}");
    }
    let open = ["/api/sign_out", "/api/second_factor_begin"];
    for (path, _) in server_fn_paths().filter(|(path, _)| !open.contains(path)) {
        let name = path.strip_prefix("/api/").expect("a server function");
        let (status, body) = post(app, &owing, name, "").await;
        assert!(status.is_client_error(), "{path} answers: {status} {body}");
    }
    for path in ["/live?after=0", "/media/med_1", "/flows/flw_1/export"] {
        assert_eq!(page(app, &owing, path).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let token = owing.strip_prefix("handoff=").expect("the cookie's name");
    assert!(app.services.accounts.signed_in(token).await.expect("looks up").is_none());
    // when she sets it up, then the same session may do everything
    let (status, body) = post(app, &owing, "second_factor_begin", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let new: NewFactor = serde_json::from_str(&body).expect("a secret");
    let code = format!("code={}", shown(app, &new.secret));
    assert_eq!(post(app, &owing, "second_factor_confirm", &code).await.0, StatusCode::OK);
    assert_eq!(post(app, &owing, "calls", "").await.0, StatusCode::OK);
    assert_eq!(page(app, &owing, "/second-factor").await, (StatusCode::FOUND, "/account".to_owned()));
    after_password(app, &ana).await;
});

on_both!(whoever_owes_a_second_factor_may_sign_out, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    required(app).await;
    let owing = with_password(app, &ana).await;
    assert_eq!(post(app, &owing, "sign_out", "").await.0, StatusCode::OK);
    assert_eq!(post(app, &owing, "second_factor_begin", "").await.0, StatusCode::UNAUTHORIZED);
});

on_both!(a_tenant_requires_it_of_its_own_members_only, threads = 4, async |app| {
    let (tenant, _) = app.other_tenant().await;
    let (eve, _) = app.person(&tenant, "Eve", Role::Agent).await;
    required(app).await;
    let cookie = with_password(app, &eve).await;
    assert_eq!(post(app, &cookie, "calls", "").await.0, StatusCode::OK);
});
