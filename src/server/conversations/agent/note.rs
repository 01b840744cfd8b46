//! Note: what agents tell each other in a conversation, whoever has it and whether it is open. Nothing of it is sent: a
//! note has a table and an id of its own, and makes no row of the outbox. Only its author edits and deletes it.

use crate::{
    domain::{
        event::{Event, NoteAct},
        ids::{AgentId, ConversationId, NoteId, Seq},
        note,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::{
            agents, conversations,
            notes::{self, NewNote},
        },
    },
};

impl Conversations {
    /// Writes a note, which calls the colleagues whom it mentions. A second call with the same `client_id` does nothing.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] if the text is empty or exceeds a limit, or the `client_id` is none.
    pub async fn write_note(&self, agent: &Agent, id: &ConversationId, client_id: &str, text: &str) -> Result<()> {
        let body = &note::checked(text).map_err(ConversationError::Invalid)?;
        if client_id.is_empty() || client_id.len() > 64 {
            return Err(ConversationError::Invalid(
                "This page is out of date. Reload it; your text is kept.".to_owned(),
            ));
        }
        self.transact_for(agent, move |mut work| async move {
            let customer = work.lock(id).await?.conversation.customer.clone();
            let tenant = work.tenant_id();
            if notes::is_written(&mut work.tx, &tenant, id, agent.id(), client_id).await? {
                return work.discard(());
            }
            let mentioned = work.called_by(agent, body).await?;
            let note = NewNote {
                id: work.entropy.id(work.now),
                conversation: id.clone(),
                customer,
                author: agent.id().clone(),
                client_id: client_id.to_owned(),
                body: body.clone(),
                mentioned,
                at: work.now,
                seq: Seq(0),
            };
            work.append_note(note);
            work.done()
        })
        .await
    }

    /// Replaces the text of the agent's own note. Whom only the new text mentions is called.
    ///
    /// # Errors
    /// As [`Self::write_note`]; and a refusal that names the author, or says that the note was deleted.
    pub async fn edit_note(&self, agent: &Agent, id: &ConversationId, note: &NoteId, text: &str) -> Result<()> {
        let body = &note::checked(text).map_err(ConversationError::Invalid)?;
        self.transact_for(agent, move |mut work| async move {
            let before = work.own_note(agent, id, note).await?;
            if before == *body {
                return work.discard(());
            }
            let (tenant, was) = (work.tenant_id(), note::mentioned(&before));
            let mut called = work.called_by(agent, body).await?;
            let gone: Vec<AgentId> = was.iter().filter(|one| !called.contains(one)).cloned().collect();
            called.retain(|one| !was.contains(one));
            notes::edit(&mut work.tx, &tenant, note, body, work.now).await?;
            notes::forget(&mut work.tx, &tenant, note, &gone).await?;
            notes::mention(&mut work.tx, &tenant, (note, id), &called, work.now).await?;
            let event = Event::Noted { note: note.clone(), act: NoteAct::Edited, mentioned: called };
            work.append(Some(id), agent.actor(), event);
            work.done()
        })
        .await
    }

    /// Removes the text of the agent's own note. The thread shows that it was deleted.
    ///
    /// # Errors
    /// As [`Self::edit_note`].
    pub async fn delete_note(&self, agent: &Agent, id: &ConversationId, note: &NoteId) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let before = work.own_note(agent, id, note).await?;
            let tenant = work.tenant_id();
            notes::delete(&mut work.tx, &tenant, note, work.now).await?;
            notes::forget(&mut work.tx, &tenant, note, &note::mentioned(&before)).await?;
            let event = Event::Noted { note: note.clone(), act: NoteAct::Deleted, mentioned: Vec::new() };
            work.append(Some(id), agent.actor(), event);
            work.done()
        })
        .await
    }

    /// The agent has looked at a conversation whose notes mention them. Nobody else learns of it.
    pub async fn see_mentions(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        if !conversations::exists(&mut tx, agent.tenant(), id).await? {
            return Err(ConversationError::NotFound);
        }
        notes::see(&mut tx, agent.tenant(), id, agent.id()).await?;
        Ok(tx.commit().await?)
    }
}

impl UnitOfWork {
    /// The text of the agent's own note, with its conversation locked.
    async fn own_note(&mut self, agent: &Agent, id: &ConversationId, note: &NoteId) -> Result<String> {
        self.lock(id).await?;
        let tenant = self.tenant_id();
        let found = notes::find(&mut self.tx, &tenant, note).await?.filter(|found| found.conversation_id == *id);
        let found = found.ok_or(ConversationError::NotFound)?;
        Ok(note::changeable(&found.author_id, found.body.as_deref(), agent.id())?.to_owned())
    }

    /// The colleagues whom a text of `agent` calls: those of the tenant who are still there.
    async fn called_by(&mut self, agent: &Agent, body: &str) -> Result<Vec<AgentId>> {
        let mut called = note::mentioned(body);
        if !called.is_empty() {
            let tenant = self.tenant_id();
            let known = agents::list(&mut self.tx, &tenant).await?;
            called.retain(|id| id != agent.id() && known.iter().any(|one| one.active && one.id == *id));
        }
        Ok(called)
    }
}
