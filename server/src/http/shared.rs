//! What every request can reach.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use stoa_services::{Environment, Services};
use tokio_util::task::TaskTracker;

use super::Origins;
use super::socket::Pulses;
use crate::config::Config;

pub struct Shared {
    pub config: Config,
    pub services: Arc<Services>,
    pub environment: Environment,
    pub origins: Origins,
    pub pulses: Arc<Pulses>,
    /// The tasks of sockets, to be waited for at the end.
    pub sockets: TaskTracker,
    /// None where another server of the same process collects (in tests).
    pub metrics: Option<PrometheusHandle>,
}

impl Shared {
    #[must_use]
    pub fn new(config: Config, services: Arc<Services>, environment: Environment, metrics: Option<PrometheusHandle>) -> Arc<Self> {
        let origins = Origins::new(config.public_url.as_ref(), config.is_secure());
        Arc::new(Self { config, services, environment, origins, pulses: Arc::default(), sockets: TaskTracker::new(), metrics })
    }
}
