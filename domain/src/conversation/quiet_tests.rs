use super::*;
use crate::{
    conversation::{
        Command, EndingKind,
        tests::{T0, ana, customer_writes, fresh, hand_off, run},
    },
    event::Actor,
};

const GRACE: Span = Span::minutes(30);

fn after(commands: &[Command]) -> Conversation {
    let step = |state, command| run(&state, command, T0).expect("is possible").0;
    commands.iter().fold(fresh(), step)
}

fn claimed() -> Conversation {
    after(&[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }])
}

fn closed(reason: CloseReason) -> Conversation {
    let event = Event::Closed { reason, handoff: None, outcome: None };
    claimed().apply(&event, &Actor::Agent(ana()), T0)
}

fn pending() -> Conversation {
    let seen = Some("msg_1".into());
    let (kind, ending, due_at) = (EndingKind::Close, "end_1".into(), T0.plus(Span::seconds(8)));
    let press = Command::ScheduleEnding { ending, kind, agent: ana(), seen, outcome: None, due_at };
    run(&claimed(), &press, T0).expect("is allowed").0
}

fn thanks() -> Command {
    let Command::Receive(received) = customer_writes("msg_2") else { unreachable!("as built") };
    Command::Receive(Received { turn: TurnEffect::Quiet, written_at: T0.plus(Span::seconds(5)), ..received })
}

#[test]
fn a_thank_you_is_heard_quietly_after_a_close_and_while_one_is_pending() {
    let within = T0.plus(Span(GRACE.0 - 1));
    let table = [
        (closed(CloseReason::Done), true),
        (closed(CloseReason::Bot), true),
        (closed(CloseReason::Merged), false),
        (closed(CloseReason::Imported), false),
        (pending(), true),
        (claimed(), false),
        (fresh(), false),
    ];
    for (conversation, expected) in table {
        assert_eq!(conversation.hears_quietly(within, GRACE), expected, "{conversation:?}");
    }
    assert!(!closed(CloseReason::Done).hears_quietly(T0.plus(GRACE), GRACE), "the grace time is over");
    assert!(!closed(CloseReason::Done).hears_quietly(T0, Span(0)), "it is off");
}

#[test]
fn a_blocked_customer_wakes_nobody_wherever_the_message_arrives() {
    let closes = [CloseReason::Done, CloseReason::Bot, CloseReason::Merged, CloseReason::Imported];
    let blocked = || {
        let Command::Receive(received) = customer_writes("msg_2") else { unreachable!("as built") };
        Command::Receive(Received { turn: TurnEffect::Blocked, late: true, ..received })
    };
    for before in closes.map(closed).into_iter().chain([pending(), claimed(), fresh()]) {
        let (next, events) = run(&before, &blocked(), T0).expect("is received");
        let [Event::CustomerWrote { turn: false, unread: false, quiet: true, reply_target: None, .. }] = &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!(next, Conversation { window: next.window, ..before });
    }
}

#[test]
fn a_quiet_message_renews_the_window_and_changes_nothing_else() {
    for before in [closed(CloseReason::Done), pending()] {
        let (next, events) = run(&before, &thanks(), T0).expect("is received");
        assert!(
            matches!(events[..], [Event::CustomerWrote { quiet: true, turn: false, unread: false, .. }]),
            "{events:?}"
        );
        assert!(!events[0].is_news(&Actor::Customer));
        assert_eq!(next.window.last_turn, Some(T0.plus(Span::seconds(5))));
        assert_eq!(Conversation { window: before.window, ..next }, before);
    }
}

#[test]
fn an_ending_takes_effect_over_a_quiet_message() {
    let (heard, _) = run(&pending(), &thanks(), T0).expect("is received");
    let (ended, _) = run(&heard, &Command::CarryOutEnding { ending: "end_1".into() }, T0).expect("takes effect");
    assert!(!ended.is_open());
}

#[test]
fn where_somebody_has_to_answer_a_quiet_message_is_an_ordinary_one() {
    for state in [fresh(), claimed()] {
        let (next, events) = run(&state, &thanks(), T0).expect("is received");
        assert!(
            matches!(events[..], [Event::CustomerWrote { quiet: false, turn: true, unread: true, .. }]),
            "{events:?}"
        );
        assert_eq!((next.last_turn, next.unread), (Some("msg_2".into()), state.unread + 1));
    }
    for reason in [CloseReason::Merged, CloseReason::Imported] {
        assert_eq!(closed(reason).decide(&thanks(), T0), Err(Refusal::Closed));
    }
}
