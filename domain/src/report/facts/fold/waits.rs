//! The customer's waits for a person's reply: what begins and ends them, as `conversation::answer` decides it.

use super::Fold;
use crate::{
    conversation::ReplyClock,
    handoff::{HandoffEnd, metrics::Between},
    ids::{HandoffId, MessageId},
    message::Author,
    report::facts::{FirstReplyFact, Replier, RunningWait, WaitEnd, WaitFact},
    time::{Span, Timestamp},
};

impl RunningWait {
    const fn of(clock: ReplyClock) -> Self {
        Self { since: clock.since, target: clock.target }
    }
}

impl Fold<'_> {
    /// A person's message was sent. `next` is the wait that goes on.
    pub(super) fn answered(
        &mut self,
        message: &MessageId,
        by: &Author,
        clock: ReplyClock,
        waited: Span,
        next: Option<ReplyClock>,
    ) {
        self.conversation.wait = next.map(RunningWait::of);
        let (Some(handoff), Some(by)) = (self.conversation.handoff.clone(), replier(by)) else { return };
        let end = WaitEnd::Answered { message: message.clone(), by };
        self.end_wait(&handoff, RunningWait::of(clock), clock.since.plus(waited), end);
    }

    /// The first reply of a handoff has a response time and is no further reply: its entry follows that of the answer.
    pub(super) fn first_reply_sent(&mut self, handoff: &HandoffId, message: &MessageId, by: &Author, after: Span) {
        self.withdraw(message);
        let Some(by) = replier(by) else { return };
        if let Some(handoff) = self.facts.handoffs.get_mut(handoff) {
            let at = handoff.requested_at.plus(after);
            handoff.first_reply.get_or_insert_with(|| FirstReplyFact { at, by, message: Some(message.clone()) });
            handoff.lost = false;
        }
        self.renew_times_of(handoff);
    }

    /// Old logs tell only when the first reply was queued, and that no wait for a further one ended. Without it, whatever
    /// happened before the upgrade would be unanswered.
    pub(super) fn first_replied(&mut self, handoff: &HandoffId, by: &Author, after: Span) {
        self.conversation.wait = None;
        let Some(by) = replier(by) else { return };
        if let Some(handoff) = self.facts.handoffs.get_mut(handoff) {
            let at = handoff.requested_at.plus(after);
            handoff.first_reply.get_or_insert(FirstReplyFact { at, by, message: None });
        }
        self.renew_times_of(handoff);
    }

    /// A person's message in a handoff whose entries do not tell what answered: the wait that a release began ends.
    pub(super) fn end_untold_wait(&mut self, author: &Author) {
        let first_reply = self.handoff().and_then(|handoff| handoff.first_reply.as_ref());
        if author.is_human() && first_reply.is_some_and(|reply| reply.message.is_none()) {
            self.conversation.wait = None;
        }
    }

    /// What counted as an answer was none: the customer has been waiting all the time.
    pub(super) fn answer_failed(&mut self, message: &MessageId, first_of: Option<&HandoffId>, clock: ReplyClock) {
        self.withdraw(message);
        if let Some(first_of) = first_of {
            if let Some(handoff) = self.facts.handoffs.get_mut(first_of) {
                handoff.first_reply = None;
                handoff.lost = handoff.ended.as_ref().is_some_and(|ended| ended.end == HandoffEnd::Closed);
            }
            self.renew_times_of(first_of);
        }
        if self.handoff().is_some() {
            let running = self.conversation.wait.filter(|running| running.since < clock.since);
            self.conversation.wait = running.or(Some(RunningWait::of(clock)));
            return;
        }
        // The handoff has ended meanwhile, and with it the wait.
        let newest = self.conversation.handoff.as_ref().and_then(|newest| self.facts.handoffs.get(newest));
        let Some((id, ended)) = newest.and_then(|fact| Some((fact.handoff.clone(), fact.ended.clone()?))) else {
            return;
        };
        if first_of != Some(&id) {
            let end = WaitEnd::Unanswered { end: ended.end, owner: ended.owner };
            self.end_wait(&id, RunningWait::of(clock), ended.at.max(clock.since), end);
        }
    }

    pub(super) fn end_wait(&mut self, handoff: &HandoffId, wait: RunningWait, at: Timestamp, end: WaitEnd) {
        let fact = WaitFact {
            seq: self.entry.seq,
            conversation: self.conversation.conversation.clone(),
            handoff: handoff.clone(),
            channel: self.conversation.channel.clone(),
            since: wait.since,
            target: wait.target,
            ended_at: at,
            end,
            lasted: self.context.lasted(Between { from: wait.since, to: at }),
        };
        self.facts.waits.insert(fact.seq, fact);
    }

    /// Removes what a message ended, here or among the stored waits.
    fn withdraw(&mut self, message: &MessageId) {
        let known = self.facts.waits.len();
        self.facts.waits.retain(|_, wait| !wait.is_ended_by(message));
        if self.facts.waits.len() == known {
            self.facts.withdrawn.insert(message.clone());
        }
    }
}

/// The person who wrote a message; `None` for what is not written by people.
fn replier(author: &Author) -> Option<Replier> {
    match author {
        Author::Agent(agent) => Some(Replier::Agent(agent.clone())),
        Author::Phone => Some(Replier::Phone),
        Author::Customer | Author::Bot | Author::System | Author::Partner => None,
    }
}
