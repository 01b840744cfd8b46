//! An invitation: its link, the page of the link, and the member that it makes.

use handoff::domain::{account_link::LinkKind, time::Span};

use super::*;
use crate::{app::on_both, capture};

fn detail(done: Result<NewLink, MemberError>) -> String {
    match done {
        Err(MemberError::Invalid(detail)) => detail,
        Err(other) => panic!("invalid, not {other:?}"),
        Ok(_) => panic!("a link was made"),
    }
}

async fn joins(app: &TestApp, link: &NewLink, password: &str) -> Told {
    call(app, None, "use_link", &format!("token={}&password={password}", token_of(link))).await
}

on_both!(an_invitation_makes_a_member_once, threads = 4, async |app| {
    let (_, adas) = app.admin().await;
    let form = format!("email={}&name=Dana+Li&role=admin", email_of(app, "Dana").to_uppercase().replace('@', "%40"));
    let made = call(app, Some(&adas), "invite", &form).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let link: NewLink = serde_json::from_str(&made.text).expect("a link");
    assert_eq!((link.kind, link.expires_at), (LinkKind::Join, app.now().plus(Span::hours(72))));
    assert!(link.url.starts_with(&format!("{}/join/", app.config.public_url)), "it leads to the public address");
    let token = token_of(&link);
    assert!(token.len() == 64 && token.chars().all(|c| c.is_ascii_hexdigit()), "256 random bits");
    // before it is used nobody can sign in, and the team knows who is invited
    assert!(!can_sign_in(app, &email_of(app, "Dana"), NEW_PASSWORD).await);
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    let invited: Vec<_> = team.invitations.iter().map(|it| (it.name.as_str(), it.email.as_str(), it.role)).collect();
    assert_eq!(invited, [("Dana Li", email_of(app, "Dana").as_str(), Role::Admin)]);
    assert_eq!(team.invitations[0].made_by.as_deref(), Some("Ada"));
    // its page needs no session and says who is meant
    let shown = page(app, &format!("/join/{token}")).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("Acme") && shown.text.contains("Dana Li"), "{}", shown.text);
    // a weak password is refused and the link stays
    for (weak, why) in [("short", "at least 12 characters"), ("dana-li-acme-2026", "Your name, address and company")] {
        let refused = joins(app, &link, weak).await;
        assert_eq!((refused.status, refused.cookie), (StatusCode::UNPROCESSABLE_ENTITY, None), "{weak}");
        assert!(refused.text.contains(why), "{weak}: {}", refused.text);
    }
    // when she sets a password, then she is a member, and signed in
    let joined = joins(app, &link, NEW_PASSWORD).await;
    let cookie = joined.cookie.unwrap_or_else(|| panic!("signed in: {} {}", joined.status, joined.text));
    assert_eq!(call(app, Some(&cookie), "team", "").await.status, StatusCode::OK, "as an admin");
    assert!(can_sign_in(app, &email_of(app, "Dana"), NEW_PASSWORD).await);
    assert_eq!(active(app).await, [("Ada".to_owned(), true), ("Dana Li".to_owned(), true)]);
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    assert!(team.invitations.is_empty());
    // and the link is used up
    let again = joins(app, &link, OTHER_PASSWORD).await;
    assert_eq!((again.status, again.cookie), (StatusCode::CONFLICT, None));
    assert!(again.text.contains("used already"), "{}", again.text);
    let over = page(app, &format!("/join/{token}")).await;
    assert!(over.text.contains("This invitation was used already"), "{}", over.text);
    // the log names everybody once
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ada", "Invited a member as admin", Some("Dana Li"))), "{told:?}");
    assert!(told.contains(&line("Dana Li", "Joined the team", None)), "{told:?}");
    let joined = told.iter().position(|(_, what, _)| what == "Joined the team").expect("is there");
    assert_eq!(told[joined + 1], line("Dana Li", "Signed in", None));
});

on_both!(a_new_session_replaces_that_of_the_browser, async |app| {
    let (ada, adas) = app.admin().await;
    let link = invite(app, &ada, "Dana", Role::Agent).await.expect("a link");
    let planted = format!("handoff={}", "ab".repeat(32));
    for (cookie, before) in [(&planted, false), (&adas, true)] {
        assert_eq!(is_signed_in(app, cookie).await, before);
    }
    // when somebody opens it in the admin's browser
    let form = format!("token={}&password={NEW_PASSWORD}", token_of(&link));
    let joined = call(app, Some(&adas), "use_link", &form).await;
    let cookie = joined.cookie.expect("signed in");
    assert!(is_signed_in(app, &cookie).await && !is_signed_in(app, &adas).await);
    assert_ne!(cookie, adas);
});

on_both!(of_two_who_open_an_invitation_at_once_one_joins, threads = 4, async |app| {
    let (ada, _) = app.admin().await;
    let link = invite(app, &ada, "Dana", Role::Agent).await.expect("a link");
    let (first, second) = tokio::join!(joins(app, &link, NEW_PASSWORD), joins(app, &link, OTHER_PASSWORD));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses[1], StatusCode::CONFLICT, "{} {}", first.text, second.text);
    assert_eq!([first.cookie, second.cookie].into_iter().flatten().count(), 1);
    assert_eq!(active(app).await.len(), 2);
});

on_both!(whoever_cannot_be_invited_is_named, async |app| {
    let (ada, _) = app.admin().await;
    let (ben, _) = app.agent("Ben").await;
    let (globex, _) = app.other_tenant().await;
    let (eve, _) = app.person(&globex, "Eve", Role::Agent).await;
    let asked = async |admin: &Agent, email: &str, name: &str| {
        let invited = Invited { email: email.to_owned(), name: name.to_owned(), role: Role::Agent };
        app.services.accounts.invite(&app.tenant, by(app, admin), invited).await
    };
    // a member, whatever the case of the letters
    let told = detail(asked(&ada, &format!(" {} ", ben.email().to_uppercase()), "Ben").await);
    assert!(told.contains("is in your team already: Ben"), "{told}");
    // one who is deactivated
    app.services.conversations.deactivate(&app.tenant, by(app, &ada), ben.id()).await.expect("deactivates");
    let told = detail(asked(&ada, ben.email(), "Ben").await);
    assert!(told.contains("Reactivate them instead"), "{told}");
    // one of another tenant, whose name is not told
    let told = detail(asked(&ada, eve.email(), "Somebody").await);
    assert!(told.contains("already in use on this server") && !told.contains("Eve"), "{told}");
    // one who is invited, until that invitation has expired
    asked(&ada, "dana@acme.test", "Dana").await.expect("a link");
    assert!(detail(asked(&ada, "Dana@Acme.test", "Dana").await).contains("is invited already"));
    app.turn(Span::hours(72));
    let (ada, _) = again(app, &ada).await;
    asked(&ada, "dana@acme.test", "Dana").await.expect("a new link");
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    assert_eq!(team.invitations.len(), 1);
    // and what is no address or no name
    for (email, name) in [("dana", "Dana"), ("d@x y", "Dana"), ("dan@acme.test", " "), ("dan@acme.test", "D\nL")] {
        detail(asked(&ada, email, name).await);
    }
    // an admin of before may not, whatever the session said then
    let (cleo, _) = app.person(&app.tenant, "Cleo", Role::Admin).await;
    let (accounts, operator) = (&app.services.accounts, Reauthenticated::operator());
    accounts.set_role(&app.tenant, operator, cleo.id(), Role::Agent).await.expect("changes");
    let refused = asked(&cleo, "fay@acme.test", "Fay").await;
    assert!(matches!(refused, Err(MemberError::Refused(_))), "{:?}", refused.err());
});

on_both!(two_tenants_may_invite_one_address_and_the_first_to_join_has_it, async |app| {
    let (ada, _) = app.admin().await;
    let (globex, _) = app.other_tenant().await;
    let invited = || Invited { email: "dana@dana.test".to_owned(), name: "Dana".to_owned(), role: Role::Agent };
    let accounts = &app.services.accounts;
    let here = accounts.invite(&app.tenant, by(app, &ada), invited()).await.expect("a link");
    let there = accounts.invite(&globex, Reauthenticated::operator(), invited()).await.expect("a link");
    assert_eq!(joins(app, &there, NEW_PASSWORD).await.status.as_u16() / 100, 2, "joins the other one");
    let late = joins(app, &here, NEW_PASSWORD).await;
    assert_eq!((late.status, late.cookie), (StatusCode::UNPROCESSABLE_ENTITY, None));
    assert!(late.text.contains("already has an account"), "{}", late.text);
    assert_eq!(active(app).await, [("Ada".to_owned(), true)]);
});

on_both!(the_token_of_a_link_is_written_nowhere, threads = 4, async |app| {
    let (ada, _) = app.admin().await;
    capture::begin();
    let link = invite(app, &ada, "Dana", Role::Agent).await.expect("a link");
    let token = token_of(&link);
    let shown = page(app, &format!("/join/{token}")).await;
    assert_eq!(shown.referrer_policy, "strict-origin", "no other site is told the address");
    assert!(!shown.text.contains("name=\"referrer\""), "the document does not change that");
    joins(app, &link, "short").await;
    assert!(joins(app, &link, NEW_PASSWORD).await.cookie.is_some());
    joins(app, &link, NEW_PASSWORD).await;
    let log = capture::log();
    assert!(log.contains("/join/"), "the page's request is logged: {log}");
    assert!(!log.contains(&token), "{log}");
    let told = format!("{:?}", audit(app, &app.tenant).await);
    assert!(!told.contains(&token) && !format!("{link:?}").contains(&token), "{told}");
    // The row has its hash, which is no key to it.
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let found = handoff::server::store::account_links::by_token(&mut tx, &token).await.expect("reads");
    assert!(found.is_none());
});
