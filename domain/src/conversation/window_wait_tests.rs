use super::{
    super::tests::{T0, after, ana, customer_writes, fresh, hand_off, reply, run, sent},
    *,
};
use crate::{
    conversation::{Command, EndingKind, ReplyClock},
    event::Actor,
    thread_control::{ResponderRole, ThreadControl},
    window::LENGTH,
};

const CLOSES: Timestamp = T0.plus(LENGTH);
const WAIT: WindowWait = WindowWait { closes: CLOSES };

const fn left(minutes: i64) -> Timestamp {
    CLOSES.minus(Span::minutes(minutes))
}

/// Ana has a conversation whose customer waits since the beginning.
fn waiting() -> Conversation {
    after(fresh(), &[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }])
}

fn step(it: &Conversation, minutes: i64) -> WindowStep {
    it.window_step(WAIT, AskBefore::Minutes30, left(minutes))
}

fn ask(wait: WindowWait) -> Command {
    Command::AskToKeepOpen { wait, message: "msg_a".into(), kind: "buttons".into(), digest: "d".into() }
}

#[test]
fn a_customer_who_waits_is_asked_before_the_window_closes() {
    let it = waiting();
    assert_eq!(it.window_wait(), Some(WAIT));
    assert_eq!(step(&it, 31), WindowStep::WaitUntil(left(30)));
    for minutes in [30, 1] {
        assert_eq!(step(&it, minutes), WindowStep::Ask);
    }
    assert_eq!(step(&it, 0), WindowStep::Over);
    for (before, minutes) in [(AskBefore::Minutes15, 15), (AskBefore::Minutes60, 60)] {
        assert_eq!(it.window_step(WAIT, before, left(minutes)), WindowStep::Ask);
        assert_eq!(it.window_step(WAIT, before, left(minutes + 1)), WindowStep::WaitUntil(left(minutes)));
    }
    assert_eq!(it.window_step(WAIT, AskBefore::Never, left(5)), WindowStep::Over);
    let (_, events) = run(&it, &ask(WAIT), left(30)).expect("asks");
    let queued = queued(&"msg_a".into(), Author::System, "buttons", "d");
    assert_eq!(events, [queued, Event::WindowAsked { message: "msg_a".into(), closes: CLOSES }]);
}

#[test]
fn an_unassigned_customer_waits_too() {
    let it = after(fresh(), &[customer_writes("msg_1"), hand_off()]);
    assert_eq!((it.agent(), step(&it, 20)), (None, WindowStep::Ask));
}

#[test]
fn nobody_is_asked_who_waits_for_nothing() {
    let answered = after(waiting(), &[reply(ana()), sent(ana(), T0.plus(Span::minutes(1)), None)]);
    let with_bot = after(waiting(), &[Command::ReturnToBot { agent: ana() }]);
    let closed = after(waiting(), &[Command::Close { agent: ana(), seen: Some("msg_1".into()) }]);
    let refused = waiting().apply(&Event::WindowRefused { at: T0 }, &Actor::Meta, T0);
    let mut elsewhere = waiting();
    elsewhere.control = ThreadControl::Theirs { role: ResponderRole::AiAgent, since: T0 };
    for (what, it) in [
        ("the bot's", after(fresh(), &[customer_writes("msg_1")])),
        ("answered", answered),
        ("returned", with_bot),
        ("closed", closed),
        ("refused", refused),
        ("with another app", elsewhere),
    ] {
        assert_eq!(it.window_wait(), None, "{what}");
        assert_eq!(step(&it, 10), WindowStep::Over, "{what}");
        assert_eq!(it.decide(&ask(WAIT), left(10)), Ok(vec![]), "{what}");
    }
}

#[test]
fn a_queued_reply_is_no_answer_until_it_is_sent() {
    assert_eq!(step(&after(waiting(), &[reply(ana())]), 10), WindowStep::Ask);
    // What failed after it had answered has the customer wait again, in the same window.
    let answered = after(waiting(), &[reply(ana()), sent(ana(), T0.plus(Span::minutes(1)), None)]);
    let clock = ReplyClock { since: T0, target: Span::minutes(5) };
    let failed = Event::AnswerFailed { message: "msg_r".into(), at: T0, handoff: None, clock };
    assert_eq!(answered.apply(&failed, &Actor::Meta, left(20)).window_wait(), Some(WAIT));
}

#[test]
fn a_newer_message_of_the_customer_begins_another_window() {
    let later = T0.plus(Span::hours(20));
    let it = waiting();
    let wrote = Event::CustomerWrote {
        message: "msg_2".into(),
        kind: "text".into(),
        turn: true,
        unread: true,
        at: later,
        late: false,
        digest: String::new(),
        reply_target: None,
        quiet: false,
    };
    let renewed = it.apply(&wrote, &Actor::Customer, later);
    assert_eq!(step(&renewed, 10), WindowStep::Over);
    assert_eq!(renewed.window_wait(), Some(WindowWait { closes: later.plus(LENGTH) }));
}

#[test]
fn nobody_is_asked_while_a_close_can_be_undone() {
    let press = |due_at| Command::ScheduleEnding {
        ending: "end_1".into(),
        kind: EndingKind::Close,
        agent: ana(),
        seen: Some("msg_1".into()),
        outcome: None,
        due_at,
    };
    let (it, _) = run(&waiting(), &press(left(29)), left(30)).expect("is pending");
    assert_eq!(step(&it, 30), WindowStep::WaitUntil(left(29).plus(AFTER_ENDING)));
    // One that waits for the journal is looked at again.
    assert_eq!(step(&it, 20), WindowStep::WaitUntil(left(20).plus(AFTER_ENDING)));
    assert_eq!(it.decide(&ask(WAIT), left(30)), Ok(vec![]));
    let undone = after(it, &[Command::UndoEnding { agent: ana(), ending: "end_1".into() }]);
    assert_eq!(step(&undone, 29), WindowStep::Ask);
}

#[test]
fn a_wait_keeps_its_json() {
    let line = r#"{"closes":5}"#;
    let wait: WindowWait = serde_json::from_str(line).expect("a wait");
    assert_eq!(serde_json::to_string(&wait).expect("is JSON"), line);
}
