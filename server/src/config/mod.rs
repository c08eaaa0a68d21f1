//! This server's own settings: defaults, under `stoa.toml`, under the environment, under the
//! command line. What is unknown or wrong stops the start with the key and where it stands.

mod database;
mod error;
mod files;
mod limits;
mod log;
mod metrics;
mod proxy;
mod s3;
mod server;
mod show;
mod source;
mod tls;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use database::{Database, masked};
pub use error::ConfigError;
pub use files::Files;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use metrics::Metrics;
pub use proxy::{Network, Proxy};
pub use s3::S3;
pub use server::{Listen, PublicUrl, Service};
pub use tls::Tls;

/// The file that is read when the command line names none; it need not exist.
pub const DEFAULT_FILE: &str = "stoa.toml";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens.
    pub listen: Listen,
    /// How browsers reach it, when that isn't where it listens.
    pub public_url: Option<PublicUrl>,
    /// The folder of the database and the files.
    pub data: PathBuf,
    /// The services that this server runs.
    #[serde(deserialize_with = "server::list")]
    pub services: Vec<Service>,
    /// Seconds over which clients are sent away when the server stops.
    pub drain: u32,
    pub tls: Tls,
    pub database: Database,
    /// The compliance archive, where it has a database of its own.
    pub archive: Database,
    pub files: Files,
    pub s3: S3,
    pub log: Log,
    pub metrics: Metrics,
    pub limits: Limits,
    pub proxy: Proxy,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: Listen::default(),
            public_url: None,
            data: "data".into(),
            services: Service::ALL.to_vec(),
            drain: 5,
            tls: Tls::default(),
            database: Database::default(),
            archive: Database::default(),
            files: Files::default(),
            s3: S3::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            limits: Limits::default(),
            proxy: Proxy::default(),
        }
    }
}

/// What the command line says about settings.
#[derive(Debug, Clone, Default, Serialize, clap::Args)]
pub struct Overrides {
    /// Where this server's settings are; `stoa.toml` where it exists.
    #[arg(long, value_name = "FILE", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// The folder of the database and the files; `data` unless told otherwise.
    #[arg(long, value_name = "DIR", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
}

/// The settings, and where each of them came from.
pub struct Loaded {
    pub config: Config,
    figment: Figment,
    file: Option<PathBuf>,
}

impl Config {
    /// Reads all sources; `extra` is what a command adds to the common part of the command line.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn load(overrides: &Overrides, extra: impl Serialize) -> Result<Loaded, ConfigError> {
        Self::load_with(overrides, extra, std::env::vars_os())
    }

    /// The same with an environment of one's own.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn load_with(overrides: &Overrides, extra: impl Serialize, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Loaded, ConfigError> {
        let file = config_file(overrides.config.as_deref())?;
        let mut figment = Figment::new().merge(source::Defaults);
        if let Some(file) = &file {
            let text = error::read(file)?;
            figment = figment.merge(Toml::string(&text));
        }
        figment = figment
            .merge(source::Environment::new(environment)?)
            .merge(source::CommandLine(Serialized::defaults(overrides)))
            .merge(source::CommandLine(Serialized::defaults(extra)));
        let config: Config = figment.extract().map_err(|error| ConfigError::explain(&error, file.as_deref()))?;
        config
            .tls
            .check()
            .and_then(|()| config.s3.check())
            .and_then(|()| config.check_services())
            .map_err(|(key, why)| ConfigError::at(key, why, &figment, file.as_deref()))?;
        Ok(Loaded { config: config.with_secrets()?, figment, file })
    }

    fn with_secrets(mut self) -> Result<Self, ConfigError> {
        self.database.read_secret("database")?;
        self.archive.read_secret("archive")?;
        self.s3.read_secret()?;
        Ok(self)
    }

    /// A file is written by one process: what isn't this server's own is another's.
    fn check_services(&self) -> Result<(), (&'static str, &'static str)> {
        if self.runs(Service::Compliance) && !self.runs(Service::Channel) && self.database.url.is_none() && self.database.url_file.is_none() {
            return Err((
                "services",
                "compliance without channel is a server beside others, which needs PostgreSQL: SQLite's file belongs to one server, so let that one run it",
            ));
        }
        Ok(())
    }

    /// Whether browsers reach this server over TLS, here or at a proxy before it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().map_or(self.tls.is_on(), PublicUrl::is_secure)
    }

    /// Where files are kept, or staged where they are kept elsewhere.
    #[must_use]
    pub fn files_folder(&self) -> PathBuf {
        self.files.folder.clone().unwrap_or_else(|| self.data.join("files"))
    }

    #[must_use]
    pub fn runs(&self, service: Service) -> bool {
        self.services.contains(&service)
    }

    /// The address that is printed at the start.
    #[must_use]
    pub fn address(&self) -> String {
        let scheme = if self.tls.is_on() { "https" } else { "http" };
        self.public_url.as_ref().map_or_else(|| format!("{scheme}://{}", self.listen.reachable()), ToString::to_string)
    }
}

fn config_file(named: Option<&Path>) -> Result<Option<PathBuf>, ConfigError> {
    let named = named.map(Path::to_path_buf).or_else(|| std::env::var_os("STOA_CONFIG").map(PathBuf::from));
    match named {
        Some(file) => Ok(Some(file)),
        None if Path::new(DEFAULT_FILE).is_file() => Ok(Some(DEFAULT_FILE.into())),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
