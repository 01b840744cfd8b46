//! The bot's messages, and the variables that it sets.

use crate::{
    domain::{
        bot::{BotAction, Source, Turn},
        conversation::Command,
        event::{Actor, Event},
        ids::MessageId,
        message::{Author, outgoing::OutgoingMessage},
    },
    server::{
        conversations::{ConversationError, Result, UnitOfWork, unit_of_work::digest},
        store::facts::{FactRow, VariableRow},
    },
};

impl UnitOfWork {
    pub(super) fn bot_say(&mut self, turn: &Turn, message: OutgoingMessage) -> Result<()> {
        let id: MessageId = self.entropy.id(self.now);
        let conversation = self.get(&turn.conversation).ok_or(ConversationError::NotFound)?.clone();
        let record = self.record(&id, &conversation, Author::Bot, message);
        let command = Command::BotSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
            turn: turn.epoch,
        };
        self.run(&turn.conversation, Actor::Bot, &command, Some(record))?;
        Ok(())
    }

    /// Stores a variable as a fact of the conversation.
    pub(super) fn set_variable(&mut self, turn: &Turn, action: &BotAction) {
        let BotAction::Set { step, label, name, value, source } = action else { return };
        let id = self.entropy.id(self.now);
        let from = turn.message.as_ref().filter(|_| *source != Source::Step);
        let mut row = VariableRow::new(id, name, label, value, from, self.now);
        // The step is stored only if the step itself set the variable.
        row.step = step.as_ref().filter(|_| *source != Source::Model).map(|step| step.0.clone());
        let event = Event::VariableSet { variable: row.id.clone() };
        self.append_fact(&turn.conversation, event, FactRow::Variable(row));
    }
}
