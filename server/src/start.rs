//! Composition: settings to store, services and router.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use stoa_files::Blobs;
use stoa_previews::{Cache, Maker};
use stoa_services::compliance::ArchiveAt;
use stoa_services::{Environment, Options, Services};
use stoa_store::{Store, StoreError};

use crate::config::{Config, Service};
use crate::failure::Failure;
use crate::http::{self, Shared};
use crate::pages::{self, Pages};

/// How long a database that is away at the start is waited for: servers and their database often
/// start together.
const WAIT_FOR_DATABASE: Duration = Duration::from_secs(10);

/// Opens the database that the settings name.
///
/// # Errors
/// One line that says what to do.
pub async fn open_store(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    let Some(url) = &config.database.url else {
        return stoa_sqlite::open(&config.data).await.map_err(Failure::from);
    };
    let began = Instant::now();
    loop {
        match stoa_postgres::connect(url, config.database.connections.max(2)).await {
            Ok(store) => return Ok(store),
            Err(StoreError::Unavailable(error)) if began.elapsed() < WAIT_FOR_DATABASE => {
                tracing::warn!(%error, "the database doesn't answer yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(StoreError::Unavailable(error)) => {
                let url = crate::config::masked(url);
                return Err(Failure::new(format!(
                    "the database {url} doesn't answer, for {} seconds now: start it, or correct database.url ({error})",
                    WAIT_FOR_DATABASE.as_secs()
                )));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The compliance archive that the settings name: a file or a schema beside the chat's, or a database of its own.
#[must_use]
pub fn archive_at(config: &Config) -> ArchiveAt {
    let own = config.archive.url.as_ref().map(|url| (url.clone(), config.archive.connections));
    let database = own.or_else(|| config.database.url.as_ref().map(|url| (url.clone(), config.archive.connections.min(config.database.connections))));
    let folder = config.data.clone();
    ArchiveAt::new(move || {
        let (database, folder) = (database.clone(), folder.clone());
        async move {
            match database {
                Some((url, connections)) => stoa_postgres::connect_archive(&url, connections.max(2)).await,
                None => stoa_sqlite::open_archive(&folder).await,
            }
        }
    })
}

/// One that can't be used is told at the start; one that is away is waited for beside everything else.
async fn open_archive(config: &Config) -> Result<Option<ArchiveAt>, Failure> {
    if !config.runs(Service::Compliance) && !config.runs(Service::Administration) {
        return Ok(None);
    }
    let at = archive_at(config);
    match at.get().await {
        Err(StoreError::Unavailable(error)) => tracing::warn!(%error, "the compliance archive can't be reached; what happens waits for it"),
        Err(StoreError::Unusable(why)) if config.archive.url.is_some() => return Err(Failure::new(why.replace("database.url", "archive.url"))),
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    Ok(Some(at))
}

/// Opens the store of files that the settings name.
///
/// # Errors
/// One line that says what to do.
pub fn open_files(config: &Config) -> Result<Arc<Blobs>, Failure> {
    let folder = config.files_folder();
    let blobs = match config.s3.store() {
        Some(s3) => {
            let store = s3.open().map_err(|error| Failure::new(format!("the store of files can't be used (s3): {error}")))?;
            Blobs::elsewhere(store, &folder.join("staging"))
        }
        None => Blobs::folder(&folder),
    };
    let unusable = |error| Failure::new(format!("can't write the folder of files {} (files.folder): {error}", folder.display()));
    blobs.map(Arc::new).map_err(unusable)
}

/// What all previews on this server may take, in bytes.
const PREVIEWS: u64 = 2 * 1024 * 1024 * 1024;
/// Images that are decoded at once: each takes a processor, and up to a gigabyte and a half.
const DECODED_AT_ONCE: usize = 2;

/// Previews are this server's own, wherever the files are.
fn open_previews(config: &Config, program: PathBuf) -> Result<Arc<Cache>, Failure> {
    let folder = config.data.join("previews");
    let maker = Maker::new(program, vec!["preview".into()], DECODED_AT_ONCE);
    let unusable = |error| Failure::new(format!("can't write the folder of previews {}: {error}", folder.display()));
    Cache::new(folder.clone(), maker, PREVIEWS).map(Arc::new).map_err(unusable)
}

/// One running Stoa without its listeners: what tests use too.
pub struct Stoa {
    pub shared: Arc<Shared>,
    pub router: Router,
}

impl Stoa {
    /// Starts the services and puts the router together. `program` is this one: parts of it run in processes of their own.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn start(
        config: Config,
        store: Arc<dyn Store>,
        environment: Environment,
        metrics: Option<PrometheusHandle>,
        program: PathBuf,
    ) -> Result<Self, Failure> {
        let files = if config.runs(Service::Web) { Some(open_files(&config)?) } else { None };
        let previews = files.is_some().then(|| open_previews(&config, program)).transpose()?;
        let scanner = config.files.scanner().filter(|_| files.is_some());
        let (archive, archiving) = (open_archive(&config).await?, config.runs(Service::Compliance));
        let options = Options { connection_limit: config.limits.connections, files, previews, scanner, archive, archiving };
        let services = Services::start(Arc::clone(&store), environment.clone(), options).await?;
        let shared = Shared::new(config, services, environment, metrics);
        let (api, document) = http::api(&shared);
        let pages = Pages::new(&shared, api.clone());
        let router = http::outer(&shared, store, pages.routes(api), http::documents(document).merge(pages::built()));
        Ok(Self { shared, router })
    }
}
