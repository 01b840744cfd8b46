//! Escalates a conversation. With texts that are joined, the notice begins with what the bot says last in the turn.

use std::borrow::Cow;

use crate::{
    domain::{
        bot::{Escalation, NextAction, Turn, TurnOutcome},
        conversation::Command,
        event::{Actor, Event},
        interpolation::{self, TextValues},
        settings::{BotTexts, TextName},
    },
    server::conversations::{Result, UnitOfWork},
};

/// The text that the customer gets with a handoff; empty if there is none.
pub(super) struct HandoffNotice {
    name: TextName,
    text: String,
    /// It begins with what the bot says in the turn, which is sent in any case.
    says: Says,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    TheNoticeOnly,
    TheBotsTextToo,
}

impl UnitOfWork {
    /// The notice of the handoff in which a turn ends, if it does. With texts that are joined, it begins with the one that the
    /// bot says last, which is taken off the turn.
    pub(super) fn handoff_notice(
        &self,
        turn: &Turn,
        outcome: &mut Cow<'_, TurnOutcome>,
        online: usize,
    ) -> Result<HandoffNotice> {
        let name = TextName::notice(online);
        let own = match &outcome.next {
            NextAction::HandOff(escalation) => Some(escalation.notice.trim()),
            NextAction::Wait
            | NextAction::WaitFor(_)
            | NextAction::Ask { .. }
            | NextAction::Model
            | NextAction::Close => None,
        };
        let text = match own {
            None => String::new(),
            Some("") => {
                let values = TextValues { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };
                interpolation::filled(self.tenant.settings.texts.get(name), &values).unwrap_or_else(|fault| {
                    tracing::warn!(tenant = %turn.tenant, %fault, "bot: handoff message template invalid");
                    String::new()
                })
            }
            Some(own) => own.to_owned(),
        };
        // A notice that is not sent must not take the text with it.
        let joins =
            self.tenant.settings.bot_texts == BotTexts::Joined && self.may_get_system_text(&turn.conversation)?;
        let joined = if joins { outcome.to_mut().take_text_before(text.trim()) } else { None };
        Ok(match joined {
            Some(text) => HandoffNotice { name, text, says: Says::TheBotsTextToo },
            None => HandoffNotice { name, text, says: Says::TheNoticeOnly },
        })
    }

    /// Requests an agent and sends the customer the text for it.
    pub(super) async fn hand_off(
        &mut self,
        turn: &Turn,
        escalation: &Escalation,
        notice: &HandoffNotice,
    ) -> Result<()> {
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger: escalation.trigger.clone(),
            message: escalation.message.clone().or_else(|| turn.message.clone()),
            target: self.tenant.settings.waiting_target,
            turn: Some(turn.epoch),
            team: escalation.team.clone(),
        };
        let events = self.run(&turn.conversation, Actor::Bot, &command, None)?;
        for event in events {
            if let Event::HandedOff { handoff, .. } = event {
                self.describe_handoff(handoff, escalation.brief.clone());
            }
        }
        match notice.says {
            Says::TheNoticeOnly => self.send_notice(&turn.conversation, notice.name, &notice.text, None).await,
            Says::TheBotsTextToo => self.send_system_text(&turn.conversation, &notice.text),
        }
    }
}
