//! Posts webhooks to the callback: one queue, signed POSTs, retries with growing pauses, and a list of those that were
//! given up. Only 200 counts as success, as at Meta. Meta retries for seven days, the simulator for about a minute.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{Inner, Simulator, envelope, thread::Tick};

/// Pauses before the second and later attempts, in seconds.
const PAUSES: [u64; 6] = [1, 2, 4, 8, 16, 30];

/// Numbers of webhook events by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Planned, queued or being retried.
    pub pending: usize,
    /// Answered with 200.
    pub delivered: u64,
    /// Given up after the last attempt; see [`Simulator::undelivered`].
    pub undelivered: usize,
}

/// A POST that was given up.
#[derive(Clone, Debug, Serialize)]
pub struct Undelivered {
    /// When it was given up (epoch ms).
    pub at: i64,
    /// How often it was attempted.
    pub tries: usize,
    /// The result of the last attempt: a status or a network error.
    pub error: String,
    /// The body, exactly as it was signed.
    pub body: String,
    /// How many events it contains.
    pub events: usize,
    #[serde(skip)]
    wamids: Vec<String>,
}

/// A queued event.
pub(super) struct WebhookEvent {
    pub(super) field: String,
    pub(super) value: Value,
    /// The customer's message that counts as delivered when this event is.
    pub(super) wamid: Option<String>,
    /// Notified when the first POST is answered, with any status.
    pub(super) answered: Option<oneshot::Sender<()>>,
}

/// A body and what depends on its delivery.
struct PendingPost {
    body: Vec<u8>,
    events: usize,
    wamids: Vec<String>,
    answered: Vec<oneshot::Sender<()>>,
}

impl Simulator {
    /// Queues an event.
    pub(super) fn enqueue(&self, event: WebhookEvent) {
        self.inner.add_pending(1);
        if self.queue.send(event).is_err() {
            tracing::debug!("simulator: stopped, webhook dropped");
            self.inner.finish_pending(1);
        }
    }

    /// Retries everything that was given up, beginning with the first pause. Returns the number of POSTs.
    pub fn redeliver(&self) -> usize {
        let given_up = std::mem::take(&mut self.inner.world().undelivered);
        let count = given_up.len();
        for undelivered in given_up {
            let Undelivered { body, events, wamids, .. } = undelivered;
            let pending = PendingPost { body: body.into_bytes(), events, wamids, answered: Vec::new() };
            self.inner.add_pending(events);
            self.inner.traffic.send_modify(|traffic| traffic.undelivered -= events.min(traffic.undelivered));
            self.inner.tasks.spawn(send(Arc::clone(&self.inner), pending));
        }
        count
    }
}

impl Inner {
    /// Counts pending work, for which [`Simulator::settled`] waits.
    pub(super) fn add_pending(&self, events: usize) {
        self.traffic.send_modify(|traffic| traffic.pending += events);
    }

    /// Counts finished work, after [`Inner::add_pending`].
    pub(super) fn finish_pending(&self, events: usize) {
        self.traffic.send_modify(|traffic| traffic.pending -= events.min(traffic.pending));
    }
}

/// The worker: packs events into POSTs in order, until the last handle is dropped or the simulator stops.
pub(super) async fn run(inner: Arc<Inner>, mut events: mpsc::UnboundedReceiver<WebhookEvent>) {
    let mut running = JoinSet::new();
    loop {
        let first = tokio::select! {
            () = inner.stop.cancelled() => break,
            event = events.recv() => match event {
                Some(event) => event,
                None => break,
            },
        };
        let mut batch = vec![first];
        fill(&inner, &mut events, &mut batch).await;
        wait_until_unpaused(&inner).await;
        // One connection keeps the order: the next POST waits for the response to this one, but not for its retries.
        while running.len() >= inner.world().settings.webhook.connections.max(1) {
            report(running.join_next().await);
        }
        running.spawn(first_attempt(Arc::clone(&inner), build_post(&inner, batch)));
    }
    while let Some(done) = running.join_next().await {
        report(Some(done));
    }
}

fn report(done: Option<Result<(), tokio::task::JoinError>>) {
    if let Some(Err(error)) = done {
        tracing::error!(%error, "simulator: webhook delivery panicked");
    }
}

async fn fill(inner: &Inner, events: &mut mpsc::UnboundedReceiver<WebhookEvent>, batch: &mut Vec<WebhookEvent>) {
    let (size, wait) = {
        let settings = &inner.world().settings.webhook;
        (settings.batch, Duration::from_millis(settings.batch_ms))
    };
    if size <= 1 {
        return;
    }
    let timeout = inner.pause(wait);
    tokio::pin!(timeout);
    while batch.len() < size {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => batch.push(event),
                None => return,
            },
            () = &mut timeout => return,
        }
    }
}

/// Waits while webhooks are paused. Every change of the settings changes the revision.
async fn wait_until_unpaused(inner: &Inner) {
    let mut revision = inner.revision.subscribe();
    while inner.world().settings.webhook.paused {
        tokio::select! {
            () = inner.stop.cancelled() => return,
            changed = revision.changed() => if changed.is_err() { return },
        }
    }
}

fn build_post(inner: &Inner, batch: Vec<WebhookEvent>) -> PendingPost {
    let count = batch.len();
    let (mut wamids, mut answered, mut values) = (Vec::new(), Vec::new(), Vec::with_capacity(count));
    for event in batch {
        wamids.extend(event.wamid);
        answered.extend(event.answered);
        values.push((event.field, event.value));
    }
    let encoding = inner.world().settings.webhook.encoding();
    let body = envelope::encode(&envelope::batch(&inner.config.waba_id, values), encoding);
    PendingPost { body, events: count, wamids, answered }
}

async fn first_attempt(inner: Arc<Inner>, mut pending: PendingPost) {
    let copies = inner.world().settings.webhook.copies.max(1);
    let outcome = attempt(&inner, &pending.body).await;
    for _ in 1..copies {
        // Only the result of the first copy counts; the others are deliberate duplicates.
        if let Err(error) = attempt(&inner, &pending.body).await {
            tracing::debug!(error, "simulator: duplicate webhook rejected");
        }
    }
    for answered in pending.answered.drain(..) {
        // The waiting send may have been dropped; then the receiver is gone.
        let _gone = answered.send(());
    }
    match outcome {
        Ok(()) => mark_delivered(&inner, &pending),
        Err(error) => {
            tracing::warn!(error, events = pending.events, "simulator: webhook rejected, will retry");
            let retries = retry(Arc::clone(&inner), pending, error);
            inner.tasks.spawn(retries);
        }
    }
}

async fn send(inner: Arc<Inner>, pending: PendingPost) {
    first_attempt(inner, pending).await;
}

async fn retry(inner: Arc<Inner>, pending: PendingPost, mut error: String) {
    for pause in PAUSES {
        inner.pause(Duration::from_secs(pause)).await;
        if inner.stop.is_cancelled() {
            break;
        }
        wait_until_unpaused(&inner).await;
        match attempt(&inner, &pending.body).await {
            Ok(()) => return mark_delivered(&inner, &pending),
            Err(next_error) => error = next_error,
        }
    }
    tracing::warn!(error, events = pending.events, "simulator: webhook given up");
    let PendingPost { body, events, wamids, .. } = pending;
    let body = String::from_utf8_lossy(&body).into_owned();
    let at = inner.now();
    inner.world().undelivered.push(Undelivered { at, tries: PAUSES.len() + 1, error, body, events, wamids });
    inner.traffic.send_modify(|traffic| traffic.undelivered += events);
    inner.finish_pending(events);
    inner.changed();
}

fn mark_delivered(inner: &Inner, pending: &PendingPost) {
    {
        let mut world = inner.world();
        for wamid in &pending.wamids {
            let line = world.holder(wamid).and_then(|phone| phone.line(wamid));
            if let Some(line) = line {
                line.tick = line.tick.max(Tick::Delivered);
            }
        }
    }
    inner.traffic.send_modify(|traffic| {
        traffic.delivered = traffic.delivered.saturating_add(u64::try_from(pending.events).unwrap_or(u64::MAX));
    });
    inner.finish_pending(pending.events);
    inner.changed();
}

async fn attempt(inner: &Inner, body: &[u8]) -> Result<(), String> {
    let signature = inner.signer.header(body);
    let posting = post(inner, body.to_vec(), Some(&signature));
    let answer = tokio::select! {
        answer = posting => answer,
        () = inner.stop.cancelled() => return Err("the simulator stopped".to_owned()),
    };
    match answer {
        Ok(StatusCode::OK) => Ok(()),
        Ok(status) => Err(format!("HTTP {status}")),
        Err(error) => Err(error.to_string()),
    }
}

/// Sends one POST to the callback.
pub(super) async fn post(inner: &Inner, body: Vec<u8>, signature: Option<&str>) -> Result<StatusCode, reqwest::Error> {
    let mut request = inner.http.post(&inner.config.callback).header("content-type", "application/json");
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
    }
    Ok(request.body(body).send().await?.status())
}
