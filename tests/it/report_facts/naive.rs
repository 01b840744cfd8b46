//! The report of a whole log, compared with numbers that are counted from the log itself: from the recount of its facts, by
//! the words of the definitions and without the rows that a report reads.

use handoff::{
    domain::{
        event::CloseReason,
        handoff::{HandoffEnd, TriggerKind},
        report::{
            facts::{BegunBy, ClosingFact, ConversationFact, HandoffFact, Lasted, WaitEnd},
            measure::Measure,
        },
    },
    server::accounts::Agent,
};

use super::{recount::recount, *};

/// How many there are, how long they took together in milliseconds, and of how many they are a part.
type Number = (i64, i64, Option<i64>);

fn number(spans: impl IntoIterator<Item = Option<Lasted>>) -> Number {
    let spans: Vec<i64> = spans.into_iter().flatten().map(|lasted| lasted.raw.0).collect();
    (i64::try_from(spans.len()).expect("few"), spans.iter().sum(), None)
}

fn part(of: impl Iterator<Item = bool>) -> Number {
    let all: Vec<bool> = of.collect();
    let count = |all: usize| i64::try_from(all).expect("few");
    (count(all.iter().filter(|is_part| **is_part).count()), 0, Some(count(all.len())))
}

fn is_customers(begun_by: BegunBy) -> bool {
    matches!(begun_by, BegunBy::Customer | BegunBy::Partner)
}

/// Whether the bot took part in a conversation that counts.
fn is_with_bot(fact: &ConversationFact) -> bool {
    let is_merged = fact.closed.as_ref().is_some_and(|closed| closed.reason == CloseReason::Merged);
    fact.bot_took_part && is_customers(fact.begun_by) && !is_merged
}

/// Whether a close came back within a week.
fn is_back(fact: &ClosingFact) -> bool {
    let back = [fact.reopened_at, fact.followed_at].into_iter().flatten().min();
    back.is_some_and(|back| back.since(fact.at) <= Span::days(7))
}

/// Compares the report of all days with the log.
pub async fn report_equals_the_log(app: &TestApp, admin: &Agent) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    drop(tx);
    let facts = recount(&log);
    let is_undone = |fact: &HandoffFact| {
        let is_returned = fact.ended.as_ref().is_some_and(|ended| ended.end == HandoffEnd::ReturnedToBot);
        fact.trigger.kind == TriggerKind::Agent && fact.claimed.is_none() && is_returned
    };
    let handoffs: Vec<&HandoffFact> = facts.handoffs.values().filter(|fact| !is_undone(fact)).collect();
    let asked = || handoffs.iter().filter(|fact| is_customers(fact.begun_by));
    let awaited = || asked().filter(|fact| fact.trigger.kind != TriggerKind::Phone);
    let waited = awaited().filter(|fact| !matches!(fact.trigger.kind, TriggerKind::Agent | TriggerKind::Reopened));
    let closed_by_people =
        || facts.closings.values().filter(|fact| matches!(fact.reason, CloseReason::Done | CloseReason::Silent));
    let answered = facts.waits.values().filter(|wait| matches!(wait.end, WaitEnd::Answered { .. }));
    let plain = |n: usize| (i64::try_from(n).expect("few"), 0, None);
    let expected: [(Measure, Number); 9] = [
        (Measure::Handoffs, plain(handoffs.len())),
        (Measure::Waiting, number(waited.map(|fact| fact.waiting))),
        (Measure::Response, number(awaited().map(|fact| fact.response))),
        (Measure::NextReply, number(answered.map(|wait| Some(wait.lasted)))),
        (Measure::Handling, number(handoffs.iter().map(|fact| fact.handling))),
        (Measure::Resolution, number(handoffs.iter().map(|fact| fact.resolution))),
        (
            Measure::Escalated,
            part(
                facts.conversations.values().filter(|fact| is_with_bot(fact)).map(|fact| fact.first_handoff.is_some()),
            ),
        ),
        (Measure::Lost, plain(handoffs.iter().filter(|fact| fact.lost).count())),
        (Measure::Reopened, part(closed_by_people().map(is_back))),
    ];
    let page = app.services.reports.read_report(admin, "from=2026-03-01").await.expect("a report");
    assert_eq!(page.notes, [""; 0]);
    for (measure, expected) in expected {
        let tile = page.tiles.iter().find(|tile| tile.measure == measure).expect("a tile");
        let found = tile.now.as_ref().expect("everybody's");
        // How long somebody was away before they came back is no number of its own.
        let total = if measure == Measure::Reopened { 0 } else { found.measured.total.0 };
        assert_eq!((found.measured.n, total, found.whole), expected, "{measure:?}");
    }
}
