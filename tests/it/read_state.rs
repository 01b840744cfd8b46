//! Who has read what: only the owner's look at the end of the thread clears the badge and sends blue ticks, and never for
//! what came after it.

use handoff::{
    domain::{
        conversation::Refusal,
        desk::{PreviewBy, Row},
        ids::ConversationId,
        time::Span,
    },
    server::{accounts::Agent, conversations::ConversationError, store::jobs, workers::JobKind},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

/// Ana owns the conversation and has read it.
async fn read_by_ana(app: &TestApp, ana: &Agent) -> Row {
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.look(ana, &row.id).await;
    app.settle().await;
    app.turn(Span::seconds(5));
    app.only_row(ana).await
}

async fn arrives(app: &TestApp, body: &Value) {
    assert_eq!(app.webhook(body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    arrives(app, &meta::text(MARIA, wamid, app.now(), words)).await;
}

async fn says(app: &TestApp, wamid: &str, body: Value) {
    arrives(app, &meta::message(MARIA, wamid, app.now(), body)).await;
}

/// Whether blue ticks are on their way to the customer.
async fn ticks(app: &TestApp, id: &ConversationId) -> bool {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    jobs::is_queued(&mut tx, JobKind::Read, id.as_str()).await.expect("reads")
}

on_both!(a_colleagues_look_clears_nothing_and_sends_no_ticks, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let (ada, _) = app.admin().await;
    // given a conversation that Ana owns, in which the customer writes twice
    let row = read_by_ana(app, &ana).await;
    assert_eq!(row.unread, 0);
    writes(app, "wamid.1", "Are you there?").await;
    let first = app.thread(&ana, &row.id).await.seq;
    writes(app, "wamid.2", "Hello?").await;
    // when a colleague and an admin look at it
    app.look(&ben, &row.id).await;
    app.look(&ada, &row.id).await;
    // then it is as unread as before
    assert_eq!((app.only_row(&ana).await.unread, ticks(app, &row.id).await), (2, false));
    // when Ana looks, and the second message was not on her screen yet, then it stays unread
    app.services.conversations.see(&ana, &row.id, first).await.expect("looks");
    assert_eq!((app.only_row(&ana).await.unread, ticks(app, &row.id).await), (1, true));
    app.look(&ana, &row.id).await;
    assert_eq!(app.only_row(&ana).await.unread, 0);
    // An older look that arrives late marks nothing as unread again.
    app.services.conversations.see(&ana, &row.id, first).await.expect("looks");
    assert_eq!(app.only_row(&ana).await.unread, 0);
    app.settle().await;
});

on_both!(a_waiting_conversation_is_unread_for_everybody_until_its_owner_reads_it, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    // given a waiting conversation that both look at
    let row = app.waiting(&ana).await;
    app.look(&ana, &row.id).await;
    app.look(&ben, &row.id).await;
    for agent in [&ana, &ben] {
        assert_eq!((app.only_row(agent).await.unread, ticks(app, &row.id).await), (1, false));
    }
    // when Ana claims it, then it is unread until she looks
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    assert_eq!(app.only_row(&ana).await.unread, 1);
    app.look(&ana, &row.id).await;
    assert_eq!((app.only_row(&ana).await.unread, ticks(app, &row.id).await), (0, true));
    // and what she answers says nothing about what she has read
    writes(app, "wamid.2", "One more thing").await;
    app.services.conversations.reply(&ana, &row.id, "c1", "Hello", None).await.expect("replies");
    assert_eq!(app.only_row(&ana).await.unread, 1);
    app.settle().await;
});

on_both!(the_bots_conversations_are_unread_for_nobody, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given a customer who writes to the bot
    writes(app, "wamid.1", "Hello").await;
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert_eq!((row.unread, app.unread(&row.id).await), (0, 1));
    // when Ana takes over, then she has not read it
    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    assert_eq!(app.only_row(&ana).await.unread, 1);
    // and when it is the bot's again, nothing is left to read
    app.services.conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    assert_eq!((app.only_row(&ana).await.unread, app.unread(&row.id).await), (0, 0));
    app.settle().await;
});

on_both!(an_edit_or_a_deletion_of_a_read_message_is_news_for_the_owner, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = read_by_ana(app, &ana).await;
    writes(app, "wamid.1", "I come at 5 pm").await;
    app.look(&ana, &row.id).await;
    app.services.conversations.reply(&ana, &row.id, "c1", "See you at 5 pm", None).await.expect("replies");
    app.settle().await;
    let read = app.only_row(&ana).await;
    assert_eq!((read.unread, read.preview.as_str()), (0, "See you at 5 pm"));
    // when the customer changes what was read and answered, then the row shows it on top
    app.turn(Span::minutes(1));
    let edit =
        json!({"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "I come at 6 pm"}}});
    says(app, "wamid.2", json!({"type": "edit", "edit": edit})).await;
    let edited = app.only_row(&ana).await;
    assert_eq!((edited.unread, edited.preview.as_str()), (1, "Edited: I come at 6 pm"));
    assert_eq!((edited.preview_by, edited.last_at), (PreviewBy::Customer, app.now()));
    app.look(&ana, &row.id).await;
    assert_eq!(app.only_row(&ana).await.unread, 0);
    // and a deletion is news, too, but no reaction
    says(app, "wamid.3", json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}})).await;
    assert_eq!(app.only_row(&ana).await.unread, 0);
    says(app, "wamid.4", json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}})).await;
    let deleted = app.only_row(&ana).await;
    assert_eq!((deleted.unread, deleted.preview.as_str()), (1, "Deleted a message"));
    app.settle().await;
});

on_both!(every_kind_of_message_is_read_with_one_look_and_closes_at_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = read_by_ana(app, &ana).await;
    let poll = || json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}});
    let to_another_app = |wamid: &str| {
        let message = json!({"from": MARIA, "from_user_id": format!("DE.{MARIA}"), "id": wamid,
            "timestamp": (app.now().0 / 1_000).to_string(), "type": "text", "text": {"body": "Hi"}});
        let standby = json!({"contacts": [meta::contact(MARIA)], "messages": [message]});
        meta::envelope_of("standby", json!({"standby": standby}))
    };
    // given a text, a poll and texts to another app, when Ana looks after each, then each is read
    writes(app, "wamid.1", "Look at this").await;
    app.look(&ana, &row.id).await;
    assert_eq!(app.only_row(&ana).await.unread, 0, "a text");
    says(app, "wamid.2", poll()).await;
    assert_eq!(app.only_row(&ana).await.unread, 1);
    app.look(&ana, &row.id).await;
    assert_eq!(app.only_row(&ana).await.unread, 0, "a poll");
    for wamid in ["wamid.3", "wamid.4"] {
        arrives(app, &to_another_app(wamid)).await;
        assert_eq!(app.only_row(&ana).await.unread, 1);
        app.look(&ana, &row.id).await;
        assert_eq!(app.only_row(&ana).await.unread, 0, "a text to another app");
    }
    // given a poll that only a colleague looked at, then Ana cannot close over it
    says(app, "wamid.5", poll()).await;
    app.look(&ben, &row.id).await;
    let close = async || {
        let seen = app.only_row(&ana).await.last_turn;
        app.services.conversations.close(&ana, &row.id, seen).await
    };
    assert!(matches!(close().await, Err(ConversationError::Refused(Refusal::CustomerJustWrote))));
    // when she has seen it, then it closes at once
    app.look(&ana, &row.id).await;
    close().await.expect("closes");
    app.settle().await;
});
