//! How links end: used, expired, revoked, replaced, and with the member or the admin that they belong to. And the link
//! for a new password.

use handoff::{
    contract::account_link::LinkView,
    domain::{
        account_link::{LinkEnd, LinkKind},
        member::MemberRefusal,
        time::Span,
    },
    server::accounts::{join::LinkError, sign_in::NewSession},
};

use super::*;
use crate::{app::on_both, desk_law::stream::Stream};

async fn used(app: &TestApp, link: &NewLink) -> Result<NewSession, LinkError> {
    app.services.accounts.use_link(&token_of(link), NEW_PASSWORD.to_owned(), &here(), None).await
}

/// Why a link cannot be used, as its page and its form say.
async fn end(app: &TestApp, link: &NewLink) -> LinkEnd {
    let shown = app.services.accounts.read_link(&token_of(link)).await.expect("is known");
    let LinkView::Ended { why, tenant_name, .. } = shown else { panic!("{shown:?}") };
    assert_eq!(tenant_name, "Acme");
    match used(app, link).await {
        Err(LinkError::Ended(end)) => assert_eq!(end, why),
        other => panic!("ended, not {other:?}"),
    }
    why
}

async fn is_open(app: &TestApp, link: &NewLink) -> bool {
    let shown = app.services.accounts.read_link(&token_of(link)).await.expect("is known");
    matches!(shown, LinkView::Open { .. })
}

async fn password_link(app: &TestApp, admin: &Agent, member: &Agent) -> NewLink {
    let made = app.services.accounts.make_password_link(&app.tenant, by(app, admin), member.id()).await;
    made.expect("a link")
}

on_both!(an_invitation_lasts_for_72_hours_and_can_be_renewed, async |app| {
    let (ada, _) = app.admin().await;
    let accounts = &app.services.accounts;
    let link = invite(app, &ada, "Dana", Role::Agent).await.expect("a link");
    app.turn(Span(Span::hours(72).0 - 1));
    assert!(is_open(app, &link).await);
    app.turn(Span(1));
    assert_eq!(end(app, &link).await, LinkEnd::Expired);
    // when an admin makes a new link of it, then that one works and the old one does not
    let (ada, _) = again(app, &ada).await;
    let team = accounts.team(&app.tenant).await.expect("reads");
    let renewed = accounts.renew_invitation(&app.tenant, by(app, &ada), &team.invitations[0].id).await.expect("a link");
    assert_eq!(end(app, &link).await, LinkEnd::Revoked);
    used(app, &renewed).await.expect("joins");
    assert_eq!(active(app).await, [("Ada".to_owned(), true), ("Dana".to_owned(), false)]);
    // and neither can be made new again
    let late = accounts.renew_invitation(&app.tenant, by(app, &ada), &team.invitations[0].id).await;
    assert!(matches!(late, Err(MemberError::Invalid(_))), "{:?}", late.err());
});

on_both!(a_revoked_link_is_dead_at_once, threads = 4, async |app| {
    let (ada, adas) = app.admin().await;
    let link = invite(app, &ada, "Dana", Role::Agent).await.expect("a link");
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    let id = &team.invitations[0].id;
    let done = call(app, Some(&adas), "link_revoke", &format!("id={id}")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(end(app, &link).await, LinkEnd::Revoked);
    let shown = page(app, &format!("/join/{}", token_of(&link))).await;
    assert!(shown.text.contains("This link was revoked") && shown.text.contains("Ask an admin of"), "{}", shown.text);
    let again = app.services.accounts.revoke_link(&app.tenant, ada.initiator(None), id).await;
    assert!(matches!(again, Err(MemberError::Invalid(_))), "{again:?}");
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ada", "Revoked an invitation", Some("Dana"))), "{told:?}");
    // and what was never a link is not found
    let unknown = "0".repeat(64);
    assert_eq!(page(app, &format!("/join/{unknown}")).await.status, StatusCode::NOT_FOUND);
    let form = format!("token={unknown}&password={NEW_PASSWORD}");
    assert_eq!(call(app, None, "use_link", &form).await.status, StatusCode::NOT_FOUND);
});

on_both!(a_link_sets_a_new_password_and_ends_all_sessions, threads = 4, async |app| {
    let (ada, adas) = app.admin().await;
    let (ben, bens) = app.agent("Ben").await;
    let made = call(app, Some(&adas), "member_password_link", &format!("member={}", ben.id())).await;
    let first: NewLink = serde_json::from_str(&made.text).expect("a link");
    assert!(first.url.contains("/new-password/") && first.kind == LinkKind::NewPassword);
    // a second link replaces the first one
    let link = password_link(app, &ada, &ben).await;
    assert_eq!(end(app, &first).await, LinkEnd::Revoked);
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    let known = team.members.iter().find(|member| member.agent == *ben.id()).expect("a member");
    assert_eq!(known.password_link.as_ref().map(|known| known.expires_at), Some(link.expires_at));
    // until it is used, nothing has changed
    assert!(is_signed_in(app, &bens).await && can_sign_in(app, ben.email(), PASSWORD).await);
    let shown = page(app, &format!("/new-password/{}", token_of(&link))).await;
    assert!(shown.text.contains("Set a new password") && shown.text.contains("Ben"), "{}", shown.text);
    let mut his = Stream::open(app, &bens, app.desk(&ben).await.seq).await;
    assert!(his.next().await.is_some());
    // when it is used, then the old password and the old sessions are over
    let form = format!("token={}&password={NEW_PASSWORD}", token_of(&link));
    let cookie = call(app, None, "use_link", &form).await.cookie.expect("signed in");
    while his.next().await.is_some() {}
    assert!(!is_signed_in(app, &bens).await && is_signed_in(app, &cookie).await && is_signed_in(app, &adas).await);
    assert!(!can_sign_in(app, ben.email(), PASSWORD).await && can_sign_in(app, ben.email(), NEW_PASSWORD).await);
    assert_eq!(end(app, &link).await, LinkEnd::Used);
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ada", "Made a link for a new password", Some("Ben"))), "{told:?}");
    assert!(told.contains(&line("Ben", "Set a new password with a link", None)), "{told:?}");
});

on_both!(a_link_for_a_password_lasts_for_a_day_and_ends_with_another_reset, async |app| {
    let (ada, _) = app.admin().await;
    let (ben, _) = app.agent("Ben").await;
    let link = password_link(app, &ada, &ben).await;
    app.turn(Span(Span::hours(24).0 - 1));
    assert!(is_open(app, &link).await);
    app.turn(Span(1));
    assert_eq!(end(app, &link).await, LinkEnd::Expired);
    // given one that is open, when the password is set on the server, then it is revoked
    let (ada, _) = again(app, &ada).await;
    let link = password_link(app, &ada, &ben).await;
    app.services.accounts.reset_password(ben.email(), OTHER_PASSWORD.to_owned()).await.expect("resets");
    assert_eq!(end(app, &link).await, LinkEnd::Revoked);
    // nobody makes one for themselves
    let own = app.services.accounts.make_password_link(&app.tenant, by(app, &ada), ada.id()).await;
    assert!(matches!(own, Err(MemberError::Refused(MemberRefusal::OwnPassword))), "{:?}", own.err());
});

on_both!(a_link_for_a_password_ends_when_its_member_changes_the_password, threads = 4, async |app| {
    let (ada, _) = app.admin().await;
    let (ben, bens) = app.agent("Ben").await;
    let link = password_link(app, &ada, &ben).await;
    let form = format!("current={PASSWORD}&new={OTHER_PASSWORD}");
    let changed = call(app, Some(&bens), "password_change", &form).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(end(app, &link).await, LinkEnd::Revoked);
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ben", "Revoked a link for a new password", None)), "{told:?}");
});

on_both!(links_end_with_the_member_and_with_the_admin_who_made_them, async |app| {
    let (ada, _) = app.admin().await;
    let (cleo, _) = app.person(&app.tenant, "Cleo", Role::Admin).await;
    let (ben, _) = app.agent("Ben").await;
    let (accounts, conversations) = (&app.services.accounts, &app.services.conversations);
    // given a link of a member who is deactivated, then it does not let them in, nor after they are back
    let his = password_link(app, &ada, &ben).await;
    conversations.deactivate(&app.tenant, by(app, &ada), ben.id()).await.expect("deactivates");
    assert_eq!(end(app, &his).await, LinkEnd::Revoked);
    let refused = accounts.make_password_link(&app.tenant, by(app, &ada), ben.id()).await;
    assert!(matches!(refused, Err(MemberError::Refused(MemberRefusal::Deactivated))), "{:?}", refused.err());
    accounts.reactivate(&app.tenant, by(app, &ada), ben.id()).await.expect("is back");
    assert_eq!(end(app, &his).await, LinkEnd::Revoked);
    // given links that an admin made, who is one no more, then their tokens are worth nothing
    for new_role in [Some(Role::Agent), Some(Role::Lead), None] {
        let (dana, of_ada) =
            (invite(app, &cleo, "Dana", Role::Admin).await.expect("a link"), password_link(app, &cleo, &ada).await);
        let others = invite(app, &ada, "Fay", Role::Agent).await.expect("a link");
        match new_role {
            Some(role) => accounts.set_role(&app.tenant, by(app, &ada), cleo.id(), role).await.expect("demotes"),
            None => conversations.deactivate(&app.tenant, by(app, &ada), cleo.id()).await.expect("deactivates"),
        }
        assert_eq!((end(app, &dana).await, end(app, &of_ada).await), (LinkEnd::Revoked, LinkEnd::Revoked));
        assert!(is_open(app, &others).await);
        let team = accounts.team(&app.tenant).await.expect("reads");
        accounts.revoke_link(&app.tenant, ada.initiator(None), &team.invitations[0].id).await.expect("revokes");
        accounts
            .set_role(&app.tenant, Reauthenticated::operator(), cleo.id(), Role::Admin)
            .await
            .expect("an admin again");
    }
});

on_both!(links_end_with_the_password_of_the_admin_who_made_them, threads = 4, async |app| {
    let (ada, _) = app.admin().await;
    let (cleo, cleos) = app.person(&app.tenant, "Cleo", Role::Admin).await;
    let (ben, _) = app.agent("Ben").await;
    let others = invite(app, &ada, "Fay", Role::Agent).await.expect("a link");
    // given links of Cleo, whose password somebody else may have known
    let makes = async || {
        (invite(app, &cleo, "Dana", Role::Admin).await.expect("a link"), password_link(app, &cleo, &ben).await)
    };
    // when she changes it, then they are worth nothing, and those of Ada still work
    let (dana, of_ben) = makes().await;
    let form = format!("current={PASSWORD}&new={OTHER_PASSWORD}");
    let changed = call(app, Some(&cleos), "password_change", &form).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!((end(app, &dana).await, end(app, &of_ben).await), (LinkEnd::Revoked, LinkEnd::Revoked));
    assert!(is_open(app, &others).await);
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Cleo", "Revoked an invitation", Some("Dana"))), "{told:?}");
    assert!(told.contains(&line("Cleo", "Revoked a link for a new password", Some("Ben"))), "{told:?}");
    // when it is set on the server
    let (dana, of_ben) = makes().await;
    app.services.accounts.reset_password(cleo.email(), NEW_PASSWORD.to_owned()).await.expect("resets");
    assert_eq!((end(app, &dana).await, end(app, &of_ben).await), (LinkEnd::Revoked, LinkEnd::Revoked));
    // or with a link that Ada made for her
    let (dana, of_ben) = makes().await;
    used(app, &password_link(app, &ada, &cleo).await).await.expect("sets it");
    assert_eq!((end(app, &dana).await, end(app, &of_ben).await), (LinkEnd::Revoked, LinkEnd::Revoked));
    assert!(is_open(app, &others).await);
});

on_both!(a_link_of_another_tenant_is_not_found, async |app| {
    let (ada, _) = app.admin().await;
    let link = invite(app, &ada, "Dana", Role::Agent).await.expect("a link");
    let (globex, _) = app.other_tenant().await;
    let (eve, _) = app.person(&globex, "Eve", Role::Admin).await;
    let accounts = &app.services.accounts;
    let id = accounts.team(&app.tenant).await.expect("reads").invitations.remove(0).id;
    let gone = accounts.revoke_link(&globex, eve.initiator(None), &id).await;
    assert!(matches!(gone, Err(MemberError::NotFound)), "{gone:?}");
    let gone = accounts.renew_invitation(&globex, by(app, &eve), &id).await;
    assert!(matches!(gone, Err(MemberError::NotFound)), "{:?}", gone.err());
    assert!(accounts.team(&globex).await.expect("reads").invitations.is_empty());
    assert!(is_open(app, &link).await);
});
