//! The webhook only accepts the app's own signature over the exact bytes; a refused request stores nothing.
//!
//! To add an invalid signature: a row in the table of the first test.

use axum::body::{Body, to_bytes};
use handoff::server::store::journal;
use http::{Request, StatusCode, header};

use crate::{
    app::{APP, APP_SECRET, TestApp, VERIFY_TOKEN, on_both},
    meta::{self, signature},
};

const OTHER_APP: &str = "globex-app";
const OTHER_SECRET: &str = "globex-app-secret";

async fn post(app: &TestApp, to: &str, headers: &[(&str, &str)], body: &[u8]) -> StatusCode {
    let mut request = Request::post(format!("/webhooks/whatsapp/{to}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_vec())).expect("a request")).await.status()
}

async fn signed(app: &TestApp, to: &str, signature: &str, body: &[u8]) -> StatusCode {
    post(app, to, &[("x-hub-signature-256", signature)], body).await
}

/// Number of bodies in the journal.
async fn journalled(app: &TestApp) -> i64 {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let (unread, held) = journal::backlog(&mut tx).await.expect("counts");
    assert_eq!(held, 0, "nothing is in quarantine");
    unread
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

on_both!(a_signature_that_is_not_exactly_the_apps_is_refused_and_nothing_is_stored, async |app| {
    app.other_tenant().await;
    let body = meta::text("4915550001", "wamid.signed", app.now(), "Hello").to_string().into_bytes();
    let right = signature(APP_SECRET, &body);
    let hex = right.strip_prefix("sha256=").expect("the prefix");
    let name = "x-hub-signature-256";
    let stranger = signature(OTHER_SECRET, &body);
    let empty = signature(APP_SECRET, b"");
    let (sha1, spaced) = (format!("sha1={hex}"), format!("sha256= {hex}"));
    let (shouted, twice) = (format!("SHA256={hex}"), format!("{right}{hex}"));
    let (odd, short) = (&right[..right.len() - 1], &right[..right.len() - 2]);
    let last_letter = format!("{odd}g");
    let refused = [
        ("missing", vec![], StatusCode::UNAUTHORIZED),
        ("under the header that Meta retired", vec![("x-hub-signature", right.as_str())], StatusCode::UNAUTHORIZED),
        ("without a prefix", vec![(name, hex)], StatusCode::UNAUTHORIZED),
        ("with the prefix of another hash", vec![(name, sha1.as_str())], StatusCode::UNAUTHORIZED),
        ("with a prefix in capitals", vec![(name, shouted.as_str())], StatusCode::UNAUTHORIZED),
        ("with a space", vec![(name, spaced.as_str())], StatusCode::UNAUTHORIZED),
        ("empty", vec![(name, "")], StatusCode::UNAUTHORIZED),
        ("the prefix alone", vec![(name, "sha256=")], StatusCode::UNAUTHORIZED),
        ("one digit short", vec![(name, odd)], StatusCode::UNAUTHORIZED),
        ("one byte short", vec![(name, short)], StatusCode::UNAUTHORIZED),
        ("half of it", vec![(name, &right[..7 + 32])], StatusCode::UNAUTHORIZED),
        ("longer than it is", vec![(name, twice.as_str())], StatusCode::UNAUTHORIZED),
        ("not hex", vec![(name, last_letter.as_str())], StatusCode::UNAUTHORIZED),
        ("of an empty body", vec![(name, empty.as_str())], StatusCode::UNAUTHORIZED),
        ("of another app", vec![(name, stranger.as_str())], StatusCode::UNAUTHORIZED),
    ];
    for (what, headers, expected) in refused {
        assert_eq!(post(app, APP, &headers, &body).await, expected, "a signature {what}");
    }
    assert_eq!(signed(app, "nobodys-app", &right, &body).await, StatusCode::UNAUTHORIZED, "an unknown app");
    assert_eq!(signed(app, OTHER_APP, &right, &body).await, StatusCode::UNAUTHORIZED, "sent to another app");
    assert_eq!(journalled(app).await, 0, "what was refused is not stored");

    assert_eq!(signed(app, APP, &right, &body).await, StatusCode::OK, "the right one");
    // Uppercase hex is equivalent: the decoded bytes are compared.
    let capitals = format!("sha256={}", hex.to_uppercase());
    assert_eq!(signed(app, APP, &capitals, &body).await, StatusCode::OK, "the right one in capitals");
    assert_eq!(signed(app, OTHER_APP, &stranger, &body).await, StatusCode::OK, "each app has its own secret");
    assert_eq!(journalled(app).await, 3, "what was accepted is stored");
    app.settle().await;
});

on_both!(one_bit_of_the_body_or_of_the_signature_is_enough_to_be_refused, async |app| {
    let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
    let right = signature(APP_SECRET, body);
    for bit in 0..body.len() * 8 {
        let status = signed(app, APP, &right, &flipped(body, bit)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "bit {bit} of the body");
    }
    let digest = hex::decode(&right["sha256=".len()..]).expect("hex");
    for bit in 0..digest.len() * 8 {
        let wrong = format!("sha256={}", hex::encode(flipped(&digest, bit)));
        let status = signed(app, APP, &wrong, body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "bit {bit} of the signature");
    }
    assert_eq!(journalled(app).await, 0);
    assert_eq!(signed(app, APP, &right, body).await, StatusCode::OK, "the unchanged body is accepted");
    assert_eq!(journalled(app).await, 1);
    app.settle().await;
});

on_both!(the_same_json_in_other_bytes_is_refused, async |app| {
    // As Meta writes it: slashes and non-ASCII characters are escaped.
    let sent = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","note":"a\/b \u00e9"}]}"#;
    let value: serde_json::Value = serde_json::from_slice(sent).expect("JSON");
    let right = signature(APP_SECRET, sent);
    let encoded_again = [
        serde_json::to_vec(&value).expect("JSON"),
        serde_json::to_vec_pretty(&value).expect("JSON"),
        [sent.as_slice(), b"\n"].concat(),
        [b" ", sent.as_slice()].concat(),
    ];
    for body in encoded_again {
        assert_ne!(body, sent);
        let status = signed(app, APP, &right, &body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{}", String::from_utf8_lossy(&body));
    }
    assert_eq!(journalled(app).await, 0);
    assert_eq!(signed(app, APP, &right, sent).await, StatusCode::OK);
    app.settle().await;
});

struct Answer {
    status: StatusCode,
    kind: String,
    body: String,
}

async fn verify(app: &TestApp, to: &str, query: &str) -> Answer {
    let request = Request::get(format!("/webhooks/whatsapp/{to}{query}")).body(Body::empty()).expect("a request");
    let response = app.send(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
    let status = response.status();
    let body = to_bytes(response.into_body(), 64 * 1024).await.expect("a body");
    Answer { status, kind: kind.unwrap_or_default(), body: String::from_utf8(body.to_vec()).expect("text") }
}

on_both!(the_address_is_verified_with_the_right_token_only, async |app| {
    let asked = format!("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY_TOKEN}");
    let right = verify(app, APP, &asked).await;
    assert_eq!((right.status, right.body.as_str()), (StatusCode::OK, "1158201444"));
    assert!(right.kind.starts_with("text/plain"), "{}", right.kind);

    // Otherwise, whoever knows the token could make our address return arbitrary HTML to a browser.
    let markup = format!("?hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={VERIFY_TOKEN}");
    let markup = verify(app, APP, &markup).await;
    assert_eq!(markup.body, "<script>");
    assert!(markup.kind.starts_with("text/plain"), "{}", markup.kind);

    let token = format!("hub.verify_token={VERIFY_TOKEN}");
    let refused = [
        ("another token", APP, "?hub.mode=subscribe&hub.challenge=7&hub.verify_token=guess".to_owned()),
        ("no token", APP, "?hub.mode=subscribe&hub.challenge=7".to_owned()),
        ("an empty token", APP, "?hub.mode=subscribe&hub.challenge=7&hub.verify_token=".to_owned()),
        ("a token that begins right", APP, format!("?hub.mode=subscribe&hub.challenge=7&{token}x")),
        ("no challenge", APP, format!("?hub.mode=subscribe&{token}")),
        ("no mode", APP, format!("?hub.challenge=7&{token}")),
        ("another mode", APP, format!("?hub.mode=unsubscribe&hub.challenge=7&{token}")),
        ("an unknown app", "nobodys-app", format!("?hub.mode=subscribe&hub.challenge=7&{token}")),
        ("nothing", APP, String::new()),
    ];
    for (what, to, query) in refused {
        let answer = verify(app, to, &query).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        assert!(!answer.body.contains('7'), "{what}: no challenge is echoed");
    }
    assert!(app.meta.verify_callback(VERIFY_TOKEN).await.expect("answers"), "in Meta's format");
    assert!(!app.meta.verify_callback("guess").await.expect("answers"));
    assert_eq!(journalled(app).await, 0);
});
