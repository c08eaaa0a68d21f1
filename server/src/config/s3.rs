//! Files in a store elsewhere that speaks S3, instead of the folder.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stoa_files::{Keys, S3 as Store};

use super::ConfigError;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3 {
    /// The bucket, which has to be there; without it files are in the folder.
    pub bucket: Option<String>,
    /// `https://s3.example.com`; Amazon's own unless told otherwise.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    /// What all names begin with, where the bucket is shared with others.
    pub prefix: Option<String>,
    /// None for what Amazon's tools find: the variables `AWS_…`, the role of the machine.
    pub access_key: Option<String>,
    pub secret_key: Option<String>,
    /// A file with the secret key, so that it stands in no other place.
    pub secret_key_file: Option<PathBuf>,
    /// Whether the bucket stands in the path; else in the name of the host. With an endpoint of one's own unless told otherwise.
    pub path_style: Option<bool>,
    /// Whether an endpoint on another machine may be spoken to without TLS.
    pub allow_http: bool,
    /// Seconds for which the store may say nothing.
    pub timeout: u32,
}

impl Default for S3 {
    fn default() -> Self {
        Self {
            bucket: None,
            endpoint: None,
            region: None,
            prefix: None,
            access_key: None,
            secret_key: None,
            secret_key_file: None,
            path_style: None,
            allow_http: false,
            timeout: 20,
        }
    }
}

/// By hand, so that no log shows the secret.
impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3").field("bucket", &self.bucket).field("endpoint", &self.endpoint).field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

type Wrong = (&'static str, &'static str);

impl S3 {
    pub(super) fn read_secret(&mut self) -> Result<(), ConfigError> {
        let Some(file) = &self.secret_key_file else { return Ok(()) };
        let wrong = |why: String| Err(ConfigError::new(format!("s3.secret_key_file: {why}")));
        if self.secret_key.is_some() {
            return wrong("stands beside s3.secret_key; set only one of them".to_owned());
        }
        match std::fs::read_to_string(file) {
            Ok(text) if text.trim().is_empty() => wrong(format!("{} is empty", file.display())),
            Ok(text) => {
                self.secret_key = Some(text.trim().to_owned());
                Ok(())
            }
            Err(error) => wrong(format!("{} can't be read: {error}", file.display())),
        }
    }

    /// What of it makes no sense, and why.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let Some(bucket) = &self.bucket else { return self.check_without_bucket() };
        if bucket.is_empty() || !bucket.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')) {
            return Err(("s3.bucket", "expected the name of a bucket: letters, digits, dots and dashes"));
        }
        if let Some(endpoint) = &self.endpoint {
            self.check_endpoint(endpoint)?;
        }
        let plain =
            |prefix: &String| prefix.split('/').all(|part| !part.is_empty() && !matches!(part, "." | "..") && part.bytes().all(|byte| byte.is_ascii_graphic()));
        if !self.prefix.as_ref().is_none_or(plain) {
            return Err(("s3.prefix", "expected names with slashes between them, such as chat/files"));
        }
        match (&self.access_key, self.secret_key.is_some() || self.secret_key_file.is_some()) {
            (Some(_), false) => Err(("s3.access_key", "needs s3.secret_key or s3.secret_key_file beside it")),
            (None, true) if self.secret_key.is_some() => Err(("s3.secret_key", "needs s3.access_key beside it")),
            (None, true) => Err(("s3.secret_key_file", "needs s3.access_key beside it")),
            _ if self.timeout == 0 => Err(("s3.timeout", "expected at least 1 second")),
            _ => Ok(()),
        }
    }

    /// Whoever says something of a store wants it to be used.
    fn check_without_bucket(&self) -> Result<(), Wrong> {
        let said = [
            ("s3.endpoint", self.endpoint.is_some()),
            ("s3.region", self.region.is_some()),
            ("s3.prefix", self.prefix.is_some()),
            ("s3.access_key", self.access_key.is_some()),
            ("s3.secret_key", self.secret_key.is_some()),
            ("s3.secret_key_file", self.secret_key_file.is_some()),
            ("s3.path_style", self.path_style.is_some()),
        ];
        said.iter().find(|(_, said)| *said).map_or(Ok(()), |(key, _)| Err((*key, "needs s3.bucket beside it")))
    }

    fn check_endpoint(&self, endpoint: &str) -> Result<(), Wrong> {
        let wrong = ("s3.endpoint", "expected an address such as https://s3.example.com");
        let uri: http::Uri = endpoint.parse().map_err(|_| wrong)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(wrong)?;
        if uri.query().is_some() || uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(wrong);
        }
        let here = host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
        match uri.scheme_str() {
            Some("https") => Ok(()),
            Some("http") if here || self.allow_http => Ok(()),
            Some("http") => Err(("s3.endpoint", "would be spoken to without TLS; set s3.allow_http where that is meant")),
            _ => Err(wrong),
        }
    }

    /// The store that is meant, if there is one.
    #[must_use]
    pub fn store(&self) -> Option<Store> {
        let keys = self.access_key.clone().zip(self.secret_key.clone());
        Some(Store {
            bucket: self.bucket.clone()?,
            endpoint: self.endpoint.as_deref().map(|endpoint| endpoint.trim_end_matches('/').to_owned()),
            region: self.region.clone(),
            prefix: self.prefix.clone(),
            keys: keys.map(|(access, secret)| Keys { access, secret }),
            path_style: self.path_style.unwrap_or(self.endpoint.is_some()),
            timeout: Duration::from_secs(self.timeout.into()),
        })
    }
}
