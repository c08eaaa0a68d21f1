//! The directory: the rooms that one may find.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::name::name_key;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::JoinRequests;

use crate::access::room_info;
use crate::paging::{behind, page_of};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Directory {
    core: Arc<Core>,
}

impl Directory {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Rooms by category path and name.
    ///
    /// # Errors
    /// 400 for a cursor that is made up, 503 when the database is away.
    pub async fn find(&self, caller: &Caller, query: &DirectoryQuery) -> Result<Page<DirectoryRoom>> {
        const LIST: &str = "directory";
        let snapshot = self.core.access.vouched()?;
        let words: Vec<String> = query.q.as_deref().unwrap_or_default().split_whitespace().map(name_key).collect();
        let page = PageQuery { cursor: query.cursor.clone(), limit: query.limit };
        let after = behind(LIST, &page)?;
        let found = snapshot.rooms_by_path(after.as_deref(), false).filter_map(|(key, room)| {
            if query.privacy.is_some_and(|privacy| privacy != room.privacy)
                || query.category.is_some_and(|category| !snapshot.path_up(room.category).any(|level| level.id == category))
            {
                return None;
            }
            if !words.is_empty() {
                let text = snapshot.room_text(room.id);
                if !words.iter().all(|word| text.contains(word)) {
                    return None;
                }
            }
            let decision = snapshot.decide(caller.user, room.id);
            let found = || DirectoryRoom {
                room: room_info(&snapshot, room, decision),
                following: false,
                asked: false,
                created_at: room.created_at,
                active_at: None,
                people: None,
            };
            decision.rights.find.then(|| (key, found()))
        });
        let mut page = page_of(LIST, &page, found);
        let readable: Vec<_> = page.items.iter().filter(|item| item.room.may.enter).map(|item| item.room.id).collect();
        let active: HashMap<_, _> = self.core.store.last_posted(&readable).await.or_problem()?.into_iter().collect();
        let followed: HashSet<_> = self.core.store.follows(caller.user).await.or_problem()?.into_iter().map(|follow| follow.room).collect();
        let asked = self.core.store.join_requests(JoinRequests::By(caller.user)).await.or_problem()?;
        let asked: HashSet<_> = asked.into_iter().filter(|request| request.answered.is_none()).map(|request| request.room).collect();
        for item in &mut page.items {
            let id = item.room.id;
            item.following = item.room.may.enter && followed.contains(&id);
            item.asked = item.room.may.ask && asked.contains(&id);
            item.active_at = active.get(&id).copied();
            item.people = item.room.may.see_members.then(|| self.core.hub.count(id));
        }
        Ok(page)
    }
}
