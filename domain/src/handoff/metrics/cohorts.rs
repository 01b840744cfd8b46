//! Which conversations, handoffs and closes count in which metric. Times are defined in `metrics`.

use crate::{
    event::CloseReason,
    handoff::{HandoffEnd, TriggerKind},
    report::facts::{BegunBy, ClosingFact, ConversationFact, HandoffFact},
    time::{Span, Timestamp},
};

/// How long a close has to hold.
pub const STAYS_CLOSED: Span = Span::days(7);

/// Whether handoffs of such a conversation have waiting and response times that count, and the conversation an escalation.
/// What the business began is a cohort of its own, and what was imported happened before Handoff.
pub const fn counts(begun_by: BegunBy) -> bool {
    match begun_by {
        BegunBy::Customer | BegunBy::Partner => true,
        BegunBy::Business | BegunBy::Import => false,
    }
}

/// Whether a customer could wait until such a handoff was claimed. An agent who takes over, or for whom a conversation is
/// reopened, has it from the first moment, as one who writes first: these waiting times are 0 and would hide the others. Whom staff answer in the
/// WhatsApp app needs nobody to claim it: these waiting times say when somebody looked.
pub const fn is_waited_for(trigger: TriggerKind) -> bool {
    match trigger {
        TriggerKind::Keyword
        | TriggerKind::Flow
        | TriggerKind::Model
        | TriggerKind::Partner
        | TriggerKind::Late
        | TriggerKind::Failure => true,
        TriggerKind::Phone | TriggerKind::Agent | TriggerKind::Reopened | TriggerKind::Outbound => false,
    }
}

/// Whether a customer could wait for the first reply of such a handoff. One that began with an answer in the WhatsApp app had
/// its reply before, and one that an agent began had nobody who asked: these response times would hide the others.
pub const fn is_reply_awaited(trigger: TriggerKind) -> bool {
    match trigger {
        TriggerKind::Keyword
        | TriggerKind::Flow
        | TriggerKind::Model
        | TriggerKind::Partner
        | TriggerKind::Agent
        | TriggerKind::Late
        | TriggerKind::Reopened
        | TriggerKind::Failure => true,
        TriggerKind::Phone | TriggerKind::Outbound => false,
    }
}

/// Whether an agent stepped in and undid that. Whoever steps in has claimed the handoff, unless this claim was undone.
pub fn is_undone(trigger: TriggerKind, claimed_at: Option<Timestamp>, end: Option<HandoffEnd>) -> bool {
    trigger == TriggerKind::Agent && claimed_at.is_none() && end == Some(HandoffEnd::ReturnedToBot)
}

impl HandoffFact {
    /// Whether an agent stepped in and undid that, see [`is_undone`].
    pub fn is_undone(&self) -> bool {
        let claimed_at = self.claimed.as_ref().map(|(_, at)| *at);
        is_undone(self.trigger.kind, claimed_at, self.ended.as_ref().map(|ended| ended.end))
    }
}

/// Whether such a handoff needed somebody with time for it, and so belongs to what a roster is tried on. A takeover by hand
/// and a reopened conversation do: nobody waited for a claim, but somebody had to be there. Whom staff answer in the
/// WhatsApp app needs nobody of the roster.
pub const fn is_demand(begun_by: BegunBy, trigger: TriggerKind) -> bool {
    counts(begun_by) && is_reply_awaited(trigger)
}

/// Whether a conversation that the bot took part in was escalated: it has a handoff. `None`: it is not in the cohort.
/// One that was merged goes on in another, which counts.
pub fn is_escalated(conversation: &ConversationFact) -> Option<bool> {
    let is_merged = conversation.closed.as_ref().is_some_and(|closed| closed.reason == CloseReason::Merged);
    let is_in = counts(conversation.begun_by) && conversation.bot_took_part && !is_merged;
    is_in.then_some(conversation.first_handoff.is_some())
}

/// Whether a person's first reply came within the target. `None` while it may still come in time, if the handoff ended
/// before without a wait for it, and if nobody waited for a reply. A breach is never undone.
pub fn is_target_met(handoff: &HandoffFact, now: Timestamp) -> Option<bool> {
    if !is_reply_awaited(handoff.trigger.kind) {
        return None;
    }
    if let Some(reply) = &handoff.first_reply {
        return Some(reply.at.since(handoff.requested_at) <= handoff.target);
    }
    let until = handoff.ended.as_ref().map_or(now, |ended| ended.at);
    let is_breached = handoff.lost || until.since(handoff.requested_at) > handoff.target;
    is_breached.then_some(false)
}

/// Whether the matter came back within [`STAYS_CLOSED`]: the conversation was reopened, or the customer began another one on
/// the number. `None` while it may still come back.
pub fn came_back(closing: &ClosingFact, now: Timestamp) -> Option<bool> {
    let back = closing.reopened_at.into_iter().chain(closing.followed_at).min();
    let limit = closing.at.plus(STAYS_CLOSED);
    match back {
        Some(back) if back <= limit => Some(true),
        Some(_) | None => (now > limit).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closing(reopened_at: Option<Timestamp>, followed_at: Option<Timestamp>) -> ClosingFact {
        ClosingFact {
            seq: crate::ids::Seq(1),
            conversation: "cnv_1".into(),
            channel: "chn_1".into(),
            handoff: None,
            at: Timestamp(0),
            reason: CloseReason::Done,
            agent: None,
            bot_alone: false,
            outcome: None,
            reopened_at,
            followed_at,
        }
    }

    #[test]
    fn a_close_holds_if_nothing_comes_back_for_seven_days() {
        let day = |day: i64| Timestamp(Span::days(day).0);
        let at = |reopened, followed, now| came_back(&closing(reopened, followed), now);
        assert_eq!(at(None, None, day(7)), None, "it may still come back");
        assert_eq!(at(None, None, day(8)), Some(false));
        assert_eq!(at(None, Some(day(5)), day(6)), Some(true));
        assert_eq!(at(Some(day(9)), Some(day(7)), day(9)), Some(true));
        assert_eq!(at(Some(day(9)), None, day(9)), Some(false));
    }

    #[test]
    fn only_conversations_of_customers_count() {
        let counted: Vec<_> = BegunBy::ALL.into_iter().filter(|it| counts(*it)).collect();
        assert_eq!(counted, [BegunBy::Customer, BegunBy::Partner]);
        let instant: Vec<_> = TriggerKind::ALL.into_iter().filter(|it| !is_waited_for(*it)).collect();
        assert_eq!(instant, [TriggerKind::Agent, TriggerKind::Phone, TriggerKind::Reopened, TriggerKind::Outbound]);
        let answered: Vec<_> = TriggerKind::ALL.into_iter().filter(|it| !is_reply_awaited(*it)).collect();
        assert_eq!(answered, [TriggerKind::Phone, TriggerKind::Outbound]);
        let needless: Vec<_> = TriggerKind::ALL.into_iter().filter(|it| !is_demand(BegunBy::Customer, *it)).collect();
        assert_eq!(needless, [TriggerKind::Phone, TriggerKind::Outbound]);
        assert!(!is_demand(BegunBy::Business, TriggerKind::Keyword));
    }

    #[test]
    fn only_a_takeover_without_a_claim_that_went_back_to_the_bot_is_undone() {
        let (claimed, back) = (Some(Timestamp(1)), Some(HandoffEnd::ReturnedToBot));
        assert!(is_undone(TriggerKind::Agent, None, back));
        assert!(!is_undone(TriggerKind::Agent, claimed, back), "the agent returned it");
        assert!(!is_undone(TriggerKind::Keyword, None, back));
        assert!(!is_undone(TriggerKind::Agent, None, Some(HandoffEnd::Closed)));
        assert!(!is_undone(TriggerKind::Agent, None, None));
    }
}
