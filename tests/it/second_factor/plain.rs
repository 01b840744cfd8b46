//! Setting up an owed second factor without scripts: plain forms, which are answered with the page itself.

use axum::body::{Body, to_bytes};
use handoff::server::accounts::REAUTHENTICATED_FOR;
use http::Request;

use super::{
    required::{required, with_password},
    *,
};

const PAGE: &str = "/second-factor?next=%2Fconversations%2Fcnv_1";

/// An answer of the page: status, where it redirects, who may keep it, and text.
struct Shown {
    status: StatusCode,
    location: String,
    cache: Option<String>,
    text: String,
}

/// Opens the page, or sends one of its forms as a browser does.
async fn shown_after(app: &TestApp, cookie: &str, form: Option<&str>) -> Shown {
    let host = app.address.to_string();
    let builder = form.map_or_else(|| Request::get(PAGE), |_| Request::post(PAGE));
    let request = builder
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie)
        .body(Body::from(form.unwrap_or_default().to_owned()))
        .expect("a request");
    let response = app.send(request).await;
    let (status, location) = (response.status(), location(response.headers()).to_owned());
    let cache = response.headers().get(header::CACHE_CONTROL);
    let cache = cache.map(|value| value.to_str().expect("text").to_owned());
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a whole body");
    Shown { status, location, cache, text: String::from_utf8_lossy(&bytes).into_owned() }
}

/// The secret that a page's form sends along.
fn key_of(page: &str) -> Option<String> {
    let (before, after) = page.split_once("name=\"second-factor-secret\"")?;
    let tag = format!("{}{}", before.rsplit('<').next()?, after.split('>').next()?);
    let (_, value) = tag.split_once("value=\"")?;
    value.split('"').next().map(str::to_owned)
}

on_both!(whoever_has_no_scripts_sets_up_the_factor_they_owe, threads = 4, async |app| {
    // given Ana, who owes a second factor
    let (ana, _) = app.agent("Ana").await;
    app.turn(Span(1));
    required(app).await;
    let owing = with_password(app, &ana).await;
    let page = shown_after(app, &owing, None).await;
    assert!(page.text.contains("<form method=\"post\">") && key_of(&page.text).is_none(), "{}", page.text);
    // when she begins, then the page shows a key and its picture
    let begun = shown_after(app, &owing, Some("")).await;
    assert_eq!(begun.status, StatusCode::OK);
    let key = key_of(&begun.text).expect("a key");
    assert_eq!(begun.cache.as_deref(), Some("no-store"), "nobody keeps a key");
    assert!(begun.text.contains("data:image/svg+xml;base64,"), "{}", begun.text);
    // when she mistypes the code, then it says so and shows the same key
    let form = |code: &str| format!("second-factor-secret={key}&second-factor-code={code}");
    let refused = shown_after(app, &owing, Some(&form("000000"))).await;
    assert!(refused.text.contains("Wrong code."), "{}", refused.text);
    assert_eq!(key_of(&refused.text).as_ref(), Some(&key));
    let needed = (StatusCode::FORBIDDEN, r#"{"type":"second_factor_needed"}"#.to_owned());
    assert_eq!(post(app, &owing, "calls", "").await, needed);
    // when she enters it, then she gets the recovery codes, and the way on
    let done = shown_after(app, &owing, Some(&form(&shown(app, &key)))).await;
    assert_eq!((done.status, done.text.matches("<code>").count()), (StatusCode::OK, 10), "{}", done.text);
    assert_eq!(done.cache.as_deref(), Some("no-store"));
    assert!(done.text.contains("href=\"/conversations/cnv_1\""), "{}", done.text);
    assert_eq!(post(app, &owing, "calls", "").await.0, StatusCode::OK);
    // and once more there is nothing to set up
    for form in [None, Some("")] {
        let page = shown_after(app, &owing, form).await;
        assert_eq!((page.status, page.location.as_str()), (StatusCode::FOUND, "/account"));
    }
    after_password(app, &ana).await;
});

on_both!(a_form_without_scripts_needs_a_password_that_was_just_entered, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.turn(Span(1));
    required(app).await;
    let owing = with_password(app, &ana).await;
    app.turn(REAUTHENTICATED_FOR);
    // when she begins after ten minutes, then she is told to sign in again
    let late = shown_after(app, &owing, Some("")).await;
    assert!(late.text.contains("You signed in a while ago.") && key_of(&late.text).is_none(), "{}", late.text);
    // and what is no key is not shown again
    let odd = shown_after(app, &owing, Some("second-factor-secret=%22odd%22&second-factor-code=000000")).await;
    assert!(odd.text.contains("This took too long.") && key_of(&odd.text).is_none(), "{}", odd.text);
    // and without a session there is nothing but the sign-in
    let page = shown_after(app, "", Some("")).await;
    assert_eq!((page.status, page.location.as_str()), (StatusCode::FOUND, "/sign-in"));
});
