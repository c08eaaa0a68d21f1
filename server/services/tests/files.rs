//! Files in a store elsewhere that is away, slow, or answers wrongly; and a database that is.

#![allow(clippy::unwrap_used)]

mod world;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result,
};
use stoa_domain::room::Privacy;
use stoa_files::Blobs;
use stoa_services::Options;
use stoa_services::files::{Body, Cut, NewUpload};
use world::World;

const WELL: u8 = 0;
const AWAY: u8 = 1;
/// Takes all, and keeps only a part of it.
const SHORT: u8 = 2;
/// Answers nothing.
const SILENT: u8 = 3;

#[derive(Debug, Default)]
struct Elsewhere {
    memory: InMemory,
    how: AtomicU8,
}

impl Elsewhere {
    fn be(&self, how: u8) {
        self.how.store(how, Ordering::SeqCst);
    }

    async fn meet(&self) -> Result<()> {
        match self.how.load(Ordering::SeqCst) {
            AWAY => Err(Error::Generic { store: "test", source: "away".into() }),
            SILENT => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("elsewhere")
    }
}

#[async_trait]
impl ObjectStore for Elsewhere {
    async fn put_opts(&self, at: &Path, payload: PutPayload, how: PutOptions) -> Result<PutResult> {
        self.meet().await?;
        if self.how.load(Ordering::SeqCst) == SHORT {
            return self.memory.put_opts(at, PutPayload::from_static(b"x"), how).await;
        }
        self.memory.put_opts(at, payload, how).await
    }
    async fn put_multipart_opts(&self, at: &Path, how: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.meet().await?;
        self.memory.put_multipart_opts(at, how).await
    }
    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        self.meet().await?;
        self.memory.get_opts(at, how).await
    }
    fn delete_stream(&self, all: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.memory.delete_stream(all)
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.memory.list(prefix)
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.memory.list_with_delimiter(prefix).await
    }
    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.memory.copy_opts(from, to, how).await
    }
}

fn content(pieces: Vec<Vec<u8>>) -> Body {
    let pieces: Vec<Result<Bytes, Cut>> = pieces.into_iter().map(|piece| Ok(Bytes::from(piece))).collect();
    Box::pin(futures_util::stream::iter(pieces))
}

fn new(size: usize) -> NewUpload {
    NewUpload { name: "a.bin".into(), size: Some(size as u64) }
}

async fn world() -> (World, Arc<Elsewhere>, tempfile::TempDir) {
    let (store, staging) = (Arc::new(Elsewhere::default()), tempfile::tempdir().unwrap());
    let files = Blobs::elsewhere(Arc::clone(&store) as Arc<dyn ObjectStore>, staging.path()).unwrap();
    (World::with(Options { files: Some(Arc::new(files)), ..Options::default() }).await, store, staging)
}

fn staged(folder: &tempfile::TempDir) -> usize {
    std::fs::read_dir(folder.path()).unwrap().count()
}

#[tokio::test]
async fn large_and_small_contents_come_back_from_elsewhere() {
    let (world, _, staging) = world().await;
    let room = world.room("desk", Privacy::Open).await;
    // Beyond one part, and not a multiple of anything.
    for size in [1, 100_000, 11_000_003_usize] {
        let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let pieces = bytes.chunks(65_536).map(<[u8]>::to_vec).collect();
        let file = world.services.files.whole(&world.admin, room, &new(size), None, content(pieces)).await.unwrap();
        let opened = world.services.files.open(&world.admin, file.file.id).await.unwrap();
        let part = size as u64 / 3..size as u64;
        let mut reading = world.services.files.read(&world.admin, &opened, part.clone()).await.unwrap();
        let mut read = Vec::new();
        while let Some(piece) = reading.next().await.unwrap() {
            read.extend_from_slice(&piece);
        }
        assert!(read == bytes[usize::try_from(part.start).unwrap()..], "{size}");
        assert_eq!(staged(&staging), 0);
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_told_and_the_upload_can_be_gone_on_with() {
    let (world, store, staging) = world().await;
    let room = world.room("desk", Privacy::Open).await;
    let files = &world.services.files;
    let upload = files.begin(&world.admin, room, &new(6)).await.unwrap().id;
    assert_eq!(files.receive(&world.admin, upload, 0, Some(3), None, content(vec![b"abc".to_vec()])).await.unwrap().offset, 3);
    for (how, at, rest) in [(AWAY, 3, &b"def"[..]), (SHORT, 6, b"")] {
        store.be(how);
        let refused = files.receive(&world.admin, upload, at, None, None, content(vec![rest.to_vec()])).await.unwrap_err();
        assert_eq!((refused.slug(), refused.retry_after), ("store-away", Some(5)), "{refused:?}");
        assert_eq!(files.open(&world.admin, upload).await.unwrap_err().slug(), "file-not-found", "it isn't a file");
    }
    store.be(WELL);
    assert_eq!(files.upload(&world.admin, upload).await.unwrap().offset, 6, "all of it was here, so whoever asks finishes it");
    let opened = files.open(&world.admin, upload).await.unwrap();
    store.be(AWAY);
    assert_eq!(files.read(&world.admin, &opened, 0..6).await.err().unwrap().slug(), "store-away");
    store.be(SILENT);
    let silent = tokio::time::timeout(std::time::Duration::from_millis(100), files.read(&world.admin, &opened, 0..6)).await;
    assert!(silent.is_err(), "whoever asks waits as long as he likes");
    let chat = world.services.channel.history(&world.admin, room, &stoa_domain::wire::message::HistoryQuery::default()).await;
    assert!(chat.is_ok(), "chat doesn't feel it");
    assert_eq!(staged(&staging), 0);
    // One in one piece leaves nothing.
    store.be(AWAY);
    let whole = files.whole(&world.admin, room, &new(3), None, content(vec![b"abc".to_vec()])).await;
    assert_eq!(whole.unwrap_err().slug(), "store-away");
    assert_eq!((staged(&staging), world.store.file_space(None).await.unwrap()), (0, 6));
}

#[tokio::test]
async fn a_commit_that_failed_can_be_made_again() {
    let (world, _, staging) = world().await;
    let room = world.room("desk", Privacy::Open).await;
    let files = &world.services.files;
    let upload = files.begin(&world.admin, room, &new(3)).await.unwrap().id;
    world.faults.fail("file_finish", 1);
    let refused = files.receive(&world.admin, upload, 0, None, None, content(vec![b"abc".to_vec()])).await.unwrap_err();
    assert_eq!(refused.slug(), "unavailable");
    assert_eq!(files.open(&world.admin, upload).await.unwrap_err().slug(), "file-not-found");
    assert_eq!(files.receive(&world.admin, upload, 3, None, None, content(vec![])).await.unwrap().offset, 3);
    assert!(files.open(&world.admin, upload).await.is_ok());
    assert_eq!(staged(&staging), 0);
    let queued = world.store.queued(1_000).await.unwrap();
    assert_eq!(queued.iter().filter(|row| row.kind().as_str() == "file_uploaded").count(), 1);
}

#[tokio::test]
async fn what_is_abandoned_while_the_database_is_away_is_swept() {
    let (world, store, staging) = world().await;
    let room = world.room("desk", Privacy::Open).await;
    let files = &world.services.files;
    let file = files.whole(&world.admin, room, &new(3), None, content(vec![b"abc".to_vec()])).await.unwrap().file.id;
    world.faults.fail("file_erased", 1);
    files.abandon(&world.admin, file).await.unwrap();
    assert!(files.open(&world.admin, file).await.is_err() && world.store.file(file).await.unwrap().is_some());
    files.sweep().await.unwrap();
    assert_eq!(world.store.file(file).await.unwrap(), None);
    let left: Vec<_> = futures_util::StreamExt::collect::<Vec<_>>(store.list(None)).await;
    assert!(left.is_empty() && staged(&staging) == 0);
}
