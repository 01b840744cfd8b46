//! What a unit of work writes besides the state of conversations: our messages, entries outside conversations, facts, and
//! summaries of handoffs.

use super::UnitOfWork;
use crate::{
    domain::{
        conversation::{Command, Conversation},
        event::{Actor, Amendment, Event, Initiator, NoteAct, Skipped},
        handoff::Brief,
        ids::{ConversationId, HandoffId, MessageId},
        message::{Author, Delivery, outgoing::OutgoingMessage},
        settings::TextName,
    },
    server::{
        conversations::{ConversationError, Result, delivery::updates::show_as_preview, unit_of_work::digest},
        store::{facts::FactRow, flow_runs::FlowRunRow, messages::MessageRow, notes::NewNote},
    },
};

impl UnitOfWork {
    /// A new message of ours.
    pub fn record(
        &self,
        id: &MessageId,
        conversation: &Conversation,
        author: Author,
        message: OutgoingMessage,
    ) -> MessageRow {
        let row =
            MessageRow::new(id.clone(), &conversation.id, &conversation.channel, author, message.into(), self.now);
        MessageRow { delivery: Some(Delivery::Queued), ..row }
    }

    /// Enqueues a text of the tenant. Does nothing if it is empty, the 24-hour window is closed, or another app of the
    /// number answers the customer.
    pub fn send_system_text(&mut self, conversation: &ConversationId, text: &str) -> Result<()> {
        if text.trim().is_empty() || !self.may_get_system_text(conversation)? {
            return Ok(());
        }
        let it = self.get(conversation).ok_or(ConversationError::NotFound)?.clone();
        let id: MessageId = self.entropy.id(self.now);
        let record = self.record(&id, &it, Author::System, OutgoingMessage::text(text.trim()));
        let command = Command::SystemSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
        };
        self.run(conversation, Actor::System, &command, Some(record))?;
        Ok(())
    }

    /// Enqueues a text that nobody has decided to send to this customer; in a closed window the template that an admin has
    /// chosen for it. An entry says so if neither can be sent, or if the customer's automatic messages of the day are used up.
    /// An empty text has only its template.
    pub async fn send_notice(
        &mut self,
        conversation: &ConversationId,
        name: TextName,
        text: &str,
        agent_name: Option<&str>,
    ) -> Result<()> {
        let it = self.get(conversation).ok_or(ConversationError::NotFound)?.clone();
        if let Some(chosen) = self.window_template(&it, name) {
            return self.notify_by_template(conversation, &chosen, agent_name).await;
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        if !it.window.is_open(self.now) {
            self.skip_text(conversation, name, Skipped::WindowClosed);
        } else if it.control.may_send() {
            if self.may_notify(conversation).await? {
                return self.send_system_text(conversation, text);
            }
            self.skip_text(conversation, name, Skipped::DailyLimit);
        }
        Ok(())
    }

    /// Whether the 24-hour window is open, and no other app of the number answers the customer.
    pub fn may_get_system_text(&self, conversation: &ConversationId) -> Result<bool> {
        let it = self.get(conversation).ok_or(ConversationError::NotFound)?;
        Ok(it.window.is_open(self.now) && it.control.may_send())
    }

    /// Appends an entry outside conversations, with the address from which its cause acted.
    pub fn append_outside(&mut self, by: &Initiator, event: Event) {
        self.append(None, by.actor.clone(), event);
        if let Some(pending) = self.pending.last_mut() {
            pending.address = by.address;
        }
    }

    /// Appends an entry with its message without a command. Used by imports.
    pub(in crate::server::conversations) fn append_record(
        &mut self,
        conversation: &ConversationId,
        actor: Actor,
        event: Event,
        record: MessageRow,
    ) {
        self.append(Some(conversation), actor, event);
        if let Some(stored) = self.conversations.get_mut(conversation)
            && record.at >= stored.last_at
        {
            show_as_preview(stored, &record);
            stored.last_at = record.at;
        }
        if let Some(pending) = self.pending.last_mut() {
            pending.record = Some(record);
        }
    }

    /// Appends the bot's entry about a fact. Both get the same sequence number.
    pub fn append_fact(&mut self, conversation: &ConversationId, event: Event, fact: FactRow) {
        self.append(Some(conversation), Actor::Bot, event);
        if let Some(pending) = self.pending.last_mut() {
            pending.fact = Some(fact);
        }
    }

    /// Appends the entry of an agent's reaction to `target`, with the hidden message that carries it.
    pub(in crate::server::conversations) fn append_reaction(
        &mut self,
        conversation: &ConversationId,
        actor: Actor,
        target: MessageId,
        record: MessageRow,
    ) {
        let event = Event::Amended { message: target, what: Amendment::Reacted };
        self.append(Some(conversation), actor, event);
        if let Some(pending) = self.pending.last_mut() {
            pending.record = Some(record);
        }
    }

    /// Appends the entry of a new note. Both get the same sequence number.
    pub(in crate::server::conversations) fn append_note(&mut self, note: NewNote) {
        let event = Event::Noted { note: note.id.clone(), act: NoteAct::Written, mentioned: note.mentioned.clone() };
        self.append(Some(&note.conversation), Actor::Agent(note.author.clone()), event);
        if let Some(pending) = self.pending.last_mut() {
            pending.note = Some(note);
        }
    }

    /// Stores where a conversation's flow is; `None` ends it. Written at the end.
    pub fn set_flow_run(&mut self, conversation: &ConversationId, run: Option<FlowRunRow>) {
        self.flow_runs.insert(conversation.clone(), run);
    }

    /// Stores the summary of a handoff of this unit of work, for agents.
    pub fn describe_handoff(&mut self, handoff: HandoffId, brief: Brief) {
        self.briefs.push((handoff, brief));
    }

    /// The number of pending entries, for [`Self::detach_from_turn`].
    pub fn pending_count(&self) -> usize {
        self.pending.len()
    }

    /// Keeps the bot's messages since `from` sendable after its turn ends, because they belong to the handoff itself.
    pub fn detach_from_turn(&mut self, from: usize) {
        for pending in &mut self.pending[from..] {
            pending.epoch = None;
        }
    }
}
