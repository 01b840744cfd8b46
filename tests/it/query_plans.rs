//! SQLite's query plans: no statement reads all rows of a table that grows with every conversation, or all of a
//! tenant's. Plans are analysed, so neither measurements nor large tables are needed.

mod plan;

use std::{collections::BTreeSet, process};

use axum::body::Body;
use handoff::{
    contract::{audit::AuditFilter, conversation::Thread, search::SearchCursor, staffing::StaffingRequest},
    domain::{
        access::Role,
        conversation::{Command, EndingKind, EndingPress, Goodbye, SnoozeUntil, UNDO_TIME},
        desk::{DateOf, Filter, Group, ItemBody, Status},
        handoff::TriggerKind,
        ids::{ConversationId, MessageId},
        message::{Author, draft::ReplyDraft},
        report::packed::RowKind,
        search,
        settings::SilenceTimes,
        template::TemplateCategory,
        time::Span,
        window::keep_open::AskBefore,
    },
    server::{
        accounts::{Agent, Reauthenticated},
        store::{
            self,
            costs::Within,
            search::{self as index, DocumentKind, Scan},
        },
    },
};
use http::{Request, StatusCode};

use self::plan::{filled, is_left_out, is_ours, walks};
use crate::{
    app::{Engine, Gate, Origin, TestApp, run::Test},
    capture,
    desk_law::stream::Stream,
    meta,
};

/// Set in the process that runs only this test: a recorded statement does not name its test, and other tests run
/// statements that bypass the server.
const ALONE: &str = "HANDOFF_TEST_ALONE";

#[test]
fn no_statement_scans_a_table_that_grows_with_every_conversation() {
    if std::env::var_os(ALONE).is_none() {
        let name = "query_plans::no_statement_scans_a_table_that_grows_with_every_conversation";
        let this = std::env::current_exe().expect("this program");
        let alone = process::Command::new(this).args(["--exact", name]).env(ALONE, "1").output().expect("runs");
        assert!(alone.status.success(), "{}", String::from_utf8_lossy(&alone.stdout));
        assert!(String::from_utf8_lossy(&alone.stdout).contains("1 passed"), "it has this name");
        return;
    }
    // Also record the statements of the server's start.
    capture::begin();
    let test = Test {
        name: module_path!(),
        threads: 1,
        gate: Gate::default,
        origin: Origin::Empty,
        body: |app| Box::pin(check_plans(app)),
    };
    test.run(Engine::Sqlite);
}

/// Checks the plan of every recorded statement.
async fn check_plans(app: &TestApp) {
    everything(app).await;
    let statements = capture::statements();
    assert!(
        statements.iter().any(|sql| sql.contains("WHERE tenant_id || ''")),
        "the statements of the batches are recorded"
    );

    let mut read = 0;
    let mut found = BTreeSet::new();
    for sql in statements.iter().filter(|sql| is_ours(sql)) {
        for line in app.plan(&filled(sql)).await {
            if walks(&line) && !is_left_out(sql, &line) {
                found.insert(format!("{line}: {}", sql.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
            read += 1;
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(read > 150, "{read} lines of plans");
}

/// A typical day: customers in a burst, two agents, every command, every page.
async fn everything(app: &TestApp) {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let (admin, _) = app.admin().await;
    app.keyword("agent").await;
    let silence = SilenceTimes { remind_after: Span::hours(1), close_after: Span::hours(2) };
    app.services.settings.silence_save(&app.tenant, admin.initiator(None), silence).await.expect("times");
    let before = AskBefore::Minutes60;
    app.services.settings.keep_open_save(&app.tenant, admin.initiator(None), before).await.expect("a time");
    let mut stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    for nth in 0..6 {
        let words = if nth % 2 == 0 { "agent" } else { "hello" };
        writes(app, nth, 1, words).await;
    }
    app.settle().await;
    stream.next().await.expect("a frame");

    let [first, second, third] = with_people(app, &ana).await;
    let conversations = &app.services.conversations;
    for (agent, id) in [(&ana, &first), (&ana, &second), (&ben, &third)] {
        conversations.claim(agent, id).await.expect("claims");
    }
    for (id, client_id, words) in [(&first, "c1", "Hello"), (&second, "c2", "Hi")] {
        conversations.reply(&ana, id, client_id, words, None).await.expect("answers");
    }
    app.settle().await;
    stream.next().await.expect("a frame");
    app.look(&ana, &first).await;
    let draft = ReplyDraft { version: 1, body: "Your".to_owned() };
    conversations.save_draft(&ana, &first, draft).await.expect("keeps it");
    conversations.snooze(&ana, &first, SnoozeUntil::WindowEnd).await.expect("puts it aside");
    let seen = app.thread(&ana, &first).await;
    conversations.command(&ana, &second, Command::Release { agent: ana.id().clone() }).await.expect("lets go");
    conversations.return_to_bot(&ben, &third).await.expect("gives back");
    app.drain().await;
    // The bot messages that were not sent yet are cancelled.
    writes(app, 1, 2, "and now?").await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    while app.services.bot.turns_once().await.expect("turns") > 0 {}
    let with_bot = app.desk(&ana).await.groups[&Group::Bot].rows[0].id.clone();
    conversations.take_over(&ana, &with_bot).await.expect("takes over");
    conversations.close(&ana, &first, last(&seen)).await.expect("closes");
    conversations.release(&ana, &with_bot).await.expect("lets go");
    conversations.claim(&ana, &with_bot).await.expect("claims");
    ends(app, &ana, &with_bot).await;
    app.settle().await;
    writes(app, 0, 3, "once more").await;
    app.settle().await;
    stream.next().await.expect("a frame");

    for agent in [&ana, &ben] {
        for row in app.rows(agent).await {
            app.thread(agent, &row.id).await;
        }
    }
    let live = &app.services.live;
    live.calls(&ana).await.expect("calls");
    live.wall(&ana).await.expect("a wall");
    for filter in filters(&ana) {
        let desk = live.desk(&ana, filter.clone(), None).await.expect("a desk");
        for (group, range) in desk.groups {
            if let Some(row) = range.rows.last() {
                live.more(&ana, filter.clone(), group, &row.key(group), None).await.expect("more");
            }
        }
    }
    while app.services.report_facts.run_once().await.expect("adds facts") > 0 {}
    packs(app, &admin).await;
    let reports = &app.services.reports;
    reports.read_report(&admin, "period=today").await.expect("a report");
    reports.read_list(&admin, "period=today&of=handoffs").await.expect("a list");
    let request = StaffingRequest { weeks: 4, roster: None, concurrency: None };
    app.services.staffing.read_staffing(&app.tenant, &request).await.expect("a report");
    reads_costs(app, &admin, &first).await;
    writes_first(app, &ana, &first).await;
    leaves(app, &ana).await;
    let all = AuditFilter::default();
    app.services.settings.read_audit(admin.tenant(), &all, None).await.expect("an audit");
    let day = Some("2026-11-22".to_owned());
    let narrow = AuditFilter { agent: Some(ana.id().clone()), from: day.clone(), to: day, ..all };
    app.services.settings.read_audit(admin.tenant(), &narrow, None).await.expect("an audit");
    searches(app, &ana, &first).await;
    app.services.settings.read_saved_replies(&ana, None).await.expect("replies");
    let health = Request::get("/health").body(Body::empty()).expect("a request");
    assert_eq!(app.send(health).await.status(), StatusCode::OK);
    changes_team(app, &ana).await;
}

/// Packs all days, and leaves a handoff out of one. Reports read packed days and changed rows then.
async fn packs(app: &TestApp, admin: &Agent) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let days = store::report_unpacked_rows::days(&mut tx).await.expect("reads");
    drop(tx);
    for day in days {
        assert!(app.services.day_packer.pack(&day.tenant, day.kind, day.day).await.expect("packs"));
    }
    let list = app.services.reports.read_list(admin, "of=handoffs").await.expect("a list");
    let handoff = list.rows[0].handoff.as_ref().expect("a handoff");
    app.services.reports.leave_out(admin, admin.initiator(None), handoff, "A test").await.expect("leaves out");
    app.services.day_packer.run_once().await.expect("packs");
    // SQLite finds a few ids in another way than one.
    let ids: Vec<String> = (0..8).map(|nth| nth.to_string()).collect();
    let mut tx = app.services.db.begin_read().await.expect("a view");
    for kind in RowKind::ALL {
        store::reports::by_ids(&mut tx, &app.tenant, kind, &ids).await.expect("reads");
    }
}

/// What messages cost, of all numbers and of one.
async fn reads_costs(app: &TestApp, admin: &Agent, open: &ConversationId) {
    let costs = &app.services.costs;
    costs.read_cost(admin, None, None).await.expect("costs");
    costs.read_cost(admin, None, Some(&app.channel)).await.expect("costs");
    for query in ["", "of=billed&after=9000000000000.0.msg_x", "of=in_app", "of=not_told&after=9000000000000.0.msg_x"] {
        costs.read_cost_list(admin, query).await.expect("a list");
    }
    costs.next_price(admin, open).await.expect("a price");
    app.services.live.numbers(&app.tenant).await.expect("numbers");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let time = Within { from: app.now().minus(Span::days(30)), to: app.now() };
    store::costs::answers(&mut tx, &app.tenant, ("step", "variable"), time, 10).await.expect("answers");
}

/// What an agent who writes first reads.
async fn writes_first(app: &TestApp, agent: &Agent, open: &ConversationId) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let page = app.services.live.outbound(agent, Some(open)).await.expect("a page");
    let customer = page.customer.expect("a customer").id;
    let category = TemplateCategory::Marketing;
    store::entries::has_opted_out(&mut tx, &app.tenant, &customer, category).await.expect("reads");
}

/// An agent leaves for good, comes back with another role, and is given a link.
async fn changes_team(app: &TestApp, agent: &Agent) {
    let (accounts, tenant) = (&app.services.accounts, &app.tenant);
    let operator = Reauthenticated::operator;
    app.services.conversations.deactivate(tenant, operator(), agent.id()).await.expect("deactivates");
    accounts.reactivate(tenant, operator(), agent.id()).await.expect("reactivates");
    accounts.set_role(tenant, operator(), agent.id(), Role::Admin).await.expect("changes");
    accounts.make_password_link(tenant, operator(), agent.id()).await.expect("a link");
    accounts.team(tenant).await.expect("a team");
}

/// Searches that walk over the newest documents, use the full-text index, or look at the conversations of a filter.
async fn searches(app: &TestApp, agent: &Agent, open: &ConversationId) {
    let live = &app.services.live;
    for (typed, status) in [
        ("hello", None),
        ("hello", Some(Status::Closed)),
        ("nowhere", Some(Status::Mine)),
        ("+49 155 50001", None),
        ("in:notes hello", None),
        ("in:notes nowhere", Some(Status::Mine)),
        ("agent:ana before:2030-01-01 after:2020-01-01 hello", None),
    ] {
        let filter = Filter { search: Some(typed.to_owned()), status, ..Filter::default() };
        live.search(agent, &filter, None, None).await.expect("results");
        live.search(agent, &filter, Some(SearchCursor(i64::MAX)), None).await.expect("a page");
    }
    live.search_thread(agent, open, "hello").await.expect("hits");
    // What needs thousands of messages in the product.
    let today = jiff::civil::date(2026, 11, 28);
    let query = search::parse("hello 4711", today).expect("a query");
    let scan = Scan { kind: DocumentKind::Message, query: &query, from: None, to: None, after: None };
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    index::indexed(&mut tx, &app.tenant, scan, 100).await.expect("candidates");
    index::of_conversations(&mut tx, &app.tenant, scan, std::slice::from_ref(open), 100).await.expect("candidates");
    let scan = Scan { kind: DocumentKind::Note, ..scan };
    index::indexed(&mut tx, &app.tenant, scan, 100).await.expect("candidates");
    index::of_conversations(&mut tx, &app.tenant, scan, std::slice::from_ref(open), 100).await.expect("candidates");
    index::texts(&mut tx, &app.tenant, DocumentKind::Note, &["not_1"]).await.expect("texts");
    index::has_pending(&mut tx, 500).await.expect("reads");
    index::merge_pending(&mut tx, 500).await.expect("merges");
    index::messages_before(&mut tx, None, 100).await.expect("messages");
    index::customers_before(&mut tx, None, 100).await.expect("customers");
    index::notes_before(&mut tx, None, 100).await.expect("notes");
    tx.commit().await.expect("commits");
}

/// An agent is gone while a customer waits, comes back, and returns everything.
async fn leaves(app: &TestApp, agent: &Agent) {
    let conversations = &app.services.conversations;
    for _ in 0..20 {
        app.turn(Span::seconds(20));
        app.services.presence_recorder.run_once().await.expect("records");
    }
    app.settle().await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let (tenant, now) = (&app.tenant, app.now());
    store::messages::answered_by_phone(&mut tx, tenant, agent.id(), now).await.expect("reads");
    store::presence::last_seen(&mut tx, tenant, agent.id()).await.expect("reads");
    store::presence::intervals(&mut tx, tenant, agent.id()).await.expect("reads");
    store::handoffs::keyword_phrase(&mut tx, tenant, &"kwd_1".into()).await.expect("reads");
    drop(tx);
    conversations.dismiss_returned(agent, &["cnv_1".into()]).await.expect("reads");
    conversations.release_all(agent).await.expect("releases");
}

/// A moment after an ending is due.
const PAST_DUE: Span = Span(UNDO_TIME.0 + 1_000);

/// Closes that are undone, cancelled and carried out, and a takeover that is undone.
async fn ends(app: &TestApp, agent: &Agent, id: &ConversationId) {
    let conversations = &app.services.conversations;
    let seen = last(&app.thread(agent, id).await);
    let press = EndingPress { kind: EndingKind::Close, seen, goodbye: Goodbye::Off, outcome: None, undo_time: None };
    let mark = conversations.schedule_ending(agent, id, &press).await.expect("is allowed").expect("is pending");
    conversations.undo_ending(agent, id, &mark.id).await.expect("undoes");
    let epoch = conversations.release(agent, id).await.expect("lets go");
    conversations.undo_release(agent, id, epoch).await.expect("undoes");
    conversations.release(agent, id).await.expect("lets go");
    let epoch = conversations.take_over(agent, id).await.expect("takes over");
    conversations.undo_take_over(agent, id, epoch).await.expect("undoes");
    conversations.claim(agent, id).await.expect("claims");
    let mark = conversations.schedule_ending(agent, id, &press).await.expect("is allowed").expect("is pending");
    app.services.live.calls(agent).await.expect("calls");
    conversations.undo_ending(agent, id, &mark.id).await.expect("undoes");
    conversations.schedule_ending(agent, id, &press).await.expect("is allowed");
    app.turn(PAST_DUE);
    app.settle().await;
}

async fn writes(app: &TestApp, customer: u32, nth: u32, words: &str) {
    let body = meta::text(&format!("49155500{customer:02}"), &format!("wamid.{customer}.{nth}"), app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
}

/// The three customers who requested an agent.
async fn with_people(app: &TestApp, agent: &Agent) -> [ConversationId; 3] {
    let rows = &app.desk(agent).await.groups[&Group::Unassigned].rows;
    std::array::from_fn(|nth| rows[nth].id.clone())
}

/// The customer's newest message.
fn last(thread: &Thread) -> Option<MessageId> {
    thread.items.iter().rev().find_map(|item| match &item.body {
        ItemBody::Message(message) if message.author == Author::Customer => Some(message.id.clone()),
        _ => None,
    })
}

/// Every filter of the desk, one at a time.
fn filters(agent: &Agent) -> Vec<Filter> {
    let day = || Some("2026-11-22".to_owned());
    let mut all: Vec<Filter> = [DateOf::Started, DateOf::Requested, DateOf::Closed]
        .into_iter()
        .map(|date_of| Filter { date_of, from: day(), to: day(), ..Filter::default() })
        .collect();
    all.push(Filter { agent: Some(agent.id().clone()), ..Filter::default() });
    all.push(Filter { trigger: Some(TriggerKind::Keyword), ..Filter::default() });
    all.push(Filter { failed: true, ..Filter::default() });
    all.push(Filter { unanswered: true, ..Filter::default() });
    all.push(Filter::default());
    all
}
