//! What a change comes to, worked out on a snapshot before anything is done. A call writes it; a
//! preview looks at the snapshot that it would lead to. So both go by the same rules.

use stoa_domain::access::{self, Changes, Entry, ListOwner, Snapshot};
use stoa_domain::id::{RoomId, UnitId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_store::{Append, Appending, Audit, Constraint, JoinAnswered, Object, StoreError, Unit};

use crate::services::Core;
use crate::{Caller, Result};

/// What a plan is made from.
pub(super) struct Given<'a> {
    pub snapshot: &'a Snapshot,
    /// Who would do it.
    pub user: UserId,
    pub now: Timestamp,
    pub settings: &'a PoolSettings,
}

pub(super) struct Plan {
    pub steps: Vec<Step>,
    pub audit: Audit,
}

pub(super) enum Step {
    Category(access::Category),
    Room(access::Room),
    Group(access::Group),
    Unit(access::Unit),
    Domain(access::Domain),
    Remove(Object),
    Put(ListOwner, Vec<Entry>),
    Take(ListOwner, Vec<Principal>),
    Person(UserId, Person),
    /// Whom these entries make members is told.
    Invite(ListOwner, Vec<Principal>),
    /// A request to join has its answer.
    Answer(RoomId, UserId, JoinAnswered),
    /// All its sessions end.
    SignOut(UserId),
    Settings(PoolSettings),
    /// Said in a room.
    Notice(RoomId, String),
}

/// What becomes of an account; none stays as it is.
#[derive(Default)]
pub(super) struct Person {
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    pub enabled: Option<bool>,
    pub unit: Option<Option<UnitId>>,
}

impl Plan {
    /// Puts it into a unit of work; how many entries of lists that takes away.
    pub async fn write(&self, core: &Core, caller: &Caller, unit: &mut dyn Unit) -> Result<u64, StoreError> {
        let mut taken = 0;
        for step in &self.steps {
            match step {
                Step::Category(category) => unit.put_category(category).await?,
                Step::Room(room) => unit.put_room(room).await?,
                Step::Group(group) => unit.put_group(group).await?,
                Step::Unit(one) => unit.put_unit(one).await?,
                Step::Domain(domain) => unit.put_domain(domain).await?,
                Step::Remove(object) => unit.remove(*object).await?,
                Step::Put(list, entries) => unit.put_entries(*list, entries).await?,
                Step::Take(list, principals) => {
                    taken += unit.remove_entries(*list, principals).await?;
                    // Who comes in again is told anew.
                    unit.uninvite(*list, principals).await?;
                }
                Step::Invite(list, principals) => unit.invite(*list, principals, Some(caller.user)).await?,
                Step::Answer(room, user, answered) => unit.answer_join_request(*room, *user, answered).await?,
                Step::Person(user, person) => person.write(*user, unit).await?,
                Step::SignOut(user) => unit.end_sessions(*user).await?,
                Step::Settings(settings) => unit.set_settings(settings).await?,
                Step::Notice(room, text) => {
                    let (id, at, access_version) = (core.environment.id(), core.environment.now(), unit.version());
                    let what = Appending::Notice { text: text.clone() };
                    unit.append(&Append { room: *room, author: caller.user, nonce: None, id, at, access_version, what }).await?;
                }
            }
        }
        Ok(taken)
    }

    /// The snapshot that would follow on this one, or what the database would refuse.
    pub fn draft(&self, snapshot: &Snapshot) -> Result<Snapshot, StoreError> {
        let version = snapshot.version + 1;
        let mut changes = Changes { version, at: snapshot.at, ..Changes::default() };
        for step in &self.steps {
            if let Some(taken) = step.taken_name(snapshot) {
                return Err(StoreError::Taken(taken));
            }
            match step {
                Step::Category(category) => changes.categories.push(access::Category { version, ..category.clone() }),
                Step::Room(room) => changes.rooms.push(access::Room { version, ..room.clone() }),
                Step::Group(group) => changes.groups.push(access::Group { version, ..group.clone() }),
                Step::Unit(unit) => changes.units.push(access::Unit { version, ..unit.clone() }),
                Step::Domain(domain) => changes.domains.push(access::Domain { version, ..domain.clone() }),
                Step::Remove(Object::Category(id)) => changes.gone_categories.push(*id),
                Step::Remove(Object::Room(id)) => changes.gone_rooms.push(*id),
                Step::Remove(Object::Group(id)) => changes.gone_groups.push(*id),
                Step::Remove(Object::Unit(id)) => changes.gone_units.push(*id),
                Step::Remove(Object::Domain(id)) => changes.gone_domains.push(*id),
                Step::Put(list, entries) => changes.entries.extend(entries.iter().map(|entry| (*list, entry.principal, Some(*entry)))),
                Step::Take(list, principals) => changes.entries.extend(principals.iter().map(|principal| (*list, *principal, None))),
                Step::Person(user, person) => changes.users.extend(snapshot.user(*user).map(|user| person.applied(user))),
                Step::Invite(..) | Step::Answer(..) | Step::SignOut(_) | Step::Settings(_) | Step::Notice(..) => {}
            }
        }
        let next = snapshot.next(changes);
        if self.steps.iter().any(Step::touches_administrators) && administrators(snapshot) > 0 && administrators(&next) == 0 {
            return Err(StoreError::LastAdministrator);
        }
        Ok(next)
    }
}

impl Person {
    pub async fn write(&self, user: UserId, unit: &mut dyn Unit) -> Result<(), StoreError> {
        if self.display_name.is_some() || self.email.is_some() {
            unit.set_profile(user, self.display_name.as_deref(), self.email.as_deref()).await?;
        }
        if let Some(hash) = &self.password_hash {
            unit.set_password(user, hash).await?;
        }
        if let Some(enabled) = self.enabled {
            unit.set_enabled(user, enabled).await?;
        }
        if let Some(to) = self.unit {
            unit.set_unit(user, to).await?;
        }
        Ok(())
    }

    fn applied(&self, user: &access::User) -> access::User {
        access::User {
            display_name: self.display_name.clone().unwrap_or_else(|| user.display_name.clone()),
            enabled: self.enabled.unwrap_or(user.enabled),
            unit: self.unit.unwrap_or(user.unit),
            ..user.clone()
        }
    }
}

impl Step {
    /// The uniqueness that it would run into.
    fn taken_name(&self, snapshot: &Snapshot) -> Option<Constraint> {
        // Only what is new or gets another name or place can run into something.
        let (taken, constraint) = match self {
            Self::Category(new) => {
                let stays = snapshot.category(new.id).is_some_and(|old| (&old.name, old.parent) == (&new.name, new.parent));
                let mut others = snapshot.categories().filter(|other| other.id != new.id && other.parent == new.parent);
                (!stays && others.any(|other| same(&other.name, &new.name)), Constraint::CategoryName)
            }
            Self::Room(new) => {
                let stays = snapshot.room(new.id).is_some_and(|old| (&old.name, old.category) == (&new.name, new.category));
                let mut others = snapshot.rooms().filter(|other| other.id != new.id && other.category == new.category);
                (!stays && others.any(|other| same(&other.name, &new.name)), Constraint::RoomName)
            }
            Self::Unit(new) => {
                let stays = snapshot.unit(new.id).is_some_and(|old| (&old.name, old.parent) == (&new.name, new.parent));
                let mut others = snapshot.units().filter(|other| other.id != new.id && other.parent == new.parent);
                (!stays && others.any(|other| same(&other.name, &new.name)), Constraint::UnitName)
            }
            Self::Group(new) => {
                let stays = snapshot.group(new.id).is_some_and(|old| old.name == new.name);
                let key = name_key(&new.name);
                (!stays && snapshot.named_groups().any(|(other, other_key)| other.id != new.id && other_key == key), Constraint::GroupName)
            }
            Self::Domain(new) => {
                let stays = snapshot.domain(new.id).is_some_and(|old| old.name == new.name);
                (!stays && snapshot.domains().any(|other| other.id != new.id && same(&other.name, &new.name)), Constraint::DomainName)
            }
            Self::Remove(_)
            | Self::Put(..)
            | Self::Take(..)
            | Self::Person(..)
            | Self::SignOut(_)
            | Self::Settings(_)
            | Self::Invite(..)
            | Self::Answer(..)
            | Self::Notice(..) => {
                return None;
            }
        };
        taken.then_some(constraint)
    }

    fn touches_administrators(&self) -> bool {
        match self {
            Self::Put(list, _) | Self::Take(list, _) => *list == ListOwner::Role(Role::Administrator),
            Self::Person(_, person) => person.enabled == Some(false),
            _ => false,
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    name_key(one) == name_key(other)
}

/// How many enabled local users hold the administrator's role directly and without end.
fn administrators(snapshot: &Snapshot) -> usize {
    let counts = |user: UserId| snapshot.user(user).is_some_and(|user| user.enabled && user.domain.is_none());
    let entries = snapshot.list(ListOwner::Role(Role::Administrator)).iter();
    entries.filter(|entry| entry.until.is_none() && matches!(entry.principal, Principal::User(user) if counts(user))).count()
}
