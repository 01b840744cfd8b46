//! Second factors: set up with an authenticator app, asked for after the password, required by a tenant, and removed.

mod codes;
mod links;
mod plain;
mod recovery;
mod required;
mod team;

use handoff::{
    contract::{
        audit::{AuditFilter, AuditLine},
        second_factor::RecoveryCodes,
    },
    domain::time::Span,
    server::{
        accounts::{
            Agent, CallerDevice, FactorOwner,
            factor::CodeError,
            sign_in::{NewSession, SignInError},
        },
        secret::Secret,
    },
};
use http::{HeaderMap, StatusCode, header};

use crate::{
    app::{PASSWORD, TestApp, on_both},
    bot_settings::{answer, post},
};

/// After which an app shows another code.
const STEP: Span = Span::seconds(30);

/// What the app on the phone shows now.
pub fn shown(app: &TestApp, key: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(key).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a secret");
    totp.generate(u64::try_from(app.now().0 / 1_000).expect("after 1970")).to_string()
}

/// Makes a key whose first code is awaited.
pub async fn begin(app: &TestApp, person: &Agent) -> String {
    let (accounts, owner) = (&app.services.accounts, FactorOwner::of(person.clone()));
    let by = accounts.confirmed_owner(owner, None).expect("just signed in");
    accounts.second_factor_begin(by).await.expect("begins").secret
}

/// Sets up a second factor. Returns its key and the recovery codes. The code of this step is used.
pub async fn set_up(app: &TestApp, person: &Agent) -> (String, Vec<String>) {
    let key = begin(app, person).await;
    let (accounts, owner) = (&app.services.accounts, FactorOwner::of(person.clone()));
    let confirmed = accounts.second_factor_confirm(&owner, None, &shown(app, &key)).await;
    let RecoveryCodes(codes) = confirmed.expect("the right code");
    (key, codes)
}

/// Enters the right password. Returns the token of the sign-in whose code is awaited.
async fn after_password(app: &TestApp, person: &Agent) -> Secret {
    let from = CallerDevice::default();
    match app.services.accounts.sign_in(person.email(), PASSWORD.to_owned(), &from, None).await {
        Err(SignInError::CodeNeeded(token)) => token,
        other => panic!("{other:?}"),
    }
}

async fn enters(app: &TestApp, pending: &Secret, code: &str) -> Result<NewSession, CodeError> {
    let from = CallerDevice::at([203, 0, 113, 7].into());
    app.services.accounts.sign_in_code(pending.expose(), code, &from, None).await
}

fn cookie_of(session: &NewSession) -> String {
    format!("handoff={}", session.token)
}

/// Where a response redirects.
fn location(headers: &HeaderMap) -> &str {
    headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The cookie of this name that a response sets, with its attributes.
fn set_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.find(|cookie| cookie.split('=').next() == Some(name))
}

/// The part of a cookie that a browser sends back.
fn sent_back(cookie: &str) -> String {
    cookie.split(';').next().unwrap_or_default().to_owned()
}

async fn audit(app: &TestApp) -> Vec<AuditLine> {
    app.services.accounts.refusals_noted().await;
    app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads").lines
}

fn told(line: &AuditLine) -> (&str, &str, Option<&str>) {
    (&line.who, &line.what, line.about.as_deref())
}

on_both!(a_person_sets_up_a_second_factor_and_signs_in_with_its_code, threads = 4, async |app| {
    // given Ana, who has set one up on her account page
    let (ana, here) = app.agent("Ana").await;
    let (status, body) = post(app, &here, "second_factor_begin", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let key = serde_json::from_str::<serde_json::Value>(&body).expect("JSON")["secret"].clone();
    let key = key.as_str().expect("a key").to_owned();
    let (status, body) = post(app, &here, "second_factor_confirm", "code=000+000").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("Wrong code."), "{body}");
    assert_eq!(answer(app, "", "sign_in", &password_form(&ana)).await.0, StatusCode::OK, "it is not asked for yet");
    let code = format!("code={}", shown(app, &key));
    let (status, body) = post(app, &here, "second_factor_confirm", &code).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let RecoveryCodes(codes) = serde_json::from_str(&body).expect("codes");
    assert_eq!(codes.len(), 10);
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Set up a second factor", None));

    // when she signs in elsewhere, then the password leads to the page of the code, and no session begins
    app.turn(STEP);
    let with_next = format!("{}&next=%2Fconversations%2Fcnv_1%3Fq%3Da", password_form(&ana));
    let (status, headers, _) = answer(app, "", "sign_in", &with_next).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(location(&headers), "/sign-in/code?next=%2Fconversations%2Fcnv_1%3Fq%3Da");
    assert!(set_cookie(&headers, "handoff").is_none() && set_cookie(&headers, "handoff-device").is_none());
    let pending = set_cookie(&headers, "handoff-sign-in").expect("a cookie");
    assert!(pending.contains("HttpOnly") && pending.contains("SameSite=Lax") && pending.ends_with("Max-Age=300"));
    let pending = sent_back(pending);
    for stolen in [pending.clone(), pending.replace("handoff-sign-in=", "handoff=")] {
        assert_eq!(post(app, &stolen, "calls", "").await.0, StatusCode::UNAUTHORIZED, "it is no session");
    }

    // when she enters the code, then she is signed in, and the pending sign-in has ended
    let code = format!("code={}&next=%2Fconversations%2Fcnv_1", shown(app, &key));
    assert_eq!(
        answer(app, "", "sign_in_code", &code).await.0,
        StatusCode::CONFLICT,
        "in another browser it is nothing"
    );
    let (status, headers, body) = answer(app, &pending, "sign_in_code", &code).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(location(&headers), "/conversations/cnv_1");
    assert!(set_cookie(&headers, "handoff-sign-in").expect("is removed").contains("Max-Age=0"));
    let session = sent_back(set_cookie(&headers, "handoff").expect("a session"));
    assert_eq!(post(app, &session, "calls", "").await.0, StatusCode::OK);
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Signed in", None));
    app.turn(STEP);
    let code = format!("code={}", shown(app, &key));
    let (status, _, body) = answer(app, &pending, "sign_in_code", &code).await;
    assert!(status == StatusCode::CONFLICT && body.contains("Start again with your password."), "{body}");
});

/// The form of the sign-in page with the right password.
fn password_form(person: &Agent) -> String {
    format!("email={}&password={PASSWORD}", person.email().replace('@', "%40"))
}

on_both!(a_second_factor_is_replaced_and_removed_by_its_owner, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (old, old_codes) = set_up(app, &ana).await;
    // when she begins to replace it, then the old one is asked for until the new one is confirmed
    let (accounts, owner) = (&app.services.accounts, FactorOwner::of(ana.clone()));
    let new = begin(app, &ana).await;
    app.turn(STEP);
    let pending = after_password(app, &ana).await;
    assert!(matches!(enters(app, &pending, &shown(app, &new)).await, Err(CodeError::Wrong)));
    enters(app, &pending, &shown(app, &old)).await.expect("signs in");
    // when ten minutes have passed, then it is too late to confirm it
    app.turn(Span::minutes(10));
    let late = accounts.second_factor_confirm(&owner, None, &shown(app, &new)).await.expect_err("too late");
    assert_eq!(late.to_string(), "This took too long. Start again.");
    assert!(accounts.confirmed_owner(owner.clone(), None).is_none(), "the password was entered long ago");
    // when she does it at once, then only the new one counts
    let ana = signs_in(app, &ana, &shown(app, &old)).await;
    let (new, codes) = set_up(app, &ana).await;
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Replaced a second factor", None));
    app.turn(STEP);
    let pending = after_password(app, &ana).await;
    for code in [&shown(app, &old), &old_codes[0]] {
        assert!(matches!(enters(app, &pending, code).await, Err(CodeError::Wrong)));
    }
    enters(app, &pending, &shown(app, &new)).await.expect("signs in");
    // when she removes it, then the password is enough, and nothing is left of it
    let by = accounts.confirmed_owner(FactorOwner::of(ana.clone()), None).expect("just signed in");
    accounts.second_factor_remove(by).await.expect("removes");
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Removed a second factor", None));
    let from = CallerDevice::default();
    accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await.expect("signs in");
    let own = accounts.second_factor(&ana).await.expect("reads");
    assert_eq!((own.set_up, own.recovery_codes, codes.len()), (None, 0, 10));
});

/// Signs in with this code, as the agent of the new session.
async fn signs_in(app: &TestApp, person: &Agent, code: &str) -> Agent {
    let pending = after_password(app, person).await;
    let session = enters(app, &pending, code).await.expect("signs in");
    app.services.accounts.signed_in(&session.token).await.expect("looks up").expect("is signed in")
}
