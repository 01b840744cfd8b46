//! The rows of a filtered desk: each kind of date at both ends of a 23-hour day, agent, number, status, trigger, failed
//! and unanswered, and combinations of them; counts that stop at a thousand, and pages far down the list.

use std::collections::{BTreeMap, BTreeSet};

use handoff::{
    domain::{
        conversation::Command,
        desk::{Count, DateOf, Filter, Group, Row, RowState, Status},
        handoff::TriggerKind,
        ids::ChannelId,
        sla::Wait,
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        channels::NewNumber,
        secret::Secret,
        simulator::{Effect, Fault},
    },
};
use http::StatusCode;
use serde_json::json;

use crate::{
    app::{APP, Leftover, NUMBER, START, TestApp, on_both},
    meta,
};

const ZONE: &str = "Europe/Berlin";
/// In Berlin, 29 March 2026 begins at 23:00 UTC and ends at 22:00 UTC, an hour early.
const DAY: &str = "2026-03-29";
const BEGINS: Timestamp = Timestamp(1_774_738_800_000);
const ENDS: Timestamp = Timestamp(1_774_821_600_000);
const OTHER_NUMBER: &str = "100200300400999";

async fn writes(app: &TestApp, number: &str, customer: &Customer, words: &str) {
    let wamid = format!("wamid.{}.{}.{words}", customer.phone, app.now().0);
    let body = meta::text(customer.phone, &wamid, app.now(), words).to_string();
    let body = body.replace(NUMBER, number).replace("Maria Costa", customer.name);
    assert_eq!(app.webhook_raw(body.into_bytes()).await, StatusCode::OK);
    app.drain().await;
}

struct Customer {
    /// The event and its time: just before, at the start, at the end, or just after the day.
    label: &'static str,
    phone: &'static str,
    name: &'static str,
}

const fn customer(label: &'static str, phone: &'static str, name: &'static str) -> Customer {
    Customer { label, phone, name }
}

/// Four customers write at their time, four request an agent at it after an earlier message, and four are closed at it.
const CUSTOMERS: [Customer; 12] = [
    customer("started before", "491550001", "Ána Souza"),
    customer("started first", "491550002", "Bruno"),
    customer("started last", "491550003", "O'Neil, Zoë"),
    customer("started after", "491550004", "100% Kiosk_A"),
    customer("asked before", "491550005", "Dora"),
    customer("asked first", "491550006", "Elif"),
    customer("asked last", "491550007", "Farid"),
    customer("asked after", "491550008", "Gül"),
    customer("closed before", "491550009", "Hanna"),
    customer("closed first", "491550010", "Ivo"),
    customer("closed last", "491550011", "Jana"),
    customer("closed after", "491550012", "Kees"),
];

struct World {
    ana: Agent,
    ben: Agent,
    other: ChannelId,
    labels: BTreeMap<String, &'static str>,
}

impl World {
    async fn row(&self, app: &TestApp, customer: &Customer) -> Row {
        let phone = format!("+{}", customer.phone);
        let rows = app.rows(&self.ana).await;
        rows.into_iter().find(|row| row.phone.as_deref() == Some(phone.as_str())).expect("a conversation")
    }

    async fn begin(app: &TestApp) -> Self {
        app.keyword("agent").await;
        let ((ana, _), (ben, _)) = (app.agent("Ana").await, app.agent("Ben").await);
        let number = NewNumber {
            app: APP.into(),
            phone_number_id: OTHER_NUMBER.to_owned(),
            waba_id: crate::app::WABA.to_owned(),
            display_phone: "+1 555 010 0999".to_owned(),
            name: "Second Store".to_owned(),
            token: Secret::new("acme-token"),
        };
        let other = app.services.channels.add_number(&app.tenant, number).await.expect("a number");
        let labels = CUSTOMERS.iter().map(|customer| (format!("+{}", customer.phone), customer.label)).collect();
        let world = Self { ana, ben, other, labels };
        // long before: the customers of the second group write to a bot that greets, those of the third are with an
        // agent
        for customer in &CUSTOMERS[4..8] {
            writes(app, NUMBER, customer, "hello").await;
        }
        for (at, customer) in CUSTOMERS[8..].iter().enumerate() {
            writes(app, OTHER_NUMBER, customer, "agent please").await;
            let id = world.row(app, customer).await.id;
            let agent = if at % 2 == 0 { &world.ana } else { &world.ben };
            app.services.conversations.claim(agent, &id).await.expect("claims");
        }
        let second = Span::seconds(1);
        for (at, moment) in [BEGINS.minus(second), BEGINS, ENDS.minus(second), ENDS].into_iter().enumerate() {
            app.turn(moment.since(app.now()));
            writes(app, NUMBER, &CUSTOMERS[at], "hello").await;
            writes(app, NUMBER, &CUSTOMERS[4 + at], "now an agent").await;
            let row = world.row(app, &CUSTOMERS[8 + at]).await;
            let agent = if at % 2 == 0 { &world.ana } else { &world.ben };
            app.services.conversations.close(agent, &row.id, row.last_turn).await.expect("closes");
        }
        // and one of the second group is claimed by Ana
        let id = world.row(app, &CUSTOMERS[5]).await.id;
        app.services.conversations.claim(&world.ana, &id).await.expect("claims");
        world
    }
}

on_both!(a_filter_shows_and_counts_exactly_its_matches, async |app| {
    // given customers who wrote, requested an agent or were closed just before, at the start, at the end and just after
    // a day
    let world = World::begin(app).await;
    let day = |date_of| Filter { date_of, from: Some(DAY.into()), to: Some(DAY.into()), ..Filter::default() };
    let of = |agent: &Agent| Filter { agent: Some(agent.id().clone()), ..Filter::default() };
    let table: Vec<(Filter, Vec<&str>)> = vec![
        (day(DateOf::Started), vec!["started first", "started last"]),
        (day(DateOf::Requested), vec!["asked first", "asked last"]),
        (day(DateOf::Closed), vec!["closed first", "closed last"]),
        (Filter { from: None, ..day(DateOf::Closed) }, vec!["closed before", "closed first", "closed last"]),
        (Filter { to: None, ..day(DateOf::Closed) }, vec!["closed first", "closed last", "closed after"]),
        (Filter { to: Some("2026-03-28".into()), ..day(DateOf::Closed) }, vec![]),
        (of(&world.ana), vec!["asked first", "closed before", "closed last"]),
        (of(&world.ben), vec!["closed first", "closed after"]),
        (
            Filter { channel: Some(world.other.clone()), ..Filter::default() },
            vec!["closed before", "closed first", "closed last", "closed after"],
        ),
        (Filter { status: Some(Status::Unassigned), ..day(DateOf::Requested) }, vec!["asked last"]),
        (Filter { status: Some(Status::Mine), ..day(DateOf::Requested) }, vec!["asked first"]),
        (Filter { agent: Some(world.ana.id().clone()), ..day(DateOf::Closed) }, vec!["closed last"]),
        (
            // The search text narrows no group.
            Filter { channel: Some(world.other.clone()), search: Some("nobody".into()), ..of(&world.ana) },
            vec!["closed before", "closed last"],
        ),
        (Filter { channel: Some(app.channel.clone()), ..day(DateOf::Closed) }, vec![]),
    ];
    for (filter, expected) in table {
        shows(app, &world.ana, &filter, &world.labels, &expected).await;
    }
    // and conversely: the rows that the rule accepts are those that the database finds
    for filter in [day(DateOf::Started), day(DateOf::Requested), day(DateOf::Closed), of(&world.ana), of(&world.ben)] {
        finds_what_the_rule_accepts(app, &world.ana, filter).await;
    }
    app.leaves(Leftover::Outbox, "the simulator has no second number, so it is stopped");
});

/// Exactly these customers are shown; each group counts its rows, and each row passes the rule that is applied to live
/// frames.
async fn shows(
    app: &TestApp,
    viewer: &Agent,
    filter: &Filter,
    labels: &BTreeMap<String, &'static str>,
    expected: &[&'static str],
) {
    let desk = app.services.live.desk(viewer, filter.clone(), Some(ZONE)).await.expect("a desk");
    let rows = desk.groups.values().flat_map(|range| &range.rows);
    let shown: BTreeSet<&str> = rows.map(|row| labels[row.phone.as_deref().expect("a number")]).collect();
    assert_eq!(shown, expected.iter().copied().collect::<BTreeSet<&str>>(), "{filter:?}");
    for (group, range) in &desk.groups {
        let counted = i64::try_from(range.rows.len()).expect("a few");
        assert_eq!(desk.count(*group), Count { n: counted, more: false }, "{group:?} of {filter:?}");
        for row in &range.rows {
            assert!(desk.filter.keeps(desk.days, row), "{row:?} of {filter:?}");
        }
    }
}

async fn finds_what_the_rule_accepts(app: &TestApp, viewer: &Agent, filter: Filter) {
    let desk = app.services.live.desk(viewer, filter, Some(ZONE)).await.expect("a desk");
    let kept = app.rows(viewer).await.into_iter().filter(|row| desk.filter.keeps(desk.days, row)).count();
    assert_eq!(desk.groups.values().map(|range| range.rows.len()).sum::<usize>(), kept, "{:?}", desk.filter);
}

/// Customers by what becomes of their conversation.
const FATES: [Customer; 7] = [
    customer("asked", "491550021", "Lena"),
    customer("late", "491550022", "Milo"),
    customer("greeted", "491550023", "Nia"),
    customer("stepped in", "491550024", "Omar"),
    customer("undelivered", "491550025", "Pia"),
    customer("returned", "491550026", "Quinn"),
    customer("closed", "491550027", "Rosa"),
];

on_both!(triggers_failed_messages_and_unanswered_customers_are_filters, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    let conversations = &app.services.conversations;
    // given a customer who requested an agent, one whose message arrived late, and one with the bot
    let [asked, late, greeted, stepped_in, undelivered, returned, closed] = &FATES;
    writes(app, NUMBER, asked, "agent please").await;
    let body = meta::text(late.phone, "wamid.late", app.now().minus(Span::minutes(11)), "hello");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    writes(app, NUMBER, greeted, "hello").await;
    // and one whom an agent took over from the bot, one whose reply failed, one who is with the bot again, and one who
    // was closed after a reply
    for (customer, words) in
        [(stepped_in, "hello"), (undelivered, "agent please"), (returned, "agent please"), (closed, "agent please")]
    {
        app.turn(Span::seconds(1));
        writes(app, NUMBER, customer, words).await;
        app.settle().await;
        let phone = format!("+{}", customer.phone);
        let rows = app.rows(&ana).await;
        let row = rows.into_iter().find(|row| row.phone.as_deref() == Some(phone.as_str())).expect("a conversation");
        if row.state == RowState::Bot {
            conversations.take_over(&ana, &row.id).await.expect("takes over");
        } else {
            conversations.claim(&ana, &row.id).await.expect("claims");
        }
        if customer.label == "returned" {
            conversations.return_to_bot(&ana, &row.id).await.expect("returns");
        } else {
            if customer.label == "undelivered" {
                app.meta.inject("*", Fault::once(Effect::Http { code: 131_026 }));
            }
            conversations.reply(&ana, &row.id, customer.phone, "Hello", None).await.expect("replies");
        }
        app.settle().await;
        if customer.label == "closed" {
            conversations.close(&ana, &row.id, row.last_turn).await.expect("closes");
        }
        app.settle().await;
    }
    // then each filter shows what it names, alone and with others
    let labels = FATES.iter().map(|customer| (format!("+{}", customer.phone), customer.label)).collect();
    let trigger = |kind| Filter { trigger: Some(kind), ..Filter::default() };
    let failed = || Filter { failed: true, ..Filter::default() };
    let unanswered = || Filter { unanswered: true, ..Filter::default() };
    let table: Vec<(Filter, Vec<&str>)> = vec![
        (trigger(TriggerKind::Keyword), vec!["asked", "undelivered", "closed"]),
        (trigger(TriggerKind::Late), vec!["late"]),
        (trigger(TriggerKind::Agent), vec!["stepped in"]),
        (trigger(TriggerKind::Flow), vec![]),
        (failed(), vec!["undelivered"]),
        (unanswered(), vec!["asked", "late", "undelivered"]),
        (Filter { unanswered: true, ..trigger(TriggerKind::Keyword) }, vec!["asked", "undelivered"]),
        (Filter { agent: Some(ana.id().clone()), unanswered: true, ..failed() }, vec!["undelivered"]),
        (Filter { failed: true, ..trigger(TriggerKind::Agent) }, vec![]),
        (Filter { status: Some(Status::Closed), ..trigger(TriggerKind::Keyword) }, vec!["closed"]),
        (Filter { status: Some(Status::Bot), ..trigger(TriggerKind::Keyword) }, vec![]),
        (Filter { status: Some(Status::Closed), ..unanswered() }, vec![]),
    ];
    for (filter, expected) in table {
        shows(app, &ana, &filter, &labels, &expected).await;
        finds_what_the_rule_accepts(app, &ana, Filter { status: None, ..filter }).await;
    }
});

on_both!(a_large_filtered_group_counts_to_a_thousand_and_pages_to_its_end, async |app| {
    // given 1,001 conversations with the bot on one number
    let (ana, _) = app.agent("Ana").await;
    let phones: Vec<String> = (0..1_001).map(|n| format!("4915{n:08}")).collect();
    for part in phones.chunks(500) {
        let contacts: Vec<_> = part.iter().map(|phone| meta::contact(phone)).collect();
        let messages: Vec<_> = part
            .iter()
            .map(|phone| {
                let wamid = format!("wamid.{phone}");
                meta::text(phone, &wamid, START, "hi")["entry"][0]["changes"][0]["value"]["messages"][0].clone()
            })
            .collect();
        let body = meta::envelope(json!({"contacts": contacts, "messages": messages}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        app.turn(Span::seconds(1));
    }
    let filter = Filter { channel: Some(app.channel.clone()), ..Filter::default() };
    let live = &app.services.live;
    let desk = live.desk(&ana, filter.clone(), None).await.expect("a desk");
    // then counting stopped at a thousand, which the page shows with a plus
    assert_eq!(desk.count(Group::Bot), Count { n: 1_000, more: true });
    assert_eq!(desk.count(Group::Closed), Count::default());
    // and the pages together contain each of them once, in order
    let mut range = desk.groups[&Group::Bot].clone();
    let mut rows = range.rows.clone();
    while range.more {
        let last = rows.last().expect("a row").key(Group::Bot);
        range = live.more(&ana, filter.clone(), Group::Bot, &last, None).await.expect("a page");
        rows.extend(range.rows.clone());
    }
    assert_eq!(rows.len(), 1_001);
    assert!(rows.iter().map(|row| row.key(Group::Bot)).is_sorted_by(|one, next| one < next));
    app.leaves(Leftover::Job, "the bot never runs");
});

on_both!(a_release_starts_a_second_wait_and_keeps_the_late_reply, async |app| {
    // given a conversation that was answered late
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    let conversations = &app.services.conversations;
    let asked = app.now();
    app.turn(Span::minutes(14));
    conversations.claim(&ana, &row.id).await.expect("claims");
    conversations.reply(&ana, &row.id, "client-1", "Hello", None).await.expect("answers");
    app.drain().await;
    let target = row.wait.expect("it waits").target;
    let first = Wait { since: asked, until: Some(app.now()), answered: true, target };
    assert_eq!(app.only_row(&ana).await.wait, Some(first));
    // when she releases it
    app.turn(Span::hours(1));
    let released = app.now();
    conversations.command(&ana, &row.id, Command::Release { agent: ana.id().clone() }).await.expect("releases");
    // then a second wait starts, next to the result of the first one, and agents are alerted again
    let waiting = app.only_row(&ana).await;
    assert_eq!(waiting.wait, Some(Wait { since: released, until: None, answered: false, target }));
    assert_eq!((waiting.earlier_wait, waiting.alerted_at), (Some(first), Some(released)));
    assert_eq!(waiting.requested_at, row.requested_at, "the waiting order is kept");
    // and the next reply ends it
    app.turn(Span::minutes(2));
    conversations.claim(&ana, &row.id).await.expect("claims");
    conversations.reply(&ana, &row.id, "client-2", "Here again", None).await.expect("answers");
    app.drain().await;
    let second = Wait { since: released, until: Some(app.now()), answered: true, target };
    assert_eq!(app.only_row(&ana).await.wait, Some(second));
    // and both are kept when it is returned to the bot
    conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    let returned = app.only_row(&ana).await;
    assert_eq!((returned.state, returned.wait, returned.earlier_wait), (RowState::Bot, Some(second), Some(first)));
    app.settle().await;
});

on_both!(an_unanswered_wait_ends_with_the_return_to_the_bot, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.turn(Span::minutes(9));
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.services.conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    let until = Some(app.now());
    // days later it is closed
    app.turn(Span::hours(71));
    let row = app.only_row(&ana).await;
    app.services.conversations.close(&ana, &row.id, row.last_turn).await.expect("closes");
    assert_eq!(app.only_row(&ana).await.wait.and_then(|wait| wait.until), until);
    app.settle().await;
});
