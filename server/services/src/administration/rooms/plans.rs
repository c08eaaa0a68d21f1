//! What changes of a room come to.

use stoa_domain::access::{self, ListOwner};
use stoa_domain::category::Switch;
use stoa_domain::id::{CategoryId, RoomId};
use stoa_domain::room::{RoomList, RoomState};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::ChangeRoom;
use stoa_store::{Audit, Object};

use super::super::categories::plans::seen as seen_category;
use super::super::plan::{Given, Plan, Step};
use super::super::{check_limits, check_name, check_text};
use crate::Result;

/// The room, if it exists for the user.
fn seen<'a>(given: &Given<'a>, id: RoomId) -> Result<&'a access::Room> {
    given.snapshot.room(id).filter(|_| given.snapshot.decide(given.user, id).rights.exists()).ok_or_else(Problem::room_not_found)
}

/// The room, if the user manages it.
pub fn managed<'a>(given: &Given<'a>, id: RoomId) -> Result<&'a access::Room> {
    let room = seen(given, id)?;
    if given.snapshot.decide(given.user, id).rights.manage { Ok(room) } else { Err(Problem::forbidden().detail("Only its managers change a room.")) }
}

/// The room, if the user may remove it: who manages its category does.
pub fn owned<'a>(given: &Given<'a>, id: RoomId) -> Result<&'a access::Room> {
    let room = seen(given, id)?;
    let may = given.snapshot.may_manage_category(given.user, room.category);
    if may { Ok(room) } else { Err(Problem::forbidden().detail("Only the managers of its category remove a room.")) }
}

pub fn change(given: &Given<'_>, id: RoomId, change: &ChangeRoom) -> Result<Plan> {
    let before = managed(given, id)?;
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
    for (field, switch) in [("/invitations", change.invitations), ("/files", change.files), ("/history", change.history)] {
        if switch == Some(Switch::On) {
            return Err(Problem::invalid().field(field, "never-wider", "A room inherits the setting of its category or turns it off."));
        }
    }
    after.invitations = change.invitations.unwrap_or(after.invitations);
    after.files = change.files.unwrap_or(after.files);
    after.history = change.history.unwrap_or(after.history);
    after.limits = check_limits(change.limits)?.unwrap_or(after.limits);
    Ok(update(before, after, "room.change"))
}

/// None where it stands there already.
pub fn relocate(given: &Given<'_>, id: RoomId, to: CategoryId) -> Result<Option<Plan>> {
    let before = managed(given, id)?;
    if !given.snapshot.may_create_room(given.user, to) {
        seen_category(given.snapshot, given.user, to)?;
        return Err(Problem::forbidden().detail("You may not create rooms in this category."));
    }
    Ok((before.category != to).then(|| update(before, access::Room { category: to, ..before.clone() }, "room.move")))
}

/// None where it is so already.
pub fn set_state(given: &Given<'_>, id: RoomId, state: RoomState) -> Result<Option<Plan>> {
    let before = managed(given, id)?;
    let action = if state == RoomState::Disabled { "room.disable" } else { "room.enable" };
    Ok((before.state != state).then(|| update(before, access::Room { state, ..before.clone() }, action)))
}

/// What was said in it stays for the archive.
pub fn remove(given: &Given<'_>, id: RoomId) -> Result<Plan> {
    let before = owned(given, id)?;
    if before.state != RoomState::Disabled {
        return Err(Problem::conflict().detail("A room is disabled before it is removed."));
    }
    let lists = RoomList::ALL.iter().map(|list| ListOwner::Room(id, *list));
    let mut steps: Vec<Step> = lists.map(|list| Step::Take(list, given.snapshot.list(list).iter().map(|entry| entry.principal).collect())).collect();
    steps.push(Step::Remove(Object::Room(id)));
    let audit = Audit { action: "room.remove", object: format!("room:{id}"), before: described(before), after: serde_json::Value::Null };
    Ok(Plan { steps, audit })
}

fn update(before: &access::Room, after: access::Room, action: &'static str) -> Plan {
    let audit = Audit { action, object: format!("room:{}", before.id), before: described(before), after: described(&after) };
    Plan { steps: vec![Step::Room(after)], audit }
}

/// As the audit log shows it.
pub fn described(room: &access::Room) -> serde_json::Value {
    let category: CategoryId = room.category;
    serde_json::json!({
        "name": room.name, "description": room.description, "topic": room.topic, "category": category,
        "privacy": room.privacy, "type": room.room_type, "state": room.state, "inherit_members": room.inherit_members,
        "invitations": room.invitations, "files": room.files, "history": room.history, "limits": room.limits,
    })
}
