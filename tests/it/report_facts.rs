//! The facts beneath the reports: derived from the log while the server works, rebuilt, and kept apart per tenant.

mod histories;
mod naive;
mod prices;
mod recount;

use handoff::{
    domain::{
        event::{CloseReason, Event},
        handoff::HandoffEnd,
        ids::{ConversationId, HandoffId, MessageId, Seq, TenantId},
        report::facts::{FactContext, FactKeys, FactSet, Lasted},
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        admin::reports,
        services::Services,
        store::{
            customers, entries, report_closings, report_conversations, report_handoffs,
            report_left_out::{self, LeftOutRow},
            report_messages,
            report_progress::{self, RecordedKind},
            report_ratings, report_stints, report_waits, tenants,
        },
    },
};
use http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    meta::{self, envelope},
};

/// Adds facts until there are no more.
pub async fn add(services: &Services) {
    while services.report_facts.run_once().await.expect("adds facts") > 0 {}
}

/// The stored facts of everything that the tenant's log names.
pub async fn stored(app: &TestApp, tenant: &TenantId) -> FactSet {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, tenant, Seq(0), 10_000).await.expect("reads");
    let FactKeys { conversations, messages, .. } = FactKeys::of(&log);
    let seqs: Vec<Seq> = log.iter().map(|entry| entry.seq).collect();
    let handoff = |event: &Event| match event {
        Event::HandedOff { handoff, .. } | Event::Reopened { handoff, .. } => Some(handoff.clone()),
        _ => None,
    };
    let handoffs: Vec<HandoffId> = log.iter().filter_map(|entry| handoff(&entry.event)).collect();
    let echoed = |event: &Event| match event {
        Event::Queued { message, .. } | Event::Echoed { message, .. } => Some(message.clone()),
        _ => None,
    };
    let mut messages: Vec<MessageId> =
        messages.into_iter().chain(log.iter().filter_map(|entry| echoed(&entry.event))).collect();
    messages.sort();
    messages.dedup();
    let conversations: Vec<&ConversationId> = conversations.iter().collect();

    let mut facts = FactSet::default();
    for fact in report_conversations::by_ids(&mut tx, tenant, &conversations).await.expect("reads") {
        facts.conversations.insert(fact.conversation.clone(), fact);
    }
    let ids: Vec<&HandoffId> = handoffs.iter().collect();
    for fact in report_handoffs::by_ids(&mut tx, tenant, &ids).await.expect("reads") {
        facts.handoffs.insert(fact.handoff.clone(), fact);
    }
    for fact in report_ratings::by_ids(&mut tx, tenant, &ids).await.expect("reads") {
        facts.ratings.insert(fact.handoff.clone(), fact);
    }
    for fact in report_stints::by_seqs(&mut tx, tenant, &seqs).await.expect("reads") {
        facts.stints.insert(fact.seq, fact);
    }
    for fact in report_closings::by_seqs(&mut tx, tenant, &seqs).await.expect("reads") {
        facts.closings.insert(fact.seq, fact);
    }
    let (from, to) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
    for fact in report_waits::ended_within(&mut tx, tenant, from, to).await.expect("reads") {
        facts.waits.insert(fact.seq, fact);
    }
    let ids: Vec<&MessageId> = messages.iter().collect();
    for fact in report_messages::by_ids(&mut tx, tenant, &ids).await.expect("reads") {
        facts.messages.insert((fact.message.clone(), fact.piece), fact);
    }
    facts.reached = report_progress::read(&mut tx, tenant).await.expect("reads").reached;
    facts
}

/// The facts that the tenant's log gives in one go.
pub async fn derived(app: &TestApp, tenant: &TenantId) -> FactSet {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, tenant, Seq(0), 10_000).await.expect("reads");
    let keys = FactKeys::of(&log);
    let conversations: Vec<&ConversationId> = keys.conversations.iter().collect();
    let languages = customers::languages(&mut tx, tenant, &conversations).await.expect("reads");
    let markets = customers::markets(&mut tx, tenant, &conversations).await.expect("reads");
    let settings = tenants::find(&mut tx, tenant).await.expect("reads").expect("the tenant").settings;
    let zone = TimeZone::get(&settings.zone).expect("a zone");
    let hours = settings.calendar.is_set().then_some((settings.calendar, zone));
    let context = FactContext { hours, languages, markets };
    let mut facts = FactSet::default();
    for entry in &log {
        facts.fold(entry, &context);
    }
    FactSet { withdrawn: Default::default(), unsent_reply_at: None, ..facts }
}

async fn says(app: &TestApp, wamid: &str, words: &str) {
    let body = meta::text("4915550001", wamid, app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    app.turn(Span::minutes(2));
}

async fn replies(app: &TestApp, agent: &Agent, id: &ConversationId, words: &str) {
    app.services.conversations.reply(agent, id, words, words, None).await.expect("replies");
    app.turn(Span::minutes(1));
    app.settle().await;
}

/// Ana claims, answers and releases; Ben claims and closes; the customer comes back two days later. `after` runs after each
/// step.
async fn day(app: &TestApp, mut after: impl AsyncFnMut()) {
    let ((ana, _), (ben, _)) = (app.agent("Ana").await, app.agent("Ben").await);
    let conversations = &app.services.conversations;
    let id = app.waiting(&ana).await.id;
    after().await;
    app.turn(Span::minutes(3));
    conversations.claim(&ana, &id).await.expect("claims");
    after().await;
    replies(app, &ana, &id, "Hello, how can I help?").await;
    after().await;
    says(app, "wamid.second", "Where is my order?").await;
    after().await;
    replies(app, &ana, &id, "I will look").await;
    conversations.release(&ana, &id).await.expect("releases");
    after().await;
    app.turn(Span::minutes(4));
    conversations.claim(&ben, &id).await.expect("claims");
    replies(app, &ben, &id, "It comes tomorrow").await;
    after().await;
    let seen = app.only_row(&ben).await.last_turn;
    conversations.close(&ben, &id, seen).await.expect("closes");
    app.settle().await;
    after().await;
    app.turn(Span::days(2));
    says(app, "wamid.third", "Where is my order?").await;
    after().await;
}

on_both!(facts_that_are_added_step_by_step_equal_those_of_the_whole_log, async |app| {
    // given a server that is restarted once
    let next = app.another(7).await;
    let mut steps = 0;
    day(app, async || {
        steps += 1;
        add(if steps < 4 { &app.services } else { &next }).await;
    })
    .await;
    next.db.close().await;

    let facts = stored(app, &app.tenant).await;
    assert_eq!(facts, derived(app, &app.tenant).await);

    // then they say what happened
    assert_eq!((facts.conversations.len(), facts.stints.len()), (2, 2));
    let handoff = facts.handoffs.values().next().expect("one");
    let minutes = |lasted: Option<Lasted>| lasted.map(|it| it.raw.0 / 60_000);
    assert_eq!((minutes(handoff.waiting), minutes(handoff.response)), (Some(3), Some(4)));
    assert_eq!((handoff.releases, handoff.lost), (1, false));
    let closing = facts.closings.values().next().expect("one");
    assert_eq!((closing.reason, closing.followed_at.is_some()), (CloseReason::Done, true));
    assert_eq!(facts.waits.len(), 2, "the further question, and what the release left");
    assert!(facts.messages.values().any(|message| message.priced.is_some()), "the simulator tells prices");
});

on_both!(a_rebuild_gives_the_same_facts_and_keeps_what_is_left_out, async |app| {
    day(app, async || add(&app.services).await).await;
    let before = stored(app, &app.tenant).await;
    let (agent, _) = app.agent("Cem").await;
    let handoff = before.handoffs.keys().next().expect("one").clone();
    let row =
        LeftOutRow { handoff: handoff.clone(), reason: "A test".to_owned(), agent: agent.id().clone(), at: app.now() };
    let (globex, _) = app.other_tenant().await;
    let mut tx = app.services.db.begin_write().await.expect("begins");
    assert!(report_left_out::insert(&mut tx, &app.tenant, &row).await.expect("leaves out"));
    assert!(!report_left_out::insert(&mut tx, &app.tenant, &row).await.expect("is left out"));
    assert!(!report_left_out::remove(&mut tx, &globex, &handoff).await.expect("is another tenant's"));
    tx.commit().await.expect("commits");
    add(&app.services).await;
    let complete = app.services.report_facts.progress(&app.tenant).await.expect("reads");
    assert_eq!((complete.as_of, complete.read), (Some(app.now()), complete.entries));

    // when the messages of customers are erased, and everything is derived again
    app.erase("messages").await;
    let printed = reports::rebuild(&app.services, Some("Acme")).await.expect("requests it");
    assert!(printed.contains("the reports of “Acme”"), "{printed}");
    let begun = app.services.report_facts.progress(&app.tenant).await.expect("reads");
    assert_eq!((begun.as_of, begun.read, begun.clearing), (None, 0, true));
    add(&app.services).await;

    let after = stored(app, &app.tenant).await;
    assert_eq!(FactSet { reached: before.reached, ..after }, before);
    let mut tx = app.services.db.begin_write().await.expect("begins");
    assert_eq!(report_left_out::list(&mut tx, &app.tenant).await.expect("reads"), [row]);
    assert!(report_left_out::remove(&mut tx, &app.tenant, &handoff).await.expect("counts again"));
    tx.commit().await.expect("commits");
});

on_both!(a_tenant_has_only_its_own_facts, async |app| {
    let (globex, _) = app.other_tenant().await;
    day(app, async || add(&app.services).await).await;
    let ours = stored(app, &app.tenant).await;
    let (conversations, handoffs): (Vec<_>, Vec<_>) =
        (ours.conversations.keys().collect(), ours.handoffs.keys().collect());
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert!(report_conversations::by_ids(&mut tx, &globex, &conversations).await.expect("reads").is_empty());
    assert!(report_handoffs::by_ids(&mut tx, &globex, &handoffs).await.expect("reads").is_empty());
    drop(tx);
    let theirs = stored(app, &globex).await;
    assert!(theirs.conversations.is_empty() && theirs.waits.is_empty() && theirs.messages.is_empty());
    // when the other one is rebuilt
    reports::rebuild(&app.services, Some("Globex")).await.expect("requests it");
    add(&app.services).await;
    assert_eq!(stored(app, &app.tenant).await, ours);
    assert!(reports::rebuild(&app.services, Some("Initech")).await.is_err());
});

/// A message of somebody who is known by a number, by a user id, or by both.
fn of(phone: Option<&str>, user: Option<&str>, wamid: &str, at: Timestamp, words: &str) -> Value {
    let mut contact = json!({"profile": {"name": "Maria Costa"}});
    let mut message =
        json!({"id": wamid, "timestamp": (at.0 / 1_000).to_string(), "type": "text", "text": {"body": words}});
    if let Some(phone) = phone {
        contact["wa_id"] = json!(phone);
        message["from"] = json!(phone);
    }
    if let Some(user) = user {
        contact["user_id"] = json!(user);
        message["from_user_id"] = json!(user);
    }
    envelope(json!({"contacts": [contact], "messages": [message]}))
}

on_both!(two_customers_who_are_one_person_leave_a_merged_handoff, async |app| {
    app.keyword("agent").await;
    let (phone, user) = (Some("4915550001"), Some("DE.100"));
    for (phone, user, wamid, words) in [
        (phone, None, "wamid.1", "An agent, please"),
        (None, user, "wamid.2", "agent"),
        (phone, user, "wamid.3", "Hello?"),
    ] {
        assert_eq!(app.webhook(&of(phone, user, wamid, app.now(), words)).await, StatusCode::OK);
        app.settle().await;
        add(&app.services).await;
        app.turn(Span::seconds(2));
    }
    let facts = stored(app, &app.tenant).await;
    assert_eq!(facts, derived(app, &app.tenant).await);
    let mut ends: Vec<_> = facts.handoffs.values().map(|fact| fact.ended.as_ref().map(|ended| ended.end)).collect();
    ends.sort_by_key(Option::is_some);
    assert_eq!(ends, [None, Some(HandoffEnd::Merged)], "the other one waits");
    assert_eq!(facts.closings.values().map(|fact| fact.reason).collect::<Vec<_>>(), [CloseReason::Merged]);
});

on_both!(what_is_recorded_since_when_is_known_from_the_first_facts_on, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.waiting(&ana).await;
    add(&app.services).await;
    let first = app.now();
    app.turn(Span::days(1));
    reports::rebuild(&app.services, None).await.expect("requests it");
    add(&app.services).await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let recorded = report_progress::recorded(&mut tx, &app.tenant).await.expect("reads");
    assert_eq!(recorded, [(RecordedKind::Presence, first), (RecordedKind::Pricing, first)]);
});
