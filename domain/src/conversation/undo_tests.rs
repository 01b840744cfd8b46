use super::*;
use crate::{
    conversation::{Command, Received},
    event::CloseReason,
    message::{Author, TurnEffect},
    time::{Span, Timestamp},
    window::Window,
};

const T0: Timestamp = Timestamp(1_000_000);

fn ana() -> AgentId {
    "agt_ana".into()
}

fn ben() -> AgentId {
    "agt_ben".into()
}

/// A conversation with the bot; the customer wrote `msg_1`.
fn fresh() -> Conversation {
    Conversation {
        id: "cnv_1".into(),
        channel: "chn_1".into(),
        customer: "cus_1".into(),
        team: "tem_1".into(),
        previous: None,
        started_at: T0,
        epoch: Epoch(0),
        window: Window::default(),
        last_turn: Some("msg_1".into()),
        last_item: Some("msg_1".into()),
        unread: 0,
        reply_clock: None,
        snooze: None,
        state: State::Bot,
        ending: None,
    }
}

fn run(state: &Conversation, command: &Command) -> Result<(Conversation, Vec<Event>), Refusal> {
    let events = state.decide(command, T0)?;
    let actor = Actor::Agent(ana());
    let next = events.iter().fold(state.clone(), |state, event| state.apply(event, &actor, T0));
    Ok((next, events))
}

fn after(state: Conversation, commands: &[Command]) -> Conversation {
    commands
        .iter()
        .fold(state, |state, command| run(&state, command).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}")).0)
}

fn take_over(agent: AgentId) -> Command {
    Command::TakeOver { agent, handoff: "hof_1".into(), target: Span::minutes(5) }
}

fn writes(id: &str) -> Command {
    Command::Receive(Received {
        message: id.into(),
        kind: "text".into(),
        turn: TurnEffect::Customer,
        digest: String::new(),
        written_at: T0,
        late: false,
        handoff: "hof_late".into(),
        target: Span::minutes(5),
        reply_target: Span::minutes(10),
    })
}

fn reply(agent: AgentId) -> Command {
    Command::Reply { agent, message: "msg_r".into(), kind: "text".into(), digest: String::new() }
}

fn echo(author: Author) -> Command {
    Command::Echo {
        author,
        message: "msg_e".into(),
        kind: "text".into(),
        digest: String::new(),
        at: T0,
        handoff: "hof_e".into(),
        target: Span::minutes(5),
    }
}

#[test]
fn given_a_release_then_it_is_undone_unless_somebody_acted() {
    let answered = after(fresh(), &[take_over(ana()), reply(ana())]);
    let released = after(answered.clone(), &[Command::Release { agent: ana() }]);
    let undo = Command::UndoRelease { agent: ana(), epoch: released.epoch };
    let back = after(released.clone(), std::slice::from_ref(&undo));
    assert_eq!((back.agent(), back.handoff()), (answered.agent(), answered.handoff()), "no new wait");
    assert!(back.epoch > released.epoch);
    assert_eq!(back.decide(&undo, T0), Err(Refusal::ActedSince(None)), "it is undone once");
    let wrote = after(released.clone(), &[writes("msg_2")]);
    assert!(wrote.decide(&undo, T0).is_ok(), "the customer is not a colleague");
    let claimed = after(released, &[Command::Claim { agent: ben() }]);
    assert_eq!(claimed.decide(&undo, T0), Err(Refusal::ActedSince(Some(ben()))));
}

#[test]
fn given_a_takeover_then_the_undo_gives_it_back_to_its_owner() {
    let hand_off = |trigger| Command::HandOff {
        handoff: "hof_0".into(),
        trigger,
        message: None,
        target: Span::minutes(5),
        turn: None,
        team: None,
    };
    let again = after(fresh(), &[take_over(ana()), Command::Release { agent: ana() }, take_over(ana())]);
    assert_eq!(again.owner_before(&ana(), None), PreviousOwner::Nobody, "it was waiting");
    let bens = after(fresh(), &[hand_off(Trigger::Model), Command::Claim { agent: ben() }]);
    let cases = [
        (fresh(), PreviousOwner::Bot),
        (after(fresh(), &[hand_off(Trigger::Model)]), PreviousOwner::Nobody),
        (after(fresh(), &[echo(Author::Phone)]), PreviousOwner::Phone),
        (bens, PreviousOwner::Agent(ben())),
    ];
    for (before, expected) in cases {
        let taken = after(before.clone(), &[take_over(ana())]);
        let from = before.agent().cloned();
        assert_eq!(taken.owner_before(&ana(), from.as_ref()), expected);
        let undo = Command::UndoTakeOver { agent: ana(), epoch: taken.epoch, back_to: expected.clone() };
        let back = after(taken.clone(), std::slice::from_ref(&undo));
        assert_eq!((back.agent(), back.handoff()), (before.agent(), before.handoff()), "{expected:?}");
        assert_eq!(std::mem::discriminant(&back.state), std::mem::discriminant(&before.state));
        assert!(back.epoch > taken.epoch, "a turn of the bot from before stays refused");
        let answered = after(taken.clone(), &[reply(ana())]);
        assert_eq!(answered.decide(&undo, T0), Err(Refusal::ActedSince(None)), "an answer is not undone");
        let lost = after(taken, &[take_over(ben())]);
        assert_eq!(lost.decide(&undo, T0), Err(Refusal::ActedSince(Some(ben()))));
        let closed = Conversation {
            state: State::Closed { at: T0, by: Actor::Agent(ben()), reason: CloseReason::Done },
            ..lost
        };
        assert_eq!(closed.decide(&undo, T0), Err(Refusal::ActedSince(Some(ben()))));
    }
}
