//! The server under test: its services, its router, a simulated Meta over real HTTP, and a clock that tests advance.

mod database;
mod fixture;
mod leftovers;
pub mod run;
mod tenants;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body};
use handoff::{
    domain::{
        access::Role,
        automation::AutomationBounds,
        desk::{Desk, Filter, ItemBody, Row},
        event::Initiator,
        ids::{ChannelId, ConversationId, TenantId},
        keyword::Matching,
        time::{Span, Timestamp},
    },
    server::{
        accounts::{Agent, CallerDevice, password::HashCost},
        clock::{Clock, Entropy, ManualClock},
        config::{Config, Hsts, LogFormat},
        fetch::{Lookup, SystemLookup},
        gateway::Timeouts,
        proxies::TrustedProxies,
        router::{leptos_options, router},
        secret::Secret,
        services::Services,
        settings::keywords::NewKeyword,
        simulator::Simulator,
        store,
    },
};
use http::{Request, Response, StatusCode, header};
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt;

pub(crate) use self::run::{on_both, on_engines, on_postgres, on_sqlite};
use self::{
    database::{Database, DatabaseSetup, accepts, postgres, run_on_postgres},
    tenants::{ACME, OtherMeta, connect},
};
pub use self::{
    database::{Engine, Origin, SECRET_KEY},
    leftovers::Leftover,
    tenants::connected,
};

pub const APP: &str = "acme-app";
pub const APP_SECRET: &str = "acme-app-secret";
pub const VERIFY_TOKEN: &str = "acme-verify-token";
pub const NUMBER: &str = "100200300400500";
pub const WABA: &str = "200300400500600";
pub const PASSWORD: &str = "a-test-password";
/// The 2nd of March 2026, 10:00 UTC.
pub const START: Timestamp = Timestamp(1_772_445_600_000);
/// When a server opens what another one left behind that was killed ten seconds before: leases still last.
pub const RESTARTED: Timestamp = START.plus(Span::hours(9));

/// The networks that a tenant's requests may reach, and how names resolve for them.
pub struct Gate {
    pub allow: Vec<&'static str>,
    pub names: Arc<dyn Lookup>,
}

impl Default for Gate {
    /// The whole loopback network, where the tests' servers listen.
    fn default() -> Self {
        Self { allow: vec!["127.0.0.0/8"], names: Arc::new(SystemLookup) }
    }
}

pub struct TestApp {
    pub engine: Engine,
    /// The configuration of the services: building them again on the same database simulates a restart.
    pub config: Config,
    pub services: Services,
    pub router: Router,
    pub clock: ManualClock,
    pub meta: Simulator,
    other_meta: OtherMeta,
    pub tenant: TenantId,
    pub channel: ChannelId,
    /// The server's own address, for tests that need a real connection.
    pub address: SocketAddr,
    /// What the test says it leaves undone, and why.
    leaves: Mutex<BTreeMap<Leftover, &'static str>>,
    _workers: JoinSet<()>,
}

impl TestApp {
    async fn start(place: &DatabaseSetup, gate: Gate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let phone = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let simulator_listen = phone.local_addr().expect("bound");
        let config = Config {
            database_url: place.url.clone(),
            listen: address,
            public_url: format!("http://{address}"),
            secret_key: Secret::new(place.origin.secret_key()),
            graph_url: format!("http://{simulator_listen}/v26.0"),
            simulator_listen,
            log_format: LogFormat::Text,
            data: place.folder.clone(),
            site_root: place.folder.join("site"),
            trusted_proxies: TrustedProxies::default(),
            demo_model: None,
            s3: None,
            hsts: Hsts::Host,
            fetch_allow: gate.allow.iter().map(|net| net.parse().expect("a network")).collect(),
        };
        let manual_clock = ManualClock::at(place.origin.start());
        let clock = Clock::manual(manual_clock.clone());
        let (seed, seed_of_simulator) = place.origin.seeds();
        // Most tests create people who sign in, which at full cost would take a fifth of their time.
        let (entropy, hash_cost) = (Entropy::seeded(seed), HashCost::Least);
        let building =
            Services::build_with(&config, clock.clone(), entropy, Timeouts::default(), gate.names, hash_cost);
        let mut services = building.await.expect("the services start");
        let mut workers = JoinSet::new();
        services.start_journal(&mut workers);
        let router = router(&services, leptos_options(&config.site_root, config.listen));
        let served = router.clone().into_make_service_with_connect_info::<SocketAddr>();
        workers.spawn(async move {
            axum::serve(listener, served).await.expect("serves");
        });
        let meta = ACME.simulator(address, &clock, seed_of_simulator);
        let other_meta = OtherMeta::default();
        let simulated = meta.serve_beside(phone, other_meta.routes(&meta), services.stop.clone());
        workers.spawn(async move {
            simulated.await.expect("the simulator serves");
        });
        let (tenant, channel) = match place.origin {
            Origin::Empty => connect(&services, &ACME).await,
            Origin::Version(_) => connected(&services, "Acme").await,
        };
        Self {
            engine: place.engine,
            config,
            services,
            router,
            clock: manual_clock,
            meta,
            other_meta,
            tenant,
            channel,
            address,
            leaves: Mutex::default(),
            _workers: workers,
        }
    }

    /// Another server on the same database that has not registered as a node yet. `seed` makes its ids and tokens
    /// unique.
    pub async fn another(&self, seed: u64) -> Services {
        let clock = Clock::clone(&self.services.clock);
        Services::build(&self.config, clock, Entropy::seeded(seed), Timeouts::default()).await.expect("another server")
    }

    /// Another server, after this one was killed. This one never registered as a node, so its leases have no living
    /// owner.
    pub async fn killed_and_restarted(&self) -> Services {
        let next = self.another(8).await;
        next.node.join().await.expect("joins");
        next
    }

    /// Adds an agent and signs them in. Returns the agent and their cookie.
    pub async fn agent(&self, name: &str) -> (Agent, String) {
        self.person(&self.tenant, name, Role::Agent).await
    }

    pub async fn admin(&self) -> (Agent, String) {
        self.person(&self.tenant, "Ada", Role::Admin).await
    }

    pub async fn person(&self, tenant: &TenantId, name: &str, role: Role) -> (Agent, String) {
        let email = format!("{}@{}.test", name.to_lowercase(), tenant.as_str().to_lowercase().replace('_', "-"));
        self.services.accounts.create(tenant, &email, name, role, PASSWORD.to_owned()).await.expect("a person");
        let from = CallerDevice::at(Ipv4Addr::LOCALHOST.into());
        let signed_in = self.services.accounts.sign_in(&email, PASSWORD.to_owned(), &from, None).await;
        let token = signed_in.expect("signs in").token;
        let cookie = format!("handoff={token}");
        let agent = self.services.accounts.signed_in(&token).await.expect("looks up").expect("signed in");
        (agent, cookie)
    }

    pub async fn keyword(&self, phrase: &str) {
        let rule =
            NewKeyword { phrase: phrase.to_owned(), matching: Matching::Contains, language: None, channel: None };
        self.services.settings.keyword_add(&self.tenant, Initiator::SYSTEM, rule).await.expect("a keyword");
    }

    /// Lets the bot answer whoever repeats themselves, for tests in which customers do.
    pub async fn without_bounds(&self) {
        let bounds = AutomationBounds { daily_messages: 0, repeats: 0 };
        self.services.settings.automation_save(&self.tenant, Initiator::SYSTEM, bounds).await.expect("no bounds");
    }

    /// Runs every queue until nothing is due at the current time.
    pub async fn drain(&self) {
        loop {
            let projected = self.services.projector.run_once().await.expect("projects");
            let turned = self.services.bot.run_once().await.expect("turns");
            let sent = self.services.outbox.run_once().await.expect("sends");
            let fetched = self.services.media.run_once().await.expect("fetches");
            let ended = self.services.endings.run_once().await.expect("ends");
            let indexed = self.services.indexer.run_once().await.expect("indexes");
            if projected + turned + sent + fetched + ended + indexed == 0 {
                return;
            }
        }
    }

    /// Like [`Self::drain`], repeated until Meta has sent everything it has scheduled.
    pub async fn settle(&self) {
        self.drain().await;
        self.meta.settled().await;
        self.other_meta.settled().await;
        self.drain().await;
    }

    pub fn turn(&self, span: Span) {
        self.clock.advance(span);
    }

    pub fn now(&self) -> Timestamp {
        self.services.clock.now()
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.expect("the router never fails")
    }

    /// Posts a webhook body with a valid signature.
    pub async fn webhook(&self, body: &serde_json::Value) -> StatusCode {
        self.webhook_raw(body.to_string().into_bytes()).await
    }

    pub async fn webhook_raw(&self, body: Vec<u8>) -> StatusCode {
        let signature = crate::meta::signature(APP_SECRET, &body);
        let request = Request::post(format!("/webhooks/whatsapp/{APP}"))
            .header("x-hub-signature-256", signature)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await.status()
    }

    pub async fn desk(&self, agent: &Agent) -> Desk {
        self.services.live.desk(agent, Filter::default(), None).await.expect("a desk")
    }

    /// Every row on the agent's desk.
    pub async fn rows(&self, agent: &Agent) -> Vec<Row> {
        self.desk(agent).await.groups.into_values().flat_map(|range| range.rows).collect()
    }

    /// The only conversation.
    pub async fn only_row(&self, agent: &Agent) -> Row {
        let mut rows = self.rows(agent).await;
        assert_eq!(rows.len(), 1, "one conversation: {rows:#?}");
        rows.remove(0)
    }

    pub async fn thread(&self, agent: &Agent, id: &ConversationId) -> handoff::contract::conversation::Thread {
        self.services.live.thread(agent, id).await.expect("reads").expect("is there")
    }

    /// What the lines between the messages say, oldest first.
    pub async fn thread_lines(&self, agent: &Agent, id: &ConversationId) -> Vec<String> {
        let line = |body| match body {
            ItemBody::Line(line) => Some(line.text),
            ItemBody::Message(_) | ItemBody::Note(_) => None,
        };
        self.thread(agent, id).await.items.into_iter().filter_map(|item| line(item.body)).collect()
    }

    /// The agent has the end of the thread on the screen.
    pub async fn look(&self, agent: &Agent, id: &ConversationId) {
        let seen = self.thread(agent, id).await.seq;
        self.services.conversations.see(agent, id, seen).await.expect("looks");
    }

    /// What nobody has read of a conversation, also while the bot has it.
    pub async fn unread(&self, id: &ConversationId) -> i64 {
        let mut tx = self.services.db.begin_read().await.expect("a view");
        let stored = store::conversations::load(&mut tx, &self.tenant, id).await.expect("reads");
        stored.expect("is there").conversation.unread
    }

    /// A waiting conversation: the customer wrote the keyword "agent".
    pub async fn waiting(&self, agent: &Agent) -> Row {
        self.keyword("agent").await;
        let body = crate::meta::text("4915550001", "wamid.first", self.now(), "I need an agent");
        assert_eq!(self.webhook(&body).await, StatusCode::OK);
        self.drain().await;
        self.only_row(agent).await
    }

    /// The conversation of [`Self::waiting`] after the agent has claimed and closed it.
    pub async fn closed(&self, agent: &Agent) -> Row {
        let row = self.waiting(agent).await;
        self.services.conversations.claim(agent, &row.id).await.expect("claims");
        self.services.conversations.close(agent, &row.id, row.last_turn.clone()).await.expect("closes");
        self.settle().await;
        self.only_row(agent).await
    }

    /// Erases the rows of a content table, as a legal erasure does; the log stays.
    pub async fn erase(&self, table: &str) {
        self.run(&format!("DELETE FROM {table}")).await;
    }

    /// Runs a statement directly on the test's database, bypassing the server.
    pub async fn run(&self, sql: &str) {
        let statement = [sql.to_owned()];
        match self.engine {
            Engine::Sqlite => self.behind(&statement).await,
            Engine::Postgres => run_on_postgres(&self.config.database_url, &statement).await,
        }
    }

    /// Whether PostgreSQL lets another connection change the rows of a table without waiting.
    pub async fn can_change(&self, table: &str) -> bool {
        accepts(&self.config.database_url, format!("SELECT id FROM {table} FOR UPDATE NOWAIT")).await
    }

    /// Whether a transaction on PostgreSQL waits for another one.
    pub async fn is_waiting(&self) -> bool {
        // No waiting one divides by zero.
        let waiting = "SELECT 1 / COUNT(*) FROM pg_locks w JOIN pg_stat_activity a ON a.pid = w.pid
             WHERE NOT w.granted AND a.datname = current_database()";
        accepts(&self.config.database_url, waiting.to_owned()).await
    }

    /// SQLite's query plan of a statement, a line per table.
    pub async fn plan(&self, sql: &str) -> Vec<String> {
        let pool = sqlx::SqlitePool::connect(&self.config.database_url).await.expect("SQLite opens");
        let asked = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let lines: Vec<(i64, i64, i64, String)> = sqlx::query_as(asked).fetch_all(&pool).await.expect(sql);
        pool.close().await;
        lines.into_iter().map(|(_, _, _, line)| line).collect()
    }

    /// Runs statements on a connection of their own, bypassing the server.
    pub async fn behind(&self, statements: &[String]) {
        match self.engine {
            Engine::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&self.config.database_url).await.expect("SQLite opens");
                for sql in statements {
                    sqlx::query(sqlx::AssertSqlSafe(sql.clone())).execute(&pool).await.expect(sql);
                }
                pool.close().await;
            }
            Engine::Postgres => run_on_postgres(&postgres(), statements).await,
        }
    }
}
