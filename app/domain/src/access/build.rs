//! The snapshot of the next version, made out of the one before: what stayed is shared, and
//! only the people and categories that a change can reach are worked out again. The first one
//! is made out of nothing in the same way.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::sync::Arc;

use super::crowd::{Crowd, Seen};
use super::list::{Code, Item, Items, Kind};
use super::model::{Category, Domain, Entry, Group, ListOwner, Room, Unit, User};
use super::order::Touched;
use super::snapshot::{Above, CategoryNode, GroupNode, PersonNode, RoomNode, Snapshot};
use crate::category::{CategoryList, Scope};
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

/// A category that is looked at, from the root downwards.
struct Turn {
    number: u32,
    /// Whom the parent lets in, and whether these are whom it let in before.
    parent: Option<Arc<Crowd>>,
    same: bool,
    /// Whether it lets in internal users only.
    internal: bool,
    /// Whether everybody is looked at, not only who became something else.
    whole: bool,
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

    /// Puts entries in and out, and sees to those that ended between the two moments.
    fn put_entries(&mut self, before: &Self, entries: Vec<(ListOwner, Principal, Option<Entry>)>, gone_groups: &[GroupId], dirty: &mut Dirty) {
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

    /// Works out again what these users effectively are.
    fn find_principals(&mut self, users: &Crowd) {
        let mut seen = Seen::default();
        for number in users {
            let Some(node) = self.users.at(number) else { continue };
            let who = self.principals_of(number, &node.user, &mut seen);
            let before = Arc::clone(&node.who);
            if before.is_empty() && node.user.domain.is_some() {
                Arc::make_mut(&mut self.crowds.partners).insert(number);
            }
            if *before == *who {
                continue;
            }
            for code in &*before {
                if who.binary_search(code).is_err() {
                    self.count_in(*code, number, false);
                }
            }
            for code in &who {
                if before.binary_search(code).is_err() {
                    self.count_in(*code, number, true);
                }
            }
            if let Some(node) = self.users.at_mut(number) {
                node.who = who.into();
            }
        }
    }

    fn principals_of(&self, number: u32, user: &User, seen: &mut Seen) -> Vec<Code> {
        fn of(above: &Above, place: u32) -> &[u32] {
            above.get(place as usize).and_then(Option::as_deref).unwrap_or_default()
        }
        seen.forget();
        let mut who = vec![Code::user(number)];
        let mut waiting: Vec<u32> = of(&self.above_users, number).to_vec();
        while let Some(group) = waiting.pop() {
            if seen.insert(group) {
                who.push(Code::new(Kind::Group, group));
                waiting.extend_from_slice(of(&self.above_groups, group));
            }
        }
        seen.forget();
        let mut unit = user.unit;
        while let Some(number) = unit.and_then(|unit| self.units.number(unit))
            && let Some(row) = self.units.at(number)
            && seen.insert(number)
        {
            who.push(Code::new(Kind::Unit, number));
            unit = row.parent;
        }
        match user.domain {
            None => who.push(Code::EVERYONE),
            Some(domain) => who.extend(self.domains.number(domain).map(|number| Code::new(Kind::Domain, number))),
        }
        who.sort_unstable();
        who
    }

    /// Counts a user in to what a principal stands for, or out.
    fn count_in(&mut self, code: Code, user: u32, joins: bool) {
        fn put(crowd: &mut Arc<Crowd>, user: u32, joins: bool) {
            let crowd = Arc::make_mut(crowd);
            if joins {
                crowd.insert(user)
            } else {
                crowd.remove(user)
            };
        }
        let crowds = match code.kind() {
            Kind::User => return,
            Kind::Group => &mut self.crowds.groups,
            Kind::Unit => &mut self.crowds.units,
            Kind::Domain => &mut self.crowds.domains,
            Kind::Everyone => {
                put(&mut self.crowds.everyone, user, joins);
                return put(&mut self.crowds.partners, user, !joins);
            }
        };
        let place = code.number() as usize;
        if crowds.len() <= place {
            crowds.resize_with(place + 1, Arc::default);
        }
        put(&mut crowds[place], user, joins);
    }

    /// Works out again whom the categories let in, from the root downwards.
    fn find_scopes(&mut self, before: &Self, dirty: &Dirty) {
        if dirty.categories.is_empty() && dirty.users.is_empty() {
            return;
        }
        let mut below: HashMap<Option<CategoryId>, Vec<u32>> = HashMap::new();
        for (number, node) in self.categories.iter() {
            below.entry(node.category.parent).or_default().push(number);
        }
        // Where all that a category's scope is made of is the same, it is, too.
        let people_same = Arc::ptr_eq(&before.crowds.everyone, &self.crowds.everyone) && Arc::ptr_eq(&before.crowds.partners, &self.crowds.partners);
        // What no root leads to lets nobody in.
        let mut unreached: BTreeSet<u32> = self.categories.iter().map(|(number, _)| number).collect();
        let roots = below.get(&None).into_iter().flatten();
        let mut waiting: Vec<Turn> = roots.map(|number| Turn { number: *number, parent: None, whole: false, same: true, internal: false }).collect();
        while let Some(Turn { number, parent, whole, same, internal }) = waiting.pop() {
            unreached.remove(&number);
            let Some(node) = self.categories.at(number) else { continue };
            let whole = whole || dirty.categories.contains(&number);
            let (id, old, inherit) = (node.category.id, Arc::clone(&node.scope), node.category.scope == Scope::Inherit);
            let inherits = inherit && node.lists[CategoryList::Denied as usize].all().is_empty();
            match &parent {
                // Most are like this, and all of them share what they let in.
                Some(parent) if inherits && internal => self.share_scope(number, parent),
                _ if whole || !(dirty.users.is_empty() || (inherits && same && people_same)) => {
                    self.find_scope(number, parent.as_ref(), (!whole).then_some(&dirty.users));
                }
                _ => {}
            }
            let Some(scope) = self.categories.at(number).map(|node| Arc::clone(&node.scope)) else { continue };
            let same = Arc::ptr_eq(&old, &scope);
            let internal = parent.is_some() && (internal || inherit);
            let children = below.get(&Some(id)).into_iter().flatten();
            waiting.extend(children.map(|child| Turn { number: *child, parent: Some(Arc::clone(&scope)), whole, same, internal }));
        }
        for number in unreached {
            if let Some(node) = self.categories.at_mut(number) {
                node.scope = Arc::default();
            }
        }
    }

    /// The category lets in whom its parent lets in.
    fn share_scope(&mut self, number: u32, parent: &Arc<Crowd>) {
        let shared = self.categories.at(number).is_some_and(|node| Arc::ptr_eq(&node.scope, parent));
        if !shared && let Some(node) = self.categories.at_mut(number) {
            node.scope = Arc::clone(parent);
        }
    }

    /// Whom one category lets in; with `only`, among these people, the others staying as they were.
    fn find_scope(&mut self, number: u32, parent: Option<&Arc<Crowd>>, only: Option<&Crowd>) {
        let Some(node) = self.categories.at(number) else { return };
        let [allowed, denied] = [CategoryList::Allowed, CategoryList::Denied].map(|list| &node.lists[list as usize]);
        let mut scope = match node.category.scope {
            Scope::Inherit => (*self.crowds.everyone).clone(),
            Scope::List => self.expand(allowed, only),
        };
        match parent {
            Some(parent) => scope &= &**parent,
            // The root's allowed list doesn't count for federated users: partners are let in by
            // name at every level below it.
            None => {
                scope &= &*self.crowds.everyone;
                scope |= &*self.crowds.partners;
            }
        }
        scope -= self.expand(denied, only);
        if let Some(only) = only {
            scope &= only;
            scope |= &*node.scope - only;
        }
        if scope == *node.scope {
            return;
        }
        let scope = match parent {
            Some(parent) if **parent == scope => Arc::clone(parent),
            _ => Arc::new(scope),
        };
        if let Some(node) = self.categories.at_mut(number) {
            node.scope = scope;
        }
    }

    /// The people whom the live entries of a list name, directly or not.
    pub(super) fn expand(&self, items: &Items, only: Option<&Crowd>) -> Crowd {
        let mut all = Crowd::new();
        for code in items.live(self.at) {
            if code.kind() == Kind::User {
                if only.is_none_or(|only| only.contains(code.number())) {
                    all.insert(code.number());
                }
            } else if let Some(crowd) = self.crowd(code) {
                match only {
                    Some(only) => all |= crowd & only,
                    None => all |= crowd,
                }
            }
        }
        all
    }
}
