//! Delivery statuses of a bot answer: each alone, in wrong orders, and all in one POST.

use handoff::{
    domain::{
        desk::RowState,
        message::{Author, Delivery, Message},
    },
    server::simulator::Reads,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::stage::{Files, Item, Who, every_row, messages, post_of};
use crate::app::{TestApp, on_both};

struct Row {
    name: &'static str,
    /// Statuses in order of arrival; a number is `failed` with that code.
    words: &'static [&'static str],
    ends: Delivery,
    /// The conversation's state afterwards: a failed bot answer escalates.
    waits: Waits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    WithBot,
    ForAPerson,
}

use Waits::{ForAPerson, WithBot};

const TABLE: &[Row] = &[
    Row { name: "sent", words: &["sent"], ends: Delivery::Sent, waits: WithBot },
    Row { name: "delivered", words: &["sent", "delivered"], ends: Delivery::Delivered, waits: WithBot },
    Row { name: "read", words: &["sent", "delivered", "read"], ends: Delivery::Read, waits: WithBot },
    Row { name: "played", words: &["read", "played"], ends: Delivery::Played, waits: WithBot },
    Row { name: "read without delivered", words: &["sent", "read"], ends: Delivery::Read, waits: WithBot },
    Row { name: "sent after read", words: &["read", "sent"], ends: Delivery::Read, waits: WithBot },
    Row { name: "delivered after read", words: &["read", "delivered"], ends: Delivery::Read, waits: WithBot },
    Row { name: "the same twice", words: &["delivered", "delivered"], ends: Delivery::Delivered, waits: WithBot },
    Row { name: "unknown", words: &["warning", "deleted", "teleported"], ends: Delivery::Sent, waits: WithBot },
    Row { name: "no word at all", words: &[""], ends: Delivery::Sent, waits: WithBot },
    Row { name: "failed", words: &["131026"], ends: Delivery::Failed, waits: ForAPerson },
    Row { name: "failed with an unknown code", words: &["999999"], ends: Delivery::Failed, waits: ForAPerson },
    Row { name: "failed after sent", words: &["sent", "131026"], ends: Delivery::Failed, waits: ForAPerson },
    Row { name: "failed after delivered", words: &["delivered", "131026"], ends: Delivery::Delivered, waits: WithBot },
    Row { name: "sent after failed", words: &["131026", "sent", "read"], ends: Delivery::Failed, waits: ForAPerson },
    Row { name: "the window was closed", words: &["sent", "131047"], ends: Delivery::Failed, waits: ForAPerson },
];

/// The statuses of one row about `wamid`.
fn statuses(row: &Row, who: &Who, wamid: &str) -> Vec<Item> {
    let status = |(k, word): (usize, &&str)| {
        let Ok(code) = word.parse::<i64>() else { return who.status(k, wamid, word) };
        let mut item = who.status(k, wamid, "failed");
        item.body["errors"] = json!([{"code": code, "title": "It failed", "error_data": {"details": "Somehow"}}]);
        item
    };
    row.words.iter().enumerate().map(status).collect()
}

/// A customer per row, each with one bot answer; returns the answers' message ids at Meta.
async fn answered(app: &TestApp) -> Vec<(Who, String)> {
    app.hold_back_statuses();
    let files = Files::upload(app).await;
    let cast: Vec<Who> = (0..TABLE.len()).map(|n| Who::new(n, files.clone())).collect();
    let items: Vec<Item> = cast.iter().map(|who| who.text(0, "Hello")).collect();
    assert_eq!(app.webhook(&post_of(&items)).await, StatusCode::OK);
    app.drain().await;
    let sent = app.meta.sent();
    let wamid_of = |who: &Who| {
        let to = json!(format!("+{}", who.phone));
        let mut ours = sent.iter().filter(|request| request.body["to"] == to);
        let request = ours.next().unwrap_or_else(|| panic!("an answer to {to}"));
        assert!(ours.next().is_none(), "one answer to {to}");
        request.wamid.clone()
    };
    cast.into_iter().map(|who| (wamid_of(&who), who)).map(|(wamid, who)| (who, wamid)).collect()
}

fn answer_of(messages: &[Message]) -> &Message {
    let mut answers = messages.iter().filter(|message| message.author == Author::Bot);
    let answer = answers.next().expect("an answer");
    assert!(answers.next().is_none(), "nothing is sent again");
    answer
}

async fn look(app: &TestApp, agent: &handoff::server::accounts::Agent, cast: &[(Who, String)]) {
    let listed = every_row(app, agent).await;
    for (row, (who, _)) in TABLE.iter().zip(cast) {
        let found = listed.iter().find(|listed| listed.name == who.name).expect("a conversation");
        let thread = app.thread(agent, &found.id).await;
        let said: Vec<Message> = messages(&thread).cloned().collect();
        let answer = answer_of(&said);
        assert_eq!(answer.delivery, Some(row.ends), "{}", row.name);
        assert_eq!(answer.fault.is_some(), row.ends == Delivery::Failed, "{}: {:?}", row.name, answer.fault);
        if let Some(fault) = &answer.fault {
            assert!(fault.detail.len() > 20, "{}: words for an agent: {}", row.name, fault.detail);
            assert_eq!(fault.code, row.words.iter().find_map(|word| word.parse().ok()), "{}", row.name);
        }
        let waits = if found.state == RowState::Waiting { ForAPerson } else { WithBot };
        assert_eq!(waits, row.waits, "{}", row.name);
        let shut = row.words.contains(&"131047");
        assert_eq!(found.window_closes.is_none(), shut, "{}: window", row.name);
        assert_eq!(app.unread(&found.id).await, 1, "{}: a status is nothing to read", row.name);
    }
    assert_eq!(listed.len(), TABLE.len(), "no conversation of its own");
}

on_both!(each_status_alone_moves_an_answer_forward_only, async |app| {
    // given one bot answer per row
    let (agent, _) = app.agent("Ana").await;
    let cast = answered(app).await;
    // when each status arrives in its own POST
    for (row, (who, wamid)) in TABLE.iter().zip(&cast) {
        for item in statuses(row, who, wamid) {
            assert_eq!(app.webhook(&post_of(&[item])).await, StatusCode::OK, "{}", row.name);
            app.services.projector.run_once().await.expect("projects");
        }
    }
    // then every answer has the status of its row, before and after the queues ran
    look(app, &agent, &cast).await;
    app.drain().await;
    look(app, &agent, &cast).await;
});

on_both!(all_statuses_in_one_post_have_the_same_results, async |app| {
    let (agent, _) = app.agent("Ana").await;
    let cast = answered(app).await;
    let rows = TABLE.iter().zip(&cast);
    let items: Vec<Item> = rows.flat_map(|(row, (who, wamid))| statuses(row, who, wamid)).collect();
    assert_eq!(app.webhook(&post_of(&items)).await, StatusCode::OK);
    app.drain().await;
    look(app, &agent, &cast).await;
});

on_both!(a_status_of_an_unknown_message_changes_nothing, async |app| {
    let (agent, _) = app.agent("Ana").await;
    let cast = answered(app).await;
    let before = every_row(app, &agent).await;
    // when an unknown message is read, delivered, failed
    let stranger = &cast[0].0;
    for word in ["read", "sent", "failed"] {
        let item = stranger.status(0, "wamid.of.another.partner", word);
        assert_eq!(app.webhook(&post_of(&[item])).await, StatusCode::OK);
    }
    app.drain().await;
    // then the desk is unchanged
    assert_eq!(every_row(app, &agent).await, before);
});

on_both!(a_status_before_metas_response_is_not_lost, async |app| {
    // given a Meta that sends the status `sent` before it answers the request, and customers who read at once
    let (agent, _) = app.agent("Ana").await;
    let mut settings = app.meta.settings();
    settings.status.before_answer = true;
    settings.reads = Reads::Auto;
    app.meta.set_settings(settings);
    // when the bot answers
    app.meta.customer_says("4915550001", "Hello").expect("says");
    app.meta.settled().await;
    app.settle().await;
    // then the answer was sent once and is read
    let row = app.only_row(&agent).await;
    let thread = app.thread(&agent, &row.id).await;
    let said: Vec<Message> = messages(&thread).cloned().collect();
    assert_eq!(answer_of(&said).delivery, Some(Delivery::Read));
    let sent: Vec<Value> = app.meta.sent().into_iter().map(|request| request.body).collect();
    assert_eq!(sent.len(), 1, "{sent:#?}");
});
