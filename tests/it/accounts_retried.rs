//! Changes of accounts whose transaction PostgreSQL aborts because of another one: they are made all the same.

use std::fmt::Debug;

use handoff::{
    contract::account_link::NewLink,
    domain::{
        access::Role, account_link::Invited, alert::AlertKind, event::Initiator, ids::AgentId,
        second_factor::FactorRule, time::Span,
    },
    server::accounts::{
        Admin, Agent, CallerDevice, ConfirmedOwner, FactorOwner, Reauthenticated, factor::CodeError,
        members::MemberError, sign_in::SignInError,
    },
};

use crate::{
    app::{PASSWORD, TestApp, on_postgres},
    second_factor::{set_up, shown},
};

const NEW_PASSWORD: &str = "correct-Lantern-41-river";

/// The tables of which each change of an account writes one.
const TABLES: [&str; 8] = [
    "account_links",
    "agents",
    "devices",
    "pending_sign_ins",
    "recovery_codes",
    "second_factors",
    "sessions",
    "tenants",
];

/// Makes PostgreSQL abort transactions at their first write to one of the tables, once [`abort`] says how many. A
/// sequence counts them, because a transaction that is aborted takes nothing of it back.
async fn prepare(app: &TestApp) {
    app.run("CREATE SEQUENCE aborts MINVALUE -100 START WITH 0").await;
    app.run(
        "CREATE FUNCTION abort_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF nextval('aborts') < 0 THEN
             RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';
           END IF;
           RETURN NULL;
         END $$",
    )
    .await;
    for table in TABLES {
        app.run(&format!(
            "CREATE TRIGGER aborts BEFORE INSERT OR UPDATE OR DELETE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION abort_transaction()"
        ))
        .await;
    }
}

/// Aborts the next `times` transactions.
async fn abort(app: &TestApp, times: u32) {
    app.run(&format!("ALTER SEQUENCE aborts RESTART WITH -{times}")).await;
}

/// Fails unless as many were aborted.
async fn all_were_aborted(app: &TestApp) {
    app.run("SELECT 1 / CASE WHEN last_value >= 0 THEN 1 ELSE 0 END FROM aborts").await;
}

/// Aborts the transaction of a change twice. The third one is committed.
async fn made<T, E: Debug>(app: &TestApp, what: &str, change: impl Future<Output = Result<T, E>>) -> T {
    abort(app, 2).await;
    let done = change.await;
    let done = done.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    all_were_aborted(app).await;
    done
}

fn token_of(link: &NewLink) -> &str {
    link.url.rsplit('/').next().expect("an address")
}

/// A person who entered their password less than ten minutes ago.
fn confirmed(app: &TestApp, person: &Agent) -> ConfirmedOwner {
    app.services.accounts.confirmed_owner(FactorOwner::of(person.clone()), None).expect("just signed in")
}

async fn role_of(app: &TestApp, person: &AgentId) -> Role {
    let members = app.services.accounts.team(&app.tenant).await.expect("reads").members;
    members.iter().find(|member| member.agent == *person).expect("a member").role
}

on_postgres!(a_person_changes_their_own_account_although_transactions_are_aborted, async |app| {
    let (ana, _) = app.agent("Ana").await;
    prepare(app).await;
    let (accounts, from) = (&app.services.accounts, CallerDevice::default());
    made(app, "away", accounts.set_away(&ana, true)).await;
    made(app, "muted", accounts.set_muted(&ana, true)).await;
    made(app, "undo time", accounts.set_undo_time(&ana, 20)).await;
    made(app, "keys", accounts.set_typing_keys(&ana, false)).await;
    made(app, "send delay", accounts.set_send_delay(&ana, 10)).await;
    made(app, "list", accounts.set_compact_list(&ana, true)).await;
    made(app, "alert", accounts.set_alert(&ana, AlertKind::Customers, false)).await;
    made(app, "renewal", accounts.renew(&ana)).await;
    made(app, "confirmation", accounts.password_confirm(&ana, None, PASSWORD.to_owned())).await;
    made(app, "short password", accounts.dismiss_short_password(&ana)).await;
    made(app, "recovery code", accounts.dismiss_recovery_code(&ana)).await;
    let new = made(app, "sign-in", accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None)).await;
    let there = accounts.signed_in(&new.token).await.expect("looks up").expect("is signed in");
    assert_eq!(made(app, "session", accounts.session_end(&ana, None, there.session_id())).await, Some(()));
    let new = made(app, "sign-in", accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None)).await;
    made(app, "other sessions", accounts.other_sessions_end(&ana, None)).await;
    assert!(accounts.signed_in(&new.token).await.expect("looks up").is_none());
    let (old, password) = (PASSWORD.to_owned(), NEW_PASSWORD.to_owned());
    let new = made(app, "password", accounts.password_change(&ana, &from, old, password)).await;
    let ana = accounts.signed_in(&new.token).await.expect("looks up").expect("is signed in");
    made(app, "sign-out", accounts.sign_out(&ana, None)).await;
    assert!(accounts.signed_in(&new.token).await.expect("looks up").is_none());
});

on_postgres!(admins_change_the_team_although_transactions_are_aborted, async |app| {
    app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    prepare(app).await;
    let (tenant, by, from) = (&app.tenant, Reauthenticated::operator, CallerDevice::default());
    let accounts = &app.services.accounts;
    let password = || NEW_PASSWORD.to_owned();
    let ben = "ben@acme.test";
    let created = accounts.create(tenant, ben, "Ben", Role::Admin, PASSWORD.to_owned());
    let ben_id = made(app, "a user", created).await;
    made(app, "a reset", accounts.reset_password(ben, password())).await;
    let dana = Invited { email: "dana@acme.test".to_owned(), name: "Dana".to_owned(), role: Role::Lead };
    made(app, "an invitation", accounts.invite(tenant, by(), dana)).await;
    let id = accounts.team(tenant).await.expect("reads").invitations.remove(0).id;
    let link = made(app, "a new invitation", accounts.renew_invitation(tenant, by(), &id)).await;
    made(app, "joining", accounts.use_link(token_of(&link), password(), &from, None)).await;
    let link = made(app, "a link", accounts.make_password_link(tenant, by(), ana.id())).await;
    made(app, "a new password", accounts.use_link(token_of(&link), password(), &from, None)).await;
    accounts.make_password_link(tenant, by(), ana.id()).await.expect("a link");
    let members = accounts.team(tenant).await.expect("reads").members;
    let id = members.into_iter().find_map(|member| member.password_link).expect("a link").id;
    made(app, "a revocation", accounts.revoke_link(tenant, Initiator::SYSTEM, &id)).await;
    made(app, "a role", accounts.set_role(tenant, by(), ana.id(), Role::Lead)).await;
    assert_eq!(role_of(app, ana.id()).await, Role::Lead);
    let conversations = &app.services.conversations;
    made(app, "a deactivation", conversations.deactivate(tenant, by(), &ben_id)).await;
    made(app, "a return", accounts.reactivate(tenant, by(), &ben_id)).await;
    accounts.sign_in(ben, password(), &from, None).await.expect("signs in");
});

on_postgres!(second_factors_change_although_transactions_are_aborted, async |app| {
    let (ada, _) = app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    prepare(app).await;
    let (by, from) = (Reauthenticated::operator, CallerDevice::default());
    let accounts = &app.services.accounts;
    // set up
    let key = made(app, "a secret", accounts.second_factor_begin(confirmed(app, &ana))).await.secret;
    let owner = FactorOwner::of(ana.clone());
    made(app, "the first code", accounts.second_factor_confirm(&owner, None, &shown(app, &key))).await;
    made(app, "recovery codes", accounts.recovery_codes_renew(confirmed(app, &ana))).await;
    // asked for
    app.turn(Span::seconds(30));
    abort(app, 2).await;
    let asked = accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await;
    let Err(SignInError::CodeNeeded(pending)) = asked else { panic!("{asked:?}") };
    all_were_aborted(app).await;
    abort(app, 2).await;
    let refused = accounts.sign_in_code(pending.expose(), "271828", &from, None).await;
    assert!(matches!(refused, Err(CodeError::Wrong)), "{refused:?}");
    all_were_aborted(app).await;
    made(app, "a code", accounts.sign_in_code(pending.expose(), &shown(app, &key), &from, None)).await;
    // required and removed
    set_up(app, &ada).await;
    let admin = Admin::of(ada.clone()).expect("an admin");
    made(app, "the rule", accounts.factor_rule_save(&admin, by(), FactorRule::Required)).await;
    made(app, "the rule", accounts.factor_rule_save(&admin, by(), FactorRule::Optional)).await;
    made(app, "a removal", accounts.member_factor_remove(&admin, by(), ana.id())).await;
    made(app, "an own removal", accounts.second_factor_remove(confirmed(app, &ada))).await;
    set_up(app, &ada).await;
    made(app, "the operator's removal", accounts.remove_second_factor(ada.email())).await;
});

on_postgres!(a_change_that_is_aborted_five_times_is_not_made, async |app| {
    let (ana, _) = app.agent("Ana").await;
    prepare(app).await;
    let set_role = || app.services.accounts.set_role(&app.tenant, Reauthenticated::operator(), ana.id(), Role::Admin);
    abort(app, 5).await;
    let failed = set_role().await;
    assert!(matches!(&failed, Err(MemberError::Store(error)) if error.is_retryable()), "{failed:?}");
    assert_eq!(role_of(app, ana.id()).await, Role::Agent);
    abort(app, 4).await;
    set_role().await.expect("changes");
    assert_eq!(role_of(app, ana.id()).await, Role::Admin);
});
