//! Flows in real conversations: questions, stored values, requests and messages; how each failure escalates to an
//! agent; and that a conversation finishes on the version it started with.

mod answers;
mod broken;
mod calls;
mod held;
mod hostile;
mod joined;
mod starts;

use handoff::{
    domain::{
        desk::{ItemBody, Row, RowState},
        dossier::CallStatus,
        event::{Entry, Event},
        flow::{definition::Flow, samples},
        handoff::{Brief, Failure, Trigger},
        ids::{ConversationId, FlowId, Seq},
        message::{Author, Message},
        time::Span,
    },
    server::{
        accounts::Agent,
        store::{
            entries,
            facts::{self, CallRow},
            flows, handoffs,
        },
    },
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    meta,
    shop::Open,
};

const MARIA: &str = "4915550001";

/// Creates a flow and publishes it.
async fn live(app: &TestApp, id: &str, flow: &Flow) -> FlowId {
    let id = FlowId::from(id);
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    if flows::find(&mut tx, &app.tenant, &id).await.expect("reads").is_none() {
        flows::insert(&mut tx, &app.tenant, &id, flow, None, app.now()).await.expect("inserts");
    }
    flows::publish(&mut tx, &app.tenant, &id, flow, None, app.now()).await.expect("publishes");
    tx.commit().await.expect("commits");
    id
}

async fn order_status(app: &TestApp) -> Open {
    let shop = Open::new().await;
    live(app, "flw_orders", &samples::order_status(&shop.orders())).await;
    shop
}

async fn arrives(app: &TestApp, wamid: &str, words: &str) {
    let body = meta::text(MARIA, wamid, app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

/// The customer writes, and all resulting work runs.
async fn says(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(2));
    arrives(app, wamid, words).await;
    app.settle().await;
}

async fn log(app: &TestApp) -> Vec<Entry> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads")
}

async fn logged(app: &TestApp, name: &str) -> usize {
    log(app).await.iter().filter(|entry| entry.event.name() == name).count()
}

async fn messages(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<Message> {
    let items = app.thread(agent, id).await.items;
    let message = |body| match body {
        ItemBody::Message(message) => Some(*message),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    };
    items.into_iter().filter_map(|item| message(item.body)).collect()
}

/// The texts that the customer received, from the bot and from the tenant's own texts.
async fn told(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<String> {
    let ours = |message: &Message| matches!(message.author, Author::Bot | Author::System);
    messages(app, agent, id).await.iter().filter(|it| ours(it)).map(|it| it.content.preview()).collect()
}

async fn variables(app: &TestApp, id: &ConversationId) -> Vec<(String, String)> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let rows = facts::variables(&mut tx, &app.tenant, id).await.expect("reads");
    rows.into_iter().map(|row| (row.name, row.value)).collect()
}

async fn calls(app: &TestApp, id: &ConversationId) -> Vec<CallRow> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    facts::calls(&mut tx, &app.tenant, id).await.expect("reads")
}

/// The only handoff of a conversation, and its brief.
async fn handoff(app: &TestApp, id: &ConversationId) -> (Trigger, Brief) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let mut past = handoffs::of(&mut tx, &app.tenant, id).await.expect("reads");
    assert_eq!(past.len(), 1, "{past:#?}");
    let past = past.remove(0);
    (past.handoff.trigger, past.brief)
}

async fn row(app: &TestApp, agent: &Agent) -> Row {
    app.only_row(agent).await
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

on_both!(a_flow_serves_a_customer_from_start_to_close, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "I do not know").await;
    says(app, "wamid.3", "10042").await;
    says(app, "wamid.4", "No, thanks").await;

    let row = row(app, &ana).await;
    assert!(matches!(row.state, RowState::Closed { .. }), "{:?}", row.state);
    let told = told(app, &ana, &row.id).await;
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(told[0].contains("What is your order number?"), "{told:#?}");
    assert!(told[1].contains("doesn't look like an order number"), "{told:#?}");
    assert_eq!(told[2], "Order 10042 is on its way to you. 🚚");
    assert_eq!(told[4], "You're welcome. Have a great day!");
    let expected = pairs(&[("order_number", "10042"), ("order_status", "shipped"), ("anything_else", "No, thanks")]);
    assert_eq!(variables(app, &row.id).await, expected);
    let calls = calls(app, &row.id).await;
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].status.as_str(), calls[0].label.as_str()), ("answered", "Look up the order"));
    assert!(calls[0].output.as_deref().is_some_and(|output| output.contains("shipped")));
    assert_eq!(shop.shop.asked().len(), 1);
    assert_eq!(logged(app, "handed_off").await, 0);
    assert_eq!(app.meta.sent().len(), 5, "all of it reached the phone");
});

on_both!(a_failed_request_escalates_with_all_collected_values, async |app| {
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "10050").await;

    let row = row(app, &ana).await;
    assert!(matches!(row.state, RowState::Waiting), "{:?}", row.state);
    let (trigger, brief) = handoff(app, &row.id).await;
    assert!(matches!(&trigger, Trigger::Flow { flow, .. } if flow == "Order status"), "{trigger:?}");
    assert_eq!(brief.reason, "Couldn't look up order 10050");
    assert!(brief.note.contains("10050"), "{brief:?}");
    assert_eq!(calls(app, &row.id).await[0].status, CallStatus::Failed);
    let told = told(app, &ana, &row.id).await;
    assert!(told.last().is_some_and(|last| last.starts_with("I couldn't find that order")), "{told:#?}");
});

on_both!(without_a_valid_answer_the_flow_escalates_after_its_retries, async |app| {
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    for (nth, words) in ["Hello", "what?", "no idea", "leave me alone"].iter().enumerate() {
        says(app, &format!("wamid.{nth}"), words).await;
    }
    let row = row(app, &ana).await;
    assert!(matches!(row.state, RowState::Waiting), "{:?}", row.state);
    let (_, brief) = handoff(app, &row.id).await;
    assert_eq!(brief.reason, "No order number after three tries");
    assert!(brief.note.ends_with("leave me alone"), "{brief:?}");
});

on_both!(a_conversation_finishes_on_the_version_it_began_with, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    let mut next = samples::Sample::Complaint.flow();
    next.starts = samples::order_status("http://unused.test").starts;
    live(app, "flw_orders", &next).await;

    says(app, "wamid.2", "10043").await;

    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    let told = told(app, &ana, &row.id).await;
    assert_eq!(told[1], "Order 10043 has been delivered. 📦");
    assert_eq!(shop.shop.asked().len(), 1);
    // A new customer gets the new version, which escalates at once.
    let body = meta::text("4915550002", "wamid.other", app.now(), "Hello");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(logged(app, "handed_off").await, 1);
});

on_both!(a_returned_conversation_resumes_at_the_flows_resume_step, async |app| {
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "10050").await;
    let id = row(app, &ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");

    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
    app.settle().await;

    assert_eq!(row(app, &ana).await.state, RowState::Bot);
    let last = told(app, &ana, &id).await.pop();
    assert_eq!(last.as_deref(), Some("Anything else I can help with?"));
    assert_eq!(logged(app, "returned_to_bot").await, 1);
    says(app, "wamid.3", "No, thanks").await;
    assert!(matches!(row(app, &ana).await.state, RowState::Closed { .. }));
});

on_both!(a_question_that_an_agent_left_unanswered_is_answered_instead_of_the_resume_step, async |app| {
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "10050").await;
    let id = row(app, &ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    says(app, "wamid.3", "Where is my invoice?").await;

    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
    app.settle().await;

    assert_eq!(row(app, &ana).await.state, RowState::Bot);
    let fallback = app.services.settings.tenant(&app.tenant).await.expect("a tenant").settings.texts.fallback;
    assert_eq!(told(app, &ana, &id).await.pop(), Some(fallback));
});

on_both!(a_keyword_escalates_while_a_question_waits, async |app| {
    let _shop = order_status(app).await;
    app.keyword("agent").await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "I want an agent").await;
    let row = row(app, &ana).await;
    let (trigger, _) = handoff(app, &row.id).await;
    assert!(matches!(trigger, Trigger::Keyword { .. }), "{trigger:?}");
});

on_both!(a_question_waits_at_most_its_wait_limit, async |app| {
    let _shop = Open::new().await;
    let mut flow = samples::order_status("http://unused.test");
    let question = starts::question_of(&mut flow);
    question.patience = Some(Span::minutes(30));
    question.on_failure = Vec::new();
    live(app, "flw_orders", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::minutes(29));
    app.settle().await;
    assert_eq!(row(app, &ana).await.state, RowState::Bot);

    app.turn(Span::minutes(2));
    app.settle().await;

    let id = row(app, &ana).await.id;
    let (trigger, brief) = handoff(app, &id).await;
    assert_eq!(trigger, Trigger::Failure { failure: Failure::TooLong });
    assert!(brief.reason.contains("Order number"), "it says at which step: {brief:?}");
    assert!(!told(app, &ana, &id).await.is_empty());
});

on_both!(an_unused_wait_limit_has_no_effect, async |app| {
    let shop = Open::new().await;
    let mut flow = samples::order_status(&shop.orders());
    starts::question_of(&mut flow).patience = Some(Span::minutes(30));
    live(app, "flw_orders", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "10042").await;
    app.turn(Span::minutes(40));
    app.settle().await;
    assert_eq!(row(app, &ana).await.state, RowState::Bot);
    assert!(!log(app).await.iter().any(|entry| matches!(entry.event, Event::HandedOff { .. })));
});
