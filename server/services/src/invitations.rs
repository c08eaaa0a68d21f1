//! Invitations: rooms that somebody has become a member of by another's doing, and is told of until
//! he follows or declines. Kept is only which entry invites; whom it stands for is found out when
//! somebody looks, so that a group of thousands costs one row.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::channel::Signal;
use stoa_domain::wire::joining::{Invitation, InvitationAnswer};
use stoa_domain::wire::problem::Problem;
use tokio::sync::mpsc;

use crate::access::{person, room_info};
use crate::me::Me;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// More are too many to look at: the newest count.
const MOST: usize = 100;
/// Changes of lists that may wait to be told; who isn't told finds his invitation all the same.
const QUEUE: usize = 256;

/// The rooms that a user is invited into, the newest first.
pub(crate) async fn of(core: &Core, user: UserId, snapshot: &Snapshot) -> Result<Vec<Invitation>> {
    let rows = core.store.invitations(&snapshot.principals(user)).await.or_problem()?;
    let mut latest: HashMap<RoomId, (Option<UserId>, Timestamp)> = HashMap::new();
    // The oldest first, so that newer ones take their place.
    for row in rows.iter().filter(|row| row.by != Some(user)) {
        match row.list {
            ListOwner::Room(room, _) => drop(latest.insert(room, (row.by, row.at))),
            ListOwner::Category(category, _) => latest.extend(snapshot.rooms_with_members_of(category).into_iter().map(|room| (room, (row.by, row.at)))),
            ListOwner::Group(_) | ListOwner::Role(_) => {}
        }
    }
    if latest.is_empty() {
        return Ok(Vec::new());
    }
    let answered: HashMap<_, _> = core.store.invitation_answers(user).await.or_problem()?.into_iter().collect();
    let followed: HashSet<_> = core.store.follows(user).await.or_problem()?.into_iter().map(|follow| follow.room).collect();
    latest.retain(|room, (_, at)| !followed.contains(room) && answered.get(room).is_none_or(|answered| answered < at));
    let mut latest: Vec<_> = latest.into_iter().collect();
    latest.sort_unstable_by_key(|(room, (_, at))| (std::cmp::Reverse(*at), *room));
    let stands = |(room, (by, at)): (RoomId, (Option<UserId>, Timestamp))| {
        let known = snapshot.room(room).filter(|_| snapshot.invites(room) && snapshot.belongs(user, room))?;
        let description = room_info(snapshot, known, snapshot.decide(user, room));
        Some(Invitation { room, description, by: by.map(|by| person(snapshot, by)), at })
    };
    Ok(latest.into_iter().filter_map(stands).take(MOST).collect())
}

impl Me {
    /// The rooms that the caller is invited into, the newest first.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn invitations(&self, caller: &Caller) -> Result<Vec<Invitation>> {
        let snapshot = self.core.access.vouched()?;
        of(&self.core, caller.user, &snapshot).await
    }

    /// Accepts (and follows the room) or declines.
    ///
    /// # Errors
    /// 404 where there is no such room for the caller, or no invitation.
    pub async fn answer_invitation(&self, caller: &Caller, room: RoomId, answer: InvitationAnswer) -> Result<()> {
        let (snapshot, _) = self.core.access.room(caller.user, room)?;
        if !of(&self.core, caller.user, &snapshot).await?.iter().any(|invitation| invitation.room == room) {
            return Err(Problem::not_found().detail("You aren't invited into this room."));
        }
        match answer {
            InvitationAnswer::Accept => self.follow(caller, room).await.map(drop),
            InvitationAnswer::Decline => {
                self.core.store.answer_invitation(caller.user, room, self.core.environment.now()).await.or_problem()?;
                self.core.leave(caller.user, room, None).await
            }
        }
    }
}

/// Principals that were entered in a list.
pub(crate) struct Entered {
    before: Arc<Snapshot>,
    list: ListOwner,
    principals: Vec<Principal>,
    by: UserId,
}

/// The way to those who are to be told.
pub(crate) struct News(mpsc::Sender<Entered>);

impl News {
    pub fn new() -> (Self, mpsc::Receiver<Entered>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), receiver)
    }

    /// Has those who come in by new entries told, as far as they are connected.
    pub fn entered(&self, before: Arc<Snapshot>, list: ListOwner, principals: Vec<Principal>, by: UserId) {
        if !principals.is_empty() && self.0.try_send(Entered { before, list, principals, by }).is_err() {
            tracing::warn!(?list, "too many lists change at once: nobody is told of invitations right now");
        }
    }
}

/// One person after the other, so that a large group is no storm.
pub(crate) async fn tell(core: Arc<Core>, mut entered: mpsc::Receiver<Entered>) {
    while let Some(Entered { before, list, principals, by }) = entered.recv().await {
        let now = core.access.snapshot();
        for (index, user) in core.hub.users().into_iter().enumerate() {
            if index % 256 == 255 {
                tokio::task::yield_now().await;
            }
            if user == by || !principals.iter().any(|principal| now.is(user, *principal)) {
                continue;
            }
            if let ListOwner::Room(room, _) = list
                && before.belongs(user, room)
            {
                continue;
            }
            match of(&core, user, &now).await {
                Ok(invitations) => {
                    for invitation in invitations.into_iter().filter(|invitation| !before.belongs(user, invitation.room)) {
                        core.hub.invited(user, &[invitation.room]);
                        core.hub.tell(user, None, &Signal::Invited(Box::new(invitation)));
                    }
                }
                Err(problem) => tracing::warn!(%problem, "an invitation isn't told right now"),
            }
        }
    }
}
