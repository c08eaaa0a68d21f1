mod past;
pub(super) mod plans;
mod reached;
mod table;

use std::sync::Arc;

use past::Past;
use plans::described;
use stoa_domain::access::{self, Decision, Entry, ListOwner, Snapshot};
use stoa_domain::category::{CategorySettings, Setting, Switch};
use stoa_domain::id::{CategoryId, RoomId};
use stoa_domain::principal::Principal;
use stoa_domain::room::{RoomList, RoomState};
use stoa_domain::settings::{FileLimits, PoolSettings};
use stoa_domain::wire::access::At;
use stoa_domain::wire::category::{Effective, EffectiveSettings};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::{ChangeRoom, NewRoom, Room};
use stoa_domain::wire::{Page, PageQuery, Person};
use stoa_store::{Audit, Object, StoreError};

use super::carry::Seen;
use super::plan::{Given, Plan};
use super::{Kept, Once, check_name, check_text, expected};
use crate::access::{person, refused, room_info};
use crate::audit::is_own;
use crate::paging::{behind, page_of};
use crate::services::Core;
use crate::{Caller, Result};

pub struct Rooms {
    pub(super) core: Arc<Core>,
    pub(super) past: Past,
}

impl Rooms {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, past: Past::default() }
    }

    /// Creates a room; who creates it becomes its manager.
    ///
    /// # Errors
    /// 404 for a category that the caller can't see, 403 where he may not create, 422, 409.
    pub async fn create(&self, caller: &Caller, new: NewRoom, key: Option<&str>) -> Result<Room> {
        let once = Once::new(caller, "rooms", key, &new)?;
        let snapshot = self.core.access.vouched()?;
        let now = self.core.environment.now();
        if !snapshot.may_create_room(caller.user, new.category) {
            let visible = snapshot.visible_categories(caller.user).contains(&new.category);
            return Err(if visible { Problem::forbidden().detail("You may not create rooms in this category.") } else { Problem::category_not_found() });
        }
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into());
        }
        let id: RoomId = self.core.environment.id();
        let mut unit = self.core.unit(caller).await?;
        let room = access::Room {
            id,
            category: new.category,
            name: check_name("/name", &new.name)?,
            description: check_text("/description", &new.description)?,
            topic: check_text("/topic", &new.topic)?,
            privacy: new.privacy,
            room_type: new.room_type,
            state: RoomState::Active,
            inherit_members: new.inherit_members,
            invitations: Switch::Inherit,
            files: Switch::Inherit,
            history: Switch::Inherit,
            limits: FileLimits::default(),
            created_at: now,
            version: unit.version(),
        };
        let creator = Entry { principal: Principal::User(caller.user), until: None, added_by: Some(caller.user), added_at: now };
        let made: Result<(), StoreError> = async {
            unit.put_room(&room).await?;
            unit.put_entries(ListOwner::Room(id, RoomList::Managers), &[creator]).await
        }
        .await;
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()),
        };
        let audit = Audit { action: "room.create", object: format!("room:{id}"), before: serde_json::Value::Null, after: described(&room) };
        self.core.commit(unit, audit).await?.shown(self.get(caller, id))
    }

    /// A room's configuration, for everyone to whom it exists.
    ///
    /// # Errors
    /// 404 to whom it doesn't.
    pub fn get(&self, caller: &Caller, room: RoomId) -> Result<Room> {
        let (snapshot, decision) = self.core.access.room(caller.user, room)?;
        Ok(configuration(&snapshot, &self.core.access.settings(), known(&snapshot, room)?, decision))
    }

    /// What is asked of a caller whose request is bad: that he manages the room. Its version comes back.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, room: RoomId) -> Result<String> {
        self.core.given(caller, |given| Ok(plans::managed(given, room)?.version.to_string()))
    }

    /// Carries a plan out, if there is anything to do, and shows the room.
    async fn carry_out(
        &self,
        caller: &Caller,
        room: RoomId,
        if_match: Option<Option<&str>>,
        make: impl Fn(&Given<'_>) -> Result<Option<Plan>>,
    ) -> Result<Room> {
        let may = |given: &Given<'_>| plans::managed(given, room).map(drop);
        let present = self.core.given(caller, |given| Ok(plans::managed(given, room)?.version))?;
        let seen = match if_match {
            Some(tag) => Seen::Object(Object::Room(room), expected(tag)?),
            None => Seen::Any,
        };
        // A change that comes too late is told so before what else is wrong with it.
        if matches!(seen, Seen::Object(_, version) if version != present) {
            return Err(Problem::changed_meanwhile());
        }
        if self.core.given(caller, &make)?.is_none() {
            return self.get(caller, room);
        }
        match self.core.carry_out(caller, seen, may, |given| make(given)?.ok_or_else(Problem::changed_meanwhile)).await {
            // Somebody else did the same just before.
            Err(problem) if if_match.is_none() && problem.status == Problem::changed_meanwhile().status => self.get(caller, room),
            done => done?.shown(self.get(caller, room)),
        }
    }

    /// Changes properties; what isn't sent stays.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for a name that is taken.
    pub async fn change(&self, caller: &Caller, room: RoomId, change: ChangeRoom, if_match: Option<&str>) -> Result<Room> {
        self.carry_out(caller, room, Some(if_match), |given| plans::change(given, room, &change).map(Some)).await
    }

    /// Moves a room to another category; the caller has to be a creator there.
    ///
    /// # Errors
    /// 404 also for a category that the caller can't see, 403, 428 and 412 by `If-Match`, 409 for a name that is taken there.
    pub async fn relocate(&self, caller: &Caller, room: RoomId, to: CategoryId, if_match: Option<&str>) -> Result<Room> {
        self.carry_out(caller, room, Some(if_match), |given| plans::relocate(given, room, to)).await
    }

    /// Disables or enables a room.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn set_state(&self, caller: &Caller, room: RoomId, state: RoomState) -> Result<Room> {
        self.carry_out(caller, room, None, |given| plans::set_state(given, room, state)).await
    }

    /// Removes a disabled room.
    ///
    /// # Errors
    /// 404, 403 to who doesn't manage its category, 428 and 412 by `If-Match`, 409 while it is active.
    pub async fn remove(&self, caller: &Caller, room: RoomId, if_match: Option<&str>) -> Result<()> {
        let may = |given: &Given<'_>| plans::owned(given, room).map(drop);
        self.core.given(caller, may)?;
        let seen = Seen::Object(Object::Room(room), expected(if_match)?);
        self.core.carry_out(caller, seen, may, |given| plans::remove(given, room)).await.map(drop)
    }

    /// Who is a member, a manager or a presenter, by any way.
    ///
    /// # Errors
    /// 404, 403 to who may know the room but not its members.
    pub fn people(&self, caller: &Caller, room: RoomId, page: &PageQuery) -> Result<Page<Person>> {
        let (snapshot, decision) = self.core.access.room(caller.user, room)?;
        if !decision.rights.see_members && !decision.rights.see_in_console {
            return Err(refused(decision));
        }
        let list = format!("people {room}");
        let after = behind(&list, page)?;
        let people = snapshot.belonging_by_name(room, after.as_deref()).map(|(key, user)| (key, person(&snapshot, user.id)));
        let page = page_of(&list, page, people);
        // Who sees them by the console alone isn't one of them.
        if !decision.rights.see_members && !is_own(&snapshot, caller.user, ListOwner::Room(room, RoomList::Managers)) {
            self.core.looked(caller, "people.look", format!("room:{room}"));
        }
        Ok(page)
    }
}

fn known(snapshot: &Snapshot, room: RoomId) -> Result<&access::Room> {
    snapshot.room(room).ok_or_else(Problem::room_not_found)
}

fn configuration(snapshot: &Snapshot, settings: &PoolSettings, room: &access::Room, decision: Decision) -> Room {
    let at = At::Room { id: room.id, name: room.name.clone() };
    let effective = |own: Switch, pick: fn(&CategorySettings) -> Setting| {
        let category = super::categories::effective(snapshot, room.category, pick);
        // A room is never wider than its category.
        if category.on && own == Switch::Off { Effective { on: false, from: at.clone(), locked: false } } else { category }
    };
    let limit = |pick| super::categories::limit(snapshot.limited(settings.limits(), room.category, Some(room), pick));
    Room {
        info: room_info(snapshot, room, decision),
        inherit_members: room.inherit_members,
        invitations: room.invitations,
        files: room.files,
        history: room.history,
        limits: room.limits,
        effective: EffectiveSettings {
            invitations: effective(room.invitations, |settings| settings.invitations),
            files: effective(room.files, |settings| settings.files),
            history: effective(room.history, |settings| settings.history),
            upload_limit: limit(|limits| limits.upload_limit),
            room_quota: limit(|limits| limits.room_quota),
        },
        created_at: room.created_at,
        version: room.version.to_string(),
    }
}
