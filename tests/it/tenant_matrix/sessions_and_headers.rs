//! The checks that apply to all routes: the request's origin, sessions and how they end, headers of pages.

use futures::StreamExt;
use handoff::server::{
    clock::{Clock, Entropy},
    config::Config,
    gateway::Timeouts,
    router::{leptos_options, router},
    services::Services,
};
use tower::ServiceExt;

use super::*;
use crate::app::on_sqlite;

on_both!(a_call_that_does_not_come_from_our_own_pages_is_refused, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let host = app.address.to_string();
    let origins = [None, Some("https://evil.test"), Some("null"), Some("http://127.0.0.1.evil.test")];
    let wrong_port = format!("http://127.0.0.1:{}", app.address.port().wrapping_add(1));
    for (path, method) in
        server_fn_paths().chain([("/uploads/cnv_1", Method::POST), ("/saved-replies/files", Method::POST)])
    {
        assert_eq!(method, Method::POST, "{path}: a read by address could be a link on any page");
        for origin in origins.into_iter().chain([Some(wrong_port.as_str())]) {
            let mut request = request(app, &method, path, "", Some(&cookie));
            assert_eq!(request.headers_mut().remove(header::ORIGIN).expect("had one"), format!("http://{host}"));
            if let Some(origin) = origin {
                request.headers_mut().insert(header::ORIGIN, origin.parse().expect("a header"));
            }
            assert_eq!(app.send(request).await.status(), StatusCode::FORBIDDEN, "{path} from {origin:?}");
        }
    }
    let fine = app.send(request(app, &Method::POST, "/api/calls", "", Some(&cookie))).await;
    assert_eq!(fine.status(), StatusCode::OK, "from our own page it passes");
});

on_both!(pages_carry_headers_that_keep_strangers_code_out, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let pages = ["/sign-in", "/conversations", "/admin/keywords", "/admin/audit", "/no-such-page"];
    for path in pages {
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let response = app.send(request(app, &Method::GET, path, "", Some(&cookie))).await;
            let says = |name: &str| {
                let value = response.headers().get(name).and_then(|value| value.to_str().ok());
                value.unwrap_or_else(|| panic!("{path} has no {name}")).to_owned()
            };
            let policy = says("content-security-policy");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            let rest = policy.split_once("script-src 'nonce-").unwrap_or_else(|| panic!("{path}: {policy}")).1;
            let nonce = rest.split('\'').next().expect("a nonce").to_owned();
            assert!(nonce.len() >= 16, "{nonce}");
            assert_eq!(says("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(says("x-frame-options"), "DENY", "{path}");
            assert_eq!(says("referrer-policy"), "same-origin", "{path}");
            let own = "camera=(), microphone=(self), geolocation=()";
            assert_eq!(says("permissions-policy"), own, "{path}: voice messages are recorded, by this origin alone");
            let page = text(response).await;
            for script in page.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap_or_default();
                assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: a script without the nonce: {tag}");
            }
            assert!(!page.contains(" style=\""), "{path}: the policy would drop an inline style");
            nonces.push(nonce);
        }
        assert_ne!(nonces[0], nonces[1], "{path}: a nonce is used once");
    }
});

/// Pages of several kinds, with and without data, and what is not there.
const OPENED_AT_ONCE: [(&str, StatusCode); 8] = [
    ("/conversations", StatusCode::OK),
    ("/reports", StatusCode::OK),
    ("/reports/list", StatusCode::OK),
    ("/admin/keywords", StatusCode::OK),
    ("/admin/audit", StatusCode::OK),
    ("/sign-in", StatusCode::OK),
    ("/no-such-file.svg", StatusCode::NOT_FOUND),
    ("/no-such-page", StatusCode::NOT_FOUND),
];

on_both!(pages_that_are_opened_at_once_are_each_whole, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    for _ in 0..6 {
        // when many pages are rendered at once, on fewer threads
        let opened = OPENED_AT_ONCE.iter().cycle().take(4 * OPENED_AT_ONCE.len()).map(|(path, status)| {
            let request = request(app, &Method::GET, path, "", Some(&cookie));
            let answer = app.router.clone().oneshot(request);
            let answer = tokio::spawn(async move { answer.await.expect("the router never fails") });
            async move { (*path, *status, answer.await.expect("not a panic")) }
        });
        for (path, status, response) in futures::future::join_all(opened).await {
            // then each has its own status and, if it is a page, its own policy with the nonce of its scripts
            assert_eq!(response.status(), status, "{path}");
            let policy = response.headers().get("content-security-policy").and_then(|policy| policy.to_str().ok());
            let nonce =
                policy.and_then(|policy| policy.split_once("script-src 'nonce-")).map(|(_, rest)| rest.to_owned());
            let nonce = nonce.and_then(|rest| rest.split('\'').next().map(str::to_owned));
            let page = text(response).await;
            for script in page.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap_or_default();
                let nonce = nonce.as_deref().unwrap_or_else(|| panic!("{path} has scripts and no nonce"));
                assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: the nonce of another page: {tag}");
            }
            assert!(page.contains("</html>"), "{path}");
        }
    }
});

/// Submits the sign-in form. Returns the status, the cookie if one was set, and the text of the answer.
async fn sign_in(app: &TestApp, password: &str, cookie: Option<&str>) -> (StatusCode, Option<String>, String) {
    let email = format!("ana@{}.test", app.tenant.as_str().to_lowercase().replace('_', "-"));
    let form = format!("email={}&password={password}", email.replace('@', "%40"));
    let response = app.send(request(app, &Method::POST, "/api/sign_in", &form, cookie)).await;
    let status = response.status();
    let set = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if let Some(set) = &set {
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    }
    let cookie = set.map(|set| set.split(';').next().unwrap_or_default().to_owned());
    (status, cookie, text(response).await)
}

async fn calls(app: &TestApp, cookie: &str) -> StatusCode {
    app.send(request(app, &Method::POST, "/api/calls", "", Some(cookie))).await.status()
}

on_both!(guessing_passwords_is_slowed_down_and_time_opens_the_gate_again, threads = 4, async |app| {
    app.agent("Ana").await;
    // Her own sign-in came from another address, which is counted separately.
    for _ in 0..10 {
        let (status, cookie, said) = sign_in(app, "a-wrong-password", None).await;
        assert_eq!((status, cookie), (StatusCode::UNPROCESSABLE_ENTITY, None));
        assert!(said.contains("Wrong email or password."), "{said}");
    }
    let (status, cookie, said) = sign_in(app, PASSWORD, None).await;
    assert_eq!((status, cookie), (StatusCode::TOO_MANY_REQUESTS, None), "the right password is rate-limited too");
    assert!(said.contains("Wait 6 seconds"), "{said}");

    app.turn(handoff::domain::time::Span::seconds(6));
    let (_, cookie, said) = sign_in(app, PASSWORD, None).await;
    let cookie = cookie.unwrap_or_else(|| panic!("signed in: {said}"));
    assert_eq!(calls(app, &cookie).await, StatusCode::OK);
});

on_both!(a_session_is_new_at_sign_in_and_dead_after_sign_out, threads = 4, async |app| {
    let (_, first) = app.agent("Ana").await;
    assert_eq!(calls(app, &first).await, StatusCode::OK);

    // Signing in again replaces the browser's previous session.
    let (_, second, _) = sign_in(app, PASSWORD, Some(&first)).await;
    let second = second.expect("a cookie");
    assert_ne!(first, second);
    assert_eq!((calls(app, &first).await, calls(app, &second).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));

    // A token that somebody else chose is never adopted (session fixation).
    let planted = format!("handoff={}", "ab".repeat(32));
    let (_, third, _) = sign_in(app, PASSWORD, Some(&planted)).await;
    assert_ne!(third.as_deref(), Some(planted.as_str()));
    assert_eq!(calls(app, &planted).await, StatusCode::UNAUTHORIZED);

    // Signing out ends the session on the server, not only in the browser.
    let out = app.send(request(app, &Method::POST, "/api/sign_out", "", Some(&second))).await;
    let cleared = out.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert!(cleared.starts_with("handoff=;") && cleared.contains("Max-Age=0"), "{cleared}");
    assert_eq!(calls(app, &second).await, StatusCode::UNAUTHORIZED, "replayed");
    let page = app.send(request(app, &Method::GET, "/conversations", "", Some(&second))).await;
    assert!(table::TO_SIGN_IN.fits(page.status(), &location(&page)), "{}", page.status());
    let stream = app.send(request(app, &Method::GET, "/live?after=0", "", Some(&second))).await;
    assert_eq!(stream.status(), StatusCode::UNAUTHORIZED);

    // And a session that is not renewed expires.
    let third = third.expect("a cookie");
    assert_eq!(calls(app, &third).await, StatusCode::OK);
    app.turn(handoff::server::accounts::session::LENGTH);
    assert_eq!(calls(app, &third).await, StatusCode::UNAUTHORIZED);
});

on_sqlite!(over_tls_the_session_is_bound_to_the_host_and_no_plain_request_follows, threads = 4, async |app| {
    app.agent("Ana").await;
    let config = Config { public_url: "https://desk.test".to_owned(), ..app.config.clone() };
    let clock = Clock::manual(app.clock.clone());
    let services =
        Services::build(&config, clock, Entropy::seeded(8), Timeouts::default()).await.expect("the services start");
    let router = router(&services, leptos_options(&config.site_root, config.listen));
    let email = format!("ana%40{}.test", app.tenant.as_str().to_lowercase().replace('_', "-"));
    let sign_in = Request::post("/api/sign_in")
        .header(header::HOST, "desk.test")
        .header(header::ORIGIN, "https://desk.test")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("email={email}&password={PASSWORD}")))
        .expect("a request");
    let response = router.oneshot(sign_in).await.expect("answers");
    let says = |name: header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let cookie = says(header::SET_COOKIE);
    assert!(cookie.starts_with("__Host-handoff=") && cookie.contains("; Secure"), "{cookie}");
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "what the prefix demands: {cookie}");
    assert!(says(header::STRICT_TRANSPORT_SECURITY).starts_with("max-age="));

    let plain = app.send(request(app, &Method::GET, "/sign-in", "", None)).await;
    assert!(
        !plain.headers().contains_key(header::STRICT_TRANSPORT_SECURITY),
        "on loopback there is no TLS to go back to"
    );
});

/// What stands for an id in the rows of the table.
const PLACEHOLDERS: [&str; 13] = [
    "conversation",
    "message",
    "keyword",
    "flow",
    "media",
    "channel",
    "agent",
    "session",
    "leaver",
    "invitation",
    "link",
    "tool",
    "secret",
];

on_both!(a_zero_byte_is_the_callers_fault_on_both_engines, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let zero = |template: &str, zero: &str| template.replace("<>", zero);
    for route in all_rows().filter(|route| route.path.starts_with("/api/") || route.path.contains("{id}")) {
        let method: Method = route.method.parse().expect("a method");
        // Each value of a form, each text of a JSON, each id in a path.
        let holes = |text: &str| {
            let mut text = text.to_owned();
            for name in PLACEHOLDERS {
                text = text.replace(&format!("{{{name}}}"), "<>");
            }
            text
        };
        let form = if route.form.starts_with('{') {
            zero(&holes(route.form).replace("\"name\": \"", "\"name\": \"<>"), "\\u0000")
        } else {
            zero(&holes(route.form).replace("phrase=", "phrase=<>").replace("email=", "email=<>"), "%00")
        };
        let target = zero(&holes(route.target), "a%00b");
        let status = app.send(request(app, &method, &target, &form, Some(&cookie))).await.status();
        assert!(!status.is_server_error(), "{} {}: {status}", route.method, route.path);
        if target.contains("%00") {
            assert_eq!(status, StatusCode::NOT_FOUND, "{}", route.path);
        } else if form.contains("%00") || form.contains("\\u0000") {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{}", route.path);
        }
    }
});

on_both!(a_cursor_from_before_the_log_gets_all_of_it, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let stream = app.send(request(app, &Method::GET, "/live?after=-9223372036854775808", "", Some(&cookie))).await;
    assert_eq!(stream.status(), StatusCode::OK, "the maximum cursor is valid");
    let mut frames = stream.into_body().into_data_stream();
    for _ in 0..2 {
        frames.next().await.expect("goes on").expect("a frame");
    }
});
