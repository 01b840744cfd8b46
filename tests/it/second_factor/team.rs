//! Admins and the operator remove the second factor of somebody whose phone is lost.

use clap::Parser;
use handoff::{
    domain::access::Role,
    server::{
        accounts::{Admin, REAUTHENTICATED_FOR, Reauthenticated, factor::FactorError},
        admin,
        cli::{Cli, CliCommand},
    },
};

use super::*;
use crate::desk_law::stream::Stream;

fn of(person: &Agent) -> String {
    format!("member={}", person.id())
}

on_both!(an_admin_removes_the_second_factor_of_a_member, threads = 4, async |app| {
    // given Ana with a second factor, signed in with it, and at the page of the code elsewhere
    let (ana, _) = app.agent("Ana").await;
    let (key, codes) = set_up(app, &ana).await;
    app.turn(STEP);
    let session = cookie_of(&enters(app, &after_password(app, &ana).await, &shown(app, &key)).await.expect("signs in"));
    let pending = after_password(app, &ana).await;
    let (_, adas) = app.admin().await;
    let (_, bens) = app.agent("Ben").await;
    let (tenant, _) = app.other_tenant().await;
    let (_, mallorys) = app.person(&tenant, "Mallory", Role::Admin).await;
    // when somebody else wants to remove it, then it stays
    assert_eq!(post(app, &bens, "member_factor_remove", &of(&ana)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(app, &mallorys, "member_factor_remove", &of(&ana)).await.0, StatusCode::NOT_FOUND);
    let (status, body) = post(app, &adas, "team_factors", "").await;
    assert!(status == StatusCode::OK && body.contains(r#""name":"Ana","email""#), "{body}");
    assert_eq!(body.matches(r#""has_factor":true"#).count(), 1, "{body}");
    // when an admin does, then her sessions end
    let mut stream = Stream::open(app, &session, app.desk(&ana).await.seq).await;
    assert_eq!(post(app, &adas, "member_factor_remove", &of(&ana)).await.0, StatusCode::OK);
    assert_eq!(post(app, &session, "calls", "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(stream.news().await, None);
    assert_eq!(told(&audit(app).await[0]), ("Ada", "Removed a second factor", Some("Ana")));
    // and the password is enough, while what was begun with the code has ended
    app.turn(STEP);
    for code in [&shown(app, &key), &codes[0]] {
        assert!(matches!(enters(app, &pending, code).await, Err(CodeError::Ended)));
    }
    let from = CallerDevice::default();
    app.services.accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await.expect("signs in");
    let (status, body) = post(app, &adas, "member_factor_remove", &of(&ana)).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("Ana has no second factor."), "{body}");
    // and it needs a password that was entered a short while ago
    app.turn(REAUTHENTICATED_FOR);
    let needed = (StatusCode::FORBIDDEN, r#"{"type":"password_needed"}"#.to_owned());
    assert_eq!(post(app, &adas, "member_factor_remove", &of(&ana)).await, needed);
});

on_both!(admins_do_not_remove_their_own_that_way_nor_after_they_were_admins, async |app| {
    let (ada, _) = app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    for person in [&ada, &ana] {
        set_up(app, person).await;
    }
    let accounts = &app.services.accounts;
    let admin = Admin::of(ada.clone()).expect("an admin");
    let by = Reauthenticated::operator;
    let own = accounts.member_factor_remove(&admin, by(), ada.id()).await;
    assert!(matches!(own, Err(FactorError::Invalid(_))), "{own:?}");
    // given an admin who was deactivated, or made an agent, since their call began
    for change in ["active = FALSE", "active = TRUE, role = 'agent'"] {
        app.run(&format!("UPDATE agents SET {change} WHERE id = '{}'", ada.id())).await;
        let refused = accounts.member_factor_remove(&admin, by(), ana.id()).await;
        assert!(matches!(refused, Err(FactorError::NotAdmin)), "{change}: {refused:?}");
        let rule = handoff::domain::second_factor::FactorRule::Required;
        let refused = accounts.factor_rule_save(&admin, by(), rule).await;
        assert!(matches!(refused, Err(FactorError::NotAdmin)), "{change}: {refused:?}");
    }
    after_password(app, &ana).await;
});

on_both!(the_operator_removes_a_second_factor, async |app| {
    let (ana, _) = app.agent("Ana").await;
    set_up(app, &ana).await;
    let run = async |email: &str| {
        let cli = Cli::try_parse_from(["handoff", "admin", "remove-second-factor", email]).expect("a command line");
        let CliCommand::Admin(command) = cli.command else { panic!("an admin's command") };
        admin::run(command, &app.config).await.map_err(|error| error.to_string())
    };
    // when
    run(&ana.email().to_uppercase()).await.expect("removes");
    // then
    assert!(!app.services.accounts.is_session_valid(&ana).await.expect("looks up"));
    let from = CallerDevice::default();
    app.services.accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await.expect("signs in");
    let removed = audit(app).await.into_iter().find(|line| line.what == "Removed a second factor").expect("a line");
    assert_eq!(told(&removed), ("Handoff", "Removed a second factor", Some("Ana")));
    assert!(run(ana.email()).await.expect_err("there is none").contains("has no second factor"));
    assert!(run("nobody@acme.test").await.expect_err("nobody").contains("no user with the email"));
});
