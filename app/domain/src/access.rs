//! Who may do what. Pure functions over an immutable [`Snapshot`] of everything that a
//! decision reads, taken at one `access_version`; the rules are those of the table in
//! `docs/architecture.md`. Nothing here asks a database, a cache or a clock.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::category::{CategoryList, CategorySettings, Scope, Switch, effective};
use crate::id::{AccessVersion, CategoryId, DomainId, RoomId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::{Privacy, RoomList, RoomState, RoomType};
use crate::time::Timestamp;

/// What decisions read of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub enabled: bool,
    /// The partner that a federated user comes from; none for an internal user.
    pub domain: Option<DomainId>,
    pub roles: BTreeSet<Role>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    pub id: CategoryId,
    /// None only at the root.
    pub parent: Option<CategoryId>,
    pub name: String,
    pub description: String,
    pub scope: Scope,
    /// Whether the parent's members count too for rooms below that inherit members.
    pub inherit_members: bool,
    pub settings: CategorySettings,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    pub category: CategoryId,
    pub name: String,
    pub description: String,
    pub topic: String,
    pub privacy: Privacy,
    pub room_type: RoomType,
    pub state: RoomState,
    pub inherit_members: bool,
    /// `inherit` or `off`: never wider than the category.
    pub invitations: Switch,
    pub files: Switch,
    pub history: Switch,
    pub created_at: Timestamp,
    /// The version under which its properties last changed; its `ETag`.
    pub version: AccessVersion,
}

/// The list that an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListOwner {
    Room(RoomId, RoomList),
    Category(CategoryId, CategoryList),
}

/// An entry of an access list, as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub principal: Principal,
    /// From this moment on the entry has no effect.
    pub until: Option<Timestamp>,
    pub added_by: Option<UserId>,
    pub added_at: Timestamp,
}

/// One list: what was entered, by principal.
pub type List = HashMap<Principal, Entry>;

/// Everything that decisions read, at one version.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub version: AccessVersion,
    pub users: HashMap<UserId, User>,
    pub categories: HashMap<CategoryId, Category>,
    pub rooms: HashMap<RoomId, Room>,
    room_lists: HashMap<RoomId, [List; 4]>,
    category_lists: HashMap<CategoryId, [List; 5]>,
    /// Users by the key of their sign-in names, for mentions.
    #[cfg(feature = "server")]
    by_key: HashMap<String, UserId>,
}

/// What somebody may do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Rights {
    /// Find it in the directory, see its name and description.
    pub find: bool,
    pub see_members: bool,
    /// Join; read live, history and search; react; edit and delete one's own.
    pub enter: bool,
    pub post: bool,
    /// Ask to join (a closed room that one may find but not enter).
    pub ask: bool,
    /// Change its settings and lists.
    pub manage: bool,
    /// See it in the console.
    pub see_in_console: bool,
}

impl Rights {
    /// To whoever may neither find a room nor see it in the console, it doesn't exist.
    #[must_use]
    pub const fn exists(self) -> bool {
        self.find || self.see_in_console
    }
}

/// What stands in somebody's way into a room; the words that the client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    Unknown,
    AccountDisabled,
    RoomDisabled,
    OutOfScope,
    Denied,
    Excluded,
    NotAMember,
}

/// The answer to "may this user …": the rights, and if entering isn't one of them, why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub rights: Rights,
    pub refusal: Option<Refusal>,
}

impl Decision {
    const UNKNOWN: Self = Self::refused(
        Rights { find: false, see_members: false, enter: false, post: false, ask: false, manage: false, see_in_console: false },
        Refusal::Unknown,
    );

    const fn refused(rights: Rights, refusal: Refusal) -> Self {
        Self { rights, refusal: Some(refusal) }
    }
}

/// All principals that a user effectively is.
struct Principals(Vec<Principal>);

impl Principals {
    /// Whether a live entry of the list names one of them.
    fn on(&self, list: &List, now: Timestamp) -> bool {
        !list.is_empty() && self.0.iter().any(|principal| list.get(principal).is_some_and(|entry| entry.until.is_none_or(|until| now < until)))
    }
}

impl Snapshot {
    /// Puts together what was loaded; entries of unknown rooms and categories are dropped.
    #[must_use]
    pub fn new(
        version: AccessVersion,
        users: impl IntoIterator<Item = User>,
        categories: impl IntoIterator<Item = Category>,
        rooms: impl IntoIterator<Item = Room>,
        entries: impl IntoIterator<Item = (ListOwner, Entry)>,
    ) -> Self {
        let mut snapshot = Self {
            version,
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            categories: categories.into_iter().map(|category| (category.id, category)).collect(),
            rooms: rooms.into_iter().map(|room| (room.id, room)).collect(),
            room_lists: HashMap::new(),
            category_lists: HashMap::new(),
            #[cfg(feature = "server")]
            by_key: HashMap::new(),
        };
        #[cfg(feature = "server")]
        {
            snapshot.by_key = snapshot.users.values().map(|user| (crate::name::name_key(&user.name), user.id)).collect();
        }
        for (owner, entry) in entries {
            match owner {
                ListOwner::Room(id, list) if snapshot.rooms.contains_key(&id) => {
                    snapshot.room_lists.entry(id).or_default()[list as usize].insert(entry.principal, entry);
                }
                ListOwner::Category(id, list) if snapshot.categories.contains_key(&id) => {
                    snapshot.category_lists.entry(id).or_default()[list as usize].insert(entry.principal, entry);
                }
                ListOwner::Room(..) | ListOwner::Category(..) => {}
            }
        }
        snapshot
    }

    #[must_use]
    pub fn list(&self, owner: ListOwner) -> &List {
        static EMPTY: std::sync::LazyLock<List> = std::sync::LazyLock::new(List::new);
        match owner {
            ListOwner::Room(id, list) => self.room_lists.get(&id).map_or(&*EMPTY, |lists| &lists[list as usize]),
            ListOwner::Category(id, list) => self.category_lists.get(&id).map_or(&*EMPTY, |lists| &lists[list as usize]),
        }
    }

    /// The categories from the given one up to the root. Ends early at a broken or circular parent.
    pub fn path_up(&self, category: CategoryId) -> impl Iterator<Item = &Category> {
        std::iter::successors(self.categories.get(&category), |category| self.categories.get(&category.parent?)).take(crate::category::MAX_DEPTH + 1)
    }

    /// By the key of the sign-in name.
    #[cfg(feature = "server")]
    #[must_use]
    pub fn user_by_key(&self, key: &str) -> Option<UserId> {
        self.by_key.get(key).copied()
    }

    #[must_use]
    pub fn root(&self) -> Option<&Category> {
        self.categories.values().find(|category| category.parent.is_none())
    }

    /// What a user effectively is. Groups and units come in here.
    fn principals(&self, user: &User) -> Principals {
        let whole = user.domain.map_or(Principal::Everyone, Principal::Domain);
        Principals(vec![Principal::User(user.id), whole])
    }

    /// Whether the category lets the user into the rooms below it, or what forbids it.
    fn passes(&self, user: &User, who: &Principals, category: &Category, now: Timestamp) -> Result<(), Refusal> {
        if who.on(self.list(ListOwner::Category(category.id, CategoryList::Denied)), now) {
            return Err(Refusal::Denied);
        }
        let internal = user.domain.is_none();
        let passes = match category.scope {
            // The root's allowed list doesn't count for federated users: partners are let in
            // by name at every level below it.
            _ if category.parent.is_none() && !internal => true,
            Scope::Inherit => internal,
            Scope::List => who.on(self.list(ListOwner::Category(category.id, CategoryList::Allowed)), now),
        };
        if passes { Ok(()) } else { Err(Refusal::OutOfScope) }
    }

    /// Whether every category from this one up to the root lets the user in. Deny anywhere wins over scope.
    fn in_scope(&self, user: &User, who: &Principals, category: CategoryId, now: Timestamp) -> Result<(), Refusal> {
        let mut result = Ok(());
        let mut at_root = false;
        let mut levels = 0;
        for category in self.path_up(category) {
            levels += 1;
            at_root = category.parent.is_none();
            match self.passes(user, who, category, now) {
                Ok(()) => {}
                Err(Refusal::Denied) => return Err(Refusal::Denied),
                Err(refusal) => result = Err(refusal),
            }
        }
        // Rooms directly in the root are internal, and a path that doesn't reach the root lets nobody in.
        if !at_root || (levels == 1 && user.domain.is_some()) { result.and(Err(Refusal::OutOfScope)) } else { result }
    }

    /// Whether the user is on the managers' list of the category or one above it.
    fn manages_category(&self, who: &Principals, category: CategoryId, now: Timestamp) -> bool {
        self.path_up(category).any(|category| who.on(self.list(ListOwner::Category(category.id, CategoryList::Managers)), now))
    }

    fn is_member(&self, who: &Principals, room: &Room, now: Timestamp) -> bool {
        if who.on(self.list(ListOwner::Room(room.id, RoomList::Members)), now) {
            return true;
        }
        if !room.inherit_members {
            return false;
        }
        for category in self.path_up(room.category) {
            if who.on(self.list(ListOwner::Category(category.id, CategoryList::Members)), now) {
                return true;
            }
            if !category.inherit_members {
                break;
            }
        }
        false
    }

    /// Whether the user is a member, presenter or manager of the room, by any way, and may enter it.
    #[must_use]
    pub fn belongs(&self, user: UserId, room: RoomId, now: Timestamp) -> bool {
        if !self.decide(user, room, now).rights.enter {
            return false;
        }
        let (Some(user), Some(room)) = (self.users.get(&user), self.rooms.get(&room)) else { return false };
        let who = self.principals(user);
        [RoomList::Managers, RoomList::Presenters].into_iter().any(|list| who.on(self.list(ListOwner::Room(room.id, list)), now))
            || self.is_member(&who, room, now)
    }

    /// What the user may do in the room at this moment.
    #[must_use]
    pub fn decide(&self, user: UserId, room: RoomId, now: Timestamp) -> Decision {
        let (Some(user), Some(room)) = (self.users.get(&user), self.rooms.get(&room)) else { return Decision::UNKNOWN };
        if !user.enabled {
            return Decision::refused(Rights::default(), Refusal::AccountDisabled);
        }
        let who = self.principals(user);
        let on = |list| who.on(self.list(ListOwner::Room(room.id, list)), now);
        let mut barred = self.in_scope(user, &who, room.category, now);
        if barred.is_ok() && on(RoomList::Excluded) {
            barred = Err(Refusal::Excluded);
        }
        let (manager, presenter) = (on(RoomList::Managers), on(RoomList::Presenters));
        let administrator = user.roles.contains(&Role::Administrator);
        let manage = administrator || (barred.is_ok() && (manager || self.manages_category(&who, room.category, now)));
        let console = Rights { manage, see_in_console: manage || user.roles.contains(&Role::Auditor), ..Rights::default() };
        if let Err(refusal) = barred {
            return Decision::refused(console, refusal);
        }
        if room.state == RoomState::Disabled {
            return Decision::refused(console, Refusal::RoomDisabled);
        }
        let inside = manager || presenter || self.is_member(&who, room, now);
        let enter = inside || room.privacy == Privacy::Open;
        let find = inside || room.privacy != Privacy::Secret;
        let rights =
            Rights { find, see_members: enter, enter, post: enter && (room.room_type == RoomType::Normal || presenter), ask: find && !enter, ..console };
        Decision { rights, refusal: (!enter).then_some(Refusal::NotAMember) }
    }

    /// Whether an administrator, i.e. someone who sees and changes everything in the console.
    #[must_use]
    pub fn holds(&self, user: UserId, role: Role) -> bool {
        self.users.get(&user).is_some_and(|user| user.enabled && user.roles.contains(&role))
    }

    #[must_use]
    pub fn may_manage_category(&self, user: UserId, category: CategoryId, now: Timestamp) -> bool {
        let Some(user) = self.users.get(&user).filter(|user| user.enabled) else { return false };
        if !self.categories.contains_key(&category) {
            return false;
        }
        let who = self.principals(user);
        user.roles.contains(&Role::Administrator) || (self.in_scope(user, &who, category, now).is_ok() && self.manages_category(&who, category, now))
    }

    /// Whether the user may create rooms in the category: its managers and creators, and administrators.
    #[must_use]
    pub fn may_create_room(&self, user: UserId, category: CategoryId, now: Timestamp) -> bool {
        if self.may_manage_category(user, category, now) {
            return true;
        }
        let Some(user) = self.users.get(&user).filter(|user| user.enabled) else { return false };
        let who = self.principals(user);
        self.in_scope(user, &who, category, now).is_ok()
            && self.path_up(category).any(|category| who.on(self.list(ListOwner::Category(category.id, CategoryList::Creators)), now))
    }

    /// The categories that the user may see: those above a room that he finds or sees in the
    /// console, and those whose rooms he may manage or create, with their paths.
    #[must_use]
    pub fn visible_categories(&self, user: UserId, now: Timestamp) -> BTreeSet<CategoryId> {
        let mut visible = BTreeSet::new();
        let all = self.holds(user, Role::Administrator) || self.holds(user, Role::Auditor);
        let below_rooms = self.rooms.values().filter(|room| self.decide(user, room.id, now).rights.exists()).map(|room| room.category);
        let own = self.categories.keys().copied().filter(|id| all || self.may_create_room(user, *id, now));
        for category in below_rooms.chain(own) {
            for category in self.path_up(category) {
                if !visible.insert(category.id) {
                    break;
                }
            }
        }
        visible
    }

    /// The moments after `now` at which some entry ends: decisions change there without a new version.
    #[must_use]
    pub fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let rooms = self.room_lists.values().flatten();
        let categories = self.category_lists.values().flatten();
        rooms.chain(categories).flat_map(HashMap::values).filter_map(|entry| entry.until).filter(|until| *until > now).min()
    }

    /// Whether a category's setting is on, as its path and locks have it.
    #[must_use]
    pub fn setting(&self, category: CategoryId, pick: impl Fn(&CategorySettings) -> crate::category::Setting) -> bool {
        let mut path: Vec<_> = self.path_up(category).map(|category| pick(&category.settings)).collect();
        path.reverse();
        effective(path)
    }
}

#[cfg(test)]
mod tests;
