//! Viewing and typing: who is told, for how long, and that nothing of it is written.

use handoff::{
    domain::{
        access::Role,
        activity::{Activity, sentence},
        desk::Frame,
        ids::{ConversationId, Seq},
        time::Span,
    },
    server::{accounts::Agent, live::LiveError},
};

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
};

async fn reports(app: &TestApp, agent: &Agent, id: &ConversationId, activity: Activity) {
    app.services.live.report_activity(agent, id, activity).await.expect("reports");
}

async fn head(app: &TestApp, agent: &Agent) -> Seq {
    app.desk(agent).await.seq
}

/// What the next frame about colleagues says after `span`.
async fn told(app: &TestApp, stream: &mut Stream, id: &ConversationId, span: Span) -> Option<String> {
    loop {
        if let Frame::Activity { active } = stream.next().await.expect("the stream goes on") {
            return sentence(&active, id, app.now().plus(span));
        }
    }
}

on_both!(colleagues_in_a_conversation_see_who_looks_and_who_types, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, bens_cookie) = app.agent("Ben").await;
    let row = app.waiting(&ana).await;
    let before = head(app, &ana).await;
    let mut hers = Stream::open(app, &cookie, before).await;
    let mut his = Stream::open(app, &bens_cookie, before).await;
    let now = Span::default();
    // given Ana in the conversation, when Ben opens it, then both learn of each other
    reports(app, &ana, &row.id, Activity::Viewing).await;
    reports(app, &ben, &row.id, Activity::Viewing).await;
    assert_eq!(told(app, &mut hers, &row.id, now).await.as_deref(), Some("Ben is viewing"));
    assert_eq!(told(app, &mut his, &row.id, now).await.as_deref(), Some("Ana is viewing"));
    // when he types, then she sees it, and for eight seconds only unless he goes on
    reports(app, &ben, &row.id, Activity::Typing).await;
    assert_eq!(told(app, &mut hers, &row.id, now).await.as_deref(), Some("Ben is typing"));
    app.turn(Span::seconds(1));
    reports(app, &ben, &row.id, Activity::Typing).await;
    assert_eq!(told(app, &mut hers, &row.id, Span::seconds(8)).await.as_deref(), Some("Ben is viewing"));
    // when she opens another stream, then it begins with what she missed
    drop(hers);
    let mut hers = Stream::open(app, &cookie, before).await;
    assert_eq!(told(app, &mut hers, &row.id, now).await.as_deref(), Some("Ben is typing"));
    // when he leaves, then she sees nobody
    reports(app, &ben, &row.id, Activity::Left).await;
    assert_eq!(told(app, &mut hers, &row.id, now).await, None);
    // and neither the log nor the row has changed
    assert_eq!(head(app, &ana).await, before);
    assert_eq!(app.only_row(&ana).await, row);
});

on_both!(a_page_that_is_gone_is_forgotten, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let (chloe, _) = app.agent("Chloe").await;
    let row = app.waiting(&ana).await;
    let mut hers = Stream::open(app, &cookie, head(app, &ana).await).await;
    // given Ana and Ben in a conversation, and a page of Ben that reports no more
    reports(app, &ben, &row.id, Activity::Viewing).await;
    reports(app, &ana, &row.id, Activity::Viewing).await;
    assert_eq!(told(app, &mut hers, &row.id, Span::seconds(44)).await.as_deref(), Some("Ben is viewing"));
    // when his report has expired, then the next frame does not name him
    app.turn(Span::seconds(45));
    reports(app, &ana, &row.id, Activity::Viewing).await;
    reports(app, &chloe, &row.id, Activity::Viewing).await;
    assert_eq!(told(app, &mut hers, &row.id, Span::default()).await.as_deref(), Some("Chloe is viewing"));
});

on_both!(another_tenant_neither_reports_nor_learns_of_a_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = app.waiting(&ana).await;
    let (other, _) = app.other_tenant().await;
    let (eve, eves_cookie) = app.person(&other, "Eve", Role::Admin).await;
    let (mallory, _) = app.person(&other, "Mallory", Role::Agent).await;
    let mut stream = Stream::open(app, &eves_cookie, head(app, &eve).await).await;
    // given agents of this tenant in a conversation
    reports(app, &ana, &row.id, Activity::Typing).await;
    reports(app, &ben, &row.id, Activity::Typing).await;
    // when agents of another tenant report that they have it open, then it does not exist for them
    for agent in [&eve, &mallory] {
        let refused = app.services.live.report_activity(agent, &row.id, Activity::Viewing).await;
        assert!(matches!(refused, Err(LiveError::NotFound)), "{refused:?}");
    }
    // and their stream goes on without a word of it
    app.services.accounts.set_away(&eve, true).await.expect("away");
    loop {
        match stream.next().await.expect("the stream goes on") {
            Frame::Changes(_) => break,
            Frame::Heartbeat { .. } | Frame::Presence { .. } => {}
            frame @ (Frame::Reset { .. } | Frame::Activity { .. }) => panic!("{frame:?}"),
        }
    }
});
