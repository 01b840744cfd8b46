//! What an upgrade carries over, read through this build's own code.

use std::collections::BTreeMap;

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        desk::{ItemBody, Row, RowState},
        dossier::CallStatus,
        ids::Seq,
        message::{Delivery, File, Message},
        settings::TextName,
    },
    server::{
        accounts::{Agent, CallerDevice},
        seal::{KeySetting, SealedField},
        services::sealing,
        store::{apps, channels, customers, entries, facts, flow_runs, flows, journal, models, secrets},
    },
};

use super::customers::{
    ADVICE, ADVISED, ASKED, CHATTING, CLAIMED, CLOSED, CLOSING, CUT_CALL, CUT_MODEL, Customer, FAILED, FAILED_REPLY,
    FETCHING, GREETING_OF_MODEL, IMPORTED, LEASED_AGENT, LEASED_BOT, LEASED_REPLY, MERGED, MODEL_KEY, PATIENT, PHONED,
    PICTURED, QUESTION, QUEUED_REPLY, READ_REPLY, RETURNED, RETURNING, SERVED, SHOP_SECRET, THINKING, UNCLEAR,
    UNCLEAR_REPLY, UNREAD, WAITING, WRITTEN,
};
use crate::app::{APP, APP_SECRET, PASSWORD, TestApp, connected};

/// The conversations of each customer, oldest first.
const STATES: [(Customer, &[&str]); 24] = [
    (SERVED, &["closed"]),
    (ASKED, &["bot"]),
    (PATIENT, &["bot"]),
    (FETCHING, &["bot"]),
    (CUT_CALL, &["bot"]),
    (RETURNED, &["bot"]),
    (ADVISED, &["bot"]),
    (CHATTING, &["bot"]),
    (THINKING, &["bot"]),
    (CUT_MODEL, &["bot"]),
    (WRITTEN, &["bot"]),
    (WAITING, &["waiting"]),
    (CLAIMED, &["claimed"]),
    (UNCLEAR, &["claimed"]),
    (FAILED, &["claimed"]),
    (LEASED_BOT, &["bot"]),
    (LEASED_AGENT, &["claimed"]),
    (PHONED, &["phone"]),
    (CLOSED, &["closed"]),
    (RETURNING, &["closed", "waiting"]),
    (MERGED, &["waiting", "closed"]),
    (IMPORTED, &["closed"]),
    (PICTURED, &["waiting"]),
    (UNREAD, &[]),
];

/// Messages of ours, and how far they got.
const SENT: [(Customer, &str, Delivery); 9] = [
    (ASKED, QUESTION, Delivery::Delivered),
    (ADVISED, ADVICE, Delivery::Delivered),
    (CHATTING, GREETING_OF_MODEL, Delivery::Delivered),
    (CLAIMED, READ_REPLY, Delivery::Delivered),
    (CLAIMED, QUEUED_REPLY, Delivery::Queued),
    (UNCLEAR, UNCLEAR_REPLY, Delivery::Unknown),
    (FAILED, FAILED_REPLY, Delivery::Failed),
    (LEASED_BOT, QUESTION, Delivery::Queued),
    (LEASED_AGENT, LEASED_REPLY, Delivery::Queued),
];

/// The agent of a session that the older version began.
pub async fn signed_in(app: &TestApp, session: &str) -> Agent {
    app.services.accounts.signed_in(session).await.expect("looks up").expect("is still signed in")
}

/// Every conversation of a customer, oldest first.
pub async fn rows(app: &TestApp, agent: &Agent, customer: Customer) -> Vec<Row> {
    let mut rows = app.rows(agent).await;
    rows.retain(|row| row.name == customer.1);
    rows.sort_by(|one, other| (one.started_at, &one.id).cmp(&(other.started_at, &other.id)));
    rows
}

pub async fn newest(app: &TestApp, agent: &Agent, customer: Customer) -> Row {
    rows(app, agent, customer).await.pop().unwrap_or_else(|| panic!("{customer:?} is in the list"))
}

pub fn state(row: &Row) -> &'static str {
    match row.state {
        RowState::Waiting => "waiting",
        RowState::Claimed { .. } => "claimed",
        RowState::Phone => "phone",
        RowState::Bot => "bot",
        RowState::Closed { .. } => "closed",
    }
}

/// The messages of a customer's newest conversation.
pub async fn thread(app: &TestApp, agent: &Agent, customer: Customer) -> Vec<Message> {
    let row = newest(app, agent, customer).await;
    let message = |body| match body {
        ItemBody::Message(message) => Some(*message),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    };
    app.thread(agent, &row.id).await.items.into_iter().filter_map(|item| message(item.body)).collect()
}

/// The message with this text.
pub async fn said(app: &TestApp, agent: &Agent, customer: Customer, text: &str) -> Message {
    let found = thread(app, agent, customer).await.into_iter().find(|message| message.content.text() == Some(text));
    found.unwrap_or_else(|| panic!("{customer:?} has “{text}”"))
}

/// Everything that the older version stored is there and is understood.
pub async fn is_carried_over(app: &TestApp, ana: &Agent) {
    conversations(app, ana).await;
    files(app, ana).await;
    bot(app, ana).await;
    settings(app).await;
    secrets_open(app).await;
    people(app).await;
    preferences(app, ana).await;
    webhooks(app).await;
    other_tenant(app).await;
    no_number_is_shared(app, ana).await;
}

/// Nothing is known of other apps on the numbers.
async fn no_number_is_shared(app: &TestApp, ana: &Agent) {
    let numbers = app.services.live.numbers(&app.tenant).await.expect("reads");
    assert!(!numbers.is_empty() && numbers.iter().all(|number| number.shared_since.is_none()), "{numbers:?}");
    let rows = app.rows(ana).await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row.control.is_default()));
}

async fn conversations(app: &TestApp, ana: &Agent) {
    for (customer, expected) in STATES {
        let rows = rows(app, ana, customer).await;
        assert_eq!(rows.iter().map(state).collect::<Vec<_>>(), expected, "{customer:?}");
    }
    for (customer, text, delivery) in SENT {
        assert_eq!(said(app, ana, customer, text).await.delivery, Some(delivery), "{customer:?}: {text}");
    }
    let fault = said(app, ana, FAILED, FAILED_REPLY).await.fault.expect("a fault");
    assert_eq!(fault.code, Some(131_026), "{fault:?}");
    let desk = app.desk(ana).await;
    let shown: usize = desk.groups.values().map(|range| range.rows.len()).sum();
    let counts = &desk.counts;
    let counted = counts.waiting + counts.bot + counts.closed + counts.phone + counts.claimed.values().sum::<i64>();
    assert_eq!(usize::try_from(counted).expect("no fewer than none"), shown, "{counts:?}");
    let returning = rows(app, ana, RETURNING).await;
    let again = app.thread(ana, &returning[1].id).await;
    assert_eq!(again.earlier[0].id, returning[0].id, "the conversation before is linked");
    // Every entry of the log is read.
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    assert!(log.len() > 100, "{}", log.len());
}

async fn files(app: &TestApp, ana: &Agent) {
    let files: Vec<File> = thread(app, ana, PICTURED).await.into_iter().filter_map(|message| message.file).collect();
    let [File::Failed { .. }, File::Kept { url, mime, .. }, File::Pending] = files.as_slice() else {
        panic!("one failed, one kept, one pending: {files:#?}")
    };
    assert_eq!(mime, "image/png");
    assert!(url.starts_with("/media/"), "{url}");
}

async fn bot(app: &TestApp, ana: &Agent) {
    let (served, asked) = (newest(app, ana, SERVED).await, newest(app, ana, ASKED).await);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let variables = facts::variables(&mut tx, &app.tenant, &served.id).await.expect("reads");
    let variables: BTreeMap<_, _> = variables.iter().map(|row| (row.name.as_str(), row.value.as_str())).collect();
    let expected = [("more", "No, thank you"), ("order", "10042"), ("status", "shipped")];
    assert_eq!(variables.into_iter().collect::<Vec<_>>(), expected);
    let calls = facts::calls(&mut tx, &app.tenant, &served.id).await.expect("reads");
    assert_eq!(calls.iter().map(|call| call.status).collect::<Vec<_>>(), [CallStatus::Answered]);
    let run = flow_runs::find(&mut tx, &app.tenant, &asked.id).await.expect("reads").expect("is in a flow");
    assert_eq!(run.version, 1);
    let live = flows::live_versions(&mut tx, &app.tenant).await.expect("reads");
    assert_eq!(live, [(run.flow.clone(), 2)], "new customers start with the second version");
    let first = flows::version(&mut tx, &app.tenant, &run.flow, 1).await.expect("reads").expect("is kept");
    assert_eq!(first.name, "Orders");
}

async fn settings(app: &TestApp) {
    let settings = &app.services.settings;
    let tenant = settings.tenant(&app.tenant).await.expect("reads");
    assert_eq!(tenant.settings.texts.get(TextName::Closing), CLOSING);
    assert_eq!(tenant.settings.zone, "Europe/Lisbon");
    assert!(tenant.settings.calendar.weekly.iter().all(|day| day.len() == 1), "{:?}", tenant.settings.calendar);
    let flows = settings.read_flows(&app.tenant).await.expect("reads").rows;
    let names: Vec<_> = flows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Orders, second edition", "Appointment"]);
    assert_eq!(settings.read_keywords(&app.tenant).await.expect("reads").rules.len(), 2);
    assert!(!settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads").lines.is_empty());
}

/// With the same secret key, everything that it sealed opens.
async fn secrets_open(app: &TestApp) {
    let setting = KeySetting::new(app.config.secret_key.clone());
    let seal = sealing::derive(&app.services.db, &app.services.entropy, setting).await.expect("a key");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let app_row = apps::find(&mut tx, &APP.into()).await.expect("reads").expect("the app");
    let channel = channels::find(&mut tx, &app.tenant, &app.channel).await.expect("reads").expect("the number");
    let shop = secrets::find(&mut tx, &app.tenant, "SHOP").await.expect("reads").expect("the secret");
    let model = models::find(&mut tx, &app.tenant).await.expect("reads").expect("the model");
    let key = model.key.expect("the model's key");
    for (field, sealed, plain) in [
        (SealedField::AppSecret(&app_row.id), &app_row.secret, APP_SECRET),
        (SealedField::AccessToken(&app.tenant, &channel.id), &channel.token, "acme-token"),
        (SealedField::Named(&app.tenant, "SHOP"), &shop.value, SHOP_SECRET),
        (SealedField::ModelKey(&app.tenant), &key, MODEL_KEY),
    ] {
        assert_eq!(seal.open(field, sealed).expect("opens").expose(), plain);
    }
    // It goes on to the shop that the tool and the flow ask, and nowhere else.
    let [host] = shop.hosts.as_slice() else { panic!("one server: {:?}", shop.hosts) };
    assert!(host.starts_with("http://127.0.0.1:"), "{host}");
}

async fn people(app: &TestApp) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let user = format!("DE.{}", MERGED.0);
    let by_phone = customers::by_phone(&mut tx, &app.tenant, MERGED.0).await.expect("reads").expect("is known");
    let by_user = customers::by_user_id(&mut tx, &app.tenant, &user).await.expect("reads").expect("is known");
    assert_eq!(by_phone.id, by_user.id, "two records are one customer");
    drop(tx);
    let email = format!("ben@{}.test", app.tenant.as_str().to_lowercase().replace('_', "-"));
    let signed_in = app.services.accounts.sign_in(&email, PASSWORD.to_owned(), &CallerDevice::default(), None).await;
    signed_in.expect("the old password");
    let team = app.services.accounts.team(&app.tenant).await.expect("reads").members;
    assert!(team.iter().all(|member| member.active), "{team:?}");
    let away: Vec<_> = team.iter().filter(|member| member.away).map(|member| member.name.as_str()).collect();
    assert_eq!((team.len(), away), (3, vec!["Ben"]));
}

/// An agent of a version without preferences has the defaults.
async fn preferences(app: &TestApp, ana: &Agent) {
    let viewer = app.services.accounts.viewer(ana).await.expect("reads");
    assert_eq!((viewer.undo_seconds, viewer.typing_keys), (8, true));
}

async fn webhooks(app: &TestApp) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert_eq!(journal::backlog(&mut tx).await.expect("reads"), (2, 1), "unread bodies, items in quarantine");
}

/// A number that cannot send stays stopped.
async fn other_tenant(app: &TestApp) {
    let (globex, channel) = connected(&app.services, "Globex").await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let channel = channels::find(&mut tx, &globex, &channel).await.expect("reads").expect("the number");
    assert_eq!(channel.down_code, Some(131_031));
}
