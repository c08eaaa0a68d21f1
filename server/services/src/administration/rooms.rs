use std::sync::Arc;

use stoa_domain::access::{self, Decision, Entry, ListOwner, Snapshot};
use stoa_domain::category::Switch;
use stoa_domain::id::{CategoryId, RoomId};
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::room::{RoomList, RoomState};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::{ChangeRoom, NewRoom, Room};
use stoa_domain::wire::{Page, PageQuery, Person};
use stoa_store::{Audit, Object, StoreError};

use super::{Done, Kept, Once, check_name, check_text, expected};
use crate::access::{person, refused, room_info};
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Rooms {
    pub(super) core: Arc<Core>,
}

impl Rooms {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
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
        Ok(configuration(&snapshot, known(&snapshot, room)?, decision))
    }

    /// The room, if the caller manages it.
    fn managed(&self, caller: &Caller, room: RoomId) -> Result<Arc<Snapshot>> {
        let (snapshot, decision) = self.core.access.room(caller.user, room)?;
        if decision.rights.manage { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only its managers change a room.")) }
    }

    /// Changes properties; what isn't sent stays.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for a name that is taken.
    pub async fn change(&self, caller: &Caller, room: RoomId, change: ChangeRoom, if_match: Option<&str>) -> Result<Room> {
        let snapshot = self.managed(caller, room)?;
        let version = expected(if_match)?;
        let before = known(&snapshot, room)?;
        if before.version != version {
            return Err(Problem::changed_meanwhile());
        }
        let mut after = before.clone();
        if let Some(name) = &change.name {
            after.name = check_name("/name", name)?;
        }
        if let Some(description) = &change.description {
            after.description = check_text("/description", description)?;
        }
        if let Some(topic) = &change.topic {
            after.topic = check_text("/topic", topic)?;
        }
        after.privacy = change.privacy.unwrap_or(after.privacy);
        after.room_type = change.room_type.unwrap_or(after.room_type);
        after.inherit_members = change.inherit_members.unwrap_or(after.inherit_members);
        self.update(caller, before, after, "room.change").await?.shown(self.get(caller, room))
    }

    /// What is asked of a caller whose request is bad: that he manages the room. Its version comes back.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, room: RoomId) -> Result<String> {
        let snapshot = self.managed(caller, room)?;
        Ok(known(&snapshot, room)?.version.to_string())
    }

    /// Moves a room to another category; the caller has to be a creator there.
    ///
    /// # Errors
    /// 404 also for a category that the caller can't see, 403, 428 and 412 by `If-Match`, 409 for a name that is taken there.
    pub async fn relocate(&self, caller: &Caller, room: RoomId, to: CategoryId, if_match: Option<&str>) -> Result<Room> {
        let snapshot = self.managed(caller, room)?;
        let version = expected(if_match)?;
        let before = known(&snapshot, room)?;
        if before.version != version {
            return Err(Problem::changed_meanwhile());
        }
        if !snapshot.may_create_room(caller.user, to) {
            let seen = snapshot.may_see_category(caller.user, to);
            return Err(if seen { Problem::forbidden().detail("You may not create rooms in this category.") } else { Problem::category_not_found() });
        }
        if before.category == to {
            return self.get(caller, room);
        }
        self.update(caller, before, access::Room { category: to, ..before.clone() }, "room.move").await?.shown(self.get(caller, room))
    }

    /// Disables or enables a room.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn set_state(&self, caller: &Caller, room: RoomId, state: RoomState) -> Result<Room> {
        let snapshot = self.managed(caller, room)?;
        let before = known(&snapshot, room)?;
        if before.state != state {
            let action = if state == RoomState::Disabled { "room.disable" } else { "room.enable" };
            return self.update(caller, before, access::Room { state, ..before.clone() }, action).await?.shown(self.get(caller, room));
        }
        self.get(caller, room)
    }

    async fn update(&self, caller: &Caller, before: &access::Room, mut after: access::Room, action: &'static str) -> Result<Done> {
        let mut unit = self.core.unit(caller).await?;
        after.version = unit.version();
        unit.expect(Object::Room(before.id), before.version).await.or_problem()?;
        unit.put_room(&after).await.or_problem()?;
        let audit = Audit { action, object: format!("room:{}", before.id), before: described(before), after: described(&after) };
        self.core.commit(unit, audit).await
    }

    /// The rooms that the caller sees in the console, by name.
    ///
    /// # Errors
    /// 400 for a cursor that is made up.
    pub fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Room>> {
        let snapshot = self.core.access.vouched()?;
        let wanted = q.map(name_key);
        let rooms = snapshot.rooms().filter_map(|room| {
            let decision = snapshot.decide(caller.user, room.id);
            let key = name_key(&room.name);
            (decision.rights.see_in_console && wanted.as_ref().is_none_or(|wanted| key.contains(wanted)))
                .then(|| Keyed { key: format!("{key} {}", room.id), item: configuration(&snapshot, room, decision) })
        });
        paginate("rooms", rooms.collect(), page)
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
        let people = snapshot
            .who_belongs(room)
            .into_iter()
            .map(|user| Keyed { key: format!("{} {}", name_key(&user.display_name), user.id), item: person(&snapshot, user.id) });
        paginate(&format!("people {room}"), people.collect(), page)
    }
}

fn known(snapshot: &Snapshot, room: RoomId) -> Result<&access::Room> {
    snapshot.room(room).ok_or_else(Problem::room_not_found)
}

fn configuration(snapshot: &Snapshot, room: &access::Room, decision: Decision) -> Room {
    Room {
        info: room_info(snapshot, room, decision),
        inherit_members: room.inherit_members,
        invitations: room.invitations,
        files: room.files,
        history: room.history,
        created_at: room.created_at,
        version: room.version.to_string(),
    }
}

/// As the audit log shows it.
fn described(room: &access::Room) -> serde_json::Value {
    let category: CategoryId = room.category;
    serde_json::json!({
        "name": room.name, "description": room.description, "topic": room.topic, "category": category,
        "privacy": room.privacy, "type": room.room_type, "state": room.state, "inherit_members": room.inherit_members,
    })
}
