//! Saved replies: what an agent may insert, a text filled in for a conversation, and how often each is used. `save.rs` changes
//! them, `file.rs` exports and imports them.
//!
//! Those for everyone are settings of the tenant, with entries in the log. What agents keep for themselves concerns nobody
//! else: others neither read nor count it, and the log has no entries about it.

mod file;
mod save;

use sha2::{Digest, Sha256};

use crate::{
    contract::saved_reply::SavedReplies,
    domain::{
        customer_name::{UNNAMED, first_name},
        ids::{ConversationId, SavedReplyId},
        interpolation::{SAMPLE_CUSTOMER, filled_with_holes, saved_reply_fault},
        saved_reply::search::ListedReply,
    },
    server::{
        accounts::Agent,
        store::{self, channels, conversations, customers, facts, saved_replies, tenants},
    },
};

use super::{Result, Settings, SettingsError};

impl Settings {
    /// What the agent may insert; `None` if that has the mark `known`.
    pub async fn read_saved_replies(&self, agent: &Agent, known: Option<&str>) -> Result<Option<SavedReplies>> {
        let mut tx = self.db.begin_read().await?;
        let revisions = saved_replies::revisions(&mut tx, agent.tenant(), agent.id()).await?;
        let mark = mark(agent, &revisions);
        if known == Some(mark.as_str()) {
            return Ok(None);
        }
        let rows = saved_replies::list(&mut tx, agent.tenant(), agent.id()).await?;
        let replies = rows.into_iter().map(|row| ListedReply::of(row.reply)).collect();
        Ok(Some(SavedReplies { mark, replies, may_share: agent.may_share_replies() }))
    }

    /// A reply's text with the values of this conversation, and holes for those that are missing.
    ///
    /// # Errors
    /// [`SettingsError::NotFound`] if the agent may not use the reply, or the conversation is not the tenant's;
    /// [`SettingsError::Invalid`] if the text is too long once it is filled in.
    pub async fn saved_reply_fill(
        &self,
        agent: &Agent,
        id: &SavedReplyId,
        conversation: &ConversationId,
    ) -> Result<String> {
        let tenant = agent.tenant();
        let mut tx = self.db.begin_read().await?;
        let row = saved_replies::find(&mut tx, tenant, agent.id(), id).await?.ok_or(SettingsError::NotFound)?;
        let found = conversations::load(&mut tx, tenant, conversation).await?.ok_or(SettingsError::NotFound)?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let customer = customers::find(&mut tx, tenant, &found.conversation.customer).await?;
        let channel = channels::find(&mut tx, tenant, &found.conversation.channel).await?;
        let collected = facts::variables(&mut tx, tenant, conversation).await?;
        let name = customer.as_ref().map(|customer| customer.name.as_str()).filter(|name| is_name(name));
        let phone = customer.as_ref().and_then(|customer| customer.wa_id.as_ref()).map(|digits| format!("+{digits}"));
        let name = name.unwrap_or_default();
        let own = [
            ("customer.name", name),
            ("customer.first_name", if name.is_empty() { "" } else { first_name(name) }),
            ("customer.phone", phone.as_deref().unwrap_or_default()),
            ("agent.name", agent.name()),
            ("agent.first_name", first_name(agent.name())),
            ("tenant.name", record.name.as_str()),
            ("tenant.number", channel.as_ref().map_or("", |channel| channel.display_phone.as_str())),
        ];
        // A name may have been collected more than once: the last value counts.
        let collected = collected.iter().map(|row| (row.name.as_str(), row.value.as_str()));
        filled(&row.reply.saved.text, collected.chain(own))
    }

    /// The text with sample values. What the bot collects are holes.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if the text cannot be filled in.
    pub async fn saved_reply_preview(&self, agent: &Agent, text: &str) -> Result<String> {
        if let Some(detail) = saved_reply_fault(text) {
            return Err(SettingsError::Invalid(detail));
        }
        let record = self.tenant(agent.tenant()).await?;
        let samples = [
            ("customer.name", SAMPLE_CUSTOMER),
            ("customer.first_name", first_name(SAMPLE_CUSTOMER)),
            ("customer.phone", "+351 912 345 678"),
            ("agent.name", agent.name()),
            ("agent.first_name", first_name(agent.name())),
            ("tenant.name", record.name.as_str()),
            ("tenant.number", "+351 210 000 000"),
        ];
        filled(text, samples.into_iter())
    }

    /// Counts that the agent has inserted it. A call of its own, so that a send has nothing more to do, and at the insertion,
    /// because the draft may be sent from another device.
    ///
    /// # Errors
    /// [`SettingsError::NotFound`] if the agent may not use it.
    pub async fn saved_reply_used(&self, agent: &Agent, id: &SavedReplyId) -> Result<()> {
        let now = self.clock.now();
        let is_known = self
            .db
            .transact(move |mut tx| async move {
                let is_known = saved_replies::count_use(&mut tx, agent.tenant(), agent.id(), id, now).await?;
                tx.commit().await?;
                Ok::<_, store::StoreError>(is_known)
            })
            .await?;
        if is_known { Ok(()) } else { Err(SettingsError::NotFound) }
    }
}

/// Whether a customer can be addressed by it: WhatsApp may give none, or a number in its place.
fn is_name(name: &str) -> bool {
    name != UNNAMED && name.contains(char::is_alphabetic)
}

fn filled<'a>(text: &str, values: impl Iterator<Item = (&'a str, &'a str)>) -> Result<String> {
    filled_with_holes(text, values).map_err(|fault| SettingsError::Invalid(fault.detail))
}

/// Another one for every list of replies, revisions and rights.
fn mark(agent: &Agent, revisions: &[(String, i64)]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(agent.id().as_str().as_bytes());
    hasher.update([u8::from(agent.may_share_replies())]);
    for (id, revision) in revisions {
        hasher.update(id.as_bytes());
        hasher.update(revision.to_be_bytes());
    }
    hex::encode(&hasher.finalize()[..16])
}
