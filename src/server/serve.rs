//! Serves a server that was built, until it is asked to stop.

use std::{future::Future, net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    clock::{Clock, Entropy},
    config::Config,
    connections::{self, ConnectionLimits},
    gateway,
    router::{leptos_options, router},
    services::{Services, StartError},
};
use crate::domain::time::Span;

/// How long requests in progress may delay the end. A peer that never reads its response would delay it for ever, and
/// Docker ends a process after ten seconds, without its last checkpoint.
const SHUTDOWN_LIMIT: Span = Span::seconds(8);

/// The error that ends a command, printed in one line.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Builds the server of a configuration and serves it until the process is asked to end.
pub async fn serve(config: Config) -> Result<(), BoxError> {
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
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BoxError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("couldn't listen on {address}: {error}. Is another Handoff running?").into())
}

/// Serves until `until` completes. Then streams and workers are stopped, and requests in progress are finished, which
/// may take eight seconds.
pub async fn serve_on(
    mut services: Services,
    config: &Config,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let limits = ConnectionLimits::for_files(raised_file_limit());
    services.streams_per_tenant = limits.streams_per_tenant();
    let service = router(&services, leptos_options(&config.site_root, config.listen));
    let trusted = Arc::from(services.trusted_proxies.clone());
    let mut workers = services.start().await?;
    let stop = services.stop.clone();
    let asked = stop.clone();
    let clock = services.clock.clone();
    let serving = connections::serve(listener, service, limits, trusted, async move {
        tokio::select! {
            () = until => asked.cancel(),
            () = asked.cancelled() => {}
        }
    });
    let ((), worked) = tokio::join!(
        async {
            tokio::select! {
                () = serving => {}
                () = shutdown_limit(&clock, &stop) => tracing::warn!("server: requests in progress were cut off"),
            }
            stop.cancel();
        },
        watch(&mut workers, &stop)
    );
    if let Err(error) = services.node.leave().await {
        tracing::warn!(%error, "node: presence not ended, it expires");
    }
    services.db.close().await;
    worked.map_err(Into::into)
}

/// Completes a while after the server was asked to stop.
async fn shutdown_limit(clock: &Clock, stop: &CancellationToken) {
    stop.cancelled().await;
    clock.sleep(SHUTDOWN_LIMIT).await;
}

/// Raises the number of files that the process may open to the most that the system allows, and returns it. Each
/// connection is one, and many systems begin with 1,024.
fn raised_file_limit() -> u64 {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => {
            tracing::info!(files, "server: file limit raised");
            files
        }
        Err(error) => {
            tracing::warn!(%error, "server: file limit not raised");
            1_024
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::time::Timestamp, server::clock::ManualClock};

    #[tokio::test]
    async fn a_request_that_never_ends_delays_the_end_for_seconds_only() {
        let by_hand = ManualClock::at(Timestamp(1_000_000));
        let (clock, stop) = (Clock::manual(by_hand.clone()), CancellationToken::new());
        let mut end = Box::pin(shutdown_limit(&clock, &stop));
        assert!(futures::poll!(&mut end).is_pending());
        by_hand.advance(Span::hours(1));
        assert!(futures::poll!(&mut end).is_pending(), "nobody asked it to stop");
        stop.cancel();
        assert!(futures::poll!(&mut end).is_pending());
        by_hand.advance(SHUTDOWN_LIMIT);
        end.await;
    }

    #[tokio::test]
    async fn a_worker_that_ends_unasked_ends_the_server_and_one_that_was_asked_does_not() {
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
}
