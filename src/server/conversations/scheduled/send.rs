//! Messages that waited are sent: in the order in which they were written, and texts that have joined as one message, with
//! one author and one entry. Which ones have joined is `domain::scheduled::joined`'s decision.

use crate::{
    domain::{
        event::Actor,
        ids::{AgentId, ConversationId, MessageId},
        message::outgoing::OutgoingMessage,
        scheduled::{
            ScheduledAct, ScheduledState, SendDoubt, SendWait, doubt_about,
            joined::{group_of, groups, joined_text},
        },
    },
    server::{
        conversations::{ConversationError, Result, UnitOfWork, unit_of_work::AgentMessage},
        store::{
            joined_presses, media,
            scheduled_messages::{self, ScheduledRow},
        },
    },
};

use super::step;

impl UnitOfWork {
    /// Sends a message whose time has come, with those that have joined it. What its author wrote before it goes first: jobs
    /// have no order among those that are due at once, and the job of an earlier one may have failed. The conversation is
    /// locked. `Some`: it may not be sent, and has not changed.
    pub(in crate::server::conversations) async fn send_waiting(
        &mut self,
        row: &ScheduledRow,
    ) -> Result<Option<SendDoubt>> {
        let rows = self.waiting_in(&row.conversation).await?;
        let mut group = group_of(&rows, &row.author, |other| other.id == row.id);
        if group.is_empty() {
            group.push(row);
        }
        if let ScheduledState::Waiting(wait) = row.state {
            let first = group.first().map_or(&row.id, |first| &first.id);
            let earlier = rows.iter().take_while(|other| other.id != *first);
            let precedes = |other: &ScheduledRow| match other.state {
                ScheduledState::Waiting(others) => others.precedes(wait),
                ScheduledState::Asking(_) => false,
            };
            let earlier: Vec<_> = earlier.filter(|other| other.author == row.author && precedes(other)).collect();
            for group in groups(earlier) {
                // What may not be sent asks when it is due.
                self.send_as_one(&group).await?;
            }
        }
        self.send_as_one(&group).await
    }

    /// Puts messages that waited into the outbox, as one. `Some`: they may not be sent, and nothing has changed.
    pub(in crate::server::conversations) async fn send_as_one(
        &mut self,
        group: &[&ScheduledRow],
    ) -> Result<Option<SendDoubt>> {
        let Some((first, others)) = group.split_first() else { return Ok(None) };
        let tenant = self.tenant_id();
        let body = joined_text(group.iter().map(|row| row.body.as_str()));
        let outgoing = match (&first.template, &first.file) {
            // Nothing joins a template, so it is alone here.
            (Some(template), _) => match self.waited_template(first, template).await? {
                Some(outgoing) => outgoing,
                None => return Ok(Some(SendDoubt::TemplateRefused)),
            },
            (None, None) => first.kind.message(body),
            (None, Some(file)) => match media::upload(&mut self.tx, &tenant, file).await? {
                Some(upload) => OutgoingMessage::uploaded(upload.send_as, upload.id, upload.filename, body),
                None => return Ok(Some(SendDoubt::FileGone)),
            },
        };
        // An id of now, because the order of ids is that of the messages.
        let message: MessageId = self.entropy.id(self.now);
        let (author, quote) = (&first.author, first.quote.as_ref());
        let sent = AgentMessage { id: message.clone(), author, client_id: &first.client_id, outgoing, quote };
        match self.send_agent_message(&first.conversation, sent).await {
            Err(ConversationError::Refused(refusal)) => return Ok(Some(SendDoubt::from(&refusal))),
            done => done?,
        }
        if let Some(file) = &first.file {
            media::pass_on(&mut self.tx, &tenant, file, &first.id, &first.conversation, &message).await?;
        }
        for row in others {
            joined_presses::insert(&mut self.tx, &tenant, &row.client_id, &message).await?;
        }
        for row in group {
            self.forget_scheduled(row).await?;
            let author = Actor::Agent(row.author.clone());
            self.append(Some(&row.conversation), author, step(row, ScheduledAct::Sent, None));
        }
        Ok(None)
    }

    /// Sends at once what an agent could still take back, before the agent sends something else or ends the conversation. It
    /// is locked.
    pub(in crate::server::conversations) async fn send_leaving(
        &mut self,
        id: &ConversationId,
        agent: &AgentId,
    ) -> Result<()> {
        let rows = self.waiting_in(id).await?;
        let leaving: Vec<_> = rows.iter().filter(|row| row.author == *agent && row.state.is_leaving()).collect();
        self.send_at_once(id, agent, &leaving).await
    }

    /// Sends at once the texts of a conversation's agent that wait for others to join, before somebody else has it. Without
    /// that setting they would have left when they were written. It is locked.
    pub(in crate::server::conversations) async fn send_joined(&mut self, id: &ConversationId) -> Result<()> {
        let Some(agent) = self.get(id).and_then(|it| it.agent()).cloned() else { return Ok(()) };
        let rows = self.waiting_in(id).await?;
        let mut leaving: Vec<_> = rows.iter().filter(|row| row.author == agent && row.state.is_leaving()).collect();
        let is_joined = |row: &&ScheduledRow| matches!(row.state, ScheduledState::Waiting(SendWait::Joined(_)));
        // What was written before the last one goes with it, because it must not come after it.
        leaving.truncate(leaving.iter().rposition(is_joined).map_or(0, |last| last + 1));
        self.send_at_once(id, &agent, &leaving).await
    }

    async fn send_at_once(&mut self, id: &ConversationId, agent: &AgentId, leaving: &[&ScheduledRow]) -> Result<()> {
        for group in groups(leaving.iter().copied()) {
            let doubt = self.get(id).and_then(|it| doubt_about(it, agent, self.now));
            // What may not be sent asks when it is due.
            if doubt.is_none() {
                self.send_as_one(&group).await?;
            }
        }
        Ok(())
    }

    /// What waits in a conversation, in the order in which it was written.
    pub(in crate::server::conversations) async fn waiting_in(
        &mut self,
        id: &ConversationId,
    ) -> Result<Vec<ScheduledRow>> {
        let tenant = self.tenant_id();
        Ok(scheduled_messages::of_conversations(&mut self.tx, &tenant, std::slice::from_ref(id)).await?)
    }
}
