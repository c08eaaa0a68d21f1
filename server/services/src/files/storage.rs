//! Files of all rooms for whoever looks after them in the console. Managing a room lets nobody read in
//! it: what one may not read has no name here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::access::Snapshot;
use stoa_domain::file::file_name;
use stoa_domain::id::{CategoryId, FileId, RoomId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::wire::preview::NamedRoom;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::storage::{FileSort, FoundFile, FoundQuery, Storage, StorageBy, StorageLine, StorageOwner, StorageQuery};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{FileOrder, FileRow, FoundFilter, StorageOf, Taken};
use uuid::Uuid;

use super::Files;
use crate::access::person;
use crate::paging::{Keyed, cursor_at, paginate_towards, read_cursor};
use crate::{Caller, Result, StoreProblem};

/// The rooms that somebody sees in the console; none: all.
fn seen(snapshot: &Snapshot, user: UserId) -> Option<HashSet<RoomId>> {
    let all = [Role::Administrator, Role::Auditor].into_iter().any(|role| snapshot.holds(user, role));
    (!all).then(|| snapshot.rooms().filter(|room| snapshot.decide(user, room.id).rights.see_in_console).map(|room| room.id).collect())
}

/// Of those, the ones that are asked for.
fn asked(snapshot: &Snapshot, seen: Option<HashSet<RoomId>>, query: &FoundQuery) -> Option<Vec<RoomId>> {
    if query.room.is_none() && query.category.is_none() {
        return seen.map(|seen| seen.into_iter().collect());
    }
    let below = |category: CategoryId, top: CategoryId| snapshot.path_up(category).any(|level| level.id == top);
    let fits =
        |room: &&stoa_domain::access::Room| query.room.is_none_or(|asked| asked == room.id) && query.category.is_none_or(|top| below(room.category, top));
    let rooms = snapshot.rooms().filter(fits).map(|room| room.id);
    Some(rooms.filter(|room| seen.as_ref().is_none_or(|seen| seen.contains(room))).collect())
}

impl Files {
    /// Whole files of the rooms that the caller sees in the console, the largest or oldest first.
    ///
    /// # Errors
    /// 400 for a cursor of another list, 503.
    pub async fn found(&self, caller: &Caller, query: &FoundQuery, page: &PageQuery) -> Result<Page<FoundFile>> {
        self.core.access.confirm().await;
        let snapshot = self.core.access.vouched()?;
        let (order, descending) = (query.sort.unwrap_or(FileSort::Size), query.descending.unwrap_or(true));
        let list = format!("files {order} {descending}");
        let behind = page.cursor.as_deref().map(|cursor| place(&list, cursor)).transpose()?;
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let filter = FoundFilter {
            rooms: asked(&snapshot, seen(&snapshot, caller.user), query),
            name: filled(&query.q).map(|name| name_key(&file_name(&name))),
            kind: filled(&query.kind).map(|kind| kind.to_ascii_lowercase()),
            uploader: query.by,
            order: match order {
                FileSort::Size => FileOrder::Size,
                FileSort::Age => FileOrder::Age,
            },
            descending,
            behind,
        };
        let limit = page.limit.unwrap_or(50).clamp(1, 200);
        let mut rows =
            if filter.rooms.as_ref().is_some_and(Vec::is_empty) { Vec::new() } else { self.core.store.files_found(&filter, limit + 1).await.or_problem()? };
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|(row, place)| cursor_at(&list, &format!("{place} {}", row.id)));
        let items: Vec<FoundFile> = rows.iter().filter_map(|(row, _)| shown(&snapshot, caller.user, row)).collect();
        self.core.looked_for(caller, "files.look", "files".to_owned(), serde_json::to_value(query).unwrap_or_default());
        Ok(Page { items, next })
    }

    /// What they take, by rooms, by categories, or by people for who sees the whole pool.
    ///
    /// # Errors
    /// 403, 400 for a cursor of another list, 503.
    pub async fn storage(&self, caller: &Caller, query: &StorageQuery, page: &PageQuery) -> Result<Storage> {
        self.core.access.confirm().await;
        let snapshot = self.core.access.vouched()?;
        let seen = seen(&snapshot, caller.user);
        let by = query.by.unwrap_or(StorageBy::Room);
        if by == StorageBy::Person && seen.is_some() {
            return Err(Problem::forbidden().detail("Only who sees the whole pool sees what people store."));
        }
        let rooms: Vec<Taken> = {
            let mut rooms = self.core.store.files_taken(StorageOf::Rooms).await.or_problem()?;
            rooms.retain(|taken| seen.as_ref().is_none_or(|seen| seen.contains(&RoomId(taken.id))));
            rooms
        };
        let (files, bytes) = rooms.iter().fold((0, 0), |(files, bytes), taken| (files + taken.files, bytes + taken.bytes));
        let lines = match by {
            StorageBy::Room => {
                let settings = self.core.access.settings();
                let quota = |id| Some(super::limits(&snapshot, &settings, id).room_quota).filter(|quota| *quota > 0);
                let own = |taken: Taken| line(&taken, room(&snapshot, RoomId(taken.id))?, quota(RoomId(taken.id)));
                rooms.into_iter().filter_map(own).collect()
            }
            StorageBy::Category => categories(&snapshot, &rooms),
            StorageBy::Person => {
                let people = self.core.store.files_taken(StorageOf::People).await.or_problem()?;
                people.into_iter().filter_map(|taken| line(&taken, StorageOwner::Person(person(&snapshot, UserId(taken.id))), None)).collect()
            }
        };
        let Page { items, next } = paginate_towards(&format!("storage {by}"), lines, page, true)?;
        let settings = self.core.access.settings();
        let limit = |bytes: u64| (bytes > 0).then_some(bytes);
        self.core.looked_for(caller, "files.look", "files".to_owned(), serde_json::to_value(query).unwrap_or_default());
        Ok(Storage { files, bytes, pool_quota: limit(settings.pool_quota), room_quota: limit(settings.room_quota), items, next })
    }
}

fn place(list: &str, cursor: &str) -> Result<(i64, FileId)> {
    let key = read_cursor(list, cursor)?;
    let place = key.split_once(' ').and_then(|(value, id)| Some((value.parse().ok()?, FileId(Uuid::try_parse(id).ok()?))));
    place.ok_or_else(Problem::bad_cursor)
}

fn shown(snapshot: &Arc<Snapshot>, user: UserId, row: &FileRow) -> Option<FoundFile> {
    let room = snapshot.room(row.room)?;
    let readable = !row.hidden && row.seq.is_some() && snapshot.decide(user, room.id).rights.enter;
    Some(FoundFile {
        id: row.id,
        room: NamedRoom { id: room.id, name: room.name.clone() },
        by: person(snapshot, row.uploader),
        name: (readable || row.uploader == user).then(|| row.name.clone()),
        kind: row.kind.clone()?,
        size: row.size?,
        sha256: row.sha256?.iter().map(|byte| format!("{byte:02x}")).collect(),
        at: row.finished_at?,
        seq: row.seq,
        hidden: row.hidden,
        lost: row.lost,
        held: row.held(),
        may_remove: snapshot.decide(user, room.id).rights.manage || snapshot.holds(user, Role::Administrator),
    })
}

fn room(snapshot: &Snapshot, id: RoomId) -> Option<StorageOwner> {
    let room = snapshot.room(id)?;
    Some(StorageOwner::Room(NamedRoom { id, name: room.name.clone() }))
}

/// What takes most has the greatest key.
#[allow(clippy::unnecessary_wraps, reason = "as the callers chain it")]
fn line(taken: &Taken, of: StorageOwner, quota: Option<u64>) -> Option<Keyed<StorageLine>> {
    let Taken { id, files, bytes } = *taken;
    Some(Keyed { key: format!("{bytes:020} {id}"), item: StorageLine { of, files, bytes, quota } })
}

fn categories(snapshot: &Snapshot, rooms: &[Taken]) -> Vec<Keyed<StorageLine>> {
    let mut sums: HashMap<CategoryId, (u64, u64)> = HashMap::new();
    for taken in rooms {
        let Some(room) = snapshot.room(RoomId(taken.id)) else { continue };
        for level in snapshot.path_up(room.category) {
            let sum = sums.entry(level.id).or_default();
            *sum = (sum.0 + taken.files, sum.1 + taken.bytes);
        }
    }
    sums.into_iter()
        .filter_map(|(id, (files, bytes))| {
            let of = StorageOwner::Category { id, name: snapshot.category(id)?.name.clone() };
            line(&Taken { id: id.0, files, bytes }, of, None)
        })
        .collect()
}
