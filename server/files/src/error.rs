use std::io;

/// Why content can't be taken or given.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no content under this id")]
    Missing,
    /// Somebody else writes it at this moment.
    #[error("it is being written")]
    Busy,
    #[error("there is no space left")]
    Full,
    #[error("the store answers with something else than what was kept: {0}")]
    Wrong(String),
    #[error("the store doesn't answer: {0}")]
    Away(#[source] Box<dyn std::error::Error + Send + Sync>),
}

pub type Result<T, E = BlobError> = std::result::Result<T, E>;

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::Full,
            io::ErrorKind::WouldBlock => Self::Busy,
            _ => Self::Away(error.into()),
        }
    }
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error => Self::Away(error.into()),
        }
    }
}

/// Runs what may wait for a disk.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| BlobError::Away(error.into()))?
}
