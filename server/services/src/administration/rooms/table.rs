//! The console's table of rooms: filtered, in the order that one asks for, by pages or as a file.

use std::collections::HashMap;
use std::sync::Arc;

use stoa_domain::access::{ListOwner, Room as Kept, Snapshot};
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::room::RoomList;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::{ConsoleRoom, RoomOrder, RoomPage, RoomQuery};
use stoa_store::Store;
use tokio::sync::mpsc;

use super::super::Rooms;
use super::configuration;
use crate::csv::{Guarded, Writer};
use crate::paging::{Keyed, paginate_towards};
use crate::{Caller, Result, StoreProblem};

/// Rooms of one piece of the file.
const PIECE: usize = 500;

/// How much was said, and when last; of rooms in which nothing was, nothing.
type Said = HashMap<RoomId, (i64, Option<Timestamp>)>;

/// The table as somebody sees it at one moment.
struct Table {
    snapshot: Arc<Snapshot>,
    user: UserId,
    query: RoomQuery,
}

impl Rooms {
    /// A page of the rooms that the caller sees in the console.
    ///
    /// # Errors
    /// 400 for a cursor that is made up, 503 when the database is away.
    pub async fn table(&self, caller: &Caller, query: RoomQuery) -> Result<RoomPage> {
        let (table, rooms, said) = self.rows(caller, query).await?;
        let order = table.query.sort.unwrap_or(RoomOrder::Name);
        let descending = table.query.descending.unwrap_or(false);
        let page = PageQuery { cursor: table.query.cursor.clone(), limit: table.query.limit };
        let (table, total, page) = blocking(move || {
            let (total, keyed) = (rooms.len() as u64, table.keyed(rooms, said.as_ref()));
            // A cursor of another order leads nowhere here.
            let list = format!("rooms {order} {descending}");
            (table, total, paginate_towards(&list, keyed, &page, descending))
        })
        .await?;
        let page = page?;
        let said = said_in(&*self.core.store, &page.items).await?;
        let items = blocking(move || page.items.iter().filter_map(|room| table.shown(*room, &said)).collect()).await?;
        Ok(RoomPage { items, next: page.next, total })
    }

    /// All of them as CSV, piece by piece.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn file(&self, caller: &Caller, query: RoomQuery) -> Result<mpsc::Receiver<Vec<u8>>> {
        let (table, rooms, _) = self.rows(caller, query).await?;
        let said = said_in(&*self.core.store, &rooms).await?;
        let (sender, receiver) = mpsc::channel(2);
        tokio::task::spawn_blocking(move || {
            let mut keyed = table.keyed(rooms, Some(&said));
            keyed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
            if table.query.descending == Some(true) {
                keyed.reverse();
            }
            let mut head = Writer::with_head(&HEAD);
            for piece in keyed.chunks(PIECE) {
                for room in piece.iter().filter_map(|row| table.shown(row.item, &said)) {
                    head.row(&cells(&room));
                }
                // Whoever asked has gone.
                if sender.blocking_send(head.take()).is_err() {
                    return;
                }
            }
            let _ = sender.blocking_send(head.take());
        });
        Ok(receiver)
    }

    /// What fits, and what was said there where order or filters ask for it.
    async fn rows(&self, caller: &Caller, query: RoomQuery) -> Result<(Table, Vec<RoomId>, Option<Said>)> {
        let table = Table { snapshot: self.core.access.vouched()?, user: caller.user, query };
        let (table, mut rooms) = blocking(move || {
            let rooms: Vec<RoomId> = table.found();
            (table, rooms)
        })
        .await?;
        let RoomQuery { active_before, active_after, min_messages, sort, .. } = table.query;
        let asks = active_before.is_some() || active_after.is_some() || min_messages.is_some();
        if !asks && !matches!(sort, Some(RoomOrder::Active | RoomOrder::Messages)) {
            return Ok((table, rooms, None));
        }
        let said = said_in(&*self.core.store, &rooms).await?;
        rooms.retain(|room| {
            let (messages, active_at) = said.get(room).copied().unwrap_or_default();
            // Where nothing was ever said there was nothing before any moment, too.
            active_before.is_none_or(|before| active_at.is_none_or(|at| at < before))
                && active_after.is_none_or(|after| active_at.is_some_and(|at| at >= after))
                && min_messages.is_none_or(|least| messages >= least)
        });
        Ok((table, rooms, Some(said)))
    }
}

/// Away from the tasks that others wait for.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

async fn said_in(store: &dyn Store, rooms: &[RoomId]) -> Result<Said> {
    let mut said: Said = store.heads(rooms).await.or_problem()?.into_iter().map(|head| (head.room, (head.n, None))).collect();
    for (room, at) in store.last_posted(rooms).await.or_problem()? {
        said.entry(room).or_default().1 = Some(at);
    }
    Ok(said)
}

impl Table {
    fn found(&self) -> Vec<RoomId> {
        let Self { snapshot, user, query } = self;
        let words: Vec<String> = query.q.as_deref().unwrap_or_default().split_whitespace().map(name_key).collect();
        let fits = |room: &&Kept| {
            let within =
                |category| room.category == category || (query.below == Some(true) && snapshot.path_up(room.category).any(|level| level.id == category));
            let named = || {
                let key = name_key(&room.name);
                words.iter().all(|word| key.contains(word))
            };
            query.privacy.is_none_or(|privacy| privacy == room.privacy)
                && query.room_type.is_none_or(|room_type| room_type == room.room_type)
                && query.state.is_none_or(|state| state == room.state)
                && query.category.is_none_or(within)
                && (words.is_empty() || named())
                && snapshot.decide(*user, room.id).rights.see_in_console
                && query.manager.is_none_or(|manager| snapshot.leads(manager, room.id))
                && query.member.is_none_or(|member| snapshot.belongs(member, room.id))
        };
        snapshot.rooms().filter(fits).map(|room| room.id).collect()
    }

    fn keyed(&self, rooms: Vec<RoomId>, said: Option<&Said>) -> Vec<Keyed<RoomId>> {
        let said = |room: RoomId| said.and_then(|said| said.get(&room)).copied().unwrap_or_default();
        let key = |room: &Kept| match self.query.sort.unwrap_or(RoomOrder::Name) {
            RoomOrder::Name => name_key(&room.name),
            RoomOrder::Category => format!("{}\u{1}{}", self.path(room).map(|name| name_key(&name)).collect::<Vec<_>>().join("\u{1}"), name_key(&room.name)),
            RoomOrder::Active => format!("{:020}", said(room.id).1.map_or(0, Timestamp::micros)),
            RoomOrder::Messages => format!("{:020}", said(room.id).0),
            RoomOrder::People => format!("{:020}", self.snapshot.reach(room.id).belonging()),
        };
        rooms.into_iter().filter_map(|id| Some(Keyed { key: format!("{} {id}", key(self.snapshot.room(id)?)), item: id })).collect()
    }

    /// The names of the categories from just below the root on.
    fn path(&self, room: &Kept) -> impl Iterator<Item = String> {
        let mut path: Vec<String> =
            self.snapshot.path_up(room.category).filter(|category| category.parent.is_some()).map(|category| category.name.clone()).collect();
        path.reverse();
        path.into_iter()
    }

    fn shown(&self, room: RoomId, said: &Said) -> Option<ConsoleRoom> {
        let kept = self.snapshot.room(room)?;
        let (messages, active_at) = said.get(&room).copied().unwrap_or_default();
        Some(ConsoleRoom {
            room: configuration(&self.snapshot, kept, self.snapshot.decide(self.user, room)),
            entries: self.snapshot.list(ListOwner::Room(room, RoomList::Members)).len() as u64,
            people: self.snapshot.reach(room).belonging(),
            messages,
            active_at,
        })
    }
}

const HEAD: [&str; 12] = ["id", "name", "category", "privacy", "type", "state", "inherit_members", "entries", "people", "messages", "active_at", "created_at"];

fn cells(row: &ConsoleRoom) -> [Guarded; 12] {
    let info = &row.room.info;
    [
        Guarded::plain(info.id),
        Guarded::text(&info.name),
        Guarded::text(&info.path.join(" / ")),
        Guarded::plain(info.privacy),
        Guarded::plain(info.room_type),
        Guarded::plain(info.state),
        Guarded::plain(row.room.inherit_members),
        Guarded::plain(row.entries),
        Guarded::plain(row.people),
        Guarded::plain(row.messages),
        Guarded::plain(row.active_at.map(|at| at.to_string()).unwrap_or_default()),
        Guarded::plain(row.room.created_at),
    ]
}
