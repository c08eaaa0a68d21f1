//! What all people may do in one room, at once.

use std::sync::Arc;

use super::crowd::Crowd;
use super::model::{ListOwner, User};
use super::snapshot::{CategoryNode, RoomNode, Snapshot};
use crate::category::CategoryList;
use crate::id::{CategoryId, RoomId, UserId};
use crate::person::Role;
use crate::room::{Privacy, RoomList, RoomState};

/// Who may do what in a room: for each right the people who have it. Rights that the same people
/// have share them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reach {
    pub(super) find: Arc<Crowd>,
    /// Who may enter also sees the members.
    pub(super) enter: Arc<Crowd>,
    pub(super) post: Arc<Crowd>,
    pub(super) manage: Crowd,
    /// Members, presenters and managers, who may enter.
    pub(super) inside: Arc<Crowd>,
}

/// What the rooms of a category have in common, of all people or of some.
#[derive(Default)]
pub(super) struct Ground {
    /// Whom the category lets in; with enabled accounts.
    base: Arc<Crowd>,
    managers: Crowd,
    /// Whom rooms that inherit members count among theirs.
    members: Crowd,
    administrators: Crowd,
}

impl Reach {
    /// How many may enter.
    #[must_use]
    pub fn entering(&self) -> u64 {
        self.enter.len()
    }
    /// How many of them are members, presenters or managers.
    #[must_use]
    pub fn belonging(&self) -> u64 {
        self.inside.len()
    }
}

impl Snapshot {
    /// What all people may do in the room; nothing where there is none.
    #[must_use]
    pub fn reach(&self, room: RoomId) -> Reach {
        self.rooms.get(room).map_or_else(Reach::default, |node| self.reach_of(node, None))
    }

    /// How many people are members, presenters or managers of the room and may enter it.
    #[must_use]
    pub fn belonging(&self, room: RoomId) -> u64 {
        let Some((node, category)) = self.rooms.get(room).and_then(|node| Some((node, self.categories.get(node.room.category)?))) else { return 0 };
        if node.room.state == RoomState::Disabled {
            return 0;
        }
        let on = |list: RoomList| self.expand(&node.lists[list as usize], None);
        let mut inside = on(RoomList::Members);
        for level in self.inherited_members(node) {
            inside |= self.expand(&level.lists[CategoryList::Members as usize], None);
        }
        inside |= on(RoomList::Managers);
        inside |= on(RoomList::Presenters);
        inside &= &*category.scope;
        if category.category.parent.is_none() {
            inside &= &*self.crowds.everyone;
        }
        inside &= &*self.enabled;
        inside -= on(RoomList::Excluded);
        inside.len()
    }

    pub(super) fn ground(&self, id: CategoryId, only: Option<&Crowd>) -> Ground {
        let Some(category) = self.categories.get(id) else { return Ground::default() };
        let mut base = only.map_or_else(|| (*category.scope).clone(), |only| &*category.scope & only);
        if category.category.parent.is_none() {
            base &= &*self.crowds.everyone;
        }
        base &= &*self.enabled;
        let all = |levels: &mut dyn Iterator<Item = &CategoryNode>, list: CategoryList| {
            levels.fold(Crowd::new(), |all, level| all | self.expand(&level.lists[list as usize], only))
        };
        Ground {
            base: Arc::new(base),
            managers: all(&mut self.nodes_up(id), CategoryList::Managers),
            members: all(&mut self.members_from(id), CategoryList::Members),
            administrators: self.expand(self.items(ListOwner::Role(Role::Administrator)), only) & &*self.enabled,
        }
    }

    /// The same as for all, of these people only.
    pub(super) fn reach_of(&self, node: &RoomNode, only: Option<&Crowd>) -> Reach {
        self.reach_on(node, &self.ground(node.room.category, only), only)
    }

    /// On the ground of its category, which was made of the same people.
    pub(super) fn reach_on(&self, node: &RoomNode, ground: &Ground, only: Option<&Crowd>) -> Reach {
        let on = |list: RoomList| self.expand(&node.lists[list as usize], only);
        let mut base = Arc::clone(&ground.base);
        let excluded = on(RoomList::Excluded);
        if !excluded.is_disjoint(&base) {
            *Arc::make_mut(&mut base) -= excluded;
        }
        let (managers, presenters) = (on(RoomList::Managers), on(RoomList::Presenters));
        let mut manage = &managers | &ground.managers;
        manage &= &*base;
        manage |= &ground.administrators;
        if node.room.state == RoomState::Disabled {
            return Reach { manage, ..Reach::default() };
        }
        let mut inside = on(RoomList::Members);
        if node.room.inherit_members {
            inside |= &ground.members;
        }
        inside |= managers;
        inside |= &presenters;
        inside &= &*base;
        let inside = Arc::new(inside);
        let find = Arc::clone(if node.room.privacy == Privacy::Secret { &inside } else { &base });
        let enter = if node.room.privacy == Privacy::Open { base } else { Arc::clone(&inside) };
        let post = if node.post_needs_presenter() { Arc::new(&*enter & &presenters) } else { Arc::clone(&enter) };
        Reach { find, enter, post, manage, inside }
    }

    /// The people who may enter the room.
    #[must_use]
    pub fn who_enters(&self, room: RoomId) -> Vec<&User> {
        self.people(&self.reach(room).enter)
    }

    /// The members, presenters and managers of the room who may enter it.
    #[must_use]
    pub fn who_belongs(&self, room: RoomId) -> Vec<&User> {
        self.people(&self.reach(room).inside)
    }

    /// Whom the user meets in the rooms that he may enter; himself, too.
    #[must_use]
    pub fn meets(&self, user: UserId) -> Vec<&User> {
        let mut met: Crowd = self.users.number(user).into_iter().collect();
        for (_, node) in self.rooms.iter().filter(|(_, node)| self.decide(user, node.room.id).rights.enter) {
            met |= &*self.reach_of(node, None).enter;
        }
        self.people(&met)
    }

    fn people(&self, crowd: &Crowd) -> Vec<&User> {
        crowd.iter().filter_map(|number| self.users.at(number)).map(|node| &*node.user).collect()
    }
}
