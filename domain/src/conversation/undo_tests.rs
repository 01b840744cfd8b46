use super::{
    super::tests::{T0, after_as, ana, ben, customer_writes, reply, staff_writes, take_over, written},
    *,
};
use crate::{conversation::Command, event::CloseReason, message::Author, time::Span};

fn after(state: Conversation, commands: &[Command]) -> Conversation {
    after_as(&Actor::Agent(ana()), state, commands)
}

#[test]
fn given_a_release_then_it_is_undone_unless_somebody_acted() {
    let answered = after(written(), &[take_over(ana()), reply(ana())]);
    let released = after(answered.clone(), &[Command::Release { agent: ana() }]);
    let undo = Command::UndoRelease { agent: ana(), epoch: released.epoch };
    let back = after(released.clone(), std::slice::from_ref(&undo));
    assert_eq!((back.agent(), back.handoff()), (answered.agent(), answered.handoff()), "no new wait");
    assert!(back.epoch > released.epoch);
    assert_eq!(back.decide(&undo, T0), Err(Refusal::ActedSince(None)), "it is undone once");
    let wrote = after(released.clone(), &[customer_writes("msg_2")]);
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
    let again = after(written(), &[take_over(ana()), Command::Release { agent: ana() }, take_over(ana())]);
    assert_eq!(again.owner_before(&ana(), None), PreviousOwner::Nobody, "it was waiting");
    let bens = after(written(), &[hand_off(Trigger::Model), Command::Claim { agent: ben() }]);
    let cases = [
        (written(), PreviousOwner::Bot),
        (after(written(), &[hand_off(Trigger::Model)]), PreviousOwner::Nobody),
        (after(written(), &[staff_writes(Author::Phone)]), PreviousOwner::Phone),
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

#[test]
fn given_an_earlier_takeover_then_a_later_owner_is_not_named_by_it() {
    let taken = after(written(), &[take_over(ana())]);
    assert_eq!(taken.owner_before(&ana(), None), PreviousOwner::Bot);
    assert_eq!(taken.owner_before(&ben(), None), PreviousOwner::Nobody, "another agent requested it");
    let State::Human { handoff, owner: Owner::Agent { agent, .. } } = taken.state.clone() else { panic!("an owner") };
    let owner = Owner::Agent { agent, since: T0.plus(Span::seconds(1)) };
    let later = Conversation { state: State::Human { handoff, owner }, ..taken };
    assert_eq!(later.owner_before(&ana(), None), PreviousOwner::Nobody, "it was requested before");
}

#[test]
fn given_a_release_then_only_the_state_it_left_is_undone() {
    let released = after(written(), &[take_over(ana()), Command::Release { agent: ana() }]);
    let undo = Command::UndoRelease { agent: ana(), epoch: released.epoch };
    let again = Conversation { epoch: released.epoch.next(), ..released };
    assert_eq!(again.decide(&undo, T0), Err(Refusal::ActedSince(None)));
}
