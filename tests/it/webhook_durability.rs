//! The webhook's guarantees to Meta: 200 means stored, repeated deliveries count once, and no item affects another.

mod admission;
mod faults;
mod identities;
mod origins;
mod outages;

use std::collections::BTreeMap;

use futures::future::join_all;
use handoff::{
    domain::{
        desk::{ItemBody, Row, RowState},
        event::Entry,
        ids::{ConversationId, Seq},
        message::{Author, Content, Message},
        time::Span,
    },
    server::{
        accounts::Agent,
        clock::{Clock, Entropy},
        gateway::Timeouts,
        services::Services,
        store::{entries, journal},
        webhook::Projector,
    },
};
use http::StatusCode;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{
    app::{APP, APP_SECRET, NUMBER, TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

/// Posts a body over a real connection.
async fn post(client: &reqwest::Client, address: std::net::SocketAddr, body: &[u8]) -> StatusCode {
    let request = client
        .post(format!("http://{address}/webhooks/whatsapp/{APP}"))
        .header("x-hub-signature-256", meta::signature(APP_SECRET, body))
        .header("content-type", "application/json")
        .body(body.to_vec());
    request.send().await.expect("answers").status()
}

/// Projects the journal, and nothing else.
async fn project(app: &TestApp) {
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

/// Number of unprocessed bodies, and number of items in quarantine.
async fn backlog(app: &TestApp) -> (i64, i64) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    journal::backlog(&mut tx).await.expect("counts")
}

async fn log(app: &TestApp) -> Vec<Entry> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads")
}

async fn messages(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<Message> {
    let items = app.thread(agent, id).await.items;
    items
        .into_iter()
        .filter_map(|item| match item.body {
            ItemBody::Message(message) => Some(*message),
            ItemBody::Line(_) | ItemBody::Note(_) => None,
        })
        .collect()
}

fn words(message: &Message) -> String {
    match &message.content {
        Content::Text { body } => body.clone(),
        other => other.preview(),
    }
}

/// The customer's messages in a conversation, oldest first.
async fn written(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<String> {
    let messages = messages(app, agent, id).await;
    messages.iter().filter(|message| message.author.is_customer()).map(words).collect()
}

fn state_of<'a>(rows: &'a [Row], id: &ConversationId) -> &'a RowState {
    &rows.iter().find(|row| row.id == *id).expect("on the desk").state
}

/// Other services on the same database, as after a restart.
async fn restarted(app: &TestApp) -> Services {
    let clock = Clock::manual(app.clock.clone());
    Services::build(&app.config, clock, Entropy::seeded(8), Timeouts::default()).await.expect("the services restart")
}

on_both!(forty_webhooks_sent_up_to_five_times_in_any_order_are_stored_once_each, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let mut rng = StdRng::seed_from_u64(40);
    let mut posts = Vec::new();
    for number in 0..40 {
        let phone = format!("49155501{:02}", number % 8);
        let body = meta::text(&phone, &format!("wamid.{number}"), app.now(), &format!("words {number}"));
        let body = body.to_string().into_bytes();
        posts.extend(std::iter::repeat_n(body, rng.random_range(1..=5)));
    }
    posts.shuffle(&mut rng);
    let address = app.address;
    let connections = posts.chunks(posts.len().div_ceil(4)).map(|share| {
        let share = share.to_vec();
        tokio::spawn(async move {
            let client = reqwest::Client::new();
            for body in share {
                assert_eq!(post(&client, address, &body).await, StatusCode::OK);
            }
        })
    });
    let mut posting = join_all(connections);
    // The same bodies arrive again while the first ones are being projected.
    let posted = loop {
        tokio::select! {
            posted = &mut posting => break posted,
            () = app.services.bus.wakeups().journal.notified() => {
                app.services.projector.run_once().await.expect("projects");
            }
        }
    };
    for connection in posted {
        connection.expect("posts");
    }
    project(app).await;

    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 8, "one conversation for each customer");
    let mut stored: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        assert_eq!(app.unread(&row.id).await, 5, "each counts once as unread");
        for text in written(app, &ana, &row.id).await {
            *stored.entry(text).or_default() += 1;
        }
    }
    let expected: BTreeMap<String, usize> = (0..40).map(|number| (format!("words {number}"), 1)).collect();
    assert_eq!(stored, expected);
    let told = log(app).await.iter().filter(|entry| entry.event.name() == "customer_wrote").count();
    assert_eq!(told, 40, "each is in the log once");
    assert_eq!(backlog(app).await, (0, 0));
    app.settle().await;
});

on_both!(
    ten_messages_of_a_new_customer_in_a_burst_are_one_conversation_in_the_order_they_were_sent,
    threads = 4,
    async |app| {
        app.without_bounds().await;
        let (ana, _) = app.agent("Ana").await;
        let (client, address) = (reqwest::Client::new(), app.address);
        let over = Notify::new();
        // Meta's timestamps are whole seconds, so all ten have the same one.
        let posts = async {
            for number in 0..10 {
                let body = meta::text(MARIA, &format!("wamid.{number}"), app.now(), &format!("words {number}"));
                assert_eq!(post(&client, address, body.to_string().as_bytes()).await, StatusCode::OK);
            }
            over.notify_one();
        };
        // Meanwhile the workers process what they find, as in production.
        let works = async {
            let wakeups = app.services.bus.wakeups();
            loop {
                tokio::select! {
                    () = over.notified() => return,
                    () = wakeups.journal.notified() => {
                        app.services.projector.run_once().await.expect("projects");
                    }
                    () = wakeups.turns.notified() => {
                        app.services.bot.run_once().await.expect("turns");
                    }
                }
            }
        };
        tokio::join!(posts, works);
        app.drain().await;
        let row = app.only_row(&ana).await;
        let expected: Vec<String> = (0..10).map(|number| format!("words {number}")).collect();
        assert_eq!(written(app, &ana, &row.id).await, expected);
        let answers = messages(app, &ana, &row.id).await;
        assert_eq!(answers.iter().filter(|message| message.author == Author::Bot).count(), 10, "one for each");
    }
);

on_both!(messages_that_arrive_out_of_order_are_shown_in_written_order, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let start = app.now();
    app.turn(Span::seconds(20));
    for second in [3, 0, 7, 1, 9, 2, 8, 4, 6, 5] {
        let at = start.plus(Span::seconds(second));
        let body = meta::text(MARIA, &format!("wamid.{second}"), at, &format!("second {second}"));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    }
    project(app).await;
    let row = app.only_row(&ana).await;
    let expected: Vec<String> = (0..10).map(|second| format!("second {second}")).collect();
    assert_eq!(written(app, &ana, &row.id).await, expected);
    app.settle().await;
});

on_both!(two_projectors_of_the_same_bodies_store_them_once, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for number in 0..12 {
        let phone = format!("49155501{:02}", number % 3);
        let body = meta::text(&phone, &format!("wamid.{number}"), app.now(), &format!("words {number}"));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    }
    let other = restarted(app).await;
    let run = |projector: Projector| tokio::spawn(async move { projector.run_once().await });
    for done in join_all([run(app.services.projector.clone()), run(other.projector.clone())]).await {
        done.expect("runs to its end").expect("projects");
    }
    project(app).await;
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 3);
    let mut stored = Vec::new();
    for row in &rows {
        stored.extend(written(app, &ana, &row.id).await);
    }
    stored.sort();
    let mut expected: Vec<String> = (0..12).map(|number| format!("words {number}")).collect();
    expected.sort();
    assert_eq!(stored, expected);
    assert_eq!(backlog(app).await, (0, 0));
    app.settle().await;
});

on_both!(a_body_answered_with_200_is_there_after_a_restart, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let body = meta::text(MARIA, "wamid.kept", app.now(), "Are you there?");
    let client = reqwest::Client::new();
    assert_eq!(post(&client, app.address, body.to_string().as_bytes()).await, StatusCode::OK);
    // No projector has run when the first server stops.
    let second = restarted(app).await;
    assert_eq!(second.projector.run_once().await.expect("projects"), 1);
    let desk = second.live.desk(&ana, Default::default(), None).await.expect("a desk");
    let rows: Vec<Row> = desk.groups.into_values().flat_map(|range| range.rows).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].preview.as_str(), app.unread(&rows[0].id).await), ("Are you there?", 1));
    second.db.close().await;
    app.settle().await;
});

on_both!(an_unreadable_item_affects_no_other, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let seconds = (app.now().0 / 1_000).to_string();
    let good = |wamid: &str, words: &str| json!({"from": MARIA, "id": wamid, "timestamp": seconds, "type": "text", "text": {"body": words}});
    let nobody = json!({"id": "wamid.nobody", "timestamp": seconds, "type": "text",
        "text": {"body": "From whom?\u{0}"}});
    let unnamed = json!({"from": MARIA, "timestamp": seconds, "type": "text", "text": {"body": "No id"}});
    let value = json!({"messages": [good("wamid.1", "First"), nobody, unnamed, 7, good("wamid.2", "Second")]});
    assert_eq!(app.webhook(&meta::envelope(value)).await, StatusCode::OK);
    let unreadable: [&[u8]; 5] =
        [b"not JSON at all", b"{\"entry\": [", b"\xff\xfe\0\0", b"\"a text\"", b"{\"object\": \"other\"}"];
    for body in unreadable {
        assert_eq!(app.webhook_raw(body.to_vec()).await, StatusCode::OK, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.3", app.now(), "Third")).await, StatusCode::OK);
    project(app).await;
    let row = app.only_row(&ana).await;
    assert_eq!(written(app, &ana, &row.id).await, ["First", "Second", "Third"]);
    assert_eq!(backlog(app).await, (0, 3 + 5), "each invalid item is quarantined, none is lost");
    app.settle().await;
});

on_both!(items_for_another_apps_number_are_dropped, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (globex, _) = app.other_tenant().await;
    let (eve, _) = app.person(&globex, "Eve", handoff::domain::access::Role::Agent).await;
    for number in ["900800700600500", "1"] {
        let mut body = meta::text(MARIA, &format!("wamid.{number}"), app.now(), "For somebody else");
        body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = json!(number);
        assert_eq!(app.webhook(&body).await, StatusCode::OK, "{number}");
    }
    project(app).await;
    assert_eq!(app.rows(&ana).await, []);
    assert_eq!(app.rows(&eve).await, [], "an app's signature is not valid for another app's number");
    assert_eq!(backlog(app).await, (0, 0));
    let ours = meta::text(MARIA, "wamid.ours", app.now(), "For us");
    assert_eq!(ours["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"], NUMBER);
    assert_eq!(app.webhook(&ours).await, StatusCode::OK);
    project(app).await;
    assert_eq!(app.only_row(&ana).await.preview, "For us");
    app.settle().await;
});

on_both!(a_message_that_names_no_number_is_held_and_not_given_to_every_number_of_the_account, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for metadata in [json!({"phone_number_id": ""}), json!({}), Value::Null] {
        let mut body = meta::text(MARIA, "wamid.1", app.now(), "To whom?");
        body["entry"][0]["changes"][0]["value"]["metadata"] = metadata;
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    }
    project(app).await;
    assert_eq!(app.rows(&ana).await, []);
    assert_eq!(backlog(app).await, (0, 3));
});

on_both!(a_late_message_in_a_group_calls_nobody, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let written_at = app.now();
    app.turn(Span::minutes(11));
    // when a message in a group arrives late
    let body = json!({"type": "text", "text": {"body": "Hello all"}, "group_id": "g-1"});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.group", written_at, body)).await, StatusCode::OK);
    app.settle().await;
    // then it is there, and nobody is called, because nobody could answer
    let row = app.only_row(&ana).await;
    assert_eq!((&row.state, &row.trigger), (&RowState::Bot, &None));
    assert!(app.meta.sent().is_empty());
});

on_both!(a_late_message_escalates_without_a_bot_answer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let cases = [(MARIA, Span::minutes(9), "bot"), ("4915550002", Span::minutes(11), "late")];
    let written_at = app.now();
    app.turn(Span::minutes(11));
    for (phone, age, _) in cases {
        let at = written_at.plus(Span::minutes(11)).minus(age);
        let body = meta::text(phone, &format!("wamid.{phone}"), at, "Hello?");
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    }
    app.settle().await;
    for (phone, _, expected) in cases {
        let rows = app.rows(&ana).await;
        let row = rows.iter().find(|row| row.phone == Some(format!("+{phone}"))).expect("on the desk");
        let trigger = row.trigger.as_ref().map(|(kind, _)| kind.as_str());
        let answers = messages(app, &ana, &row.id).await.iter().filter(|it| !it.author.is_customer()).count();
        match expected {
            "late" => {
                assert_eq!((&row.state, trigger, answers), (&RowState::Waiting, Some("late"), 0));
                assert!(messages(app, &ana, &row.id).await[0].late, "the message is marked as late");
            }
            _ => assert_eq!((&row.state, trigger, answers), (&RowState::Bot, None, 1)),
        }
    }
    assert_eq!(app.meta.sent().len(), 1);
});
