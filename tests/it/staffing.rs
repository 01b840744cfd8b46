//! Staffing: a roster tried on a history whose waits are computed by hand, what counts in it, and the roster as it was.

use handoff::{
    contract::staffing::{RosterSource, StaffingReport, StaffingRequest, StartingRoster, UnfinishedCount},
    domain::{
        calendar::{Calendar, Interval},
        event::Initiator,
        ids::TenantId,
        staffing::{
            concurrency::Concurrency,
            prediction::BusiestHour,
            replay::HandlingClock,
            waits::{PredictedWait, UpperWaits},
        },
        time::{Span, Timestamp},
        week::{WeekHour, Weekday},
    },
    server::{
        accounts::Agent,
        reports::staffing::StaffingError,
        store::report_left_out::{self, LeftOutRow},
    },
};
use jiff::civil::date;

use crate::{
    app::{TestApp, on_both},
    report_facts,
};

/// Requested on the Monday of the start, at a time of that day, and closed.
struct PastRequest {
    number: i64,
    begun_by: &'static str,
    /// `09:10`.
    at: &'static str,
    handled: Span,
    handled_open: Option<Span>,
}

impl PastRequest {
    fn new(number: i64, at: &'static str, minutes: i64) -> Self {
        Self { number, begun_by: "customer", at, handled: Span::minutes(minutes), handled_open: None }
    }
}

/// `09:10` on the Monday of the start, in UTC.
fn monday(time: &str) -> Timestamp {
    let at = format!("2026-03-02T{time}:00Z").parse::<jiff::Timestamp>().expect("a time");
    Timestamp(at.as_millisecond())
}

/// Inserts the facts of handoffs, bypassing the log. Each was claimed after a minute, and answered after another one.
async fn happened(app: &TestApp, tenant: &TenantId, requests: &[PastRequest]) {
    for request in requests {
        let (nth, tenant) = (request.number, tenant.as_str());
        let at = monday(request.at);
        let (claimed, replied) = (at.plus(Span::minutes(1)), at.plus(Span::minutes(2)));
        let ended = claimed.plus(request.handled);
        let open = request.handled_open.map_or_else(|| "NULL".to_owned(), |open| open.0.to_string());
        // After those of the log.
        let seq = 1_000 + nth;
        app.run(&format!(
            "INSERT INTO report_handoffs (handoff_id, tenant_id, conversation_id, channel_id, begun_by, trigger_kind,
                team_id, target, requested_at, requested_seq, claimed_at, claimed_by, first_reply_at, first_reply_by,
                first_reply_agent_id, first_reply_message_id, releases, takeovers, ended_at, ended_seq, end_reason,
                close_reason, owner_id, lost, waiting, response, handling, resolution, open_handling)
             VALUES ('hof_{nth}', '{tenant}', 'cnv_{nth}', 'chn_1', '{begun_by}', 'model', 'team_1', {target}, {at}, {seq},
                {claimed}, 'agt_1', {replied}, 'agent', 'agt_1', 'msg_{nth}', 0, 0, {ended}, {seq}, 'closed', 'done', 'agt_1',
                FALSE, 60000, 120000, {handled}, {handled}, {open})",
            begun_by = request.begun_by,
            target = Span::minutes(5).0,
            at = at.0,
            claimed = claimed.0,
            replied = replied.0,
            ended = ended.0,
            handled = request.handled.0,
        ))
        .await;
        app.run(&format!(
            "INSERT INTO report_stints (tenant_id, seq, conversation_id, handoff_id, channel_id, agent_id, began_at, began_by,
                ended_at, ended_by)
             VALUES ('{tenant}', {seq}, 'cnv_{nth}', 'hof_{nth}', 'chn_1', 'agt_1', {claimed}, 'claimed', {ended}, 'closed')",
            claimed = claimed.0,
            ended = ended.0,
        ))
        .await;
    }
}

fn tried(roster: &str) -> StaffingRequest {
    StaffingRequest { weeks: 2, roster: Some(roster.to_owned()), concurrency: Some(1) }
}

async fn report(app: &TestApp, tenant: &TenantId, request: &StaffingRequest) -> StaffingReport {
    app.services.staffing.read_staffing(tenant, request).await.expect("a report")
}

async fn refused(app: &TestApp, request: StaffingRequest) -> String {
    match app.services.staffing.read_staffing(&app.tenant, &request).await {
        Err(StaffingError::Invalid(detail)) => detail,
        other => panic!("not refused: {other:?}"),
    }
}

/// The waits of few handoffs, in minutes.
fn waits(report: &StaffingReport) -> Vec<i64> {
    match &report.prediction.all.waits.upper {
        UpperWaits::Values(waits) => waits.iter().map(|wait| wait.span().0 / 60_000).collect(),
        UpperWaits::P90(p90) => panic!("many waits: {p90:?}"),
    }
}

on_both!(a_small_history_waits_as_computed_by_hand, async |app| {
    // given three handoffs on a Monday morning, and what does not count: the business's own and an import
    let of = |number, at, begun_by| PastRequest { begun_by, ..PastRequest::new(number, at, 60) };
    let history = [
        PastRequest::new(1, "09:00", 30),
        PastRequest::new(2, "09:10", 10),
        PastRequest::new(3, "09:15", 5),
        of(4, "09:00", "business"),
        of(5, "09:00", "import"),
    ];
    happened(app, &app.tenant, &history).await;
    app.turn(Span::days(7));

    // when one person is tried, then they begin one after the other: at 09:00, 09:30 and 09:40
    let one = report(app, &app.tenant, &tried("mon.0900-1700.1")).await;
    assert_eq!((one.roster.as_str(), one.zone.as_str(), one.weeks), ("mon.0900-1700.1", "UTC", 2));
    assert_eq!((one.from, one.until), (date(2026, 2, 23), date(2026, 3, 9)));
    assert_eq!((one.clock, one.concurrency), (HandlingClock::Wall, Concurrency::ONE));
    let all = &one.prediction.all;
    assert_eq!(waits(&one), [0, 20, 25]);
    assert_eq!(all.waits.median, Some(PredictedWait::Exactly(Span::minutes(20))));
    assert_eq!((all.missed_targets, all.missed_windows, all.still_waiting), (2, 0, 0));
    let hour = WeekHour { weekday: Weekday::Monday, hour: 9 };
    assert_eq!(all.busiest, Some(BusiestHour { hour, arrivals: 3 }));
    assert_eq!(one.prediction.warning(), None);
    // and what agents held is counted, those of the business included: 165 minutes in 60
    assert_eq!(one.observed.map(|it| it.to_string()).as_deref(), Some("2.8"));

    // when two are tried, or one with as many at once as observed, then others wait less
    assert_eq!(waits(&report(app, &app.tenant, &tried("mon.0900-1700.2")).await), [0, 0, 5]);
    let observed = StaffingRequest { concurrency: None, ..tried("mon.0900-1700.1") };
    assert_eq!(waits(&report(app, &app.tenant, &observed).await), [0, 0, 0]);

    // when nobody is, then it says so
    let nobody = report(app, &app.tenant, &tried("")).await;
    assert_eq!(nobody.prediction.all.missed_windows, 3);
    let warning = "Nobody is on this roster. 3 handoffs would never be answered.";
    assert_eq!(nobody.prediction.warning().as_deref(), Some(warning));

    // and the next Monday has as many as the last one
    assert_eq!((one.forecast.weeks, one.forecast.of_day(Weekday::Monday)), (1, 3.0));
    assert_eq!((one.last_week, one.back_test), (None, None), "there is no week before it");
    // and a week later there is a forecast to compare: nothing came
    app.turn(Span::days(7));
    let later = report(app, &app.tenant, &tried("mon.0900-1700.1")).await;
    let check = later.last_week.expect("a forecast");
    assert_eq!((check.by_day.expected, check.by_day.actual), (3.0, 0));
    assert_eq!(later.back_test.map(|test| test.weeks.len()), Some(1));
});

on_both!(handling_times_are_those_in_opening_hours_if_all_are_known, async |app| {
    // given opening hours, and handoffs that were handled over the end of the day
    let day = vec![Interval { from: 540, to: 1_020 }];
    let calendar = Calendar { weekly: std::array::from_fn(|_| day.clone()), ..Calendar::default() };
    app.services.settings.hours_save(&app.tenant, Initiator::SYSTEM, calendar).await.expect("saves");
    let evening = PastRequest { handled_open: Some(Span::minutes(40)), ..PastRequest::new(1, "16:30", 20 * 60) };
    let next = PastRequest { handled_open: Some(Span::minutes(10)), ..PastRequest::new(2, "16:40", 10) };
    happened(app, &app.tenant, &[evening, next]).await;
    app.turn(Span::days(7));

    // then the second one waits until the first has had its 40 minutes, which the night does not count for: 09:10
    let in_hours = report(app, &app.tenant, &tried("mon-sun.0900-1700.1")).await;
    assert_eq!(in_hours.clock, HandlingClock::OpeningHours);
    assert_eq!(waits(&in_hours), [0, 16 * 60 + 30]);
    // but not at all if one of them was not measured in opening hours
    happened(app, &app.tenant, &[PastRequest::new(3, "12:00", 10)]).await;
    let by_the_clock = report(app, &app.tenant, &tried("mon-sun.0900-1700.1")).await;
    assert_eq!(by_the_clock.clock, HandlingClock::Wall);
    assert_eq!(waits(&by_the_clock), [0, 0, 19 * 60 + 50]);
});

on_both!(what_is_left_out_and_other_tenants_do_not_count, async |app| {
    // given a handoff of the log, one of the facts, and another tenant
    let (ana, _) = app.agent("Ana").await;
    let (globex, _) = app.other_tenant().await;
    app.waiting(&ana).await;
    happened(app, &app.tenant, &[PastRequest::new(1, "09:00", 30)]).await;
    app.turn(Span::days(7));
    app.settle().await;

    // then what the log holds is missing until it is counted
    let before = report(app, &app.tenant, &tried("mon.0900-1700.1")).await;
    assert_eq!((before.prediction.all.waits.n, before.unfinished), (1, Some(UnfinishedCount { up_to: None })));
    report_facts::add(&app.services).await;
    let after = report(app, &app.tenant, &tried("mon.0900-1700.1")).await;
    assert_eq!((after.prediction.all.waits.n, after.unfinished), (2, None));
    assert_eq!(after.prediction.drawn, 1, "nobody claimed it");

    // when it is left out, then it does not count
    let facts = report_facts::stored(app, &app.tenant).await;
    let handoff = facts.handoffs.keys().next().expect("one").clone();
    let row = LeftOutRow { handoff, reason: "A test".to_owned(), agent: ana.id().clone(), at: app.now() };
    let mut tx = app.services.db.begin_write().await.expect("begins");
    assert!(report_left_out::insert(&mut tx, &app.tenant, &row).await.expect("leaves out"));
    tx.commit().await.expect("commits");
    assert_eq!(report(app, &app.tenant, &tried("mon.0900-1700.1")).await.prediction.all.waits.n, 1);

    // and the other tenant sees nothing of it
    let theirs = report(app, &globex, &tried("mon.0900-1700.1")).await;
    assert_eq!((theirs.prediction.all.waits.n, theirs.observed, theirs.forecast.weeks), (0, None, 0));
    assert_eq!(theirs.prediction.warning(), None);
});

on_both!(a_request_that_cannot_be_followed_says_why, async |app| {
    assert_eq!(
        refused(app, tried("montag.0900-1700.3")).await,
        "“montag” is not a weekday. Use mon, tue, wed, thu, fri, sat or sun, or a range like mon-fri."
    );
    assert_eq!(refused(app, StaffingRequest { weeks: 3, ..tried("") }).await, "Choose 2, 4, 8 or 12 weeks.");
    // Nobody has ended a handoff yet.
    let (ana, _) = app.agent("Ana").await;
    app.waiting(&ana).await;
    report_facts::add(&app.services).await;
    app.turn(Span::days(1));
    app.settle().await;
    let detail = refused(app, tried("mon.0900-1700.1")).await;
    assert!(detail.starts_with("No handoff has ended yet"), "{detail}");
});

on_both!(the_roster_to_begin_with_is_who_was_online, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let (globex, _) = app.other_tenant().await;
    let example = StartingRoster { roster: "mon-fri.0900-1700.1".to_owned(), source: RosterSource::Example };
    assert_eq!(app.services.staffing.read_starting_roster(&app.tenant).await.expect("reads"), example);

    // given four weeks from the Monday of the start on, with Ana on weekdays and Ben on Monday afternoons
    let mut intervals = Vec::new();
    let mut was = |agent: &Agent, state: &str, from: Timestamp, hours: i64| {
        let (tenant, agent, until) = (app.tenant.as_str(), agent.id().as_str(), from.plus(Span::hours(hours)));
        intervals.push(format!("('{tenant}', '{agent}', '{state}', {}, {})", from.0, until.0));
    };
    for week in 0..4 {
        for day in 0..5 {
            was(&ana, "online", monday("09:00").plus(Span::days(7 * week + day)), 8);
        }
        was(&ben, "online", monday("12:00").plus(Span::days(7 * week)), 3);
        was(&ben, "away", monday("15:00").plus(Span::days(7 * week)), 9);
    }
    let insert = "INSERT INTO presence_intervals (tenant_id, agent_id, state, started_at, ended_at) VALUES";
    app.run(&format!("{insert} {}", intervals.join(", "))).await;
    app.turn(Span::days(28));
    let as_it_was = StartingRoster {
        roster: "mon.0900-1200.1~mon.1200-1500.2~mon.1500-1700.1~tue-fri.0900-1700.1".to_owned(),
        source: RosterSource::Online { from: date(2026, 3, 2), until: date(2026, 3, 30) },
    };
    let staffing = &app.services.staffing;
    assert_eq!(staffing.read_starting_roster(&app.tenant).await.expect("reads"), as_it_was);
    assert_eq!(staffing.read_starting_roster(&globex).await.expect("reads"), example);
    // and it is tried if no other roster is asked for
    let request = StaffingRequest { weeks: 4, roster: None, concurrency: None };
    assert_eq!(report(app, &app.tenant, &request).await.roster, as_it_was.roster);
});
