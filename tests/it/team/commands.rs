//! The same from the command line: `handoff admin ..`.

use clap::Parser;
use handoff::server::{
    admin::people,
    cli::{AdminCommand, Cli, CliCommand},
};

use super::*;
use crate::app::on_both;

/// Runs a command line, and returns what it prints or why it fails.
async fn run(app: &TestApp, arguments: &[&str]) -> Result<String, String> {
    let line = ["handoff", "admin"].into_iter().chain(arguments.iter().copied());
    let cli = Cli::try_parse_from(line).map_err(|error| error.to_string())?;
    let CliCommand::Admin(AdminCommand::People(command)) = cli.command else { panic!("{arguments:?}") };
    people::run(&app.services, command).await.map_err(|error| error.to_string())
}

/// The token in what a command printed.
fn token(printed: &str) -> String {
    let url = printed.lines().next().expect("an address");
    url.rsplit('/').next().expect("a token").to_owned()
}

on_both!(people_are_managed_from_the_command_line, async |app| {
    app.admin().await;
    let (dana, ada_mail) = (email_of(app, "Dana"), email_of(app, "Ada"));
    let accounts = &app.services.accounts;
    // an invitation that is revoked, and one that is used
    let invite = ["invite", "--tenant", "Acme", "--email", &dana, "--name", "Dana", "--role", "admin"];
    let revoked = token(&run(app, &invite).await.expect("a link"));
    run(app, &["revoke-invitation", "--tenant", "Acme", &dana]).await.expect("revokes");
    assert!(accounts.use_link(&revoked, NEW_PASSWORD.to_owned(), &here(), None).await.is_err());
    let none = run(app, &["revoke-invitation", "--tenant", "Acme", &dana]).await.expect_err("there is none");
    assert!(none.contains("isn't invited"), "{none}");
    let printed = run(app, &invite).await.expect("a link");
    assert!(printed.starts_with(&format!("{}/join/", app.config.public_url)) && printed.contains("72 hours"));
    let new = accounts.use_link(&token(&printed), PASSWORD.to_owned(), &here(), None).await.expect("joins");
    let cookie = format!("handoff={}", new.token);
    assert!(is_signed_in(app, &cookie).await);
    // role, deactivation and return; the last admin stays
    let printed = run(app, &["set-role", &dana, "lead"]).await.expect("changes");
    assert!(printed.contains("has the role lead now"), "{printed}");
    assert!(!is_signed_in(app, &cookie).await);
    for arguments in [["set-role", &ada_mail, "agent"].as_slice(), &["deactivate", &ada_mail]] {
        let refused = run(app, arguments).await.expect_err("the last admin");
        assert!(refused.contains("last active admin"), "{refused}");
    }
    run(app, &["deactivate", &dana.to_uppercase()]).await.expect("deactivates");
    assert!(!can_sign_in(app, &dana, PASSWORD).await);
    run(app, &["reactivate", &dana]).await.expect("reactivates");
    assert!(can_sign_in(app, &dana, PASSWORD).await);
    // a link for a new password
    let printed = run(app, &["password-link", &dana]).await.expect("a link");
    assert!(printed.contains("/new-password/") && printed.contains("24 hours"), "{printed}");
    run(app, &["revoke-password-link", &dana]).await.expect("revokes");
    assert!(accounts.use_link(&token(&printed), NEW_PASSWORD.to_owned(), &here(), None).await.is_err());
    let none = run(app, &["revoke-password-link", &dana]).await.expect_err("there is none");
    assert!(none.contains("has no link"), "{none}");
    let printed = run(app, &["password-link", &dana]).await.expect("a link");
    accounts.use_link(&token(&printed), NEW_PASSWORD.to_owned(), &here(), None).await.expect("sets it");
    assert!(can_sign_in(app, &dana, NEW_PASSWORD).await);
    // the audit log says that it was nobody of the team
    let told = audit(app, &app.tenant).await;
    for what in ["Invited a member as admin", "Revoked an invitation", "Deactivated a member", "Reactivated a member"] {
        assert!(told.contains(&line("Handoff", what, Some("Dana"))), "{what}: {told:?}");
    }
});

on_both!(a_command_about_nobody_says_so, async |app| {
    let nobody = "nobody@acme.test";
    for arguments in [
        ["deactivate", nobody].as_slice(),
        &["reactivate", nobody],
        &["set-role", nobody, "admin"],
        &["password-link", nobody],
        &["revoke-password-link", nobody],
    ] {
        let refused = run(app, arguments).await.expect_err("nobody");
        assert!(refused.contains("there is no user with the email"), "{arguments:?}: {refused}");
    }
    let unknown = ["invite", "--tenant", "Nowhere", "--email", nobody, "--name", "N"];
    assert!(run(app, &unknown).await.expect_err("no tenant").contains("there is no tenant"));
    let odd = ["invite", "--tenant", "Acme", "--email", nobody, "--name", "N", "--role", "boss"];
    assert!(run(app, &odd).await.expect_err("no role").contains("agent, lead or admin"));
    let odd = run(app, &["set-role", nobody, "boss"]).await;
    assert!(odd.expect_err("no role").contains("agent, lead or admin"));
});
