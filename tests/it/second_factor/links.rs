//! One-time links of people with a second factor, or who owe one: a link takes the place of the password alone.

use handoff::{
    contract::account_link::NewLink,
    domain::{access::Role, account_link::Invited},
    server::accounts::Reauthenticated,
};

use super::*;

/// A password that nobody has had.
const NEW_PASSWORD: &str = "correct-Lantern-41-river";

/// What a link's page sends.
fn use_form(link: &NewLink) -> String {
    let token = link.url.rsplit('/').next().expect("an address");
    format!("token={token}&password={NEW_PASSWORD}")
}

on_both!(a_link_for_a_new_password_does_not_take_the_place_of_the_code, threads = 4, async |app| {
    // given Ana with a second factor, who waits for a code elsewhere, and a link with which she sets a new password
    let (ana, before) = app.agent("Ana").await;
    let (key, _) = set_up(app, &ana).await;
    let accounts = &app.services.accounts;
    let link = accounts.make_password_link(&app.tenant, Reauthenticated::operator(), ana.id()).await.expect("a link");
    app.turn(STEP);
    let old = after_password(app, &ana).await;
    // when somebody uses the link, then the password is set, but no session begins
    let (status, headers, body) = answer(app, "", "use_link", &use_form(&link)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(location(&headers), "/sign-in/code");
    assert!(set_cookie(&headers, "handoff").is_none() && set_cookie(&headers, "handoff-device").is_none());
    let pending = sent_back(set_cookie(&headers, "handoff-sign-in").expect("a cookie"));
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Set a new password with a link", None));
    // and the link, the session and the sign-in of before have ended
    assert_eq!(answer(app, "", "use_link", &use_form(&link)).await.0, StatusCode::CONFLICT);
    assert_eq!(post(app, &before, "calls", "").await.0, StatusCode::UNAUTHORIZED);
    assert!(matches!(enters(app, &old, &shown(app, &key)).await, Err(CodeError::Ended)));
    let from = CallerDevice::default();
    let with_old = accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await;
    assert!(matches!(with_old, Err(SignInError::Wrong)), "{with_old:?}");
    let with_new = accounts.sign_in(ana.email(), NEW_PASSWORD.to_owned(), &from, None).await;
    assert!(matches!(with_new, Err(SignInError::CodeNeeded(_))), "{with_new:?}");
    // when the code is entered, then the session begins
    let (status, headers, body) = answer(app, &pending, "sign_in_code", &format!("code={}", shown(app, &key))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let session = sent_back(set_cookie(&headers, "handoff").expect("a session"));
    assert_eq!(post(app, &session, "calls", "").await.0, StatusCode::OK);
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Signed in", None));
});

on_both!(whoever_joins_where_a_second_factor_is_required_sets_one_up_first, threads = 4, async |app| {
    // given a tenant that requires a second factor, and an invitation
    required::required(app).await;
    let dana = Invited { email: "dana@acme.test".to_owned(), name: "Dana".to_owned(), role: Role::Agent };
    let invited = app.services.accounts.invite(&app.tenant, Reauthenticated::operator(), dana).await;
    // when she joins, then she has a session, which sets one up before anything else
    let (status, headers, body) = answer(app, "", "use_link", &use_form(&invited.expect("a link"))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(location(&headers), "/conversations");
    let session = sent_back(set_cookie(&headers, "handoff").expect("a session"));
    let needed = (StatusCode::FORBIDDEN, r#"{"type":"second_factor_needed"}"#.to_owned());
    assert_eq!(post(app, &session, "calls", "").await, needed);
    assert_eq!(post(app, &session, "second_factor_begin", "").await.0, StatusCode::OK);
});
