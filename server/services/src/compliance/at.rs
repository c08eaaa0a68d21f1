//! Where the archive is. It may be away when a server starts, which is no reason for the chat to wait.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use stoa_store::{Archive, StoreError};
use tokio::sync::OnceCell;

type Opening = Pin<Box<dyn Future<Output = Result<Arc<dyn Archive>, StoreError>> + Send>>;

/// Opened when it is first asked for, and again as long as that fails.
#[derive(Clone)]
pub struct ArchiveAt {
    open: Arc<dyn Fn() -> Opening + Send + Sync>,
    opened: Arc<OnceCell<Arc<dyn Archive>>>,
}

impl ArchiveAt {
    pub fn new<F: Future<Output = Result<Arc<dyn Archive>, StoreError>> + Send + 'static>(open: impl Fn() -> F + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(move || Box::pin(open())), opened: Arc::default() }
    }

    /// # Errors
    /// When it can't be opened now.
    pub async fn get(&self) -> Result<Arc<dyn Archive>, StoreError> {
        self.opened.get_or_try_init(|| (self.open)()).await.cloned()
    }

    pub(crate) async fn close(&self) {
        if let Some(archive) = self.opened.get() {
            archive.close().await;
        }
    }
}
