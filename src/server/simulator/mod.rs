//! A stand-in for Meta: the Graph API on one side, a phone in the browser on the other, webhooks with real
//! signatures over real HTTP in between. The demo runs on it and the tests turn its knobs.
//!
//! What lives here: the rules a business meets at Meta (limits, errors, identities, statuses) and the phone's page.
//! What never will: anything of the platform's own. The simulator knows the wire only, so that both sides of the wire
//! were written apart and can prove each other.
//!
//! One more Graph endpoint: a route in `graph/mod.rs` and its handler beside it. One more inbound kind: a variant in
//! `inbound.rs`, a bubble in `phone.js`. One more fault: a variant in `fault.rs`, handled in `graph/send.rs`.
//!
//! State is in memory: a restart forgets threads and media. Ids carry the clock, so that they are never given twice.

mod codes;
mod control;
mod customers;
mod cut;
mod delivery;
mod envelope;
mod fault;
mod graph;
mod ids;
mod inbound;
mod page;
mod pictures;
mod samples;
mod settings;
mod signing;
mod statuses;
mod thread;
mod world;

#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use axum::{Router, http::StatusCode};
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use customers::{Customer, Identity, NewCustomer};
pub use delivery::{Traffic, Undelivered};
pub use fault::{Effect, Fault, Moment};
pub use inbound::{Content, Extras, Forwarded, Say, SayError};
pub use settings::{Reads, Settings, StatusOrder, StatusSettings, WebhookSettings, WindowAnswer};
pub use thread::{Author, Line, Tick};
pub use world::SentRequest;

use delivery::Event;
use signing::Signer;
use world::World;

/// The time now, in milliseconds since the epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;
/// Waits for a duration. Tests hand in one that they turn by hand.
pub type Sleep = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Whether a call without `appsecret_proof` is refused. A wrong proof is always refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSecretProof {
    /// The app's setting "require app secret" is on.
    Required,
    /// A missing proof passes.
    Optional,
}

/// What one simulator plays: one app, one account, one number.
pub struct Config {
    /// Full address of the webhook, as it would be typed at Meta.
    pub callback: String,
    /// Signs webhooks and checks `appsecret_proof`.
    pub app_secret: String,
    /// The business number's id: the path of sends, `metadata` in webhooks.
    pub phone_number_id: String,
    /// The account's id: `entry[].id` in webhooks, the path of templates.
    pub waba_id: String,
    /// The business number, as Meta shows it; digits are what counts.
    pub display_phone_number: String,
    /// The bearer token that every call must carry.
    pub access_token: String,
    /// See [`AppSecretProof`].
    pub app_secret_proof: AppSecretProof,
    /// See [`Now`].
    pub now: Now,
    /// See [`Sleep`].
    pub sleep: Sleep,
    /// Where ids and shuffles come from.
    pub seed: u64,
}

/// Why a simulator could not be made or a webhook not be posted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client or the signing key was refused at start.
    #[error("couldn't start the simulator: {0}")]
    Start(String),
    /// The callback did not answer at all.
    #[error("the callback didn't respond: {0}")]
    Callback(#[from] reqwest::Error),
    /// The listener or a connection failed.
    #[error("the simulator's listener failed: {0}")]
    Listen(#[from] std::io::Error),
}

/// A running stand-in; clones share everything. Dropping the last clone ends its background work.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
    queue: mpsc::UnboundedSender<Event>,
}

struct Inner {
    config: Config,
    world: Mutex<World>,
    revision: watch::Sender<u64>,
    traffic: watch::Sender<Traffic>,
    http: reqwest::Client,
    signer: Signer,
    base: OnceLock<String>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Inner {
    /// A panic elsewhere must not take the simulator down: the state is plain data and stays usable.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        (self.config.now)()
    }

    /// Waits, or returns early when the simulator stops.
    async fn pause(&self, duration: Duration) {
        if duration.is_zero() {
            return;
        }
        tokio::select! {
            () = (self.config.sleep)(duration) => {}
            () = self.stop.cancelled() => {}
        }
    }

    /// Tells open phone pages that something changed.
    fn changed(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }
}

impl Simulator {
    /// Makes a simulator with six customers and starts its delivery worker; must be called inside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let signer = Signer::new(&config.app_secret).map_err(|error| Error::Start(error.to_string()))?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .map_err(|error| Error::Start(error.to_string()))?;
        let (queue, events) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner {
            world: Mutex::new(World::new(config.seed)),
            config,
            revision: watch::Sender::new(0),
            traffic: watch::Sender::new(Traffic::default()),
            http,
            signer,
            base: OnceLock::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        inner.tasks.spawn(delivery::run(Arc::clone(&inner), events));
        Ok(Self { inner, queue })
    }

    /// The Graph API, the control API under `/sim` and the phone's page at `/`.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(page::routes())
            .merge(control::routes())
            .merge(graph::routes())
            .layer(axum::extract::DefaultBodyLimit::max(graph::MAX_BODY))
            .with_state(self.clone())
    }

    /// Serves until `stop` is cancelled, then ends every hanging answer, stream and planned status. The base address is
    /// known from the call on, not only from the first poll.
    pub fn serve(
        &self,
        listener: TcpListener,
        stop: CancellationToken,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.serve_beside(listener, Router::new(), stop)
    }

    /// As [`Self::serve`], with other routes of the world outside on the same address.
    pub fn serve_beside(
        &self,
        listener: TcpListener,
        beside: Router,
        stop: CancellationToken,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        if let Ok(address) = listener.local_addr() {
            // A second listener keeps the first one's base: media addresses must not move under a test.
            let _first = self.inner.base.set(format!("http://{address}"));
        }
        let simulator = self.clone();
        async move {
            let ours = simulator.inner.stop.clone();
            let service = simulator.router().merge(beside).into_make_service_with_connect_info::<cut::Wire>();
            axum::serve(cut::CutListener::new(listener), service)
                .with_graceful_shutdown(async move {
                    stop.cancelled().await;
                    ours.cancel();
                })
                .await?;
            simulator.inner.stop.cancel();
            simulator.inner.tasks.close();
            simulator.inner.tasks.wait().await;
            Ok(())
        }
    }

    /// Wraps `value` in an envelope (field `messages`), signs it, posts it once and returns the callback's status.
    pub async fn deliver(&self, value: Value) -> Result<StatusCode, Error> {
        self.deliver_field("messages", value).await
    }

    /// [`Simulator::deliver`] for any webhook field, for example `smb_message_echoes` or `account_update`.
    pub async fn deliver_field(&self, field: &str, value: Value) -> Result<StatusCode, Error> {
        let body = envelope::single(&self.inner.config.waba_id, field, value);
        let bytes = envelope::encode(&body, self.settings().webhook.escape_unicode);
        let signature = self.signature(&bytes);
        self.deliver_raw(bytes, Some(&signature)).await
    }

    /// Posts exactly these bytes with exactly this `X-Hub-Signature-256` (or none): for signature tests.
    pub async fn deliver_raw(&self, body: Vec<u8>, signature: Option<&str>) -> Result<StatusCode, Error> {
        Ok(delivery::post(&self.inner, body, signature).await?)
    }

    /// Asks the callback to prove itself, as Meta does when the address is saved: true when it answers 200 with exactly
    /// the challenge.
    pub async fn verify_callback(&self, verify_token: &str) -> Result<bool, Error> {
        let challenge = ids::link(&mut self.inner.world().rng);
        let query = [("hub.mode", "subscribe"), ("hub.challenge", &challenge), ("hub.verify_token", verify_token)];
        let answer = self.inner.http.get(&self.inner.config.callback).query(&query).send().await?;
        Ok(answer.status() == StatusCode::OK && answer.text().await? == challenge)
    }

    /// The header value that belongs to `body`.
    pub fn signature(&self, body: &[u8]) -> String {
        self.inner.signer.header(body)
    }

    /// Every send request that was accepted, oldest first.
    pub fn sent(&self) -> Vec<SentRequest> {
        self.inner.world().sent.clone()
    }

    /// Adds a fault for one recipient (number, user id or customer id), `"*"` for everybody or `"media"` for the media
    /// endpoints. Faults of one recipient are used up in the order they came; `times: None` stays until cleared.
    pub fn inject(&self, to: &str, fault: Fault) {
        self.inner.world().faults.add(to, fault);
        self.inner.changed();
    }

    /// Takes all faults of one target back; `None` takes every fault back.
    pub fn clear_faults(&self, to: Option<&str>) {
        self.inner.world().faults.clear(to);
        self.inner.changed();
    }

    /// The settings now.
    pub fn settings(&self) -> Settings {
        self.inner.world().settings.clone()
    }

    /// Changes the settings; they act on what happens from now on.
    pub fn set_settings(&self, settings: Settings) {
        self.inner.world().settings = settings;
        self.inner.changed();
    }

    /// The customers, oldest first.
    pub fn customers(&self) -> Vec<Customer> {
        self.inner.world().customers.iter().map(|phone| phone.customer.clone()).collect()
    }

    /// Adds a customer and returns it with its identities.
    pub fn add_customer(&self, new: NewCustomer) -> Customer {
        let now = self.inner.now();
        let customer = self.inner.world().add_customer(new, now);
        self.inner.changed();
        customer
    }

    /// The bubbles on one customer's phone, oldest first; `None` for an unknown customer.
    pub fn thread(&self, customer: &str) -> Option<Vec<Line>> {
        self.inner.world().find(customer).map(|phone| phone.lines.clone())
    }

    /// How many webhook events are on their way, arrived or were given up.
    pub fn traffic(&self) -> Traffic {
        *self.inner.traffic.borrow()
    }

    /// Webhook posts that were given up after the last try.
    pub fn undelivered(&self) -> Vec<Undelivered> {
        self.inner.world().undelivered.clone()
    }

    /// Waits until nothing is planned, queued or being retried. Reads that wait for an open chat do not count.
    pub async fn settled(&self) {
        let mut traffic = self.inner.traffic.subscribe();
        // The sender lives in `inner`, which `self` holds: waiting can end only by the condition.
        let _quiet = traffic.wait_for(|traffic| traffic.pending == 0).await.map(|_| ());
    }

    /// The address it is served at, once `serve` runs.
    pub fn base_url(&self) -> Option<&str> {
        self.inner.base.get().map(String::as_str)
    }
}
