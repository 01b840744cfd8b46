//! A member is deactivated: in the same transaction their conversations go back to Unassigned, as with a release, and
//! their pending endings are cancelled. Their drafts stay, for the case that they come back.

use std::collections::BTreeSet;

use crate::{
    domain::{
        conversation::{CancelCause, Command},
        event::Actor,
        ids::{AgentId, ConversationId, TenantId},
    },
    server::{
        accounts::{
            Reauthenticated,
            members::{self, MemberError},
        },
        store::{agents, conversations, pending_endings},
    },
};

use super::{ConversationError, Conversations, Result, UnitOfWork};

impl From<MemberError> for ConversationError {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::NotFound => Self::NotFound,
            MemberError::Refused(refusal) => Self::Invalid(refusal.to_string()),
            MemberError::Invalid(detail) => Self::Invalid(detail),
            MemberError::Store(error) => Self::Store(error),
        }
    }
}

impl Conversations {
    /// Deactivates a member of a tenant's team. What a member who is deactivated already still has is returned.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] for a member of another tenant; [`ConversationError::Invalid`] for the caller
    /// and for the last active admin.
    pub async fn deactivate(&self, tenant: &TenantId, by: Reauthenticated, member: &AgentId) -> Result<()> {
        let by = &by.into_initiator();
        self.transact(tenant, move |mut work| async move {
            for event in members::deactivate(&mut work.tx, tenant, &by.actor, member).await? {
                work.append_outside(by, event);
            }
            work.return_all_of(member, &by.actor).await?;
            work.done()
        })
        .await?;
        self.presence.leave(tenant, member);
        Ok(())
    }
}

impl UnitOfWork {
    /// Cancels what a member who is deactivated has pending, and returns what they have claimed.
    async fn return_all_of(&mut self, member: &AgentId, by: &Actor) -> Result<()> {
        let tenant = self.tenant_id();
        let pending = pending_endings::of_agent(&mut self.tx, &tenant, member).await?;
        let owned = conversations::owned_by(&mut self.tx, &tenant, member).await?;
        let both: BTreeSet<&ConversationId> = pending.iter().chain(&owned).collect();
        self.lock_all(both).await?;
        for id in &pending {
            // It may have ended before the lock, or be a colleague's by now.
            if self.get(id).and_then(|it| it.ending.as_ref()).is_some_and(|ending| ending.agent == *member) {
                self.run(id, by.clone(), &Command::CancelEnding { cause: CancelCause::AgentDeactivated }, None)?;
            }
        }
        for id in &owned {
            if self.get(id).and_then(|it| it.agent()) == Some(member) {
                self.send_joined(id).await?;
                self.run(id, by.clone(), &Command::ReleaseDeactivated { agent: member.clone() }, None)?;
            }
        }
        Ok(())
    }

    /// Whoever gets a conversation must be able to act. Their account is held, so that a deactivation at the same time
    /// either is seen here or returns this conversation too.
    pub(super) async fn hold_new_owners(&mut self) -> Result<()> {
        let tenant = self.tenant_id();
        let new_owner = |stored: &conversations::ConversationRow| {
            let owner = stored.conversation.agent()?;
            let before = stored.counted.as_ref().and_then(|bucket| bucket.owner());
            (before != Some(owner)).then(|| owner.clone())
        };
        let owners: BTreeSet<AgentId> = self.conversations.values().filter_map(new_owner).collect();
        for owner in owners {
            let record = agents::hold(&mut self.tx, &tenant, &owner).await?;
            if record.is_none_or(|record| !record.active) {
                return Err(ConversationError::Invalid(DEACTIVATED.to_owned()));
            }
        }
        Ok(())
    }
}

const DEACTIVATED: &str = "This account is deactivated. Ask an admin.";
