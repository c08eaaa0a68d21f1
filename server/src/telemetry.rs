//! Log and metrics: set up once, at the start.

use std::io::IsTerminal;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};
use crate::failure::Failure;

/// The log goes to standard error; standard output is for what the operator asked for.
pub fn log(log: &Log) {
    // It was tried when the settings were read.
    let filter = EnvFilter::try_new(&log.level).unwrap_or_default();
    // A cookie of a session that has run out is nothing suspicious, whatever that library thinks.
    let quiet = ["tower_sessions=error", "tower_sessions_core=error"].into_iter().filter_map(|directive| directive.parse().ok());
    let filter = quiet.fold(filter, EnvFilter::add_directive);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let set = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    // In tests several servers live in one process; the first one's log serves all.
    drop(set);
}

/// From half a millisecond, since a commit is about that, to where somebody gives up.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Collects what the code counts.
///
/// # Errors
/// When the process collects already.
pub fn metrics() -> Result<PrometheusHandle, Failure> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| Failure::new(format!("metrics can't be collected: {error}")))
}
