//! All services of one server, built once. Only the composition root, the router and tests use the whole struct.

mod build_id;
pub mod sealing;

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    accounts::{Accounts, password::HashCost},
    bot::{self, Bot, playground::Playground},
    bus::{Bus, Presence},
    channels::Channels,
    clock::{Clock, Entropy},
    config::Config,
    connections::ConnectionLimits,
    conversations::Conversations,
    endings::Endings,
    fetch::{self, Fetch},
    file_store::{FileStore, FileStoreUnusable},
    gateway::{self, Gateway},
    http::{Callers, CookieKind},
    indexer::Indexer,
    live::Live,
    llm::{self, Llm},
    log::Log,
    media::Media,
    outbox::Outbox,
    presence::PresenceRecorder,
    proxies::TrustedProxies,
    reports::{Reports, cost::Costs, facts::ReportFacts, packed::DayPacker, staffing::Staffing},
    seal::SealError,
    settings::{Settings, secret_hosts},
    store::{Db, StoreError},
    templates::Templates,
    webhook::{Journal, JournalWriter, Projector, Webhook},
    workers::{Jobs, Node, keep_running},
};

/// Errors before the first request.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "HANDOFF_SECRET_KEY isn't the key that encrypted the secrets in this database: set the original key, because \
         nothing can be received or sent without it"
    )]
    ForeignKey,
    #[error(
        "the rotation of HANDOFF_SECRET_KEY was interrupted, and some secrets have the old key, others the new one: \
         run `handoff admin rotate-key` once more with the same two keys"
    )]
    RotationUnfinished,
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(
        "couldn't find the built page in {0}: build it with `cargo xtask dist` (`cargo xtask page` for development), \
         or set HANDOFF_SITE_ROOT to its folder"
    )]
    NoPage(String),
    #[error("couldn't create the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    #[error("HANDOFF_GRAPH_URL: {0}")]
    Graph(#[from] gateway::BadBase),
    #[error(transparent)]
    Llm(#[from] llm::NoClient),
    #[error(transparent)]
    Files(#[from] FileStoreUnusable),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl StartError {
    /// Whether the operator's settings are wrong, as opposed to the environment.
    pub fn is_configuration(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unusable(_))
                | Self::ForeignKey
                | Self::RotationUnfinished
                | Self::NoPage(_)
                | Self::Graph(_)
                | Self::Files(_)
        )
    }
}

/// The services of one node.
pub struct Services {
    pub db: Db,
    pub clock: Clock,
    pub entropy: Entropy,
    pub bus: Bus,
    pub presence: Presence,
    pub presence_recorder: PresenceRecorder,
    pub node: Node,
    pub jobs: Jobs,
    pub conversations: Conversations,
    pub accounts: Accounts,
    pub callers: Callers,
    pub channels: Channels,
    pub settings: Settings,
    pub templates: Templates,
    pub live: Live,
    pub reports: Reports,
    pub costs: Costs,
    pub webhook: Webhook,
    pub projector: Projector,
    pub fetch: Fetch,
    pub llm: Llm,
    pub bot: Bot,
    pub playground: Playground,
    pub outbox: Outbox,
    pub media: Media,
    pub endings: Endings,
    pub indexer: Indexer,
    pub report_facts: ReportFacts,
    pub day_packer: DayPacker,
    pub staffing: Staffing,
    pub public_url: String,
    /// The `Strict-Transport-Security` header; `None` without TLS.
    pub hsts: Option<&'static str>,
    pub trusted_proxies: TrustedProxies,
    pub streams_per_tenant: usize,
    journal_writer: Option<JournalWriter>,
    /// Cancelled to end streams and workers.
    pub stop: CancellationToken,
}

impl Services {
    /// Opens the database, migrates it, and builds every service.
    pub async fn build(
        config: &Config,
        clock: Clock,
        entropy: Entropy,
        timeouts: gateway::Timeouts,
    ) -> Result<Self, StartError> {
        Self::build_with(config, clock, entropy, timeouts, Arc::new(fetch::SystemLookup), HashCost::Full).await
    }

    /// As [`Self::build`], but host names that tenants configure are resolved by `lookup`, and new passwords are hashed at
    /// `hash_cost`.
    pub async fn build_with(
        config: &Config,
        clock: Clock,
        entropy: Entropy,
        timeouts: gateway::Timeouts,
        lookup: Arc<dyn fetch::Lookup>,
        hash_cost: HashCost,
    ) -> Result<Self, StartError> {
        let db = Db::open(&config.database_url).await?;
        db.migrate().await?;
        let seal = sealing::open_seal(&db, &entropy, &config.secret_key).await?;
        secret_hosts::derive_missing(&db).await?;
        let bus = Bus::default();
        let presence = Presence::default();
        let log = Log::new(bus.clone());
        let gateway = Gateway::new(gateway::client(timeouts)?, &config.graph_url, timeouts)?;
        let node = Node::new(db.clone(), clock.clone(), entropy.clone(), Arc::clone(bus.wakeups()));
        let presence_recorder =
            PresenceRecorder::new(db.clone(), clock.clone(), entropy.clone(), presence.clone(), node.id().clone());
        let jobs = Jobs::new(db.clone(), clock.clone(), entropy.clone(), node.id().clone());
        let conversations =
            Conversations::new(db.clone(), clock.clone(), entropy.clone(), bus.clone(), presence.clone());
        let cookie = if config.is_https() { CookieKind::Host } else { CookieKind::Loopback };
        let accounts = Accounts::new(
            db.clone(),
            clock.clone(),
            entropy.clone(),
            bus.clone(),
            presence.clone(),
            seal.clone(),
            &config.public_url,
            hash_cost,
        );
        let callers = Callers { accounts: accounts.clone(), cookie };
        let channels = Channels::new(db.clone(), clock.clone(), entropy.clone(), log.clone(), seal.clone());
        let reports = Reports::new(db.clone(), clock.clone(), log.clone());
        let settings = Settings::new(db.clone(), clock.clone(), entropy.clone(), presence.clone(), log, seal.clone());
        let build = build_id::build_id(&config.site_root);
        let live = Live::new(
            db.clone(),
            clock.clone(),
            entropy.clone(),
            bus.clone(),
            presence.clone(),
            accounts.clone(),
            &build,
        );
        let costs = reports.costs();
        let (journal, journal_writer) = Journal::new(db.clone(), clock.clone(), entropy.clone(), bus.clone());
        let webhook = Webhook::new(db.clone(), seal.clone(), clock.clone(), journal);
        let projector = Projector::new(db.clone(), clock.clone(), entropy.clone(), bus.clone(), conversations.clone());
        let policy = fetch::Policy::allowing(config.fetch_allow.clone());
        let fetch = Fetch::with_lookup(policy, clock.clone(), lookup)?;
        let llm = Llm::new(fetch.clone(), clock.clone())?;
        let playground = Playground::new(db.clone(), clock.clone(), seal.clone(), llm.clone());
        let bot = Bot::new(bot::Parts {
            conversations: conversations.clone(),
            jobs: jobs.clone(),
            llm: llm.clone(),
            fetch: fetch.clone(),
            matchers: settings.matchers(),
            seal,
            bus: bus.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        });
        let templates = Templates::new(db.clone(), clock.clone(), entropy.clone(), gateway.clone(), channels.clone());
        let files = match &config.s3 {
            Some(settings) => FileStore::bucket(settings)?,
            None => FileStore::folder(&config.data.join("media"))?,
        };
        let media = Media::new(
            db.clone(),
            conversations.clone(),
            jobs.clone(),
            gateway.clone(),
            channels.clone(),
            bus.clone(),
            clock.clone(),
            entropy.clone(),
            files,
        );
        let outbox = Outbox::new(
            db.clone(),
            conversations.clone(),
            jobs.clone(),
            gateway,
            channels.clone(),
            templates.clone(),
            media.clone(),
            bus.clone(),
            clock.clone(),
            entropy.clone(),
        );
        let endings = Endings::new(conversations.clone(), jobs.clone(), bus.clone(), clock.clone(), entropy.clone());
        let indexer = Indexer::new(db.clone(), jobs.clone(), bus.clone(), clock.clone(), entropy.clone());
        let report_facts = ReportFacts::new(db.clone(), bus.clone(), clock.clone(), entropy.clone());
        let day_packer = DayPacker::new(db.clone(), bus.clone(), clock.clone(), entropy.clone());
        let staffing = reports.staffing();
        Ok(Self {
            db,
            clock,
            entropy,
            bus,
            presence,
            presence_recorder,
            node,
            jobs,
            conversations,
            accounts,
            callers,
            channels,
            settings,
            templates,
            live,
            reports,
            costs,
            webhook,
            projector,
            fetch,
            llm,
            bot,
            playground,
            outbox,
            media,
            endings,
            indexer,
            report_facts,
            day_packer,
            staffing,
            public_url: config.public_url.clone(),
            hsts: config.hsts_header(),
            trusted_proxies: config.trusted_proxies.clone(),
            streams_per_tenant: ConnectionLimits::for_files(u64::MAX).streams_per_tenant(),
            journal_writer: Some(journal_writer),
            stop: CancellationToken::new(),
        })
    }

    /// Tries whether files can be kept, before anybody is served.
    ///
    /// # Errors
    /// [`StartError::Files`].
    pub async fn try_files(&self) -> Result<(), StartError> {
        Ok(self.media.probe(self.node.id()).await?)
    }

    /// Starts only the journal's writer. Tests run the other workers step by step.
    pub fn start_journal(&mut self, workers: &mut JoinSet<()>) {
        if let Some(journal_writer) = self.journal_writer.take() {
            workers.spawn(journal_writer.run(self.stop.clone()));
        }
    }

    /// Starts every worker. They end when `stop` is cancelled. A worker that panics is restarted, except the journal's
    /// writer: it holds the requests that webhook handlers wait for, so the server ends with it.
    ///
    /// # Errors
    /// The node cannot join: see [`Node::join`]; or a rotation of the key has begun.
    pub async fn start(&mut self) -> Result<JoinSet<()>, StartError> {
        self.node.join().await?;
        // A rotation looks for present nodes only after it began, so one of the two sees the other.
        if let Err(refused) = sealing::refuse_rotation(&self.db).await {
            self.node.leave().await?;
            return Err(refused);
        }
        let mut workers = JoinSet::new();
        self.start_journal(&mut workers);
        let (clock, stop) = (&self.clock, &self.stop);
        let (service, end) = (self.node.clone(), stop.clone());
        workers.spawn(keep_running("node", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.projector.clone(), stop.clone());
        workers.spawn(keep_running("projector", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.bot.clone(), stop.clone());
        workers.spawn(keep_running("bot", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.outbox.clone(), stop.clone());
        workers.spawn(keep_running("outbox", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.media.clone(), stop.clone());
        workers.spawn(keep_running("media", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.endings.clone(), stop.clone());
        workers.spawn(keep_running("endings", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.presence_recorder.clone(), stop.clone());
        workers.spawn(keep_running("presence", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.indexer.clone(), stop.clone());
        workers.spawn(keep_running("indexer", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.report_facts.clone(), stop.clone());
        workers.spawn(keep_running("facts", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.day_packer.clone(), stop.clone());
        workers.spawn(keep_running("packer", clock.clone(), stop.clone(), move || service.clone().run(end.clone())));
        let (service, end) = (self.live.clone(), stop.clone());
        workers.spawn(keep_running("live", clock.clone(), stop.clone(), move || service.clone().poll(end.clone())));
        Ok(workers)
    }
}
