//! Work on the database of an older version: what was under way goes on, and nothing is sent twice.

use handoff::{
    domain::{
        access::Role,
        desk::RowState,
        handoff::{Failure, Trigger},
        message::{Author, Delivery, Reaction},
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        store::{facts, handoffs, jobs, journal, outbox},
        workers::JobKind,
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    carried::{newest, rows, said, state, thread},
    customers::{
        ADVISED, ASKED, CHATTING, CLAIMED, CUT_CALL, CUT_MODEL, Customer, FAILED, FAILED_REPLY, FETCHING, LEASED_AGENT,
        LEASED_BOT, LEASED_REPLY, MERGED, PATIENT, QUESTION, QUEUED_REPLY, READ_REPLY, RETURNED, THINKING, UNCLEAR,
        UNCLEAR_REPLY, UNREAD, WAITING, WRITTEN,
    },
};
use crate::{
    app::{TestApp, connected},
    meta, report_facts,
};

/// The shop and the model's server of then are gone.
pub async fn goes_on(app: &TestApp, ana: &Agent) {
    app.services.node.join().await.expect("starts");
    app.settle().await;
    backlog(app, ana).await;
    cut_off(app, ana).await;
    model(app, ana).await;
    leased(app, ana).await;
    flow(app, ana).await;
    agent(app, ana).await;
    merged(app, ana).await;
    patience(app, ana).await;
    nothing_is_left(app).await;
    derives_facts(app).await;
}

/// The facts of the reports are derived from the whole log, also from entries of the older version.
async fn derives_facts(app: &TestApp) {
    report_facts::add(&app.services).await;
    let facts = report_facts::stored(app, &app.tenant).await;
    assert_eq!(facts, report_facts::derived(app, &app.tenant).await);
    assert!(facts.conversations.len() > 20 && facts.handoffs.len() > 5, "{facts:#?}");
    // What the desk shows as answered is answered in reports.
    let mut tx = app.services.db.begin_read().await.expect("a view");
    for fact in facts.handoffs.values() {
        let past = handoffs::of(&mut tx, &app.tenant, &fact.conversation).await.expect("reads");
        let shown = past.iter().find(|past| past.handoff.id == fact.handoff).expect("its row");
        assert_eq!(fact.first_reply.is_some(), shown.handoff.first_reply.is_some(), "{fact:#?}");
    }
    drop(tx);
    let progress = app.services.report_facts.progress(&app.tenant).await.expect("reads");
    assert_eq!((progress.as_of, progress.read), (Some(app.now()), progress.entries));
}

/// How often Meta took a text for a customer, with buttons or without.
fn times_sent(app: &TestApp, customer: Customer, text: &str) -> usize {
    let to = format!("+{}", customer.0);
    let has_text = |body: &Value| body["text"]["body"] == text || body["interactive"]["body"]["text"] == text;
    app.meta.sent().iter().filter(|sent| sent.body["to"] == to && has_text(&sent.body)).count()
}

async fn state_of(app: &TestApp, agent: &Agent, customer: Customer) -> &'static str {
    state(&newest(app, agent, customer).await)
}

/// Why a person was asked for, and the reason in words.
async fn handoff(app: &TestApp, agent: &Agent, customer: Customer) -> (Trigger, String) {
    let row = newest(app, agent, customer).await;
    assert_eq!(state(&row), "waiting", "{customer:?}");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let mut past = handoffs::of(&mut tx, &app.tenant, &row.id).await.expect("reads");
    assert_eq!(past.len(), 1, "{customer:?}: {past:#?}");
    let past = past.remove(0);
    (past.handoff.trigger, past.brief.reason)
}

/// What customers wrote to the old version has wamids of its own.
fn wamid(customer: Customer, text: &str) -> String {
    format!("wamid.later.{}.{text}", customer.0)
}

async fn writes(app: &TestApp, customer: Customer, text: &str) {
    let user = format!("DE.{}", customer.0);
    let contact = json!({"profile": {"name": customer.1}, "wa_id": customer.0, "user_id": user});
    arrives(app, contact, json!({"from": customer.0, "from_user_id": user, "id": wamid(customer, text)}), text).await;
}

async fn arrives(app: &TestApp, contact: Value, mut message: Value, text: &str) {
    message["timestamp"] = json!((app.now().0 / 1_000).to_string());
    message["type"] = json!("text");
    message["text"] = json!({"body": text});
    let body = meta::envelope(json!({"contacts": [contact], "messages": [message]}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    // The model waits for the rest of what is typed.
    app.turn(Span::seconds(2));
    app.settle().await;
}

/// What waited in the journal, the jobs and the outbox.
async fn backlog(app: &TestApp, ana: &Agent) {
    assert_eq!(state_of(app, ana, UNREAD).await, "waiting", "the unread webhook is read");
    assert_eq!(said(app, ana, CLAIMED, READ_REPLY).await.delivery, Some(Delivery::Read));
    assert_eq!(times_sent(app, CLAIMED, QUEUED_REPLY), 1);
    assert_eq!(times_sent(app, RETURNED, "Anything else?"), 1, "the flow goes on where the agent returned it");
    assert_eq!(handoff(app, ana, FETCHING).await.1, "Order 10043 not found", "the shop is gone");
    // The minute to wait for a status of it is over: the agent decides.
    assert_eq!(said(app, ana, UNCLEAR, UNCLEAR_REPLY).await.delivery, Some(Delivery::Failed));
    assert_eq!(times_sent(app, UNCLEAR, UNCLEAR_REPLY), 0);
    // A page that sends its reply again, because the server was gone for a moment, sends no second one.
    let id = newest(app, ana, CLAIMED).await.id;
    app.services.conversations.reply(ana, &id, QUEUED_REPLY, QUEUED_REPLY, None).await.expect("is taken");
    app.settle().await;
    assert_eq!(times_sent(app, CLAIMED, QUEUED_REPLY), 1);
}

/// Leases of the killed server are freed at the start. A request or a turn that was under way is never repeated; a
/// message may have left.
async fn cut_off(app: &TestApp, ana: &Agent) {
    for (customer, failure) in [(CUT_CALL, Failure::Interrupted), (CUT_MODEL, Failure::ModelInterrupted)] {
        assert_eq!(handoff(app, ana, customer).await.0, Trigger::Failure { failure }, "{customer:?}");
    }
    for (customer, text) in [(LEASED_BOT, QUESTION), (LEASED_AGENT, LEASED_REPLY)] {
        assert_eq!(said(app, ana, customer, text).await.delivery, Some(Delivery::Unknown), "{customer:?}");
        assert_eq!(times_sent(app, customer, text), 0, "{customer:?}: a status may still come");
    }
}

async fn model(app: &TestApp, ana: &Agent) {
    app.turn(Span::seconds(10));
    app.settle().await;
    for customer in [CHATTING, ADVISED] {
        writes(app, customer, "And in red?").await;
    }
    for customer in [THINKING, WRITTEN, CHATTING, ADVISED] {
        let trigger = handoff(app, ana, customer).await.0;
        assert_eq!(trigger, Trigger::Failure { failure: Failure::ModelUnreachable }, "{customer:?}");
    }
}

/// No status came within a minute: the bot's question is sent once more, the agent decides about the reply.
async fn leased(app: &TestApp, ana: &Agent) {
    app.turn(Span::seconds(60));
    app.settle().await;
    assert_eq!(times_sent(app, LEASED_BOT, QUESTION), 1);
    let question = said(app, ana, LEASED_BOT, QUESTION).await;
    assert_eq!((question.delivery, question.resent), (Some(Delivery::Delivered), true));
    assert_eq!(times_sent(app, LEASED_AGENT, LEASED_REPLY), 0);
    assert_eq!(said(app, ana, LEASED_AGENT, LEASED_REPLY).await.delivery, Some(Delivery::Failed));
    app.turn(Span::minutes(5));
    app.settle().await;
    assert_eq!(times_sent(app, LEASED_BOT, QUESTION), 1, "and not again");
}

/// A customer answers the question that the old version asked, another one ends the flow.
async fn flow(app: &TestApp, ana: &Agent) {
    writes(app, ASKED, "12345").await;
    assert_eq!(handoff(app, ana, ASKED).await.1, "Order 12345 not found", "the shop is gone");
    let answer = said(app, ana, ASKED, "12345").await;
    let thumb = Reaction::new(Author::Customer, "👍");
    assert_eq!(answer.reactions, [thumb], "the old version had it before the message");
    let row = newest(app, ana, ASKED).await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let variables = facts::variables(&mut tx, &app.tenant, &row.id).await.expect("reads");
    drop(tx);
    assert_eq!(variables.last().map(|row| (row.name.as_str(), row.value.as_str())), Some(("order", "12345")));

    writes(app, RETURNED, "No, thank you").await;
    assert_eq!(state_of(app, ana, RETURNED).await, "closed");
    assert_eq!(times_sent(app, RETURNED, "Bye."), 1);
}

/// An agent claims, replies, sends again what failed, and closes.
async fn agent(app: &TestApp, ana: &Agent) {
    let conversations = &app.services.conversations;
    let id = newest(app, ana, WAITING).await.id;
    conversations.claim(ana, &id).await.expect("claims");
    conversations.reply(ana, &id, "after-the-upgrade", "Good day, Walt.", None).await.expect("replies");
    app.settle().await;
    assert_eq!(said(app, ana, WAITING, "Good day, Walt.").await.delivery, Some(Delivery::Delivered));
    let seen = app.thread(ana, &id).await.row.last_turn;
    conversations.close(ana, &id, seen).await.expect("closes");
    app.settle().await;
    assert_eq!(state_of(app, ana, WAITING).await, "closed");
    assert_eq!(times_sent(app, WAITING, "Goodbye Waiting Walt."), 1);
    assert_eq!(thread(app, ana, WAITING).await.len(), 4, "the request, the notice, the reply, the goodbye");

    let id = newest(app, ana, FAILED).await.id;
    let failed = said(app, ana, FAILED, FAILED_REPLY).await.id;
    conversations.retry(ana, &id, &failed).await.expect("again");
    app.settle().await;
    assert_eq!(said(app, ana, FAILED, FAILED_REPLY).await.delivery, Some(Delivery::Delivered));
}

/// Two records that became one customer stay one, by either id.
async fn merged(app: &TestApp, ana: &Agent) {
    let before = thread_of_older(app, ana).await;
    let (phone, name) = MERGED;
    let user = format!("DE.{phone}");
    let contact = json!({"profile": {"name": name}, "wa_id": phone});
    arrives(app, contact, json!({"from": phone, "id": "wamid.later.by-phone"}), "By phone").await;
    let contact = json!({"profile": {"name": name}, "user_id": user});
    arrives(app, contact, json!({"from_user_id": user, "id": "wamid.later.by-user"}), "By user id").await;
    let states: Vec<_> = rows(app, ana, MERGED).await.iter().map(state).collect();
    assert_eq!(states, ["waiting", "closed"]);
    assert_eq!(thread_of_older(app, ana).await, before + 2);
}

/// How many items the conversation has that went on after the merge.
async fn thread_of_older(app: &TestApp, ana: &Agent) -> usize {
    let older = rows(app, ana, MERGED).await.remove(0);
    app.thread(ana, &older.id).await.items.len()
}

/// A question's time ends that began under the old version.
async fn patience(app: &TestApp, ana: &Agent) {
    assert_eq!(state_of(app, ana, PATIENT).await, "bot");
    app.turn(Span::minutes(60));
    app.settle().await;
    for customer in [PATIENT, LEASED_BOT] {
        assert_eq!(handoff(app, ana, customer).await.0, Trigger::Failure { failure: Failure::TooLong }, "{customer:?}");
    }
}

async fn nothing_is_left(app: &TestApp) {
    // The other tenant's number cannot send: a person is asked for.
    let (globex, _) = connected(&app.services, "Globex").await;
    let (gus, _) = app.person(&globex, "Gus", Role::Agent).await;
    assert_eq!(app.only_row(&gus).await.state, RowState::Waiting);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert_eq!(journal::backlog(&mut tx).await.expect("reads"), (0, 1), "unread bodies, items in quarantine");
    for kind in JobKind::ALL {
        assert_eq!(jobs::due_tenants(&mut tx, kind, app.now()).await.expect("reads"), [], "{kind:?}");
    }
    assert_eq!(outbox::due_tenants(&mut tx, Timestamp(i64::MAX)).await.expect("reads"), [], "not even later");
}
