use super::*;
use crate::{
    conversation::{
        Command,
        tests::{T0, ana, ben, customer_writes, fresh, hand_off, run},
    },
    window::LENGTH,
};

const LATER: Timestamp = T0.plus(Span::minutes(10));

fn step(state: Conversation, command: Command) -> Conversation {
    run(&state, &command, T0).expect("is possible").0
}

fn claimed() -> Conversation {
    [customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }].into_iter().fold(fresh(), step)
}

fn closed(reason: CloseReason, by: Actor) -> Conversation {
    claimed().apply(&Event::Closed { reason, handoff: None, outcome: None }, &by, T0)
}

fn done() -> Conversation {
    closed(CloseReason::Done, Actor::Agent(ana()))
}

fn reopen(agent: AgentId, open: Option<&str>) -> Command {
    let open = open.map(Into::into);
    Command::Reopen { agent, handoff: "hof_2".into(), target: Span::minutes(5), open }
}

#[test]
fn a_reopened_conversation_is_the_agents_with_a_handoff_of_its_own() {
    let before = done();
    let (next, events) = run(&before, &reopen(ben(), None), LATER).expect("is possible");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(next.agent(), Some(&ben()));
    let handoff = next.handoff().expect("has a handoff");
    assert_eq!((handoff.id.as_str(), &handoff.trigger), ("hof_2", &Trigger::Reopened { agent: ben() }));
    assert_eq!((handoff.requested_at, handoff.claimed.as_ref().map(|claimed| claimed.at)), (LATER, Some(LATER)));
    assert!(next.epoch > before.epoch);
    assert_eq!((next.reply_clock, next.unread), (None, 0), "nobody waits");
    // Whatever the customer wrote before is no obstacle to the next close.
    let close = Command::Close { agent: ben(), seen: Some("msg_1".into()) };
    assert!(run(&next, &close, LATER).is_ok());
    // The message that reopened it starts the clock.
    let (waits, _) = run(&next, &customer_writes("msg_2"), LATER).expect("is received");
    assert!(waits.reply_clock.is_some() && waits.unread == 1);
}

#[test]
fn a_refused_reopening_says_why() {
    let by = || Actor::Agent(ana());
    let refused = |state: &Conversation, command: &Command, at| state.decide(command, at).expect_err("is refused");
    let table = [
        (done(), Some("cnv_2"), Refusal::ContinuedIn("cnv_2".into())),
        (closed(CloseReason::Merged, Actor::System), Some("cnv_2"), Refusal::ContinuedIn("cnv_2".into())),
        (closed(CloseReason::Merged, Actor::System), None, Refusal::Merged),
        (closed(CloseReason::Imported, Actor::System), None, Refusal::Imported),
        (fresh(), None, Refusal::WithBot),
        (claimed(), None, Refusal::OwnedBy(ana())),
        (step(claimed(), Command::Release { agent: ana() }), None, Refusal::NotClaimed),
    ];
    for (state, open, expected) in table {
        assert_eq!(refused(&state, &reopen(ben(), open), LATER), expected, "{state:?}");
    }
    assert_eq!(refused(&claimed(), &reopen(ana(), None), LATER), Refusal::AlreadyYours);
    for reason in [CloseReason::Done, CloseReason::Bot] {
        let state = closed(reason, by());
        assert!(state.decide(&reopen(ana(), None), T0.plus(Span(LENGTH.0 - 1))).is_ok());
        assert_eq!(refused(&state, &reopen(ana(), None), T0.plus(LENGTH)), Refusal::WindowClosed);
    }
}

#[test]
fn only_an_agents_own_close_reopens_for_them_and_only_within_the_grace_time() {
    let grace = Span::minutes(30);
    assert_eq!(done().reopens_for(LATER, grace), Some(&ana()));
    assert_eq!(done().reopens_for(T0.plus(grace), grace), None);
    for state in [closed(CloseReason::Bot, Actor::Bot), closed(CloseReason::Merged, Actor::System), claimed(), fresh()]
    {
        assert_eq!(state.reopens_for(LATER, grace), None);
    }
}
