//! A server's life: it binds, says where it is, serves until it is told to stop, and leaves in
//! an orderly way.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use stoa_services::Environment;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::failure::Failure;
use crate::http::{self, Shared};
use crate::start::{Stoa, open_store};
use crate::{telemetry, tls};

/// What sockets that were sent away get to close in an orderly way.
const FAREWELL: Duration = Duration::from_secs(5);

/// `stoa serve`: runs until SIGTERM or SIGINT.
///
/// # Errors
/// One line that says why it can't start.
pub async fn serve(config: Config) -> Result<(), Failure> {
    let mut ends = Ends::listen()?;
    // Each client is a file to the system, and the usual limit is a thousand.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays");
    }
    let metrics = telemetry::metrics()?;
    let stop = CancellationToken::new();
    // First, so that a second start on the same address touches nothing.
    let listener = http::bind(&config.listen, "listen").await?;
    let metrics_listener = match &config.metrics.listen {
        Some(listen) => Some(http::bind(listen, "metrics.listen").await?),
        None => None,
    };
    let acceptor = tls::acceptor(&config.tls, stop.clone())?;
    let store = tokio::select! {
        store = open_store(&config) => store?,
        () = ends.next() => return Ok(()),
    };
    tracing::info!(database = store.kind(), version = env!("CARGO_PKG_VERSION"), "starting");
    let (address, drain) = (config.address(), Duration::from_secs(config.drain.into()));
    let program = std::env::current_exe().map_err(|error| Failure::new(format!("can't find this program itself: {error}")))?;
    let stoa = Stoa::start(config, store, Environment::system(), Some(metrics.clone()), program).await?;
    let shared = stoa.shared;

    let tasks = TaskTracker::new();
    tasks.spawn(Arc::clone(&shared.pulses).keep(stop.clone()));
    tasks.spawn(keep_metrics(metrics, stop.clone()));
    if let Some(listener) = metrics_listener {
        tasks.spawn(http::serve(listener, None, http::metrics(&shared), stop.clone()));
    }
    let accepting = stop.child_token();
    let serving = tokio::spawn(http::serve(listener, acceptor, stoa.router, accepting.clone()));
    announce(&shared, &address);

    ends.next().await;
    tracing::info!("stopping");
    accepting.cancel();
    let orderly = async {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the listener ended badly");
        }
        shared.services.stop(drain).await;
        shared.sockets.close();
        drop(tokio::time::timeout(FAREWELL, shared.sockets.wait()).await);
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    };
    tokio::select! {
        () = orderly => tracing::info!("stopped"),
        () = ends.next() => tracing::warn!("told twice: stopped at once"),
    }
    Ok(())
}

/// Where it is, and once how to begin; for a person, so not in the log.
fn announce(shared: &Shared, address: &str) {
    let mut text = format!("Stoa is at {address}\n");
    if let Some(token) = shared.services.auth.setup_link_token() {
        text.push_str(&format!("Create the first administrator: {address}/setup#token={token}\n"));
    }
    // Nobody reading it is no reason to stop.
    let mut out = std::io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Histograms are kept small between two readings.
async fn keep_metrics(metrics: metrics_exporter_prometheus::PrometheusHandle, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(5))).await.is_some() {
        metrics.run_upkeep();
    }
}

/// The signals that end a server.
struct Ends {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Ends {
    fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::new(format!("signals can't be received: {error}")));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
