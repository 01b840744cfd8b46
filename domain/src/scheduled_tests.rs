use super::*;
use crate::{
    conversation::{Command, Epoch, State},
    handoff::Trigger,
    thread_control::ThreadControl,
    window::Window,
};

const T0: Timestamp = Timestamp(1_000_000);
const SOON: Timestamp = T0.plus(Span::seconds(10));

fn ana() -> AgentId {
    "agt_ana".into()
}

fn ben() -> AgentId {
    "agt_ben".into()
}

/// The customer wrote to the bot at `T0`.
fn with_bot() -> Conversation {
    Conversation {
        id: "cnv_1".into(),
        channel: "chn_1".into(),
        customer: "cus_1".into(),
        team: "tem_1".into(),
        previous: None,
        started_at: T0,
        epoch: Epoch(0),
        window: Window::default().renewed(T0),
        last_turn: None,
        last_item: None,
        unread: 0,
        reply_clock: None,
        snooze: None,
        state: State::Bot,
        ending: None,
        control: ThreadControl::default(),
    }
}

fn after(it: Conversation, commands: &[Command]) -> Conversation {
    commands.iter().fold(it, |it, command| {
        let events = it.decide(command, T0).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        events.iter().fold(it, |it, event| it.apply(event, &crate::event::Actor::System, T0))
    })
}

/// Ana has it.
fn claimed() -> Conversation {
    let requested = Command::HandOff {
        handoff: "hof_1".into(),
        trigger: Trigger::Model,
        message: None,
        target: Span::minutes(5),
        turn: None,
        team: None,
    };
    after(with_bot(), &[requested, Command::Claim { agent: ana() }])
}

/// Others join it until then, and it cannot be taken back any more.
fn joined(until: Timestamp) -> SendWait {
    SendWait::Joined(JoinTimes { joins_until: until, undo_until: T0 })
}

fn waiting(wait: SendWait) -> ScheduledState {
    ScheduledState::Waiting(wait)
}

#[test]
fn each_choice_has_its_wait_and_says_why_it_is_impossible() {
    let delay = Span::seconds(10);
    assert_eq!(SendChoice::AfterUndo.begin(delay, &TimeZone::UTC, T0), Ok(SendWait::Undo(SOON)));
    assert_eq!(SendChoice::CustomerBack.begin(delay, &TimeZone::UTC, T0), Ok(SendWait::Customer));
    assert_eq!(SendChoice::At(SOON).begin(delay, &TimeZone::UTC, T0), Ok(SendWait::Time(SOON)));
    let longest = T0.plus(LONGEST);
    assert!(SendChoice::At(longest).begin(delay, &TimeZone::UTC, T0).is_ok());
    for impossible in [T0, T0.minus(Span(1)), longest.plus(Span(1))] {
        assert!(SendChoice::At(impossible).begin(delay, &TimeZone::UTC, T0).is_err(), "{impossible:?}");
    }
    // T0 is a quarter past midnight in UTC, and an hour later in Berlin.
    let morning = |zone: &TimeZone| SendChoice::TomorrowMorning.begin(delay, zone, T0);
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    assert_eq!(morning(&TimeZone::UTC), Ok(SendWait::Time(Timestamp(Span::hours(33).0))));
    assert_eq!(morning(&berlin), Ok(SendWait::Time(Timestamp(Span::hours(32).0))));
    assert_eq!(SendWait::Undo(SOON).due_at(), Some(SOON));
    assert_eq!((SendWait::Time(SOON).due_at(), SendWait::Customer.due_at()), (Some(SOON), None));
}

#[test]
fn a_message_is_sent_at_its_time_and_not_before() {
    for wait in [SendWait::Undo(SOON), joined(SOON), SendWait::Time(SOON)] {
        assert_eq!(waiting(wait).due(&claimed(), &ana(), SOON.minus(Span(1))), NextSend::Wait);
        assert_eq!(waiting(wait).due(&claimed(), &ana(), SOON), NextSend::Send);
    }
    assert_eq!(waiting(SendWait::Customer).due(&claimed(), &ana(), T0), NextSend::Send);
}

#[test]
fn a_message_that_does_not_fit_any_more_asks_its_author() {
    let window_ends = T0.plus(Span::hours(24));
    let closed = after(claimed(), &[Command::Close { agent: ana(), seen: None }]);
    let returned = after(claimed(), &[Command::ReturnToBot { agent: ana() }]);
    let released = after(claimed(), &[Command::Release { agent: ana() }]);
    let theirs = after(released.clone(), &[Command::Claim { agent: ben() }]);
    let cases = [
        (closed, SOON, SendDoubt::Closed),
        (returned, SOON, SendDoubt::WithBot),
        (released, SOON, SendDoubt::NotYours),
        (theirs, SOON, SendDoubt::NotYours),
        (claimed(), window_ends, SendDoubt::WindowClosed),
    ];
    for (it, now, doubt) in cases {
        assert_eq!(waiting(SendWait::Time(SOON)).due(&it, &ana(), now), NextSend::Ask(doubt), "{:?}", it.state);
    }
    assert_eq!(waiting(SendWait::Undo(SOON)).due(&claimed(), &ana(), window_ends.minus(Span(1))), NextSend::Send);
}

#[test]
fn the_customers_message_asks_sends_or_leaves_what_waits() {
    let wrote = |turn, quiet| Event::CustomerWrote {
        message: "msg_1".into(),
        kind: "text".into(),
        turn,
        unread: true,
        at: T0,
        late: false,
        digest: String::new(),
        reply_target: None,
        quiet,
    };
    let turn = wrote(true, false);
    assert_eq!(waiting(SendWait::Time(SOON)).after(&turn), NextSend::Ask(SendDoubt::CustomerWrote));
    assert_eq!(waiting(SendWait::Customer).after(&turn), NextSend::Send);
    assert_eq!(waiting(SendWait::Undo(SOON)).after(&turn), NextSend::Wait);
    // Nothing joins a message that the customer's own has followed, and it is sent then. It can be taken back as before.
    assert_eq!(waiting(joined(SOON)).after(&turn), NextSend::Become(joined(T0)));
    let slow = JoinTimes { joins_until: SOON, undo_until: SOON.plus(Span(1)) };
    let ended = SendWait::Joined(JoinTimes { joins_until: T0, ..slow });
    assert_eq!(waiting(SendWait::Joined(slow)).after(&turn), NextSend::Become(ended));
    assert_eq!(waiting(ended).after(&turn), NextSend::Wait);
    assert_eq!(waiting(joined(SOON)).after(&wrote(true, true)), NextSend::Become(joined(T0)), "a thank-you, too");
    assert_eq!(waiting(joined(SOON)).after(&wrote(false, false)), NextSend::Wait, "a reaction is no message");
    assert_eq!(ScheduledState::Asking(SendDoubt::Closed).after(&turn), NextSend::Wait);
    for wait in [SendWait::Time(SOON), SendWait::Customer] {
        assert_eq!(waiting(wait).after(&wrote(true, true)), NextSend::Wait, "a thank-you changes nothing");
        assert_eq!(waiting(wait).after(&wrote(false, false)), NextSend::Wait, "neither does a reaction");
    }
}

#[test]
fn what_waits_for_a_customer_asks_when_the_conversation_ends() {
    let closed = Event::Closed { reason: crate::event::CloseReason::Done, handoff: None, outcome: None };
    let returned = Event::ReturnedToBot { handoff: "hof_1".into(), agent: ana() };
    let undone = |to| Event::TakeOverUndone { handoff: "hof_1".into(), agent: ana(), to };
    let given_back = undone(PreviousOwner::Bot);
    for (event, doubt) in
        [(closed, SendDoubt::Closed), (returned, SendDoubt::WithBot), (given_back, SendDoubt::WithBot)]
    {
        assert!(ends_with_agent(&event));
        assert_eq!(waiting(SendWait::Customer).after(&event), NextSend::Ask(doubt));
        // At its time, it is decided anew.
        assert_eq!(waiting(SendWait::Time(SOON)).after(&event), NextSend::Wait);
    }
    // A colleague gets the customer's next message, and it asks then.
    let colleagues = undone(PreviousOwner::Agent(ben()));
    assert!(!ends_with_agent(&colleagues));
    assert_eq!(waiting(SendWait::Customer).after(&colleagues), NextSend::Wait);
}

#[test]
fn what_was_written_first_is_sent_first() {
    let later = SOON.plus(Span(1));
    let cases = [
        // A shorter time to take it back does not let a message overtake.
        (SendWait::Undo(later), SendWait::Undo(SOON), true),
        (joined(later), joined(SOON), true),
        (joined(later), SendWait::Undo(SOON), true),
        (SendWait::Undo(later), joined(SOON), true),
        (joined(SOON), SendWait::Time(later), false),
        (joined(SOON), SendWait::Customer, false),
        (SendWait::Time(SOON), joined(later), false),
        (SendWait::Customer, joined(SOON), false),
        (SendWait::Customer, SendWait::Customer, true),
        (SendWait::Time(SOON), SendWait::Time(SOON), true),
        (SendWait::Time(SOON), SendWait::Time(later), true),
        (SendWait::Time(later), SendWait::Time(SOON), false),
        (SendWait::Time(SOON), SendWait::Undo(later), false),
        (SendWait::Customer, SendWait::Undo(SOON), false),
        (SendWait::Undo(SOON), SendWait::Time(later), false),
    ];
    for (one, other, is_first) in cases {
        assert_eq!(one.precedes(other), is_first, "{one:?} before {other:?}");
    }
}

/// Rows hold these lines.
#[test]
fn states_keep_their_golden_lines() {
    let golden = [
        (waiting(SendWait::Undo(Timestamp(7))), r#"{"waiting":{"undo":7}}"#),
        (
            waiting(SendWait::Joined(JoinTimes { joins_until: Timestamp(7), undo_until: Timestamp(8) })),
            r#"{"waiting":{"joined":{"joins_until":7,"undo_until":8}}}"#,
        ),
        (waiting(SendWait::Time(Timestamp(7))), r#"{"waiting":{"time":7}}"#),
        (waiting(SendWait::Customer), r#"{"waiting":"customer"}"#),
        (ScheduledState::Asking(SendDoubt::NotYours), r#"{"asking":"not_yours"}"#),
    ];
    for (state, line) in golden {
        assert_eq!(serde_json::to_string(&state).expect("a line"), line);
        assert_eq!(serde_json::from_str::<ScheduledState>(line).expect("a state"), state);
    }
}

#[test]
fn a_message_that_asks_is_not_sent_by_itself() {
    for doubt in SendDoubt::ALL {
        assert_eq!(ScheduledState::Asking(doubt).due(&claimed(), &ana(), SOON), NextSend::Wait);
        assert!(doubt.sentence().starts_with("Not sent: "), "{doubt:?}");
        assert_eq!(serde_json::to_value(doubt).expect("a word"), doubt.as_str());
    }
    assert!(waiting(joined(SOON)).is_leaving());
    assert!(waiting(SendWait::Undo(SOON)).is_leaving() && !waiting(SendWait::Time(SOON)).is_leaving());
}

#[test]
fn a_template_does_not_wait_for_an_open_window() {
    let late = T0.plus(crate::window::LENGTH);
    let due = |it: &Conversation| waiting(SendWait::Time(SOON)).due(it, &ana(), late);
    assert_eq!(due(&claimed()), NextSend::Ask(SendDoubt::WindowClosed));
    assert_eq!(due(&claimed()).of_template(), NextSend::Send);
    // What else stops a reply stops a template, too.
    assert_eq!(due(&with_bot()).of_template(), NextSend::Ask(SendDoubt::WithBot));
    assert_eq!(NextSend::Wait.of_template(), NextSend::Wait);
}
