//! An agent writes first: they have the conversation from its first moment, and nobody waits for anybody until the customer
//! answers. Whether the person may be written to, and with what, is the server's knowledge.

use super::{Conversation, Epoch, Refusal, State};
use crate::{
    event::Event,
    handoff::Trigger,
    ids::{AgentId, HandoffId},
    time::Span,
};

impl Conversation {
    /// Only a conversation in which nothing has happened yet can begin so.
    pub(super) fn begin(&self, agent: &AgentId, handoff: &HandoffId, target: Span) -> Result<Vec<Event>, Refusal> {
        match &self.state {
            State::Bot if self.epoch == Epoch(0) && self.last_item.is_none() => {
                Ok(vec![self.handed_off(handoff, Trigger::Outbound { agent: agent.clone() }, None, target)])
            }
            State::Bot => Err(Refusal::WithBot),
            State::Human { .. } => Err(Refusal::WithHuman),
            State::Closed { .. } => Err(Refusal::Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{
            Command, Owner, ReplyClock,
            tests::{T0, ana, ben, customer_writes, fresh, run, written},
        },
        message::Author,
        time::Timestamp,
    };

    const LATER: Timestamp = T0.plus(Span::hours(2));

    fn begin(agent: AgentId) -> Command {
        Command::Begin { agent, handoff: "hof_1".into(), target: Span::minutes(5) }
    }

    fn begun() -> Conversation {
        run(&fresh(), &begin(ana()), T0).expect("is possible").0
    }

    #[test]
    fn who_writes_first_has_the_conversation_and_nobody_waits() {
        let (next, events) = run(&fresh(), &begin(ana()), T0).expect("is possible");
        assert_eq!(events.len(), 1, "{events:?}");
        let State::Human { handoff, owner } = &next.state else { panic!("{next:?}") };
        assert_eq!(*owner, Owner::Agent { agent: ana(), since: T0 });
        assert_eq!(handoff.trigger, Trigger::Outbound { agent: ana() });
        assert_eq!(handoff.claimed.as_ref().map(|claimed| (&claimed.by, claimed.at)), Some((&ana(), T0)));
        assert_eq!((next.reply_clock, next.unread, next.epoch), (None, 0, Epoch(1)));
        assert!(!next.window.is_open(T0), "only a template can be sent");
        // and its owner may send one
        let reply =
            Command::Reply { agent: ana(), message: "msg_1".into(), kind: "template".into(), digest: String::new() };
        let (next, events) = run(&next, &reply, T0).expect("is possible");
        assert!(matches!(&events[..], [Event::Queued { author: Author::Agent(by), .. }] if *by == ana()));
        assert_eq!(next.reply_clock, None);
        assert_eq!(run(&next, &Command::Claim { agent: ben() }, T0), Err(Refusal::ClaimedBy(ana())));
    }

    #[test]
    fn the_customers_first_message_starts_the_target() {
        let (waits, _) = run(&begun(), &customer_writes("msg_2"), LATER).expect("is received");
        assert!(matches!(waits.reply_clock, Some(ReplyClock { since, .. }) if since <= LATER), "{waits:?}");
        assert_eq!((waits.agent(), waits.unread), (Some(&ana()), 1));
    }

    #[test]
    fn the_bot_says_nothing_until_the_agent_returns_it() {
        let say = |turn| Command::BotSay { message: "msg_2".into(), kind: "text".into(), digest: String::new(), turn };
        let begun = begun();
        assert_eq!(run(&begun, &say(begun.epoch), LATER), Err(Refusal::TurnOver));
        let (returned, _) = run(&begun, &Command::ReturnToBot { agent: ana() }, LATER).expect("is possible");
        assert!(run(&returned, &say(returned.epoch), LATER).is_ok());
    }

    #[test]
    fn a_conversation_in_which_something_has_happened_does_not_begin() {
        let refused = |state: &Conversation| run(state, &begin(ben()), LATER).expect_err("is refused");
        assert_eq!(refused(&written()), Refusal::WithBot);
        assert_eq!(refused(&begun()), Refusal::WithHuman);
        let close = Command::Close { agent: ana(), seen: None };
        assert_eq!(refused(&run(&begun(), &close, LATER).expect("is possible").0), Refusal::Closed);
    }
}
