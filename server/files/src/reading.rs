//! Content on its way out, a piece at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::GetResultPayload;

use crate::error::{BlobError, Result, blocking};

const PIECE: usize = 128 * 1024;

/// What is left to be read of a content.
pub struct Reading {
    source: Source,
    left: u64,
}

enum Source {
    /// None while it is read from.
    Disk(Option<File>),
    Stream(BoxStream<'static, object_store::Result<Bytes>>),
}

impl Reading {
    pub(crate) async fn new(payload: GetResultPayload, from: u64, length: u64) -> Result<Self> {
        let source = match payload {
            GetResultPayload::File(mut file, _) => {
                let file = blocking(move || {
                    file.seek(SeekFrom::Start(from))?;
                    Ok(file)
                })
                .await?;
                Source::Disk(Some(file))
            }
            GetResultPayload::Stream(stream) => Source::Stream(stream),
        };
        Ok(Self { source, left: length })
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When the store fails, or ends before it should.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let piece = match &mut self.source {
            Source::Disk(place) => {
                let mut file = place.take().ok_or(BlobError::Missing)?;
                let size = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
                let (file, piece) = blocking(move || {
                    let mut buffer = vec![0; size];
                    let read = file.read(&mut buffer)?;
                    buffer.truncate(read);
                    Ok((file, Bytes::from(buffer)))
                })
                .await?;
                *place = Some(file);
                piece
            }
            Source::Stream(stream) => stream.next().await.transpose()?.unwrap_or_default(),
        };
        if piece.is_empty() || piece.len() as u64 > self.left {
            return Err(BlobError::Wrong(format!("{} bytes are left, {} came", self.left, piece.len())));
        }
        self.left -= piece.len() as u64;
        Ok(Some(piece))
    }
}
