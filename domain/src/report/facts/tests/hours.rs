//! Times within opening hours: nights on which the clock changes, breaks, holidays, and midnight in the tenant's zone.

use jiff::tz::TimeZone;

use super::{
    expect_within,
    history::{History, keyword},
};
use crate::{
    calendar::{Calendar, Holiday, Interval, date},
    report::facts::FactContext,
};

fn hours(from: &str, to: &str) -> Interval {
    Interval::parse(from, to).expect("hours")
}

fn within(weekly: [Vec<Interval>; 7], holidays: Vec<Holiday>) -> FactContext {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    FactContext { hours: Some((Calendar { weekly, holidays }, zone)), ..FactContext::default() }
}

/// Requested at once, claimed after `claimed` minutes, answered after `replied`, and closed after `closed`.
fn served(start: &str, claimed: i64, replied: i64, closed: i64) -> History {
    History::from(start)
        .begins(0, "msg_1")
        .requests(0, "hof_1", keyword())
        .claims(claimed, "hof_1", "ana")
        .queues(replied, "msg_2", "ana")
        .answers(replied, "msg_2", "ana", 0)
        .first_reply(replied, "hof_1", "msg_2", "ana", replied)
        .closes(closed, "hof_1", "ana", None)
}

fn expected(handoff: &str, claimed: i64, replied: i64, closed: i64) -> String {
    format!(
        "
        cnv_1 chn_1: customer at 0, 0 bot turns, wrote 1, 1 handoffs from hof_1 at 0, done at {closed}
        hof_1 keyword kwd_1 at 0, claimed by ana at {claimed}, msg_2 by ana at {replied}, closed with ana at {closed} \
         | {handoff}
        ana claimed at {claimed}, closed at {closed}
        close done at {closed} of hof_1 by ana
        msg_2 by ana at {replied} in hof_1, sent at {replied}
        "
    )
}

#[test]
fn on_the_night_of_the_clock_change_real_minutes_count() {
    // Saturday 20:00 to Sunday 06:00, Berlin. On 29 March 2026 the clock jumps from 02:00 to 03:00.
    let mut weekly = <[Vec<Interval>; 7]>::default();
    weekly[5] = vec![hours("20:00", "06:00")];
    let context = within(weekly, Vec::new());
    // Requested at 01:30, claimed at 03:30 on the clock, which is an hour later; closed at 07:00, an hour after the shift.
    let history = served("2026-03-29T00:30:00Z", 60, 90, 270);
    expect_within(&history, &context, &expected("60(60) 90(90) 210(150) 270(210)", 60, 90, 270));
}

#[test]
fn a_split_shift_leaves_the_break_out() {
    let day = vec![hours("09:00", "12:00"), hours("13:00", "17:00")];
    let context = within([day, vec![], vec![], vec![], vec![], vec![], vec![]], Vec::new());
    // Monday 2 March 2026, 11:30 in Berlin: claimed at 13:30, answered at 14:00, closed at 18:00.
    let history = served("2026-03-02T10:30:00Z", 120, 150, 390);
    expect_within(&history, &context, &expected("120(60) 150(90) 270(210) 390(270)", 120, 150, 390));
}

#[test]
fn a_holiday_leaves_its_hours_out() {
    let day = vec![hours("09:00", "17:00")];
    let weekly = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
    let closed = Holiday { date: jiff::civil::date(2026, 3, 3), name: "Founder's day".into(), intervals: vec![] };
    let context = within(weekly, vec![closed]);
    // Monday 16:30 in Berlin; claimed on Tuesday, the holiday, at 10:00; answered and closed on Wednesday at 09:30.
    let (claimed, replied) = (1_050, 2_460);
    let history = served("2026-03-02T15:30:00Z", claimed, replied, replied);
    expect_within(&history, &context, &expected("1050(30) 2460(60) 1410(30) 2460(60)", claimed, replied, replied));
}

#[test]
fn a_conversation_over_midnight_began_on_the_day_of_the_zone() {
    // Open around the clock, except on the next day, which is closed: 1 March 2026, 23:50 in Berlin.
    let closed = Holiday { date: jiff::civil::date(2026, 3, 2), name: String::new(), intervals: vec![] };
    let context = within(<[Vec<Interval>; 7]>::default(), vec![closed]);
    let history = served("2026-03-01T22:50:00Z", 5, 20, 30);
    expect_within(&history, &context, &expected("5(5) 20(10) 25(5) 30(10)", 5, 20, 30));
    let facts = super::folded(&history, &context);
    let handoff = facts.handoffs.values().next().expect("one");
    assert_eq!(date("Europe/Berlin", handoff.requested_at), "2026-03-01");
    assert_eq!(handoff.ended.as_ref().map(|ended| date("Europe/Berlin", ended.at)).as_deref(), Some("2026-03-02"));
}

#[test]
fn a_wait_for_a_further_reply_is_measured_in_both_ways() {
    let day = vec![hours("09:00", "17:00")];
    let context = within([day, vec![], vec![], vec![], vec![], vec![], vec![]], Vec::new());
    // Monday 16:50 in Berlin.
    let history = super::replies::claimed_at("2026-03-02T15:50:00Z")
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .asks(8, "msg_4")
        .queues(19, "msg_5", "ana")
        .answers(20, "msg_5", "ana", 8);
    let waits: Vec<_> = super::folded(&history, &context).waits.into_values().map(|wait| wait.lasted).collect();
    let minutes = crate::time::Span::minutes;
    assert_eq!(waits, [crate::report::facts::Lasted { raw: minutes(12), open: Some(minutes(2)) }]);
}
