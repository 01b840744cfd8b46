//! What happened before the last minutes: all of it is settled.

use handoff::{
    domain::{flow::definition::Flow, time::Span},
    server::simulator::{Effect, Fault, NewCustomer},
};
use serde_json::{Value, json};

use super::{
    super::customers::{
        ADVICE, ADVISED, ASKED, CHATTING, CLAIMED, CLOSED, CUT_CALL, FAILED, FAILED_REPLY, FETCHING, GREETING_OF_MODEL,
        IMPORTED, LEASED_AGENT, MERGED, PATIENT, PHONED, PICTURED, READ_REPLY, RETURNED, RETURNING, SERVED, UNCLEAR,
        WAITING,
    },
    Life, text,
};
use crate::{
    app::{TestApp, WABA},
    meta,
    provider::reply,
};

/// What Meta tries in vain to hand out is given up after these.
const WAITS: [Span; 5] =
    [Span::minutes(1), Span::minutes(5), Span::minutes(30), Span::minutes(120), Span::minutes(360)];
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";

pub(super) async fn settle(life: &Life<'_>) {
    pictures(life).await;
    flows(life).await;
    model(life).await;
    desk(life).await;
    people(life).await;
}

/// The first picture is given up in the end, the second one is kept.
async fn pictures(life: &Life<'_>) {
    life.posts(PICTURED, picture("777000777000777")).await;
    for wait in WAITS {
        life.app.settle().await;
        life.app.turn(wait);
    }
    life.app.settle().await;
    let kept = upload(life.app).await;
    life.app.turn(Span::seconds(1));
    life.posts(PICTURED, picture(&kept)).await;
    life.settles().await;
}

pub(super) fn picture(id: &str) -> Value {
    json!({"type": "image", "image": {"id": id, "mime_type": "image/png", "caption": "Like this"}})
}

pub(super) async fn upload(app: &TestApp) -> String {
    let base = app.meta.base_url().expect("the simulator serves");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.post(format!("{base}/sim/upload")).header("content-type", "image/png").body(PNG);
    let answer: Value = request.send().await.expect("the simulator answers").json().await.expect("JSON");
    answer["media"].as_str().expect("an id").to_owned()
}

async fn flows(life: &Life<'_>) {
    for words in ["order", "10042", "No, thank you"] {
        life.says(SERVED, words).await;
    }
    life.provider.play([reply(ADVICE)]);
    for words in ["order", "10042", "Advice, please"] {
        life.says(ADVISED, words).await;
    }
    for customer in [ASKED, PATIENT, FETCHING, CUT_CALL, RETURNED] {
        life.says(customer, "order").await;
    }
    life.says(RETURNED, "I need an agent").await;
    let id = life.row(RETURNED).await.id;
    life.app.services.conversations.claim(&life.ana, &id).await.expect("claims");
    second_edition(life).await;
}

/// Customers begin with another version from here on.
async fn second_edition(life: &Life<'_>) {
    let (settings, tenant) = (&life.app.services.settings, &life.app.tenant);
    let page = settings.read_flow(tenant, &life.flow).await.expect("reads");
    let draft = Flow { name: "Orders, second edition".to_owned(), ..page.draft };
    let admin = || life.ben.initiator(None);
    let saved = settings.flow_save(tenant, admin(), &life.flow, page.revision, draft).await.expect("saves");
    settings.flow_publish(tenant, admin(), &life.flow, saved.revision).await.expect("publishes");
}

async fn model(life: &Life<'_>) {
    life.provider.play([reply(GREETING_OF_MODEL)]);
    life.says(CHATTING, "Good morning").await;
}

async fn desk(life: &Life<'_>) {
    life.says(WAITING, "I need an agent").await;
    for customer in [CLAIMED, UNCLEAR, FAILED, LEASED_AGENT] {
        life.claimed(&life.ana, customer).await;
    }
    life.replies(&life.ana, CLAIMED, READ_REPLY).await;
    life.settles().await;

    let to = format!("+{}", FAILED.0);
    let sent = life.app.meta.sent().into_iter().find(|sent| sent.body["to"] == to).expect("the notice");
    life.app.meta.inject(&sent.customer, Fault { effect: Effect::Status { code: 131_026 }, times: Some(1) });
    life.replies(&life.ana, FAILED, FAILED_REPLY).await;
    life.settles().await;

    for customer in [CLOSED, RETURNING] {
        life.claimed(&life.ben, customer).await;
        life.replies(&life.ben, customer, "It is done.").await;
        life.settles().await;
        life.closes(&life.ben, customer).await;
    }
    life.says(RETURNING, "I need an agent again").await;
}

async fn people(life: &Life<'_>) {
    // Staff answered on the phone.
    let (phone, name) = PHONED;
    let user = format!("DE.{phone}");
    let echo = json!({"from": "15550100000", "to": phone, "to_user_id": user, "id": life.wamid(),
        "timestamp": (life.app.now().0 / 1_000).to_string(), "type": "text", "text": {"body": "We call you back"}});
    let contact = json!({"profile": {"name": name}, "wa_id": phone, "user_id": user});
    let value = json!({"contacts": [contact], "message_echoes": [echo]});
    life.receives(&meta::envelope_of("smb_message_echoes", value)).await;
    life.settles().await;

    // What was written before the number came to us.
    let phone = IMPORTED.0;
    let theirs = json!({"from": phone, "id": life.wamid(), "timestamp": "1771000000", "type": "text",
        "text": {"body": "Last month"}});
    let ours = json!({"from": "15550100000", "to": phone, "id": life.wamid(), "timestamp": "1771000060",
        "type": "text", "text": {"body": "We answered then"}});
    let chunk = json!({"metadata": {"phase": 0, "chunk_order": 1, "progress": 40},
        "threads": [{"id": phone, "messages": [theirs, ours]}]});
    life.receives(&meta::envelope_of("history", json!({"history": [chunk]}))).await;
    life.settles().await;

    // Known by number and by user id, until a message names both.
    let (phone, user) = (MERGED.0, format!("DE.{}", MERGED.0));
    let max =
        NewCustomer { phone: Some(phone.to_owned()), user_id: Some(user.clone()), ..NewCustomer::named(MERGED.1) };
    life.app.meta.add_customer(max);
    life.provider.play([reply("Hello!")]);
    for (phone, user, words) in [
        (Some(phone), None, "I need an agent"),
        (None, Some(&user), "Hello"),
        (Some(phone), Some(&user), "It is me, with both"),
    ] {
        let mut contact = json!({"profile": {"name": MERGED.1}});
        let mut message = text(words);
        message["id"] = json!(life.wamid());
        message["timestamp"] = json!((life.app.now().0 / 1_000).to_string());
        if let Some(phone) = phone {
            contact["wa_id"] = json!(phone);
            message["from"] = json!(phone);
        }
        if let Some(user) = user {
            contact["user_id"] = json!(user);
            message["from_user_id"] = json!(user);
        }
        life.receives(&meta::envelope(json!({"contacts": [contact], "messages": [message]}))).await;
        life.settles().await;
    }

    // A wish that names nobody is held for people to look at.
    let wish = json!({"value": "stop", "timestamp": 1});
    let value = json!({"user_preferences": [wish]});
    life.receives(&meta::envelope_of("user_preferences", value)).await;
    // And one of the account's: for the audit.
    let alert = json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": "account_alerts",
        "value": {"alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED"}}]}]});
    life.receives(&alert).await;
    life.settles().await;
}
