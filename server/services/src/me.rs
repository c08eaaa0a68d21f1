//! The caller's own state: followed rooms, favourites, drafts.

use std::sync::Arc;

use stoa_domain::access::{Decision, Snapshot};
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::wire::channel::Signal;
use stoa_domain::wire::me::{ChangeMyRoom, MyRoom};
use stoa_domain::wire::problem::Problem;
use stoa_store::{ChangeFollow, FollowRow, StoreError};

use crate::access::room_info;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem, problem};

/// Bytes of a draft: as long as a story.
const DRAFT_LIMIT: usize = 64 * 1024;

pub struct Me {
    pub(crate) core: Arc<Core>,
}

/// The followed rooms that the user may still enter.
pub(crate) async fn rooms(core: &Core, user: UserId, snapshot: &Snapshot) -> Result<Vec<MyRoom>> {
    let follows = core.store.follows(user).await.or_problem()?;
    Ok(follows
        .into_iter()
        .filter_map(|follow| {
            let decision = snapshot.decide(user, follow.room);
            if decision.rights.enter { my_room(snapshot, follow, decision) } else { None }
        })
        .collect())
}

fn my_room(snapshot: &Snapshot, follow: FollowRow, decision: Decision) -> Option<MyRoom> {
    Some(MyRoom {
        room: room_info(snapshot, snapshot.room(follow.room)?, decision),
        last_seq: follow.last_seq,
        last_n: follow.last_n,
        read_seq: follow.read_seq,
        unread: follow.unread,
        mentions: follow.mentions,
        favourite: follow.favourite,
        level: follow.level,
        draft: follow.draft,
    })
}

impl Me {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The rooms that the caller follows.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn rooms(&self, caller: &Caller) -> Result<Vec<MyRoom>> {
        let snapshot = self.core.access.vouched()?;
        rooms(&self.core, caller.user, &snapshot).await
    }

    async fn room(&self, caller: &Caller, room: RoomId) -> Result<MyRoom> {
        let (snapshot, decision) = self.core.access.enter(caller.user, room)?;
        let follow = self.core.store.follow(caller.user, room).await.or_problem()?;
        my_room(&snapshot, follow, decision).ok_or_else(Problem::room_not_found)
    }

    /// Begins to follow a room, without a socket.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn follow(&self, caller: &Caller, room: RoomId) -> Result<MyRoom> {
        self.core.access.enter(caller.user, room)?;
        if !self.core.store.set_following(caller.user, &[room], true).await.or_problem()?.is_empty() {
            self.core.hub.tell(caller.user, None, &Signal::Followed { room });
        }
        self.room(caller, room).await
    }

    /// Ends following. Rooms that one doesn't follow, or can't find any more, count as left.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn unfollow(&self, caller: &Caller, room: RoomId) -> Result<()> {
        match self.core.store.follow(caller.user, room).await {
            Ok(row) if row.following => return self.core.leave(caller.user, room, None).await,
            // An unknown room answers like a hidden one: there is nothing to leave.
            Ok(_) | Err(StoreError::Missing) => {}
            Err(error) => return Err(problem(error)),
        }
        self.core.access.room(caller.user, room).map(drop)
    }

    /// # Errors
    /// 404, 403, 422.
    pub async fn change(&self, caller: &Caller, room: RoomId, change: ChangeMyRoom) -> Result<MyRoom> {
        self.core.access.enter(caller.user, room)?;
        if change.draft.as_ref().is_some_and(|draft| draft.len() > DRAFT_LIMIT || draft.contains('\0')) {
            return Err(Problem::invalid().field("/draft", "too-long", format!("A draft has at most {DRAFT_LIMIT} bytes.")));
        }
        let change = ChangeFollow { favourite: change.favourite, level: change.level, draft: change.draft };
        self.core.store.change_follow(caller.user, room, &change).await.or_problem()?;
        self.room(caller, room).await
    }
}
