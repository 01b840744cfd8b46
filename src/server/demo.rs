//! `handoff demo`: the real server and the simulator in one process, with a sample tenant whose credentials are fixed
//! and printed. It listens on loopback only, because the passwords are public.

mod bot;
mod shop;
mod week;

use std::{path::Path, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{
    channels::NewNumber,
    clock::{Clock, Entropy},
    config::Config,
    gateway,
    secret::Secret,
    serve::{BoxError, bind, page_is_there, serve_on, shutdown_signal},
    services::Services,
    settings::keywords::NewKeyword,
    simulator::{self, AppSecretProof, Simulator, Suggestion},
    store::{Db, channels, tenants},
};
use crate::domain::{access::Role, event::Initiator, ids::TenantId, keyword::Matching};

pub const TENANT: &str = "Acme";
pub const APP: &str = "demo";
pub const APP_SECRET: &str = "demo-app-secret";
pub const VERIFY_TOKEN: &str = "demo-verify-token";
pub const PHONE_NUMBER_ID: &str = "100200300400500";
pub const WABA_ID: &str = "200300400500600";
pub const DISPLAY_PHONE: &str = "+1 555 010 0000";
pub const TOKEN: &str = "demo-access-token";
pub const PASSWORD: &str = "handoff-demo";
pub const KEYWORD: &str = "speak to agent";

/// The users of the sample tenant, Acme.
pub const PEOPLE: [(&str, &str, Role); 4] = [
    ("ana@acme.test", "Ana Costa", Role::Agent),
    ("ben@acme.test", "Ben Weber", Role::Agent),
    ("chloe@acme.test", "Chloé Martin", Role::Agent),
    ("admin@acme.test", "Ada Admin", Role::Admin),
];

/// Serves both until the process is asked to stop.
pub async fn run(config: Config) -> Result<(), BoxError> {
    page_is_there(&config)?;
    let clock = Clock::real();
    prepare(&config, &clock).await?;
    let services = Services::build(&config, clock.clone(), Entropy::real(), gateway::Timeouts::default()).await?;
    services.try_files().await?;
    resume(&services).await?;
    bot::set_up(&services, &config).await?;
    let listener = bind(config.listen)?;
    let stop = CancellationToken::new();
    let simulator = simulator(&config, &clock, Entropy::real())?;
    let phone = bind(config.simulator_listen)?;
    let simulated = tokio::spawn(simulator.serve_beside(phone, shop::routes(), stop.clone()));
    announce(&config);
    let end = stop.clone();
    let served = serve_on(services, &config, listener, async move {
        shutdown_signal().await;
        end.cancel();
    })
    .await;
    stop.cancel();
    simulated.await??;
    served
}

/// Fills the database unless it already has the tenant Acme. A new SQLite file is filled under another name and renamed
/// when complete, so that an interrupted first start is repeated in full at the next.
async fn prepare(config: &Config, clock: &Clock) -> Result<(), BoxError> {
    match Db::file_of(&config.database_url) {
        Some(file) if !file.exists() => {
            let aside = file.with_extension("filling");
            remove(&aside)?;
            let url = format!("sqlite://{}", aside.display());
            fill(&Config { database_url: url, ..config.clone() }, clock).await?;
            std::fs::rename(&aside, &file)?;
            Ok(())
        }
        _ => fill(config, clock).await,
    }
}

/// Removes the files that an interrupted start left behind.
fn remove(database: &Path) -> std::io::Result<()> {
    for beside in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(beside);
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

async fn fill(config: &Config, clock: &Clock) -> Result<(), BoxError> {
    // Acme is created before its first conversation, so that the audit log is in order.
    let services = Services::build(config, week::before(clock), Entropy::real(), gateway::Timeouts::default()).await?;
    let fresh = seed(&services).await?;
    services.db.close().await;
    drop(services);
    if fresh { week::fill(config, clock).await } else { Ok(()) }
}

/// Serves only the simulator, for a server in another process on this machine.
pub async fn simulator_alone(config: &Config) -> Result<(), BoxError> {
    let simulator = simulator(config, &Clock::real(), Entropy::real())?;
    let phone = bind(config.simulator_listen)?;
    println!("The phone: http://{}  (webhooks go to {})", config.simulator_listen, callback(config));
    let stop = CancellationToken::new();
    let end = stop.clone();
    tokio::spawn(async move {
        shutdown_signal().await;
        end.cancel();
    });
    simulator.serve(phone, stop).await?;
    Ok(())
}

fn callback(config: &Config) -> String {
    format!("http://{}/webhooks/whatsapp/{APP}", config.listen)
}

/// What the phone suggests to write: what Acme's flow and its keyword understand.
fn suggestions() -> Vec<Suggestion> {
    let [(shipped, _), ..] = shop::KNOWN;
    let table = [
        ("Where is my order?", "Where is my order?".to_owned()),
        ("An order on its way", shipped.to_owned()),
        ("An order that can't be looked up", shop::BROKEN.to_owned()),
        ("Talk to a person", format!("I would like to {KEYWORD}")),
    ];
    table.into_iter().map(|(label, text)| Suggestion { label: label.to_owned(), text }).collect()
}

fn simulator(config: &Config, clock: &Clock, entropy: Entropy) -> Result<Simulator, simulator::Error> {
    let (now, sleep) = (clock.clone(), clock.clone());
    let simulator = Simulator::new(simulator::SimulatorConfig {
        callback: callback(config),
        app_secret: APP_SECRET.to_owned(),
        phone_number_id: PHONE_NUMBER_ID.to_owned(),
        waba_id: WABA_ID.to_owned(),
        display_phone_number: DISPLAY_PHONE.to_owned(),
        access_token: TOKEN.to_owned(),
        app_secret_proof: AppSecretProof::Required,
        now: Arc::new(move || now.now().0),
        sleep: Arc::new(move |span| {
            sleep.sleep(crate::domain::time::Span(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
        }),
        seed: u64::from_be_bytes(entropy.bytes::<8>()),
    })?;
    simulator.suggest(suggestions());
    Ok(simulator)
}

/// Creates Acme through the same services as a real tenant. Returns `false` if it exists already.
pub async fn seed(services: &Services) -> Result<bool, BoxError> {
    let mut tx = services.db.begin_read().await?;
    let known = tenants::by_name(&mut tx, TENANT).await?;
    drop(tx);
    if known.is_some() {
        return Ok(false);
    }
    let tenant = services.channels.create_tenant(TENANT).await?;
    for (email, name, role) in PEOPLE {
        services.accounts.create(&tenant, email, name, role, PASSWORD.to_owned()).await?;
    }
    connect(services, &tenant).await?;
    // Acme is no new company.
    services.settings.dismiss_setup(&tenant, Initiator::SYSTEM).await?;
    Ok(true)
}

/// Resumes sending after a simulated fault stopped the number, as an operator does with a new token from Meta.
async fn resume(services: &Services) -> Result<(), BoxError> {
    let mut tx = services.db.begin_read().await?;
    let number = channels::by_number_of_any(&mut tx, PHONE_NUMBER_ID).await?;
    drop(tx);
    if number.is_some_and(|number| number.down_code.is_some()) {
        services.channels.resume_number(PHONE_NUMBER_ID, None).await?;
    }
    Ok(())
}

async fn connect(services: &Services, tenant: &TenantId) -> Result<(), BoxError> {
    let app = services.channels.add_app(APP, "Demo app", &Secret::new(APP_SECRET), &Secret::new(VERIFY_TOKEN)).await?;
    let number = NewNumber {
        app,
        phone_number_id: PHONE_NUMBER_ID.to_owned(),
        waba_id: WABA_ID.to_owned(),
        display_phone: DISPLAY_PHONE.to_owned(),
        name: "Acme Store".to_owned(),
        token: Secret::new(TOKEN),
    };
    services.channels.add_number(tenant, number).await?;
    let rules = [
        // For every language, so that the keyword also works for a customer whose language is set to German.
        (KEYWORD, Matching::Contains, None),
        ("falar com atendente", Matching::Contains, Some("pt")),
        ("mitarbeiter", Matching::Contains, Some("de")),
        ("موظف", Matching::Contains, Some("ar")),
        ("human", Matching::Close, None),
    ];
    for (phrase, matching, language) in rules {
        let rule =
            NewKeyword { phrase: phrase.to_owned(), matching, language: language.map(str::to_owned), channel: None };
        services.settings.keyword_add(tenant, Initiator::SYSTEM, rule).await?;
    }
    Ok(())
}

fn announce(config: &Config) {
    println!();
    println!("  Desk     {}", config.public_url);
    println!("  Phone    http://{}", config.simulator_listen);
    println!();
    println!("  Sign in as {} with the password {PASSWORD}", PEOPLE.map(|(email, _, _)| email).join(", "));
    println!(
        "  Write anything on the phone and the bot asks for an order number: 10042 is on its way, 10050 can't be looked"
    );
    println!("  up and goes to an agent. “{KEYWORD}” requests an agent right away.");
    println!();
    println!(
        "  Webhook  {}  (app {APP}, secret {APP_SECRET}, verify token {VERIFY_TOKEN}, number {PHONE_NUMBER_ID})",
        callback(config)
    );
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{
        config::{Hsts, LogFormat},
        proxies::TrustedProxies,
    };

    fn config(folder: &Path) -> Config {
        let listen = "127.0.0.1:0".parse().expect("an address");
        Config {
            database_url: format!("sqlite://{}", folder.join("demo.db").display()),
            listen,
            public_url: "http://127.0.0.1".to_owned(),
            secret_key: Secret::new("a secret key for tests"),
            graph_url: "http://127.0.0.1/v26.0".to_owned(),
            simulator_listen: listen,
            log_format: LogFormat::Text,
            data: folder.to_owned(),
            site_root: folder.to_owned(),
            trusted_proxies: TrustedProxies::default(),
            fetch_allow: Vec::new(),
            demo_model: None,
            s3: None,
            hsts: Hsts::Host,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_start_lets_a_number_that_was_stopped_send_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::real();
        let services =
            Services::build(&config(folder.path()), clock.clone(), Entropy::real(), gateway::Timeouts::default())
                .await
                .expect("services");
        seed(&services).await.expect("seeds");
        let mut tx = services.db.begin_write().await.expect("a transaction");
        let number = channels::by_number_of_any(&mut tx, PHONE_NUMBER_ID).await.expect("reads").expect("the number");
        let stopped = channels::set_down(&mut tx, &number.tenant_id, &number.id, Some((190, clock.now()))).await;
        assert!(stopped.expect("stops"));
        tx.commit().await.expect("commits");

        resume(&services).await.expect("resumes");

        let mut tx = services.db.begin_read().await.expect("a view");
        let number = channels::by_number_of_any(&mut tx, PHONE_NUMBER_ID).await.expect("reads").expect("the number");
        assert_eq!(number.down_code, None);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_first_start_that_was_interrupted_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(folder.path());
        for left in ["demo.filling", "demo.filling-wal"] {
            std::fs::write(folder.path().join(left), "half of a week").expect("writes");
        }
        prepare(&config, &Clock::real()).await.expect("fills");
        let files: Vec<_> = std::fs::read_dir(folder.path())
            .expect("reads")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with("demo."))
            .collect();
        assert!(!files.iter().any(|name| name.contains("filling") || name.ends_with("-wal")), "{files:?}");
        let db = Db::open(&config.database_url).await.expect("opens");
        let mut tx = db.begin_read().await.expect("a view");
        assert!(tenants::by_name(&mut tx, TENANT).await.expect("reads").is_some());
        assert!(
            tenants::heads(&mut tx).await.expect("reads").iter().any(|(_, head)| head.0 > 100),
            "a week of entries"
        );
    }
}
