//! The console's table of rooms: filtered, in the order that one asks for, by pages or as a file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::access::{Category, ListOwner, Room as Kept, Snapshot};
use stoa_domain::id::{CategoryId, RoomId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::room::RoomList;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;

use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::{ConsoleRoom, RoomOrder, RoomPage, RoomQuery};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::Store;
use tokio::sync::mpsc;

use super::super::Rooms;
use super::configuration;
use crate::csv::{Guarded, Writer};
use crate::paging::{Keyed, behind, page_of, paginate_towards};
use crate::{Caller, Result, StoreProblem};

/// Rooms of one piece of the file.
const PIECE: usize = 500;

/// How much was said, and when last; of rooms in which nothing was, nothing.
type Said = HashMap<RoomId, (i64, Option<Timestamp>)>;

/// The table as somebody sees it at one moment.
struct Table {
    snapshot: Arc<Snapshot>,
    settings: Arc<PoolSettings>,
    user: UserId,
    /// Whether that somebody sees all rooms.
    all: bool,
    query: RoomQuery,
    /// Where order or filters ask for it.
    said: Said,
}

impl Rooms {
    /// A page of the rooms that the caller sees in the console.
    ///
    /// # Errors
    /// 400 for a cursor that is made up, 503 when the database is away.
    pub async fn table(&self, caller: &Caller, query: RoomQuery) -> Result<RoomPage> {
        let table = self.opened(caller, query).await?;
        let (table, total, page) = blocking(move || {
            let page = table.page();
            page.map(|(total, page)| (table, total, page))
        })
        .await??;
        let said = said_in(&*self.core.store, &page.items).await?;
        let items = blocking(move || page.items.iter().filter_map(|room| table.shown(*room, &said)).collect()).await?;
        Ok(RoomPage { items, next: page.next, total })
    }

    /// All of them as CSV, piece by piece.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn file(&self, caller: &Caller, query: RoomQuery) -> Result<mpsc::Receiver<Vec<u8>>> {
        let table = self.opened(caller, query).await?;
        let said = said_anywhere(&*self.core.store).await?;
        let (sender, receiver) = mpsc::channel(2);
        tokio::task::spawn_blocking(move || {
            let rooms = table.all();
            let mut head = Writer::with_head(&HEAD);
            for piece in rooms.chunks(PIECE) {
                for room in piece.iter().filter_map(|room| table.shown(*room, &said)) {
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

    /// With what was said in all rooms where order or filters ask for it.
    async fn opened(&self, caller: &Caller, query: RoomQuery) -> Result<Table> {
        let (snapshot, user) = (self.core.access.vouched()?, caller.user);
        let all = [Role::Administrator, Role::Auditor].into_iter().any(|role| snapshot.holds(user, role));
        let RoomQuery { active_before, active_after, min_messages, sort, .. } = query;
        let asks = active_before.is_some() || active_after.is_some() || min_messages.is_some();
        let asks = asks || matches!(sort, Some(RoomOrder::Active | RoomOrder::Messages));
        let said = if asks { said_anywhere(&*self.core.store).await? } else { Said::new() };
        Ok(Table { snapshot, settings: self.core.access.settings(), user, all, query, said })
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

async fn said_anywhere(store: &dyn Store) -> Result<Said> {
    Ok(store.said().await.or_problem()?.into_iter().map(|(room, messages, at)| (room, (messages, at))).collect())
}

impl Table {
    /// Whether a room belongs into it.
    fn filter(&self) -> impl Fn(&Kept) -> bool {
        let Self { snapshot, user, all, query, said, .. } = self;
        let words: Vec<String> = query.q.as_deref().unwrap_or_default().split_whitespace().map(name_key).collect();
        let below: Option<HashSet<CategoryId>> = query.category.map(|top| {
            let within = |category: &Category| category.id == top || (query.below == Some(true) && snapshot.path_up(category.id).any(|level| level.id == top));
            snapshot.categories().filter(|category| within(category)).map(|category| category.id).collect()
        });
        let RoomQuery { active_before, active_after, min_messages, .. } = *query;
        let lively = move |room: RoomId| {
            let (messages, active_at) = said.get(&room).copied().unwrap_or_default();
            // Where nothing was ever said there was nothing before any moment, too.
            active_before.is_none_or(|before| active_at.is_none_or(|at| at < before))
                && active_after.is_none_or(|after| active_at.is_some_and(|at| at >= after))
                && min_messages.is_none_or(|least| messages >= least)
        };
        let named = move |room: RoomId| {
            let key = snapshot.room_key(room);
            words.iter().all(|word| key.contains(word))
        };
        move |room| {
            query.privacy.is_none_or(|privacy| privacy == room.privacy)
                && query.room_type.is_none_or(|room_type| room_type == room.room_type)
                && query.state.is_none_or(|state| state == room.state)
                && below.as_ref().is_none_or(|below| below.contains(&room.category))
                && named(room.id)
                && lively(room.id)
                && (*all || snapshot.decide(*user, room.id).rights.see_in_console)
                && query.manager.is_none_or(|manager| snapshot.leads(manager, room.id))
                && query.member.is_none_or(|member| snapshot.belongs(member, room.id))
        }
    }

    fn order(&self) -> (RoomOrder, bool) {
        (self.query.sort.unwrap_or(RoomOrder::Name), self.query.descending.unwrap_or(false))
    }

    /// How many there are, and those that the cursor leads to.
    fn page(&self) -> Result<(u64, Page<RoomId>)> {
        let (order, descending) = self.order();
        // A cursor of another order leads nowhere here.
        let list = format!("rooms {order} {descending}");
        let page = PageQuery { cursor: self.query.cursor.clone(), limit: self.query.limit };
        let fits = self.filter();
        if let Some(named) = self.named(order, None, descending) {
            let total = named.filter(|(_, room)| fits(room)).count() as u64;
            let after = behind(&list, &page)?;
            let rest = self.named(order, after.as_deref(), descending).into_iter().flatten();
            return Ok((total, page_of(&list, &page, rest.filter(|(_, room)| fits(room)).map(|(key, room)| (key, room.id)))));
        }
        let keyed = self.numbered(order);
        Ok((keyed.len() as u64, paginate_towards(&list, keyed, &page, descending)?))
    }

    fn all(&self) -> Vec<RoomId> {
        let (order, descending) = self.order();
        if let Some(named) = self.named(order, None, descending) {
            let fits = self.filter();
            return named.filter(|(_, room)| fits(room)).map(|(_, room)| room.id).collect();
        }
        let mut keyed = self.numbered(order);
        keyed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        if descending {
            keyed.reverse();
        }
        keyed.into_iter().map(|room| room.item).collect()
    }

    /// In an order of names, which the snapshot has.
    fn named(&self, order: RoomOrder, after: Option<&str>, descending: bool) -> Option<Box<dyn Iterator<Item = (&str, &Kept)> + '_>> {
        match order {
            RoomOrder::Name => Some(self.snapshot.rooms_by_name(after, descending)),
            RoomOrder::Category => Some(self.snapshot.rooms_by_path(after, descending)),
            RoomOrder::Active | RoomOrder::Messages | RoomOrder::People => None,
        }
    }

    /// All that fit, by a number.
    fn numbered(&self, order: RoomOrder) -> Vec<Keyed<RoomId>> {
        let said = |room: RoomId| self.said.get(&room).copied().unwrap_or_default();
        let number = |room: RoomId| match order {
            RoomOrder::Active => said(room).1.map_or(0, Timestamp::micros).unsigned_abs(),
            RoomOrder::Messages => said(room).0.unsigned_abs(),
            RoomOrder::People | RoomOrder::Name | RoomOrder::Category => self.snapshot.belonging(room),
        };
        let fits = self.filter();
        let rooms = self.snapshot.rooms().filter(|room| fits(room));
        rooms.map(|room| Keyed { key: format!("{:020} {}", number(room.id), room.id), item: room.id }).collect()
    }

    fn shown(&self, room: RoomId, said: &Said) -> Option<ConsoleRoom> {
        let kept = self.snapshot.room(room)?;
        let (messages, active_at) = said.get(&room).copied().unwrap_or_default();
        Some(ConsoleRoom {
            room: configuration(&self.snapshot, &self.settings, kept, self.snapshot.decide(self.user, room)),
            entries: self.snapshot.list(ListOwner::Room(room, RoomList::Members)).len() as u64,
            people: self.snapshot.belonging(room),
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
