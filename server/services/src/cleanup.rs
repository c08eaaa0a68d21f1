//! Message clean-up: administrators find messages by query, remove them or put another text in their
//! place, and take that back within a window. A query is begun here and carried out by [`work`].

pub(crate) mod work;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use stoa_domain::access::Snapshot;
use stoa_domain::archive::Kind;
use stoa_domain::id::{QueryId, RoomId};
use stoa_domain::name::check_name;
use stoa_domain::person::Role;
use stoa_domain::wire::cleanup::{
    ClearRoom, FoundMessage, MessageQuery, NewMessageQuery, QueryAction, QueryAuthor, QueryFound, QueryProgress, QueryRoom, QueryState,
};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};
use stoa_domain::words::Words;
use stoa_store::{Audit, NewQuery, QueryRow, StoreError};

use crate::access::{person, room_info};
use crate::administration::{Kept, Once};
use crate::paging::{cursor_at, read_cursor};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Rooms that one query names.
const ROOMS_LIMIT: usize = 1_000;
/// What is longer is no search for words.
const WORDS_LIMIT: usize = 1_000;
/// How many rooms and authors an answer names, and how many messages it shows.
const SHOWN_ROOMS: u32 = 200;
const SHOWN_AUTHORS: u32 = 100;
const SHOWN_MESSAGES: usize = 50;
/// Who begins something small gets its end for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Cleanup {
    core: Arc<Core>,
}

impl Cleanup {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// What is asked of a caller whose request is bad: that he may clean up.
    ///
    /// # Errors
    /// 403.
    pub fn may_clean(&self, caller: &Caller) -> Result<()> {
        self.cleaner(caller).map(drop)
    }

    fn cleaner(&self, caller: &Caller) -> Result<Arc<Snapshot>> {
        let snapshot = self.core.access.vouched()?;
        if snapshot.holds(caller.user, Role::Administrator) { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators clean messages up.")) }
    }

    fn sees(&self, caller: &Caller) -> Result<Arc<Snapshot>> {
        let snapshot = self.core.access.vouched()?;
        let sees = snapshot.holds(caller.user, Role::Administrator) || snapshot.holds(caller.user, Role::Auditor);
        if sees { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators see what was cleaned up.")) }
    }

    /// Begins a query.
    ///
    /// # Errors
    /// 403, 422, 409 for a reused key.
    pub async fn begin(&self, caller: &Caller, new: NewMessageQuery, key: Option<&str>) -> Result<MessageQuery> {
        let once = Once::new(caller, "messages/query", key, &new)?;
        let snapshot = self.cleaner(caller)?;
        let settings = self.core.access.settings();
        let query = check(&snapshot, new, settings.message_limit as usize)?;
        let rooms = rooms(&snapshot, &query);
        self.start(caller, query, rooms, &once).await
    }

    /// Clears a room's history before a moment.
    ///
    /// # Errors
    /// 404, 403, 409 for a reused key.
    pub async fn clear(&self, caller: &Caller, room: RoomId, clear: ClearRoom, key: Option<&str>) -> Result<MessageQuery> {
        let once = Once::new(caller, "rooms/clear", key, &(room, &clear))?;
        self.may_clear(caller, room)?;
        let query = NewMessageQuery {
            name: None,
            rooms: Some(vec![room]),
            category: None,
            author: None,
            from: None,
            to: Some(clear.before),
            words: None,
            action: QueryAction::Clear,
            text: None,
            dry_run: clear.dry_run,
        };
        self.start(caller, query, vec![room], &once).await
    }

    /// What is asked of a caller whose request is bad: that he may clear the room.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_clear(&self, caller: &Caller, room: RoomId) -> Result<()> {
        self.core.access.room(caller.user, room)?;
        self.may_clean(caller)
    }

    async fn start(&self, caller: &Caller, query: NewMessageQuery, rooms: Vec<RoomId>, once: &Once<'_>) -> Result<MessageQuery> {
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into()).await;
        }
        let id: QueryId = self.core.environment.id();
        let mut unit = self.core.unit(caller).await?;
        let audit = Audit {
            action: match (query.action, query.dry_run) {
                (_, true) => "messages.find",
                (QueryAction::Find, _) => "messages.find",
                (QueryAction::Remove, false) => "messages.remove",
                (QueryAction::Replace, false) => "messages.replace",
                (QueryAction::Clear, false) => "messages.clear",
            },
            object: format!("query:{id}"),
            before: serde_json::Value::Null,
            after: serde_json::json!({ "query": query, "rooms": rooms.len() }),
        };
        let made = unit.begin_query(&NewQuery { id, query, rooms }).await;
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()).await,
        };
        let done = self.core.commit(unit, audit).await?;
        self.settled(id).await;
        done.shown(self.get(caller, id).await)
    }

    /// Waits a little for the query's end.
    async fn settled(&self, id: QueryId) {
        let mut cleaned = self.core.cleaning.done.subscribe();
        self.core.cleaning.wake.notify_one();
        let end = async {
            while matches!(self.core.store.query(id).await, Ok(Some(row)) if matches!(row.state, QueryState::Running | QueryState::Undoing)) {
                if cleaned.changed().await.is_err() {
                    break;
                }
            }
        };
        // Whoever doesn't get the end is told how far it is.
        let _ = tokio::time::timeout(PATIENCE, end).await;
    }

    /// A query, with what it found: texts only of rooms that the caller may read, in their present state.
    ///
    /// # Errors
    /// 404 also to who doesn't see queries at all.
    pub async fn get(&self, caller: &Caller, id: QueryId) -> Result<MessageQuery> {
        let snapshot = self.sees(caller).map_err(|problem| if problem.status == 403 { Problem::query_not_found() } else { problem })?;
        let store = &self.core.store;
        let row = store.query(id).await.or_problem()?.ok_or_else(Problem::query_not_found)?;
        let reads = |room: RoomId| snapshot.decide(caller.user, room).rights.enter;
        let rooms = store.query_rooms(id, SHOWN_ROOMS).await.or_problem()?;
        let rooms = rooms.into_iter().map(|found| {
            let info = snapshot.room(found.room).map(|room| room_info(&snapshot, room, snapshot.decide(caller.user, found.room)));
            let (name, path) = info.map(|info| (info.name, info.path)).unwrap_or_default();
            let (messages, first_at, last_at) = (found.messages, found.first_at, found.last_at);
            QueryRoom { room: found.room, name, path, messages, first_at, last_at, readable: reads(found.room) }
        });
        let authors = store.query_authors(id, SHOWN_AUTHORS).await.or_problem()?;
        let authors = authors.into_iter().map(|(author, messages)| QueryAuthor { person: person(&snapshot, author), messages });
        let mut found = QueryFound { rooms: rooms.collect(), authors: authors.collect(), messages: Vec::new() };
        for (room, seq) in row.samples.iter().copied().filter(|(room, _)| reads(*room)).take(SHOWN_MESSAGES) {
            found.messages.extend(store.message(room, seq, caller.user).await.or_problem()?.map(|message| FoundMessage { room, message }));
        }
        // While it runs it is asked for again and again.
        if row.state != QueryState::Running {
            self.record_look(caller, id, &found.messages);
        }
        // Asked again after the reads: whoever lost a room meanwhile doesn't get its texts.
        let snapshot = self.core.access.vouched()?;
        found.messages.retain(|found| snapshot.decide(caller.user, found.room).rights.enter);
        Ok(MessageQuery { found: Some(found), ..shown(&snapshot, row) })
    }

    /// Whose texts were looked at stands in the archive, as for every other way to read.
    fn record_look(&self, caller: &Caller, query: QueryId, messages: &[FoundMessage]) {
        let rooms: HashSet<RoomId> = messages.iter().filter(|found| found.message.body.is_some()).map(|found| found.room).collect();
        if !rooms.is_empty() {
            self.core.looked(caller, "messages.look", format!("query:{query}"));
        }
        for room in rooms {
            let seqs: Vec<_> = messages.iter().filter(|found| found.room == room).map(|found| found.message.seq).collect();
            let payload = serde_json::json!({ "query": query, "seqs": seqs });
            self.core.writer.record(self.core.record(Kind::MessagesFound, room, caller.user, payload));
        }
    }

    /// All queries, the newest first.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up.
    pub async fn list(&self, caller: &Caller, page: &PageQuery) -> Result<Page<MessageQuery>> {
        const LIST: &str = "queries";
        let snapshot = self.sees(caller)?;
        let limit = page.limit.unwrap_or(50).clamp(1, 200);
        let before: Option<QueryId> = page
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(LIST, cursor))
            .transpose()?
            .map(|key| key.parse().map_err(|_| Problem::bad_cursor()))
            .transpose()?;
        let mut rows = self.core.store.queries(before, limit + 1).await.or_problem()?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| cursor_at(LIST, &row.id.to_string()));
        Ok(Page { items: rows.into_iter().map(|row| shown(&snapshot, row)).collect(), next })
    }

    /// Takes back what a query did, also one that still runs.
    ///
    /// # Errors
    /// 404, 403, 409 when there is nothing to take back or the window is over.
    pub async fn undo(&self, caller: &Caller, id: QueryId) -> Result<MessageQuery> {
        self.sees(caller).map_err(|problem| if problem.status == 403 { Problem::query_not_found() } else { problem })?;
        let row = self.core.store.query(id).await.or_problem()?.ok_or_else(Problem::query_not_found)?;
        self.may_clean(caller)?;
        let now = self.core.environment.now();
        if !changes(&row.query) {
            return Err(Problem::conflict().detail("This query has only looked."));
        }
        match row.state {
            QueryState::Undoing | QueryState::Undone => return self.get(caller, id).await,
            QueryState::Done if row.undo_until.is_none() => return Err(Problem::conflict().detail("This query has found nothing.")),
            QueryState::Done if row.undo_until.is_some_and(|until| until <= now) => return Err(too_late()),
            QueryState::Erased => return Err(too_late()),
            QueryState::Running | QueryState::Done => {}
        }
        let mut unit = self.core.unit(caller).await?;
        unit.turn_query(id, &[QueryState::Running, QueryState::Done], QueryState::Undoing, None).await.map_err(|error| match error {
            StoreError::Stale => too_late(),
            other => crate::problem(other),
        })?;
        let audit = Audit {
            action: "messages.undo",
            object: format!("query:{id}"),
            before: serde_json::json!({ "state": row.state, "messages": row.messages }),
            after: serde_json::json!({ "state": QueryState::Undoing }),
        };
        let done = self.core.commit(unit, audit).await?;
        self.settled(id).await;
        done.shown(self.get(caller, id).await)
    }

    /// Erases now what may be erased. It is also done by itself, every minute.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn erase(&self) -> Result<i64> {
        work::erase(&self.core).await.or_problem()
    }
}

fn too_late() -> Problem {
    Problem::conflict().detail("It can't be undone any more.")
}

/// Whether a query does more than look.
const fn changes(query: &NewMessageQuery) -> bool {
    !query.dry_run && !matches!(query.action, QueryAction::Find)
}

/// A query as it is carried out, or what is wrong with it.
fn check(snapshot: &Snapshot, mut new: NewMessageQuery, text_limit: usize) -> Result<NewMessageQuery> {
    let wrong = |field, code, message: String| Err(Problem::invalid().field(field, code, message));
    if let Some(name) = &new.name {
        new.name = Some(check_name(name).map_err(|error| Problem::invalid().field("/name", error.code(), error.to_string()))?);
    }
    if let Some(rooms) = &new.rooms {
        if rooms.is_empty() || rooms.len() > ROOMS_LIMIT {
            return wrong("/rooms", "out-of-range", format!("1 to {ROOMS_LIMIT} rooms, or none named for all of them."));
        }
        if let Some(unknown) = rooms.iter().find(|room| snapshot.room(**room).is_none()) {
            return wrong("/rooms", "unknown", format!("There is no room {unknown}."));
        }
    }
    if new.category.is_some_and(|category| snapshot.category(category).is_none()) {
        return wrong("/category", "unknown", String::from("There is no such category."));
    }
    if new.author.is_some_and(|author| snapshot.user(author).is_none()) {
        return wrong("/author", "unknown", String::from("There is no such person."));
    }
    if new.from.zip(new.to).is_some_and(|(from, to)| from >= to) {
        return wrong("/to", "out-of-range", String::from("It has to end after it begins."));
    }
    if let Some(words) = &new.words {
        if words.chars().count() > WORDS_LIMIT {
            return wrong("/words", "too-long", format!("At most {WORDS_LIMIT} characters."));
        }
        if Words::of(words).is_none() {
            return wrong("/words", "required", String::from("There is no word in it."));
        }
    }
    match (new.action, &new.text) {
        (QueryAction::Clear, _) => return wrong("/action", "invalid", String::from("A room is cleared at its own address.")),
        (QueryAction::Replace, None) => return wrong("/text", "required", String::from("Say what is to stand there.")),
        (QueryAction::Replace, Some(text)) => {
            let length = text.chars().count();
            if text.trim().is_empty() || length > text_limit {
                return wrong("/text", "out-of-range", format!("1 to {text_limit} characters."));
            }
            if text.chars().any(|c| c == '\0' || (stoa_domain::name::is_forbidden(c) && !matches!(c, '\n' | '\t' | '\r'))) {
                return wrong("/text", "forbidden-character", String::from("Control characters are not allowed."));
            }
        }
        (QueryAction::Find | QueryAction::Remove, Some(_)) => return wrong("/text", "invalid", String::from("Only what is replaced gets a text.")),
        (QueryAction::Find | QueryAction::Remove, None) => {}
    }
    new.dry_run |= new.action == QueryAction::Find;
    let narrows = new.rooms.is_some() || new.category.is_some() || new.author.is_some() || new.from.is_some() || new.to.is_some() || new.words.is_some();
    if !narrows && !new.dry_run {
        return wrong("/rooms", "required", String::from("Say which messages: these would be all of the pool's."));
    }
    Ok(new)
}

/// The rooms that a query looks through.
fn rooms(snapshot: &Snapshot, query: &NewMessageQuery) -> Vec<RoomId> {
    let named: Option<HashSet<RoomId>> = query.rooms.as_ref().map(|rooms| rooms.iter().copied().collect());
    let wanted = snapshot.rooms().filter(|room| {
        named.as_ref().is_none_or(|named| named.contains(&room.id))
            && query.category.is_none_or(|category| snapshot.path_up(room.category).any(|level| level.id == category))
    });
    wanted.map(|room| room.id).collect()
}

fn shown(snapshot: &Snapshot, row: QueryRow) -> MessageQuery {
    let by = row.by.user.map_or_else(|| person(snapshot, uuid::Uuid::nil().into()), |user| person(snapshot, user));
    MessageQuery {
        id: row.id,
        query: row.query,
        by,
        at: row.at,
        state: row.state,
        progress: QueryProgress { done: row.looked_at, of: row.of_events },
        messages: row.messages,
        rooms: row.rooms,
        authors: row.authors,
        first_at: row.first_at,
        last_at: row.last_at,
        finished_at: row.finished_at,
        undo_until: row.undo_until,
        erased: row.erased,
        found: None,
    }
}
