//! Files that nobody reads before they are scanned; and what becomes of them while the scanner is away.

#![allow(clippy::unwrap_used)]

mod world;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use stoa_domain::id::{FileId, RoomId};
use stoa_domain::room::{Privacy, RoomList};
use stoa_domain::settings::Unscanned;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::message::{Posted, RoomEvent};
use stoa_domain::wire::pool::{ChangeSettings, WarningKind};
use stoa_domain::wire::quarantine::{QuarantineQuery, ReleaseFile, Rescan};
use stoa_files::Blobs;
use stoa_services::files::NewUpload;
use stoa_services::{Caller, Options};
use stoa_store::Scan;
use world::clamd::{Clamd, EVIL, How};
use world::{Client, World};

const GOOD: &[u8] = b"harmless";

/// A company with a scanner.
struct Scanned {
    world: World,
    clamd: Arc<Clamd>,
    room: RoomId,
    omar: Caller,
    _files: tempfile::TempDir,
}

impl Scanned {
    async fn new() -> Self {
        let (clamd, files) = (Clamd::start().await, tempfile::tempdir().unwrap());
        let blobs = Blobs::folder(files.path()).unwrap();
        let options = Options { files: Some(Arc::new(blobs)), scanner: Some(clamd.scanner()), ..Options::default() };
        let world = World::with(options).await;
        let room = world.room("desk", Privacy::Open).await;
        let omar = world.user("omar").await;
        Self { world, clamd, room, omar, _files: files }
    }

    async fn upload(&self, content: &'static [u8]) -> FileId {
        let new = NewUpload { name: "a.txt".into(), size: Some(content.len() as u64) };
        let body = Box::pin(futures_util::stream::iter([Ok(Bytes::from_static(content))]));
        self.world.services.files.whole(&self.omar, self.room, &new, None, body).await.unwrap().file.id
    }

    async fn post(&self, client: &mut Client, file: FileId) -> Posted {
        let message = json!({ "room": self.room, "nonce": world::nonce(), "body": "", "attachments": [file] });
        client.ask("post", message).await.unwrap()
    }

    async fn state(&self, file: FileId) -> Option<Scan> {
        self.world.store.file(file).await.unwrap().unwrap().scan.map(|scan| scan.state)
    }

    /// Waits until this is known of a file, while time goes on.
    async fn becomes(&self, file: FileId, wanted: Scan) {
        let waited = Instant::now();
        while self.state(file).await != Some(wanted) {
            assert!(waited.elapsed() < Duration::from_secs(30), "{:?} instead of {wanted:?}", self.world.store.file(file).await.unwrap().unwrap().scan);
            self.world.clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What reading a file is answered with.
    async fn read(&self, caller: &Caller, file: FileId) -> String {
        match self.world.services.files.open(caller, file).await {
            Ok(_) => String::from("ok"),
            Err(problem) => problem.slug().to_owned(),
        }
    }

    async fn set(&self, change: ChangeSettings) {
        let pool = &self.world.services.pool;
        let version = pool.settings(&self.world.admin).unwrap().version;
        pool.change(&self.world.admin, change, Some(&version)).await.unwrap();
    }

    async fn quarantine(&self, caller: &Caller, held: Option<Held>) -> Vec<FileId> {
        let page = self.world.services.files.quarantine(caller, &QuarantineQuery { held }, &PageQuery::default()).await.unwrap();
        page.items.into_iter().map(|item| item.file.id).collect()
    }

    async fn records(&self, kind: &str) -> Vec<serde_json::Value> {
        let queued = self.world.store.queued(10_000).await.unwrap();
        queued.into_iter().filter(|row| row.kind().as_str() == kind).map(|row| serde_json::to_value(row.content).unwrap()).collect()
    }

    async fn audited(&self, action: &str) -> usize {
        self.world.store.audits(0, 10_000).await.unwrap().iter().filter(|row| row.action == action).count()
    }
}

/// The next that is said of files.
async fn checked(client: &mut Client) -> (i64, FileId, Option<Held>) {
    loop {
        if let RoomEvent::Checked { of, file, held, .. } = client.event().await {
            return (of, file, held);
        }
    }
}

#[tokio::test]
async fn a_file_is_held_back_until_it_is_clean() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, room, omar, .. } = &scanned;
    clamd.hold();
    let file = scanned.upload(GOOD).await;
    let (mut author, mut reader) = (world.connect(omar).await, world.connect(&world.admin).await);
    author.join(*room, None).await.unwrap();
    reader.join(*room, None).await.unwrap();
    let posted = scanned.post(&mut author, file).await;
    let RoomEvent::Message { message, .. } = reader.event().await else { panic!("no message") };
    assert_eq!(message.attachments[0].held, Some(Held::Checking));
    for caller in [omar, &world.admin] {
        assert_eq!(scanned.read(caller, file).await, "file-held");
        assert_eq!(world.services.files.preview(caller, file, 320).await.unwrap_err().slug(), "file-held");
    }
    assert_eq!((scanned.quarantine(&world.admin, None).await, scanned.quarantine(&world.admin, Some(Held::Checking)).await), (vec![], vec![file]));
    clamd.leave.add_permits(1);
    for client in [&mut author, &mut reader] {
        assert_eq!(checked(client).await, (posted.seq, file, None), "and everybody sees it at once");
    }
    assert_eq!((scanned.read(&world.admin, file).await, scanned.state(file).await), ("ok".into(), Some(Scan::Clean)));
    // Who comes back is told the same, and who comes anew reads what came of it.
    let mut late = world.connect(&world.admin).await;
    let open = late.join(*room, Some(0)).await.unwrap();
    assert!(matches!(open.events.unwrap()[..], [RoomEvent::Message { .. }, RoomEvent::Checked { of, held: None, .. }] if of == posted.seq));
    let open = late.join(*room, None).await.unwrap();
    assert_eq!(open.messages.unwrap()[0].attachments[0].held, None);
    assert_eq!(scanned.records("file_checked").await.len(), 1);
}

#[tokio::test]
async fn a_message_shows_what_was_found_before_it() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, room, omar, .. } = &scanned;
    clamd.hold();
    let mut author = world.connect(omar).await;
    author.join(*room, None).await.unwrap();
    let file = scanned.upload(GOOD).await;
    clamd.leave.add_permits(1);
    scanned.becomes(file, Scan::Clean).await;
    scanned.post(&mut author, file).await;
    let RoomEvent::Message { message, .. } = author.event().await else { panic!("no message") };
    assert_eq!((message.attachments[0].held, message.seq), (None, 1));
}

#[tokio::test]
async fn what_is_infected_is_never_served_and_told() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, room, omar, .. } = &scanned;
    clamd.hold();
    let file = scanned.upload(EVIL).await;
    let mut author = world.connect(omar).await;
    author.join(*room, None).await.unwrap();
    let posted = scanned.post(&mut author, file).await;
    clamd.leave.add_permits(2);
    assert_eq!(checked(&mut author).await, (posted.seq, file, Some(Held::Infected)));
    for caller in [omar, &world.admin] {
        assert_eq!(scanned.read(caller, file).await, "file-withheld");
    }
    let record = scanned.records("file_checked").await.pop().unwrap();
    assert_eq!((&record["is"], &record["signature"], &record["scanner"]), (&json!("infected"), &json!("Stoa.Test"), &json!("ClamAV 1.4.3/1/test")));
    assert_eq!(scanned.audited("file.quarantine").await, 1);
    // One that no message has yet is refused there.
    let other = scanned.upload(EVIL).await;
    scanned.becomes(other, Scan::Infected).await;
    let message = json!({ "room": room, "nonce": world::nonce(), "body": "", "attachments": [other] });
    let refused = author.ask::<Posted>("post", message).await.unwrap_err();
    assert_eq!((refused.status, refused.slug()), (403, "file-withheld"));
    let mut both = vec![file, other];
    both.sort_unstable_by_key(|file| std::cmp::Reverse(*file));
    assert_eq!(scanned.quarantine(&world.admin, None).await, both);
}

#[tokio::test]
async fn who_manages_the_room_looks_after_its_quarantine() {
    let scanned = Scanned::new().await;
    let Scanned { world, room, omar, .. } = &scanned;
    let (mina, files) = (world.user("mina").await, &world.services.files);
    world.put(*room, RoomList::Managers, &mina).await;
    let mut author = world.connect(omar).await;
    author.join(*room, None).await.unwrap();
    let file = scanned.upload(GOOD).await;
    scanned.becomes(file, Scan::Clean).await;
    let evil = scanned.upload(EVIL).await;
    scanned.becomes(evil, Scan::Infected).await;
    assert!(scanned.quarantine(omar, None).await.is_empty(), "it isn't his to look after");
    let page = files.quarantine(&mina, &QuarantineQuery::default(), &PageQuery::default()).await.unwrap();
    let [item] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!((item.file.id, item.by.id, item.room_name.as_str(), item.signature.as_deref()), (evil, omar.user, "desk", Some("Stoa.Test")));
    assert_eq!((item.file.held, item.may_manage, item.may_release), (Some(Held::Infected), true, false));
    assert_eq!(files.rescan(omar, evil).await.unwrap_err().slug(), "file-not-found");
    assert_eq!(files.rescan(&mina, file).await.unwrap_err().slug(), "file-not-found", "a clean one isn't there");
    let why = ReleaseFile { reason: " A test of ours. ".into() };
    assert_eq!(files.release(&mina, evil, &why).await.unwrap_err().status, 403);
    for bad in ["", "  ", "a\u{202E}b", &"x".repeat(501)] {
        assert_eq!(files.release(&world.admin, evil, &ReleaseFile { reason: bad.into() }).await.unwrap_err().errors[0].field, "/reason");
    }
    files.rescan(&mina, evil).await.unwrap();
    scanned.becomes(evil, Scan::Infected).await;
    files.release(&world.admin, evil, &why).await.unwrap();
    assert_eq!(scanned.read(omar, evil).await, "ok");
    assert_eq!(files.release(&world.admin, evil, &why).await.unwrap_err().slug(), "file-not-found", "once is enough");
    let audits = world.store.audits(0, 10_000).await.unwrap();
    assert_eq!(audits.iter().find(|row| row.action == "file.release").unwrap().after["reason"], "A test of ours.");
    // Posted, and found later.
    let posted = scanned.upload(GOOD).await;
    scanned.becomes(posted, Scan::Clean).await;
    scanned.post(&mut author, posted).await;
    let last = scanned.upload(EVIL).await;
    scanned.becomes(last, Scan::Infected).await;
    files.delete_quarantined(&mina, last).await.unwrap();
    assert_eq!((scanned.quarantine(&mina, None).await, scanned.audited("file.delete").await), (vec![], 1));
    assert_eq!(files.delete_quarantined(&mina, last).await.unwrap_err().slug(), "file-not-found");
    assert_eq!(files.abandon(omar, last).await.unwrap_err().slug(), "file-not-found", "nor by its uploader, while the archive waits for it");
    // Its content goes when the archive has what happened, whatever its time.
    world.clock.advance(2 * stoa_services::files::KEPT);
    files.sweep().await.unwrap();
    assert!(world.store.file(last).await.unwrap().is_some());
    let queued: Vec<i64> = world.store.queued(1_000).await.unwrap().iter().map(|row| row.id).collect();
    world.store.unqueue(&queued).await.unwrap();
    files.sweep().await.unwrap();
    assert_eq!(world.store.file(last).await.unwrap(), None);
}

#[tokio::test]
async fn while_the_scanner_is_away_files_wait() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, room, omar, .. } = &scanned;
    clamd.be(How::Away);
    let file = scanned.upload(GOOD).await;
    let mut author = world.connect(omar).await;
    author.join(*room, None).await.unwrap();
    scanned.post(&mut author, file).await;
    let overview = async || world.services.pool.overview(&world.admin, None).await.unwrap().warnings;
    let waited = Instant::now();
    while !overview().await.iter().any(|warning| warning.kind == WarningKind::ScannerAway) {
        assert!(waited.elapsed() < Duration::from_secs(30), "nobody is told");
        world.clock.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let state = world.services.files.scanner(&world.admin).await.unwrap();
    assert!(state.configured && state.away_since.is_some() && state.checking == 1, "{state:?}");
    assert_eq!((scanned.read(omar, file).await, scanned.state(file).await), ("file-held".into(), Some(Scan::Waiting)));
    clamd.be(How::Well);
    scanned.becomes(file, Scan::Clean).await;
    assert_eq!(checked(&mut author).await.2, None);
    assert_eq!((scanned.read(omar, file).await, overview().await.len()), ("ok".into(), 0));
}

#[tokio::test]
async fn while_it_is_away_files_pass_where_the_pool_says_so_and_are_scanned_later() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, room, omar, .. } = &scanned;
    scanned.set(ChangeSettings { unscanned_files: Some(Unscanned::Pass), ..ChangeSettings::default() }).await;
    clamd.be(How::Away);
    let (good, evil) = (scanned.upload(GOOD).await, scanned.upload(EVIL).await);
    let mut author = world.connect(omar).await;
    author.join(*room, None).await.unwrap();
    for file in [good, evil] {
        scanned.becomes(file, Scan::Passed).await;
        scanned.post(&mut author, file).await;
        assert_eq!(scanned.read(omar, file).await, "ok");
    }
    assert_eq!(scanned.records("file_checked").await.len(), 2, "that nobody looked stands in the archive");
    assert_eq!(world.services.files.scanner(&world.admin).await.unwrap().passed, 2);
    clamd.be(How::Well);
    scanned.becomes(good, Scan::Clean).await;
    scanned.becomes(evil, Scan::Infected).await;
    assert_eq!(checked(&mut author).await, (2, evil, Some(Held::Infected)), "of the other there is nothing to tell");
    assert_eq!((scanned.read(omar, evil).await, scanned.read(omar, good).await), ("file-withheld".into(), "ok".into()));
}

#[tokio::test]
async fn what_it_cant_scan_is_withheld_after_some_tries_and_doesnt_keep_it_from_others() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, .. } = &scanned;
    for how in [How::Nonsense, How::Breaks] {
        clamd.be(how);
        let (before, file) = (clamd.scans.load(Ordering::SeqCst), scanned.upload(GOOD).await);
        scanned.becomes(file, Scan::Unscannable).await;
        assert_eq!((clamd.scans.load(Ordering::SeqCst) - before, scanned.read(&scanned.omar, file).await), (10, "file-withheld".into()));
        clamd.be(How::Well);
        let other = scanned.upload(GOOD).await;
        scanned.becomes(other, Scan::Clean).await;
        // It was no fault of the file's.
        world.services.files.rescan(&world.admin, file).await.unwrap();
        scanned.becomes(file, Scan::Clean).await;
    }
    clamd.be(How::Small);
    let large = scanned.upload(GOOD).await;
    scanned.becomes(large, Scan::Unscannable).await;
    let row = world.store.file(large).await.unwrap().unwrap().scan.unwrap();
    assert_eq!((row.signature.as_deref(), row.due), (Some("INSTREAM size limit exceeded"), None), "another try would come to the same");
    scanned.set(ChangeSettings { unscanned_files: Some(Unscanned::Pass), ..ChangeSettings::default() }).await;
    let passed = scanned.upload(GOOD).await;
    scanned.becomes(passed, Scan::Passed).await;
    assert_eq!(scanned.read(&scanned.omar, passed).await, "ok");
}

#[tokio::test]
async fn a_slow_scanner_gets_only_some_at_once() {
    let scanned = Scanned::new().await;
    let Scanned { clamd, .. } = &scanned;
    clamd.hold();
    let mut files = Vec::new();
    for _ in 0..9 {
        files.push(scanned.upload(GOOD).await);
    }
    let waited = Instant::now();
    while clamd.scans.load(Ordering::SeqCst) < 4 {
        assert!(waited.elapsed() < Duration::from_secs(30), "nothing is scanned");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    clamd.leave.add_permits(100);
    for file in files {
        scanned.becomes(file, Scan::Clean).await;
    }
    assert_eq!((clamd.most.load(Ordering::SeqCst), clamd.scans.load(Ordering::SeqCst)), (4, 9), "and each once");
}

#[tokio::test]
async fn with_new_signatures_files_are_scanned_again() {
    let scanned = Scanned::new().await;
    let Scanned { world, clamd, .. } = &scanned;
    let base = async |file| world.store.file(file).await.unwrap().unwrap().scan.unwrap().base;
    let old = scanned.upload(GOOD).await;
    scanned.becomes(old, Scan::Clean).await;
    world.clock.advance(Duration::from_secs(8 * 24 * 3_600));
    let young = scanned.upload(GOOD).await;
    scanned.becomes(young, Scan::Clean).await;
    clamd.learn("ClamAV 1.4.3/2/test");
    world.clock.advance(Duration::from_secs(61));
    let waited = Instant::now();
    while base(young).await.as_deref() != Some("ClamAV 1.4.3/2/test") {
        assert!(waited.elapsed() < Duration::from_secs(30), "not scanned again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(base(old).await.as_deref(), Some("ClamAV 1.4.3/1/test"), "it is older than the setting says");
    let files = &world.services.files;
    assert_eq!(files.rescan_all(&scanned.omar, &Rescan { since: None, all: true }).await.unwrap_err().status, 403);
    for neither in [Rescan::default(), Rescan { since: Some(world.clock_now()), all: true }] {
        assert_eq!(files.rescan_all(&world.admin, &neither).await.unwrap_err().status, 422);
    }
    assert_eq!(files.rescan_all(&world.admin, &Rescan { since: Some(world.clock_now()), all: false }).await.unwrap().files, 0);
    assert_eq!(files.rescan_all(&world.admin, &Rescan { since: None, all: true }).await.unwrap().files, 2);
    let waited = Instant::now();
    while base(old).await.as_deref() != Some("ClamAV 1.4.3/2/test") {
        assert!(waited.elapsed() < Duration::from_secs(30), "not scanned again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(scanned.audited("files.rescan").await, 2);
}

#[tokio::test]
async fn without_a_scanner_nothing_is_held() {
    let files = tempfile::tempdir().unwrap();
    let world = World::with(Options { files: Some(Arc::new(Blobs::folder(files.path()).unwrap())), ..Options::default() }).await;
    let room = world.room("desk", Privacy::Open).await;
    let body = Box::pin(futures_util::stream::iter([Ok(Bytes::from_static(EVIL))]));
    let new = NewUpload { name: "a.txt".into(), size: Some(EVIL.len() as u64) };
    let file = world.services.files.whole(&world.admin, room, &new, None, body).await.unwrap().file;
    assert_eq!((file.held, world.store.file(file.id).await.unwrap().unwrap().scan), (None, None));
    world.services.files.open(&world.admin, file.id).await.unwrap();
    let state = world.services.files.scanner(&world.admin).await.unwrap();
    assert!(!state.configured && state.away_since.is_none());
    assert_eq!(world.services.files.rescan_all(&world.admin, &Rescan { since: None, all: true }).await.unwrap_err().status, 409);
}
