use super::*;
use crate::{
    handoff::{Trigger, TriggerKind},
    ids::Seq,
    report::{
        facts::{ClosingFact, EndedFact, FirstReplyFact, RatedFact, TriggerFact},
        query::{OutcomeFilter, TriggerFilter},
        reason::ReasonKey,
        rows::{Origin, ReportHandoff},
        samples::{
            answered, at, closed, closing, conversation, ended, online, origin, row, stint, wait, waiting, week,
        },
    },
};

/// The value with which a row counts, and whose it is.
fn counts_with(
    measure: Measure,
    row: impl Into<ReportRow>,
    filters: &ReportFilters,
    slice: Slice,
) -> Option<(Option<i64>, Option<String>)> {
    let row = row.into();
    let counted = measure.count(&row, filters, &week(), slice)?;
    Some((counted.value.map(|value| value.0 / 60_000), counted.agent.map(ToString::to_string)))
}

fn counts(measure: Measure, row: impl Into<ReportRow>) -> Option<(Option<i64>, Option<String>)> {
    counts_with(measure, row, &ReportFilters::default(), Slice::default())
}

fn with(value: i64, agent: &str) -> Option<(Option<i64>, Option<String>)> {
    Some((Some(value), Some(agent.to_owned())))
}

/// The measures of which a row is a part.
fn measures(row: impl Into<ReportRow>) -> Vec<Measure> {
    let row = row.into();
    let is_part =
        |measure: &Measure| measure.count(&row, &ReportFilters::default(), &week(), Slice::default()).is_some();
    Measure::ALL.into_iter().filter(is_part).collect()
}

#[test]
fn a_handoff_counts_for_what_happened_in_it() {
    use Measure::{
        Handling, Handoffs, Lost, NotAnswered, NotClaimed, NotClosed, Resolution, Response, StillOpen, TargetDecided,
        TargetMet, TargetMissed, Unanswered, Waiting,
    };
    let open = waiting("hof_1", 10);
    let missed = [Handoffs, NotClaimed, NotAnswered, StillOpen, TargetDecided, TargetMissed, Unanswered];
    assert_eq!(measures(open.clone()), missed);
    let good = closed(answered("hof_1", 10, "agt_ana", 12, 15), 40);
    assert_eq!(measures(good), [Handoffs, Waiting, Response, Handling, Resolution, TargetDecided, TargetMet]);
    let late = answered("hof_1", 10, "agt_ana", 12, 16);
    assert_eq!(measures(late), [Handoffs, Waiting, Response, StillOpen, TargetDecided, TargetMissed]);
    let lost = HandoffFact { lost: true, ..closed(open.clone(), 12) };
    let expected = [Handoffs, NotClaimed, NotAnswered, Resolution, TargetDecided, TargetMissed, Lost];
    assert_eq!(measures(lost), expected);
    let returned = HandoffFact { ended: Some(ended(HandoffEnd::ReturnedToBot, 12)), ..open };
    assert_eq!(measures(returned), [Handoffs, NotClaimed, NotAnswered, NotClosed], "within the target");
}

#[test]
fn each_value_is_credited_to_whoever_it_belongs_to() {
    let reply = FirstReplyFact { at: at(15), by: Replier::Agent("agt_ben".into()), message: Some("msg_1".into()) };
    let owner = Some("agt_cat".into());
    let handoff = HandoffFact {
        first_reply: Some(reply),
        ended: Some(EndedFact { owner, ..ended(HandoffEnd::Closed, 40) }),
        ..closed(answered("hof_1", 10, "agt_ana", 12, 15), 40)
    };
    let table = [
        (Measure::Waiting, with(2, "agt_ana")),
        (Measure::Response, with(5, "agt_ben")),
        (Measure::TargetMet, with(5, "agt_ben")),
        (Measure::Handling, with(28, "agt_cat")),
        (Measure::Resolution, with(30, "agt_cat")),
        (Measure::Handoffs, Some((None, Some("agt_ana".to_owned())))),
    ];
    for (measure, expected) in table {
        assert_eq!(counts(measure, handoff.clone()), expected, "{measure:?}");
        let only = |agent: &str| ReportFilters { agent: Some(agent.into()), ..ReportFilters::default() };
        let agent = expected.and_then(|(_, agent)| agent).expect("somebody");
        assert!(counts_with(measure, handoff.clone(), &only(&agent), Slice::default()).is_some());
        assert_eq!(counts_with(measure, handoff.clone(), &only("agt_dan"), Slice::default()), None);
    }
}

#[test]
fn nobody_waits_where_the_business_began() {
    let handoff = closed(answered("hof_1", 10, "agt_ana", 12, 15), 40);
    let business = HandoffFact { begun_by: BegunBy::Business, ..handoff };
    let expected = [Measure::Handoffs, Measure::BusinessBegun, Measure::Handling, Measure::Resolution];
    assert_eq!(measures(business), expected);
    let begun = Origin { begun_by: BegunBy::Business, ..origin() };
    assert_eq!(measures(ReportConversation { origin: begun, ..conversation("cnv_1", 5) }), []);
}

#[test]
fn an_agent_who_steps_in_waits_for_no_claim() {
    let trigger = TriggerFact::of(&Trigger::Agent { agent: "agt_ana".into() });
    let stepped_in = HandoffFact { trigger, ..answered("hof_1", 10, "agt_ana", 10, 12) };
    assert_eq!(counts(Measure::Waiting, stepped_in.clone()), None);
    assert_eq!(counts(Measure::Response, stepped_in), with(2, "agt_ana"));
}

#[test]
fn what_an_agent_undid_counts_nowhere() {
    let trigger = TriggerFact::of(&Trigger::Agent { agent: "agt_ana".into() });
    let ended = Some(ended(HandoffEnd::ReturnedToBot, 11));
    let undone = HandoffFact { trigger, ended, ..waiting("hof_1", 10) };
    assert_eq!(measures(undone.clone()), []);
    // An agent who returns what they have claimed has worked on it.
    let returned = HandoffFact { claimed: Some(("agt_ana".into(), at(10))), ..undone };
    assert_eq!(measures(returned), [Measure::Handoffs, Measure::NotAnswered, Measure::NotClosed]);
}

#[test]
fn nobody_waits_for_an_answer_that_came_first() {
    let reply = FirstReplyFact { at: at(10), by: Replier::Phone, message: Some("msg_1".into()) };
    let phone = HandoffFact {
        trigger: TriggerFact::of(&Trigger::Phone),
        first_reply: Some(reply),
        ..closed(answered("hof_1", 10, "agt_ana", 300, 10), 400)
    };
    assert_eq!(measures(phone.clone()), [Measure::Handoffs, Measure::Handling, Measure::Resolution]);
    let open = HandoffFact { claimed: None, waiting: None, handling: None, resolution: None, ended: None, ..phone };
    assert_eq!(measures(open), [Measure::Handoffs, Measure::StillOpen]);
}

#[test]
fn what_was_left_out_counts_nowhere_else() {
    let out = Origin { left_out: true, ..origin() };
    let fact = closed(answered("hof_1", 10, "agt_ana", 12, 15), 40);
    assert_eq!(measures(ReportRow::Handoff(ReportHandoff { fact, left_out: true, reason: None })), [Measure::LeftOut]);
    assert_eq!(measures(ReportWait { origin: out.clone(), ..wait(1, 10, "agt_ana", 3) }), []);
    assert_eq!(measures(ReportConversation { origin: out, ..conversation("cnv_1", 5) }), []);
}

#[test]
fn the_opening_hours_clock_knows_no_time_without_opening_hours() {
    let context = CountContext { clock: ReportClock::Opening, ..week() };
    let handoff = answered("hof_1", 10, "agt_ana", 12, 15);
    let waits = |handoff: HandoffFact| {
        let row = row(handoff);
        Measure::Waiting.count(&row, &ReportFilters::default(), &context, Slice::default()).and_then(|row| row.value)
    };
    assert_eq!(waits(handoff.clone()), None);
    let waiting = Some(Lasted { raw: Span::minutes(2), open: Some(Span(0)) });
    assert_eq!(waits(HandoffFact { waiting, ..handoff }), Some(Span(0)), "it waited while nobody was there");
}

#[test]
fn a_wait_is_a_next_reply_only_with_a_reply() {
    assert_eq!(counts(Measure::NextReply, wait(1, 10, "agt_ana", 3)), with(3, "agt_ana"));
    let without = ReportWait { reply: None, ..wait(1, 10, "agt_ana", 3) };
    assert_eq!(measures(without), [Measure::NoNextReply]);
}

#[test]
fn an_escalation_is_a_part_of_the_conversations_with_the_bot() {
    let alone = conversation("cnv_1", 5);
    let escalated =
        ReportConversation { origin: origin(), first_handoff: Some(("hof_1".into(), at(9))), ..alone.clone() };
    assert_eq!(measures(alone.clone()), [Measure::BotConversations]);
    assert_eq!(measures(escalated.clone()), [Measure::BotConversations, Measure::Escalated]);
    assert_eq!(measures(ReportConversation { bot_took_part: false, ..escalated.clone() }), []);
    let merged = Origin { close_reason: Some(CloseReason::Merged), ..origin() };
    assert_eq!(measures(ReportConversation { origin: merged, ..escalated.clone() }), []);
    // A trigger narrows the part, not what it is a part of.
    let trigger = TriggerFilter { kind: TriggerKind::Keyword, detail: None };
    let filters = ReportFilters { trigger: Some(trigger), ..ReportFilters::default() };
    let counts =
        |measure, row: &ReportConversation| counts_with(measure, row.clone(), &filters, Slice::default()).is_some();
    assert!(counts(Measure::BotConversations, &alone) && counts(Measure::Escalated, &escalated));
    assert_eq!(Measure::BotConversations.narrowed_by(&filters), ReportFilters::default());
    assert_eq!(Measure::Escalated.narrowed_by(&filters), filters);
    let model = Origin { trigger: Some(TriggerFact::of(&Trigger::Model)), ..origin() };
    assert!(!counts(Measure::Escalated, &ReportConversation { origin: model, ..escalated }));
}

/// A minute before the week that ends now.
const OVER_A_WEEK_AGO: i64 = -1;

#[test]
fn a_close_is_settled_after_seven_days() {
    let minutes = |days: i64| days * 24 * 60;
    assert_eq!(measures(closing(1, OVER_A_WEEK_AGO, "agt_ana")), [Measure::Closed]);
    assert_eq!(measures(closing(1, 0, "agt_ana")), [Measure::Closed, Measure::ClosedRecently]);
    let continued = |after: i64| {
        let fact = ClosingFact { followed_at: Some(at(after)), ..closing(1, 0, "agt_ana").fact };
        ReportClosing { fact, origin: origin() }
    };
    assert_eq!(measures(continued(minutes(5))), [Measure::Closed, Measure::Reopened]);
    assert_eq!(counts(Measure::Reopened, continued(minutes(5))), with(minutes(5), "agt_ana"));
    let late = ClosingFact { followed_at: Some(at(minutes(7))), ..closing(1, OVER_A_WEEK_AGO, "agt_ana").fact };
    assert_eq!(measures(ReportClosing { fact: late, origin: origin() }), [Measure::Closed], "another matter");
}

#[test]
fn the_bot_closed_for_good_if_nothing_came_for_seven_days() {
    let bot = |minute: i64, followed_at: Option<Timestamp>| {
        let fact = closing(1, minute, "agt_ana").fact;
        let fact = ClosingFact { reason: CloseReason::Bot, agent: None, bot_alone: true, followed_at, ..fact };
        ReportClosing { fact, origin: Origin { trigger: None, ..origin() } }
    };
    assert_eq!(measures(bot(OVER_A_WEEK_AGO, None)), [Measure::BotClosed, Measure::BotStayed]);
    assert_eq!(measures(bot(0, None)), [Measure::BotClosedRecently]);
    assert_eq!(measures(bot(OVER_A_WEEK_AGO, Some(at(30)))), [Measure::BotClosed]);
    let merged = ClosingFact { reason: CloseReason::Merged, ..closing(1, 0, "agt_ana").fact };
    assert_eq!(measures(ReportClosing { fact: merged, origin: origin() }), []);
}

#[test]
fn a_time_counts_as_far_as_it_lies_in_the_period() {
    let week = 7 * 24 * 60;
    assert_eq!(counts(Measure::Stints, stint(1, "agt_ana", -30, Some(30))), with(30, "agt_ana"));
    assert_eq!(counts(Measure::Online, online("agt_ana", week - 10, None)), with(10, "agt_ana"));
    assert_eq!(counts(Measure::Online, online("agt_ana", -30, Some(0))), None);
    let ten = Slice { hour: WeekHour::parse("1-10"), ..Slice::default() };
    let online = online("agt_ana", 9 * 60 + 30, Some(10 * 60 + 20));
    assert_eq!(counts_with(Measure::Online, online, &ReportFilters::default(), ten), with(20, "agt_ana"));
}

#[test]
fn a_part_of_a_number_is_an_hour_a_range_or_a_moment() {
    let filters = ReportFilters::default();
    let handoff = answered("hof_1", 10 * 60, "agt_ana", 10 * 60 + 4, 10 * 60 + 4);
    let is_in = |measure, slice| counts_with(measure, handoff.clone(), &filters, slice).is_some();
    let hour = |hour| Slice { hour: WeekHour::parse(hour), ..Slice::default() };
    assert!(is_in(Measure::Waiting, hour("1-10")) && !is_in(Measure::Waiting, hour("1-11")));
    let between = |at_least, below| {
        let bound = |minutes: i64| Some(Span::minutes(minutes));
        Slice { at_least: bound(at_least), below: bound(below), ..Slice::default() }
    };
    assert!(is_in(Measure::Waiting, between(4, 5)));
    assert!(!is_in(Measure::Waiting, between(5, 6)) && !is_in(Measure::Waiting, between(3, 4)));
    let moment = |minutes: i64| Slice { moment: Some(at(10 * 60 + minutes)), ..Slice::default() };
    let waits = [-1, 0, 3, 4].map(|minutes| is_in(Measure::Queue, moment(minutes)));
    assert_eq!(waits, [false, true, true, false]);
}

#[test]
fn a_rating_is_a_part_of_the_questions_that_reached_somebody() {
    let [best, _, worst] = Score::ALL;
    let rating = |rated: Option<i64>, has_failed| {
        let fact = RatingFact {
            handoff: "hof_1".into(),
            conversation: "cnv_1".into(),
            channel: "chn_1".into(),
            agent: Some("agt_ana".into()),
            question: "msg_3".into(),
            asked_at: at(40),
            rated: rated.map(|minute| RatedFact { at: at(minute), seq: Seq(9), score: best }),
        };
        ReportRow::Rating(ReportRating { fact, origin: origin(), has_failed })
    };
    let both = [Measure::RatingAsked, Measure::Rated];
    assert_eq!(measures(rating(Some(45), false)), both);
    assert_eq!(measures(rating(Some(45), true)), both, "they have it, whatever WhatsApp said");
    assert_eq!(measures(rating(None, false)), both[..1]);
    assert!(measures(rating(None, true)).is_empty());
    let with = |score, agent: &str| {
        let filters = ReportFilters { agent: Some(agent.into()), ..ReportFilters::default() };
        let slice = Slice { score: Some(score), ..Slice::default() };
        counts_with(Measure::Rated, rating(Some(45), false), &filters, slice).is_some()
    };
    assert_eq!([with(best, "agt_ana"), with(worst, "agt_ana"), with(best, "agt_ben")], [true, false, false]);
    let rows = [rating(Some(45), false), rating(None, false)];
    assert_eq!(rows[0].anchor(Measure::Rated).as_deref(), Some("line_9"));
    assert_eq!(rows[1].anchor(Measure::RatingAsked).as_deref(), Some("msg_3"));
}

#[test]
fn a_reason_of_the_language_model_is_a_filter() {
    let model = || TriggerFact::of(&Trigger::Model);
    let handoff = |reason: Option<&str>| {
        let fact = HandoffFact { trigger: model(), ..waiting("hof_1", 10) };
        ReportRow::Handoff(ReportHandoff { fact, left_out: false, reason: reason.map(str::to_owned) })
    };
    let trigger = ReasonKey::of("wants a refund").map(TriggerFilter::of_reason);
    let filters = ReportFilters { trigger, ..ReportFilters::default() };
    let is_in = |measure: Measure, row: ReportRow| counts_with(measure, row, &filters, Slice::default()).is_some();
    assert!(filters.need_reasons() && is_in(Measure::Handoffs, handoff(Some("Wants a refund!"))));
    assert!(!is_in(Measure::Handoffs, handoff(Some("Angry"))) && !is_in(Measure::Handoffs, handoff(None)));
    assert!(!is_in(Measure::Handoffs, row(waiting("hof_1", 10))), "of a keyword");
    // What belongs to the handoff has its reason.
    let mut wait = wait(1, 20, "agt_ana", 5);
    wait.origin.trigger = Some(model());
    let mut wait = ReportRow::Wait(wait);
    assert!(!is_in(Measure::NextReply, wait.clone()));
    wait.give_reason("Wants a refund".to_owned());
    assert!(is_in(Measure::NextReply, wait));
}

#[test]
fn filters_ask_for_traits() {
    let is_in = |filters: ReportFilters| {
        counts_with(Measure::Handoffs, waiting("hof_1", 10), &filters, Slice::default()).is_some()
    };
    let channel = |id: &str| ReportFilters { channel: Some(id.into()), ..ReportFilters::default() };
    let language = |tag: &str| ReportFilters { language: Some(tag.to_owned()), ..ReportFilters::default() };
    let outcome = |outcome: OutcomeFilter| ReportFilters { outcome: Some(outcome), ..ReportFilters::default() };
    assert!(is_in(channel("chn_1")) && !is_in(channel("chn_2")));
    assert!(is_in(language("de")) && !is_in(language("pl")));
    assert!(!is_in(outcome(OutcomeFilter::Missing)), "it is open");
    let is_closed = |outcome_id: Option<&str>| {
        let fact = ClosingFact { outcome: outcome_id.map(Into::into), ..closing(1, 5, "agt_ana").fact };
        let row = ReportClosing { fact, origin: origin() };
        counts_with(Measure::Closed, row, &outcome(OutcomeFilter::Picked("otc_1".into())), Slice::default()).is_some()
    };
    assert!(is_closed(Some("otc_1")) && !is_closed(Some("otc_2")) && !is_closed(None));
}

#[test]
fn a_time_that_somebody_held_or_was_online_counts_for_that_alone() {
    assert_eq!(measures(stint(1, "agt_ana", 10, Some(20))), [Measure::Stints]);
    assert_eq!(measures(online("agt_ana", 10, Some(20))), [Measure::Online]);
}

#[test]
fn filters_that_only_a_part_has_do_not_narrow_its_whole() {
    let filters = ReportFilters {
        agent: Some("agt_ana".into()),
        outcome: Some(OutcomeFilter::Missing),
        channel: Some("chn_1".into()),
        ..ReportFilters::default()
    };
    let whole = Measure::BotConversations.narrowed_by(&filters);
    assert_eq!((whole.outcome, whole.channel), (None, filters.channel.clone()));
    let online = Measure::Online.narrowed_by(&filters);
    assert_eq!(online, ReportFilters { agent: filters.agent.clone(), ..ReportFilters::default() });
    assert_eq!(Measure::Handoffs.narrowed_by(&filters), filters);
}

impl From<HandoffFact> for ReportRow {
    fn from(fact: HandoffFact) -> Self {
        row(fact)
    }
}

impl From<ReportWait> for ReportRow {
    fn from(row: ReportWait) -> Self {
        Self::Wait(row)
    }
}

impl From<ReportConversation> for ReportRow {
    fn from(row: ReportConversation) -> Self {
        Self::Conversation(row)
    }
}

impl From<ReportClosing> for ReportRow {
    fn from(row: ReportClosing) -> Self {
        Self::Closing(row)
    }
}
