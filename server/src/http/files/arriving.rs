//! Content on its way here, as the services take it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use stoa_domain::wire::problem::Problem;
use stoa_services::files::{Body as Content, Cut};
use tokio_util::sync::CancellationToken;

/// What still comes after a refusal is read for so long, and up to so much: a client that is still sending
/// would never see the answer otherwise.
const LINGER: Duration = Duration::from_secs(10);
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// A body whose end counts only while somebody waits for the answer.
struct Arriving {
    body: Option<BodyDataStream>,
    gone: CancellationToken,
}

impl Stream for Arriving {
    type Item = Result<Bytes, Cut>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let next = std::task::ready!(body.poll_next_unpin(context));
        match next {
            Some(Ok(bytes)) => Poll::Ready(Some(Ok(bytes))),
            Some(Err(_)) => {
                self.body = None;
                Poll::Ready(Some(Err(Cut)))
            }
            None => {
                self.body = None;
                Poll::Ready(self.gone.is_cancelled().then_some(Err(Cut)))
            }
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let Some(mut body) = self.body.take() else { return };
        if self.gone.is_cancelled() {
            return;
        }
        tokio::spawn(tokio::time::timeout(LINGER, async move {
            let mut read = 0;
            while let Some(Ok(bytes)) = body.next().await {
                read += bytes.len();
                if read > LINGER_BYTES {
                    break;
                }
            }
        }));
    }
}

/// Does something with a body in a task of its own: what came over a line that broke is kept, though nobody
/// waits for the answer any more.
pub async fn with<T, F>(body: Body, work: impl FnOnce(Content) -> F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let gone = CancellationToken::new();
    let _guard = gone.clone().drop_guard();
    let content: Content = Box::pin(Arriving { body: Some(body.into_data_stream()), gone: gone.clone() });
    let done = tokio::spawn(work(content)).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "an upload ended badly");
        Err(Problem::internal())
    })
}
