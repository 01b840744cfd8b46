//! Draft: what the agent has typed in a conversation, kept for every device and removed with the reply that sends it.

use crate::{
    domain::{ids::ConversationId, message::draft::ReplyDraft},
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::{conversations, drafts},
    },
};

impl Conversations {
    /// Saves a draft and returns the newest one: another device may have saved a newer version, which stays.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] if it is too long.
    pub async fn save_draft(&self, agent: &Agent, id: &ConversationId, draft: ReplyDraft) -> Result<ReplyDraft> {
        if let Some(detail) = draft.violation() {
            return Err(ConversationError::Invalid(detail));
        }
        let draft = ReplyDraft { body: draft.body.replace('\0', ""), ..draft };
        let tenant = agent.tenant();
        // Nobody else sees it: there is no entry, and the conversation's version stays.
        let mut tx = self.db.begin_write().await?;
        if !conversations::exists(&mut tx, tenant, id).await? {
            return Err(ConversationError::NotFound);
        }
        let newer = match drafts::save(&mut tx, tenant, id, agent.id(), &draft, self.clock.now()).await? {
            true => None,
            false => drafts::find(&mut tx, tenant, id, agent.id()).await?,
        };
        tx.commit().await?;
        Ok(newer.unwrap_or(draft))
    }
}

impl UnitOfWork {
    /// Removes the text of the draft that was sent as `body`. `version` is the page's, if it says so; what was typed
    /// since stays. A save of the same text that arrives later is older.
    pub(super) async fn remove_sent_draft(
        &mut self,
        agent: &Agent,
        id: &ConversationId,
        version: Option<i64>,
        body: &str,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let stored = drafts::find(&mut self.tx, &tenant, id, agent.id()).await?;
        let newest = stored.as_ref().map(|draft| draft.version);
        let of_same_text = stored.filter(|draft| draft.body.trim() == body).map(|draft| draft.version);
        let Some(sent) = version.or(of_same_text) else { return Ok(()) };
        if newest.is_some_and(|newest| newest > sent) {
            return Ok(());
        }
        let empty = ReplyDraft { version: sent.saturating_add(1), body: String::new() };
        if empty.violation().is_none() {
            drafts::save(&mut self.tx, &tenant, id, agent.id(), &empty, self.now).await?;
        }
        Ok(())
    }
}
