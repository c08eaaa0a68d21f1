//! A store elsewhere that speaks S3.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use crate::error::Result;

/// Where the store is, and what it is told who asks.
#[derive(Debug, Clone, Default)]
pub struct S3 {
    pub bucket: String,
    /// None for Amazon's own.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    /// What all names of this program begin with there.
    pub prefix: Option<String>,
    /// None for what the machine knows: the variables and roles of Amazon's tools.
    pub keys: Option<Keys>,
    /// Whether the bucket stands in the path, and not in the name of the host.
    pub path_style: bool,
    /// How long it may say nothing.
    pub timeout: Duration,
}

#[derive(Clone)]
pub struct Keys {
    pub access: String,
    pub secret: String,
}

/// By hand, so that no log shows the secret.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("access", &self.access).finish_non_exhaustive()
    }
}

/// So often something that changes nothing when it is repeated is tried again, while somebody waits.
const TRIES: usize = 2;
const CONNECT: Duration = Duration::from_secs(5);

impl S3 {
    /// # Errors
    /// When the settings make no sense. Nobody is asked yet.
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>> {
        // The client wants one before it speaks to anybody. It fails only if it was done already.
        drop(rustls::crypto::ring::default_provider().install_default());
        // Not for a whole content: whoever reads slowly isn't a store that says nothing.
        let client = ClientOptions::new()
            .with_timeout_disabled()
            .with_read_timeout(self.timeout)
            .with_connect_timeout(self.timeout.min(CONNECT))
            .with_allow_http(self.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")));
        let backoff = BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(2), ..BackoffConfig::default() };
        let retry = RetryConfig { backoff, max_retries: TRIES, retry_timeout: self.timeout };
        let mut builder = match &self.keys {
            Some(Keys { access, secret }) => AmazonS3Builder::new().with_access_key_id(access).with_secret_access_key(secret),
            None => AmazonS3Builder::from_env(),
        };
        builder = builder.with_bucket_name(&self.bucket).with_client_options(client).with_retry(retry).with_virtual_hosted_style_request(!self.path_style);
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(self.at(endpoint));
        }
        let store = builder.build()?;
        Ok(match &self.prefix {
            Some(prefix) => Arc::new(PrefixStore::new(store, Path::from(prefix.as_str()))),
            None => Arc::new(store),
        })
    }

    /// The endpoint, with the bucket where it belongs to the host.
    fn at(&self, endpoint: &str) -> String {
        match endpoint.split_once("://") {
            Some((scheme, host)) if !self.path_style => format!("{scheme}://{}.{host}", self.bucket),
            _ => endpoint.to_owned(),
        }
    }
}
