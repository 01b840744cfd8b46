use super::*;
use crate::{
    report::{
        facts::{ClosingFact, HandoffFact},
        rows::{ReportClosing, ReportConversation},
        samples::{
            answered, at, closed, closing, conversation, keyword, online, origin, row, stint, wait, waiting, week,
        },
    },
    time::Timestamp,
    week::WeekHour,
};

fn handoffs(facts: impl IntoIterator<Item = HandoffFact>) -> Vec<(FactSource, ReportRow)> {
    facts.into_iter().map(|fact| (FactSource::Handoffs, row(fact))).collect()
}

fn tally(rows: Vec<(FactSource, ReportRow)>, scope: TallyScope) -> ReportFigures {
    let (filters, context) = (ReportFilters::default(), week());
    let mut tally = Tally::new(&filters, &context, scope);
    rows.iter().for_each(|(source, row)| tally.add(*source, row));
    tally.finish()
}

fn minutes(minutes: i64) -> Span {
    Span::minutes(minutes)
}

#[test]
fn the_numbers_of_a_small_week() {
    let mut rows = handoffs([
        closed(answered("hof_1", 600, "agt_ana", 602, 605), 640),
        closed(answered("hof_2", 610, "agt_ben", 616, 620), 700),
        waiting("hof_3", 620),
    ]);
    rows.push((FactSource::Waits, ReportRow::Wait(wait(1, 630, "agt_ana", 3))));
    let escalated = ReportConversation {
        origin: origin(),
        first_handoff: Some(("hof_1".into(), at(600))),
        ..conversation("cnv_1", 590)
    };
    rows.push((FactSource::Conversations, ReportRow::Conversation(escalated)));
    rows.push((FactSource::Conversations, ReportRow::Conversation(conversation("cnv_2", 591))));
    let figures = tally(rows, TallyScope::Whole);
    let n = |measure: Measure| figures.measures.get(&measure).map_or(0, |measured| measured.n);
    let median = |measure: Measure| figures.measures.get(&measure).and_then(|measured| measured.summary.median);
    assert_eq!((n(Measure::Handoffs), n(Measure::Waiting), n(Measure::NotClaimed)), (3, 2, 1));
    assert_eq!((median(Measure::Waiting), median(Measure::Response)), (Some(minutes(2)), Some(minutes(5))));
    assert_eq!((median(Measure::Handling), median(Measure::NextReply)), (Some(minutes(38)), Some(minutes(3))));
    assert_eq!((n(Measure::TargetMet), n(Measure::TargetDecided)), (1, 3));
    assert_eq!((n(Measure::Escalated), n(Measure::BotConversations)), (1, 2));
    assert_eq!(figures.responses, [minutes(5), minutes(10)]);
    let ana = &figures.agents[&AgentId::from("agt_ana")].measures;
    assert_eq!((ana[&Measure::Handling].n, ana[&Measure::NextReply].n), (1, 1));
    assert_eq!(ana[&Measure::Response].summary.median, Some(minutes(5)));
}

#[test]
fn a_reason_costs_the_time_that_people_spent_on_it() {
    let trigger = TriggerFact { kind: crate::handoff::TriggerKind::Model, keyword: None, ..keyword() };
    let other = HandoffFact { trigger, ..closed(answered("hof_2", 10, "agt_ana", 20, 20), 80) };
    let figures = tally(
        handoffs([closed(answered("hof_1", 10, "agt_ana", 10, 10), 40), other, waiting("hof_3", 10)]),
        TallyScope::Whole,
    );
    let found: Vec<_> =
        figures.triggers.iter().map(|(value, it)| (value.as_str(), it.handoffs, it.handling.total)).collect();
    assert_eq!(found, [("keyword:kwd_1", 2, minutes(30)), ("model", 1, minutes(60))]);
}

#[test]
fn the_heat_map_holds_arrivals_waits_and_people_by_the_clock() {
    let mut rows = handoffs([answered("hof_1", 600, "agt_ana", 602, 602), waiting("hof_2", 610)]);
    rows.push((FactSource::Presence, online("agt_ana", 600, Some(660))));
    rows.push((FactSource::Presence, online("agt_ben", 600, Some(630))));
    let figures = tally(rows, TallyScope::Whole);
    let cell = |hour: &str| &figures.heat[WeekHour::parse(hour).expect("an hour").index()];
    let ten = cell("1-10");
    assert_eq!((ten.arrivals, ten.waits.n, ten.waits.median, ten.online), (2, 1, Some(minutes(2)), Some(15)));
    assert_eq!(cell("1-11"), &HeatCell { online: Some(0), ..HeatCell::default() });
}

#[test]
fn the_queue_is_deepest_where_most_wait_at_once() {
    let mut rows = handoffs([
        answered("hof_1", 600, "agt_ana", 630, 631),
        answered("hof_2", 610, "agt_ana", 640, 641),
        answered("hof_3", 640, "agt_ana", 641, 642),
        answered("hof_4", 700, "agt_ana", 700, 700),
    ]);
    // One that was requested before the week, and is claimed in it.
    rows.push((FactSource::EarlierHandoffs, row(answered("hof_0", -60, "agt_ana", 30, 31))));
    // One that still waits is a row of two sources, and waits once.
    rows.push((FactSource::Handoffs, row(waiting("hof_5", 7 * 24 * 60 - 30))));
    rows.push((FactSource::OpenHandoffs, row(waiting("hof_5", 7 * 24 * 60 - 30))));
    let figures = tally(rows, TallyScope::Whole);
    assert_eq!(figures.queue[23].most, 1);
    assert_eq!(figures.measures[&Measure::Unanswered].n, 1);
    assert_eq!(figures.measures[&Measure::Handoffs].n, 5, "the earlier one belongs to the week before");
    let hour = |hour: usize| (figures.queue[hour].most, figures.queue[hour].at);
    assert_eq!(hour(10), (2, Some(at(610))), "a claim and a request at the same time are never two");
    assert_eq!((hour(0), hour(11)), ((1, Some(at(0))), (0, None::<Timestamp>)));
    // 30 + 30 + 1 minutes of waiting in seven hours of the clock.
    assert_eq!(figures.queue[10].average, Some(1));
}

#[test]
fn an_agent_holds_as_many_as_overlap() {
    let rows = vec![
        (FactSource::Stints, stint(2, "agt_ana", 0, Some(30))),
        (FactSource::EarlierStints, stint(1, "agt_ana", -60, Some(60))),
    ];
    let figures = tally(rows, TallyScope::Whole);
    let ana = &figures.agents[&AgentId::from("agt_ana")];
    assert_eq!((ana.measures[&Measure::Stints].total, ana.concurrency), (minutes(90), Some(15)));
}

#[test]
fn closes_of_people_are_counted_by_outcome() {
    let with = |seq: i64, outcome: Option<&str>| {
        let fact = ClosingFact { outcome: outcome.map(Into::into), ..closing(seq, 5, "agt_ana").fact };
        (FactSource::Closings, ReportRow::Closing(ReportClosing { fact, origin: origin() }))
    };
    let figures = tally(vec![with(1, Some("otc_1")), with(2, Some("otc_1")), with(3, None)], TallyScope::Whole);
    assert_eq!(figures.outcomes, BTreeMap::from([(None, 1), (Some("otc_1".into()), 2)]));
}

#[test]
fn a_comparison_needs_the_measures_alone() {
    let rows = || handoffs([closed(answered("hof_1", 600, "agt_ana", 602, 605), 640)]);
    let (whole, measures) = (tally(rows(), TallyScope::Whole), tally(rows(), TallyScope::Measures));
    assert_eq!(measures, ReportFigures { measures: whole.measures, ..ReportFigures::default() });
}

#[test]
fn reasons_count_where_the_language_model_may_have_asked() {
    let counts = |kind: Option<crate::handoff::TriggerKind>, scope| {
        let trigger = kind.map(|kind| crate::report::query::TriggerFilter { kind, detail: None });
        let filters = ReportFilters { trigger, ..ReportFilters::default() };
        Tally::new(&filters, &week(), scope).counts_reasons()
    };
    use crate::handoff::TriggerKind::{Keyword, Model};
    assert!(counts(None, TallyScope::Whole) && counts(Some(Model), TallyScope::Whole));
    assert!(!counts(Some(Keyword), TallyScope::Whole) && !counts(None, TallyScope::Measures));
}

#[test]
fn a_tally_names_what_requested_its_agents() {
    let mut tally = Tally::new(&ReportFilters::default(), &week(), TallyScope::Whole);
    assert_eq!(tally.triggers().count(), 0);
    tally.add(FactSource::Handoffs, &row(waiting("hof_1", 10)));
    assert_eq!(tally.triggers().collect::<Vec<_>>(), [&keyword()]);
}
