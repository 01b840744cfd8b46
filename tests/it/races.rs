//! Concurrent actions: fifty agents and one claim, an agent and a bot turn, a Send that is pressed twice, a close and a
//! customer who just wrote. The losing action changes nothing and returns the reason.

mod bot;
mod close;

use futures::future::join_all;
use handoff::{
    domain::{
        conversation::Refusal,
        desk::{ItemBody, Row, RowState},
        event::{Entry, Event},
        ids::{ConversationId, Seq},
        message::{Author, Message},
        time::Span,
    },
    server::{accounts::Agent, conversations::ConversationError, store::entries},
};
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

/// The log from its beginning.
async fn log(app: &TestApp) -> Vec<Entry> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads")
}

async fn logged(app: &TestApp, name: &str) -> usize {
    log(app).await.iter().filter(|entry| entry.event.name() == name).count()
}

pub async fn messages(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<Message> {
    let items = app.thread(agent, id).await.items;
    items
        .into_iter()
        .filter_map(|item| match item.body {
            ItemBody::Message(message) => Some(*message),
            ItemBody::Line(_) | ItemBody::Note(_) => None,
        })
        .collect()
}

async fn customer_writes(app: &TestApp, wamid: &str, words: &str) {
    let body = meta::text(MARIA, wamid, app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

/// The texts that Meta accepted, in order.
fn sent(app: &TestApp) -> Vec<String> {
    let text = |body: &Value| body["text"]["body"].as_str().unwrap_or_default().to_owned();
    app.meta.sent().iter().map(|request| text(&request.body)).collect()
}

fn refusal<T: std::fmt::Debug>(done: Result<T, ConversationError>) -> Refusal {
    match done {
        Err(ConversationError::Refused(refusal)) => refusal,
        other => panic!("refused, not {other:?}"),
    }
}

/// Calls a server function over a real connection, as the page does.
async fn call(
    client: reqwest::Client,
    address: std::net::SocketAddr,
    function: &str,
    cookie: String,
    form: &[(&str, &str)],
) -> (StatusCode, Value) {
    let response = client
        .post(format!("http://{address}/api/{function}"))
        .header(header::ORIGIN, format!("http://{address}"))
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT, "application/json")
        .form(form)
        .send()
        .await
        .expect("answers");
    let status = response.status();
    let body = response.text().await.expect("a body");
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

async fn fifty(app: &TestApp) -> Vec<(Agent, String)> {
    let mut racers = Vec::new();
    for racer in 0..50 {
        racers.push(app.agent(&format!("Racer{racer:02}")).await);
        // Sign-ins from one address in a short time are rate limited.
        app.turn(Span::seconds(1));
    }
    racers
}

async fn assert_won_by(app: &TestApp, row: &Row, winner: &Agent) {
    let now = app.only_row(winner).await;
    assert_eq!(now.state, RowState::Claimed { agent: winner.id().clone(), name: winner.name().to_owned() });
    assert_eq!(now.id, row.id);
    assert_eq!(logged(app, "claimed").await, 1, "one claim is in the log");
    let counts = app.desk(winner).await.counts;
    assert_eq!((counts.waiting, counts.claimed.get(winner.id())), (0, Some(&1)), "{counts:?}");
    assert_eq!(counts.claimed.values().sum::<i64>(), 1, "{counts:?}");
}

on_both!(of_fifty_agents_one_claims_and_the_others_learn_who, threads = 4, async |app| {
    let racers = fifty(app).await;
    let row = app.waiting(&racers[0].0).await;
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(racers.len()));
    let race = racers.iter().map(|(agent, _)| {
        let (conversations, agent, id, start) =
            (app.services.conversations.clone(), agent.clone(), row.id.clone(), start.clone());
        tokio::spawn(async move {
            start.wait().await;
            (conversations.claim(&agent, &id).await, agent)
        })
    });
    let (mut winners, mut named) = (Vec::new(), Vec::new());
    for done in join_all(race).await {
        match done.expect("runs to its end") {
            (Ok(()), agent) => winners.push(agent),
            (Err(ConversationError::Refused(Refusal::ClaimedBy(winner))), _) => named.push(winner),
            (Err(other), agent) => panic!("{}: {other}", agent.name()),
        }
    }
    assert_eq!(winners.len(), 1, "one winner");
    assert_eq!(named.len(), 49, "49 conflicts");
    assert!(named.iter().all(|name| *name == *winners[0].id()), "each conflict names the winner");
    assert_won_by(app, &row, &winners[0]).await;
});

on_both!(over_http_the_losers_of_a_claim_read_the_winners_name, threads = 4, async |app| {
    let racers = fifty(app).await;
    let row = app.waiting(&racers[0].0).await;
    let id = row.id.as_str().to_owned();
    // Concurrent requests use a connection each.
    let client = reqwest::Client::new();
    let race = racers.iter().map(|(agent, cookie)| {
        let (client, cookie, id, agent) = (client.clone(), cookie.clone(), id.clone(), agent.clone());
        let address = app.address;
        tokio::spawn(async move { (call(client, address, "claim", cookie, &[("id", &id)]).await, agent) })
    });
    let (mut winners, mut losses) = (Vec::new(), Vec::new());
    for done in join_all(race).await {
        let ((status, body), agent) = done.expect("runs to its end");
        if status == StatusCode::OK { winners.push(agent) } else { losses.push((status, body)) }
    }
    assert_eq!((winners.len(), losses.len()), (1, 49));
    let told = json!({"type": "conflict", "detail": format!("{} already claimed {}.", winners[0].name(), row.name)});
    for loss in losses {
        assert_eq!(loss, (StatusCode::CONFLICT, told.clone()));
    }
    assert_won_by(app, &row, &winners[0]).await;
    app.settle().await;
});

on_both!(claiming_ones_own_conversation_is_refused_and_counts_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    assert_eq!(refusal(app.services.conversations.claim(&ana, &row.id).await), Refusal::AlreadyYours);
    assert_won_by(app, &row, &ana).await;
    app.settle().await;
});

on_both!(send_pressed_twice_sends_once, threads = 4, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    let press = |press: &'static str, words: &'static str| {
        let (conversations, agent, id) = (app.services.conversations.clone(), ana.clone(), row.id.clone());
        tokio::spawn(async move { conversations.reply(&agent, &id, press, words, None).await })
    };
    let at_once = join_all((0..10).map(|_| press("press-1", "One moment"))).await;
    for done in at_once {
        done.expect("runs to its end").expect("a second press is no error");
    }
    press("press-1", "One moment").await.expect("runs to its end").expect("a late repetition is no error");
    // The same text sent intentionally is another press.
    press("press-2", "One moment").await.expect("runs to its end").expect("replies");
    let form = [("id", row.id.as_str()), ("client_id", "press-3"), ("body", "Over HTTP")];
    let client = reqwest::Client::new();
    let both = join_all((0..2).map(|_| call(client.clone(), app.address, "reply", cookie.clone(), &form))).await;
    for (status, body) in both {
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    app.settle().await;
    let replies: Vec<String> =
        sent(app).into_iter().filter(|text| !text.contains("colleague") && !text.contains("away right now")).collect();
    assert_eq!(replies, ["One moment", "One moment", "Over HTTP"]);
    let mine = messages(app, &ana, &row.id).await;
    let mine = mine.iter().filter(|message| message.author == Author::Agent(ana.id().clone()));
    assert_eq!(mine.count(), 3, "the thread shows each once");
});

on_both!(the_same_press_of_two_agents_is_two_replies, async |app| {
    let ((ana, _), (ben, _)) = (app.agent("Ana").await, app.agent("Ben").await);
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.services.conversations.reply(&ana, &row.id, "press-1", "From Ana", None).await.expect("replies");
    app.services.conversations.take_over(&ben, &row.id).await.expect("takes over");
    app.services.conversations.reply(&ben, &row.id, "press-1", "From Ben", None).await.expect("replies");
    app.settle().await;
    assert!(sent(app).ends_with(&["From Ana".to_owned(), "From Ben".to_owned()]), "{:?}", sent(app));
});

on_both!(a_close_that_has_not_seen_the_newest_message_closes_nothing, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    let on_screen = app.only_row(&ana).await.last_turn.expect("the customer wrote");
    customer_writes(app, "wamid.second", "Wait, one more thing").await;

    let form = [("id", row.id.as_str()), ("seen", on_screen.as_str())];
    let (status, body) = call(reqwest::Client::new(), app.address, "close", cookie.clone(), &form).await;
    assert_eq!((status, body["type"].as_str()), (StatusCode::CONFLICT, Some("conflict")));
    assert!(body["detail"].as_str().expect("words").contains("The customer just wrote"), "{body}");
    assert_eq!(refusal(app.services.conversations.close(&ana, &row.id, None).await), Refusal::CustomerJustWrote);
    let still = app.only_row(&ana).await;
    assert!(matches!(still.state, RowState::Claimed { .. }), "{:?}", still.state);
    app.settle().await;
    assert!(!sent(app).iter().any(|text| text.contains("Thank you")), "no goodbye was sent");

    let newest = still.last_turn.expect("the second message");
    let form = [("id", row.id.as_str()), ("seen", newest.as_str())];
    let (status, body) = call(reqwest::Client::new(), app.address, "close", cookie, &form).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    app.settle().await;
    let closed = app.only_row(&ana).await;
    assert_eq!(closed.state, RowState::Closed { at: app.now() });
    assert_eq!(sent(app).iter().filter(|text| text.contains("Thank you")).count(), 1, "one goodbye");
    assert_eq!(refusal(app.services.conversations.close(&ana, &row.id, Some(newest)).await), Refusal::Closed);
});

on_both!(a_released_conversation_keeps_its_original_wait, async |app| {
    let ((ana, _), (ben, _)) = (app.agent("Ana").await, app.agent("Ben").await);
    let row = app.waiting(&ana).await;
    app.turn(Span::seconds(90));
    let conversations = &app.services.conversations;
    conversations.claim(&ana, &row.id).await.expect("claims");
    let release = |agent: &Agent| handoff::domain::conversation::Command::Release { agent: agent.id().clone() };
    assert_eq!(refusal(conversations.command(&ben, &row.id, release(&ben)).await), Refusal::OwnedBy(ana.id().clone()));
    conversations.command(&ana, &row.id, release(&ana)).await.expect("releases");
    let waiting = app.only_row(&ana).await;
    assert_eq!(waiting.state, RowState::Waiting);
    assert_eq!(waiting.requested_at, row.requested_at, "the customer has waited since then");
    assert_eq!(refusal(conversations.command(&ana, &row.id, release(&ana)).await), Refusal::NotClaimed);
    conversations.claim(&ben, &row.id).await.expect("another may claim it");
    let claimed = app.only_row(&ben).await;
    assert_eq!(claimed.state, RowState::Claimed { agent: ben.id().clone(), name: "Ben".to_owned() });
    app.settle().await;
});

on_both!(an_agent_cannot_reply_in_a_conversation_that_a_colleague_took, async |app| {
    let ((ana, cookie), (ben, _)) = (app.agent("Ana").await, app.agent("Ben").await);
    let row = app.waiting(&ana).await;
    let conversations = &app.services.conversations;
    conversations.claim(&ana, &row.id).await.expect("claims");
    conversations.take_over(&ben, &row.id).await.expect("takes over");
    assert_eq!(refusal(conversations.take_over(&ben, &row.id).await), Refusal::AlreadyYours);
    let owned = Refusal::OwnedBy(ben.id().clone());
    assert_eq!(refusal(conversations.reply(&ana, &row.id, "press-1", "Too late", None).await), owned);
    let seen = app.only_row(&ana).await.last_turn;
    assert_eq!(refusal(conversations.close(&ana, &row.id, seen).await), owned);
    let form = [("id", row.id.as_str()), ("client_id", "press-2"), ("body", "Too late")];
    let (_, body) = call(reqwest::Client::new(), app.address, "reply", cookie, &form).await;
    let words = "Ben is handling this conversation. Take over to reply or close it.";
    assert_eq!(body, json!({"type": "conflict", "detail": words}));
    app.settle().await;
    assert!(!sent(app).contains(&"Too late".to_owned()));
    let taken: Vec<Event> = log(app).await.into_iter().map(|entry| entry.event).collect();
    assert!(
        taken.iter().any(|event| matches!(event, Event::TakenOver { agent, from: Some(from), .. }
            if *agent == *ben.id() && *from == *ana.id())),
        "the log says from whom"
    );
});

on_both!(a_conversation_of_another_tenant_is_not_found, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    let (globex, _) = app.other_tenant().await;
    let (eve, cookie) = app.person(&globex, "Eve", handoff::domain::access::Role::Agent).await;
    let (before, talk) = (log(app).await.len(), messages(app, &ana, &row.id).await);
    let made_up = ConversationId::from("cnv_01JXXXXXXXXXXXXXXXXXXXXXXX");
    let client = reqwest::Client::new();
    for id in [&row.id, &made_up] {
        let conversations = &app.services.conversations;
        assert!(matches!(conversations.claim(&eve, id).await, Err(ConversationError::NotFound)));
        for function in ["claim", "take_over", "release", "return_to_bot", "close", "reply", "see", "thread"] {
            let form = [("id", id.as_str()), ("client_id", "press-1"), ("body", "Hello"), ("seen", "1")];
            let (status, body) = call(client.clone(), app.address, function, cookie.clone(), &form).await;
            assert_eq!((status, &body), (StatusCode::NOT_FOUND, &json!({"type": "not_found"})), "{function}");
        }
    }
    assert_eq!(log(app).await.len(), before, "nothing happened");
    assert_eq!(app.only_row(&ana).await, row);
    assert_eq!(messages(app, &ana, &row.id).await, talk);
    app.settle().await;
});
