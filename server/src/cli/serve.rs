//! `stoa serve`.

use serde::Serialize;

use crate::config::{Config, Listen, Overrides};
use crate::failure::Failure;
use crate::telemetry;

#[derive(Debug, clap::Args, Serialize)]
pub struct Serve {
    /// Where to listen; `127.0.0.1:8080` unless told otherwise.
    #[arg(long, value_name = "ADDR:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<Listen>,
    /// The services to run, with commas between them; all unless told otherwise.
    #[arg(long, value_name = "LIST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    services: Option<String>,
}

impl Serve {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = Config::load(overrides, self)?.config;
        telemetry::log(&config.log);
        super::block_on(crate::lifecycle::serve(config))
    }
}
