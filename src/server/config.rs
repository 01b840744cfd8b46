//! The operator's settings: a file (`handoff.toml`, or the one that `HANDOFF_CONFIG` names), overridden by environment
//! variables. A wrong or missing value is reported in one line.
//!
//! `s3.rs` reads the settings of a bucket for files.

mod s3;

use std::path::PathBuf;

use config::{Environment, File};
use serde::Deserialize;

use super::{file_store::S3Settings, gateway, proxies::TrustedProxies, seal, secret::Secret};
use crate::domain::model::Provider;

/// The operator's settings after validation.
#[derive(Clone, Debug)]
pub struct Config {
    pub database_url: String,
    /// `address:port` that the pages and the webhook listen on.
    pub listen: std::net::SocketAddr,
    /// The URL at which browsers and Meta reach the server, without a trailing slash.
    pub public_url: String,
    /// The key that encrypts stored secrets: 32 random bytes as text, or a passphrase.
    pub secret_key: Secret,
    pub graph_url: String,
    pub simulator_listen: std::net::SocketAddr,
    pub log_format: LogFormat,
    /// Directory of the media files, unless they are in a bucket, and of the embedded database unless `DATABASE_URL` says
    /// otherwise.
    pub data: PathBuf,
    /// The bucket of the media files.
    pub s3: Option<S3Settings>,
    /// Directory of the built page.
    pub site_root: PathBuf,
    /// Proxies whose `X-Forwarded-For` is trusted. Sign-in throttling counts the client address that they report.
    pub trusted_proxies: TrustedProxies,
    /// Which hosts browsers reach over TLS only.
    pub hsts: Hsts,
    /// Networks that tenants' requests may reach in addition to the public internet.
    pub fetch_allow: Vec<ipnet::IpNet>,
    /// The language model of the demo's bot.
    pub demo_model: Option<DemoModel>,
}

/// Which language model the demo's bot uses.
#[derive(Clone, Debug)]
pub struct DemoModel {
    pub provider: Provider,
    /// Base URL of the API. Empty means the provider's own.
    pub address: String,
    /// Empty if the server needs no key.
    pub key: Secret,
    pub model: String,
}

/// The scope of `Strict-Transport-Security`, which a server with an `https` public URL sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hsts {
    Host,
    /// Every subdomain of the host must have TLS, too.
    Subdomains,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    database_url: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    secret_key: Option<String>,
    graph_url: Option<String>,
    simulator_listen: Option<String>,
    log_format: Option<String>,
    data: Option<String>,
    site_root: Option<String>,
    trusted_proxies: Option<String>,
    hsts_subdomains: Option<String>,
    fetch_allow: Option<String>,
    demo_model: Option<String>,
    demo_model_provider: Option<String>,
    demo_model_address: Option<String>,
    demo_model_key: Option<String>,
    s3_bucket: Option<String>,
    s3_endpoint: Option<String>,
    s3_region: Option<String>,
    s3_key_id: Option<String>,
    s3_secret_key: Option<String>,
    s3_path_style: Option<String>,
    s3_prefix: Option<String>,
}

/// A configuration error: one line for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Which command the settings are for. The demo has defaults that a server must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Serve,
    /// The demo: listens on loopback only and has a fixed key.
    Demo,
}

/// The demo's key is public, because the demo stores no real secrets.
const DEMO_KEY: &str = "handoff-demo-secret-key";

impl Config {
    /// Whether browsers connect over TLS. Plain HTTP is accepted on loopback only: see `public_url`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The `Strict-Transport-Security` header; `None` without TLS.
    pub fn hsts_header(&self) -> Option<&'static str> {
        self.is_https().then_some(match self.hsts {
            Hsts::Host => "max-age=31536000",
            Hsts::Subdomains => "max-age=31536000; includeSubDomains",
        })
    }

    /// Reads the file and the environment, and validates the result.
    ///
    /// # Errors
    /// One line that names the setting and the values it accepts.
    pub fn load(purpose: Purpose) -> Result<Self, ConfigError> {
        let named = std::env::var("HANDOFF_CONFIG").ok();
        let file = match &named {
            Some(path) => File::with_name(path).required(true),
            // With the extension: `config` would otherwise also accept a file named `handoff`, such as the program
            // itself.
            None => File::with_name("handoff.toml").required(false),
        };
        // Tests and build tools use variables with the same prefix, so unknown variables are ignored. An unknown key in
        // the file is an error, because it can only be a mistake.
        let ours = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.strip_prefix("HANDOFF_").is_some_and(is_setting))
            .collect();
        let environment = Environment::with_prefix("HANDOFF").ignore_empty(true).source(Some(ours));
        let mut builder = config::Config::builder().add_source(file).add_source(environment);
        if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            builder = builder
                .set_override("database_url", url)
                .map_err(|error| ConfigError(format!("DATABASE_URL: {error}")))?;
        }
        let raw: Raw = builder
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| ConfigError(format!("couldn't read the configuration: {error}")))?;
        Self::check(raw, purpose)
    }

    fn check(raw: Raw, purpose: Purpose) -> Result<Self, ConfigError> {
        let s3 = s3::settings(&raw)?;
        let listen = address("HANDOFF_LISTEN", raw.listen.as_deref().unwrap_or("127.0.0.1:3000"))?;
        let simulator_listen =
            address("HANDOFF_SIMULATOR_LISTEN", raw.simulator_listen.as_deref().unwrap_or("127.0.0.1:3001"))?;
        if purpose == Purpose::Demo && !(listen.ip().is_loopback() && simulator_listen.ip().is_loopback()) {
            return Err(ConfigError(
                "the demo has public passwords and listens on loopback only: set HANDOFF_LISTEN to 127.0.0.1:3000"
                    .into(),
            ));
        }
        let secret_key = match (raw.secret_key, purpose) {
            (Some(key), _) => match seal::key_fault(&key) {
                None => key,
                Some(detail) => {
                    return Err(ConfigError(format!(
                        "HANDOFF_SECRET_KEY is too short: {detail}, best the output of `openssl rand -base64 32`"
                    )));
                }
            },
            (None, Purpose::Demo) => DEMO_KEY.to_owned(),
            (None, Purpose::Serve) => {
                return Err(ConfigError(
                    "HANDOFF_SECRET_KEY is missing: set it to the output of `openssl rand -base64 32`, and keep it, \
                     because it encrypts the stored tokens. `handoff admin rotate-key` changes it"
                        .into(),
                ));
            }
        };
        let public_url = public_url(raw.public_url.unwrap_or_else(|| format!("http://{listen}")))?;
        let simulated = format!("http://{simulator_listen}/v26.0");
        let graph_url = raw
            .graph_url
            .unwrap_or_else(|| if purpose == Purpose::Demo { simulated } else { gateway::DEFAULT_BASE.to_owned() });
        web_address("HANDOFF_GRAPH_URL", &graph_url)?;
        let log_format = match raw.log_format.as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => return Err(ConfigError(format!("HANDOFF_LOG_FORMAT must be text or json, not “{other}”"))),
        };
        let data = PathBuf::from(raw.data.unwrap_or_else(|| "data".to_owned()));
        let name = if purpose == Purpose::Demo { "demo.db" } else { "handoff.db" };
        let database_url = raw.database_url.unwrap_or_else(|| format!("sqlite://{}", data.join(name).display()));
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| database_url.starts_with(scheme)) {
            return Err(ConfigError("DATABASE_URL must begin with sqlite: or postgres://".to_owned()));
        }
        let site_root = raw
            .site_root
            .or_else(|| std::env::var("LEPTOS_SITE_ROOT").ok())
            .unwrap_or_else(|| "target/site".to_owned());
        let trusted_proxies = TrustedProxies::parse(raw.trusted_proxies.as_deref().unwrap_or_default())
            .map_err(|error| ConfigError(format!("HANDOFF_TRUSTED_PROXIES: {error}")))?;
        let hsts = match raw.hsts_subdomains.as_deref() {
            None | Some("false") => Hsts::Host,
            Some("true") => Hsts::Subdomains,
            Some(other) => {
                return Err(ConfigError(format!("HANDOFF_HSTS_SUBDOMAINS must be true or false, not “{other}”")));
            }
        };
        // The demo's shop listens on loopback.
        let allowed = raw.fetch_allow.or_else(|| (purpose == Purpose::Demo).then(|| "127.0.0.0/8".to_owned()));
        let fetch_allow = list("HANDOFF_FETCH_ALLOW", "networks like 10.1.0.0/16", allowed.as_deref())?;
        let demo_model =
            demo_model(raw.demo_model, raw.demo_model_provider, raw.demo_model_address, raw.demo_model_key)?;
        Ok(Self {
            demo_model,
            s3,
            trusted_proxies,
            hsts,
            fetch_allow,
            database_url,
            listen,
            public_url,
            secret_key: Secret::new(secret_key),
            graph_url,
            simulator_listen,
            log_format,
            data,
            site_root: site_root.into(),
        })
    }
}

/// Validates the public URL and normalises it as browsers do. Plain HTTP is accepted on loopback only: elsewhere
/// passwords and sessions could be read in transit.
fn public_url(value: String) -> Result<String, ConfigError> {
    web_address("HANDOFF_PUBLIC_URL", &value)?;
    let url = url::Url::parse(&value).map_err(|error| ConfigError(format!("HANDOFF_PUBLIC_URL: {error}")))?;
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !is_here {
        return Err(ConfigError(format!(
            "HANDOFF_PUBLIC_URL must begin with https://, not “{value}”, because passwords are sent over it. Put a \
             proxy with TLS in front; plain http:// is for 127.0.0.1 and localhost only"
        )));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether a variable's name, without the prefix, is one of our settings.
fn is_setting(name: &str) -> bool {
    serde_json::from_value::<Raw>(serde_json::json!({ name.to_lowercase(): null })).is_ok()
}

/// The demo's model. `HANDOFF_DEMO_MODEL` names it; an address, a key or both must say how to reach it.
fn demo_model(
    model: Option<String>,
    provider: Option<String>,
    address: Option<String>,
    key: Option<String>,
) -> Result<Option<DemoModel>, ConfigError> {
    let Some(model) = model else {
        return match address.or(key) {
            Some(_) => Err(ConfigError(
                "HANDOFF_DEMO_MODEL is missing: set it to the name of the model that HANDOFF_DEMO_MODEL_ADDRESS serves"
                    .into(),
            )),
            None => Ok(None),
        };
    };
    let provider = match provider.as_deref() {
        None | Some("openai") => Provider::OpenAi,
        Some("anthropic") => Provider::Anthropic,
        Some(other) => {
            return Err(ConfigError(format!("HANDOFF_DEMO_MODEL_PROVIDER must be openai or anthropic, not “{other}”")));
        }
    };
    if let Some(address) = &address {
        web_address("HANDOFF_DEMO_MODEL_ADDRESS", address)?;
    }
    let key = Secret::new(key.unwrap_or_default());
    Ok(Some(DemoModel { provider, address: address.unwrap_or_default(), key, model }))
}

/// Parses comma-separated values.
fn list<T: std::str::FromStr>(name: &str, what: &str, value: Option<&str>) -> Result<Vec<T>, ConfigError> {
    let each = value.unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty());
    each.map(|one| one.parse().map_err(|_| ConfigError(format!("{name} must be a list of {what}, not “{one}”"))))
        .collect()
}

fn address(name: &str, value: &str) -> Result<std::net::SocketAddr, ConfigError> {
    value
        .parse()
        .map_err(|_| ConfigError(format!("{name} must be an address and a port like 127.0.0.1:3000, not “{value}”")))
}

fn web_address(name: &str, value: &str) -> Result<(), ConfigError> {
    match url::Url::parse(value) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(ConfigError(format!("{name} must be a web address like https://desk.example.com, not “{value}”"))),
    }
}

#[cfg(test)]
mod tests;
