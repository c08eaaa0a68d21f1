//! Accepting connections, and serving each until it is done. HTTP/1.1, plain or over TLS; a
//! WebSocket leaves from here with the very stream that was accepted.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::address::Peer;
use crate::config::Listen;
use crate::failure::Failure;

/// For the head of a request, the first or the next of a connection that is kept.
const HEAD: Duration = Duration::from_secs(60);
const HANDSHAKE: Duration = Duration::from_secs(10);
/// What of a request or an answer may wait in memory, several times over for a body that flows; also the longest
/// head. Larger buffers make nothing quicker: the disk gets its pieces in this size.
const BUFFER: usize = 128 * 1024;
/// What a stopping server gives calls that are under way.
const GRACE: Duration = Duration::from_secs(10);

/// Listens, or says in one line why not.
///
/// # Errors
/// When the address is in use or not ours.
pub async fn bind(listen: &Listen, key: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen.as_str()).await.map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there: stop it, or choose another address".to_owned(),
            std::io::ErrorKind::PermissionDenied => "this user may not listen there: choose a port above 1023, or give the right".to_owned(),
            std::io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            _ => error.to_string(),
        };
        Failure::new(format!("can't listen on {} ({key}): {what}", listen.as_str()))
    })
}

/// Serves until `stop`, then lets what is under way finish.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                // Small frames leave at once.
                drop(stream.set_nodelay(true));
                let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
                connections.spawn(connection(stream, peer, tls, router, stop));
            }
            Err(error) => {
                // Out of files, or a connection that was gone at once: others come.
                tracing::warn!(%error, "a connection wasn't accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!(calls = connections.len(), "calls that didn't end in time are dropped");
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, router: Router, stop: CancellationToken) {
    match tls {
        None => exchange(stream, peer, router, stop).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => exchange(stream, peer, router, stop).await,
            Ok(Err(error)) => tracing::debug!(%error, %peer, "no TLS"),
            Err(_) => tracing::debug!(%peer, "no TLS in time"),
        },
    }
}

async fn exchange<S>(stream: S, peer: SocketAddr, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // Boxed: its buffers go when it becomes a WebSocket, and this task with it.
    let mut connection = Box::pin(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "connection ended early");
    }
}
