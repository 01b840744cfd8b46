use proptest::prelude::*;

use super::{
    super::tests::{T0, after_as, ana, ben, customer_writes, reply, run_as, staff_writes, take_over, written},
    *,
};
use crate::{
    conversation::{Command, PreviousOwner, Received, Snooze, SnoozeKind},
    handoff::Trigger,
    message::TurnEffect,
};

const DUE: Timestamp = T0.plus(UNDO_TIME);

fn run(state: &Conversation, command: &Command) -> Result<(Conversation, Vec<Event>), Refusal> {
    run_as(&Actor::Agent(ana()), state, command, T0)
}

fn after(state: Conversation, commands: &[Command]) -> Conversation {
    after_as(&Actor::Agent(ana()), state, commands)
}

fn press(agent: AgentId, kind: EndingKind, seen: &str) -> Command {
    let (ending, seen, outcome) = ("end_1".into(), Some(seen.into()), Some("otc_1".into()));
    Command::ScheduleEnding { ending, kind, agent, seen, outcome, due_at: DUE }
}

/// Ana has it and pressed.
fn pending(kind: EndingKind) -> Conversation {
    after(written(), &[take_over(ana()), press(ana(), kind, "msg_1")])
}

fn cause(events: &[Event]) -> Option<CancelCause> {
    events.iter().find_map(|event| if let Event::EndingCancelled { cause, .. } = event { Some(*cause) } else { None })
}

const CARRY_OUT: fn() -> Command = || Command::CarryOutEnding { ending: "end_1".into() };

#[test]
fn given_a_press_then_nothing_changes_until_it_is_carried_out() {
    for kind in EndingKind::ALL {
        let before = after(written(), &[take_over(ana())]);
        let pending = pending(kind);
        assert_eq!(pending.ending.as_ref().map(|it| (it.kind, it.epoch, it.due_at)), Some((kind, before.epoch, DUE)));
        assert_eq!(Conversation { ending: None, ..pending.clone() }, before);
        let (over, events) = run(&pending, &CARRY_OUT()).expect("is due");
        assert_eq!((events.len(), cause(&events), over.ending), (1, None, None));
        match kind {
            EndingKind::Close => {
                assert!(
                    matches!(&events[0], Event::Closed { outcome: Some(chosen), .. } if chosen.as_str() == "otc_1")
                );
            }
            EndingKind::ReturnToBot => assert_eq!(over.state, State::Bot),
        }
    }
}

#[test]
fn given_a_pending_ending_when_it_is_undone_then_the_epoch_stays() {
    let pending = pending(EndingKind::Close);
    let undo = |agent: AgentId, ending: &str| Command::UndoEnding { agent, ending: ending.into() };
    assert_eq!(pending.decide(&undo(ana(), "end_0"), T0), Err(Refusal::EndingOver), "an earlier one");
    assert_eq!(pending.decide(&undo(ben(), "end_1"), T0), Err(Refusal::PressedBy(ana())));
    let undone = after(pending, &[undo(ana(), "end_1")]);
    assert_eq!(undone, after(written(), &[take_over(ana())]));
    assert_eq!(undone.decide(&undo(ana(), "end_1"), T0), Err(Refusal::EndingOver));
    assert_eq!(undone.decide(&CARRY_OUT(), T0), Err(Refusal::EndingOver));
}

#[test]
fn given_a_pending_ending_when_it_is_pressed_again_then_nothing_is_pending() {
    let pending = pending(EndingKind::Close);
    for kind in EndingKind::ALL {
        let (next, events) = run(&pending, &press(ana(), kind, "msg_1")).expect("cancels");
        assert_eq!((next.ending, events.len(), cause(&events)), (None, 1, Some(CancelCause::PressedAgain)));
    }
    let by_another = press(ben(), EndingKind::Close, "msg_1");
    assert_eq!(pending.decide(&by_another, T0), Err(Refusal::OwnedBy(ana())));
}

#[test]
fn given_a_refused_ordinary_command_then_the_press_is_refused_alike() {
    let with_ana = after(written(), &[take_over(ana())]);
    for kind in EndingKind::ALL {
        assert_eq!(with_ana.decide(&press(ana(), kind, "msg_0"), T0), Err(Refusal::CustomerJustWrote));
        assert_eq!(with_ana.decide(&press(ben(), kind, "msg_1"), T0), Err(Refusal::OwnedBy(ana())));
    }
    assert_eq!(written().decide(&press(ana(), EndingKind::ReturnToBot, "msg_1"), T0), Err(Refusal::WithBot));
    assert!(written().decide(&press(ana(), EndingKind::Close, "msg_1"), T0).is_ok(), "anyone closes what the bot has");
}

#[test]
fn given_a_pending_ending_then_each_of_these_commands_cancels_it_and_says_why() {
    let notice = |turn: TurnEffect| match customer_writes("msg_2") {
        Command::Receive(received) => Command::Receive(Received { turn, ..received }),
        other => other,
    };
    let snooze = Snooze { kind: SnoozeKind::Reply, until: None };
    let cases = [
        (customer_writes("msg_2"), CancelCause::CustomerWrote),
        (notice(TurnEffect::Notice), CancelCause::CustomerWrote),
        (notice(TurnEffect::Silent), CancelCause::CustomerWrote),
        (take_over(ben()), CancelCause::Claimed),
        (reply(ana()), CancelCause::Replied),
        (staff_writes(Author::Phone), CancelCause::RepliedByPhone),
        (Command::Release { agent: ana() }, CancelCause::Released),
        (Command::Snooze { agent: ana(), snooze }, CancelCause::Snoozed),
        (Command::Merge, CancelCause::Merged),
        (Command::Close { agent: ana(), seen: Some("msg_1".into()) }, CancelCause::Ended),
        (Command::ReturnToBot { agent: ana() }, CancelCause::Ended),
        (Command::CancelEnding { cause: CancelCause::AgentDeactivated }, CancelCause::AgentDeactivated),
    ];
    for kind in EndingKind::ALL {
        for (command, expected) in &cases {
            let (next, events) = run(&pending(kind), command).expect("is possible");
            assert!(matches!(events[0], Event::EndingCancelled { .. }), "{command:?}: the cancellation comes first");
            assert_eq!((cause(&events), next.ending), (Some(*expected), None), "{command:?}");
        }
        for command in [Command::See { agent: ana(), left: 0 }, staff_writes(Author::Partner)] {
            let (next, events) = run(&pending(kind), &command).expect("is possible");
            assert_eq!((cause(&events), next.ending.is_some()), (None, true), "{command:?}");
        }
    }
}

#[test]
fn given_a_pending_ending_then_only_news_without_a_command_cancels_it() {
    let pending = pending(EndingKind::Close);
    let amended = |what| Event::Amended { message: "msg_1".into(), what };
    let told = |event: &Event, actor: &Actor| cause(pending.cancellation(event, actor).as_slice());
    for what in [Amendment::Edited, Amendment::Revoked] {
        assert_eq!(told(&amended(what), &Actor::Customer), Some(CancelCause::CustomerAmended));
        assert_eq!(told(&amended(what), &Actor::Meta), None, "the business changed a message of its own");
    }
    for what in [Amendment::Reacted, Amendment::FileKept, Amendment::FileFailed] {
        assert_eq!(told(&amended(what), &Actor::Customer), None);
    }
    let status = |status| Event::Delivered { message: "msg_r".into(), status, code: None, pricing: None };
    for read in crate::message::Delivery::ALL {
        assert_eq!(told(&status(read), &Actor::Meta), None);
    }
    assert_eq!(told(&Event::CustomerCalled { at: T0 }, &Actor::Customer), Some(CancelCause::CustomerCalled));
    assert_eq!(told(&Event::PartnerTook, &Actor::Meta), Some(CancelCause::PartnerTook));
    assert_eq!(told(&Event::Resent { message: "msg_r".into() }, &Actor::Agent(ana())), Some(CancelCause::Replied));
    let imported = Event::Echoed {
        message: "msg_0".into(),
        author: Author::Phone,
        kind: "text".into(),
        at: T0,
        digest: String::new(),
    };
    assert_eq!(told(&imported, &Actor::System), None, "imported history is no news");
    let free = after(written(), &[take_over(ana())]);
    assert_eq!(free.cancellation(&Event::PartnerTook, &Actor::Meta), None, "nothing is pending");
}

#[test]
fn the_undo_time_has_bounds_and_a_goodbye_is_one_message() {
    let press = EndingPress {
        kind: EndingKind::Close,
        seen: None,
        goodbye: Goodbye::default(),
        outcome: None,
        undo_time: None,
    };
    for (chosen, own, expected) in [
        (None, 8, 8),
        (None, 60, 60),
        (None, 90, 60),
        (Some(20), 8, 20),
        (Some(0), 8, 1),
        (Some(-5), 8, 1),
        (Some(90), 8, 60),
    ] {
        let press = EndingPress { undo_time: chosen.map(Span::seconds), ..press.clone() };
        assert_eq!(press.due_at(T0, Span::seconds(own)), T0.plus(Span::seconds(expected)), "{chosen:?} {own}");
    }
    let with = |text: String| EndingPress { goodbye: Goodbye::Edited(text), ..press.clone() };
    assert_eq!(with("x".repeat(TEXT_LIMIT)).violation(), None);
    assert!(with("x".repeat(TEXT_LIMIT + 1)).violation().is_some());
    assert_eq!(press.violation(), None);
}

#[test]
fn the_agent_is_told_unless_they_cancelled_it_themselves() {
    for cause in CancelCause::ALL {
        let own = matches!(cause, CancelCause::Undone | CancelCause::PressedAgain | CancelCause::Snoozed);
        assert_eq!(cause.is_news(&Actor::Agent(ana()), &ana()), !own, "{cause:?}");
        assert!(cause.is_news(&Actor::Agent(ben()), &ana()) && cause.is_news(&Actor::System, &ana()), "{cause:?}");
    }
}

#[test]
fn given_a_pending_close_then_the_bots_turn_waits_and_a_failure_still_asks_for_an_agent() {
    let pending = after(written(), &[press(ana(), EndingKind::Close, "msg_1")]);
    let hand_off = |turn| Command::HandOff {
        handoff: "hof_1".into(),
        trigger: Trigger::Model,
        message: None,
        target: Span::minutes(5),
        turn,
        team: None,
    };
    let turn = pending.epoch;
    let say = Command::BotSay { message: "msg_b".into(), kind: "text".into(), digest: String::new(), turn };
    for command in [say, Command::BotClose { turn, seen: Some("msg_1".into()) }, hand_off(Some(turn))] {
        assert_eq!(pending.decide(&command, T0), Err(Refusal::EndingPending), "{command:?}");
    }
    let (_, events) = run(&pending, &hand_off(None)).expect("an agent is needed");
    assert_eq!(cause(&events), Some(CancelCause::HandedOff));
}

#[test]
fn given_somebody_acted_since_the_press_then_it_is_refused_with_the_reason() {
    let pressed = pending(EndingKind::Close);
    let moved = Conversation { epoch: pressed.epoch.next(), ..pressed };
    assert_eq!(moved.decide(&CARRY_OUT(), T0), Err(Refusal::ActedSince(Some(ana()))));
    let earlier = Command::CarryOutEnding { ending: "end_0".into() };
    assert_eq!(moved.decide(&earlier, T0), Err(Refusal::EndingOver));
}

fn command() -> impl Strategy<Value = Command> {
    let agent = prop_oneof![Just(ana()), Just(ben())];
    let seen = prop_oneof![Just("msg_1"), Just("msg_2")];
    let kind = prop_oneof![Just(EndingKind::Close), Just(EndingKind::ReturnToBot)];
    let pressed =
        (agent.clone(), kind, seen, 0u8..9).prop_map(|(agent, kind, seen, id)| match press(agent, kind, seen) {
            Command::ScheduleEnding { kind, agent, seen, outcome, due_at, .. } => {
                let ending = format!("end_{id}").as_str().into();
                Command::ScheduleEnding { ending, kind, agent, seen, outcome, due_at }
            }
            other => other,
        });
    let ending = (0u8..9).prop_map(|id| EndingId::from(format!("end_{id}")));
    let epoch = (0i64..6).prop_map(Epoch);
    prop_oneof![
        6 => pressed,
        2 => (agent.clone(), ending.clone()).prop_map(|(agent, ending)| Command::UndoEnding { agent, ending }),
        4 => ending.prop_map(|ending| Command::CarryOutEnding { ending }),
        1 => Just(Command::CancelEnding { cause: CancelCause::AgentDeactivated }),
        1 => prop_oneof![Just("msg_1"), Just("msg_2")].prop_map(customer_writes),
        2 => agent.clone().prop_map(take_over),
        1 => agent.clone().prop_map(reply),
        1 => agent.clone().prop_map(|agent| Command::Claim { agent }),
        1 => agent.clone().prop_map(|agent| Command::Release { agent }),
        1 => agent.clone().prop_map(|agent| Command::See { agent, left: 0 }),
        1 => prop_oneof![Just(Author::Phone), Just(Author::Partner)].prop_map(staff_writes),
        1 => epoch.clone().prop_map(|turn| Command::BotSay { message: "msg_b".into(), kind: "text".into(), digest: String::new(), turn }),
        1 => (agent.clone(), epoch.clone()).prop_map(|(agent, epoch)| Command::UndoRelease { agent, epoch }),
        1 => (agent, epoch).prop_map(|(agent, epoch)| Command::UndoTakeOver { agent, epoch, back_to: PreviousOwner::Nobody }),
    ]
}

proptest! {
    #[test]
    fn a_pending_ending_is_carried_out_or_cancelled_once_and_changes_nothing_before(
        commands in prop::collection::vec(command(), 0..60),
    ) {
        let mut state = written();
        for command in &commands {
            let Ok((next, events)) = run(&state, command) else { continue };
            let named = |event: &&Event| matches!(event, Event::EndingCancelled { .. } | Event::EndingScheduled { .. });
            // An ending ends once: by its own command, or with an entry that says why.
            match (&state.ending, &next.ending) {
                (Some(before), after) if after.as_ref() != Some(before) => {
                    let carried_out = matches!(command, Command::CarryOutEnding { ending } if *ending == before.id);
                    prop_assert_eq!(cause(&events).is_none(), carried_out, "{:?}", command);
                    prop_assert_eq!(after, &None, "one press does not replace another");
                }
                _ => prop_assert_eq!(cause(&events), None),
            }
            // A press and an undo change nothing else, and enqueue nothing.
            if events.iter().any(|event| named(&event)) && events.len() == 1 {
                prop_assert_eq!(Conversation { ending: None, ..next.clone() }, Conversation { ending: None, ..state.clone() });
            }
            // While one is pending nobody has acted, the customer has written nothing, and it is not over.
            if let Some(pending) = &next.ending {
                prop_assert_eq!(pending.epoch, next.epoch);
                prop_assert_eq!(&pending.seen, &next.last_turn);
                prop_assert!(next.is_open());
                prop_assert!(next.agent().is_none_or(|agent| *agent == pending.agent));
            }
            // The bot's turn waits; the tenant's notices and a failure's handoff do not.
            prop_assert!(!state.holds_bot() || command.bot_turn().is_none());
            if let Command::CarryOutEnding { .. } = command {
                prop_assert!(state.ending.is_some() && next.ending.is_none() && next.epoch > state.epoch);
            }
            state = next;
        }
    }
}
