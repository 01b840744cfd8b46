//! Stops the bot before it sends more to a customer than is allowed: in a loop with another machine, and when the day's
//! messages are used up. One person is told, and the customer gets nothing: a notice would be one message more to a
//! machine. Keywords still request an agent. What is a loop is decided in `domain::automation`.

use crate::{
    domain::{
        automation::{Exchange, PauseReason, Tell, Then},
        bot::{BotAction, FlowChange, NextAction, Turn, TurnOutcome},
        conversation::Command,
        event::{Actor, Event},
        handoff::{Failure, Trigger},
        ids::CustomerId,
        message::{Content, outgoing::OutgoingMessage},
    },
    server::conversations::{ConversationError, Result, UnitOfWork},
};

impl UnitOfWork {
    /// Why the outcome of the turn must not be carried out; `None` if it may. Remembers the exchange.
    pub(super) async fn pause_reason(&mut self, turn: &Turn, outcome: &TurnOutcome) -> Result<Option<PauseReason>> {
        let bounds = self.tenant.settings.automation;
        if bounds.is_off() {
            return Ok(None);
        }
        self.load_automation(std::iter::once(&turn.conversation)).await?;
        let customer = self.customer_of(turn)?;
        let said: Vec<&OutgoingMessage> = outcome.actions.iter().filter_map(said).collect();
        let content = turn.content.as_ref().filter(|content| content.payload().is_none());
        let row = self.automation(&customer).clone();
        let mut exchanges = row.exchanges;
        let before = exchanges.clone();
        let exchange = Exchange {
            heard: content.and_then(Content::text),
            written_at: turn.sent_at,
            said: &said,
            then: then(&outcome.next),
            last_sent_at: row.last_sent_at,
        };
        let is_loop = exchanges.is_loop(&exchange, bounds, self.now);
        if exchanges != before {
            self.set_exchanges(&customer, exchanges);
        }
        if is_loop {
            return Ok(Some(PauseReason::Loop));
        }
        // The model's answer is a message, which would be paid for and not sent.
        let messages = said.len().max(usize::from(matches!(outcome.next, NextAction::Model)));
        let is_over = messages > 0 && self.left_today(&customer, messages) < 0;
        Ok(is_over.then_some(PauseReason::DailyLimit))
    }

    /// Sends nothing. Tells a person, the thread, or nobody.
    pub(super) async fn pause(&mut self, turn: &Turn, why: PauseReason) -> Result<()> {
        let customer = self.customer_of(turn)?;
        let (now, today) = (self.now, self.today());
        let mut exchanges = self.automation(&customer).exchanges.clone();
        let tell = exchanges.tell(why, &turn.conversation, &today, now);
        if tell == Tell::Nobody {
            return Ok(());
        }
        self.set_exchanges(&customer, exchanges);
        self.append(Some(&turn.conversation), Actor::Bot, Event::BotPaused { why });
        if tell == Tell::Thread {
            return Ok(());
        }
        self.end_abandoned_calls(turn, &FlowChange::End).await?;
        self.change_flow(turn, &FlowChange::End);
        let failure = match why {
            PauseReason::Loop => Failure::Loop,
            PauseReason::DailyLimit => Failure::DailyLimit,
        };
        let command = Command::HandOff {
            handoff: self.entropy.id(now),
            trigger: Trigger::Failure { failure },
            message: turn.message.clone(),
            target: self.tenant.settings.waiting_target,
            turn: Some(turn.epoch),
            team: None,
        };
        self.run(&turn.conversation, Actor::Bot, &command, None)?;
        Ok(())
    }

    fn customer_of(&self, turn: &Turn) -> Result<CustomerId> {
        let it = self.get(&turn.conversation).ok_or(ConversationError::NotFound)?;
        Ok(it.customer.clone())
    }
}

fn said(action: &BotAction) -> Option<&OutgoingMessage> {
    match action {
        BotAction::Say(message) => Some(message),
        BotAction::Set { .. } => None,
    }
}

fn then(next: &NextAction) -> Then {
    match next {
        NextAction::HandOff(_) => Then::Person,
        NextAction::Model | NextAction::Ask { .. } => Then::Later,
        NextAction::Wait | NextAction::WaitFor(_) | NextAction::Close => Then::Nothing,
    }
}
