//! What changes of an access list come to.

use std::collections::HashSet;

use stoa_domain::access::{self, Entry, ListOwner, Snapshot};
use stoa_domain::category::CategoryList;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::RoomList;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::list::{ChangeList, NewEntry, NewList};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, JoinAnswered};

use super::super::groups::plans::sees as sees_groups;
use super::super::plan::{Given, Plan, Step};
use crate::Result;

/// Entries of one list.
const LIST_LIMIT: usize = 10_000;

/// What becomes of a list.
pub struct Listed {
    pub plan: Plan,
    /// The whole list as it is then.
    pub after: Vec<Entry>,
    /// Whether anything becomes different.
    pub changes: bool,
}

/// Whether the user may see the list, or change it.
pub fn may(given: &Given<'_>, list: ListOwner, change: bool) -> Result<()> {
    let Given { snapshot, user, .. } = *given;
    let forbidden = || Problem::forbidden().detail("Only those who manage it see and change its lists.");
    match list {
        ListOwner::Room(room, _) => {
            let rights = snapshot.decide(user, room).rights;
            if !rights.exists() {
                return Err(Problem::room_not_found());
            }
            let may = if change { rights.manage } else { rights.see_in_console };
            if may { Ok(()) } else { Err(forbidden()) }
        }
        ListOwner::Category(category, _) => {
            let may = snapshot.may_manage_category(user, category) || (!change && snapshot.holds(user, Role::Auditor) && snapshot.category(category).is_some());
            if may {
                return Ok(());
            }
            let visible = snapshot.visible_categories(user).contains(&category);
            Err(if visible { forbidden() } else { Problem::category_not_found() })
        }
        ListOwner::Group(group) => {
            let holds = |role| snapshot.holds(user, role);
            let changes = holds(Role::Administrator) || (holds(Role::UserAdministrator) && !snapshot.leads_to_role(group));
            // Who may not know of groups isn't told which there are.
            if !sees_groups(snapshot, user) || snapshot.group(group).is_none() {
                return Err(Problem::group_not_found());
            }
            let may = changes || !change;
            if may { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators change groups through which a role is held.")) }
        }
        ListOwner::Role(_) => {
            let may = snapshot.holds(user, Role::Administrator) || (!change && snapshot.holds(user, Role::Auditor));
            if may { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators give and take roles.")) }
        }
    }
}

pub fn replace(given: &Given<'_>, list: ListOwner, new: &NewList) -> Result<Listed> {
    may(given, list, true)?;
    let entries = entries(given, list, "/items", &new.items)?;
    let stay: HashSet<Principal> = entries.iter().map(|entry| entry.principal).collect();
    let gone = given.snapshot.list(list).iter().map(|entry| entry.principal).filter(|principal| !stay.contains(principal)).collect();
    Ok(listed(given, list, "list.replace", different(given, list, entries), gone))
}

pub fn change(given: &Given<'_>, list: ListOwner, change: &ChangeList) -> Result<Listed> {
    may(given, list, true)?;
    let entries = entries(given, list, "/add", &change.add)?;
    if let Some(both) = change.remove.iter().find(|gone| entries.iter().any(|entry| entry.principal == **gone)) {
        return Err(Problem::invalid().field("/remove", "also-added", format!("{both} is to be added and removed at once.")));
    }
    let before = given.snapshot.list(list);
    let gone = change.remove.iter().copied().filter(|principal| before.contains(*principal)).collect();
    Ok(listed(given, list, "list.change", different(given, list, entries), gone))
}

pub fn add(given: &Given<'_>, list: ListOwner, new: &NewEntry) -> Result<Listed> {
    may(given, list, true)?;
    Ok(listed(given, list, "list.add", vec![entry(given, list, new)?], Vec::new()))
}

/// Lets somebody in who asked to join: that is no invitation.
pub fn admit(given: &Given<'_>, room: RoomId, user: UserId, until: Option<Timestamp>, answered: JoinAnswered) -> Result<Plan> {
    let list = ListOwner::Room(room, RoomList::Members);
    may(given, list, true)?;
    let entry = entry(given, list, &NewEntry { principal: Principal::User(user), until })?;
    let Plan { mut steps, audit } = listed(given, list, "room.admit", vec![entry], Vec::new()).plan;
    steps.retain(|step| !matches!(step, Step::Invite(..)));
    steps.push(Step::Answer(room, user, answered));
    Ok(Plan { steps, audit })
}

pub fn remove(given: &Given<'_>, list: ListOwner, principal: Principal) -> Result<Listed> {
    may(given, list, true)?;
    if !given.snapshot.list(list).contains(principal) {
        return Err(Problem::not_found());
    }
    Ok(listed(given, list, "list.remove", Vec::new(), vec![principal]))
}

/// An entry that stays as it was keeps who added it and when.
fn different(given: &Given<'_>, list: ListOwner, entries: Vec<Entry>) -> Vec<Entry> {
    let before = given.snapshot.list(list);
    entries.into_iter().filter(|entry| before.get(entry.principal).is_none_or(|old| old.until != entry.until)).collect()
}

fn entries(given: &Given<'_>, list: ListOwner, field: &'static str, new: &[NewEntry]) -> Result<Vec<Entry>> {
    if new.len() > LIST_LIMIT {
        return Err(Problem::invalid().field(field, "too-many", format!("At most {LIST_LIMIT} entries.")));
    }
    let mut entries = Vec::with_capacity(new.len());
    let mut named = HashSet::new();
    for (place, new) in new.iter().enumerate() {
        let entry = entry(given, list, new).map_err(|problem| problem.below(&format!("{field}/{place}")))?;
        if named.insert(entry.principal) {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// What was sent; a list can hold someone who isn't in scope, but nobody unknown.
fn entry(given: &Given<'_>, list: ListOwner, new: &NewEntry) -> Result<Entry> {
    let NewEntry { principal, until } = *new;
    if !given.snapshot.exists(principal) {
        return Err(Problem::invalid().field("/principal", "unknown", format!("There is no {principal}.")));
    }
    let fits = match list {
        ListOwner::Group(_) | ListOwner::Role(_) => matches!(principal, Principal::User(_) | Principal::Group(_)),
        ListOwner::Room(..) | ListOwner::Category(..) => true,
    };
    if !fits {
        return Err(Problem::invalid().field("/principal", "wrong-kind", "Only people and groups can stand here."));
    }
    Ok(Entry { principal, until, added_by: Some(given.user), added_at: given.now })
}

/// Who puts himself on a list of a room does so before everyone's eyes.
fn listed(given: &Given<'_>, list: ListOwner, action: &'static str, put: Vec<Entry>, gone: Vec<Principal>) -> Listed {
    let before = given.snapshot.list(list);
    let notice = match list {
        ListOwner::Room(room, of) => own(given, before, &put).map(|whom| {
            let name = given.snapshot.user(given.user).map_or("?", |user| user.display_name.as_str());
            Step::Notice(room, format!("{name} added {whom} to the {of}."))
        }),
        _ => None,
    };
    let invite = invited(given, list, before, &put).map(|newcomers| Step::Invite(list, newcomers));
    let touched: HashSet<Principal> = gone.iter().copied().chain(put.iter().map(|entry| entry.principal)).collect();
    let (changed, mut after): (Vec<Entry>, Vec<Entry>) = before.iter().partition(|entry| touched.contains(&entry.principal));
    after.extend_from_slice(&put);
    let changes = !touched.is_empty();
    let audit = Audit { action, object: object(list), before: described(given.snapshot, &changed), after: described(given.snapshot, &put) };
    let steps = [Step::Take(list, gone), Step::Put(list, put)].into_iter().chain(invite).chain(notice).collect();
    Listed { plan: Plan { steps, audit }, after, changes }
}

/// Who comes in by the entries, wasn't entered before and is to be told: anyone but who does it.
fn invited(given: &Given<'_>, list: ListOwner, before: access::List<'_>, put: &[Entry]) -> Option<Vec<Principal>> {
    let invites = match list {
        ListOwner::Room(room, RoomList::Members | RoomList::Managers | RoomList::Presenters) => given.snapshot.invites(room),
        ListOwner::Category(category, CategoryList::Members) => given.snapshot.setting(category, |settings| settings.invitations),
        // The group may stand in lists that invite.
        ListOwner::Group(_) => true,
        ListOwner::Room(..) | ListOwner::Category(..) | ListOwner::Role(_) => false,
    };
    let lived = |principal| before.get(principal).is_some_and(|entry| entry.lives(given.now));
    let new = put.iter().filter(|entry| entry.lives(given.now) && !lived(entry.principal) && entry.principal != Principal::User(given.user));
    let newcomers: Vec<_> = new.map(|entry| entry.principal).collect();
    (invites && !newcomers.is_empty()).then_some(newcomers)
}

/// How a notice names whom the entries bring in, if that is the user where he wasn't by such an entry.
fn own(given: &Given<'_>, before: access::List<'_>, put: &[Entry]) -> Option<String> {
    let brings = |entry: &&Entry| {
        let lived = before.get(entry.principal).is_some_and(|entry| entry.lives(given.now));
        entry.lives(given.now) && !lived && given.snapshot.is(given.user, entry.principal)
    };
    let entry = put.iter().find(brings)?;
    if entry.principal == Principal::User(given.user) {
        return Some(String::from("themselves"));
    }
    given.snapshot.name(entry.principal).map(str::to_owned)
}

/// As the audit log shows the entries that a change touches, always in one order, with their names of
/// that time. Not those that stay: a list may have thousands, and changes often.
fn described(snapshot: &Snapshot, entries: &[Entry]) -> serde_json::Value {
    let mut entries: Vec<_> = entries.iter().map(|entry| (entry.principal.to_string(), entry)).collect();
    entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let shown =
        |(principal, entry): (String, &Entry)| serde_json::json!({ "principal": principal, "name": snapshot.name(entry.principal), "until": entry.until });
    entries.into_iter().map(shown).collect()
}

/// As the audit log names a list.
pub fn object(list: ListOwner) -> String {
    match list {
        ListOwner::Room(room, list) => format!("room:{room}/{list}"),
        ListOwner::Category(category, list) => format!("category:{category}/{list}"),
        ListOwner::Group(group) => format!("group:{group}/members"),
        ListOwner::Role(role) => format!("role:{}", role.as_str()),
    }
}
