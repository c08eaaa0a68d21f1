//! TLS from files that change.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::process::{Server, request};

/// Writes a new certificate and its key.
fn renew(folder: &Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    made.cert.der().to_vec()
}

async fn connect(server: &Server, certificates: &[Vec<u8>]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(CertificateDer::from(certificate.clone())).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), server.connect().await).await
}

fn served(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_and_a_broken_one_isnt() {
    let folder = tempfile::tempdir().unwrap();
    let first = renew(folder.path());
    let server = Server::start_in(folder, "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n");
    assert!(server.said.starts_with("Stoa is at https://"), "{}", server.said);
    let stream = connect(&server, std::slice::from_ref(&first)).await.unwrap();
    assert_eq!(served(&stream), first);
    let (status, text) = request(stream, "GET", "/api/v1/setup", "", "").await;
    assert_eq!(status, 200);
    assert!(text.contains("strict-transport-security: max-age="), "{text}");

    let stream = connect(&server, std::slice::from_ref(&first)).await.unwrap();
    let (_, metrics) = request(stream, "GET", "/metrics", "", "").await;
    assert!(metrics.contains("stoa_certificate_ends_at_seconds "), "{metrics}");

    let folder = server.folder.path();
    std::fs::write(folder.join("cert.pem"), "not a certificate").unwrap();
    let second = {
        // Long enough for the server to have looked at the broken one.
        let looked = Instant::now();
        while looked.elapsed() < Duration::from_secs(4) {
            assert_eq!(served(&connect(&server, std::slice::from_ref(&first)).await.unwrap()), first);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        renew(folder)
    };
    let both = [first, second.clone()];
    let started = Instant::now();
    while served(&connect(&server, &both).await.unwrap()) != second {
        assert!(started.elapsed() < Duration::from_secs(30), "the renewed certificate isn't served");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(CertificateDer::from_pem_file(folder.join("cert.pem")).is_ok());
}

#[tokio::test]
async fn without_tls_nothing_is_said_on_a_tls_port() {
    let folder = tempfile::tempdir().unwrap();
    renew(folder.path());
    let server = Server::start_in(folder, "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n");
    assert_eq!(server.get("/health/live").await.0, 0);
}
