//! Implements what admins also do on the team page: invitations, deactivation, roles and links for a new password. Each
//! command returns what is printed.

use super::tenant_by_name;
use crate::{
    domain::{
        access::Role,
        account_link::{Invited, LinkKind},
        event::Initiator,
        ids::TenantId,
        member::normal_email,
    },
    server::{
        accounts::Reauthenticated,
        cli::{Invite, PeopleCommand},
        serve::BoxError,
        services::Services,
        store::{
            account_links::{self, AccountLinkRow, LinkPurpose},
            agents::{self, AgentRow},
        },
    },
};

/// # Errors
/// A sentence for the operator.
pub async fn run(services: &Services, command: PeopleCommand) -> Result<String, BoxError> {
    let accounts = &services.accounts;
    match command {
        PeopleCommand::Invite(Invite { tenant, email, name, role }) => {
            let tenant = tenant_by_name(services, &tenant).await?;
            let invited = Invited { email, name, role: role_of(&role)? };
            let link = accounts.invite(&tenant, Reauthenticated::operator(), invited).await?;
            Ok(shown_once(&link.url, LinkKind::Join))
        }
        PeopleCommand::RevokeInvitation { tenant, email } => {
            let tenant = tenant_by_name(services, &tenant).await?;
            let email = normal_email(&email);
            let is_meant =
                |link: &AccountLinkRow| matches!(&link.purpose, LinkPurpose::Join(known) if known.email == email);
            revoke(services, &tenant, is_meant, format!("{email} isn't invited")).await?;
            Ok(format!("Revoked the invitation of {email}."))
        }
        PeopleCommand::Deactivate { email } => {
            let user = user(services, &email).await?;
            services.conversations.deactivate(&user.tenant, Reauthenticated::operator(), &user.id).await?;
            Ok(format!("Deactivated {}. Their sessions end, and their conversations are unassigned.", user.name))
        }
        PeopleCommand::Reactivate { email } => {
            let user = user(services, &email).await?;
            accounts.reactivate(&user.tenant, Reauthenticated::operator(), &user.id).await?;
            Ok(format!("Reactivated {}. They sign in with their old password.", user.name))
        }
        PeopleCommand::SetRole { email, role } => {
            let role = role_of(&role)?;
            let user = user(services, &email).await?;
            accounts.set_role(&user.tenant, Reauthenticated::operator(), &user.id, role).await?;
            Ok(format!("{} has the role {} now and must sign in again.", user.name, role.as_str()))
        }
        PeopleCommand::PasswordLink { email } => {
            let user = user(services, &email).await?;
            let link = accounts.make_password_link(&user.tenant, Reauthenticated::operator(), &user.id).await?;
            Ok(shown_once(&link.url, LinkKind::NewPassword))
        }
        PeopleCommand::RevokePasswordLink { email } => {
            let user = user(services, &email).await?;
            let is_meant = |link: &AccountLinkRow| link.purpose == LinkPurpose::NewPassword && link.agent == user.id;
            let none = format!("{} has no link for a new password", user.name);
            revoke(services, &user.tenant, is_meant, none).await?;
            Ok(format!("Revoked the link for a new password of {}.", user.name))
        }
    }
}

/// The user with an email address, which is unique on a server.
async fn user(services: &Services, email: &str) -> Result<AgentRow, BoxError> {
    let email = normal_email(email);
    let mut tx = services.db.begin_read().await?;
    let found = agents::by_email(&mut tx, &email).await?;
    found.ok_or_else(|| format!("there is no user with the email {email}").into())
}

/// Revokes the open link that is meant; `none` says that there is none.
async fn revoke(
    services: &Services,
    tenant: &TenantId,
    is_meant: impl Fn(&AccountLinkRow) -> bool,
    none: String,
) -> Result<(), BoxError> {
    let mut tx = services.db.begin_read().await?;
    let open = account_links::open(&mut tx, tenant).await?;
    drop(tx);
    let link = open.into_iter().find(|link| is_meant(link)).ok_or(none)?;
    services.accounts.revoke_link(tenant, Initiator::SYSTEM, &link.id).await?;
    Ok(())
}

fn role_of(name: &str) -> Result<Role, BoxError> {
    name.parse().map_err(|_unknown| "the role must be agent, lead or admin".into())
}

fn shown_once(url: &str, kind: LinkKind) -> String {
    let hours = kind.lifetime().0 / 3_600_000;
    format!("{url}\nPass it on. It works once, for {hours} hours, and is not shown again.")
}
