//! Whatever the rows and the filters, a packed day gives the numbers and lists that its rows give.

use std::{collections::HashMap, sync::Arc};

use proptest::prelude::*;

use super::*;
use crate::{
    handoff::{HandoffEnd, Trigger, TriggerKind},
    report::{
        count::{CountContext, Slice},
        facts::{ClosingFact, EndedFact, FirstReplyFact, HandoffFact, Lasted, Replier},
        list::{ListFigures, ListQuery, ListTally},
        measure::Measure,
        query::{OutcomeFilter, ReportClock, ReportFilters, ReportQuery, TriggerFilter},
        rows::{
            Origin, ReportClosing, ReportConversation, ReportHandoff, ReportMessage, ReportRow, ReportStint, ReportWait,
        },
        samples::{answered, at, closed, closing, conversation, origin, stint, wait, waiting, week},
        tally::{ReportFigures, Tally, TallyScope},
    },
};

/// A sequence of numbers that a seed decides.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn minutes(&mut self, below: u64) -> i64 {
        i64::try_from(self.below(below)).expect("few")
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let place = usize::try_from(self.below(9_973)).expect("few") % from.len();
        from[place].clone()
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn agent(&mut self) -> AgentId {
        self.pick(&["agt_ana", "agt_ben", "agt_cem"]).into()
    }

    fn trigger(&mut self) -> TriggerFact {
        let flow = |step: &str| Trigger::Flow { flow: "Orders".to_owned(), step: step.to_owned() };
        let triggers = [
            Trigger::Keyword { keyword: "kwd_1".into(), phrase: "human".to_owned() },
            flow("ask"),
            flow("end"),
            Trigger::Model,
        ];
        TriggerFact::of(&self.pick(&triggers))
    }

    fn origin(&mut self) -> Origin {
        Origin {
            channel: self.pick(&["chn_1", "chn_2"]).into(),
            begun_by: self.pick(&[BegunBy::Customer, BegunBy::Customer, BegunBy::Business]),
            language: self.pick(&[None, Some("de".to_owned()), Some("pl".to_owned())]),
            trigger: self.flip().then(|| self.trigger()),
            reason: None,
            close_reason: self.pick(&[None, Some(CloseReason::Done), Some(CloseReason::Merged)]),
            outcome: self.pick(&[None, Some("otc_1".into())]),
            left_out: self.below(10) == 0,
        }
    }

    fn lasted(&mut self) -> Lasted {
        let open = self.flip().then(|| Span::minutes(self.minutes(9)));
        Lasted { raw: Span::minutes(self.minutes(90)), open }
    }

    fn handoff(&mut self, nth: i64) -> ReportRow {
        let (id, minute) = (format!("hof_{nth:03}"), self.minutes(1_440));
        let Origin { channel, begun_by, language, left_out, outcome, .. } = self.origin();
        let fact = match self.below(3) {
            0 => waiting(&id, minute),
            1 => answered(&id, minute, self.agent().as_str(), minute + 3, minute + 9),
            _ => closed(answered(&id, minute, self.agent().as_str(), minute + 3, minute + 9), minute + 200),
        };
        let by = if self.flip() { Replier::Phone } else { Replier::Agent(self.agent()) };
        let first_reply = fact.first_reply.clone().map(|reply| FirstReplyFact { by, ..reply });
        let end = self.pick(&HandoffEnd::ALL);
        let owner = self.flip().then(|| self.agent());
        let reason = (end == HandoffEnd::Closed).then_some(CloseReason::Done);
        let ended = fact.ended.clone().map(|ended| EndedFact { end, owner, reason, outcome, ..ended });
        let trigger = self.trigger();
        let response = fact.response.map(|_| self.lasted());
        let fact = HandoffFact { channel, begun_by, language, first_reply, ended, trigger, response, ..fact };
        ReportRow::Handoff(ReportHandoff { fact: HandoffFact { lost: self.flip(), ..fact }, left_out, reason: None })
    }

    fn row(&mut self, kind: RowKind, nth: i64) -> ReportRow {
        let (minute, agent, origin) = (self.minutes(1_440), self.agent(), self.origin());
        match kind {
            RowKind::Handoffs => self.handoff(nth),
            RowKind::Waits => {
                let (wait, lasted) = (wait(nth, minute, agent.as_str(), 5), self.lasted());
                let reply = wait.reply.clone().filter(|_| self.flip());
                ReportRow::Wait(ReportWait { origin, lasted, reply, ..wait })
            }
            RowKind::Conversations => {
                let id = format!("cnv_{nth}");
                let first_handoff = self.flip().then(|| ("hof_1".into(), at(minute + 5)));
                let row =
                    ReportConversation { first_handoff, bot_took_part: self.below(4) > 0, ..conversation(&id, minute) };
                ReportRow::Conversation(ReportConversation { origin, ..row })
            }
            RowKind::Closings => {
                let reason =
                    self.pick(&[CloseReason::Done, CloseReason::Silent, CloseReason::Bot, CloseReason::Merged]);
                let followed_at = self.flip().then(|| at(minute + self.minutes(20_000)));
                let fact = ClosingFact {
                    reason,
                    bot_alone: reason == CloseReason::Bot && self.flip(),
                    outcome: origin.outcome.clone(),
                    followed_at,
                    ..closing(nth, minute, agent.as_str()).fact
                };
                ReportRow::Closing(ReportClosing { fact, origin })
            }
            RowKind::Messages => ReportRow::Message(ReportMessage {
                id: format!("msg_{nth}").into(),
                conversation: "cnv_1".into(),
                handoff: Some("hof_1".into()),
                origin,
                agent,
                sent_at: at(minute),
            }),
            RowKind::Stints => {
                let ended = self.flip().then(|| minute + self.minutes(600));
                match stint(nth, agent.as_str(), minute, ended) {
                    ReportRow::Stint(row) => ReportRow::Stint(ReportStint { origin, ..row }),
                    other => other,
                }
            }
        }
    }

    fn filters(&mut self) -> ReportFilters {
        let trigger = TriggerFilter::of(&self.trigger());
        let kind = TriggerFilter { kind: TriggerKind::Flow, detail: None };
        let outcomes = [OutcomeFilter::Missing, OutcomeFilter::Picked("otc_1".into())];
        ReportFilters {
            channel: (self.below(3) == 0).then(|| "chn_1".into()),
            trigger: (self.below(3) == 0).then(|| self.pick(&[trigger, kind])),
            agent: (self.below(4) == 0).then(|| self.agent()),
            language: (self.below(3) == 0).then(|| "de".to_owned()),
            outcome: (self.below(3) == 0).then(|| self.pick(&outcomes)),
        }
    }
}

fn monday() -> UtcDay {
    UtcDay::of(at(0))
}

/// The rows, packed and read again.
fn packed(kind: RowKind, rows: &[ReportRow]) -> Arc<PackedDay> {
    let mut builder = DayBuilder::new(kind, monday());
    rows.iter().for_each(|row| builder.add(row));
    let built = builder.finish();
    let read = PackedDay::from_bytes(&built.to_bytes()).expect("what was written");
    assert_eq!((&read, read.rows(), read.kind(), read.day()), (&built, rows.len(), kind, monday()));
    Arc::new(read)
}

/// Everything of the day but rows with these ids, and what was over at a time.
fn packed_rows(
    day: &Arc<PackedDay>,
    stale: &[String],
    over_after: Option<Timestamp>,
    reasons: &GivenReasons,
) -> PackedRows {
    PackedRows {
        day: Arc::clone(day),
        within: monday().bounds(),
        over_after,
        stale: StaleRows::of(day, stale),
        reasons: Arc::clone(reasons),
    }
}

fn id_of(row: &ReportRow) -> String {
    match row.key().id {
        RowKeyId::Text(id) => id,
        RowKeyId::Seq(seq) => seq.to_string(),
    }
}

fn numbers(filters: &ReportFilters, clock: ReportClock, add: impl Fn(&mut Tally)) -> ReportFigures {
    let mut tally = Tally::new(filters, &CountContext { clock, ..week() }, TallyScope::Whole);
    add(&mut tally);
    tally.finish()
}

fn page(query: &ListQuery, add: impl Fn(&mut ListTally), rows: &[ReportRow]) -> ListFigures {
    let mut tally = ListTally::new(query, &week());
    add(&mut tally);
    let missing = tally.missing();
    tally.give(rows.iter().filter(|row| missing.contains(&row.key())).cloned().collect());
    assert_eq!(tally.missing(), []);
    tally.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn a_packed_day_counts_as_its_rows_do(seed in any::<u64>(), count in 0_i64..90, opening in any::<bool>()) {
        let mut dice = Dice(seed);
        let kind = dice.pick(&RowKind::ALL);
        let mut rows: Vec<ReportRow> = (0..count).map(|nth| dice.row(kind, nth)).collect();
        let day = packed(kind, &rows);
        let filters = dice.filters();
        let clock = if opening { ReportClock::Opening } else { ReportClock::Wall };
        // given reasons, rows that have changed since, and a source with what was not over at noon
        let reasons: GivenReasons = Arc::new(HashMap::from([("hof_001".to_owned(), "Angry".to_owned())]));
        for row in &mut rows {
            if let ReportRow::Handoff(row) = row && row.fact.trigger.kind == TriggerKind::Model {
                row.reason = reasons.get(row.fact.handoff.as_str()).cloned();
            }
        }
        let stale: Vec<String> = rows.iter().map(id_of).filter(|_| dice.below(8) == 0).collect();
        let noon = at(12 * 60);
        let earlier = match kind {
            RowKind::Handoffs => FactSource::EarlierHandoffs,
            RowKind::Stints => FactSource::EarlierStints,
            _ => kind.source(),
        };
        for (source, over_after) in [(kind.source(), None), (earlier, Some(noon))] {
            let read: Vec<ReportRow> = rows
                .iter()
                .filter(|row| !stale.contains(&id_of(row)) && over_after.is_none_or(|until| !row.is_over(until)))
                .cloned()
                .collect();
            let rows_of_day = packed_rows(&day, &stale, over_after, &reasons);
            let by_rows = numbers(&filters, clock, |tally| read.iter().for_each(|row| tally.add(source, row)));
            let by_day = numbers(&filters, clock, |tally| tally.add_packed(source, &rows_of_day));
            prop_assert_eq!(by_day, by_rows);
            for measure in source.measures() {
                let report = ReportQuery { filters: filters.clone(), ..ReportQuery::default() };
                let slice = Slice { moment: Some(noon), at_least: dice.flip().then_some(Span::minutes(4)), ..Slice::default() };
                let after = rows.first().filter(|_| dice.below(3) == 0).map(|row| row.key().value());
                let query = ListQuery { slice, after, ..ListQuery::of(report, measure) };
                let by_rows = page(&query, |tally| read.iter().cloned().for_each(|row| tally.add(row)), &rows);
                let by_day = page(&query, |tally| tally.add_packed(&rows_of_day), &rows);
                prop_assert_eq!(by_day, by_rows);
            }
        }
    }

    #[test]
    fn damaged_bytes_are_an_error(seed in any::<u64>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut dice = Dice(seed);
        let kind = dice.pick(&RowKind::ALL);
        let rows: Vec<ReportRow> = (0..9).map(|nth| dice.row(kind, nth)).collect();
        let mut bytes = packed(kind, &rows).to_bytes();
        let at = at.index(bytes.len());
        prop_assert!(PackedDay::from_bytes(&bytes[..at]).is_err(), "cut short");
        // What is still a day can be read, whatever it says.
        bytes[at] = byte;
        if let Ok(day) = PackedDay::from_bytes(&bytes) {
            let rows = packed_rows(&Arc::new(day), &[], None, &GivenReasons::default());
            numbers(&ReportFilters::default(), ReportClock::Wall, |tally| tally.add_packed(kind.source(), &rows));
        }
    }
}

#[test]
fn another_version_is_an_error() {
    let mut bytes = packed(RowKind::Waits, &[]).to_bytes();
    bytes[0] = 99;
    let error = PackedDay::from_bytes(&bytes).expect_err("a version of the future");
    assert_eq!((error.to_string().as_str(), error), ("version 99 is not known", PackedError::UnknownVersion(99)));
    assert_eq!(PackedDay::from_bytes(&[]), Err(PackedError::CutShort));
}

/// Databases hold such bytes: another layout needs another version.
#[test]
fn the_bytes_of_this_version_stay() {
    let row = ReportRow::Wait(ReportWait { origin: origin(), ..wait(7, 5, "agt_ana", 3) });
    let bytes = packed(RowKind::Waits, &[row]).to_bytes();
    let digest = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    assert_eq!((bytes.len(), digest), (237, 0x8b5c_c1ac_cef5_f5bd));
}

#[test]
fn only_rows_of_the_period_are_read() {
    let row = |id: &str, minute: i64| ReportRow::Conversation(conversation(id, minute));
    let rows = [row("cnv_1", 60), row("cnv_2", 120), row("cnv_3", 180)];
    let day = packed(RowKind::Conversations, &rows);
    let within = Bounds { from: at(120), to: at(180) };
    let part = PackedRows { within, ..packed_rows(&day, &[], None, &GivenReasons::default()) };
    let figures = numbers(&ReportFilters::default(), ReportClock::Wall, |tally| {
        tally.add_packed(FactSource::Conversations, &part);
    });
    assert_eq!(figures.measures[&Measure::BotConversations].n, 1);
}

#[test]
fn a_day_is_packed_again_before_much_of_it_is_read_from_tables() {
    let (running, over) = (DayPhase::Running, DayPhase::Over);
    let table = [
        ((0, None, running), false),
        ((1, None, over), true),
        ((63, None, running), false),
        ((64, None, running), true),
        ((63, Some(0), over), false),
        ((64, Some(0), running), true),
        ((64, Some(25_600), over), false),
        ((164, Some(25_600), over), true),
    ];
    for ((changes, rows, phase), expected) in table {
        assert_eq!(is_due(changes, rows, phase), expected, "{changes} changes of {rows:?} rows");
    }
}

#[test]
fn days_are_those_of_utc() {
    let day = UtcDay::of(at(0));
    assert_eq!((UtcDay::of(at(-1)), UtcDay::of(at(1_439)), day.bounds().from), (UtcDay(day.0 - 1), day, at(0)));
    let touched = |from: i64, to: i64| UtcDay::touched_by(Bounds { from: at(from), to: at(to) });
    assert_eq!((touched(0, 1_440), touched(5, 1_441)), (Some((day, day)), Some((day, UtcDay(day.0 + 1)))));
    assert_eq!(touched(5, 5), None);
    assert_eq!(UtcDay::of(Timestamp(-1)), UtcDay(-1));
}
