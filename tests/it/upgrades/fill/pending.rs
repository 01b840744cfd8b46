//! The last two minutes before the server is killed: what is under way, and stays so.

use handoff::{
    domain::{
        codes::ChannelFault,
        desk::ItemBody,
        message::Delivery,
        time::{Span, Timestamp},
    },
    server::{
        conversations::delivery::sending::SendOutcome,
        services::Services,
        store::{
            Leased,
            outbox::{self, OutboxRow, Resumption},
        },
        workers::{JobKind, Selection},
    },
};
use serde_json::{Value, json};

use super::{
    super::customers::{
        ASKED, CLAIMED, CUT_CALL, CUT_MODEL, FETCHING, LEASED_AGENT, LEASED_BOT, LEASED_REPLY, PICTURED, QUEUED_REPLY,
        READ_REPLY, RETURNED, STOPPED, THINKING, UNCLEAR, UNCLEAR_REPLY, UNREAD, WRITTEN,
    },
    KILLED_AT, Life, other_webhook,
    settled::picture,
    text,
};
use crate::meta;

pub(super) async fn leave_pending(life: &Life<'_>) {
    let app = life.app;
    // The node that holds the leases. Nobody ends its presence.
    let killed = app.another(8).await;
    until(life, KILLED_AT.minus(Span::seconds(110)));
    stopped_number(life, &killed).await;

    // Whether it left is not known; a status may tell for another minute.
    until(life, KILLED_AT.minus(Span::seconds(80)));
    life.replies(&life.ana, UNCLEAR, UNCLEAR_REPLY).await;
    let (row, how) = take(&killed).await.pop().expect("the reply is due");
    assert_eq!(how, Resumption::Fresh);
    let unclear = SendOutcome::Unclear { until: app.now().plus(Span::seconds(60)) };
    app.services.conversations.settle_send(&row, unclear).await.expect("settles");

    leased(life, &killed).await;
    until(life, KILLED_AT.minus(Span::seconds(20)));
    owed(life).await;
    unread(life).await;
    until(life, KILLED_AT);
}

fn until(life: &Life<'_>, at: Timestamp) {
    let left = at.since(life.app.now());
    assert!(left >= Span(0), "{left:?}: too much happened before");
    life.app.turn(left);
}

/// Takes what is due, as a worker does.
async fn take(node: &Services) -> Vec<(Leased<OutboxRow>, Resumption)> {
    let now = node.clock.now();
    let mut tx = node.db.begin_write().await.expect("begins");
    let (lease, until) = (node.jobs.lease(), now.plus(Span::seconds(90)));
    let mut taken = Vec::new();
    for (tenant, _) in outbox::due_tenants(&mut tx, now).await.expect("reads") {
        taken.extend(outbox::take(&mut tx, &tenant, now, &lease, until, 32).await.expect("takes"));
    }
    tx.commit().await.expect("commits");
    taken
}

/// The other tenant's number is locked by Meta: the greeting of its customer waits.
async fn stopped_number(life: &Life<'_>, killed: &Services) {
    let app = life.app;
    app.other_tenant().await;
    let (phone, name) = STOPPED;
    let user = format!("DE.{phone}");
    let contact = json!({"profile": {"name": name}, "wa_id": phone, "user_id": user});
    let message = json!({"id": life.wamid(), "from": phone, "from_user_id": user, "type": "text",
        "timestamp": (app.now().0 / 1_000).to_string(), "text": {"body": "Hello"}});
    let value = json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message],
        "metadata": {"display_phone_number": "15550100000", "phone_number_id": "900800700600500"}});
    let entry = json!({"id": "800700600500400", "changes": [{"field": "messages", "value": value}]});
    other_webhook(app, &json!({"object": "whatsapp_business_account", "entry": [entry]})).await;
    life.reads_journal().await;
    app.services.bot.turns_once().await.expect("turns");
    let (row, _) = take(killed).await.pop().expect("the greeting is due");
    app.services
        .conversations
        .settle_send(&row, SendOutcome::ChannelDown { fault: ChannelFault::Meta(131_031) })
        .await
        .expect("settles");
}

/// In the hands of workers that die with the server.
async fn leased(life: &Life<'_>, killed: &Services) {
    let app = life.app;
    until(life, KILLED_AT.minus(Span::seconds(70)));
    life.writes(LEASED_BOT, "order").await;
    life.replies(&life.ana, LEASED_AGENT, LEASED_REPLY).await;
    assert_eq!(take(killed).await.len(), 2, "the bot's question and the agent's reply");

    life.writes(CUT_CALL, "10042").await;
    let taken = killed.jobs.take(JobKind::Call, Selection::Any, Span::seconds(30), 1).await.expect("takes");
    assert_eq!(taken.len(), 1);
    life.writes(CUT_MODEL, "Do you have it in red?").await;
    app.turn(Span::seconds(2));
    let taken = killed.jobs.take(JobKind::Model, Selection::OnePerKey, Span::minutes(5), 1).await.expect("takes");
    assert_eq!(taken.len(), 1);
}

/// What is due, and nobody has taken.
async fn owed(life: &Life<'_>) {
    let app = life.app;
    life.writes(FETCHING, "10043").await;
    life.writes(THINKING, "Do you have it in blue?").await;
    life.posts(PICTURED, picture("777000777000778")).await;
    life.reads_journal().await;
    app.services.bot.turns_once().await.expect("turns");
    // A mark for the customer: the agent has seen it.
    life.posts(CLAIMED, text("When does it come?")).await;
    life.reads_journal().await;
    let id = life.row(CLAIMED).await.id;
    app.look(&life.ana, &id).await;
    life.replies(&life.ana, CLAIMED, QUEUED_REPLY).await;
    let id = life.row(RETURNED).await.id;
    app.services.conversations.return_to_bot(&life.ana, &id).await.expect("returns");
    // A reaction that was quicker than the message it is about.
    let later = format!("wamid.later.{}.12345", ASKED.0);
    let reaction = json!({"message_id": later, "emoji": "👍"});
    life.posts(ASKED, json!({"type": "reaction", "reaction": reaction})).await;
    life.posts(WRITTEN, text("Hello?")).await;
    life.reads_journal().await;
}

/// In the journal, and not read yet.
async fn unread(life: &Life<'_>) {
    let app = life.app;
    app.turn(Span::seconds(1));
    life.posts(UNREAD, text("I need an agent")).await;
    let to = format!("+{}", CLAIMED.0);
    let is_read = |body: &Value| body["to"] == to && body["text"]["body"] == READ_REPLY;
    let sent = app.meta.sent().into_iter().find(|sent| is_read(&sent.body)).expect("was sent");
    life.receives(&meta::status(CLAIMED.0, &sent.wamid, app.now(), "read")).await;
    let thread = app.thread(&life.ana, &life.row(CLAIMED).await.id).await;
    let queued = thread.items.into_iter().any(|item| match item.body {
        ItemBody::Message(message) => message.delivery == Some(Delivery::Queued),
        ItemBody::Line(_) | ItemBody::Note(_) => false,
    });
    assert!(queued, "a reply waits");
}
