use super::{
    super::tests::{T0, after, ana, ben, customer_writes, fresh, hand_off, reply, run, sent, take_over},
    *,
};
use crate::{
    calendar::{Calendar, Interval},
    conversation::{Command, Snooze, SnoozeKind},
    event::Actor,
};

/// A Monday, 10:00 UTC.
const MONDAY: Timestamp = Timestamp(1_772_445_600_000);

const fn at(seconds: i64) -> Timestamp {
    MONDAY.plus(Span::seconds(seconds))
}

/// Ana's, and the customer waits since Monday, 10:00.
fn waiting() -> Conversation {
    let claimed = after(fresh(), &[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }]);
    let clock = claimed.reply_clock.map(|clock| super::super::ReplyClock { since: MONDAY, ..clock });
    Conversation { reply_clock: clock, ..claimed }
}

fn wait() -> UnattendedWait {
    waiting().unattended_wait().expect("the customer waits")
}

/// Ana is not connected, and was last seen when the customer began to wait. The server has accepted streams for long.
fn gone() -> Attendance {
    Attendance { is_connected: false, last_seen: Some(MONDAY), accepting_since: Some(T0) }
}

fn step(attendance: Attendance, seconds: i64) -> UnattendedStep {
    waiting().unattended_step(&wait(), attendance, &TenantSettings::default(), at(seconds))
}

#[test]
fn a_customer_waits_five_minutes_for_an_agent_who_is_gone() {
    assert_eq!(step(gone(), 0), UnattendedStep::WaitUntil(at(300)));
    assert_eq!(step(gone(), 299), UnattendedStep::WaitUntil(at(300)));
    assert_eq!(step(gone(), 300), UnattendedStep::Release);
    // The time counts from the last of: what was seen of the agent, the customer's message, the start of the server.
    let seen = |last_seen| Attendance { last_seen, ..gone() };
    assert_eq!(step(seen(Some(at(200))), 300), UnattendedStep::WaitUntil(at(500)));
    assert_eq!(step(seen(Some(at(200))), 500), UnattendedStep::Release);
    for long_ago in [None, Some(T0)] {
        assert_eq!(step(seen(long_ago), 299), UnattendedStep::WaitUntil(at(300)));
        assert_eq!(step(seen(long_ago), 300), UnattendedStep::Release);
    }
    let restarted = Attendance { accepting_since: Some(at(250)), ..gone() };
    assert_eq!(step(restarted, 549), UnattendedStep::WaitUntil(at(550)));
    assert_eq!(step(restarted, 550), UnattendedStep::Release);
}

#[test]
fn an_agent_with_a_stream_is_looked_at_again_before_they_could_be_gone() {
    let connected = Attendance { is_connected: true, ..gone() };
    let UnattendedStep::WaitUntil(next) = step(connected, 6_000) else { panic!("she is there") };
    assert!(next > at(6_000) && next < at(6_000).plus(GONE_AFTER));
}

#[test]
fn nothing_is_released_while_the_server_accepts_no_streams_or_the_tenant_keeps_them() {
    let stopped = Attendance { accepting_since: None, ..gone() };
    assert!(matches!(step(stopped, 6_000), UnattendedStep::WaitUntil(_)));
    let settings = TenantSettings { gone_agents: GoneAgents::Keep, ..TenantSettings::default() };
    let step = waiting().unattended_step(&wait(), gone(), &settings, at(6_000));
    assert!(matches!(step, UnattendedStep::WaitUntil(_)));
}

#[test]
fn the_time_counts_within_opening_hours_only() {
    let day = Interval::parse("09:00", "17:00").expect("an interval");
    let mut calendar = Calendar { weekly: std::array::from_fn(|_| vec![day]), ..Calendar::default() };
    let step = |calendar: &Calendar, last_seen, now| {
        let settings = TenantSettings { calendar: calendar.clone(), ..TenantSettings::default() };
        let attendance = Attendance { last_seen: Some(last_seen), ..gone() };
        waiting().unattended_step(&wait(), attendance, &settings, now)
    };
    let (hour, minute) = (|hour: i64| at(hour * 3_600), Span::minutes);
    // given an agent who goes at 16:58, the time goes on at 9:00 from its beginning
    let (went, opens) = (hour(7).minus(minute(2)), hour(23));
    assert_eq!(step(&calendar, went, hour(7).minus(minute(1))), UnattendedStep::WaitUntil(hour(7).plus(minute(3))));
    assert_eq!(step(&calendar, went, hour(7).plus(minute(3))), UnattendedStep::WaitUntil(opens.plus(minute(5))));
    assert_eq!(step(&calendar, went, opens.plus(minute(4))), UnattendedStep::WaitUntil(opens.plus(minute(5))));
    assert_eq!(step(&calendar, went, opens.plus(minute(5))), UnattendedStep::Release);
    // given an agent who goes in time, it is over before the tenant closes
    assert_eq!(step(&calendar, hour(7).minus(minute(6)), hour(7).minus(minute(1))), UnattendedStep::Release);
    // given a tenant that never opens, somebody looks again
    calendar.weekly = std::array::from_fn(|_| Vec::new());
    calendar.weekly[6] = vec![day];
    calendar.holidays = (0..200).map(sunday).collect();
    let UnattendedStep::WaitUntil(later) = step(&calendar, MONDAY, hour(1)) else { panic!("it is closed") };
    assert!(later > hour(1));
}

/// A Sunday on which the tenant is closed.
fn sunday(week: i64) -> crate::calendar::Holiday {
    let first = jiff::civil::date(2026, 3, 8);
    let date = first.checked_add(jiff::Span::new().weeks(week)).expect("a date");
    crate::calendar::Holiday { date, name: String::new(), intervals: Vec::new() }
}

#[test]
fn the_release_keeps_the_customers_clock_and_says_why() {
    let before = waiting();
    let command = Command::ReleaseUnattended { wait: wait() };
    let (released, events) = run(&before, &command, at(300)).expect("is released");
    let why = ReleaseReason::AgentGone;
    assert_eq!(events, [Event::Released { handoff: "hof_1".into(), agent: ana(), why }]);
    assert_eq!((released.agent(), released.reply_clock), (None, before.reply_clock));
    assert_eq!(released.epoch, before.epoch.next());
    let handoff = released.handoff().expect("it waits for an agent");
    assert_eq!((handoff.released_at, &handoff.released_by), (Some(at(300)), &None), "everybody is alerted");
    assert_eq!(run(&released, &command, at(300)).expect("changes nothing").1, []);
}

#[test]
fn who_releases_is_remembered_until_the_release_is_undone() {
    let (released, _) = run(&waiting(), &Command::Release { agent: ana() }, at(1)).expect("is released");
    assert_eq!(released.handoff().expect("a handoff").released_by, Some(ana()));
    let undo = Command::UndoRelease { agent: ana(), epoch: released.epoch };
    let (back, _) = run(&released, &undo, at(2)).expect("is undone");
    assert_eq!(back.handoff().expect("a handoff").released_by, None);
}

#[test]
fn a_wait_that_is_over_releases_nothing() {
    let answered = after(waiting(), &[reply(ana()), sent(ana(), at(10), None)]);
    let asked_again = after(answered.clone(), &[customer_writes("msg_2")]);
    let snoozed = Conversation { snooze: Some(Snooze { kind: SnoozeKind::Reply, until: None }), ..waiting() };
    let over = [
        answered,
        asked_again,
        snoozed,
        after(waiting(), &[take_over(ben())]),
        after(waiting(), &[Command::Release { agent: ana() }]),
        after(waiting(), &[Command::ReturnToBot { agent: ana() }]),
        waiting().apply(
            &Event::Closed { reason: crate::event::CloseReason::Done, handoff: None, outcome: None },
            &Actor::Agent(ana()),
            at(1),
        ),
    ];
    let command = Command::ReleaseUnattended { wait: wait() };
    for it in over {
        assert_eq!(it.decide(&command, at(600)), Ok(Vec::new()), "{:?}", it.state);
        let step = it.unattended_step(&wait(), gone(), &TenantSettings::default(), at(600));
        assert_eq!(step, UnattendedStep::Over, "{:?}", it.state);
    }
}
