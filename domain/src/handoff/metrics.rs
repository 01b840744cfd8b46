//! The definitions of the metrics of handoffs and replies, as pure functions over stored event times.
//!
//! A metric is `None` while it is unknown: a handoff that nobody answered has no response time, and reports show it
//! apart instead of leaving it out. A message of the bot ends no wait of a person. Which conversations and handoffs count
//! is defined in `cohorts`, how ratings are counted in `ratings`. Percentiles and opening hours do not belong here: facts
//! keep how much of each time was within opening hours. To add a metric: its definition in one sentence, its function, and
//! a row in the tests.

mod cohorts;
mod ratings;

use std::collections::BTreeSet;

pub use self::{
    cohorts::{
        STAYS_CLOSED, came_back, counts, is_demand, is_escalated, is_reply_awaited, is_target_met, is_undone,
        is_waited_for,
    },
    ratings::RatingTally,
};
use super::HandoffEnd;
use crate::{
    event::{Entry, Event},
    ids::MessageId,
    message::Author,
    time::{Span, Timestamp},
};

/// The stored times of one handoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandoffTimes {
    pub requested_at: Timestamp,
    /// The first claim.
    pub claimed_at: Option<Timestamp>,
    /// When the first message of a person was sent.
    pub first_reply_at: Option<Timestamp>,
    pub ended: Option<(Timestamp, HandoffEnd)>,
}

/// What lies between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Between {
    pub fn time(self) -> Span {
        self.to.since(self.from)
    }
}

impl HandoffTimes {
    /// Requested until claimed.
    pub fn waiting(&self) -> Option<Between> {
        self.claimed_at.map(|to| Between { from: self.requested_at, to })
    }

    /// Requested until a person's first message to the customer was sent.
    pub fn response(&self) -> Option<Between> {
        self.first_reply_at.map(|to| Between { from: self.requested_at, to })
    }

    /// Claimed until the handoff ended, however it ended.
    pub fn handling(&self) -> Option<Between> {
        let (to, _) = self.ended?;
        self.claimed_at.map(|from| Between { from, to })
    }

    /// Requested until the conversation was closed. A return to the bot or a merge resolves nothing.
    pub fn resolution(&self) -> Option<Between> {
        match self.ended? {
            (to, HandoffEnd::Closed) => Some(Between { from: self.requested_at, to }),
            (_, HandoffEnd::ReturnedToBot | HandoffEnd::Merged) => None,
        }
    }
}

/// A customer's wait for a further reply, credited to the sender of the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextReply {
    pub message: MessageId,
    pub by: Author,
    /// From the first unanswered message of the customer until the reply was sent.
    pub time: Span,
}

/// The next reply times in the entries of one conversation, oldest first. The first reply of a handoff is none of them:
/// it has a response time. A reply that failed afterwards answered nothing.
pub fn next_replies<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<NextReply> {
    let mut replies: Vec<NextReply> = Vec::new();
    let mut first = BTreeSet::new();
    for entry in entries {
        if let Event::Answered { message, by, waited, .. } = &entry.event {
            replies.push(NextReply { message: message.clone(), by: by.clone(), time: *waited });
        } else if let Event::FirstReplySent { message, .. } = &entry.event {
            first.insert(message.clone());
        } else if let Event::AnswerFailed { message, .. } = &entry.event {
            first.remove(message);
            replies.retain(|reply| reply.message != *message);
        }
    }
    replies.retain(|reply| !first.contains(&reply.message));
    replies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{conversation::ReplyClock, event::Actor, ids::Seq};

    const MINUTE: Span = Span::minutes(1);

    fn at(minutes: i64) -> Timestamp {
        Timestamp(minutes * MINUTE.0)
    }

    fn times() -> HandoffTimes {
        HandoffTimes {
            requested_at: at(10),
            claimed_at: Some(at(12)),
            first_reply_at: Some(at(15)),
            ended: Some((at(40), HandoffEnd::Closed)),
        }
    }

    /// Waiting, response, handling and resolution time.
    fn all(times: HandoffTimes) -> [Option<Span>; 4] {
        [times.waiting(), times.response(), times.handling(), times.resolution()].map(|it| it.map(Between::time))
    }

    #[test]
    fn each_time_of_a_handoff_has_its_two_ends() {
        let times = times();
        assert_eq!(all(times), [2, 5, 28, 30].map(|minutes| Some(Span::minutes(minutes))));
    }

    #[test]
    fn a_time_without_its_end_is_unknown_and_not_zero() {
        let open = HandoffTimes { claimed_at: None, first_reply_at: None, ended: None, ..times() };
        assert_eq!(all(open), [None; 4]);
        // Ended without a claim, by somebody who never had it.
        let unclaimed = HandoffTimes { claimed_at: None, ..times() };
        assert_eq!(all(unclaimed)[2..], [None, Some(Span::minutes(30))]);
        // Only a close resolves.
        for end in [HandoffEnd::ReturnedToBot, HandoffEnd::Merged] {
            let ended = HandoffTimes { ended: Some((at(40), end)), ..times() };
            assert_eq!(all(ended)[2..], [Some(Span::minutes(28)), None], "{end:?}");
        }
    }

    #[test]
    fn a_reply_on_the_phone_before_any_claim_is_a_response() {
        let phone = HandoffTimes { claimed_at: None, first_reply_at: Some(at(11)), ..times() };
        assert_eq!(all(phone)[..2], [None, Some(MINUTE)]);
    }

    fn log(events: Vec<Event>) -> Vec<Entry> {
        let entry = |(seq, event): (usize, Event)| Entry {
            seq: Seq(i64::try_from(seq).expect("few")),
            at: at(0),
            actor: Actor::Meta,
            conversation: Some("cnv_1".into()),
            event,
        };
        events.into_iter().enumerate().map(entry).collect()
    }

    fn answered(message: &str, agent: &str, minutes: i64) -> Event {
        Event::Answered {
            message: message.into(),
            by: Author::Agent(agent.into()),
            clock: ReplyClock { since: at(17), target: MINUTE },
            waited: Span::minutes(minutes),
            next: None,
        }
    }

    #[test]
    fn further_replies_are_credited_to_their_senders() {
        let first = Event::FirstReplySent {
            handoff: "hof_1".into(),
            message: "msg_1".into(),
            by: Author::Agent("agt_ana".into()),
            after: Span::minutes(5),
        };
        let queued = Event::FirstReplied {
            handoff: "hof_1".into(),
            by: Author::Agent("agt_ana".into()),
            after: Span::minutes(1),
        };
        let entries = log(vec![
            queued,
            answered("msg_1", "agt_ana", 5),
            first,
            answered("msg_2", "agt_ana", 3),
            Event::BotRefused,
            answered("msg_3", "agt_ben", 7),
        ]);
        let found: Vec<_> = next_replies(&entries).into_iter().map(|reply| (reply.by, reply.time)).collect();
        let by = |agent: &str| Author::Agent(agent.into());
        assert_eq!(found, [(by("agt_ana"), Span::minutes(3)), (by("agt_ben"), Span::minutes(7))]);
    }

    #[test]
    fn a_reply_that_failed_afterwards_does_not_count() {
        let failed = Event::AnswerFailed {
            message: "msg_2".into(),
            at: at(20),
            handoff: None,
            clock: ReplyClock { since: at(17), target: MINUTE },
        };
        // given a reply that is sent, fails, and is sent again
        let mut events = vec![answered("msg_2", "agt_ana", 3), failed];
        assert_eq!(next_replies(&log(events.clone())), []);
        events.push(answered("msg_2", "agt_ana", 9));
        let times: Vec<_> = next_replies(&log(events)).into_iter().map(|reply| reply.time).collect();
        assert_eq!(times, [Span::minutes(9)]);
    }
}
