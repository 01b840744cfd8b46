//! Escalates a conversation.

use crate::{
    domain::{
        bot::{Escalation, Turn},
        conversation::Command,
        event::{Actor, Event, SkippedNotice},
        interpolation::{self, TextValues},
    },
    server::conversations::{Result, UnitOfWork},
};

impl UnitOfWork {
    /// Requests an agent and sends the customer the text for it.
    pub(super) async fn hand_off(&mut self, turn: &Turn, escalation: &Escalation, online: usize) -> Result<()> {
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
        let text = self.tenant.settings.texts.notice(online);
        let notice = match escalation.notice.trim() {
            "" => {
                let values = TextValues { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };
                interpolation::filled(text, &values).unwrap_or_else(|fault| {
                    tracing::warn!(tenant = %turn.tenant, %fault, "bot: handoff message template invalid");
                    String::new()
                })
            }
            own => own.to_owned(),
        };
        self.send_notice(&turn.conversation, SkippedNotice::Handoff, &notice).await
    }
}
