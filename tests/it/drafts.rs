//! Drafts of agents on the server: one per conversation and agent, on every device, until it is sent.

use handoff::{
    domain::{
        ids::ConversationId,
        message::{
            draft::{DRAFT_LIMIT, ReplyDraft},
            reply::ReplyKind,
        },
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, agent::NewReply},
    },
};

use crate::app::{TestApp, on_both};

fn draft(version: i64, body: &str) -> ReplyDraft {
    ReplyDraft { version, body: body.to_owned() }
}

/// Saves a draft and returns the newest one, which the thread shows, too.
async fn saves(app: &TestApp, agent: &Agent, id: &ConversationId, version: i64, body: &str) -> ReplyDraft {
    let newest = app.services.conversations.save_draft(agent, id, draft(version, body)).await.expect("keeps it");
    assert_eq!(app.thread(agent, id).await.draft, newest);
    newest
}

/// The conversations that the agent's list marks as having a draft.
async fn marked(app: &TestApp, agent: &Agent) -> Vec<ConversationId> {
    app.services.live.calls(agent).await.expect("reads").drafts
}

async fn sends(app: &TestApp, agent: &Agent, id: &ConversationId, body: &str, version: Option<i64>) {
    let reply = NewReply { client_id: body, kind: ReplyKind::Text, body, quote: None, draft: version, file: None };
    app.services.conversations.send_reply(agent, id, reply).await.expect("sends");
}

on_both!(the_newest_version_of_a_draft_is_kept_for_its_agent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = app.waiting(&ana).await;
    assert_eq!(app.thread(&ana, &row.id).await.draft, ReplyDraft::default());
    // given saves of two devices, then the newer version wins, and the older device is told
    assert_eq!(saves(app, &ana, &row.id, 2, "Good morning").await, draft(2, "Good morning"));
    assert_eq!(saves(app, &ana, &row.id, 1, "Good").await, draft(2, "Good morning"));
    assert_eq!(saves(app, &ana, &row.id, 2, "Good evening").await, draft(2, "Good evening"), "the later arrival");
    // and a colleague has their own
    assert_eq!(app.thread(&ben, &row.id).await.draft, ReplyDraft::default());
    assert_eq!(saves(app, &ben, &row.id, 1, "Mine").await, draft(1, "Mine"));
    assert_eq!(app.thread(&ana, &row.id).await.draft, draft(2, "Good evening"));
    // A draft is nothing that others see: the row stays as it is, and only its agent's list marks it.
    assert_eq!(app.only_row(&ana).await, row);
    let (chloe, _) = app.agent("Chloe").await;
    assert_eq!((marked(app, &ana).await, marked(app, &chloe).await), (vec![row.id.clone()], Vec::new()));
    // What is erased is gone.
    app.erase("drafts").await;
    assert_eq!(marked(app, &ana).await, []);
    assert_eq!(app.thread(&ana, &row.id).await.draft, ReplyDraft::default());
});

on_both!(a_draft_is_removed_with_the_reply_that_sends_it, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let id = app.waiting(&ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    // given a draft that is sent, then a save of it that arrives late does not bring it back
    saves(app, &ana, &id, 4, "Hello").await;
    sends(app, &ana, &id, "Hello", Some(4)).await;
    assert_eq!(app.thread(&ana, &id).await.draft, draft(5, ""));
    assert_eq!(saves(app, &ana, &id, 4, "Hello").await, draft(5, ""));
    // given a reply whose draft was never saved, then it is not brought back either
    sends(app, &ana, &id, "How are you?", Some(7)).await;
    assert_eq!(saves(app, &ana, &id, 7, "How are you?").await, draft(8, ""));
    // given more that was typed before the reply arrives, then that stays
    saves(app, &ana, &id, 9, "First").await;
    saves(app, &ana, &id, 10, "Second").await;
    sends(app, &ana, &id, "First", Some(9)).await;
    assert_eq!(app.thread(&ana, &id).await.draft, draft(10, "Second"));
    // given a page that names no version, then the draft with the same text is removed, and no other
    sends(app, &ana, &id, "Something else", None).await;
    assert_eq!(app.thread(&ana, &id).await.draft, draft(10, "Second"));
    assert_eq!(marked(app, &ana).await, std::slice::from_ref(&id));
    sends(app, &ana, &id, "Second", None).await;
    assert_eq!(app.thread(&ana, &id).await.draft, draft(11, ""));
    assert_eq!(marked(app, &ana).await, []);
    app.settle().await;
});

on_both!(a_draft_has_a_longest_text, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let id = app.waiting(&ana).await.id;
    let longest = "x".repeat(DRAFT_LIMIT);
    assert_eq!(saves(app, &ana, &id, 1, &longest).await.body.len(), DRAFT_LIMIT);
    let conversations = &app.services.conversations;
    for wrong in [draft(2, &format!("{longest}x")), draft(-1, "x"), draft(i64::MAX, "x")] {
        let refused = conversations.save_draft(&ana, &id, wrong).await;
        assert!(matches!(&refused, Err(ConversationError::Invalid(_))), "{refused:?}");
    }
    let unknown = conversations.save_draft(&ana, &"cnv_unknown".into(), draft(1, "x")).await;
    assert!(matches!(&unknown, Err(ConversationError::NotFound)), "{unknown:?}");
});
