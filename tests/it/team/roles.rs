//! Roles, and the admin that a team always has: two changes at once are decided one after the other.

use handoff::{domain::member::MemberRefusal, server::conversations::ConversationError};

use super::*;
use crate::{app::on_both, desk_law::stream::Stream};

fn refusal<T: std::fmt::Debug>(done: Result<T, MemberError>) -> MemberRefusal {
    match done {
        Err(MemberError::Refused(refusal)) => refusal,
        other => panic!("refused, not {other:?}"),
    }
}

on_both!(a_new_role_signs_the_member_out_and_is_theirs_at_the_next_sign_in, async |app| {
    let (ada, adas) = app.admin().await;
    let (ben, bens) = app.agent("Ben").await;
    let mut his = Stream::open(app, &bens, app.desk(&ben).await.seq).await;
    assert!(his.next().await.is_some());
    assert_eq!(call(app, Some(&bens), "team", "").await.status, StatusCode::FORBIDDEN);
    // when he becomes an admin, then his sessions and streams end
    let done = call(app, Some(&adas), "member_set_role", &format!("member={}&role=admin", ben.id())).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    while his.next().await.is_some() {}
    assert!(!is_signed_in(app, &bens).await && is_signed_in(app, &adas).await);
    // and with a new session he may administer
    let (_, later) = again(app, &ben).await;
    assert_eq!(call(app, Some(&later), "team", "").await.status, StatusCode::OK);
    // the same role changes nothing
    app.services.accounts.set_role(&app.tenant, by(app, &ada), ben.id(), Role::Admin).await.expect("is so already");
    assert!(is_signed_in(app, &later).await);
    let told = audit(app, &app.tenant).await;
    let changes: Vec<_> = told.iter().filter(|(_, what, _)| what.contains("role")).collect();
    assert_eq!(changes, [&line("Ada", "Changed a member's role from agent to admin", Some("Ben"))]);
});

on_both!(a_lead_works_as_an_agent_and_administers_nothing, threads = 4, async |app| {
    // given Lou, who was invited as a lead
    let (ada, adas) = app.admin().await;
    let link = invite(app, &ada, "Lou", Role::Lead).await.expect("a link");
    let form = format!("token={}&password={PASSWORD}", token_of(&link));
    let lous = call(app, None, "use_link", &form).await.cookie.expect("signed in");
    let viewer = call(app, Some(&lous), "viewer", "").await;
    assert!(viewer.text.contains(r#""role":"lead""#), "{}", viewer.text);
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ada", "Invited a member as lead", Some("Lou"))), "{told:?}");
    // then he has the desk and its stream, and neither reads nor changes what is an admin's
    assert!(is_signed_in(app, &lous).await);
    let mut his = Stream::open(app, &lous, app.desk(&ada).await.seq).await;
    assert!(his.next().await.is_some());
    for (function, form) in [("team", ""), ("audit", ""), ("settings", ""), ("text_save", "name=closing&text=Bye")] {
        assert_eq!(call(app, Some(&lous), function, form).await.status, StatusCode::FORBIDDEN, "{function}");
    }
    // when he becomes an agent, then his session and his stream end at once, as with every new role
    let members = app.services.accounts.team(&app.tenant).await.expect("reads").members;
    let lou = members.iter().find(|member| member.name == "Lou").expect("a member");
    assert_eq!(lou.role, Role::Lead);
    let done = call(app, Some(&adas), "member_set_role", &format!("member={}&role=agent", lou.agent)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    while his.next().await.is_some() {}
    assert!(!is_signed_in(app, &lous).await);
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ada", "Changed a member's role from lead to agent", Some("Lou"))), "{told:?}");
});

on_both!(nobody_locks_themselves_or_the_team_out, async |app| {
    let (ada, adas) = app.admin().await;
    let (accounts, conversations) = (&app.services.accounts, &app.services.conversations);
    // given one admin, then nobody takes that away, not even the command line
    for admin in [by(app, &ada), Reauthenticated::operator()] {
        for role in [Role::Agent, Role::Lead] {
            let refused = accounts.set_role(&app.tenant, admin.clone(), ada.id(), role).await;
            assert_eq!(refusal(refused), MemberRefusal::LastAdmin);
        }
        let refused = conversations.deactivate(&app.tenant, admin, ada.id()).await;
        let last = MemberRefusal::LastAdmin.to_string();
        assert!(matches!(&refused, Err(ConversationError::Invalid(detail)) if *detail == last), "{refused:?}");
    }
    // given two, then one takes it from the other, and nobody from themselves
    let (cleo, cleos) = app.person(&app.tenant, "Cleo", Role::Admin).await;
    let own = call(app, Some(&adas), "member_deactivate", &format!("member={}", ada.id())).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("Ask another admin"), "{}", own.text);
    assert_eq!(refusal(accounts.set_role(&app.tenant, by(app, &ada), ada.id(), Role::Agent).await), MemberRefusal::Own);
    accounts.set_role(&app.tenant, by(app, &ada), cleo.id(), Role::Agent).await.expect("changes");
    assert!(!is_signed_in(app, &cleos).await);
    // and an admin of before changes nothing more, although the call was let in before
    let late = accounts.set_role(&app.tenant, by(app, &cleo), ada.id(), Role::Agent).await;
    assert_eq!(refusal(late), MemberRefusal::NotAdmin);
    let late = conversations.deactivate(&app.tenant, by(app, &cleo), ada.id()).await;
    assert!(matches!(late, Err(ConversationError::Invalid(_))), "{late:?}");
    assert_eq!(active(app).await, [("Ada".to_owned(), true), ("Cleo".to_owned(), false)]);
});

on_both!(of_two_admins_who_remove_each_other_at_once_one_stays, threads = 4, async |app| {
    let (ada, _) = app.admin().await;
    let (ben, _) = app.person(&app.tenant, "Ben", Role::Admin).await;
    let (accounts, conversations) = (&app.services.accounts, &app.services.conversations);
    let admins = async || active(app).await.into_iter().filter(|(_, is_admin)| *is_admin).count();
    for _ in 0..4 {
        // both demote the other
        let (first, second) = tokio::join!(
            accounts.set_role(&app.tenant, by(app, &ada), ben.id(), Role::Agent),
            accounts.set_role(&app.tenant, by(app, &ben), ada.id(), Role::Agent),
        );
        assert_eq!((first.is_ok() != second.is_ok(), admins().await), (true, 1), "{first:?} {second:?}");
        for agent in [&ada, &ben] {
            accounts
                .set_role(&app.tenant, Reauthenticated::operator(), agent.id(), Role::Admin)
                .await
                .expect("an admin again");
        }
        // both deactivate the other
        let (first, second) = tokio::join!(
            conversations.deactivate(&app.tenant, by(app, &ada), ben.id()),
            conversations.deactivate(&app.tenant, by(app, &ben), ada.id()),
        );
        assert_eq!((first.is_ok() != second.is_ok(), admins().await), (true, 1), "{first:?} {second:?}");
        for agent in [&ada, &ben] {
            accounts.reactivate(&app.tenant, Reauthenticated::operator(), agent.id()).await.expect("is back");
        }
        // one is deactivated and the other demoted, by the command line
        let (first, second) = tokio::join!(
            conversations.deactivate(&app.tenant, Reauthenticated::operator(), ben.id()),
            accounts.set_role(&app.tenant, Reauthenticated::operator(), ada.id(), Role::Agent),
        );
        assert_eq!((first.is_ok() != second.is_ok(), admins().await), (true, 1), "{first:?} {second:?}");
        for agent in [&ada, &ben] {
            accounts.reactivate(&app.tenant, Reauthenticated::operator(), agent.id()).await.expect("is back");
            accounts
                .set_role(&app.tenant, Reauthenticated::operator(), agent.id(), Role::Admin)
                .await
                .expect("an admin again");
        }
    }
});
