//! Messages whose content WhatsApp keeps to itself, such as polls.

use crate::{
    domain::{
        conversation::Command,
        event::Actor,
        handoff::Trigger,
        ids::{ConversationId, MessageId},
    },
    server::conversations::{Result, UnitOfWork},
};

impl UnitOfWork {
    /// Whether the reply window is open.
    pub(super) fn may_write(&self, id: &ConversationId) -> bool {
        self.get(id).is_some_and(|it| it.window.is_open(self.now))
    }

    /// WhatsApp keeps the content of a message to itself, and the bot cannot answer: the window is not opened by it,
    /// or it is late. Requests an agent, so that it is not left alone (promises 4 and 13).
    pub(super) fn call_for_unsupported(
        &mut self,
        id: &ConversationId,
        message: MessageId,
        trigger: Trigger,
    ) -> Result<()> {
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger,
            message: Some(message),
            target: self.tenant.settings.waiting_target,
            turn: None,
            team: None,
        };
        self.run(id, Actor::System, &command, None)?;
        Ok(())
    }
}
