use std::time::Duration;

use stoa_domain::archive::Kind;
use stoa_domain::id::{FileId, RoomId, Seq, UserId};
use stoa_domain::wire::file::Held;
use stoa_domain::wire::message::{HistoryQuery, RoomEvent};
use uuid::Uuid;

use super::cleanup::drain;
use super::files::{scanned_upload, uploaded, with};
use super::world::{World, at, audit, message};
use crate::{Actor, Audit, FileFilter, LegalHold, LetGo, NextScans, Record, Refused, Rescans, Scan, ScanFound, Scanned};

const ALL: NextScans = NextScans { held: false, limit: 10 };

fn found(state: Scan) -> Option<ScanFound> {
    Some(ScanFound { state, signature: (state == Scan::Infected).then(|| "Test.Sig".into()), base: Some("ClamAV 1/1".into()) })
}

fn scanned(world: &World, file: FileId, room: RoomId, claim: Uuid, found: Option<ScanFound>) -> Scanned {
    let record = Record { kind: Kind::FileChecked, room: Some(room), user: None, at: at(7), version: 1, payload: serde_json::json!({ "file": file }) };
    let event = world.uuid().into();
    Scanned { file, room, claim: Some(claim), by: None, found, due: None, tries: 0, at: at(7), event, access_version: 1, record: Some(record) }
}

/// Takes the one file that waits, and says this of it.
async fn scan(world: &World, file: FileId, room: RoomId, state: Scan) {
    let claim = world.uuid();
    let taken = world.store.files_to_scan(at(1_000), at(1_030), claim, ALL).await.unwrap();
    assert_eq!(taken.iter().map(|row| row.id).collect::<Vec<_>>(), [file]);
    assert!(world.store.file_scanned(&scanned(world, file, room, claim, found(state))).await.unwrap());
}

async fn state(world: &World, file: FileId) -> Option<Scan> {
    world.store.file(file).await.unwrap().unwrap().scan.map(|scan| scan.state)
}

/// What the room's stream says of files after a seq.
async fn told(world: &World, room: RoomId, after: Seq) -> Vec<(Seq, FileId, Option<Held>)> {
    let events = world.store.events_after(room, after, 100).await.unwrap();
    let told = |event| if let RoomEvent::Checked { of, file, held, .. } = event { Some((of, file, held)) } else { None };
    events.into_iter().filter_map(told).collect()
}

async fn shown(world: &World, room: RoomId) -> Vec<Option<Held>> {
    let history = world.store.history(room, &HistoryQuery::default(), 100, world.uuid().into()).await.unwrap();
    history.messages.iter().flat_map(|message| message.attachments.iter().map(|file| file.held)).collect()
}

pub async fn a_file_is_claimed_by_one_and_not_lost(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let file = scanned_upload(&world, room, mira).await;
    let (one, two) = (world.uuid(), world.uuid());
    assert!(world.store.files_to_scan(at(0), at(30), one, ALL).await.unwrap().is_empty(), "it came later");
    let taken = world.store.files_to_scan(at(10), at(40), one, ALL).await.unwrap();
    assert_eq!(taken.iter().map(|row| (row.id, row.held())).collect::<Vec<_>>(), [(file, Some(Held::Checking))]);
    assert!(world.store.files_to_scan(at(39), at(60), two, ALL).await.unwrap().is_empty(), "somebody is at it");
    assert!(world.store.file_claimed(file, one, at(50)).await.unwrap() && !world.store.file_claimed(file, two, at(90)).await.unwrap());
    assert!(world.store.files_to_scan(at(49), at(60), two, ALL).await.unwrap().is_empty(), "and needs longer");
    assert_eq!(world.store.files_to_scan(at(50), at(80), two, ALL).await.unwrap().len(), 1, "who died has lost it");
    assert!(!world.store.file_claimed(file, one, at(90)).await.unwrap());
    assert!(!world.store.file_scanned(&scanned(&world, file, room, one, found(Scan::Infected))).await.unwrap(), "and isn't heard any more");
    assert_eq!(state(&world, file).await, Some(Scan::Waiting));
    let failed = Scanned { due: Some(at(200)), tries: 3, found: None, ..scanned(&world, file, room, two, None) };
    assert!(world.store.file_scanned(&failed).await.unwrap());
    assert_eq!(world.store.file(file).await.unwrap().unwrap().scan.map(|scan| (scan.due, scan.tries)), Some((Some(at(200)), 3)));
    assert_eq!((world.store.scans_hasten(at(60)).await.unwrap(), world.store.scans_hasten(at(60)).await.unwrap()), (1, 0));
    scan(&world, file, room, Scan::Clean).await;
    let row = world.store.file(file).await.unwrap().unwrap().scan.unwrap();
    assert_eq!((row.state, row.due, row.at, row.base.as_deref()), (Scan::Clean, None, Some(at(7)), Some("ClamAV 1/1")));
    assert!(told(&world, room, 0).await.is_empty(), "no message has it");
    assert_eq!(world.store.queued(100).await.unwrap().iter().filter(|row| row.kind() == Kind::FileChecked).count(), 2, "what wasn't heard left no record");
}

pub async fn the_room_is_told_who_can_read(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let file = scanned_upload(&world, room, mira).await;
    let seq = world.act(room, mira, with(&[file], "")).await.unwrap().seq;
    assert_eq!((shown(&world, room).await, told(&world, room, 0).await), (vec![Some(Held::Checking)], vec![]));
    for (next, held, events) in [(Scan::Clean, None, 1), (Scan::Clean, None, 1), (Scan::Infected, Some(Held::Infected), 2), (Scan::Clean, None, 3)] {
        scan(&world, file, room, next).await;
        let told = told(&world, room, 0).await;
        assert_eq!((shown(&world, room).await, told.len(), told.last().copied()), (vec![held], events, Some((seq, file, held))));
        assert_eq!(world.store.scans_again(&Rescans::default(), at(900)).await.unwrap(), 1);
    }
    let head = world.store.heads(&[room]).await.unwrap()[0];
    assert_eq!((head.seq, head.n), (4, 1), "one seq after the other, and one message");
    let mut seqs: Vec<Seq> = world.store.queued(100).await.unwrap().iter().filter_map(|row| row.seq).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, [1, 2, 3, 4], "the archive has each");
    // Who reads again from the middle gets what holds now, and then each change up to it.
    assert!(matches!(&world.store.events_after(room, 0, 1).await.unwrap()[..], [RoomEvent::Message { message, .. }] if message.attachments[0].held.is_none()));
}

pub async fn what_nobody_can_read_goes_first(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let old = super::files::uploaded(&world, room, mira).await;
    assert_eq!((state(&world, old).await, world.store.scans_again(&Rescans { since: Some(at(2)), unless: None }, at(5)).await.unwrap()), (None, 0));
    assert_eq!(world.store.scans_again(&Rescans { since: Some(at(1)), unless: None }, at(5)).await.unwrap(), 1);
    assert_eq!(state(&world, old).await, Some(Scan::Unknown), "it can be read meanwhile");
    let new = scanned_upload(&world, room, mira).await;
    let claim = world.uuid();
    let held = world.store.files_to_scan(at(10), at(40), claim, NextScans { held: true, limit: 10 }).await.unwrap();
    assert_eq!(held.iter().map(|row| row.id).collect::<Vec<_>>(), [new]);
    assert!(world.store.file_scanned(&Scanned { due: Some(at(10)), ..scanned(&world, new, room, claim, None) }).await.unwrap());
    let next = world.store.files_to_scan(at(10), at(40), claim, NextScans { held: false, limit: 1 }).await.unwrap();
    assert_eq!(next.iter().map(|row| row.id).collect::<Vec<_>>(), [new]);
    assert!(world.store.file_scanned(&scanned(&world, new, room, claim, found(Scan::Passed))).await.unwrap());
    scan(&world, old, room, Scan::Clean).await;
    let unless = |base: &str| Rescans { since: None, unless: Some(base.into()) };
    assert_eq!(world.store.scans_again(&unless("ClamAV 1/1"), at(50)).await.unwrap(), 0, "with these they were scanned");
    assert_eq!(world.store.scans_again(&unless("ClamAV 1/2"), at(50)).await.unwrap(), 2);
    assert_eq!(world.store.scan_counts().await.unwrap(), [(Scan::Passed, 1)]);
}

async fn released(world: &World, file: FileId, room: RoomId) -> bool {
    let mut unit = world.store.begin(Actor { user: None, from: "test".into() }, at(9)).await.unwrap();
    let done = unit.file_scanned(&Scanned { claim: None, ..scanned(world, file, room, Uuid::nil(), found(Scan::Released)) }).await.unwrap();
    unit.commit(Audit { action: "file.release", object: String::new(), before: serde_json::Value::Null, after: serde_json::Value::Null }).await.unwrap();
    done
}

async fn rescanned(world: &World, file: FileId) -> bool {
    let mut unit = world.store.begin(Actor { user: None, from: "test".into() }, at(9)).await.unwrap();
    let done = unit.rescan_file(file).await.unwrap();
    unit.commit(Audit { action: "file.rescan", object: String::new(), before: serde_json::Value::Null, after: serde_json::Value::Null }).await.unwrap();
    done
}

pub async fn what_is_in_quarantine_can_be_let_go_or_deleted(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let one = scanned_upload(&world, room, mira).await;
    world.act(room, mira, with(&[one], "")).await.unwrap();
    scan(&world, one, room, Scan::Infected).await;
    let held =
        async |states: &[Scan], before| -> Vec<FileId> { world.store.files_held(states, before, 10).await.unwrap().into_iter().map(|row| row.id).collect() };
    assert_eq!((held(&[Scan::Infected, Scan::Waiting], None).await, held(&[Scan::Waiting], None).await), (vec![one], vec![]));
    assert!(held(&[Scan::Infected], Some(one)).await.is_empty());
    assert!(rescanned(&world, one).await);
    scan(&world, one, room, Scan::Infected).await;
    assert!(released(&world, one, room).await && !released(&world, one, room).await && !rescanned(&world, one).await);
    assert_eq!((shown(&world, room).await, told(&world, room, 0).await.len()), (vec![None], 2));
    assert_eq!(world.store.scans_again(&Rescans::default(), at(9)).await.unwrap(), 0, "what was let go stays so");

    let two = scanned_upload(&world, room, mira).await;
    scan(&world, two, room, Scan::Infected).await;
    assert_eq!(world.act(room, mira, with(&[two], "")).await, Err(Refused::Withheld), "nobody posts it");
    let omar = world.user("omar").await;
    assert_eq!(world.act(room, omar, with(&[two], "")).await, Err(Refused::NoFile), "to others it isn't there");
    assert_eq!(held(&[Scan::Infected], None).await, [two]);
    assert!(removed(&world, two, room, mira).await && held(&[Scan::Infected], None).await.is_empty());
    assert!(!rescanned(&world, two).await && !released(&world, two, room).await);
}

pub async fn posts_and_scans_dont_wait_for_each_other(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let mut files = Vec::new();
    for _ in 0..5 {
        files.push(scanned_upload(&world, room, mira).await);
    }
    let scans = async {
        let mut done = 0;
        while done < files.len() {
            let claim = world.uuid();
            for row in world.store.files_to_scan(at(1_000), at(1_030), claim, ALL).await.unwrap() {
                assert!(world.store.file_scanned(&scanned(&world, row.id, room, claim, found(Scan::Clean))).await.unwrap());
                done += 1;
            }
        }
    };
    let posts = async {
        for file in files.iter().rev() {
            world.act(room, mira, with(&[*file], "")).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(scans, posts) }).await.expect("they come to an end");
    assert_eq!(shown(&world, room).await, [None; 5]);
    let held: usize = told(&world, room, 0).await.iter().filter(|(_, _, held)| held.is_some()).count();
    assert_eq!(held, 0);
}

async fn removed(world: &World, file: FileId, room: RoomId, by: UserId) -> bool {
    let record = Record { kind: Kind::FileRemoved, room: Some(room), user: Some(by), at: at(9), version: 1, payload: serde_json::json!({ "file": file }) };
    let removed = Scanned { claim: None, by: Some(by), record: Some(record), ..scanned(world, file, room, Uuid::nil(), found(Scan::Removed)) };
    world.store.file_scanned(&removed).await.unwrap()
}

pub async fn what_is_removed_leaves_a_tombstone(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    let remove = async |file: FileId| removed(&world, file, room, omar).await;
    let let_go = async |second| {
        let LetGo { gone, held } = world.store.files_let_go(at(second), at(second + 60), 10).await.unwrap();
        (gone, held)
    };
    let files = [uploaded(&world, room, mira).await, uploaded(&world, room, omar).await];
    for (file, who) in files.into_iter().zip([mira, omar]) {
        world.act(room, who, with(&[file], "")).await.unwrap();
    }
    world.act(room, mira, message("look", Some(1), &[])).await.unwrap();
    let loose = uploaded(&world, room, mira).await;
    assert!(remove(files[0]).await && !remove(files[0]).await, "once");
    assert!(remove(files[1]).await && remove(loose).await);
    assert_eq!(world.act(room, mira, with(&[loose], "")).await, Err(Refused::NoFile), "what is removed isn't posted");
    let events = world.store.events_after(room, 3, 10).await.unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.author().id, event.seq())).collect();
    assert_eq!(told, [(omar, 4), (omar, 5)], "by who did it, and nothing of what no message has");
    let history = world.store.history(room, &HistoryQuery::default(), 100, mira).await.unwrap().messages;
    let attached: Vec<_> = history.iter().flat_map(|message| &message.attachments).map(|file| (file.id, file.name.as_str(), file.held)).collect();
    assert_eq!(attached, [(files[0], "", Some(Held::Removed)), (files[1], "", Some(Held::Removed))]);
    assert_eq!(history[2].reply_to.as_ref().and_then(|quote| quote.excerpt.as_deref()), Some(""), "no quote says its name");
    assert!(world.store.files_of(room, &FileFilter::default(), 10).await.unwrap().is_empty());
    // The scanner has no say any more, and nobody lets it go.
    assert_eq!(world.store.scans_again(&Rescans::default(), at(20)).await.unwrap(), 0);
    let released = Scanned { claim: None, ..scanned(&world, files[0], room, Uuid::nil(), found(Scan::Released)) };
    assert!(!world.store.file_scanned(&released).await.unwrap());

    assert_eq!(let_go(100).await, (0, 0), "the archive doesn't have it");
    drain(&world).await;
    let hold = LegalHold { id: world.uuid().into(), name: "case".into(), user: Some(omar), room: None, from: None, until: None };
    let mut unit = world.begin().await;
    unit.put_hold(&hold).await.unwrap();
    unit.commit(audit("test")).await.unwrap();
    // What no message has waits as well, whenever its time would have run out.
    assert_eq!(world.store.files_run_out(at(1_000), 10).await.unwrap(), 0);
    assert_eq!(let_go(100).await, (2, 1));
    assert_eq!((let_go(159).await, let_go(160).await), ((0, 0), (0, 1)), "tried again");
    let mut gone = world.store.files_to_erase(10).await.unwrap();
    gone.sort_unstable();
    assert_eq!(gone, [files[0], loose]);
    for file in gone {
        world.store.file_erased(file).await.unwrap();
    }
    assert_eq!(world.store.file(loose).await.unwrap(), None, "no message had it");
    assert_eq!(shown(&world, room).await, [Some(Held::Removed), Some(Held::Removed)], "the tombstone stays");
}
