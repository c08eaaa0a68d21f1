use stoa_domain::archive::Kind;
use stoa_domain::id::{FileId, RoomId, Seq, UserId};
use stoa_domain::wire::cleanup::{QueryAction, QueryState};
use stoa_domain::wire::message::{HistoryQuery, RoomEvent};

use super::cleanup::{asked, drain, event, run, turn};
use super::world::{World, at, delete, message, say};
use crate::{Appending, FileFilter, FileOrder, FileState, FinishedFile, FoundFilter, NewFile, Placed, Quotas, Record, Refused, StorageOf};

const FREE: Quotas = Quotas { room: None, pool: None };

async fn begin(world: &World, room: RoomId, uploader: UserId, size: Option<u64>, quotas: Quotas) -> (FileId, Placed) {
    let id = FileId(world.uuid());
    let new = NewFile { id, room, uploader, name: "a_b%.txt".into(), size, at: at(0), expires_at: at(100) };
    (id, world.store.file_begin(&new, quotas, 5).await.unwrap())
}

async fn finish(world: &World, id: FileId, size: u64, quotas: Quotas) -> Placed {
    finish_to(world, id, size, quotas, false).await
}

async fn finish_to(world: &World, id: FileId, size: u64, quotas: Quotas, scan: bool) -> Placed {
    let payload = serde_json::json!({ "file": id, "name": "a.txt", "size": size, "sha256": "07", "type": "text/plain" });
    let record = Record { kind: Kind::FileUploaded, room: None, user: None, at: at(1), version: 1, payload };
    let finished = FinishedFile { id, size, sha256: [7; 32], kind: "text/plain".into(), at: at(1), expires_at: at(200), scan, record };
    world.store.file_finish(&finished, quotas).await.unwrap()
}

/// That nobody reads before it is scanned.
pub(super) async fn scanned_upload(world: &World, room: RoomId, uploader: UserId) -> FileId {
    let (id, _) = begin(world, room, uploader, Some(10), FREE).await;
    assert_eq!(finish_to(world, id, 10, FREE, true).await, Placed::Done);
    id
}

pub(super) async fn uploaded(world: &World, room: RoomId, uploader: UserId) -> FileId {
    let (id, placed) = begin(world, room, uploader, Some(10), FREE).await;
    assert_eq!((placed, finish(world, id, 10, FREE).await), (Placed::Done, Placed::Done));
    id
}

pub(super) fn with(files: &[FileId], body: &str) -> Appending {
    match say(body) {
        Appending::Message { kind, subject, body, importance, reply_to, mentions, withheld, .. } => {
            Appending::Message { kind, subject, body, importance, reply_to, mentions, files: files.to_vec(), withheld }
        }
        other => other,
    }
}

async fn posted(world: &World, room: RoomId, author: UserId) -> (FileId, Seq) {
    let file = uploaded(world, room, author).await;
    let seq = world.act(room, author, with(&[file], "")).await.unwrap().seq;
    (file, seq)
}

pub(super) async fn state(world: &World, id: FileId) -> Option<(FileState, bool)> {
    world.store.file(id).await.unwrap().map(|file| (file.state, file.hidden))
}

async fn shown(world: &World, room: RoomId) -> Vec<FileId> {
    let history = world.store.history(room, &HistoryQuery::default(), 100, UserId(world.uuid())).await.unwrap();
    let in_history: Vec<_> = history.messages.iter().flat_map(|message| message.attachments.iter().map(|file| file.id)).collect();
    let events = world.store.events_after(room, 0, 500).await.unwrap();
    let messages = events.iter().filter_map(|event| if let RoomEvent::Message { message, .. } = event { Some(message) } else { None });
    let in_events: Vec<_> = messages.flat_map(|message| message.attachments.iter().map(|file| file.id)).collect();
    assert_eq!(in_history, in_events, "the same on every path");
    let mut listed: Vec<_> = world.store.files_of(room, &FileFilter::default(), 100).await.unwrap().into_iter().map(|(file, _)| file.id).collect();
    listed.sort_unstable();
    let mut sorted = in_history.clone();
    sorted.sort_unstable();
    assert_eq!(listed, sorted);
    in_history
}

pub async fn an_upload_is_finished_once(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let (id, placed) = begin(&world, room, mira, None, FREE).await;
    assert_eq!((placed, state(&world, id).await), (Placed::Done, Some((FileState::Uploading, false))));
    assert_eq!(finish(&world, id, 3, FREE).await, Placed::Done);
    assert_eq!(finish(&world, id, 3, FREE).await, Placed::Gone);
    let file = world.store.file(id).await.unwrap().unwrap();
    assert_eq!((file.size, file.sha256, file.kind.as_deref(), file.expires_at), (Some(3), Some([7; 32]), Some("text/plain"), Some(at(200))));
    let queued = world.store.queued(1_000).await.unwrap();
    assert_eq!(queued.iter().filter(|row| row.kind() == Kind::FileUploaded).count(), 1);
    assert_eq!(world.store.files(&[id, FileId(world.uuid())]).await.unwrap(), [file]);
    world.store.file_set_lost(id, true).await.unwrap();
    assert!(world.store.files_after(None, 10).await.unwrap()[0].lost && world.store.files_after(Some(id), 10).await.unwrap().is_empty());
}

pub async fn quotas_hold_and_are_given_back(world: World) {
    let (mira, one, other) = (world.user("mira").await, world.room("a").await, world.room("b").await);
    let quotas = Quotas { room: Some(100), pool: Some(150) };
    let (first, placed) = begin(&world, one, mira, Some(60), quotas).await;
    assert_eq!(placed, Placed::Done);
    assert_eq!(begin(&world, one, mira, Some(41), quotas).await.1, Placed::RoomFull);
    assert_eq!(begin(&world, other, mira, Some(101), quotas).await.1, Placed::RoomFull);
    let (second, placed) = begin(&world, other, mira, Some(90), quotas).await;
    assert_eq!(placed, Placed::Done);
    assert_eq!(begin(&world, other, mira, Some(1), quotas).await.1, Placed::PoolFull);
    assert_eq!((world.store.file_space(Some(other)).await.unwrap(), world.store.file_space(None).await.unwrap()), (90, 150), "a refusal takes nothing");
    let (unknown, placed) = begin(&world, one, mira, None, quotas).await;
    assert_eq!((placed, finish(&world, unknown, 41, quotas).await), (Placed::Done, Placed::RoomFull));
    assert_eq!(finish(&world, unknown, 40, Quotas { pool: None, ..quotas }).await, Placed::Done);
    assert!(world.store.file_abandon(first).await.unwrap() && !world.store.file_abandon(first).await.unwrap());
    assert!(world.store.file_abandon(second).await.unwrap());
    assert_eq!((world.store.file_space(Some(one)).await.unwrap(), world.store.file_space(None).await.unwrap()), (40, 40));
    for _ in 0..4 {
        assert_eq!(begin(&world, one, mira, Some(0), FREE).await.1, Placed::Done);
    }
    assert_eq!(begin(&world, one, mira, Some(0), FREE).await.1, Placed::TooMany, "the finished one waits, too");
}

pub async fn a_message_takes_its_files(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let (one, two) = (uploaded(&world, room, mira).await, uploaded(&world, room, mira).await);
    let item = world.item(room, mira, with(&[two, one], ""));
    let placed = world.one(&item).await.unwrap();
    let again = world.one(&item).await.unwrap();
    assert_eq!((again.seq, again.new), (placed.seq, false), "the same nonce again");
    let mut other = item.clone();
    other.what = with(&[one, two], "");
    assert_eq!(world.one(&other).await, Err(Refused::NonceReused));
    assert_eq!(shown(&world, room).await, [two, one], "in the author's order");
    assert_eq!(world.act(room, mira, with(&[one], "")).await, Err(Refused::NoFile), "a file is in one message");
    let reply = world.act(room, mira, message("yes", Some(1), &[])).await.unwrap();
    let reply = world.store.message(room, reply.seq, mira).await.unwrap().unwrap();
    assert_eq!(reply.reply_to.unwrap().excerpt.as_deref(), Some("a_b%.txt"));
    assert_eq!(world.store.quote(room, 1).await.unwrap().unwrap().excerpt.as_deref(), Some("a_b%.txt"));
    let find = async |filter: FileFilter| world.store.files_of(room, &filter, 100).await.unwrap().len();
    let none = FileFilter::default;
    assert_eq!(find(FileFilter { name: Some("_c%".into()), ..none() }).await, 0);
    assert_eq!(find(FileFilter { name: Some("_b%".into()), kind: Some("text/".into()), uploader: Some(mira), ..none() }).await, 2);
    assert_eq!((find(FileFilter { kind: Some("ext".into()), ..none() }).await, find(FileFilter { behind: Some((1, 0)), ..none() }).await), (0, 1));
}

pub async fn nobody_posts_what_isnt_his_to_post(world: World) {
    let (mira, omar, room, other) = (world.user("mira").await, world.user("omar").await, world.room("a").await, world.room("b").await);
    let file = uploaded(&world, room, mira).await;
    let (unfinished, _) = begin(&world, room, mira, Some(1), FREE).await;
    assert_eq!(world.act(room, omar, with(&[file], "")).await, Err(Refused::NoFile));
    assert_eq!(world.act(other, mira, with(&[file], "")).await, Err(Refused::NoFile));
    assert_eq!(world.act(room, mira, with(&[unfinished], "")).await, Err(Refused::NoFile));
    assert_eq!(world.act(room, mira, with(&[file, file], "")).await, Err(Refused::NoFile));
    assert_eq!(world.act(room, mira, with(&[FileId(world.uuid())], "")).await, Err(Refused::NoFile));
    let twice = [world.item(room, mira, with(&[file], "one")), world.item(room, mira, with(&[file], "two"))];
    let outcomes = world.all(&twice).await;
    assert!(outcomes[0].is_ok() && outcomes[1] == Err(Refused::NoFile));
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 1);
}

pub async fn what_nobody_posts_runs_out(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let (open, _) = begin(&world, room, mira, Some(5), FREE).await;
    let waiting = uploaded(&world, room, mira).await;
    let (kept, _) = posted(&world, room, mira).await;
    assert_eq!(world.store.files_run_out(at(99), 10).await.unwrap(), 0);
    assert_eq!(world.store.files_run_out(at(100), 10).await.unwrap(), 1);
    assert_eq!(world.store.files_run_out(at(1_000), 10).await.unwrap(), 1);
    assert_eq!(world.store.file_space(None).await.unwrap(), 10);
    assert_eq!(world.act(room, mira, with(&[waiting], "")).await, Err(Refused::NoFile));
    let mut going = vec![open, waiting];
    going.sort_unstable();
    assert_eq!(world.store.files_to_erase(10).await.unwrap(), going);
    for id in going {
        world.store.file_erased(id).await.unwrap();
        assert_eq!(state(&world, id).await, None, "it leaves no trace");
    }
    world.store.file_erased(kept).await.unwrap();
    assert_eq!(state(&world, kept).await, Some((FileState::Posted, false)));
}

pub async fn hidden_messages_hide_their_files(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let (one, seq) = posted(&world, room, mira).await;
    world.act(room, mira, delete(seq)).await.unwrap();
    assert_eq!((shown(&world, room).await, state(&world, one).await), (vec![], Some((FileState::Posted, true))));
    let (two, _) = posted(&world, room, mira).await;
    for (action, text) in [(QueryAction::Remove, None), (QueryAction::Replace, Some("gone"))] {
        let query = run(&world, &asked(action, text), &[room], mira).await;
        assert_eq!((shown(&world, room).await, state(&world, two).await), (vec![], Some((FileState::Posted, true))));
        turn(&world, query, QueryState::Done, QueryState::Undoing, None).await.unwrap();
        while world.store.query_undo(query, &event(&world, mira, None)).await.unwrap() {}
        turn(&world, query, QueryState::Undoing, QueryState::Undone, None).await.unwrap();
        assert_eq!((shown(&world, room).await, state(&world, two).await), (vec![two], Some((FileState::Posted, false))));
    }
}

pub async fn files_go_with_texts_that_are_erased(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let (file, _) = posted(&world, room, mira).await;
    run(&world, &asked(QueryAction::Replace, Some("gone")), &[room], mira).await;
    assert!(world.store.query_erase(at(1_000), at(2_000)).await.unwrap().is_none() && world.store.files_to_erase(10).await.unwrap().is_empty());
    drain(&world).await;
    assert!(world.store.query_erase(at(1_000), at(2_000)).await.unwrap().is_some());
    assert_eq!(world.store.files_to_erase(10).await.unwrap(), [file]);
    world.store.file_erased(file).await.unwrap();
    assert_eq!(state(&world, file).await.map(|(state, _)| state), Some(FileState::Erased), "a tombstone stays");
    assert_eq!((world.store.file_space(Some(room)).await.unwrap(), shown(&world, room).await), (0, vec![]));
}

pub async fn files_of_all_rooms_are_found_and_counted(world: World) {
    let (mira, omar, desk, hall) = (world.user("mira").await, world.user("omar").await, world.room("a").await, world.room("b").await);
    let mut ids = Vec::new();
    for (room, who, size) in [(desk, mira, 30), (hall, omar, 10), (desk, omar, 20), (hall, mira, 20)] {
        let (id, placed) = begin(&world, room, who, Some(size), FREE).await;
        assert_eq!((placed, finish(&world, id, size, FREE).await), (Placed::Done, Placed::Done));
        ids.push(id);
    }
    // What isn't whole is neither found nor counted.
    begin(&world, desk, mira, Some(5), FREE).await;
    world.act(desk, mira, with(&[ids[0]], "")).await.unwrap();
    let all = FoundFilter { rooms: None, name: None, kind: None, uploader: None, order: FileOrder::Size, descending: true, behind: None };
    let found = async |filter: &FoundFilter, limit: u32| -> Vec<FileId> {
        world.store.files_found(filter, limit).await.unwrap().into_iter().map(|(file, _)| file.id).collect()
    };
    // Of two of one size the later comes first, where the largest do.
    assert_eq!(found(&all, 10).await, [ids[0], ids[3], ids[2], ids[1]]);
    assert_eq!(found(&FoundFilter { descending: false, ..all.clone() }, 10).await, [ids[1], ids[2], ids[3], ids[0]]);
    assert_eq!(found(&FoundFilter { order: FileOrder::Age, ..all.clone() }, 10).await, ids, "of one moment, in the order of their ids");
    // Page by page it is the same.
    for order in [FileOrder::Size, FileOrder::Age] {
        for descending in [true, false] {
            let mut filter = FoundFilter { order, descending, ..all.clone() };
            let whole = found(&filter, 10).await;
            let mut pages = Vec::new();
            loop {
                let page = world.store.files_found(&filter, 1).await.unwrap();
                let Some((file, place)) = page.into_iter().next() else { break };
                filter.behind = Some((place, file.id));
                pages.push(file.id);
            }
            assert_eq!(pages, whole, "{order:?} {descending}");
        }
    }
    assert_eq!(found(&FoundFilter { rooms: Some(vec![hall]), ..all.clone() }, 10).await, [ids[3], ids[1]]);
    assert_eq!(found(&FoundFilter { rooms: Some(vec![]), ..all.clone() }, 10).await, []);
    assert_eq!(found(&FoundFilter { uploader: Some(omar), ..all.clone() }, 10).await, [ids[2], ids[1]]);
    assert_eq!(found(&FoundFilter { kind: Some("image/".into()), ..all.clone() }, 10).await, []);
    assert_eq!(found(&FoundFilter { kind: Some("text/".into()), name: Some("no such".into()), ..all.clone() }, 10).await, []);
    let taken = async |of| {
        let mut taken: Vec<_> = world.store.files_taken(of).await.unwrap().into_iter().map(|taken| (taken.id, taken.files, taken.bytes)).collect();
        taken.sort_unstable();
        taken
    };
    let sorted = |mut of: Vec<(uuid::Uuid, u64, u64)>| {
        of.sort_unstable();
        of
    };
    assert_eq!(taken(StorageOf::Rooms).await, sorted(vec![(desk.0, 2, 50), (hall.0, 2, 30)]));
    assert_eq!(taken(StorageOf::People).await, sorted(vec![(mira.0, 2, 50), (omar.0, 2, 30)]));
}
