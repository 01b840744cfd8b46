//! Serves a server that was built, until it is asked to stop.

use std::{future::Future, net::SocketAddr};

use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinSet,
};
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

/// The error that ends a command, printed in one line.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long requests, streams and workers have to end after a stop. What is interrupted is found by its lease.
pub const STOP_TIME: Span = Span::seconds(7);
/// How long leaving and closing the database may take after that.
const CLOSE_TIME: Span = Span::seconds(2);
/// When the process ends after a signal, whatever runs: a little later than the two together.
const LAST_MOMENT: Span = Span::seconds(10);

/// Connections that may wait until they are accepted. Linux drops what comes beyond, and the other side tries again after a
/// second; `TcpListener::bind` has 128, which the pages of a team fill when they reconnect at once.
const ACCEPT_QUEUE: u32 = 4_096;

/// Builds the server of a configuration and serves it until the process is asked to end.
pub async fn serve(config: Config) -> Result<(), BoxError> {
    page_is_there(&config)?;
    let services = Services::build(&config, Clock::real(), Entropy::real(), gateway::Timeouts::default()).await?;
    services.try_files().await?;
    let listener = bind(config.listen)?;
    println!("Handoff is listening on http://{}, public address {}", config.listen, config.public_url);
    serve_on(services, &config, listener, shutdown_signal()).await
}

/// Checks that the page was built. Without its code, browsers would show lists that never update, without an error.
pub fn page_is_there(config: &Config) -> Result<(), StartError> {
    let code = config.site_root.join("pkg/handoff.js");
    if code.is_file() { Ok(()) } else { Err(StartError::NoPage(config.site_root.display().to_string())) }
}

/// Binds an address. The error names the address in one line.
pub fn bind(address: SocketAddr) -> Result<TcpListener, BoxError> {
    listen(address)
        .map_err(|error| format!("couldn't listen on {address}: {error}. Is another Handoff running?").into())
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that was just stopped has connections on this port for a minute.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_QUEUE)
}

/// Serves until `until` completes. Then streams and workers are stopped, and requests in progress are finished, which
/// may take seven seconds.
pub async fn serve_on(
    mut services: Services,
    config: &Config,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let limits = ConnectionLimits::for_files(raised_file_limit());
    services.streams_per_tenant = limits.streams_per_tenant();
    let service = router(&services, leptos_options(&config.site_root, config.listen));
    let trusted = services.trusted_proxies.clone();
    let mut workers = services.start().await?;
    let stop = services.stop.clone();
    let asked = stop.clone();
    let serving = connections::serve(listener, service, limits, trusted, services.clock.clone(), async move {
        tokio::select! {
            () = until => asked.cancel(),
            () = asked.cancelled() => {}
        }
    });
    let running = async {
        let served = async {
            serving.await;
            stop.cancel();
        };
        tokio::join!(served, watch(&mut workers, &stop)).1
    };
    let worked = within(STOP_TIME, running, &services.clock, &stop).await.unwrap_or_else(|| {
        tracing::warn!("server: requests or workers did not end in time; their work is found at the next start");
        Ok(())
    });
    workers.abort_all();
    let closing = async {
        if let Err(error) = services.node.leave().await {
            tracing::warn!(%error, "node: presence not ended, it expires");
        }
        services.db.close().await;
    };
    if within(CLOSE_TIME, closing, &services.clock, &stop).await.is_none() {
        tracing::warn!("server: database not closed in time");
    }
    worked.map_err(Into::into)
}

/// What `work` results in; `None` if it has not ended `span` after the stop.
async fn within<T>(span: Span, work: impl Future<Output = T>, clock: &Clock, stop: &CancellationToken) -> Option<T> {
    tokio::select! {
        result = work => Some(result),
        () = async {
            stop.cancelled().await;
            clock.sleep(span).await;
        } => None,
    }
}

/// Ends the process soon after a signal, even if work that never yields occupies every thread of the server. Therefore
/// it runs on a thread and a runtime of its own.
pub fn end_after_signal() {
    let waits = || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            shutdown_signal().await;
            Clock::real().sleep(LAST_MOMENT).await;
        });
        eprintln!("handoff: the server did not end in time and is ended; its work is found at the next start");
        std::process::exit(1);
    };
    if let Err(error) = std::thread::Builder::new().name("stop".to_owned()).spawn(waits) {
        tracing::error!(%error, "server: watchdog for the stop not started");
    }
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
    use std::{future::pending, pin::pin};

    use tokio::net::TcpStream;

    use super::{super::clock::ManualClock, *};
    use crate::domain::time::Timestamp;

    #[tokio::test]
    async fn hundreds_may_connect_before_the_first_is_accepted() {
        // given a server that accepts nothing yet
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let address = listener.local_addr().expect("bound");
        // when more connect than the 128 that wait by default
        let mut connections = Vec::new();
        for _ in 0..300 {
            connections.push(TcpStream::connect(address).await.expect("connects"));
        }
        // then all of them are accepted
        for connection in &connections {
            let (_, peer) = listener.accept().await.expect("waits");
            assert_eq!(Some(peer), connection.local_addr().ok());
        }
    }

    #[tokio::test]
    async fn what_does_not_end_after_a_stop_is_left_in_time() {
        // given work that never ends
        let manual_clock = ManualClock::at(Timestamp(0));
        let (clock, stop) = (Clock::manual(manual_clock.clone()), CancellationToken::new());
        let mut served = pin!(within(STOP_TIME, pending::<()>(), &clock, &stop));
        manual_clock.advance(Span::hours(1));
        assert!(futures::poll!(&mut served).is_pending(), "it goes on until the stop");
        // when the server is asked to stop
        stop.cancel();
        assert!(futures::poll!(&mut served).is_pending(), "it has a while to end");
        manual_clock.advance(STOP_TIME);
        // then the server ends without it, and before the last moment
        assert_eq!(served.await, None);
        const { assert!(STOP_TIME.0 + CLOSE_TIME.0 < LAST_MOMENT.0) };
        assert_eq!(within(STOP_TIME, async { 1 }, &clock, &stop).await, Some(1), "what ends counts");
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
