//! The directory: the rooms that one may find.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::name::name_key;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::JoinRequests;

use crate::access::room_info;
use crate::paging::{Keyed, paginate};
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
        let snapshot = self.core.access.vouched()?;
        let words: Vec<String> = query.q.as_deref().unwrap_or_default().split_whitespace().map(name_key).collect();
        let found = snapshot.rooms().filter_map(|room| {
            if query.privacy.is_some_and(|privacy| privacy != room.privacy)
                || query.category.is_some_and(|category| !snapshot.path_up(room.category).any(|level| level.id == category))
            {
                return None;
            }
            let decision = snapshot.decide(caller.user, room.id);
            if !decision.rights.find {
                return None;
            }
            let text = name_key(&format!("{} {} {}", room.name, room.description, room.topic));
            if !words.iter().all(|word| text.contains(word)) {
                return None;
            }
            let info = room_info(&snapshot, room, decision);
            let key = format!("{}\u{1}{} {}", name_key(&info.path.join("\u{1}")), name_key(&room.name), room.id);
            Some(Keyed { key, item: DirectoryRoom { room: info, following: false, asked: false, created_at: room.created_at, active_at: None, people: None } })
        });
        let mut page = paginate("directory", found.collect(), &PageQuery { cursor: query.cursor.clone(), limit: query.limit })?;
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
