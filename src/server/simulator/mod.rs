//! A simulator of Meta's platform: the Graph API for the server, a phone page in the browser, and signed webhooks over
//! real HTTP. The demo and the tests use it.
//!
//! It implements the rules that a business meets at Meta (limits, errors, identities, statuses). It uses no other
//! module of the platform, so that both sides of the protocol are implemented independently and test each other.
//!
//! To add a Graph endpoint: a route in `graph/mod.rs` and its handler beside it. To add an inbound kind: a variant in
//! `inbound.rs` and a bubble in `phone-chat.js`. To add a fault: a variant in `fault.rs`, handled in
//! `graph/messages.rs`. To add an act of the number's second app: a variant in `partner.rs`.
//!
//! State is in memory, so a restart loses threads and media. Ids contain the time, so that none is used twice.

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
mod origin;
mod page;
mod partner;
mod pictures;
mod pricing;
mod samples;
mod settings;
mod signing;
mod statuses;
mod templates;
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

pub use customers::{IdentityKind, NewCustomer, PhoneUser};
pub use delivery::{Traffic, Undelivered};
pub use fault::{Effect, Fault, Moment};
pub use inbound::{Extras, ForwardedAs, InboundContent, InboundMessage, SayError};
pub use partner::{PartnerAct, ThreadControlCall};
pub use settings::{
    Reads, SimulatorSettings, StatusOrder, StatusSettings, TemplateAnswer, WebhookSettings, WindowAnswer,
};
pub use thread::{Responder, ThreadAuthor, ThreadLine, Tick};
pub use world::{SentRequest, Suggestion};

use delivery::WebhookEvent;
use signing::Signer;
use world::World;

/// Returns the current time in milliseconds since the epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;
/// Waits for a duration. Tests pass one that they control.
pub type Sleep = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Whether `appsecret_proof` is required. A wrong proof is always refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSecretProof {
    /// The app's setting "require app secret" is on.
    Required,
    /// A missing proof is accepted.
    Optional,
}

/// The simulated app, account and number.
pub struct SimulatorConfig {
    /// The full URL of the webhook, as it would be configured at Meta.
    pub callback: String,
    /// Signs webhooks and checks `appsecret_proof`.
    pub app_secret: String,
    /// The business number's id: the path of sends, `metadata` in webhooks.
    pub phone_number_id: String,
    /// The account's id: `entry[].id` in webhooks, the path of templates.
    pub waba_id: String,
    /// The business number in Meta's format. Only its digits count.
    pub display_phone_number: String,
    /// The bearer token that every call must carry.
    pub access_token: String,
    /// See [`AppSecretProof`].
    pub app_secret_proof: AppSecretProof,
    /// See [`Now`].
    pub now: Now,
    /// See [`Sleep`].
    pub sleep: Sleep,
    /// Seed for ids and random order.
    pub seed: u64,
}

/// Why the simulator could not start or a webhook could not be posted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client or the signing key is invalid.
    #[error("couldn't start the simulator: {0}")]
    Start(String),
    /// The callback did not respond.
    #[error("the callback didn't respond: {0}")]
    Callback(#[from] reqwest::Error),
    /// The listener or a connection failed.
    #[error("the simulator's listener failed: {0}")]
    Listen(#[from] std::io::Error),
}

/// A running simulator. Clones share its state. Dropping the last clone ends its background tasks.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
    queue: mpsc::UnboundedSender<WebhookEvent>,
}

struct Inner {
    config: SimulatorConfig,
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
    /// Ignores lock poisoning after a panic: the state is plain data and stays usable.
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

    /// Notifies open phone pages of a change.
    fn changed(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }
}

impl Simulator {
    /// Creates a simulator with six customers and starts its delivery worker. Must be called within a tokio runtime.
    pub fn new(config: SimulatorConfig) -> Result<Self, Error> {
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

    /// The Graph API, the control API under `/sim`, and the phone's page at `/`.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(page::routes())
            .merge(control::routes())
            .merge(graph::routes())
            .layer(axum::extract::DefaultBodyLimit::max(graph::MAX_BODY))
            .layer(axum::middleware::from_fn(origin::own_pages_only))
            .with_state(self.clone())
    }

    /// Serves until `stop` is cancelled. Then pending responses, streams and planned statuses end. The base URL is
    /// known when this method returns, before the future is polled.
    pub fn serve(
        &self,
        listener: TcpListener,
        stop: CancellationToken,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.serve_beside(listener, Router::new(), stop)
    }

    /// As [`Self::serve`], with the additional routes `extra` on the same address.
    pub fn serve_beside(
        &self,
        listener: TcpListener,
        extra: Router,
        stop: CancellationToken,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        if let Ok(address) = listener.local_addr() {
            // A second listener keeps the base URL of the first, so that media URLs do not change during a test.
            let _first = self.inner.base.set(format!("http://{address}"));
        }
        let simulator = self.clone();
        async move {
            let ours = simulator.inner.stop.clone();
            let service = simulator.router().merge(extra).into_make_service_with_connect_info::<cut::ConnectionFlag>();
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

    /// Posts `value` once in a signed envelope for the field `messages` and returns the callback's status.
    pub async fn deliver(&self, value: Value) -> Result<StatusCode, Error> {
        self.deliver_field("messages", value).await
    }

    /// [`Simulator::deliver`] for any webhook field, for example `smb_message_echoes` or `account_update`.
    pub async fn deliver_field(&self, field: &str, value: Value) -> Result<StatusCode, Error> {
        let body = envelope::single(&self.inner.config.waba_id, field, value);
        let bytes = envelope::encode(&body, self.settings().webhook.encoding());
        let signature = self.signature(&bytes);
        self.deliver_raw(bytes, Some(&signature)).await
    }

    /// Posts exactly these bytes with exactly this `X-Hub-Signature-256` (or none), for signature tests.
    pub async fn deliver_raw(&self, body: Vec<u8>, signature: Option<&str>) -> Result<StatusCode, Error> {
        Ok(delivery::post(&self.inner, body, signature).await?)
    }

    /// Verifies the callback as Meta does when its URL is configured. `true` if it answers 200 with exactly the
    /// challenge.
    pub async fn verify_callback(&self, verify_token: &str) -> Result<bool, Error> {
        let challenge = ids::link(&mut self.inner.world().rng);
        let query = [("hub.mode", "subscribe"), ("hub.challenge", &challenge), ("hub.verify_token", verify_token)];
        let answer = self.inner.http.get(&self.inner.config.callback).query(&query).send().await?;
        Ok(answer.status() == StatusCode::OK && answer.text().await? == challenge)
    }

    /// The signature header for `body`.
    pub fn signature(&self, body: &[u8]) -> String {
        self.inner.signer.header(body)
    }

    /// All accepted send requests, oldest first.
    pub fn sent(&self) -> Vec<SentRequest> {
        self.inner.world().sent.clone()
    }

    /// Adds a fault for one recipient (number, user id or customer id), for `"*"` (everyone) or for `"media"` (the
    /// media endpoints). Faults of one target are used in order; with `times: None` a fault stays until it is cleared.
    pub fn inject(&self, to: &str, fault: Fault) {
        self.inner.world().faults.add(to, fault);
        self.inner.changed();
    }

    /// Clears all faults of one target, or all faults if it is `None`.
    pub fn clear_faults(&self, to: Option<&str>) {
        self.inner.world().faults.clear(to);
        self.inner.changed();
    }

    /// The current settings.
    pub fn settings(&self) -> SimulatorSettings {
        self.inner.world().settings.clone()
    }

    /// Changes the settings for everything that happens afterwards.
    pub fn set_settings(&self, settings: SimulatorSettings) {
        self.inner.world().settings = settings;
        self.inner.changed();
    }

    /// Changes a template of the account, as its owner or a review does. No webhook tells it.
    pub fn change_template(&self, name: &str, change: impl Fn(&mut Value)) {
        self.inner.world().templates.iter_mut().filter(|template| template["name"] == name).for_each(change);
    }

    /// Sets what the phone's page suggests to write.
    pub fn suggest(&self, suggestions: Vec<Suggestion>) {
        self.inner.world().suggestions = suggestions;
        self.inner.changed();
    }

    /// The customers, oldest first.
    pub fn customers(&self) -> Vec<PhoneUser> {
        self.inner.world().customers.iter().map(|phone| phone.customer.clone()).collect()
    }

    /// Adds a customer and returns it with its ids.
    pub fn add_customer(&self, new: NewCustomer) -> PhoneUser {
        let now = self.inner.now();
        let customer = self.inner.world().add_customer(new, now);
        self.inner.changed();
        customer
    }

    /// The messages on a customer's phone, oldest first; `None` for an unknown customer.
    pub fn thread(&self, customer: &str) -> Option<Vec<ThreadLine>> {
        self.inner.world().find(customer).map(|phone| phone.lines.clone())
    }

    /// The numbers of pending, delivered and undelivered webhook events.
    pub fn traffic(&self) -> Traffic {
        *self.inner.traffic.borrow()
    }

    /// Webhooks that were given up after the last attempt.
    pub fn undelivered(&self) -> Vec<Undelivered> {
        self.inner.world().undelivered.clone()
    }

    /// Waits until no work is planned, queued or being retried. A `read` that waits for an open chat does not count.
    pub async fn settled(&self) {
        let mut traffic = self.inner.traffic.subscribe();
        // `self` holds the sender, so the wait ends by its condition only.
        let _quiet = traffic.wait_for(|traffic| traffic.pending == 0).await.map(|_| ());
    }

    /// The base URL, once `serve` was called.
    pub fn base_url(&self) -> Option<&str> {
        self.inner.base.get().map(String::as_str)
    }
}
