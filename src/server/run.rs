//! The composition root: reads the configuration, builds the services, starts and stops them.

use std::{future::Future, net::SocketAddr, process::ExitCode};

use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::{
    admin,
    cli::{Cli, Command},
    clock::{Clock, Entropy},
    config::{Config, LogFormat, Purpose},
    demo, gateway,
    router::{leptos_options, router},
    services::{Services, StartError},
};

/// The error that ends a command, printed in one line.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs a command to its end. Exit code 2: the configuration or the command line is wrong; 1: something else failed.
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
            eprintln!("handoff: couldn't start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(carry_out(cli.command, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("handoff: {error}");
            match error.downcast_ref::<StartError>() {
                Some(start) if start.is_configuration() => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn carry_out(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Serve => serve(config).await,
        Command::Demo => demo::run(config).await,
        Command::Simulator => demo::simulator_alone(&config).await,
        Command::Migrate => {
            Services::build(&config, Clock::real(), Entropy::real(), gateway::Timeouts::default()).await?;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Admin(command) => admin::run(command, &config).await,
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    page_is_there(&config)?;
    let services = Services::build(&config, Clock::real(), Entropy::real(), gateway::Timeouts::default()).await?;
    let listener = bind(config.listen).await?;
    println!("Handoff is listening on http://{}, public address {}", config.listen, config.public_url);
    serve_on(services, &config, listener, shutdown_signal()).await
}

/// Checks that the page was built. Without its code, browsers would show lists that never update, without an error.
pub fn page_is_there(config: &Config) -> Result<(), StartError> {
    let code = config.site_root.join("pkg/handoff.js");
    if code.is_file() { Ok(()) } else { Err(StartError::NoPage(config.site_root.display().to_string())) }
}

/// Binds an address. The error names the address in one line.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("couldn't listen on {address}: {error}. Is another Handoff running?").into())
}

/// Serves until `until` completes. Then streams and workers are stopped, and requests in progress are finished.
pub async fn serve_on(
    mut services: Services,
    config: &Config,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let service = router(&services, leptos_options(&config.site_root, config.listen));
    let mut workers = services.start().await?;
    let stop = services.stop.clone();
    let asked = stop.clone();
    let serving = axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            tokio::select! {
                () = until => asked.cancel(),
                () = asked.cancelled() => {}
            }
        });
    let (served, worked) = tokio::join!(
        async {
            let served = serving.await;
            stop.cancel();
            served
        },
        watch(&mut workers, &stop)
    );
    if let Err(error) = services.node.leave().await {
        tracing::warn!(%error, "node: presence not ended, it expires");
    }
    services.db.close().await;
    served?;
    worked.map_err(Into::into)
}

/// A worker ended by itself. The server then stops, so that its supervisor restarts it: without the worker it would
/// look healthy and do only part of its work.
#[derive(Debug, thiserror::Error)]
#[error("a worker stopped unexpectedly; see the log")]
struct WorkerGone;

/// Waits until every worker has ended. If one ends without being asked to, the others are stopped as well.
async fn watch(workers: &mut JoinSet<()>, stop: &CancellationToken) -> Result<(), WorkerGone> {
    let mut worked = Ok(());
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = &ended {
            tracing::error!(%error, "worker: panicked");
        }
        if ended.is_err() || !stop.is_cancelled() {
            worked = Err(WorkerGone);
            stop.cancel();
        }
    }
    worked
}

/// Completes on Ctrl-C or when the system asks the process to end (SIGTERM).
pub async fn shutdown_signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "server: Ctrl-C handler failed");
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
                tracing::error!(%error, "server: SIGTERM handler failed");
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

/// The log filter: `chosen` in the syntax of `RUST_LOG`, or the default. `genai` is always off, because it logs the
/// model's answers in full; our own log of a failed turn contains no text.
pub fn log_filter(chosen: Option<&str>) -> EnvFilter {
    let filter = EnvFilter::new(chosen.unwrap_or("info,tower_http=warn,sqlx=warn"));
    match "genai=off".parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    }
}

fn start_logging(format: LogFormat) {
    let chosen = std::env::var("RUST_LOG").ok().filter(|chosen| !chosen.is_empty());
    let builder = tracing_subscriber::fmt().with_env_filter(log_filter(chosen.as_deref())).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = started {
        eprintln!("handoff: couldn't start logging: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unexpected_worker_end_stops_the_server() {
        let stop = CancellationToken::new();
        let mut workers = JoinSet::new();
        let ends = stop.clone();
        workers.spawn(async move { ends.cancelled().await });
        workers.spawn(async { panic!("broken") });
        watch(&mut workers, &stop).await.expect_err("one broke");
        assert!(stop.is_cancelled() && workers.is_empty(), "the other was asked to end");

        let asked = CancellationToken::new();
        let ends = asked.clone();
        workers.spawn(async move { ends.cancelled().await });
        asked.cancel();
        watch(&mut workers, &asked).await.expect("as it was told");
    }

    #[test]
    fn model_texts_are_never_logged() {
        for chosen in [None, Some("trace"), Some("debug,genai=trace"), Some("genai=debug")] {
            let filter = log_filter(chosen).to_string();
            assert!(filter.contains("genai=off") && !filter.contains("genai=trace"), "{filter}");
        }
    }
}
