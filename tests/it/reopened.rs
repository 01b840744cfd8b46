//! A closed conversation is reopened by an agent, or by the customer's next message for the agent who closed it.

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        conversation::Refusal,
        desk::{Group, Row, RowState},
        handoff::TriggerKind,
        time::Span,
    },
    server::{accounts::Agent, conversations::ConversationError},
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

const MARIA: &str = "4915550001";

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

fn is_anas(row: &Row, ana: &Agent) -> bool {
    row.state == RowState::Claimed { agent: ana.id().clone(), name: "Ana".to_owned() }
}

async fn last_line(app: &TestApp, agent: &Agent, row: &Row) -> String {
    app.thread_lines(agent, &row.id).await.pop().unwrap_or_default()
}

on_both!(an_agent_reopens_a_closed_conversation, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    let sent = app.meta.sent().len();
    app.turn(Span::minutes(5));
    let mut desk = app.desk(&ana).await;
    let mut stream = Stream::open(app, &cookie, desk.seq).await;
    // when Ana reopens it, then it is hers with a handoff of its own, and the bot says nothing
    app.services.conversations.reopen(&ana, &row.id).await.expect("reopens");
    app.settle().await;
    let open = app.only_row(&ana).await;
    assert!(is_anas(&open, &ana) && open.id == row.id);
    assert_eq!(open.trigger, Some((TriggerKind::Reopened, "Reopened".to_owned())));
    assert_eq!((open.group(ana.id()), open.unread), (Group::CustomersTurn, 0));
    assert_eq!((app.meta.sent().len(), last_line(app, &ana, &row).await.as_str()), (sent, "reopened this"));
    let requests = app.thread(&ana, &row.id).await.dossier.handoff_requests;
    assert_eq!((requests.len(), requests[0].trigger), (2, TriggerKind::Reopened));
    assert!(requests[0].line.is_some() && requests[0].ended_at.is_none() && requests[1].ended_at.is_some());
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    assert!(audit.lines.iter().any(|line| line.what == "Reopened a conversation"));
    // and an open page shows the same as a fresh one
    let fresh = app.desk(&ana).await;
    while desk.seq < fresh.seq {
        desk.apply(&stream.next().await.expect("the stream goes on"));
    }
    assert_eq!(desk, fresh);
    // and it goes on like every other one
    app.services.conversations.reply(&ana, &row.id, "c1", "One more thing", None).await.expect("replies");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), sent + 1);
    app.services.conversations.close(&ana, &row.id, open.last_turn).await.expect("closes");
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
});

on_both!(a_refused_reopening_changes_nothing_and_says_why, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    let refused = async || match app.services.conversations.reopen(&ana, &row.id).await {
        Err(ConversationError::Refused(refusal)) => refusal,
        other => panic!("refused, not {other:?}"),
    };
    // given that the customer has a newer conversation
    app.turn(Span::hours(1));
    writes(app, "wamid.newer", "Hello again").await;
    let newer = app.rows(&ana).await.into_iter().find(|it| it.state == RowState::Bot).expect("with the bot");
    assert_eq!(refused().await, Refusal::ContinuedIn(newer.id.clone()));
    // given that it was closed, and the window of the first one is over
    app.services.conversations.take_over(&ana, &newer.id).await.expect("takes over");
    app.services.conversations.close(&ana, &newer.id, newer.last_turn).await.expect("closes");
    app.settle().await;
    app.turn(Span::hours(23));
    assert_eq!(refused().await, Refusal::WindowClosed);
    assert!(app.rows(&ana).await.iter().all(|row| matches!(row.state, RowState::Closed { .. })));
});

on_both!(a_message_soon_after_a_close_goes_to_the_agent_who_closed, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    let sent = app.meta.sent().len();
    // given that Ana is online
    let _stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    // when the customer writes, then Ana has it again
    writes(app, "wamid.more", "Thanks, but it still does not work").await;
    let open = app.only_row(&ana).await;
    assert!(is_anas(&open, &ana) && open.id == row.id);
    assert_eq!((open.group(ana.id()), open.unread, app.meta.sent().len()), (Group::ReplyNow, 1, sent));
    let line = "has this again: the customer wrote soon after the close";
    assert_eq!(last_line(app, &ana, &row).await, line);
});

on_both!(a_keyword_soon_after_a_close_calls_an_agent_as_ever, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    let _stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    writes(app, "wamid.more", "I need an agent").await;
    let waiting = app.rows(&ana).await.into_iter().find(|it| it.state == RowState::Waiting).expect("waits");
    assert_ne!(waiting.id, row.id);
});

on_both!(without_the_agent_or_after_the_grace_time_the_bot_begins_anew, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    // Ana is offline.
    writes(app, "wamid.1", "It still does not work").await;
    let newer = app.rows(&ana).await.into_iter().find(|it| it.state == RowState::Bot).expect("with the bot");
    assert_ne!(newer.id, row.id);
    app.services.conversations.take_over(&ana, &newer.id).await.expect("takes over");
    app.services.conversations.close(&ana, &newer.id, newer.last_turn).await.expect("closes");
    app.settle().await;
    // Ana is online, and the grace time is over.
    app.turn(Span::minutes(30));
    let _stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    writes(app, "wamid.2", "It still does not work").await;
    let bots = app.rows(&ana).await.into_iter().filter(|it| it.state == RowState::Bot).count();
    assert_eq!(bots, 1);
});

on_both!(what_follows_a_close_goes_to_the_conversation_that_was_closed_last, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    // given a newer conversation that was closed, and the older one, reopened and closed after it
    app.turn(Span::hours(1));
    writes(app, "wamid.newer", "Hello again").await;
    let newer = app.rows(&ana).await.into_iter().find(|it| it.state == RowState::Bot).expect("with the bot");
    app.services.conversations.take_over(&ana, &newer.id).await.expect("takes over");
    app.services.conversations.close(&ana, &newer.id, newer.last_turn).await.expect("closes");
    app.turn(Span::hours(1));
    app.services.conversations.reopen(&ana, &row.id).await.expect("reopens");
    app.services.conversations.close(&ana, &row.id, row.last_turn.clone()).await.expect("closes");
    app.settle().await;
    // when the customer says thanks, then nobody is told
    writes(app, "wamid.thanks", "Thanks!").await;
    let rows = app.rows(&ana).await;
    assert!(rows.len() == 2 && rows.iter().all(|row| matches!(row.state, RowState::Closed { .. })), "{rows:#?}");
    assert_eq!(rows.iter().find(|it| it.id == row.id).expect("is in the list").preview, "Thanks!");
    // when they write more and Ana is online, then she has it again
    let _stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    writes(app, "wamid.more", "But it still does not work").await;
    let open = app.rows(&ana).await.into_iter().find(|it| it.id == row.id).expect("is in the list");
    assert!(is_anas(&open, &ana));
});
