//! The events of one stream: frames in order, a heartbeat, who is online.

use std::sync::Arc;

use axum::response::sse::Event;
use futures::stream;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Live, changes,
    hub::{self, Encoded, Hub, Next, encode},
};
use crate::{
    domain::{
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

/// How often a quiet stream shows that it is alive, and asks whether its session still is.
const HEARTBEAT: Span = Span::seconds(15);
/// A stream ends after this and is opened again: rights are looked at anew.
const LONGEST: Span = Span::minutes(10);
/// A cursor this far behind gets a reset: a fresh snapshot is cheaper.
const FARTHEST: i64 = 2_000;

impl Live {
    /// The events of an agent's stream after `after`, or from now on; they end when `stop` is cancelled, when the session
    /// is over, and after ten minutes.
    pub async fn events(
        &self,
        agent: Agent,
        after: Option<Seq>,
        stop: CancellationToken,
    ) -> store::Result<impl futures::Stream<Item = Event> + use<>> {
        let stream = Stream::open(self.clone(), agent, after, stop).await?;
        Ok(stream::unfold(stream, |mut stream| async move {
            let event = stream.next().await?;
            Some((event, stream))
        }))
    }
}

struct Stream {
    live: Live,
    agent: Agent,
    hub: Arc<Hub>,
    head: watch::Receiver<Seq>,
    people: watch::Receiver<u64>,
    cursor: Seq,
    opened: Timestamp,
    /// When the next heartbeat is due, whatever else the stream says meanwhile.
    beat: Timestamp,
    stop: CancellationToken,
    /// First the heartbeat, which names the build, then who is here.
    hello: u8,
    online: Option<Arc<[AgentId]>>,
    guard: StreamGuard,
}

impl Stream {
    async fn open(live: Live, agent: Agent, after: Option<Seq>, stop: CancellationToken) -> store::Result<Self> {
        let hub = live.hub(agent.tenant()).await?;
        let head = hub.watch();
        let cursor = match after {
            Some(after) => after,
            None => *head.borrow(),
        };
        let clock = live.clock.clone();
        let guard = live.presence.enter(agent.tenant(), agent.id(), agent.is_away(), move || clock.now());
        let people = live.presence.watch(agent.tenant());
        let opened = live.clock.now();
        Ok(Self {
            live,
            agent,
            hub,
            head,
            people,
            cursor,
            opened,
            beat: opened.plus(HEARTBEAT),
            stop,
            hello: 0,
            online: None,
            guard,
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.hello {
                0 => {
                    self.hello = 1;
                    return Some(self.heartbeat());
                }
                1 => {
                    self.hello = 2;
                    if let Some(event) = self.presence() {
                        return Some(event);
                    }
                }
                _ => {}
            }
            match self.hub.next(self.cursor) {
                Next::Frame(frame) => {
                    if frame.recheck && !Box::pin(self.still_good()).await {
                        return None;
                    }
                    self.cursor = frame.seq;
                    return Some(event(&frame));
                }
                // Boxed: every quiet stream would else keep room for a query that it hardly ever makes.
                Next::TooOld => match Box::pin(self.catch_up()).await {
                    Ok(Some(frame)) => return Some(frame),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::error!(%error, "live: stream catch-up failed");
                        return None;
                    }
                },
                Next::Nothing => {}
            }
            if self.live.clock.now().since(self.opened) > LONGEST {
                return None;
            }
            // What is seen here is marked before the look above is repeated, so nothing slips between.
            tokio::select! {
                () = self.stop.cancelled() => return None,
                heard = self.head.changed() => if heard.is_err() { return None },
                heard = self.people.changed() => {
                    if heard.is_err() {
                        return None;
                    }
                    if let Some(event) = self.presence() {
                        return Some(event);
                    }
                }
                () = self.live.clock.sleep_until(self.beat) => {
                    self.beat = self.live.clock.now().plus(HEARTBEAT);
                    if !Box::pin(self.still_good()).await {
                        return None;
                    }
                    // Somebody's grace may have run out without anybody moving.
                    return Some(self.presence().unwrap_or_else(|| self.heartbeat()));
                }
            }
        }
    }

    /// The ring does not reach back to this cursor: one frame from the log, or a reset when it is too far.
    async fn catch_up(&mut self) -> store::Result<Option<Event>> {
        let mut tx = self.live.db.begin_read().await?;
        let head = tenants::head(&mut tx, self.agent.tenant()).await?;
        drop(tx);
        if head.0 - self.cursor.0 > FARTHEST || self.cursor.0 > head.0 {
            self.cursor = head;
            return Ok(Some(plain(&Frame::Reset { seq: head }, head)));
        }
        let Some(made) = changes::since(&self.live.db, self.agent.tenant(), self.cursor).await? else {
            self.cursor = head;
            return Ok(None);
        };
        let frame = encode(made);
        self.cursor = frame.seq;
        Ok(Some(event(&frame)))
    }

    async fn still_good(&mut self) -> bool {
        match self.live.accounts.still_good(&self.agent).await {
            Ok(true) => true,
            Ok(false) => {
                self.guard.without_grace();
                false
            }
            Err(error) => {
                // Ended streams come back and are asked for their session again; a guess here would outlive a sign-out.
                tracing::error!(%error, "live: session lookup failed");
                false
            }
        }
    }

    fn heartbeat(&self) -> Event {
        plain(&Frame::Heartbeat { seq: self.cursor, build: self.live.build.to_string() }, self.cursor)
    }

    /// Who is here, if that changed.
    fn presence(&mut self) -> Option<Event> {
        let online = self.live.presence.online(self.agent.tenant(), self.live.clock.now());
        if self.online.as_ref() == Some(&online) {
            return None;
        }
        let frame = Frame::Presence { online: online.to_vec() };
        self.online = Some(online);
        Some(plain(&frame, self.cursor))
    }
}

fn event(frame: &Encoded) -> Event {
    Event::default().event("frame").id(frame.seq.0.to_string()).data(&*frame.json)
}

fn plain(frame: &Frame, cursor: Seq) -> Event {
    Event::default().event("frame").id(cursor.0.to_string()).data(hub::json(frame, cursor))
}

impl Live {
    /// Looks at the heads of watched tenants once a second: a hint that was lost, or came from another node, costs that.
    pub async fn poll(self, stop: CancellationToken) {
        // Nothing wakes it but the clock.
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
            self.bus.nudge(&tenant, tenants::head(&mut tx, &tenant).await?);
        }
        Ok(0)
    }
}
