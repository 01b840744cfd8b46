//! The composition root: reads the configuration, builds the house, starts and stops it.

use std::{future::Future, net::SocketAddr, process::ExitCode};

use tokio::{net::TcpListener, task::JoinSet};
use tracing_subscriber::EnvFilter;

use super::{
    admin,
    cli::{Cli, Command},
    clock::{Clock, Entropy},
    config::{Config, LogFormat, Purpose},
    demo, gateway,
    house::House,
    router::{leptos_options, router},
};

/// What ends a command, in one line.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs a command to its end. 2: the configuration or the command line is wrong; 1: something else failed.
pub fn run(cli: Cli) -> ExitCode {
    let purpose = match cli.command {
        Command::Demo | Command::Simulator => Purpose::Demo,
        Command::Serve | Command::Migrate | Command::Admin(_) => Purpose::Serve,
    };
    let config = match Config::load(purpose) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("handoff: {error}");
            return ExitCode::from(2);
        }
    };
    start_logging(config.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("handoff: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(carry_out(cli.command, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("handoff: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Serve => serve(config).await,
        Command::Demo => demo::run(config).await,
        Command::Simulator => demo::simulator_alone(&config).await,
        Command::Migrate => {
            House::build(&config, Clock::real(), Entropy::real(), gateway::Patience::default()).await?;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Admin(command) => admin::run(command, &config).await,
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    let house = House::build(&config, Clock::real(), Entropy::real(), gateway::Patience::default()).await?;
    let listener = bind(config.listen).await?;
    println!("Handoff listens on http://{} and is reached at {}", config.listen, config.public_url);
    serve_on(house, &config, listener, asked_to_stop()).await
}

/// Binds an address, or says in one line why not.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}. Is another Handoff running?").into())
}

/// Serves a house until `until` ends; then streams and workers end, and what is in flight is finished.
pub async fn serve_on(
    mut house: House,
    config: &Config,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let service = router(&house, leptos_options(&config.site_root, config.listen));
    let workers = house.start();
    let stop = house.stop.clone();
    let served = axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            until.await;
            stop.cancel();
        })
        .await;
    house.stop.cancel();
    finish(workers).await;
    house.db.close().await;
    served.map_err(Into::into)
}

async fn finish(mut workers: JoinSet<()>) {
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a worker broke");
        }
    }
}

/// Ends when the operator presses Ctrl-C or the system asks.
pub async fn asked_to_stop() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "SIGTERM cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

fn start_logging(format: LogFormat) {
    // genai logs what a model's server answers, word for word; the turn says what broke, without the words.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,tower_http=warn,sqlx=warn,genai=off"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = started {
        eprintln!("handoff: logging cannot start: {error}");
    }
}
