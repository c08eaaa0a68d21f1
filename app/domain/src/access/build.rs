//! The snapshot of the next version, made out of the one before: what stayed is shared, and
//! only the people and categories that a change can reach are worked out again. The first one
//! is made out of nothing in the same way. Here objects are put in and out; then their lists
//! ([`lists`]), what people effectively are ([`people`]) and whom categories let in ([`scopes`]).

mod lists;
mod people;
mod scopes;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::crowd::Crowd;
use super::list::{Code, Kind};
use super::model::{Category, Domain, Entry, Group, ListOwner, Room, Unit, User};
use super::order::Touched;
use super::snapshot::{CategoryNode, GroupNode, PersonNode, RoomNode, Snapshot};
use crate::id::{AccessVersion, CategoryId, DomainId, GroupId, RoomId, UnitId};
use crate::name::name_key;
use crate::principal::Principal;
use crate::time::Timestamp;

/// What holds from a version and moment on that didn't before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub version: AccessVersion,
    pub at: Timestamp,
    /// New ones, and those that changed, as they are now.
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub units: Vec<Unit>,
    pub domains: Vec<Domain>,
    pub categories: Vec<Category>,
    pub rooms: Vec<Room>,
    pub gone_groups: Vec<GroupId>,
    pub gone_units: Vec<UnitId>,
    pub gone_domains: Vec<DomainId>,
    pub gone_categories: Vec<CategoryId>,
    pub gone_rooms: Vec<RoomId>,
    /// Entries that were put in, or taken out. Of the same twice, the later counts; those of unknown owners don't.
    pub entries: Vec<(ListOwner, Principal, Option<Entry>)>,
}

/// What is to be worked out again.
#[derive(Default)]
struct Dirty {
    users: Crowd,
    categories: BTreeSet<u32>,
}

impl Snapshot {
    /// Everything, out of nothing.
    #[must_use]
    pub fn new(changes: Changes) -> Self {
        Self::default().next(changes)
    }

    /// The same version at another moment: some entries have run out.
    #[must_use]
    pub fn at_moment(&self, at: Timestamp) -> Self {
        self.next(Changes { version: self.version, at, ..Changes::default() })
    }

    #[must_use]
    pub fn next(&self, changes: Changes) -> Self {
        let mut next = self.clone();
        let touched = Touched::of(&changes, &mut next);
        (next.version, next.at) = (changes.version, changes.at);
        let mut dirty = Dirty::default();
        let Changes { units, gone_units, groups, domains, gone_domains, users, categories, gone_categories, rooms, gone_rooms, .. } = changes;
        next.put_units(units, &gone_units, &mut dirty);
        for group in groups {
            next.put_group(group);
        }
        for domain in domains {
            let number = next.domains.intern(domain.id);
            next.domains.put(number, domain);
        }
        for domain in gone_domains {
            next.domains.remove(domain);
        }
        next.put_users(users, &mut dirty);
        for category in categories {
            next.put_category(category, &mut dirty);
        }
        for category in gone_categories {
            next.categories.remove(category);
        }
        for room in rooms {
            next.put_room(room);
        }
        for room in gone_rooms {
            next.rooms.remove(room);
        }
        next.put_entries(self, changes.entries, &changes.gone_groups, &mut dirty);
        for group in changes.gone_groups {
            next.groups.remove(group);
        }
        next.find_principals(&dirty.users);
        next.find_scopes(self, &dirty);
        next.renew_orders(&touched);
        next
    }

    fn put_group(&mut self, group: Group) {
        let number = self.groups.intern(group.id);
        let named = self.groups.at(number).filter(|before| before.group.name == group.name);
        let key = named.map_or_else(|| name_key(&group.name).into(), |before| Arc::clone(&before.key));
        self.groups.put(number, GroupNode { group, key });
    }

    fn put_units(&mut self, units: Vec<Unit>, gone: &[UnitId], dirty: &mut Dirty) {
        for unit in units {
            let number = self.units.intern(unit.id);
            if self.units.at(number).is_none_or(|before| before.parent != unit.parent) {
                dirty.users |= self.crowd(Code::new(Kind::Unit, number)).cloned().unwrap_or_default();
            }
            self.units.put(number, unit);
        }
        for id in gone {
            if let Some(code) = self.code(Principal::Unit(*id)) {
                dirty.users |= self.crowd(code).cloned().unwrap_or_default();
                self.units.remove(*id);
            }
        }
    }

    fn put_users(&mut self, users: Vec<User>, dirty: &mut Dirty) {
        for user in users {
            let number = self.users.intern(user.id);
            let enabled = self.enabled.contains(number);
            if enabled != user.enabled {
                let all = Arc::make_mut(&mut self.enabled);
                if user.enabled {
                    all.insert(number)
                } else {
                    all.remove(number)
                };
            }
            let before = self.users.at(number);
            if before.is_none() {
                Arc::make_mut(&mut self.keys).insert(name_key(&user.name), user.id);
            }
            if before.is_none_or(|before| (before.user.domain, before.user.unit) != (user.domain, user.unit)) {
                dirty.users.insert(number);
            }
            let who = before.map_or_else(|| Arc::from([]), |before| Arc::clone(&before.who));
            let named = before.filter(|before| (&before.user.name, &before.user.display_name) == (&user.name, &user.display_name));
            let keys =
                named.map_or_else(|| Arc::from(format!("{}\n{}", name_key(&user.name), name_key(&user.display_name))), |before| Arc::clone(&before.keys));
            if let Some(domain) = user.domain {
                self.domains.intern(domain);
            }
            self.users.put(number, PersonNode { user: Arc::new(user), who, keys });
        }
    }

    fn put_category(&mut self, category: Category, dirty: &mut Dirty) {
        let number = self.categories.intern(category.id);
        match self.categories.at_mut(number) {
            Some(node) => {
                if (node.category.parent, node.category.scope) != (category.parent, category.scope) {
                    dirty.categories.insert(number);
                }
                if node.category.name != category.name {
                    node.key = name_key(&category.name).into();
                }
                node.category = category;
            }
            None => {
                dirty.categories.insert(number);
                let key = name_key(&category.name).into();
                self.categories.put(number, CategoryNode { category, key, lists: Default::default(), scope: Arc::default() });
            }
        }
    }

    fn put_room(&mut self, room: Room) {
        let number = self.rooms.intern(room.id);
        let key = Arc::from(name_key(&room.name));
        let text = Arc::from(name_key(&format!("{} {} {}", room.name, room.description, room.topic)));
        match self.rooms.at_mut(number) {
            Some(node) => (node.room, node.key, node.text) = (room, key, text),
            None => self.rooms.put(number, RoomNode { room, key, text, lists: Default::default() }),
        }
    }
}
