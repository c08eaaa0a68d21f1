//! TLS from files, read again when they change: a renewed certificate needs no restart, and a
//! broken one doesn't end the service of the old.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::config::Tls;
use crate::failure::Failure;

/// How often the files are looked at. Looking is cheap, and unlike notices of the file system
/// it also works where a certificate is mounted from elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(3);

#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// What accepts TLS connections, and the task that renews the certificate; none without TLS.
///
/// # Errors
/// When the files are not a certificate and its key.
pub fn acceptor(tls: &Tls, stop: CancellationToken) -> Result<Option<TlsAcceptor>, Failure> {
    let (Some(certificate), Some(key)) = (tls.certificate.clone(), tls.key.clone()) else { return Ok(None) };
    let current = Arc::new(Current(ArcSwap::from_pointee(read(&certificate, &key)?)));
    let mut config = rustls::ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::clone(&current) as _);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    tokio::spawn(async move {
        let mut seen = changed_at(&certificate, &key);
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let now = changed_at(&certificate, &key);
            if now == seen {
                continue;
            }
            match read(&certificate, &key) {
                Ok(renewed) => {
                    current.0.store(Arc::new(renewed));
                    seen = now;
                    tracing::info!(file = %certificate.display(), "certificate renewed");
                }
                // Certificate and key are two files, so one may be ahead of the other for a moment.
                Err(error) => tracing::warn!(%error, "the changed certificate isn't usable, the old one stays"),
            }
        }
    });
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

fn changed_at(certificate: &Path, key: &Path) -> [Option<(SystemTime, u64)>; 2] {
    [certificate, key].map(|file| std::fs::metadata(file).and_then(|file| Ok((file.modified()?, file.len()))).ok())
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, Failure> {
    let wrong = |name: &str, file: &Path, why: &dyn std::fmt::Display| Failure::new(format!("tls.{name}: {}: {why}", file.display()));
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong("certificate", certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong("certificate", certificate, &"there is no certificate in it"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong("key", key, &error))?;
    note_end(&chain);
    let provider = CryptoProvider::get_default().ok_or_else(|| Failure::new("no cryptography was installed"))?;
    CertifiedKey::from_der(chain, secret, provider).map_err(|error| wrong("key", key, &error))
}

/// Tells operators when the certificate runs out, in seconds since 1970.
fn note_end(chain: &[CertificateDer<'static>]) {
    // One that can't be read here may be served all the same.
    if let Some(Ok((_, own))) = chain.first().map(|own| x509_parser::parse_x509_certificate(own)) {
        metrics::gauge!("stoa_certificate_ends_at_seconds").set(f64::from(u32::try_from(own.validity().not_after.timestamp()).unwrap_or(u32::MAX)));
    }
}

/// Whether the files can be used.
///
/// # Errors
/// What is wrong with which of them.
pub fn check(tls: &Tls) -> Result<(), Failure> {
    match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => read(certificate, key).map(drop),
        _ => Ok(()),
    }
}
