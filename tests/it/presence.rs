//! Who is there, as several servers of one database see it: rows that expire unless a server renews them, and intervals
//! that are kept.

use handoff::{
    domain::{
        ids::AgentId,
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        bus::StreamGuard,
        services::Services,
        store::presence::{self, PresenceState},
    },
};

use crate::app::{START, TestApp, on_both};

/// The agent opens a stream at a server.
pub fn enters(services: &Services, agent: &Agent) -> StreamGuard {
    let clock = services.clock.clone();
    services.presence.enter(agent.tenant(), agent.id(), agent.is_away(), move || clock.now())
}

/// A server writes what it knows, and reads what the others have written.
pub async fn records(services: &Services) {
    services.presence_recorder.run_once().await.expect("records");
}

fn online(app: &TestApp, services: &Services) -> Vec<AgentId> {
    services.presence.online(&app.tenant, app.now()).to_vec()
}

/// The agent's intervals, in seconds after the start.
async fn intervals(app: &TestApp, agent: &Agent) -> Vec<(PresenceState, i64, Option<i64>)> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let intervals = presence::intervals(&mut tx, &app.tenant, agent.id()).await.expect("reads");
    let seconds = |at: Timestamp| (at.0 - START.0) / 1_000;
    intervals.into_iter().map(|it| (it.state, seconds(it.started_at), it.ended_at.map(seconds))).collect()
}

on_both!(an_agent_of_another_server_is_online_until_their_row_expires, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let other = app.another(8).await;
    let stream = enters(&other, &ana);
    records(&other).await;
    assert_eq!(online(app, &app.services), [], "nothing was read yet");
    records(&app.services).await;
    assert_eq!(online(app, &app.services), [ana.id().clone()]);
    // when the other server renews its row, then the life begins anew
    app.turn(Span::seconds(20));
    records(&other).await;
    app.turn(Span::seconds(44));
    records(&app.services).await;
    assert_eq!(online(app, &app.services), [ana.id().clone()]);
    // when it is killed, then its agents are offline after that time
    app.turn(Span::seconds(1));
    assert_eq!(online(app, &app.services), []);
    records(&app.services).await;
    assert_eq!(intervals(app, &ana).await, [(PresenceState::Online, 0, Some(20))], "when it was last renewed");
    drop(stream);
});

on_both!(who_leaves_one_server_and_is_at_another_stays_online, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let other = app.another(8).await;
    let (here, there) = (enters(&app.services, &ana), enters(&other, &ana));
    for services in [&app.services, &other, &app.services] {
        records(services).await;
    }
    drop(here);
    app.turn(Span::seconds(40));
    records(&other).await;
    records(&app.services).await;
    assert_eq!(online(app, &app.services), [ana.id().clone()]);
    assert_eq!(intervals(app, &ana).await, [(PresenceState::Online, 0, None)]);
    // when the other stream ends too, then the agent is online for the grace period
    drop(there);
    records(&other).await;
    app.turn(Span::seconds(29));
    records(&app.services).await;
    assert_eq!(online(app, &app.services), [ana.id().clone()]);
    app.turn(Span::seconds(1));
    records(&app.services).await;
    assert_eq!(online(app, &app.services), []);
    assert_eq!(intervals(app, &ana).await, [(PresenceState::Online, 0, Some(40))]);
});

on_both!(intervals_say_when_an_agent_was_online_and_away, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let accounts = &app.services.accounts;
    let stream = enters(&app.services, &ana);
    records(&app.services).await;
    for away in [true, false] {
        app.turn(Span::seconds(60));
        accounts.set_away(&ana, away).await.expect("changes");
        records(&app.services).await;
    }
    app.turn(Span::seconds(60));
    drop(stream);
    records(&app.services).await;
    // given a reload within the grace period, then the interval goes on
    app.turn(Span::seconds(20));
    let stream = enters(&app.services, &ana);
    records(&app.services).await;
    let until_here = [(PresenceState::Online, 0, Some(60)), (PresenceState::Away, 60, Some(120))];
    assert_eq!(intervals(app, &ana).await, [&until_here[..], &[(PresenceState::Online, 120, None)]].concat());
    // given an absence, then it ends with the stream, and the next one is another
    app.turn(Span::seconds(40));
    drop(stream);
    app.turn(Span::seconds(30));
    records(&app.services).await;
    app.turn(Span::seconds(50));
    let _stream = enters(&app.services, &ana);
    records(&app.services).await;
    let later = [(PresenceState::Online, 120, Some(240)), (PresenceState::Online, 320, None)];
    assert_eq!(intervals(app, &ana).await, [&until_here[..], &later].concat());
});

on_both!(signing_out_and_away_are_known_at_the_other_server, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let other = app.another(8).await;
    let (hers, his) = (enters(&app.services, &ana), enters(&app.services, &ben));
    records(&app.services).await;
    records(&other).await;
    assert_eq!(online(app, &other).len(), 2);
    // when Ana signs out here, and Ben is set to away by a call that arrives there
    drop(hers);
    app.services.accounts.sign_out(&ana, None).await.expect("signs out");
    other.accounts.set_away(&ben, true).await.expect("changes");
    records(&app.services).await;
    records(&other).await;
    assert_eq!((online(app, &app.services), online(app, &other)), (Vec::new(), Vec::new()));
    assert_eq!(intervals(app, &ana).await, [(PresenceState::Online, 0, Some(0))]);
    drop(his);
});

on_both!(a_call_is_no_presence_and_is_known_everywhere, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let token = cookie.strip_prefix("handoff=").expect("the cookie's name");
    app.turn(Span::minutes(10));
    app.services.accounts.signed_in(token).await.expect("looks up");
    records(&app.services).await;
    assert_eq!(online(app, &app.services), []);
    assert_eq!(intervals(app, &ana).await, []);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let (until, seen) = presence::last_seen(&mut tx, &app.tenant, ana.id()).await.expect("reads");
    assert_eq!(seen, Some(app.now()));
    assert!(until.is_some_and(|until| until <= app.now()));
    drop(tx);
    // Rows of agents who never come back are removed.
    app.turn(Span::days(2));
    let (ben, _) = app.agent("Ben").await;
    let _stream = enters(&app.services, &ben);
    records(&app.services).await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert_eq!(presence::last_seen(&mut tx, &app.tenant, ana.id()).await.expect("reads"), (None, None));
});
