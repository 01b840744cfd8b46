//! What a code is worth: once, for a short time, and not for as many attempts as one likes.

use futures::future::join_all;

use super::*;
use crate::capture;

/// A code that no app shows while these tests run.
const WRONG: &str = "271828";

on_both!(of_two_sign_ins_with_one_code_one_succeeds, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (key, _) = set_up(app, &ana).await;
    let used = shown(app, &key);
    app.turn(STEP);
    // given two sign-ins that wait for a code
    let pending = [after_password(app, &ana).await, after_password(app, &ana).await];
    let code = shown(app, &key);
    // when both enter the same one at once
    let ended = join_all(pending.iter().map(|one| enters(app, one, &code))).await;
    // then one is signed in
    assert_eq!(ended.iter().filter(|end| end.is_ok()).count(), 1, "{ended:?}");
    assert!(ended.iter().any(|end| matches!(end, Err(CodeError::Used))), "{ended:?}");
    // and neither that code nor an earlier one is accepted again, while the next one is
    let pending = after_password(app, &ana).await;
    for code in [&code, &used] {
        assert!(matches!(enters(app, &pending, code).await, Err(CodeError::Used)), "{code}");
    }
    app.turn(STEP);
    enters(app, &pending, &shown(app, &key)).await.expect("signs in");
});

on_both!(one_pending_sign_in_begins_one_session, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (key, codes) = set_up(app, &ana).await;
    app.turn(STEP);
    // when a pending sign-in is completed twice at once, with codes that are both right
    let pending = after_password(app, &ana).await;
    let both = [shown(app, &key), codes[0].clone()];
    let ended = join_all(both.iter().map(|code| enters(app, &pending, code))).await;
    // then there is one session, and the other code is not used up
    assert_eq!(ended.iter().filter(|end| end.is_ok()).count(), 1, "{ended:?}");
    assert!(ended.iter().any(|end| matches!(end, Err(CodeError::Ended))), "{ended:?}");
    let pending = after_password(app, &ana).await;
    let mut left = 0;
    for code in &both {
        left += usize::from(enters(app, &pending, code).await.is_ok());
    }
    assert_eq!(left, 1);
});

on_both!(wrong_codes_are_slowed_down_told_and_written_to_no_log, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (key, codes) = set_up(app, &ana).await;
    let (ben, _) = app.agent("Ben").await;
    let (bens_key, _) = set_up(app, &ben).await;
    app.turn(STEP);
    capture::begin();
    // given somebody who knows Ana's password and guesses codes, in one sign-in after the other
    let mut pending = after_password(app, &ana).await;
    for nth in 0..5 {
        let refused = enters(app, &pending, WRONG).await.expect_err("wrong");
        assert!(refused.to_string().starts_with("Wrong code."), "{nth}: {refused}");
        pending = after_password(app, &ana).await;
    }
    // then the sixth waits, also with the right code
    let refused = enters(app, &pending, &shown(app, &key)).await.expect_err("too often");
    assert_eq!(refused.to_string(), "Too many wrong codes. Wait 60 seconds and try again.");
    assert_eq!(refused.retry_after(), Some(Span::minutes(1)));
    // and others do not
    let bens = after_password(app, &ben).await;
    enters(app, &bens, &shown(app, &bens_key)).await.expect("signs in");
    app.turn(Span::minutes(1));
    enters(app, &pending, &shown(app, &key)).await.expect("signs in");
    // and her company reads it
    let lines = audit(app).await;
    let wrong: Vec<&AuditLine> =
        lines.iter().filter(|line| line.what.ends_with("right password, wrong code")).collect();
    assert_eq!(wrong.len(), 5);
    assert_eq!(told(wrong[0]), ("Handoff", "Refused a sign-in: right password, wrong code", Some("Ana")));
    assert_eq!(wrong[0].address.as_deref(), Some("203.0.113.7"));
    assert_eq!(lines.iter().filter(|line| line.what == "Refused a sign-in: too many attempts").count(), 1);
    // and the operator, without codes and keys
    let log = capture::log();
    assert_eq!(log.lines().filter(|line| line.contains("accounts: sign-in refused")).count(), 6, "{log}");
    for secret in [key.as_str(), &codes[0], WRONG, &shown(app, &key)] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
});

on_both!(somebody_who_knows_the_password_does_not_keep_the_owner_from_entering_a_code, async |app| {
    // given a browser that Ana has signed in with, and somebody who knows her password
    let (ana, _) = app.agent("Ana").await;
    let (key, _) = set_up(app, &ana).await;
    app.turn(STEP);
    let device = enters(app, &after_password(app, &ana).await, &shown(app, &key)).await.expect("signs in").device;
    // when they enter wrong codes until they have to wait
    let pending = after_password(app, &ana).await;
    for _ in 0..5 {
        assert!(matches!(enters(app, &pending, WRONG).await, Err(CodeError::Wrong)));
    }
    assert!(matches!(enters(app, &pending, WRONG).await, Err(CodeError::TooManyAttempts(_))));
    // also with the browser of another person
    let (ben, _) = app.agent("Ben").await;
    let from = CallerDevice::default();
    let bens = app.services.accounts.sign_in(ben.email(), PASSWORD.to_owned(), &from, None).await.expect("signs in");
    let theirs = CallerDevice { token: Some(bens.device), ..CallerDevice::at([203, 0, 113, 7].into()) };
    let late = app.services.accounts.sign_in_code(pending.expose(), WRONG, &theirs, None).await;
    assert!(matches!(late, Err(CodeError::TooManyAttempts(_))), "{late:?}");
    // then she enters hers in that browser, in the same network, and in another browser elsewhere
    let hers = CallerDevice { token: Some(device), ..CallerDevice::at([203, 0, 113, 7].into()) };
    let elsewhere = CallerDevice::at([198, 51, 100, 4].into());
    for from in [hers, elsewhere] {
        app.turn(STEP);
        let (pending, code) = (after_password(app, &ana).await, shown(app, &key));
        app.services.accounts.sign_in_code(pending.expose(), &code, &from, None).await.expect("signs in");
    }
});

on_both!(eight_wrong_codes_end_a_sign_in, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (key, _) = set_up(app, &ana).await;
    app.turn(STEP);
    let pending = after_password(app, &ana).await;
    for nth in 0..8 {
        if nth >= 5 {
            app.turn(Span::minutes(1));
        }
        assert!(matches!(enters(app, &pending, WRONG).await, Err(CodeError::Wrong)), "{nth}");
    }
    app.turn(Span::minutes(1));
    assert!(matches!(enters(app, &pending, &shown(app, &key)).await, Err(CodeError::Ended)));
    let again = after_password(app, &ana).await;
    enters(app, &again, &shown(app, &key)).await.expect("signs in");
});

on_both!(a_sign_in_waits_five_minutes_for_the_account_that_it_began_with, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (key, _) = set_up(app, &ana).await;
    // given that the time is over
    let pending = after_password(app, &ana).await;
    app.turn(Span::minutes(5));
    assert!(matches!(enters(app, &pending, &shown(app, &key)).await, Err(CodeError::Ended)));
    // or the password is another one
    let pending = after_password(app, &ana).await;
    app.run("UPDATE agents SET password_hash = 'another'").await;
    assert!(matches!(enters(app, &pending, &shown(app, &key)).await, Err(CodeError::Ended)));
    let accounts = &app.services.accounts;
    accounts.reset_password(ana.email(), PASSWORD.to_owned()).await.expect("sets it");
    // or the person may not sign in any more
    let pending = after_password(app, &ana).await;
    app.run("UPDATE agents SET active = FALSE").await;
    assert!(matches!(enters(app, &pending, &shown(app, &key)).await, Err(CodeError::Ended)));
    // then nobody is signed in, and the code was not used up
    app.run("UPDATE agents SET active = TRUE").await;
    enters(app, &pending, &shown(app, &key)).await.expect("signs in");
});

on_both!(a_browser_is_told_when_to_try_the_next_code, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    set_up(app, &ana).await;
    let cookie = format!("handoff-sign-in={}", after_password(app, &ana).await.expose());
    for _ in 0..5 {
        let (status, _, body) = answer(app, &cookie, "sign_in_code", &format!("code={WRONG}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let (status, headers, body) = answer(app, &cookie, "sign_in_code", &format!("code={WRONG}")).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(headers[header::RETRY_AFTER].to_str().expect("text"), "60");
    assert!(body.contains("Wait 60 seconds"), "{body}");
});

on_both!(the_first_code_of_a_new_factor_is_not_guessed_with_a_stolen_session, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (accounts, owner) = (&app.services.accounts, FactorOwner::of(ana.clone()));
    // given that Ana sets one up, while somebody who has her session guesses its code
    let key = begin(app, &ana).await;
    for nth in 0..10 {
        let refused = accounts.second_factor_confirm(&owner, None, WRONG).await.expect_err("wrong");
        assert!(refused.to_string().starts_with("Wrong code."), "{nth}: {refused}");
    }
    // then the next attempt waits, and she is done afterwards
    let refused = accounts.second_factor_confirm(&owner, None, WRONG).await.expect_err("too often");
    assert_eq!(refused.to_string(), "Too many wrong codes. Wait 6 seconds and try again.");
    app.turn(Span::seconds(6));
    accounts.second_factor_confirm(&owner, None, &shown(app, &key)).await.expect("confirms");
});
