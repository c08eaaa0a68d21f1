//! Previews of images: made when an upload is finished, or when the first asks, and shown to whoever
//! may read the file.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use stoa_domain::archive::Kind;
use stoa_domain::file::{Showing, showing};
use stoa_domain::id::{FileId, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::problem::Problem;
use stoa_files::{Blobs, Reading};
use stoa_previews::{Cache, EDGES, Failed, Preview};
use stoa_store::FileRow;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::io::StreamReader;

use super::{Files, Opened};
use crate::services::Core;
use crate::{Caller, Result};

/// Images that may wait.
const QUEUE: usize = 1_000;
/// What there was no time for is tried again after so long, and so often.
const LATER: Duration = Duration::from_secs(600);
const TRIES: u32 = 12;

/// A person's look at an image is recorded once in so long, however often it is asked for.
const LOOK: Duration = Duration::from_secs(600);
/// Looks that are remembered for that.
const LOOKS: usize = 20_000;

/// Who looked at which image, and when that was recorded.
#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<(UserId, FileId), Timestamp>>);

impl Looks {
    /// Whether it is to be recorded.
    fn is_new(&self, user: UserId, file: FileId, at: Timestamp) -> bool {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lasts = |then: Timestamp| at.since(then) < LOOK;
        if looks.get(&(user, file)).is_some_and(|then| lasts(*then)) {
            return false;
        }
        if looks.len() >= LOOKS {
            looks.retain(|_, then| lasts(*then));
        }
        // Rather a record too many than one too few.
        if looks.len() >= LOOKS {
            looks.clear();
        }
        looks.insert((user, file), at);
        true
    }
}

impl Files {
    /// Records that somebody got the preview of an image. The smallest stands among its room's messages: who
    /// read those has seen it, and that is recorded.
    pub fn previewed(&self, caller: &Caller, opened: &Opened, preview: &Preview) {
        let [smallest, ..] = EDGES;
        let row = &opened.row;
        if preview.edge <= smallest || !self.looks.is_new(caller.user, row.id, self.core.environment.now()) {
            return;
        }
        let payload = serde_json::json!({ "file": row.id, "name": row.name, "edge": preview.edge });
        self.core.writer.record(self.core.record(Kind::PreviewViewed, row.room, caller.user, payload));
    }

    /// The preview of an image for an edge of so many pixels: the next that isn't larger.
    ///
    /// # Errors
    /// As [`Files::open`]; 404 also where there is no preview, 422 for an edge that none is made for, 503.
    pub async fn preview(&self, caller: &Caller, id: FileId, edge: u32) -> Result<(Opened, Preview)> {
        let opened = self.open(caller, id).await?;
        if !EDGES.contains(&edge) {
            return Err(Problem::invalid().field("/edge", "out-of-range", format!("Previews are made for {EDGES:?}.")));
        }
        let preview = made(&self.core, &opened.row, edge).await.map_err(|failed| match failed {
            Failed::Unavailable(error) => {
                tracing::warn!(file = %id, error, "no preview could be made");
                Problem::unavailable().retry_after(5)
            }
            Failed::Late => Problem::unavailable().detail("There was no time to make the preview.").retry_after(60),
            failed => Problem::not_found().detail(format!("There is no preview: {failed}.")),
        })?;
        Ok((opened, preview))
    }
}

/// Images whose upload is finished: their previews are made before somebody asks.
pub(crate) struct Images(mpsc::Sender<FileId>);

impl Images {
    pub fn new() -> (Self, mpsc::Receiver<FileId>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), receiver)
    }

    pub fn finished(&self, id: FileId) {
        // With too many at once the first who asks waits a little.
        _ = self.0.try_send(id);
    }
}

pub(crate) async fn run(core: Arc<Core>, mut images: mpsc::Receiver<FileId>) {
    let [smallest, ..] = EDGES;
    // What there was no time for, the soonest first.
    let mut later = VecDeque::<(Instant, FileId, u32)>::new();
    loop {
        let due = later.front().map(|(due, ..)| *due);
        let (id, tries) = tokio::select! {
            id = images.recv() => match id {
                Some(id) => (id, 1),
                None => return,
            },
            () = async { tokio::time::sleep_until(due.unwrap_or_else(Instant::now)).await }, if due.is_some() => match later.pop_front() {
                Some((_, id, tries)) => (id, tries + 1),
                None => continue,
            },
        };
        match core.store.file(id).await {
            Ok(Some(row)) => match made(&core, &row, smallest).await {
                Err(Failed::Late) if tries < TRIES && later.len() < QUEUE => later.push_back((Instant::now() + LATER, id, tries)),
                Err(Failed::Unavailable(error)) => tracing::warn!(file = %id, error, "previews are made when somebody asks"),
                _ => {}
            },
            Ok(None) => {}
            Err(error) => tracing::warn!(file = %id, %error, "previews are made when somebody asks"),
        }
    }
}

/// The preview, and with it what is known of the image from then on.
async fn made(core: &Core, row: &FileRow, edge: u32) -> Result<Preview, Failed> {
    let (Some(cache), Some(blobs)) = (&core.options.previews, &core.options.files) else { return Err(Failed::Unknown) };
    let (Some(kind), Some(size)) = (&row.kind, row.size) else { return Err(Failed::Unknown) };
    if showing(kind) != Showing::Image {
        return Err(Failed::Unknown);
    }
    let preview = cache.get(row.id.0, edge, content(blobs, row.id, size)).await?;
    if row.width.is_none() {
        note(core, cache, row.id).await;
    }
    Ok(preview)
}

async fn note(core: &Core, cache: &Cache, id: FileId) {
    if let Some(extent) = cache.extent(id.0).await
        && let Err(error) = core.store.file_set_extent(id, (extent.width, extent.height)).await
    {
        tracing::warn!(file = %id, %error, "the extent of an image isn't noted");
    }
}

type Content = StreamReader<std::pin::Pin<Box<dyn futures_util::Stream<Item = io::Result<Bytes>> + Send>>, Bytes>;

async fn content(blobs: &Blobs, id: FileId, size: u64) -> io::Result<Content> {
    let reading = blobs.read(id.0, size, 0..size).await.map_err(io::Error::other)?;
    let pieces = futures_util::stream::try_unfold(reading, async |mut reading: Reading| {
        let piece = reading.next().await.map_err(io::Error::other)?;
        Ok(piece.map(|piece| (piece, reading)))
    });
    Ok(StreamReader::new(Box::pin(pieces)))
}
