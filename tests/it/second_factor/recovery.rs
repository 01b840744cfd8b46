//! Recovery codes: each signs in once, and the person is told how many are left.

use futures::future::join_all;
use handoff::contract::session::Viewer;

use super::*;

async fn codes_left(app: &TestApp, cookie: &str) -> Option<i64> {
    let (status, body) = post(app, cookie, "viewer", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str::<Option<Viewer>>(&body).expect("a viewer").expect("is signed in").recovery_codes_left
}

on_both!(a_recovery_code_signs_in_once_and_the_person_is_told_how_many_are_left, threads = 4, async |app| {
    let (ana, here) = app.agent("Ana").await;
    let (_, codes) = set_up(app, &ana).await;
    // when she has no phone, and types a code as people do
    let pending = after_password(app, &ana).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    let session = cookie_of(&enters(app, &pending, &typed).await.expect("signs in"));
    // then she is told, in that session only, until she dismisses it
    assert_eq!((codes_left(app, &session).await, codes_left(app, &here).await), (Some(9), None));
    assert_eq!(post(app, &session, "dismiss_recovery_code", "").await.0, StatusCode::OK);
    assert_eq!(codes_left(app, &session).await, None);
    let lines = audit(app).await;
    assert_eq!(told(&lines[0]), ("Ana", "Signed in", None));
    assert_eq!(told(&lines[1]), ("Ana", "Used a recovery code", None));
    // and the code is used up
    let pending = after_password(app, &ana).await;
    assert!(matches!(enters(app, &pending, &codes[0]).await, Err(CodeError::Wrong)));
    // when she makes new ones, then the others are invalid
    let (status, body) = post(app, &session, "recovery_codes_renew", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let RecoveryCodes(renewed) = serde_json::from_str(&body).expect("codes");
    assert_eq!(told(&audit(app).await[0]), ("Ana", "Made new recovery codes", None));
    assert!(matches!(enters(app, &pending, &codes[1]).await, Err(CodeError::Wrong)));
    enters(app, &pending, &renewed[0]).await.expect("signs in");
    // and nothing readable is stored
    let stored = app.services.accounts.second_factor(&ana).await.expect("reads");
    assert_eq!(stored.recovery_codes, 9);
});

on_both!(of_two_sign_ins_with_one_recovery_code_one_succeeds, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (_, codes) = set_up(app, &ana).await;
    let pending = [after_password(app, &ana).await, after_password(app, &ana).await];
    let ended = join_all(pending.iter().map(|one| enters(app, one, &codes[0]))).await;
    assert_eq!(ended.iter().filter(|end| end.is_ok()).count(), 1, "{ended:?}");
    assert!(ended.iter().any(|end| matches!(end, Err(CodeError::Wrong))), "{ended:?}");
});

on_both!(a_recovery_code_of_somebody_else_signs_nobody_in, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    set_up(app, &ana).await;
    let (_, bens) = set_up(app, &ben).await;
    let pending = after_password(app, &ana).await;
    assert!(matches!(enters(app, &pending, &bens[0]).await, Err(CodeError::Wrong)));
    let pending = after_password(app, &ben).await;
    enters(app, &pending, &bens[0]).await.expect("signs in");
});
