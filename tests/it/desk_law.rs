//! The live desk (promise 8): a snapshot plus the frames after it equals a fresh snapshot, over real connections. Also
//! who may open a stream, which frames they receive, and who counts as online.

pub mod series;
pub mod stream;

use std::collections::{BTreeMap, BTreeSet};

use handoff::{
    domain::{
        access::Role,
        desk::{Counts, Desk, Filter, Frame, Item, Row, place_item},
        handoff::TriggerKind,
        ids::{ConversationId, Seq},
        time::{Span, Timestamp},
    },
    server::accounts::Agent,
};
use http::StatusCode;
use series::Series;
use stream::Stream;

use crate::{
    app::{START, TestApp, on_both},
    meta,
};

/// The state of one page: the desk and the threads it opened.
#[derive(Clone, Debug, PartialEq)]
struct Page {
    desk: Desk,
    threads: BTreeMap<ConversationId, Vec<Item>>,
}

impl Page {
    async fn read(app: &TestApp, agent: &Agent) -> Self {
        let desk = app.desk(agent).await;
        let mut threads = BTreeMap::new();
        for row in desk.groups.values().flat_map(|range| &range.rows) {
            let thread = app.thread(agent, &row.id).await;
            assert!(!thread.older, "the series fits a page");
            threads.insert(row.id.clone(), thread.items);
        }
        Self { desk, threads }
    }

    fn apply(&mut self, frame: &Frame) {
        self.desk.apply(frame);
        if let Frame::Changes(changes) = frame {
            for (conversation, item) in &changes.items {
                place_item(self.threads.entry(conversation.clone()).or_default(), item.read().expect("an item"));
            }
        }
    }

    /// Applies frames until the stream reached `seq`. A stream that ends is opened again, as browsers do.
    async fn follow(&mut self, app: &TestApp, cookie: &str, stream: &mut Stream, seq: Seq) -> Vec<Frame> {
        let mut frames = Vec::new();
        while self.desk.seq < seq {
            match stream.next().await {
                Some(frame) => {
                    assert!(!matches!(frame, Frame::Reset { .. }), "{frame:?}");
                    self.apply(&frame);
                    frames.push(frame);
                }
                None => *stream = Stream::open(app, cookie, self.desk.seq).await,
            }
        }
        frames
    }
}

async fn head(app: &TestApp, agent: &Agent) -> Seq {
    app.desk(agent).await.seq
}

on_both!(a_snapshot_and_the_frames_after_it_give_a_fresh_snapshot, async |app| {
    // given two agents, a few conversations, and a page of one of the agents
    let mut series = Series::begin(app, 5).await;
    series.go(app, 8).await;
    let (ana, cookie) = (series.ana.clone(), series.cookie.clone());
    let mut page = Page::read(app, &ana).await;
    let mut stream = Stream::open(app, &cookie, page.desk.seq).await;
    // when sixty actions happen
    let mut frames = Vec::new();
    for _ in 0..12 {
        series.go(app, 5).await;
        let reached = head(app, &ana).await;
        frames.extend(page.follow(app, &cookie, &mut stream, reached).await);
    }
    series.prove_variety();
    // then the page equals a fresh one
    let fresh = Page::read(app, &ana).await;
    assert_eq!(page, fresh);
    // and receiving all frames once more changes nothing
    for frame in &frames {
        page.apply(frame);
    }
    assert_eq!(page, fresh);
});

/// The filters whose criteria change with nearly every event.
fn narrowing() -> [Filter; 4] {
    [
        Filter { unanswered: true, ..Filter::default() },
        Filter { failed: true, ..Filter::default() },
        Filter { trigger: Some(TriggerKind::Keyword), ..Filter::default() },
        Filter { trigger: Some(TriggerKind::Agent), unanswered: true, ..Filter::default() },
    ]
}

/// A filtered view shows and counts what a fresh one does, except for the rows that it announces.
fn assert_announces_the_rest(view: &Desk, fresh: &Desk) {
    let found: BTreeSet<&ConversationId> =
        fresh.groups.values().flat_map(|range| &range.rows).map(|row| &row.id).collect();
    assert!(view.news.iter().all(|id| found.contains(id)), "{:?} of {:?}", view.news, view.filter);
    for (group, range) in &fresh.groups {
        assert!(!range.more, "the series fits a page");
        let expected: Vec<&Row> = range.rows.iter().filter(|row| !view.news.contains(&row.id)).collect();
        let shown: Vec<&Row> = view.groups[group].rows.iter().collect();
        assert_eq!(shown, expected, "{group:?} of {:?}", view.filter);
        let announced = i64::try_from(range.rows.len() - shown.len()).expect("a few");
        assert_eq!(view.count(*group).n + announced, fresh.count(*group).n, "{group:?} of {:?}", view.filter);
    }
}

on_both!(a_filtered_view_and_the_frames_after_it_match_a_fresh_one, async |app| {
    // given a page, and the views of several filters, read anew now and then
    let mut series = Series::begin(app, 5).await;
    series.go(app, 8).await;
    let (ana, cookie) = (series.ana.clone(), series.cookie.clone());
    let mut page = Page::read(app, &ana).await;
    let mut stream = Stream::open(app, &cookie, page.desk.seq).await;
    let read = async |filter: &Filter| app.services.live.desk(&ana, filter.clone(), None).await.expect("a desk");
    let mut views = Vec::new();
    let mut found = 0;
    for round in 0..12 {
        if round % 3 == 0 {
            views.clear();
            for filter in &narrowing() {
                views.push(read(filter).await);
            }
        }
        // when actions happen, and their frames arrive
        series.go(app, 5).await;
        let reached = head(app, &ana).await;
        for frame in page.follow(app, &cookie, &mut stream, reached).await {
            for view in &mut views {
                view.apply(&frame);
            }
        }
        // then each view agrees with a fresh one
        for view in &views {
            let fresh = read(&view.filter).await;
            found += fresh.groups.values().map(|range| range.rows.len()).sum::<usize>();
            assert_announces_the_rest(view, &fresh);
        }
    }
    series.prove_variety();
    assert!(found > 0, "the filters found something");
});

on_both!(a_reconnected_stream_continues_at_its_cursor, async |app| {
    let mut series = Series::begin(app, 4).await;
    let (ana, cookie) = (series.ana.clone(), series.cookie.clone());
    let mut page = Page::read(app, &ana).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        // given a stream that receives a part
        let mut stream = Stream::open(app, &cookie, page.desk.seq).await;
        series.go(app, 8).await;
        let reached = head(app, &ana).await;
        seen.extend(page.follow(app, &cookie, &mut stream, reached).await);
        // when it is cut and more actions happen
        drop(stream);
        series.go(app, 7).await;
    }
    let mut stream = Stream::open(app, &cookie, page.desk.seq).await;
    let reached = head(app, &ana).await;
    seen.extend(page.follow(app, &cookie, &mut stream, reached).await);
    // then nothing is missing
    assert_eq!(page, Page::read(app, &ana).await);
    // and nothing arrived twice
    let heard: Vec<Seq> = seen
        .iter()
        .filter_map(|frame| match frame {
            Frame::Changes(changes) => Some(changes.seq),
            _ => None,
        })
        .collect();
    assert!(heard.is_sorted_by(|one, next| one < next), "{heard:?}");
});

on_both!(a_cursor_that_is_too_old_or_never_existed_gets_a_reset, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    // given a log that continued for more than two thousand entries
    for part in 0..3 {
        let messages: Vec<serde_json::Value> = (0..700)
            .map(|n| {
                let wamid = format!("wamid.L{part}.{n}");
                meta::text("4915550001", &wamid, START, "again")["entry"][0]["changes"][0]["value"]["messages"][0]
                    .clone()
            })
            .collect();
        let contacts = [meta::contact("4915550001")];
        let body = meta::envelope(serde_json::json!({"contacts": contacts, "messages": messages}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    }
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    let head = head(app, &ana).await;
    // when a page reconnects with its old cursor, or with one that never existed
    for cursor in [Seq(0), Seq(head.0 + 1_000)] {
        let mut stream = Stream::open(app, &cookie, cursor).await;
        // then it is told to read a fresh snapshot
        assert_eq!(stream.news().await, Some(Frame::Reset { seq: head }), "from {cursor:?}");
    }
    // and a page that was disconnected for a moment is not
    let mut stream = Stream::open(app, &cookie, Seq(head.0 - 10)).await;
    let Some(Frame::Changes(changes)) = stream.news().await else { panic!("changes") };
    assert_eq!((changes.seq, changes.items.len()), (head, 10));
    app.settle().await;
});

on_both!(a_stream_needs_a_session_and_a_sign_out_ends_it, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    let (bo, bos_cookie) = app.agent("Bo").await;
    // without a cookie, with an empty one, with an invented one: 401
    for cookie in ["", "handoff=", "handoff=0123456789abcdef"] {
        assert_eq!(stream::status(app, cookie).await, StatusCode::UNAUTHORIZED, "{cookie:?}");
    }
    // given two open streams
    let seq = head(app, &bo).await;
    let mut hers = Stream::open(app, &cookie, seq).await;
    let mut his = Stream::open(app, &bos_cookie, seq).await;
    assert!(hers.next().await.is_some(), "the stream sends a frame");
    // when one of the agents signs out
    let answer = stream::sign_out(app, &cookie).await;
    assert!(answer.is_redirection() || answer.is_success(), "{answer}");
    // then that stream ends and cannot be opened again
    while hers.next().await.is_some() {}
    assert_eq!(stream::status(app, &cookie).await, StatusCode::UNAUTHORIZED);
    // and the other one continues, and does not count the agent who left
    let body = meta::text("4915550001", "wamid.after", app.now(), "Hello");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.drain().await;
    let reached = head(app, &bo).await;
    let mut page = Page::read(app, &bo).await;
    page.desk.seq = seq;
    page.follow(app, &bos_cookie, &mut his, reached).await;
    let calls = app.services.live.calls(&bo).await.expect("calls");
    assert_eq!(calls.online, std::slice::from_ref(bo.id()));
    app.settle().await;
});

on_both!(another_tenant_receives_no_frames, async |app| {
    // given an agent of another tenant who streams from the beginning
    let (other, _) = app.other_tenant().await;
    let (eve, cookie) = app.person(&other, "Eve", Role::Admin).await;
    let mut stream = Stream::open(app, &cookie, Seq(0)).await;
    // when this tenant has many events, and the other one a single event
    let mut series = Series::begin(app, 5).await;
    series.go(app, 20).await;
    app.services.accounts.set_away(&eve, true).await.expect("away");
    // then the other agent only receives their own tenant's event
    let reached = head(app, &eve).await;
    let mut heard = Seq(0);
    while heard < reached {
        match stream.next().await.expect("the stream goes on") {
            Frame::Changes(changes) => {
                assert_eq!((changes.rows.len(), changes.items.len()), (0, 0), "{changes:?}");
                assert_eq!(changes.counts, Some(Counts::default()));
                heard = changes.seq;
            }
            Frame::Presence { online, .. } => assert!(online.iter().all(|agent| *agent == *eve.id()), "{online:?}"),
            Frame::Heartbeat { seq, .. } => assert!(seq <= reached),
            frame => panic!("{frame:?}"),
        }
    }
    // and their desk is empty
    assert_eq!(app.rows(&eve).await, []);
});

on_both!(an_agent_is_online_while_a_stream_is_open_and_not_while_away, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (bo, bos_cookie) = app.agent("Bo").await;
    let seq = head(app, &ana).await;
    let both = {
        let mut both = vec![ana.id().clone(), bo.id().clone()];
        both.sort();
        both
    };
    let online = async || app.services.live.calls(&bo).await.expect("calls").online;
    // without streams nobody is online
    assert_eq!(online().await, []);
    // each agent with a stream is online, and the others are notified
    let mut his = Stream::open(app, &bos_cookie, seq).await;
    his.presence_of(std::slice::from_ref(bo.id())).await;
    let hers = Stream::open(app, &cookie, seq).await;
    his.presence_of(&both).await;
    assert_eq!(online().await, both);
    // an agent who is away is not online, with or without a stream
    app.services.accounts.set_away(&ana, true).await.expect("away");
    his.presence_of(std::slice::from_ref(bo.id())).await;
    assert_eq!(online().await, std::slice::from_ref(bo.id()));
    app.services.accounts.set_away(&ana, false).await.expect("back");
    his.presence_of(&both).await;
    // a stream that is cut does not make the agent offline yet
    let mut moved = app.services.presence.watch(&app.tenant);
    moved.mark_unchanged();
    drop(hers);
    moved.changed().await.expect("the server notices the closed stream");
    assert_eq!(online().await, both);
    // but after half a minute it does
    app.turn(Span::seconds(31));
    his.presence_of(std::slice::from_ref(bo.id())).await;
    assert_eq!(online().await, std::slice::from_ref(bo.id()));
});

on_both!(heartbeats_and_presence_tell_the_servers_time, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let mut stream = Stream::open(app, &cookie, head(app, &ana).await).await;
    // a stream begins with a heartbeat and who is online
    for _ in 0..2 {
        assert_eq!(time_told(&mut stream).await, START);
    }
    // and tells the time again after 15 seconds
    app.turn(Span::seconds(15));
    assert_eq!(time_told(&mut stream).await, START.plus(Span::seconds(15)));
});

/// The next time that the server tells.
async fn time_told(stream: &mut Stream) -> Timestamp {
    loop {
        match stream.next().await.expect("the stream goes on") {
            Frame::Heartbeat { at, .. } | Frame::Presence { at, .. } => return at,
            Frame::Changes(_) | Frame::Reset { .. } | Frame::Activity { .. } => {}
        }
    }
}
