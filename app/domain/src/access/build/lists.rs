//! Entries of lists, put in, out, and run out; and what that means for who is below whom.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::Dirty;
use crate::access::list::{Code, Item, Items, Kind};
use crate::access::model::{Entry, ListOwner};
use crate::access::snapshot::Snapshot;
use crate::category::CategoryList;
use crate::id::GroupId;
use crate::principal::Principal;

impl Snapshot {
    /// Puts entries in and out, and sees to those that ended between the two moments.
    pub(super) fn put_entries(&mut self, before: &Self, entries: Vec<(ListOwner, Principal, Option<Entry>)>, gone_groups: &[GroupId], dirty: &mut Dirty) {
        let mut lists: BTreeMap<ListOwner, Vec<(Code, Option<Item>)>> = BTreeMap::new();
        // A list's entries mostly come one behind the other.
        for of_one in entries.chunk_by(|one, other| one.0 == other.0) {
            let owner = of_one[0].0;
            let list = lists.entry(owner).or_default();
            list.reserve(of_one.len());
            for (_, principal, entry) in of_one {
                let code = self.intern(*principal);
                let item = entry.map(|entry| {
                    let by = entry.added_by.and_then(|by| NonZeroU32::new(self.users.intern(by).saturating_add(1)));
                    Item::new(code, entry.until, by, entry.added_at)
                });
                if let Some(until) = entry.and_then(|entry| entry.until) {
                    Arc::make_mut(&mut self.ends).insert((until, owner));
                }
                list.push((code, item));
            }
        }
        drop(entries);
        // By either direction of the clock.
        let (from, to) = (before.at.min(self.at), before.at.max(self.at));
        for (end, owner) in self.ends.iter() {
            if from < *end && *end <= to {
                lists.entry(*owner).or_default();
            }
        }
        for group in gone_groups {
            let all = self.items(ListOwner::Group(*group)).all().iter().map(|item| (item.code, None)).collect();
            lists.insert(ListOwner::Group(*group), all);
        }
        for (owner, changes) in lists {
            self.put_list(before, owner, changes, dirty);
        }
    }

    fn intern(&mut self, principal: Principal) -> Code {
        match principal {
            Principal::User(id) => Code::new(Kind::User, self.users.intern(id)),
            Principal::Group(id) => Code::new(Kind::Group, self.groups.intern(id)),
            Principal::Unit(id) => Code::new(Kind::Unit, self.units.intern(id)),
            Principal::Domain(id) => Code::new(Kind::Domain, self.domains.intern(id)),
            Principal::Everyone => Code::EVERYONE,
        }
    }

    fn put_list(&mut self, before: &Self, owner: ListOwner, changes: Vec<(Code, Option<Item>)>, dirty: &mut Dirty) {
        let changed = !changes.is_empty();
        match owner {
            ListOwner::Room(id, list) => {
                if changed
                    && let Some(number) = self.rooms.number(id)
                    && let Some(node) = self.rooms.at_mut(number)
                {
                    node.lists[list as usize] = node.lists[list as usize].with(changes);
                }
            }
            ListOwner::Category(id, list) => {
                if let Some(number) = self.categories.number(id)
                    && let Some(node) = self.categories.at_mut(number)
                {
                    if changed {
                        node.lists[list as usize] = node.lists[list as usize].with(changes);
                    }
                    if matches!(list, CategoryList::Allowed | CategoryList::Denied) {
                        dirty.categories.insert(number);
                    }
                }
            }
            ListOwner::Role(role) => {
                if changed {
                    self.roles[role as usize] = self.roles[role as usize].with(changes);
                }
            }
            ListOwner::Group(id) => {
                let Some(group) = self.groups.number(id).filter(|number| self.groups.at(*number).is_some()) else { return };
                let place = group as usize;
                if self.members.len() <= place {
                    self.members.resize(place + 1, Items::EMPTY);
                }
                // In order, both.
                let old: Vec<Code> = self.members[place].live(before.at).collect();
                if changed {
                    self.members[place] = self.members[place].with(changes);
                }
                let new: Vec<Code> = self.members[place].live(self.at).collect();
                for code in old.iter().filter(|code| new.binary_search(code).is_err()) {
                    self.put_edge(*code, group, false, dirty);
                }
                for code in new.iter().filter(|code| old.binary_search(code).is_err()) {
                    self.put_edge(*code, group, true, dirty);
                }
            }
        }
    }

    /// A user or group comes into a group, or goes. Whoever that can reach stood below it before:
    /// the lowest changed step of a chain has only unchanged ones under it.
    fn put_edge(&mut self, member: Code, group: u32, joins: bool, dirty: &mut Dirty) {
        let above = match member.kind() {
            Kind::User => {
                dirty.users.insert(member.number());
                &mut self.above_users
            }
            Kind::Group => {
                dirty.users |= self.crowds.groups.get(member.number() as usize).map(|crowd| (**crowd).clone()).unwrap_or_default();
                &mut self.above_groups
            }
            // Groups hold users and groups.
            Kind::Unit | Kind::Domain | Kind::Everyone => return,
        };
        let place = member.number() as usize;
        if above.len() <= place {
            above.resize(place + 1, None);
        }
        let mut groups: Vec<u32> = above[place].as_deref().unwrap_or_default().to_vec();
        match groups.binary_search(&group) {
            Ok(at) if !joins => drop(groups.remove(at)),
            Err(at) if joins => groups.insert(at, group),
            Ok(_) | Err(_) => {}
        }
        above[place] = (!groups.is_empty()).then(|| groups.into());
    }
}
