//! What all people may do in one room, at once.

use super::crowd::Crowd;
use super::model::{ListOwner, User};
use super::snapshot::{RoomNode, Snapshot};
use crate::category::CategoryList;
use crate::id::RoomId;
use crate::person::Role;
use crate::room::{Privacy, RoomList, RoomState};

/// Who may do what in a room: for each right the people who have it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reach {
    pub(super) find: Crowd,
    /// Who may enter also sees the members.
    pub(super) enter: Crowd,
    pub(super) post: Crowd,
    pub(super) manage: Crowd,
    /// Members, presenters and managers, who may enter.
    pub(super) inside: Crowd,
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

    /// The same, of these people only.
    pub(super) fn reach_of(&self, node: &RoomNode, only: Option<&Crowd>) -> Reach {
        let on = |list: RoomList| self.expand(&node.lists[list as usize], only);
        let mut base = self.categories.get(node.room.category).map_or_else(Crowd::new, |category| {
            let mut scope = only.map_or_else(|| (*category.scope).clone(), |only| &*category.scope & only);
            if category.category.parent.is_none() {
                scope &= &*self.crowds.everyone;
            }
            scope
        });
        base &= &*self.enabled;
        base -= on(RoomList::Excluded);
        let (managers, presenters) = (on(RoomList::Managers), on(RoomList::Presenters));
        let mut manage = managers.clone();
        for category in self.nodes_up(node.room.category) {
            manage |= self.expand(&category.lists[CategoryList::Managers as usize], only);
        }
        manage &= &base;
        manage |= self.expand(self.items(ListOwner::Role(Role::Administrator)), only) & &*self.enabled;
        if node.room.state == RoomState::Disabled {
            return Reach { manage, ..Reach::default() };
        }
        let mut inside = on(RoomList::Members);
        for category in self.inherited_members(node) {
            inside |= self.expand(&category.lists[CategoryList::Members as usize], only);
        }
        inside |= managers;
        inside |= &presenters;
        inside &= &base;
        let find = if node.room.privacy == Privacy::Secret { inside.clone() } else { base.clone() };
        let enter = if node.room.privacy == Privacy::Open { base } else { inside.clone() };
        let post = if node.post_needs_presenter() { &enter & &presenters } else { enter.clone() };
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

    fn people(&self, crowd: &Crowd) -> Vec<&User> {
        crowd.iter().filter_map(|number| self.users.at(number)).map(|node| &node.user).collect()
    }
}
