//! The fold: the facts of a conversation, and its next entry, give the facts after it.
//!
//! An entry is folded in the log's order, once. Stored rows are not read or written here: the caller puts the rows that
//! [`FactKeys`](super::FactKeys) names into the set, and stores what the set holds afterwards.

mod handoffs;
mod messages;
mod ratings;
mod waits;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{
    BegunBy, ClosedFact, ClosingFact, ConversationFact, HandoffFact, Lasted, MessageFact, RatingFact, StintFact,
    WaitFact,
};
use crate::{
    calendar::Calendar,
    event::{Actor, CloseReason, Entry, Event},
    handoff::{HandoffEnd, Trigger, metrics::Between},
    ids::{ChannelId, ConversationId, HandoffId, MessageId, OutcomeId, Seq},
    time::Timestamp,
};

/// What a fold takes from outside the log, as it is when the entry is folded: the log holds none of it. Computing the
/// part within opening hours at every look would cost more than the rest of a report.
#[derive(Clone, Debug, Default)]
pub struct FactContext {
    /// The tenant's opening hours and their zone; `None` if there are none.
    pub hours: Option<(Calendar, TimeZone)>,
    /// The languages of the customers of conversations, where they are known.
    pub languages: BTreeMap<ConversationId, String>,
    /// The markets of the customers of conversations, where they are known.
    pub markets: BTreeMap<ConversationId, String>,
}

impl FactContext {
    fn lasted(&self, between: Between) -> Lasted {
        let open = self.hours.as_ref().map(|(calendar, zone)| calendar.open_time(zone, between.from, between.to));
        Lasted { raw: between.time(), open }
    }
}

/// Facts by their keys: all of a tenant, or those that some entries concern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactSet {
    /// The newest entry that the facts contain.
    pub reached: Seq,
    pub conversations: BTreeMap<ConversationId, ConversationFact>,
    pub handoffs: BTreeMap<HandoffId, HandoffFact>,
    /// Only those that ended within the folded entries.
    pub waits: BTreeMap<Seq, WaitFact>,
    /// Stored waits that these messages ended are to be removed: what answered was a first reply, or failed afterwards.
    pub withdrawn: BTreeSet<MessageId>,
    pub stints: BTreeMap<Seq, StintFact>,
    pub closings: BTreeMap<Seq, ClosingFact>,
    pub ratings: BTreeMap<HandoffId, RatingFact>,
    /// By message and piece.
    pub messages: BTreeMap<(MessageId, i64), MessageFact>,
    /// The newest first reply of which the log does not tell when it was sent.
    pub unsent_reply_at: Option<Timestamp>,
}

impl FactSet {
    /// Adds an entry. One that the facts contain already changes nothing.
    pub fn fold(&mut self, entry: &Entry, context: &FactContext) {
        if entry.seq <= self.reached {
            return;
        }
        self.reached = entry.seq;
        if matches!(entry.event, Event::FirstReplied { .. }) {
            self.unsent_reply_at = self.unsent_reply_at.max(Some(entry.at));
        }
        let Some(id) = &entry.conversation else { return };
        if let Event::Started { channel, previous, .. } = &entry.event {
            self.begin(id, channel, previous.as_ref(), entry);
        }
        let Some(mut conversation) = self.conversations.remove(id) else { return };
        if let Some(language) = context.languages.get(id) {
            conversation.language = Some(language.clone());
        }
        Fold { facts: &mut *self, conversation: &mut conversation, entry, context }.apply();
        self.conversations.insert(id.clone(), conversation);
    }

    fn begin(&mut self, id: &ConversationId, channel: &ChannelId, previous: Option<&ConversationId>, entry: &Entry) {
        let begun_by = match &entry.actor {
            Actor::Customer | Actor::Bot => BegunBy::Customer,
            Actor::Agent(_) | Actor::Meta => BegunBy::Business,
            Actor::System => BegunBy::Import,
        };
        if begun_by == BegunBy::Customer
            && let Some(before) = previous.and_then(|previous| self.conversations.get(previous))
            && let Some(closing) = before.closing.and_then(|closing| self.closings.get_mut(&closing))
        {
            closing.followed_at.get_or_insert(entry.at);
        }
        let fact = ConversationFact {
            conversation: id.clone(),
            channel: channel.clone(),
            started_at: entry.at,
            begun_by,
            language: None,
            bot_took_part: false,
            bot_turns: 0,
            customer_messages: 0,
            handoffs: 0,
            first_handoff: None,
            closed: None,
            wait: None,
            handoff: None,
            closing: None,
            stint: None,
            turn_answered: true,
            flow: None,
        };
        self.conversations.insert(id.clone(), fact);
    }
}

/// The fold of one entry of a conversation.
struct Fold<'a> {
    facts: &'a mut FactSet,
    conversation: &'a mut ConversationFact,
    entry: &'a Entry,
    context: &'a FactContext,
}

impl Fold<'_> {
    fn apply(&mut self) {
        let entry = self.entry;
        match &entry.event {
            Event::CustomerWrote { turn, at, reply_target, .. } => self.customer_wrote(*turn, *at, *reply_target),
            Event::Queued { message, author, kind, .. } => self.queued(message, author, kind),
            Event::Echoed { message, author, kind, at, .. } => self.echoed(message, author, kind, *at),
            Event::Delivered { message, status, code, pricing } => {
                self.delivered(message, *status, *code, pricing.as_ref());
            }
            Event::Resent { message } => self.resent(message),
            Event::FlowBegan { flow, .. } => self.conversation.flow = Some(flow.clone()),
            Event::HandedOff { handoff, trigger, team, target, .. } => {
                self.handed_off(handoff, trigger, team, *target);
            }
            Event::Claimed { agent, .. } => self.claimed(agent),
            Event::FirstReplied { handoff, by, after } => self.first_replied(handoff, by, *after),
            Event::FirstReplySent { handoff, message, by, after } => {
                self.first_reply_sent(handoff, message, by, *after);
            }
            Event::Answered { message, by, clock, waited, next } => {
                self.answered(message, by, *clock, *waited, *next);
            }
            Event::AnswerFailed { message, handoff, clock, .. } => {
                self.answer_failed(message, handoff.as_ref(), *clock);
            }
            Event::Released { why, .. } => self.released(*why),
            Event::ReleaseUndone { agent, .. } => self.release_undone(agent),
            Event::TakenOver { agent, .. } => self.taken_over(agent),
            Event::TakeOverUndone { agent, to, .. } => self.take_over_undone(agent, to),
            Event::ReturnedToBot { .. } => self.returned_to_bot(),
            Event::Closed { reason, outcome, .. } => self.closed(*reason, outcome.as_ref()),
            Event::Reopened { handoff, agent, team, target } => self.reopened(handoff, agent, team, *target),
            Event::RatingAsked { handoff, agent, message } => self.rating_asked(handoff, agent.as_ref(), message),
            Event::Rated { handoff, score, .. } => self.rated(handoff, *score),
            // What began is in the set already.
            Event::Started { .. }
            | Event::Amended { .. }
            | Event::WindowRefused { .. }
            | Event::EndingScheduled { .. }
            | Event::EndingCancelled { .. }
            | Event::TextSkipped { .. }
            | Event::WindowAsked { .. }
            | Event::BotSilenced { .. }
            | Event::BotRefused
            | Event::Noted { .. }
            | Event::Scheduled(_)
            | Event::Seen { .. }
            | Event::Snoozed { .. }
            | Event::SnoozeEnded { .. }
            | Event::Merged { .. }
            | Event::NumberChanged { .. }
            | Event::Preferred { .. }
            | Event::CustomerCalled { .. }
            | Event::PartnerTook
            | Event::ControlChanged { .. }
            | Event::ChannelShared { .. }
            | Event::BotPaused { .. }
            | Event::CustomerBlocked { .. }
            | Event::CustomerUnblocked { .. }
            | Event::BlockAnswered { .. }
            | Event::VariableSet { .. }
            | Event::CallRequested { .. }
            | Event::CallEnded { .. }
            | Event::Configured { .. }
            | Event::ChannelTrouble { .. }
            | Event::SignedIn { .. }
            | Event::SignedOut { .. }
            | Event::Availability { .. }
            | Event::SignInRefused { .. }
            | Event::SessionsEnded { .. }
            | Event::SecondFactorChanged { .. }
            | Event::Exported { .. }
            | Event::MemberChanged { .. } => {}
        }
        self.share_language();
    }

    /// The newest handoff has the language that the conversation has.
    fn share_language(&mut self) {
        let language = &self.conversation.language;
        if let Some(handoff) = self.conversation.handoff.as_ref().and_then(|id| self.facts.handoffs.get_mut(id))
            && handoff.language != *language
        {
            handoff.language.clone_from(language);
        }
    }

    fn returned_to_bot(&mut self) {
        self.end_handoff(HandoffEnd::ReturnedToBot, None, None);
    }

    fn closed(&mut self, reason: CloseReason, outcome: Option<&OutcomeId>) {
        let at = self.entry.at;
        let end = if reason == CloseReason::Merged { HandoffEnd::Merged } else { HandoffEnd::Closed };
        let ended = self.end_handoff(end, Some(reason), outcome);
        let is_by_bot = reason == CloseReason::Bot;
        let agent = match &self.entry.actor {
            Actor::Agent(agent) => Some(agent.clone()),
            Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
        };
        let conversation = &mut *self.conversation;
        conversation.bot_took_part |= is_by_bot;
        conversation.wait = None;
        conversation.flow = None;
        conversation.closed = Some(ClosedFact { at, reason, outcome: outcome.cloned() });
        conversation.closing = Some(self.entry.seq);
        let closing = ClosingFact {
            seq: self.entry.seq,
            conversation: conversation.conversation.clone(),
            channel: conversation.channel.clone(),
            handoff: ended,
            at,
            reason,
            agent,
            bot_alone: is_by_bot && conversation.handoffs == 0,
            outcome: outcome.cloned(),
            reopened_at: None,
            followed_at: None,
        };
        self.facts.closings.insert(closing.seq, closing);
    }
}

/// Whether the bot itself asked for the agent.
const fn is_asked_by_bot(trigger: &Trigger) -> bool {
    match trigger {
        Trigger::Keyword { .. } | Trigger::Flow { .. } | Trigger::Model | Trigger::Failure { .. } => true,
        Trigger::Partner
        | Trigger::Agent { .. }
        | Trigger::Phone
        | Trigger::Late
        | Trigger::Reopened { .. }
        | Trigger::Outbound { .. } => false,
    }
}
