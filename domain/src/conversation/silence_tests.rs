use super::{
    super::tests::{T0, after, ana, ben, customer_writes, fresh, hand_off, reply, run, sent},
    *,
};
use crate::{
    conversation::{Command, EndingKind, ReplyClock, Snooze, SnoozeKind},
    event::{Actor, Amendment},
    time::Span,
    window::LENGTH,
};

const TIMES: SilenceTimes = SilenceTimes { remind_after: Span::minutes(30), close_after: Span::hours(2) };

/// Nothing has a template for a closed window.
const IN_WINDOW: WindowReach = WindowReach { reminder: false, closing: false };

const fn at(minutes: i64) -> Timestamp {
    T0.plus(Span::minutes(minutes))
}

/// Ana has read and answered everything.
fn answered() -> Conversation {
    let commands = [
        customer_writes("msg_1"),
        hand_off(),
        Command::Claim { agent: ana() },
        Command::See { agent: ana(), left: 0 },
        reply(ana()),
        sent(ana(), T0, None),
    ];
    after(fresh(), &commands)
}

fn silence_of(it: &Conversation) -> Silence {
    it.silence(&"msg_r".into(), T0).expect("the customer's turn")
}

fn step(it: &Conversation, silence: &Silence, minutes: i64) -> SilenceStep {
    it.silence_step(silence, TIMES, IN_WINDOW, at(minutes))
}

#[test]
fn a_silent_customer_is_reminded_once_and_then_the_conversation_closes() {
    let it = answered();
    let silence = silence_of(&it);
    assert_eq!(step(&it, &silence, 29), SilenceStep::WaitUntil(at(30)));
    assert_eq!(step(&it, &silence, 30), SilenceStep::Remind);
    let reminded = Silence { reminded_at: Some(at(30)), ..silence.clone() };
    assert_eq!(step(&it, &reminded, 31), SilenceStep::WaitUntil(at(120)));
    assert_eq!(step(&it, &reminded, 120), SilenceStep::Close);
    // A reminder that was late leaves as much time.
    let late = Silence { reminded_at: Some(at(150)), ..silence.clone() };
    assert_eq!(step(&it, &late, 150), SilenceStep::WaitUntil(at(240)));
    // The close says why.
    let command = Command::CloseSilent { silence: reminded, reach: IN_WINDOW };
    let (closed, events) = run(&it, &command, at(120)).expect("closes");
    let reason = CloseReason::Silent;
    assert_eq!(events, [Event::Closed { reason, handoff: Some("hof_1".into()), outcome: None }]);
    assert_eq!(closed.state, State::Closed { at: at(120), by: Actor::System, reason });
    assert_eq!(run(&closed, &command, at(120)).expect("changes nothing").1, []);
}

#[test]
fn each_step_can_be_switched_off() {
    let it = answered();
    let silence = silence_of(&it);
    let step = |remind_after, close_after, minutes| {
        it.silence_step(&silence, SilenceTimes { remind_after, close_after }, IN_WINDOW, at(minutes))
    };
    let off = Span(0);
    assert_eq!(step(off, off, 600), SilenceStep::Over);
    assert_eq!(step(off, Span::hours(2), 119), SilenceStep::WaitUntil(at(120)));
    assert_eq!(step(off, Span::hours(2), 120), SilenceStep::Close);
    assert_eq!(step(Span::hours(2), off, 120), SilenceStep::Remind);
    let reminded = Silence { reminded_at: Some(at(120)), ..silence.clone() };
    let times = SilenceTimes { remind_after: Span::hours(2), close_after: off };
    assert_eq!(it.silence_step(&reminded, times, IN_WINDOW, at(600)), SilenceStep::Over);
}

#[test]
fn an_unanswered_customer_is_never_silent() {
    let claimed = after(fresh(), &[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }]);
    assert_eq!(claimed.silence(&"msg_r".into(), T0), None);
    // The reply was written before the customer's second message.
    let next = Some(ReplyClock { since: at(1), target: Span::minutes(10) });
    let unanswered = after(claimed, &[reply(ana()), sent(ana(), T0, next)]);
    assert_eq!(unanswered.silence(&"msg_r".into(), T0), None);
    // An answer turns out undelivered.
    let it = answered();
    let silence = silence_of(&it);
    let clock = ReplyClock { since: T0, target: Span::minutes(5) };
    let failed = Event::AnswerFailed { message: "msg_r".into(), at: T0, handoff: None, clock };
    let failed = it.apply(&failed, &Actor::Meta, at(10));
    assert_eq!(step(&failed, &silence, 600), SilenceStep::Over);
}

#[test]
fn it_ends_with_whatever_anybody_does() {
    let silence = silence_of(&answered());
    let applied = |event: Event, actor: Actor| answered().apply(&event, &actor, at(1));
    let queued = Event::Queued {
        message: "msg_2".into(),
        author: crate::message::Author::Agent(ana()),
        kind: "text".into(),
        digest: String::new(),
    };
    let over = [
        after(answered(), &[customer_writes("msg_2")]),
        // What was answered since began a silence of its own.
        after(answered(), &[customer_writes("msg_2"), reply(ana()), sent(ana(), at(5), None)]),
        after(answered(), &[Command::Release { agent: ana() }]),
        after(answered(), &[Command::TakeOver { agent: ben(), handoff: "hof_2".into(), target: Span::minutes(5) }]),
        after(answered(), &[Command::ReturnToBot { agent: ana() }]),
        after(answered(), &[Command::Close { agent: ana(), seen: Some("msg_1".into()) }]),
        applied(Event::CustomerCalled { at: at(1) }, Actor::Customer),
        applied(Event::Amended { message: "msg_1".into(), what: Amendment::Edited }, Actor::Customer),
        applied(queued, Actor::Agent(ana())),
    ];
    for it in over {
        assert_eq!(step(&it, &silence, 600), SilenceStep::Over, "{it:?}");
        assert_eq!(
            it.decide(&Command::CloseSilent { silence: silence.clone(), reach: IN_WINDOW }, at(600)),
            Ok(vec![]),
            "{it:?}"
        );
    }
}

#[test]
fn what_the_owner_keeps_for_themselves_is_left_alone() {
    let silence = silence_of(&answered());
    let snooze = |kind, until| {
        let snooze = Snooze { kind, until };
        step(&after(answered(), &[Command::Snooze { agent: ana(), snooze }]), &silence, 600)
    };
    assert_eq!(snooze(SnoozeKind::Time, Some(at(900))), SilenceStep::Over);
    assert_eq!(snooze(SnoozeKind::Window, Some(at(900))), SilenceStep::Over);
    // Until the customer writes is what silence means.
    assert_eq!(snooze(SnoozeKind::Reply, None), SilenceStep::Remind);
    let close = Command::ScheduleEnding {
        ending: "end_1".into(),
        kind: EndingKind::Close,
        agent: ana(),
        seen: Some("msg_1".into()),
        outcome: None,
        due_at: at(1),
    };
    assert_eq!(step(&after(answered(), &[close]), &silence, 600), SilenceStep::Over);
}

#[test]
fn nothing_happens_outside_the_window() {
    let it = answered();
    let silence = Silence { reminded_at: Some(T0), ..silence_of(&it) };
    let end = T0.plus(LENGTH);
    assert_eq!(it.silence_step(&silence, TIMES, IN_WINDOW, end.minus(Span(1))), SilenceStep::Close);
    assert_eq!(it.silence_step(&silence, TIMES, IN_WINDOW, end), SilenceStep::Over);
    assert_eq!(it.decide(&Command::CloseSilent { silence: silence.clone(), reach: IN_WINDOW }, end), Ok(vec![]));
    let refused = it.apply(&Event::WindowRefused { at: at(1) }, &Actor::Meta, at(1));
    assert_eq!(step(&refused, &silence, 600), SilenceStep::Over);
}

#[test]
fn what_has_a_template_goes_on_outside_the_window() {
    let it = answered();
    let silence = silence_of(&it);
    let times = SilenceTimes { remind_after: Span::hours(23), close_after: Span::hours(25) };
    let ended = it.apply(&Event::WindowRefused { at: at(1) }, &Actor::Meta, at(1));
    let step = |silence: &Silence, reminder, closing, hours| {
        ended.silence_step(silence, times, WindowReach { reminder, closing }, T0.plus(Span::hours(hours)))
    };
    let later = |hours| SilenceStep::WaitUntil(T0.plus(Span::hours(hours)));
    assert_eq!(step(&silence, true, false, 1), later(23));
    assert_eq!(step(&silence, true, false, 23), SilenceStep::Remind);
    assert_eq!(step(&silence, true, true, 23), SilenceStep::Remind);
    // Without a reminder the close comes in its time.
    assert_eq!(step(&silence, false, true, 23), later(25));
    assert_eq!(step(&silence, false, true, 25), SilenceStep::Close);
    let reminded = Silence { reminded_at: Some(T0.plus(Span::hours(23))), ..silence.clone() };
    assert_eq!(step(&reminded, true, true, 25), SilenceStep::Close);
    assert_eq!(step(&reminded, true, false, 25), SilenceStep::Over);
    // And closes the conversation.
    let close = |reach| {
        let command = Command::CloseSilent { silence: reminded.clone(), reach };
        ended.decide(&command, T0.plus(Span::hours(25))).expect("is decided").len()
    };
    assert_eq!(close(WindowReach { reminder: true, closing: true }), 1);
    assert_eq!(close(WindowReach { reminder: true, closing: false }), 0);
}

#[test]
fn a_silence_keeps_its_json() {
    let line = r#"{"reply":"msg_r","since":5,"epoch":3,"last_item":"msg_1","last_turn_at":4,"reminded_at":null}"#;
    let silence: Silence = serde_json::from_str(line).expect("a silence");
    assert_eq!(serde_json::to_string(&silence).expect("is JSON"), line);
}
