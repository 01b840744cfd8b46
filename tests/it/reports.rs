//! Reports: their numbers are those computed by hand, each equals the list behind it, and each person sees what they may.

mod files;
mod limits;
mod numbers;
pub mod packed;
mod reasons;

use axum::body::{Body, to_bytes};
use handoff::{
    contract::report::{ReportList, ReportPage, ReportTile},
    domain::{
        access::Role,
        event::Initiator,
        ids::ConversationId,
        report::{list::ListQuery, measure::Measure, tally::Measured},
        time::Span,
    },
    server::{accounts::Agent, settings::targets::Targets},
};
use http::{Request, StatusCode, header};

use crate::{
    app::{TestApp, on_both},
    meta,
    report_facts::add,
};

/// A customer writes.
async fn says(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

/// An agent's reply, which is sent a minute later.
async fn replies(app: &TestApp, agent: &Agent, id: &ConversationId, words: &str) {
    app.services.conversations.reply(agent, id, words, words, None).await.expect("replies");
    app.turn(Span::minutes(1));
    app.settle().await;
}

/// At 10:00 Maria asks for an agent. Ana claims at 10:03, and her reply is sent at 10:04. Maria's next message comes then, its
/// reply is sent at 10:07, and Ana closes. At 10:07 Otto asks for an agent, whom nobody answers. It is 10:17.
async fn morning(app: &TestApp, ana: &Agent) -> ConversationId {
    let conversations = &app.services.conversations;
    let maria = app.waiting(ana).await.id;
    app.turn(Span::minutes(3));
    conversations.claim(ana, &maria).await.expect("claims");
    replies(app, ana, &maria, "Hello, how can I help?").await;
    says(app, "4915550001", "wamid.second", "Where is my order?").await;
    app.turn(Span::minutes(2));
    replies(app, ana, &maria, "It comes tomorrow").await;
    let row = app.rows(ana).await.into_iter().find(|row| row.id == maria).expect("is listed");
    conversations.close(ana, &maria, row.last_turn).await.expect("closes");
    app.settle().await;
    says(app, "4915550002", "wamid.otto", "An agent, please").await;
    app.turn(Span::minutes(10));
    add(&app.services).await;
    maria
}

async fn report(app: &TestApp, viewer: &Agent, query: &str) -> ReportPage {
    app.services.reports.read_report(viewer, query).await.expect("a report")
}

async fn list(app: &TestApp, viewer: &Agent, query: &ListQuery) -> ReportList {
    app.services.reports.read_list(viewer, &query.query()).await.expect("a list")
}

fn tile(page: &ReportPage, measure: Measure) -> &ReportTile {
    page.tiles.iter().find(|tile| tile.measure == measure).expect("a tile")
}

/// How many rows, and the median in minutes.
fn short(measured: &Measured) -> (i64, Option<i64>) {
    (measured.n, measured.summary.median.map(|median| median.0 / 60_000))
}

/// The number of a tile: rows, median, and what they are a part of.
fn number(page: &ReportPage, measure: Measure) -> (i64, Option<i64>, Option<i64>) {
    let number = tile(page, measure).now.as_ref().expect("a number");
    let (n, median) = short(&number.measured);
    (n, median, number.whole)
}

/// An answer to a signed-in browser.
async fn get(app: &TestApp, cookie: &str, target: &str) -> (StatusCode, String) {
    let request = Request::get(target)
        .header(header::HOST, app.address.to_string())
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("a request");
    let response = app.send(request).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.expect("a whole body");
    (status, String::from_utf8(bytes.to_vec()).expect("text"))
}

on_both!(the_numbers_are_those_computed_by_hand, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    let page = report(app, &ada, "period=today").await;
    assert_eq!(page.notes, [""; 0]);
    let expected = [
        (Measure::Handoffs, (2, None, None)),
        (Measure::Waiting, (1, Some(3), None)),
        (Measure::Response, (1, Some(4), None)),
        (Measure::NextReply, (1, Some(3), None)),
        (Measure::Handling, (1, Some(4), None)),
        (Measure::Resolution, (1, Some(7), None)),
        (Measure::Escalated, (2, None, Some(2))),
        // Otto has waited for longer than the five minutes of the target.
        (Measure::TargetMet, (1, Some(4), Some(2))),
        (Measure::Unanswered, (1, Some(10), None)),
        (Measure::Lost, (0, None, None)),
        (Measure::Reopened, (0, None, Some(1))),
        (Measure::BotStayed, (0, None, Some(0))),
        (Measure::Rated, (0, None, Some(0))),
    ];
    for (measure, expected) in expected {
        assert_eq!(number(&page, measure), expected, "{measure:?}");
    }
    assert_eq!(tile(&page, Measure::Waiting).beside, [(Measure::NotClaimed, 1)]);
    assert_eq!(tile(&page, Measure::Resolution).beside, [(Measure::StillOpen, 1)]);
    assert_eq!(tile(&page, Measure::Reopened).beside, [(Measure::ClosedRecently, 1)]);
    // By agent, by reason, by hour and by outcome.
    let [line] = &page.agents[..] else { panic!("one agent: {:?}", page.agents) };
    assert_eq!((line.name.as_str(), short(&line.measures[&Measure::Handling])), ("Ana", (1, Some(4))));
    assert_eq!((line.measures[&Measure::Messages].n, line.concurrency), (2, Some(10)));
    let [reason] = &page.triggers[..] else { panic!("one reason: {:?}", page.triggers) };
    assert_eq!((reason.label.as_str(), reason.handoffs, reason.escalated), ("Keyword “agent”", 2, 2));
    assert_eq!(reason.handling.total, Span::minutes(4));
    let monday_ten = &page.heat[10];
    assert_eq!((monday_ten.arrivals, monday_ten.waits.n), (2, 1));
    assert_eq!((page.queue[10].most, page.queue[9].most), (1, 0));
    assert_eq!(page.outcomes.iter().map(|line| (line.name.as_str(), line.n)).collect::<Vec<_>>(), [("No outcome", 1)]);
    // The day before has nothing.
    let before = tile(&page, Measure::Handoffs).before.as_ref().expect("a day before");
    assert_eq!(before.measured.n, 0);
    assert_eq!(number(&report(app, &ada, "period=yesterday").await, Measure::Handoffs), (0, None, None));
});

on_both!(people_see_what_they_may, async |app| {
    let ((ana, _), (ben, ben_cookie), (ada, _)) = (app.agent("Ana").await, app.agent("Ben").await, app.admin().await);
    morning(app, &ana).await;
    // An agent has their own numbers, whatever is asked for.
    let own = report(app, &ana, "period=today").await;
    assert_eq!((number(&own, Measure::Waiting).0, own.agents.len()), (1, 1));
    assert!(tile(&own, Measure::Escalated).now.is_none(), "nobody's number");
    let asked = report(app, &ben, &format!("period=today&agent={}", ana.id())).await;
    assert_eq!(asked.notes, ["You can see your own numbers. Showing yours."]);
    assert_eq!((number(&asked, Measure::Handoffs).0, asked.agents.len()), (0, 0));
    let query = ListQuery::of(own.query.clone(), Measure::Waiting);
    assert_eq!((list(app, &ana, &query).await.measured.n, list(app, &ben, &query).await.measured.n), (1, 0));
    let (status, file) = get(app, &ben_cookie, "/reports/export/handoffs.csv?period=today").await;
    assert_eq!((status, file.lines().count()), (StatusCode::OK, 1), "the head alone: {file}");
    // Another tenant has nothing, and knows none of the ids.
    let (globex, _) = app.other_tenant().await;
    let (eve, eve_cookie) = app.person(&globex, "Eve", Role::Admin).await;
    let theirs = report(app, &eve, &format!("period=today&agent={}&number={}", ana.id(), app.channel)).await;
    assert_eq!(theirs.notes.len(), 2, "{:?}", theirs.notes);
    assert!(theirs.progress.is_new && theirs.agents.is_empty() && theirs.triggers.is_empty());
    assert_eq!(number(&theirs, Measure::Unanswered).0, 0);
    let (status, file) = get(app, &eve_cookie, "/reports/export/handoffs.csv?period=today").await;
    assert_eq!((status, file.lines().count()), (StatusCode::OK, 1));
    // Admins see all, or one.
    let of_ana = report(app, &ada, &format!("period=today&agent={}", ana.id())).await;
    assert_eq!((number(&of_ana, Measure::Handoffs).0, of_ana.notes.len()), (1, 0));
});

on_both!(what_cannot_be_followed_is_said_and_the_page_is_usable, async |app| {
    let ((ana, _), (ada, cookie)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    for query in [
        "from=2026-03-02&to=2026-03-01",
        "from=1850-01-01&to=2026-03-02",
        "from=2031-01-01",
        "from=yesterday&to=soon",
        "trigger=magic",
        "trigger=keyword:kwd_none",
        "trigger=model:magic",
        "agent=agt_nobody",
        "number=chn_none",
        "outcome=otc_none",
        "clock=opening",
        "colour=red",
        "period=%00%ff%",
    ] {
        let page = report(app, &ada, query).await;
        assert!(!page.notes.is_empty() && page.tiles.len() == 13, "{query}: {:?}", page.notes);
        let again = report(app, &ada, &page.query.query()).await;
        assert_eq!((again.notes, again.query), (Vec::new(), page.query), "{query}");
    }
    // A range across the upgrade: it says since when something is recorded that the log does not hold.
    let days_across = "from=2026-02-15&to=2026-03-02";
    assert_eq!(report(app, &ada, days_across).await.progress.not_recorded, [""; 0], "there was nothing to record");
    app.run("UPDATE report_conversations SET started_at = started_at - 864000000").await;
    let across = report(app, &ada, days_across).await;
    assert_eq!(across.progress.not_recorded, ["Time online wasn't recorded before 2 Mar 2026."]);
    assert_eq!((across.notes.len(), number(&across, Measure::Handoffs).0), (0, 2));
    // A zone that was changed meanwhile: the same address is about the days of the new one.
    let days = "from=2026-03-02&to=2026-03-02";
    assert_eq!(number(&report(app, &ada, days).await, Measure::Handoffs).0, 2);
    let zone = Targets { zone: Some("Pacific/Kiritimati".to_owned()), ..Targets::default() };
    app.services.settings.targets_save(&app.tenant, Initiator::SYSTEM, zone).await.expect("another zone");
    assert_eq!(number(&report(app, &ada, days).await, Measure::Handoffs).0, 0, "there it was the 3rd already");
    assert_eq!(number(&report(app, &ada, "period=today").await, Measure::Handoffs).0, 2);
    // And without scripts the page says it, too.
    let (status, html) = get(app, &cookie, "/reports?from=2026-03-02&to=2026-03-01").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("The start date was after the end date"), "the note is on the page");
});
