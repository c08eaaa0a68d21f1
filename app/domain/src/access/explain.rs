//! Why somebody may do what he may: every rule that speaks for or against him, with the chain
//! from the person over his groups to the entry. Told from the lists alone, without the
//! sets that a decision looks into, so that each checks the other.

use std::collections::HashMap;

use super::list::{Code, Items, Kind};
use super::model::ListOwner;
use super::rights::{Decision, Refusal, Rights};
use super::snapshot::{PersonNode, RoomNode, Snapshot};
use crate::category::{CategoryList, Scope};
use crate::id::{CategoryId, RoomId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::{Privacy, RoomList, RoomState, Rule};
use crate::time::Timestamp;

/// One rule that applies to somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub rule: Rule,
    /// The list whose entry it is, where it is one's.
    pub list: Option<ListOwner>,
    /// From the person over groups or units to the principal that was entered.
    pub via: Vec<Principal>,
    pub until: Option<Timestamp>,
    pub since: Option<Timestamp>,
    pub by: Option<UserId>,
}

impl Reason {
    const fn plain(rule: Rule) -> Self {
        Self { rule, list: None, via: Vec::new(), until: None, since: None, by: None }
    }
}

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub decision: Decision,
    /// What is against it first, then what is for it.
    pub because: Vec<Reason>,
}

/// What a category is to somebody, with the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryExplanation {
    /// Whether it lets the person into rooms in it.
    pub passes: bool,
    pub manages: bool,
    pub creates: bool,
    /// What is against it first, then what is for it.
    pub because: Vec<Reason>,
}

impl Snapshot {
    /// Why the user may do in the room what he may; none if either is unknown.
    #[must_use]
    pub fn explain(&self, user: UserId, room: RoomId) -> Option<Explanation> {
        let (person, node) = (self.users.get(user)?, self.rooms.get(room)?);
        let mut because = Vec::new();
        if !person.user.enabled {
            because.push(Reason::plain(Rule::AccountDisabled));
        }
        self.explain_scope(person, node.room.category, &mut because);
        self.entries(person, Rule::Excluded, ListOwner::Room(room, RoomList::Excluded), &mut because);
        if node.room.state == RoomState::Disabled {
            because.push(Reason::plain(Rule::RoomDisabled));
        }
        if node.room.privacy == Privacy::Open {
            because.push(Reason::plain(Rule::Open));
        }
        for (rule, list) in [(Rule::Manager, RoomList::Managers), (Rule::Presenter, RoomList::Presenters), (Rule::Member, RoomList::Members)] {
            self.entries(person, rule, ListOwner::Room(room, list), &mut because);
        }
        for category in self.inherited_members(node) {
            self.entries(person, Rule::Member, ListOwner::Category(category.category.id, CategoryList::Members), &mut because);
        }
        for category in self.nodes_up(node.room.category) {
            self.entries(person, Rule::CategoryManager, ListOwner::Category(category.category.id, CategoryList::Managers), &mut because);
        }
        for (rule, role) in [(Rule::Administrator, Role::Administrator), (Rule::Auditor, Role::Auditor)] {
            self.entries(person, rule, ListOwner::Role(role), &mut because);
        }
        let inside = because.iter().any(|reason| matches!(reason.rule, Rule::Manager | Rule::Presenter | Rule::Member));
        if !inside && node.room.privacy != Privacy::Open {
            because.push(Reason::plain(Rule::NotAMember));
        }
        Some(Explanation { decision: concluded(node, &because), because })
    }

    /// Whether the category lets the user into rooms in it, what he may do there himself, and why; none if
    /// either is unknown.
    #[must_use]
    pub fn explain_category(&self, user: UserId, category: CategoryId) -> Option<CategoryExplanation> {
        let (person, _) = (self.users.get(user)?, self.categories.get(category)?);
        let mut because = Vec::new();
        if !person.user.enabled {
            because.push(Reason::plain(Rule::AccountDisabled));
        }
        self.explain_scope(person, category, &mut because);
        for (rule, list) in [(Rule::CategoryManager, CategoryList::Managers), (Rule::Creator, CategoryList::Creators)] {
            for level in self.nodes_up(category) {
                self.entries(person, rule, ListOwner::Category(level.category.id, list), &mut because);
            }
        }
        for (rule, role) in [(Rule::Administrator, Role::Administrator), (Rule::Auditor, Role::Auditor)] {
            self.entries(person, rule, ListOwner::Role(role), &mut because);
        }
        let any = |rule: Rule| because.iter().any(|reason| reason.rule == rule);
        let enabled = !any(Rule::AccountDisabled);
        let passes = enabled && !any(Rule::Denied) && !any(Rule::OutOfScope);
        let manages = enabled && (any(Rule::Administrator) || (passes && any(Rule::CategoryManager)));
        let creates = manages || (passes && any(Rule::Creator));
        Some(CategoryExplanation { passes, manages, creates, because })
    }

    fn explain_scope(&self, person: &PersonNode, category: CategoryId, because: &mut Vec<Reason>) {
        let internal = person.user.domain.is_none();
        let mut rooted = false;
        for (level, category) in self.nodes_up(category).enumerate() {
            let id = category.category.id;
            rooted = category.category.parent.is_none();
            self.entries(person, Rule::Denied, ListOwner::Category(id, CategoryList::Denied), because);
            let list = ListOwner::Category(id, CategoryList::Allowed);
            let out = Reason { list: Some(list), ..Reason::plain(Rule::OutOfScope) };
            if rooted && !internal {
                // Rooms directly in the root are internal; further down partners pass here.
                if level == 0 {
                    because.push(out);
                }
            } else if category.category.scope == Scope::Inherit {
                if !internal {
                    because.push(out);
                }
            } else {
                let before = because.len();
                self.entries(person, Rule::Allowed, list, because);
                if because.len() == before {
                    because.push(out);
                }
            }
        }
        if !rooted {
            because.push(Reason::plain(Rule::OutOfScope));
        }
    }

    /// A reason for each live entry of the list that names the person.
    fn entries(&self, person: &PersonNode, rule: Rule, list: ListOwner, because: &mut Vec<Reason>) {
        let items: &Items = self.items(list);
        because.extend(items.naming(&person.who, self.at).map(|item| Reason {
            rule,
            list: Some(list),
            via: self.chain(person, item.code),
            until: item.until(),
            since: Some(item.at),
            by: self.adder(item.by),
        }));
    }

    /// The shortest way from a person to a principal that the person is.
    fn chain(&self, person: &PersonNode, to: Code) -> Vec<Principal> {
        let me = Principal::User(person.user.id);
        let mut way = match to.kind() {
            Kind::User => return vec![me],
            Kind::Everyone | Kind::Domain => vec![self.principal(to)],
            Kind::Unit => {
                let up = std::iter::successors(person.user.unit, |unit| self.unit(*unit)?.parent).take(person.who.len());
                let mut way: Vec<Principal> = up.map(Principal::Unit).collect();
                let end = way.iter().position(|unit| *unit == self.principal(to)).map_or(way.len(), |place| place + 1);
                way.truncate(end);
                way
            }
            Kind::Group => self.group_chain(person, to.number()),
        };
        way.insert(0, me);
        way
    }

    fn group_chain(&self, person: &PersonNode, to: u32) -> Vec<Principal> {
        let Some(start) = self.users.number(person.user.id) else { return Vec::new() };
        // Breadth first; from where each group was reached.
        let mut from: HashMap<u32, Option<u32>> = HashMap::new();
        let mut waiting = std::collections::VecDeque::new();
        for group in self.above_users.get(start as usize).and_then(Option::as_deref).unwrap_or_default() {
            from.insert(*group, None);
            waiting.push_back(*group);
        }
        while let Some(group) = waiting.pop_front() {
            if group == to {
                break;
            }
            for above in self.above_groups.get(group as usize).and_then(Option::as_deref).unwrap_or_default() {
                from.entry(*above).or_insert_with(|| {
                    waiting.push_back(*above);
                    Some(group)
                });
            }
        }
        let mut way: Vec<Principal> =
            std::iter::successors(Some(to), |group| from.get(group).copied().flatten()).map(|group| self.principal(Code::new(Kind::Group, group))).collect();
        way.reverse();
        way
    }
}

/// What the reasons together come to.
fn concluded(node: &RoomNode, because: &[Reason]) -> Decision {
    let any = |rule: Rule| because.iter().any(|reason| reason.rule == rule);
    if any(Rule::AccountDisabled) {
        return Decision::refused(Rights::default(), Refusal::AccountDisabled);
    }
    let barred = [(Rule::Denied, Refusal::Denied), (Rule::OutOfScope, Refusal::OutOfScope), (Rule::Excluded, Refusal::Excluded)]
        .into_iter()
        .find_map(|(rule, refusal)| any(rule).then_some(refusal));
    let manage = any(Rule::Administrator) || (barred.is_none() && (any(Rule::Manager) || any(Rule::CategoryManager)));
    let console = Rights { manage, see_in_console: manage || any(Rule::Auditor), ..Rights::default() };
    if let Some(refusal) = barred.or_else(|| any(Rule::RoomDisabled).then_some(Refusal::RoomDisabled)) {
        return Decision::refused(console, refusal);
    }
    let inside = any(Rule::Manager) || any(Rule::Presenter) || any(Rule::Member);
    let enter = inside || any(Rule::Open);
    let find = inside || node.room.privacy != Privacy::Secret;
    let post = enter && (any(Rule::Presenter) || !node.post_needs_presenter());
    let rights = Rights { find, see_members: enter, enter, post, ask: find && !enter, ..console };
    Decision { rights, refusal: (!enter).then_some(Refusal::NotAMember) }
}
