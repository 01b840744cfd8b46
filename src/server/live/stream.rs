//! What one stream sends: frames in order, heartbeats, who is online, and who looks at the same conversation.

use std::sync::Arc;

use futures::stream;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Live, changes,
    hub::{self, Encoded, Hub, NextFrame, encode},
};
use crate::{
    domain::{
        activity::ActiveAgent,
        desk::Frame,
        ids::{AgentId, Seq},
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        bus::StreamGuard,
        store::{self, tenants},
        workers::WorkerPool,
    },
};

/// Interval of the heartbeat, and of the check whether the session is valid.
const HEARTBEAT: Span = Span::seconds(15);
/// After this time a stream ends and the page opens a new one, which checks permissions again.
const LONGEST: Span = Span::minutes(10);
/// A cursor further behind gets a reset, because a new snapshot costs less.
const FARTHEST: i64 = 2_000;

impl Live {
    /// The frames of an agent's stream after `after`, or from now on. The stream ends when `stop` is cancelled, when
    /// the session ends, and after ten minutes.
    pub async fn frames(
        &self,
        agent: Agent,
        after: Option<Seq>,
        stop: CancellationToken,
    ) -> store::Result<impl futures::Stream<Item = StreamFrame> + use<>> {
        let stream = Stream::open(self, agent, after, stop).await?;
        Ok(stream::unfold(stream, |mut stream| async move {
            let frame = stream.next().await?;
            Some((frame, stream))
        }))
    }
}

/// A frame as JSON, and the cursor with which a later stream goes on after it.
pub struct StreamFrame {
    pub cursor: Seq,
    pub json: Arc<str>,
}

/// What a stream that is behind the ring gets from the log.
enum CatchUp {
    Frame(StreamFrame),
    Nothing,
    /// The session has ended meanwhile.
    SignedOut,
}

struct Stream {
    agent: Agent,
    hub: Arc<Hub>,
    head: watch::Receiver<Seq>,
    people: watch::Receiver<u64>,
    activity: watch::Receiver<u64>,
    cursor: Seq,
    opened: Timestamp,
    /// When the next heartbeat is due. Other events do not postpone it.
    beat: Timestamp,
    stop: CancellationToken,
    /// Progress of the first events: the heartbeat with the build, who is online, who looks at the same conversation.
    hello: u8,
    online: Option<Arc<[AgentId]>>,
    active: Vec<ActiveAgent>,
    guard: StreamGuard,
}

impl Stream {
    async fn open(live: &Live, agent: Agent, after: Option<Seq>, stop: CancellationToken) -> store::Result<Self> {
        let hub = live.hub(agent.tenant()).await?;
        let head = hub.watch();
        let cursor = match after {
            Some(after) => after,
            None => *head.borrow(),
        };
        let clock = live.clock.clone();
        let guard = live.presence.enter(agent.tenant(), agent.id(), agent.is_away(), move || clock.now());
        let people = live.presence.watch(agent.tenant());
        let activity = live.activities.watch(agent.tenant());
        let opened = live.clock.now();
        Ok(Self {
            agent,
            hub,
            head,
            people,
            activity,
            cursor,
            opened,
            beat: opened.plus(HEARTBEAT),
            stop,
            hello: 0,
            online: None,
            active: Vec::new(),
            guard,
        })
    }

    async fn next(&mut self) -> Option<StreamFrame> {
        loop {
            match self.hello {
                0 => {
                    self.hello = 1;
                    // The session may have ended after the request was let in, with an entry before the cursor.
                    if !Box::pin(self.is_session_valid()).await {
                        return None;
                    }
                    return Some(self.heartbeat());
                }
                1 => {
                    self.hello = 2;
                    if let Some(frame) = self.presence() {
                        return Some(frame);
                    }
                }
                2 => {
                    self.hello = 3;
                    if let Some(frame) = self.colleagues() {
                        return Some(frame);
                    }
                }
                _ => {}
            }
            match self.hub.next(self.cursor) {
                NextFrame::Frame(frame) => {
                    if frame.recheck && !Box::pin(self.is_session_valid()).await {
                        return None;
                    }
                    self.cursor = frame.seq;
                    return Some(shared(&frame));
                }
                // Boxed, because otherwise every stream would reserve memory for a query that it rarely makes.
                NextFrame::TooOld => match Box::pin(self.catch_up()).await {
                    Ok(CatchUp::Frame(frame)) => return Some(frame),
                    Ok(CatchUp::Nothing) => {}
                    Ok(CatchUp::SignedOut) => return None,
                    Err(error) => {
                        tracing::error!(%error, "live: stream catch-up failed");
                        return None;
                    }
                },
                NextFrame::Nothing => {}
            }
            if self.hub.live.clock.now().since(self.opened) > LONGEST {
                return None;
            }
            // `changed` marks the value as seen before the loop reads the ring again, so no change is missed.
            tokio::select! {
                () = self.stop.cancelled() => return None,
                heard = self.head.changed() => if heard.is_err() { return None },
                heard = self.people.changed() => {
                    if heard.is_err() {
                        return None;
                    }
                    if let Some(frame) = self.presence() {
                        return Some(frame);
                    }
                }
                heard = self.activity.changed() => {
                    if heard.is_err() {
                        return None;
                    }
                    if let Some(frame) = self.colleagues() {
                        return Some(frame);
                    }
                }
                () = self.hub.live.clock.sleep_until(self.beat) => {
                    self.beat = self.hub.live.clock.now().plus(HEARTBEAT);
                    if !Box::pin(self.is_session_valid()).await {
                        return None;
                    }
                    // An agent's grace period may have ended, which causes no notification.
                    return Some(self.presence().unwrap_or_else(|| self.heartbeat()));
                }
            }
        }
    }

    /// The ring does not contain the cursor: one frame from the log, or a reset if it is too far behind.
    async fn catch_up(&mut self) -> store::Result<CatchUp> {
        let mut tx = self.hub.live.db.begin_read().await?;
        let head = tenants::head(&mut tx, self.agent.tenant()).await?;
        drop(tx);
        if head.0 - self.cursor.0 > FARTHEST || self.cursor.0 > head.0 {
            self.cursor = head;
            return Ok(CatchUp::Frame(plain(&Frame::Reset { seq: head }, head)));
        }
        // The tenant's permit first, so that its streams wait for each other and not for all.
        let hub = self.hub.clone();
        let permits = async { (hub.replays.acquire().await, hub.live.replays.acquire().await) };
        let _permits = tokio::select! {
            permits = permits => permits,
            () = self.stop.cancelled() => return Ok(CatchUp::Nothing),
        };
        let Some(batch) = changes::since(&self.hub.live.db, self.agent.tenant(), self.cursor).await? else {
            self.cursor = head;
            return Ok(CatchUp::Nothing);
        };
        let frame = encode(batch);
        if frame.recheck && !self.is_session_valid().await {
            return Ok(CatchUp::SignedOut);
        }
        self.cursor = frame.seq;
        Ok(CatchUp::Frame(shared(&frame)))
    }

    async fn is_session_valid(&mut self) -> bool {
        match self.hub.live.accounts.is_session_valid(&self.agent).await {
            Ok(true) => true,
            Ok(false) => {
                self.guard.without_grace();
                false
            }
            Err(error) => {
                // If the check fails the stream ends, and a new one checks the session again. To continue could outlive
                // a sign-out.
                tracing::error!(%error, "live: session lookup failed");
                false
            }
        }
    }

    fn heartbeat(&self) -> StreamFrame {
        let (build, at) = (self.hub.live.build.to_string(), self.hub.live.clock.now());
        plain(&Frame::Heartbeat { seq: self.cursor, build, at }, self.cursor)
    }

    /// Who is online, if that has changed.
    fn presence(&mut self) -> Option<StreamFrame> {
        let at = self.hub.live.clock.now();
        let online = self.hub.live.presence.online(self.agent.tenant(), at);
        if self.online.as_ref() == Some(&online) {
            return None;
        }
        let frame = Frame::Presence { online: online.to_vec(), at };
        self.online = Some(online);
        Some(plain(&frame, self.cursor))
    }

    /// Who looks at the conversations that the agent has open, if that has changed. The frame says when each report
    /// expires, so an expiry needs no frame.
    fn colleagues(&mut self) -> Option<StreamFrame> {
        let now = self.hub.live.clock.now();
        let active = self.hub.live.activities.seen_by(self.agent.tenant(), self.agent.id(), now);
        if self.active == active {
            return None;
        }
        self.active.clone_from(&active);
        Some(plain(&Frame::Activity { active }, self.cursor))
    }
}

/// A frame that all streams of the tenant send.
fn shared(frame: &Encoded) -> StreamFrame {
    StreamFrame { cursor: frame.seq, json: frame.json.clone() }
}

/// A frame for this stream alone.
fn plain(frame: &Frame, cursor: Seq) -> StreamFrame {
    StreamFrame { cursor, json: hub::json(frame, cursor).into() }
}

impl Live {
    /// Checks the log's heads of tenants with streams once a second, for notifications that were lost or are from
    /// another node.
    pub async fn poll(self, stop: CancellationToken) {
        // Only the timer wakes this pool.
        let never = Notify::new();
        let pool = WorkerPool::new("live", &never, &self.clock, &self.entropy, &stop);
        pool.run_rounds(|| self.poll_once()).await;
    }

    async fn poll_once(&self) -> store::Result<usize> {
        let watched = self.watched();
        if watched.is_empty() {
            return Ok(0);
        }
        for tenant in watched {
            let mut tx = self.db.begin_read().await?;
            self.bus.publish(&tenant, tenants::head(&mut tx, &tenant).await?);
        }
        Ok(0)
    }
}
