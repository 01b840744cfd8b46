//! Alerts about an agent's own conversations in the live frames, what an agent chooses to hear, and what a page that
//! loads later still shows.

use handoff::{
    domain::{
        alert::{Alert, AlertCause, AlertKind},
        desk::{Frame, RowState},
        ids::ConversationId,
        time::Span,
    },
    server::{
        accounts::Agent,
        simulator::{Effect, Fault},
    },
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

const MARIA: &str = "4915550001";

/// Ana has claimed Maria's conversation and has read it.
async fn claimed(app: &TestApp, ana: &Agent) -> ConversationId {
    let id = app.waiting(ana).await.id;
    app.services.conversations.claim(ana, &id).await.expect("claims");
    app.look(ana, &id).await;
    app.settle().await;
    id
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

/// The alerts of everything that has happened since the stream was opened or asked last.
async fn alerts(app: &TestApp, agent: &Agent, stream: &mut Stream) -> Vec<Alert> {
    let head = app.desk(agent).await.seq;
    let mut alerts = Vec::new();
    while stream.cursor < head {
        if let Some(Frame::Changes(changes)) = stream.next().await {
            alerts.extend(changes.alerts);
        }
    }
    alerts
}

/// Whom the alerts concern, and why.
fn told(alerts: &[Alert], people: &[&Agent]) -> Vec<(String, AlertCause)> {
    let name =
        |alert: &Alert| people.iter().find(|agent| *agent.id() == alert.agent).expect("is known").name().to_owned();
    alerts.iter().map(|alert| (name(alert), alert.cause.clone())).collect()
}

on_both!(news_of_a_customer_alert_the_owner_and_nobody_else, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let people = [&ana, &ben];
    let before = app.desk(&ana).await.seq;
    let mut stream = Stream::open(app, &cookie, before).await;
    // given a customer with the bot, then one who waits, and then Ana's
    let id = claimed(app, &ana).await;
    assert_eq!(told(&alerts(app, &ana, &mut stream).await, &people), []);
    writes(app, "wamid.1", "Are you there?").await;
    let heard = alerts(app, &ana, &mut stream).await;
    assert_eq!(told(&heard, &people), [("Ana".to_owned(), AlertCause::CustomerWrote)]);
    assert_eq!(heard[0].conversation, id);
    // when she releases it herself, then nobody is alerted about that, and the row says who did it
    app.services.conversations.release(&ana, &id).await.expect("lets go");
    writes(app, "wamid.2", "Hello?").await;
    assert_eq!(told(&alerts(app, &ana, &mut stream).await, &people), []);
    let row = app.only_row(&ana).await;
    assert_eq!((row.state, row.released_by.as_ref()), (RowState::Waiting, Some(ana.id())));
    assert_eq!(row.alerted_at.map(|at| app.now().since(at)), Some(Span::seconds(1)));
});

on_both!(a_takeover_and_a_failed_message_alert_the_agent, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let people = [&ana, &ben];
    let id = claimed(app, &ana).await;
    let before = app.desk(&ana).await.seq;
    let mut stream = Stream::open(app, &cookie, before).await;
    let conversations = &app.services.conversations;
    // when a message fails, at once or after WhatsApp has accepted it
    for (nth, effect) in [Effect::Http { code: 131_026 }, Effect::Status { code: 131_026 }].into_iter().enumerate() {
        app.meta.inject("*", Fault::once(effect));
        conversations.reply(&ana, &id, &format!("c{nth}"), "Hello", None).await.expect("replies");
        app.settle().await;
        let heard = alerts(app, &ana, &mut stream).await;
        assert_eq!(told(&heard, &people), [("Ana".to_owned(), AlertCause::NotDelivered)], "{nth}");
    }
    // when a colleague takes over, then she is told who
    let epoch = conversations.take_over(&ben, &id).await.expect("takes over");
    let by_ben = [("Ana".to_owned(), AlertCause::TakenOver { by: "Ben".to_owned() })];
    assert_eq!(told(&alerts(app, &ana, &mut stream).await, &people), by_ben);
    // and her own claim of what nobody has alerts nobody
    conversations.undo_take_over(&ben, &id, epoch).await.expect("gives back");
    conversations.release(&ana, &id).await.expect("lets go");
    conversations.take_over(&ana, &id).await.expect("claims");
    assert_eq!(told(&alerts(app, &ana, &mut stream).await, &people), []);
});

on_both!(a_page_that_loads_later_knows_the_conversations_with_news, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let unread = async |agent: &Agent| app.services.live.calls(agent).await.expect("reads").unread;
    let id = claimed(app, &ana).await;
    assert_eq!(unread(&ana).await, []);
    writes(app, "wamid.1", "Are you there?").await;
    assert_eq!((unread(&ana).await, unread(&ben).await), (vec![id.clone()], Vec::new()));
    app.look(&ana, &id).await;
    assert_eq!(unread(&ana).await, []);
    app.settle().await;
});

on_both!(an_agent_chooses_what_to_hear, async |app| {
    let (ana, anas) = app.agent("Ana").await;
    let (_, bens) = app.agent("Ben").await;
    let accounts = &app.services.accounts;
    let silenced = async |cookie: &str| {
        let token = cookie.strip_prefix("handoff=").expect("the cookie's name");
        let agent = accounts.signed_in(token).await.expect("looks up").expect("is signed in");
        let viewer = accounts.viewer(&agent).await.expect("reads");
        AlertKind::ALL.into_iter().filter(|kind| viewer.silenced_alerts.contains(*kind)).collect::<Vec<_>>()
    };
    assert_eq!(silenced(&anas).await, []);
    let head = app.desk(&ana).await.seq;
    for kind in [AlertKind::Failures, AlertKind::Handoffs, AlertKind::Failures] {
        accounts.set_alert(&ana, kind, false).await.expect("saves");
    }
    assert_eq!(silenced(&anas).await, [AlertKind::Handoffs, AlertKind::Failures]);
    accounts.set_alert(&ana, AlertKind::Handoffs, true).await.expect("saves");
    // then her next page has it, Ben's has not, and the log has no entry
    assert_eq!(silenced(&anas).await, [AlertKind::Failures]);
    assert_eq!(silenced(&bens).await, []);
    assert_eq!(app.desk(&ana).await.seq, head);
});
