//! The team: its members and invitations, and what admins change about them. What lets somebody in or shuts somebody out
//! needs a password that was just entered.

use leptos::prelude::*;

use crate::{
    contract::{Result, account_link::NewLink, team::Team},
    domain::{
        access::Role,
        ids::{AccountLinkId, AgentId},
    },
};

#[server(endpoint = "team")]
pub async fn read_team() -> Result<Team> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.team(call.tenant()).await?)
}

/// Returns the link, which is shown once.
#[server(endpoint = "invite")]
pub async fn invite(email: String, name: String, role: Role) -> Result<NewLink> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    let invited = crate::domain::account_link::Invited { email, name, role };
    Ok(accounts.invite(call.tenant(), by, invited).await?)
}

/// Replaces an invitation by a new link.
#[server(endpoint = "invitation_renew")]
pub async fn invitation_renew(id: AccountLinkId) -> Result<NewLink> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.renew_invitation(call.tenant(), by, &id).await?)
}

/// Revokes an invitation, or a link for a new password.
#[server(endpoint = "link_revoke")]
pub async fn link_revoke(id: AccountLinkId) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.revoke_link(call.tenant(), call.initiator(), &id).await?)
}

/// Ends the member's sessions.
#[server(endpoint = "member_set_role")]
pub async fn member_set_role(member: AgentId, role: Role) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.set_role(call.tenant(), by, &member, role).await?)
}

/// Ends the member's sessions and returns their conversations.
#[server(endpoint = "member_deactivate")]
pub async fn member_deactivate(member: AgentId) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    Ok(conversations.deactivate(call.tenant(), by, &member).await?)
}

#[server(endpoint = "member_reactivate")]
pub async fn member_reactivate(member: AgentId) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.reactivate(call.tenant(), by, &member).await?)
}

/// Makes a link for a new password. It is shown once.
#[server(endpoint = "member_password_link")]
pub async fn member_password_link(member: AgentId) -> Result<NewLink> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.make_password_link(call.tenant(), by, &member).await?)
}
