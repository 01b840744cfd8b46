use super::{
    super::tests::{T0, after, ana, ben, customer_writes, fresh, hand_off, reply, run, sent},
    *,
};
use crate::{
    conversation::{Command, Received, ReplyClock},
    event::{Actor, Amendment},
    message::TurnEffect,
};

const fn at(minutes: i64) -> Timestamp {
    T0.plus(Span::minutes(minutes))
}

const TOMORROW: Snooze = Snooze { kind: SnoozeKind::Time, until: Some(at(24 * 60)) };

fn snooze(agent: AgentId, snooze: Snooze) -> Command {
    Command::Snooze { agent, snooze }
}

/// Ana has it, has replied, and put it aside.
fn snoozed() -> Conversation {
    let commands = [
        customer_writes("msg_1"),
        hand_off(),
        Command::Claim { agent: ana() },
        reply(ana()),
        sent(ana(), T0, None),
        snooze(ana(), TOMORROW),
    ];
    after(fresh(), &commands)
}

#[test]
fn each_choice_has_its_end_and_says_why_it_is_impossible() {
    let window = Window::default().renewed(T0);
    let begin = |until: SnoozeUntil, now| until.begin(window, now).map(|snooze| (snooze.kind, snooze.until));
    assert_eq!(begin(SnoozeUntil::Reply, T0), Ok((SnoozeKind::Reply, None)));
    assert_eq!(begin(SnoozeUntil::Time(at(5)), T0), Ok((SnoozeKind::Time, Some(at(5)))));
    assert!(begin(SnoozeUntil::Time(T0), T0).is_err() && begin(SnoozeUntil::Time(at(-5)), T0).is_err());
    let longest = T0.plus(LONGEST);
    assert!(begin(SnoozeUntil::Time(longest), T0).is_ok());
    assert!(begin(SnoozeUntil::Time(longest.plus(Span(1))), T0).is_err());
    // One hour before the window ends, if that is still to come.
    let end = at(23 * 60);
    assert_eq!(begin(SnoozeUntil::WindowEnd, T0), Ok((SnoozeKind::Window, Some(end))));
    assert!(begin(SnoozeUntil::WindowEnd, end.minus(Span(1))).is_ok() && begin(SnoozeUntil::WindowEnd, end).is_err());
    assert!(SnoozeUntil::WindowEnd.begin(Window::default(), T0).is_err(), "there is no window");
}

#[test]
fn only_the_owner_snoozes_and_ends_it() {
    assert_eq!(snoozed().snooze, Some(TOMORROW));
    assert_eq!(snoozed().decide(&snooze(ana(), TOMORROW), T0), Ok(vec![]), "it is put aside like that already");
    assert_eq!(snoozed().decide(&snooze(ben(), TOMORROW), T0), Err(Refusal::OwnedBy(ana())));
    assert_eq!(snoozed().decide(&Command::Unsnooze { agent: ben() }, T0), Err(Refusal::OwnedBy(ana())));
    let waiting = after(fresh(), &[hand_off()]);
    assert_eq!(waiting.decide(&snooze(ana(), TOMORROW), T0), Err(Refusal::NotClaimed));
    let awake = after(snoozed(), &[Command::Unsnooze { agent: ana() }]);
    assert_eq!((awake.snooze, awake.agent()), (None, Some(&ana())));
    assert_eq!(awake.decide(&Command::Unsnooze { agent: ana() }, T0), Ok(vec![]));
}

#[test]
fn it_ends_when_it_is_due_and_a_replaced_one_has_no_effect() {
    let due = |until| Command::EndSnooze { until };
    let end = TOMORROW.until.expect("a time");
    assert_eq!(snoozed().decide(&due(at(5)), at(5)), Ok(vec![]), "it was replaced since");
    let (awake, events) = run(&snoozed(), &due(end), end).expect("never refused");
    assert_eq!((awake.snooze, events), (None, vec![Event::SnoozeEnded { why: SnoozeEnd::Due }]));
    assert_eq!(awake.decide(&due(end), end), Ok(vec![]));
}

#[test]
fn news_of_the_customer_end_it_and_silent_messages_do_not() {
    let Command::Receive(received) = customer_writes("msg_2") else { unreachable!("as built") };
    let writes = |turn| after(snoozed(), &[Command::Receive(Received { turn, ..received.clone() })]).snooze;
    assert_eq!(
        [TurnEffect::Customer, TurnEffect::Notice, TurnEffect::Silent].map(writes),
        [None, None, Some(TOMORROW)]
    );
    let changed = |what| {
        let event = Event::Amended { message: "msg_1".into(), what };
        snoozed().apply(&event, &Actor::Customer, T0).snooze
    };
    assert_eq!([Amendment::Edited, Amendment::Revoked, Amendment::Reacted].map(changed), [None, None, Some(TOMORROW)]);
    let called = snoozed().apply(&Event::CustomerCalled { at: T0 }, &Actor::Customer, T0);
    assert_eq!(called.snooze, None);
}

#[test]
fn it_belongs_to_its_owner() {
    let take_over = Command::TakeOver { agent: ben(), handoff: "hof_2".into(), target: Span::minutes(5) };
    let close = Command::Close { agent: ana(), seen: Some("msg_1".into()) };
    let ends = [take_over, Command::Release { agent: ana() }, Command::ReturnToBot { agent: ana() }, close];
    for command in ends {
        assert_eq!(after(snoozed(), std::slice::from_ref(&command)).snooze, None, "{command:?}");
    }
    // A further reply of the owner does not end it, but one that turns out undelivered does.
    assert_eq!(after(snoozed(), &[reply(ana())]).snooze, Some(TOMORROW));
    let clock = ReplyClock { since: T0, target: Span::minutes(5) };
    let failed = Event::AnswerFailed { message: "msg_r".into(), at: T0, handoff: None, clock };
    assert_eq!(snoozed().apply(&failed, &Actor::Meta, T0).snooze, None);
}

#[test]
fn those_that_end_next_come_first() {
    let ranks = [Some(at(1)), Some(at(2)), None].map(|until| Snooze { until, ..TOMORROW }.rank());
    assert!(ranks.is_sorted() && ranks[2] == NO_END, "{ranks:?}");
}
