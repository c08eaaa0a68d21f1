//! The decision for one person: what somebody may do in a room, in a category, in the pool.

use std::collections::BTreeSet;

use super::crowd::Crowd;
use super::list::{Code, Kind};
use super::model::ListOwner;
use super::rights::{Decision, Refusal, Rights};
use super::snapshot::{CategoryNode, PersonNode, RoomNode, Snapshot};
use crate::category::{CategoryList, Switch};
use crate::id::{CategoryId, GroupId, RoomId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::{Privacy, RoomList, RoomState, RoomType};

impl RoomNode {
    pub(super) const fn post_needs_presenter(&self) -> bool {
        matches!(self.room.room_type, RoomType::Auditorium)
    }
}

impl Snapshot {
    const UNKNOWN: Decision = Decision::refused(
        Rights { find: false, see_members: false, enter: false, post: false, ask: false, manage: false, see_in_console: false },
        Refusal::Unknown,
    );

    fn enabled_user(&self, user: UserId) -> Option<(u32, &PersonNode)> {
        let number = self.users.number(user)?;
        self.users.at(number).filter(|node| node.user.enabled).map(|node| (number, node))
    }

    /// What the user may do in the room.
    #[must_use]
    pub fn decide(&self, user: UserId, room: RoomId) -> Decision {
        let (Some(number), Some(node)) = (self.users.number(user), self.rooms.get(room)) else { return Self::UNKNOWN };
        let Some(person) = self.users.at(number) else { return Self::UNKNOWN };
        if !person.user.enabled {
            return Decision::refused(Rights::default(), Refusal::AccountDisabled);
        }
        let who = &*person.who;
        let on = |list| node.lists[list as usize].names(who, self.at);
        let mut barred = self.in_scope(number, person, node.room.category);
        if barred.is_ok() && on(RoomList::Excluded) {
            barred = Err(Refusal::Excluded);
        }
        let (manager, presenter) = (on(RoomList::Managers), on(RoomList::Presenters));
        let manage = self.plays(who, Role::Administrator) || (barred.is_ok() && (manager || self.manages_category(who, node.room.category)));
        let console = Rights { manage, see_in_console: manage || self.plays(who, Role::Auditor), ..Rights::default() };
        if let Err(refusal) = barred {
            return Decision::refused(console, refusal);
        }
        if node.room.state == RoomState::Disabled {
            return Decision::refused(console, Refusal::RoomDisabled);
        }
        let inside = manager || presenter || self.is_member(who, node);
        let enter = inside || node.room.privacy == Privacy::Open;
        let find = inside || node.room.privacy != Privacy::Secret;
        let post = enter && (presenter || !node.post_needs_presenter());
        let rights = Rights { find, see_members: enter, enter, post, ask: find && !enter, ..console };
        Decision { rights, refusal: (!enter).then_some(Refusal::NotAMember) }
    }

    /// Whether every category from this one up to the root lets the user in. Deny anywhere wins over scope.
    fn in_scope(&self, number: u32, person: &PersonNode, category: CategoryId) -> Result<(), Refusal> {
        // Rooms directly in the root are internal.
        if let Some(node) = self.categories.get(category)
            && node.scope.contains(number)
            && (node.category.parent.is_some() || person.user.domain.is_none())
        {
            return Ok(());
        }
        let denied = |node: &CategoryNode| node.lists[CategoryList::Denied as usize].names(&person.who, self.at);
        Err(if self.nodes_up(category).any(denied) { Refusal::Denied } else { Refusal::OutOfScope })
    }

    /// Whether the list of the category or of one above it names them.
    fn on_path(&self, who: &[Code], category: CategoryId, list: CategoryList) -> bool {
        self.nodes_up(category).any(|node| node.lists[list as usize].names(who, self.at))
    }

    fn manages_category(&self, who: &[Code], category: CategoryId) -> bool {
        self.on_path(who, category, CategoryList::Managers)
    }

    fn is_member(&self, who: &[Code], node: &RoomNode) -> bool {
        node.lists[RoomList::Members as usize].names(who, self.at)
            || self.inherited_members(node).any(|category| category.lists[CategoryList::Members as usize].names(who, self.at))
    }

    /// The categories whose members count as the room's.
    pub(super) fn inherited_members(&self, node: &RoomNode) -> impl Iterator<Item = &CategoryNode> {
        node.room.inherit_members.then(|| self.members_from(node.room.category)).into_iter().flatten()
    }

    /// The categories whose members count in rooms of this one that inherit members.
    pub(super) fn members_from(&self, category: CategoryId) -> impl Iterator<Item = &CategoryNode> {
        let mut goes_on = true;
        self.nodes_up(category).take_while(move |category| {
            let counts = goes_on;
            goes_on &= category.category.inherit_members;
            counts
        })
    }

    /// Whether whoever becomes a member of the room is told.
    #[must_use]
    pub fn invites(&self, room: RoomId) -> bool {
        let Some(node) = self.rooms.get(room) else { return false };
        node.room.invitations != Switch::Off && self.setting(node.room.category, |settings| settings.invitations)
    }

    /// The rooms that count the members of a category among their own.
    #[must_use]
    pub fn rooms_with_members_of(&self, category: CategoryId) -> Vec<RoomId> {
        let counts = |node: &&RoomNode| node.room.inherit_members && self.inherited_members(node).any(|level| level.category.id == category);
        self.rooms.iter().map(|(_, node)| node).filter(counts).map(|node| node.room.id).collect()
    }

    /// Whether the user is a member, presenter or manager of the room, by any way, and may enter it.
    #[must_use]
    pub fn belongs(&self, user: UserId, room: RoomId) -> bool {
        let (Some(person), Some(node)) = (self.users.get(user), self.rooms.get(room)) else { return false };
        let on = |list| node.lists[list as usize].names(&person.who, self.at);
        // First what most fail at.
        (self.is_member(&person.who, node) || on(RoomList::Managers) || on(RoomList::Presenters)) && self.decide(user, room).rights.enter
    }

    fn plays(&self, who: &[Code], role: Role) -> bool {
        self.roles[role as usize].names(who, self.at)
    }

    /// Whether an enabled user holds the role, directly or by a group.
    #[must_use]
    pub fn holds(&self, user: UserId, role: Role) -> bool {
        self.enabled_user(user).is_some_and(|(_, person)| self.plays(&person.who, role))
    }

    /// The roles that the user has, directly or by a group, whether enabled or not.
    #[must_use]
    pub fn roles(&self, user: UserId) -> BTreeSet<Role> {
        let Some(person) = self.users.get(user) else { return BTreeSet::new() };
        Role::ALL.into_iter().filter(|role| self.plays(&person.who, *role)).collect()
    }

    /// Whether the principal stands for the user, among others.
    #[must_use]
    pub fn is(&self, user: UserId, principal: Principal) -> bool {
        let (Some(person), Some(code)) = (self.users.get(user), self.code(principal)) else { return false };
        person.who.binary_search(&code).is_ok()
    }

    /// All that stands for the user: himself, his groups and units, his domain or everyone.
    #[must_use]
    pub fn principals(&self, user: UserId) -> Vec<Principal> {
        self.users.get(user).map(|person| person.who.iter().map(|code| self.principal(*code)).collect()).unwrap_or_default()
    }

    /// Whether the group, or one that it stands in, holds a role.
    #[must_use]
    pub fn leads_to_role(&self, group: GroupId) -> bool {
        let Some(number) = self.groups.number(group) else { return false };
        let (mut seen, mut waiting) = (Crowd::new(), vec![number]);
        while let Some(group) = waiting.pop() {
            if !seen.insert(group) {
                continue;
            }
            if self.roles.iter().any(|role| role.names(&[Code::new(Kind::Group, group)], self.at)) {
                return true;
            }
            waiting.extend_from_slice(self.above_groups.get(group as usize).and_then(Option::as_deref).unwrap_or_default());
        }
        false
    }

    /// Whether there is an enabled administrator.
    #[must_use]
    pub fn has_administrator(&self) -> bool {
        let all = self.expand(self.items(ListOwner::Role(Role::Administrator)), None);
        !all.is_disjoint(&self.enabled)
    }

    #[must_use]
    pub fn may_manage_category(&self, user: UserId, category: CategoryId) -> bool {
        let Some((number, person)) = self.enabled_user(user) else { return false };
        self.categories.get(category).is_some()
            && (self.plays(&person.who, Role::Administrator)
                || (self.in_scope(number, person, category).is_ok() && self.manages_category(&person.who, category)))
    }

    /// Whether the user manages the pool, a category or a room.
    #[must_use]
    pub fn manages_something(&self, user: UserId) -> bool {
        let Some((number, person)) = self.enabled_user(user) else { return false };
        let leads = |node: &CategoryNode| {
            node.lists[CategoryList::Managers as usize].names(&person.who, self.at) && self.in_scope(number, person, node.category.id).is_ok()
        };
        self.plays(&person.who, Role::Administrator)
            || self.categories.iter().any(|(_, node)| leads(node))
            || self
                .rooms
                .iter()
                .any(|(_, node)| node.lists[RoomList::Managers as usize].names(&person.who, self.at) && self.decide(user, node.room.id).rights.manage)
    }

    /// Whether a list of managers, the room's or a category's of its path, lets the user manage the room.
    #[must_use]
    pub fn leads(&self, user: UserId, room: RoomId) -> bool {
        let (Some((number, person)), Some(node)) = (self.enabled_user(user), self.rooms.get(room)) else { return false };
        let on = |list| node.lists[list as usize].names(&person.who, self.at);
        (on(RoomList::Managers) || self.manages_category(&person.who, node.room.category))
            && !on(RoomList::Excluded)
            && self.in_scope(number, person, node.room.category).is_ok()
    }

    /// Whether the user may create rooms in the category: its managers and creators, and administrators.
    #[must_use]
    pub fn may_create_room(&self, user: UserId, category: CategoryId) -> bool {
        if self.may_manage_category(user, category) {
            return true;
        }
        let Some((number, person)) = self.enabled_user(user) else { return false };
        self.in_scope(number, person, category).is_ok() && self.on_path(&person.who, category, CategoryList::Creators)
    }

    /// Whether the category is one of those that the user may see.
    #[must_use]
    pub fn may_see_category(&self, user: UserId, category: CategoryId) -> bool {
        self.may_create_room(user, category) || self.visible_categories(user).contains(&category)
    }

    /// The categories that the user may see: those above a room that he finds or sees in the
    /// console, and those whose rooms he may manage or create, with their paths.
    #[must_use]
    pub fn visible_categories(&self, user: UserId) -> BTreeSet<CategoryId> {
        let mut visible = BTreeSet::new();
        let all = self.holds(user, Role::Administrator) || self.holds(user, Role::Auditor);
        let own = self.categories().map(|category| category.id).filter(|id| all || self.may_create_room(user, *id));
        // Where one room shows the others needn't be asked.
        let rooms = self.rooms().map(|room| (room.category, Some(room.id)));
        for (category, room) in own.map(|category| (category, None)).chain(rooms) {
            if visible.contains(&category) || room.is_some_and(|room| !self.decide(user, room).rights.exists()) {
                continue;
            }
            for category in self.path_up(category) {
                if !visible.insert(category.id) {
                    break;
                }
            }
        }
        visible
    }
}
