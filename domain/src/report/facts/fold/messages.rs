//! Messages in both directions: the customer's turns, what was sent to the customer, and its price.

use super::Fold;
use crate::{
    event::Actor,
    ids::MessageId,
    message::{Author, Delivery},
    pricing::Pricing,
    report::facts::{BegunBy, ConversationFact, MessageFact, MessageSender, NoticeKind, RunningWait},
    time::{Span, Timestamp},
};

impl ConversationFact {
    /// Whether neither the customer nor the business has done anything in it.
    pub(super) fn is_untouched(&self) -> bool {
        self.begun_by == BegunBy::Business && self.customer_messages == 0 && self.handoffs == 0 && !self.bot_took_part
    }
}

impl Fold<'_> {
    /// What was imported happened before, or elsewhere.
    fn is_imported(&self) -> bool {
        self.entry.actor == Actor::System
    }

    pub(super) fn customer_wrote(&mut self, turn: bool, at: Timestamp, reply_target: Option<Span>) {
        if self.is_imported() {
            return;
        }
        let since = at.min(self.entry.at);
        let conversation = &mut *self.conversation;
        conversation.customer_messages += 1;
        if turn {
            conversation.turn_answered = false;
        }
        if let Some(target) = reply_target {
            conversation.wait.get_or_insert(RunningWait { since, target });
        }
    }

    pub(super) fn queued(&mut self, message: &MessageId, author: &Author, kind: &str) {
        let Some(sender) = sender(author) else { return };
        let conversation = &mut *self.conversation;
        let is_by_bot = sender == MessageSender::Bot;
        if is_by_bot {
            conversation.bot_took_part = true;
            conversation.bot_turns += i64::from(!conversation.turn_answered);
        }
        // A notice answers nothing.
        conversation.turn_answered |= is_by_bot || author.is_human();
        self.end_untold_wait(author);
        self.insert_message(message, sender, kind, self.entry.at, None);
    }

    /// Staff wrote in the WhatsApp app, or another app of the number did.
    pub(super) fn echoed(&mut self, message: &MessageId, author: &Author, kind: &str, at: Timestamp) {
        if self.is_imported() {
            return;
        }
        if *author == Author::Partner && self.conversation.is_untouched() {
            self.conversation.begun_by = BegunBy::Partner;
        }
        let Some(sender) = sender(author) else { return };
        self.conversation.turn_answered |= author.is_human();
        self.end_untold_wait(author);
        self.insert_message(message, sender, kind, at, Some(at));
    }

    fn insert_message(
        &mut self,
        message: &MessageId,
        sender: MessageSender,
        kind: &str,
        queued_at: Timestamp,
        sent_at: Option<Timestamp>,
    ) {
        let handoff = self.handoff().map(|handoff| handoff.handoff.clone());
        let notice = self.notice(&sender, kind);
        let conversation = &*self.conversation;
        let fact = MessageFact {
            message: message.clone(),
            piece: 0,
            conversation: conversation.conversation.clone(),
            channel: conversation.channel.clone(),
            handoff,
            flow: conversation.flow.clone().filter(|_| sender == MessageSender::Bot),
            notice,
            market: self.context.markets.get(&conversation.conversation).cloned(),
            sender,
            kind: kind.to_owned(),
            queued_at,
            sent_at,
            failed: None,
            priced: None,
        };
        self.facts.messages.entry((message.clone(), 0)).or_insert(fact);
    }

    /// Which text of the tenant a message is: those of a handoff and of a close are queued together with them. The question
    /// for a rating has buttons, and the goodbye as its beginning.
    fn notice(&mut self, sender: &MessageSender, kind: &str) -> Option<NoticeKind> {
        if *sender != MessageSender::System {
            return None;
        }
        let now = self.entry.at;
        let is_closing = self.conversation.closed.as_ref().is_some_and(|closed| closed.at == now);
        match kind {
            "text" | "buttons" if is_closing => Some(NoticeKind::Closing),
            "text" => {
                let is_requested = self.handoff().is_some_and(|handoff| handoff.requested_at == now);
                Some(if is_requested { NoticeKind::Handoff } else { NoticeKind::Reminder })
            }
            _ => None,
        }
    }

    pub(super) fn delivered(
        &mut self,
        message: &MessageId,
        status: Delivery,
        code: Option<i64>,
        pricing: Option<&Pricing>,
    ) {
        let at = self.entry.at;
        let Some(fact) = self.facts.messages.get_mut(&(message.clone(), 0)) else { return };
        if status.is_out() {
            fact.sent_at.get_or_insert(at);
            // A failure that was concluded from silence is withdrawn.
            fact.failed = None;
        } else if status == Delivery::Failed {
            fact.failed.get_or_insert((at, code));
        }
        let Some(pricing) = pricing else { return };
        let whole = MessageFact { piece: pricing.piece, sent_at: None, failed: None, priced: None, ..fact.clone() };
        let piece = self.facts.messages.entry((message.clone(), pricing.piece)).or_insert(whole);
        piece.priced.get_or_insert_with(|| (at, pricing.clone()));
    }

    /// An agent sends a message that failed once more.
    pub(super) fn resent(&mut self, message: &MessageId) {
        if let Some(fact) = self.facts.messages.get_mut(&(message.clone(), 0)) {
            fact.sent_at = None;
            fact.failed = None;
        }
    }
}

fn sender(author: &Author) -> Option<MessageSender> {
    match author {
        Author::Bot => Some(MessageSender::Bot),
        Author::System => Some(MessageSender::System),
        Author::Agent(agent) => Some(MessageSender::Agent(agent.clone())),
        Author::Phone => Some(MessageSender::Phone),
        Author::Customer | Author::Partner => None,
    }
}
