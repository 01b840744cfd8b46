//! The server under measurement: real services on a SQLite file, its router on a loopback port, one tenant, one number.

use std::net::SocketAddr;

use handoff::{
    domain::{
        access::Role,
        automation::AutomationBounds,
        event::Initiator,
        ids::{ChannelId, TenantId},
    },
    server::{
        accounts::{Agent, CallerDevice},
        channels::NewNumber,
        clock::{Clock, Entropy},
        config::{Config, Hsts, LogFormat},
        connections::{self, ConnectionLimits},
        gateway::Timeouts,
        proxies::TrustedProxies,
        router::{leptos_options, router},
        secret::Secret,
        serve::bind,
        services::Services,
    },
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{Failure, place};

const APP: &str = "bench-app";
const APP_SECRET: &str = "bench-app-secret";
const NUMBER: &str = "300500700900110";
const WABA: &str = "410610810101210";
const PASSWORD: &str = "a-bench-password";
/// Of the secrets in every database of benchmarks.
pub const SECRET_KEY: &str = "qL0wJm4p3m1Zc8g0Yy6oVdHn2bSx7uTkE5rAfI9hWwM=";

pub struct Stage {
    pub services: Services,
    pub address: SocketAddr,
    pub tenant: TenantId,
    pub channel: ChannelId,
    /// The database file, for rows that are inserted directly.
    pub file: std::path::PathBuf,
    served: JoinSet<()>,
    _folder: TempDir,
}

/// How connections are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// As they come: a measurement opens few.
    Plain,
    /// Within the limits and deadlines of production.
    Limited,
}

impl Stage {
    pub async fn start() -> Result<Self, Failure> {
        // Nothing is sent in most measurements, so nothing listens there.
        Self::start_with("http://127.0.0.1:9/v26.0".to_owned(), Front::Plain).await
    }

    pub async fn start_with(graph_url: String, front: Front) -> Result<Self, Failure> {
        let folder = place::fresh()?;
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.local_addr()?;
        let file = folder.path().join("bench.db");
        let config = Config {
            database_url: format!("sqlite://{}", file.display()),
            listen: address,
            public_url: format!("http://{address}"),
            secret_key: Secret::new(SECRET_KEY.to_owned()),
            graph_url,
            simulator_listen: address,
            log_format: LogFormat::Text,
            data: folder.path().to_owned(),
            site_root: folder.path().join("site"),
            trusted_proxies: TrustedProxies::default(),
            demo_model: None,
            s3: None,
            hsts: Hsts::Host,
            // The slow model of one benchmark listens there.
            fetch_allow: vec!["127.0.0.0/8".parse()?],
        };
        let mut services = Services::build(&config, Clock::real(), Entropy::real(), Timeouts::default()).await?;
        let limits = match front {
            Front::Plain => ConnectionLimits::for_files(u64::MAX),
            Front::Limited => ConnectionLimits::for_files(rlimit::increase_nofile_limit(u64::MAX)?),
        };
        services.streams_per_tenant = limits.streams_per_tenant();
        let router = router(&services, leptos_options(&config.site_root, address));
        let stop = services.stop.clone();
        let mut served = JoinSet::new();
        served.spawn(async move {
            match front {
                Front::Limited => {
                    let trusted = TrustedProxies::default();
                    connections::serve(listener, router, limits, trusted, Clock::real(), stop.cancelled_owned()).await;
                }
                Front::Plain => {
                    let service = router.into_make_service_with_connect_info::<SocketAddr>();
                    if let Err(error) = axum::serve(listener, service).await {
                        eprintln!("bench: the server ended: {error}");
                    }
                }
            }
        });
        let channels = &services.channels;
        let tenant = channels.create_tenant("Bench").await?;
        let app = channels.add_app(APP, "Bench", &Secret::new(APP_SECRET), &Secret::new("bench-verify-token")).await?;
        let number = NewNumber {
            app,
            phone_number_id: NUMBER.to_owned(),
            waba_id: WABA.to_owned(),
            display_phone: "+1 555 020 0000".to_owned(),
            name: "Bench Store".to_owned(),
            token: Secret::new("bench-token"),
        };
        let channel = channels.add_number(&tenant, number).await?;
        // Customers of benchmarks repeat themselves.
        let bounds = AutomationBounds { daily_messages: 10_000, repeats: 0 };
        services.settings.automation_save(&tenant, Initiator::SYSTEM, bounds).await?;
        Ok(Self { services, address, tenant, channel, file, served, _folder: folder })
    }

    /// A signed-in agent, and the value of their cookie header.
    pub async fn agent(&self, number: usize) -> Result<(Agent, String), Failure> {
        let email = format!("agent{number}@bench.test");
        let accounts = &self.services.accounts;
        let name = format!("Agent {number}");
        accounts.create(&self.tenant, &email, &name, Role::Agent, PASSWORD.to_owned()).await?;
        let token = accounts.sign_in(&email, PASSWORD.to_owned(), &CallerDevice::default(), None).await?.token;
        let cookie = format!("handoff={token}");
        let agent = accounts.signed_in(&token).await?.ok_or("the session is not there")?;
        Ok((agent, cookie))
    }

    /// The bytes of one webhook request as Meta sends it: a text of customer `customer`, signed.
    pub fn request(&self, customer: usize, message: usize) -> Vec<u8> {
        signed(self.address, APP, APP_SECRET, &body(customer, message))
    }

    pub async fn end(mut self) {
        self.services.stop.cancel();
        self.served.shutdown().await;
        self.services.db.close().await;
    }
}

/// A body with one text message.
pub fn body(customer: usize, message: usize) -> Vec<u8> {
    let phone = format!("49151{customer:08}");
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550200000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": format!("Customer {customer}")}, "wa_id": phone, "user_id": format!("DE.{phone}")}],
        "messages": [{
            "from": phone, "from_user_id": format!("DE.{phone}"), "id": format!("wamid.bench{message:012}"),
            "timestamp": (super::numbers::wall_micros() / 1_000_000).to_string(),
            "type": "text", "text": {"body": "Good morning, has my parcel with the blue lamp left your warehouse yet?"}
        }]
    }}]}]})
    .to_string()
    .into_bytes()
}

/// The bytes of a webhook request of an app.
pub fn signed(address: SocketAddr, app: &str, secret: &str, body: &[u8]) -> Vec<u8> {
    let mut request = head(address, app, secret, body).into_bytes();
    request.extend_from_slice(body);
    request
}

/// The head of such a request.
pub fn head(address: SocketAddr, app: &str, secret: &str, body: &[u8]) -> String {
    format!(
        "POST /webhooks/whatsapp/{app} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         x-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n",
        signature(secret, body),
        body.len()
    )
}

fn signature(secret: &str, body: &[u8]) -> String {
    // HMAC accepts keys of any length, but the type allows an error.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))
}
