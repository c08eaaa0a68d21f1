//! A store that speaks S3: each object appears there whole, the manifest after all others.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use stoa_domain::archive::adapter::Bucket;
use stoa_files::{Keys, S3};
use tokio::io::AsyncWriteExt;

use super::Outgoing;
use super::credentials::Credentials;
use crate::error::{ExportError, Result};
use crate::{Delivered, Site, Staged};

/// So many are on their way at once; of a room for each file there may be thousands.
const AT_ONCE: usize = 8;
/// Smaller ones go in one request.
const SMALL: u64 = 5 * 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(30);

pub async fn deliver(staged: &Staged, bucket: &Bucket, site: &Site) -> Result<Delivered> {
    let keys = Credentials::find(site, bucket.credentials.as_deref())?.map(|found| Keys { access: found.user, secret: found.secret });
    let settings = S3 {
        bucket: bucket.bucket.clone(),
        endpoint: bucket.endpoint.clone(),
        region: bucket.region.clone(),
        prefix: bucket.prefix.clone(),
        keys,
        path_style: bucket.path_style,
        timeout: TIMEOUT,
    };
    let store = settings.open().map_err(|error| ExportError::Settings(error.to_string()))?;
    let mut delivered = stream::iter(staged.all()?)
        .map(|file| send(store.clone(), file))
        .buffer_unordered(AT_ONCE)
        .try_fold(Delivered::default(), async |mut all, bytes| {
            all.files += 1;
            all.bytes += bytes;
            Ok(all)
        })
        .await?;
    delivered.bytes += send(store, staged.manifest_out()).await?;
    delivered.files += 1;
    Ok(delivered)
}

async fn send(store: Arc<dyn ObjectStore>, file: Result<Outgoing>) -> Result<u64> {
    let file = file?;
    let to = Path::from(file.name.as_str());
    if file.bytes < SMALL {
        let content = tokio::fs::read(&file.path).await?;
        store.put(&to, PutPayload::from(content)).await.map_err(failed)?;
        return Ok(file.bytes);
    }
    let mut content = tokio::fs::File::open(&file.path).await?;
    let mut writer = BufWriter::new(store, to);
    let copied = tokio::io::copy(&mut content, &mut writer).await;
    let ended = match copied {
        Ok(_) => writer.shutdown().await,
        Err(error) => {
            // What came so far costs, and is of no use.
            drop(writer.abort().await);
            Err(error)
        }
    };
    ended.map_err(|error| match error.downcast::<object_store::Error>() {
        Ok(error) => failed(error),
        Err(error) => ExportError::Away(error.into()),
    })?;
    Ok(file.bytes)
}

fn failed(error: object_store::Error) -> ExportError {
    match error {
        object_store::Error::NotFound { .. } => ExportError::Refused("there is no such bucket".to_owned()),
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            ExportError::Refused("its credentials may not write there".to_owned())
        }
        error => ExportError::Away(error.into()),
    }
}
