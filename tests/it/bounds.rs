//! What tenants, customers and strangers can shape is bounded: schemas, expressions, messages, bodies, connections and
//! streams. Bounds are counted; what would hang is caught by the test's own bound.

mod connections;

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use futures::{StreamExt, stream};
use handoff::{
    domain::{
        desk::ItemBody,
        message::{CUT, Content},
    },
    server::{
        http::{stream::PER_SESSION, zero_bytes::BODY_TIMEOUT},
        store::journal,
    },
};
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    bot_settings::{call, page, post},
    meta,
};

/// Nine levels of definitions, each of which refers eight times to the next: 2,000 bytes that describe 8^9 checks.
fn schema() -> Value {
    let mut definitions = serde_json::Map::new();
    for level in 0..9 {
        let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
        definitions.insert(level.to_string(), json!({"anyOf": vec![next; 8]}));
    }
    definitions.insert("9".to_owned(), json!({"type": "null"}));
    json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/0"}}, "$defs": definitions})
}

on_both!(a_schema_that_multiplies_is_refused, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let tool = json!({"name": "t", "description": "d", "schema": schema(), "url": "https://shop.example.com/x"});
    let (status, body) = call(app, &cookie, "tool_save", &json!({"was": null, "tool": tool})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("more than 5,000 parts"), "{body}");
    let (status, body) = call(app, &cookie, "tool_check", &json!({"tool": tool})).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("more than 5,000 parts"), "{body}");
});

on_both!(a_deep_expression_is_refused_wherever_it_is_entered, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let deep = format!("{{{{ a{} }}}}", ".a".repeat(1_900));
    let tool = json!({"name": "t", "description": "d", "url": "https://shop.example.com/x", "body": deep,
        "schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let form = format!("name=greeting&text={}", encoded(&deep));
    let answers = [
        post(app, &cookie, "text_preview", &form).await,
        post(app, &cookie, "text_save", &form).await,
        call(app, &cookie, "tool_save", &json!({"was": null, "tool": tool})).await,
    ];
    for (status, body) in answers {
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(body.contains("nested too deeply"), "{body}");
    }
});

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

on_both!(a_message_longer_than_whatsapp_sends_is_cut_and_says_so, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given a message of a million characters, and one of the longest that WhatsApp sends
    let long = "word ".repeat(200_000);
    let body = meta::text("4915550001", "wamid.long", app.now(), &long);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let signer = journal::unread_apps(&mut tx).await.expect("reads").remove(0);
    let unread = journal::unread(&mut tx, &signer, &BTreeSet::new(), 10, i64::MAX).await.expect("reads");
    let raw = &unread[0].body;
    drop(tx);
    assert!(raw.len() > 1_000_000, "the journal keeps the body as it arrived");
    let whole = "😀".repeat(4_096);
    assert_eq!(app.webhook(&meta::text("4915550001", "wamid.whole", app.now(), &whole)).await, StatusCode::OK);
    // when both are carried
    app.settle().await;
    // then the thread has the beginning of the first, with a remark, and all of the second
    let row = app.only_row(&ana).await;
    let thread = app.thread(&ana, &row.id).await;
    let message = |body: &ItemBody| match body {
        ItemBody::Message(message) => Some(message.clone()),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    };
    let messages: Vec<_> = thread.items.iter().filter_map(|item| message(&item.body)).collect();
    let found = |start: &str| {
        let fits = |text: &str| text.starts_with(start);
        messages.iter().find(|message| message.content.text().is_some_and(fits)).expect("in the thread")
    };
    let cut = found("word ");
    let Content::Text { body } = &cut.content else { panic!("a text") };
    assert!(body.len() < 70_000 && body.ends_with('…'), "{}", body.len());
    assert_eq!(cut.context.missing.as_deref(), Some(CUT));
    let kept = found("😀");
    assert_eq!((kept.content.text(), kept.context.missing.as_deref()), (Some(whole.as_str()), None));
});

on_both!(a_body_that_never_ends_times_out, async |app| {
    let host = app.address.to_string();
    let half = stream::iter([Ok::<_, std::io::Error>("email=ana")]).chain(stream::pending());
    let request = Request::post("/api/sign_in")
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from_stream(half))
        .expect("a request");
    let asked = app.send(request);
    tokio::pin!(asked);
    assert!(futures::poll!(&mut asked).is_pending());
    app.turn(BODY_TIMEOUT);
    assert_eq!(asked.await.status(), StatusCode::REQUEST_TIMEOUT);
});

async fn open_stream(app: &TestApp, cookie: &str) -> http::Response<Body> {
    let request = Request::get("/live").header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
    app.send(request).await
}

on_both!(a_session_has_ten_streams, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    let (_, others) = app.agent("Ben").await;
    let mut open = Vec::new();
    for _ in 0..PER_SESSION {
        open.push(open_stream(app, &cookie).await);
    }
    assert!(open.iter().all(|stream| stream.status() == StatusCode::OK));
    assert_eq!(open_stream(app, &cookie).await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(open_stream(app, &others).await.status(), StatusCode::OK, "other sessions are not affected");
    open.pop();
    assert_eq!(open_stream(app, &cookie).await.status(), StatusCode::OK, "one was closed");
});

on_both!(malformed_calls_are_the_callers_fault_signed_in_or_out, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    for cookie in [cookie.as_str(), ""] {
        for (path, body) in [
            ("flow_create", "{"),
            ("flow_create", ""),
            ("tool_save", "[]"),
            ("tool_save", r#"{"was": 7, "tool": []}"#),
            ("tool_check", "\"text\""),
        ] {
            let host = app.address.to_string();
            let request = Request::post(format!("/api/{path}"))
                .header(header::HOST, &host)
                .header(header::ORIGIN, format!("http://{host}"))
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::COOKIE, cookie)
                .body(Body::from(body))
                .expect("a request");
            assert_eq!(app.send(request).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path} {body} {cookie:?}");
        }
    }
});

on_both!(an_address_cannot_put_words_on_the_pages_of_the_sign_in, threads = 4, async |app| {
    use base64::Engine as _;
    let words = "Your session was compromised. Call +1 900 555 0100";
    let error =
        base64::engine::general_purpose::URL_SAFE.encode(json!({"type": "invalid", "detail": words}).to_string());
    let table =
        [("/sign-in", "sign_in", "Wrong email or password."), ("/sign-in/code", "sign_in_code", "Wrong code, or one")];
    for (path, call, sentence) in table {
        let shown = page(app, "", &format!("{path}?__path=%2Fapi%2F{call}&__err={error}")).await;
        assert!(!shown.contains("compromised"), "{shown}");
        assert!(shown.contains(sentence), "the form still says what is wrong: {shown}");
    }
});

on_both!(signing_in_leads_to_this_site_only, threads = 4, async |app| {
    app.agent("Ana").await;
    let email = format!("ana%40{}.test", app.tenant.as_str().to_lowercase().replace('_', "-"));
    for (next, expected) in [
        ("%2F%09%2Fevil.test%2Fx", "/conversations"),
        ("%2F%0A%2Fevil.test", "/conversations"),
        ("%2Fa%01b", "/conversations"),
        ("%2F..%2F%2Fevil.test", "/conversations"),
        ("https%3A%2F%2Fevil.test", "/conversations"),
        ("%2Fadmin%2Faudit%3Fbefore%3D7", "/admin/audit?before=7"),
        ("%2Fsearch%3Fq%3D%C3%A9", "/search?q=%C3%A9"),
    ] {
        let host = app.address.to_string();
        let request = Request::post("/api/sign_in")
            .header(header::HOST, &host)
            .header(header::ORIGIN, format!("http://{host}"))
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("email={email}&password={}&next={next}", crate::app::PASSWORD)))
            .expect("a request");
        let response = app.send(request).await;
        assert_eq!(response.status(), StatusCode::FOUND, "{next}");
        assert_eq!(response.headers()[header::LOCATION], expected, "{next}");
    }
});

on_both!(other_names_for_our_address_are_not_served, threads = 4, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    let status = async |host: String, path: &str| {
        let request = Request::get(path).header(header::HOST, host).header(header::COOKIE, &cookie);
        app.send(request.body(Body::empty()).expect("a request")).await.status()
    };
    let port = app.address.port();
    for path in ["/conversations", "/live", "/no-such-page"] {
        assert_eq!(status(format!("evil.test:{port}"), path).await, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    assert_eq!(status(format!("localhost:{port}"), "/conversations").await, StatusCode::OK);
    assert_eq!(status("evil.test".to_owned(), "/health").await, StatusCode::OK, "a load balancer asks by address");
    let request = Request::post("/api/calls")
        .header(header::HOST, format!("evil.test:{port}"))
        .header(header::ORIGIN, format!("http://evil.test:{port}"))
        .header(header::COOKIE, &cookie);
    let response = app.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
    let words = to_bytes(response.into_body(), 1 << 16).await.expect("a body");
    assert!(words.starts_with(b"This server doesn't serve this address."), "{words:?}");
});
