//! Customers whose agent is gone: their conversation goes back to Unassigned after five minutes, and the agent is told
//! on return. The time counts only while the server accepts streams and the tenant is open.

mod counted;

use handoff::{
    contract::desk::Asides,
    domain::{
        desk::{Row, RowState},
        event::Initiator,
        ids::ConversationId,
        settings::GoneAgents,
        time::Span,
    },
    server::{
        accounts::Agent,
        bus::StreamGuard,
        services::Services,
        workers::{JobKind, Selection},
    },
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    meta,
    presence::{enters, records},
};

const MARIA: &str = "4915550001";
const FIVE_MINUTES: Span = Span::minutes(5);
/// Servers record their presence every second, and count a longer silence than thirty of them as an interruption.
const ROUND: Span = Span::seconds(20);

/// Time passes at a server that runs.
pub async fn passes_at(app: &TestApp, services: &Services, span: Span) {
    let mut left = span;
    while left > Span(0) {
        let round = left.min(ROUND);
        app.turn(round);
        records(services).await;
        left = Span(left.0 - round.0);
    }
    while services.endings.run_once().await.expect("carries out") > 0 {}
}

async fn passes(app: &TestApp, span: Span) {
    passes_at(app, &app.services, span).await;
    app.settle().await;
}

/// Ana is there, and has claimed Maria's conversation, who waits for a reply. The server has been running for long.
async fn claimed(app: &TestApp) -> (Agent, String, StreamGuard, ConversationId) {
    let (ana, cookie) = app.agent("Ana").await;
    let stream = enters(&app.services, &ana);
    records(&app.services).await;
    passes(app, Span::minutes(10)).await;
    let id = app.waiting(&ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    app.settle().await;
    (ana, cookie, stream, id)
}

async fn writes(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

async fn row(app: &TestApp, agent: &Agent, id: &ConversationId) -> Row {
    app.rows(agent).await.into_iter().find(|row| row.id == *id).expect("is in the list")
}

async fn is_hers(app: &TestApp, ana: &Agent, id: &ConversationId) -> bool {
    matches!(row(app, ana, id).await.state, RowState::Claimed { agent, .. } if agent == *ana.id())
}

async fn is_unassigned(app: &TestApp, ana: &Agent, id: &ConversationId) -> bool {
    row(app, ana, id).await.state == RowState::Waiting
}

/// The names in the notice that the agent's next page shows.
async fn told(app: &TestApp, agent: &Agent) -> Vec<String> {
    let calls = app.services.live.calls(agent).await.expect("reads");
    Asides::read(&calls.asides).returned.into_iter().map(|returned| returned.name).collect()
}

on_both!(the_conversation_of_an_agent_who_is_gone_goes_back_to_unassigned, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    let before = row(app, &ana, &id).await;
    // given an agent who is there, nothing happens for as long as it takes
    passes(app, Span::minutes(20)).await;
    assert!(is_hers(app, &ana, &id).await);
    // when she has been gone for five minutes, and not before
    drop(stream);
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    // then anybody can claim it, the customer's clock runs on, and the thread says why
    let now = row(app, &ana, &id).await;
    assert_eq!((&now.state, now.reply), (&RowState::Waiting, before.reply));
    assert_eq!((now.alerted_at, now.released_by), (Some(app.now()), None), "everybody is alerted");
    assert!(app.thread_lines(&ana, &id).await.contains(&"went offline; back to Unassigned".to_owned()));
    // and she reads it when she is back, until she has read it
    assert_eq!(told(app, &ana).await, ["Maria Costa"]);
    let (ben, _) = app.agent("Ben").await;
    assert_eq!(told(app, &ben).await, Vec::<String>::new());
    let read = std::slice::from_ref(&id);
    app.services.conversations.dismiss_returned(&ben, read).await.expect("is nothing");
    assert_eq!(told(app, &ana).await.len(), 1);
    app.services.conversations.dismiss_returned(&ana, read).await.expect("is read");
    assert_eq!(told(app, &ana).await, Vec::<String>::new());
});

on_both!(a_return_that_the_agent_has_not_read_is_told_later, async |app| {
    let (ana, _, stream, maria) = claimed(app).await;
    writes(app, "4915550002", "wamid.2", "I need an agent").await;
    let waiting = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
    app.services.conversations.claim(&ana, &waiting.id).await.expect("claims");
    app.settle().await;
    drop(stream);
    passes(app, FIVE_MINUTES).await;
    // given a page that shows one of the two returns
    assert_eq!(told(app, &ana).await.len(), 2);
    // when that one is dismissed
    app.services.conversations.dismiss_returned(&ana, &[waiting.id]).await.expect("is read");
    // then the other one is told still
    let calls = app.services.live.calls(&ana).await.expect("reads");
    assert_eq!(
        Asides::read(&calls.asides).returned.into_iter().map(|returned| returned.id).collect::<Vec<_>>(),
        [maria]
    );
});

on_both!(a_customer_who_writes_later_is_not_left_with_an_agent_who_is_gone, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    app.services.conversations.reply(&ana, &id, "c1", "Hello", None).await.expect("replies");
    app.settle().await;
    drop(stream);
    // given an agent who is gone while nobody waits
    passes(app, Span::minutes(30)).await;
    assert!(is_hers(app, &ana, &id).await);
    // when the customer writes, then they wait for five minutes
    writes(app, MARIA, "wamid.more", "And now?").await;
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(every_waiting_customer_of_the_agent_is_returned_and_no_other, async |app| {
    let (ana, _, stream, maria) = claimed(app).await;
    let (ben, _) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    let mut ids = Vec::new();
    for (nth, agent) in [(2, &ana), (3, &ana), (4, &ben)] {
        writes(app, &format!("491555000{nth}"), &format!("wamid.{nth}"), "I need an agent").await;
        let waiting = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
        conversations.claim(agent, &waiting.id).await.expect("claims");
        ids.push(waiting.id);
    }
    let _bens = enters(&app.services, &ben);
    // given that one of Ana's customers has a reply
    conversations.reply(&ana, &ids[1], "c1", "Hello", None).await.expect("replies");
    app.settle().await;
    drop(stream);
    passes(app, FIVE_MINUTES).await;
    assert!(is_unassigned(app, &ana, &maria).await && is_unassigned(app, &ana, &ids[0]).await);
    assert!(is_hers(app, &ana, &ids[1]).await);
    assert!(matches!(row(app, &ben, &ids[2]).await.state, RowState::Claimed { agent, .. } if agent == *ben.id()));
    assert_eq!(told(app, &ana).await.len(), 2);
});

on_both!(a_colleague_or_an_answer_ends_the_wait, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    let (ben, _) = app.agent("Ben").await;
    let _bens = enters(&app.services, &ben);
    drop(stream);
    passes(app, Span::minutes(4)).await;
    // when Ben takes over before the time is up, then it is his
    app.services.conversations.take_over(&ben, &id).await.expect("takes over");
    passes(app, Span::minutes(20)).await;
    assert!(matches!(row(app, &ben, &id).await.state, RowState::Claimed { agent, .. } if agent == *ben.id()));
    assert_eq!(told(app, &ana).await, Vec::<String>::new());
});

on_both!(a_tenant_may_keep_them_and_change_its_mind, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    let settings = &app.services.settings;
    settings.gone_agents_save(&app.tenant, Initiator::SYSTEM, GoneAgents::Keep).await.expect("saves");
    drop(stream);
    passes(app, Span::minutes(30)).await;
    assert!(is_hers(app, &ana, &id).await);
    settings.gone_agents_save(&app.tenant, Initiator::SYSTEM, GoneAgents::Release).await.expect("saves");
    passes(app, FIVE_MINUTES).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(a_worker_that_is_killed_or_slow_returns_it_once, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    drop(stream);
    for _ in 0..15 {
        app.turn(ROUND);
        records(&app.services).await;
    }
    // given two workers, of which the first one's lease has ended before its work
    let take = async || {
        let jobs = &app.services.jobs;
        let taken = jobs.take(JobKind::Unattended, Selection::Any, Span::seconds(60), 9);
        taken.await.expect("takes")
    };
    let lost = take().await;
    assert_eq!(lost.len(), 1);
    for _ in 0..4 {
        app.turn(ROUND);
        records(&app.services).await;
    }
    let held = take().await;
    assert_eq!(held.len(), 1);
    let conversations = &app.services.conversations;
    for job in lost.iter().chain(&held).chain(&lost) {
        conversations.end_unattended(job).await.expect("changes what is left to change");
    }
    assert!(is_unassigned(app, &ana, &id).await);
    let released = app.thread_lines(&ana, &id).await.iter().filter(|line| line.contains("went offline")).count();
    assert_eq!((released, told(app, &ana).await.len()), (1, 1));
});

on_both!(a_busy_journal_does_not_keep_a_customer_with_an_agent_who_is_gone, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    drop(stream);
    for _ in 0..15 {
        app.turn(ROUND);
        records(&app.services).await;
    }
    let arrives = async |wamid: &str| {
        let body = meta::text("4915550002", wamid, app.now(), "Hello");
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    };
    // given a body that is unread when five minutes have passed, then it is awaited
    arrives("wamid.1").await;
    app.services.endings.run_once().await.expect("carries out");
    assert!(is_hers(app, &ana, &id).await);
    // when it is read and another one has arrived, then no more is awaited
    app.services.projector.run_once().await.expect("reads");
    app.turn(Span::seconds(5));
    records(&app.services).await;
    arrives("wamid.2").await;
    app.services.endings.run_once().await.expect("carries out");
    assert!(is_unassigned(app, &ana, &id).await);
    app.settle().await;
});

on_both!(an_agent_who_leaves_can_return_all_of_it, async |app| {
    let (ana, _, _stream, maria) = claimed(app).await;
    let (ben, _) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    writes(app, "4915550002", "wamid.2", "I need an agent").await;
    let waiting = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
    conversations.claim(&ben, &waiting.id).await.expect("claims");
    // when Ana returns hers
    assert_eq!(conversations.release_all(&ana).await.expect("releases"), 1);
    // then Ben keeps his, and nobody is told that she was gone
    let hers = row(app, &ana, &maria).await;
    assert_eq!((&hers.state, hers.released_by.as_ref()), (&RowState::Waiting, Some(ana.id())));
    assert!(app.thread_lines(&ana, &maria).await.contains(&"released this; back to Unassigned".to_owned()));
    assert!(matches!(row(app, &ben, &waiting.id).await.state, RowState::Claimed { .. }));
    assert_eq!(told(app, &ana).await, Vec::<String>::new());
    assert_eq!(conversations.release_all(&ana).await.expect("releases"), 0);
});
