//! The tree of categories as the console shows it: a part of it, with counts.

use std::collections::{HashMap, HashSet};

use stoa_domain::access::{Category, Snapshot};
use stoa_domain::id::{CategoryId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::{TreeLine, TreeQuery};

use super::Categories;
use crate::{Caller, Result};

/// More categories than these aren't shown for words: then better words help.
const FOUND: usize = 200;

impl Categories {
    /// What of the tree is looked at, as far as the caller sees it.
    ///
    /// # Errors
    /// 503 while rights can't be vouched for.
    pub fn part(&self, caller: &Caller, query: &TreeQuery) -> Result<Page<TreeLine>> {
        let snapshot = self.core.access.vouched()?;
        let tree = Tree::new(&snapshot, caller.user);
        let words: Vec<String> = query.q.as_deref().unwrap_or_default().split_whitespace().map(name_key).collect();
        let items = if words.is_empty() { tree.opened(query.open) } else { tree.found(&words) };
        Ok(Page { items, next: None })
    }
}

/// What somebody sees of the tree.
struct Tree<'a> {
    snapshot: &'a Snapshot,
    user: UserId,
    /// Those directly below, by name.
    below: HashMap<CategoryId, Vec<&'a Category>>,
    /// In each and below.
    rooms: HashMap<CategoryId, u32>,
}

impl<'a> Tree<'a> {
    fn new(snapshot: &'a Snapshot, user: UserId) -> Self {
        let all = snapshot.holds(user, Role::Administrator) || snapshot.holds(user, Role::Auditor);
        let mut rooms = HashMap::new();
        for room in snapshot.rooms().filter(|room| all || snapshot.decide(user, room.id).rights.exists()) {
            *rooms.entry(room.category).or_insert(0) += 1;
        }
        let mut sums: HashMap<CategoryId, u32> = HashMap::new();
        for (category, count) in &rooms {
            for above in snapshot.path_up(*category) {
                *sums.entry(above.id).or_insert(0) += count;
            }
        }
        let mut visible: HashSet<CategoryId> = sums.keys().copied().collect();
        for category in snapshot.categories().filter(|category| all || snapshot.may_create_room(user, category.id)) {
            visible.extend(snapshot.path_up(category.id).map(|above| above.id));
        }
        let mut below: HashMap<CategoryId, Vec<&Category>> = HashMap::new();
        for category in snapshot.categories().filter(|category| visible.contains(&category.id)) {
            if let Some(parent) = category.parent {
                below.entry(parent).or_default().push(category);
            }
        }
        for siblings in below.values_mut() {
            siblings.sort_by_cached_key(|category| (name_key(&category.name), category.id));
        }
        Self { snapshot, user, below, rooms: sums }
    }

    /// The categories down to one, with the siblings at each level, and what is directly below it.
    fn opened(&self, at: Option<CategoryId>) -> Vec<TreeLine> {
        let Some(root) = self.snapshot.root() else { return Vec::new() };
        let mut open: HashSet<CategoryId> = at.into_iter().flat_map(|at| self.snapshot.path_up(at)).map(|category| category.id).collect();
        open.insert(root.id);
        self.walk(root, &|category| open.contains(&category.id), &|_| true)
    }

    fn found(&self, words: &[String]) -> Vec<TreeLine> {
        let Some(root) = self.snapshot.root() else { return Vec::new() };
        let fits = |category: &Category| {
            let key = name_key(&category.name);
            words.iter().all(|word| key.contains(word))
        };
        let seen = self.below.values().flatten().copied().chain([root]);
        let shown: HashSet<CategoryId> =
            seen.filter(|category| fits(category)).take(FOUND).flat_map(|category| self.snapshot.path_up(category.id)).map(|category| category.id).collect();
        if shown.is_empty() { Vec::new() } else { self.walk(root, &|_| true, &|category| shown.contains(&category.id)) }
    }

    /// From a category downwards, as far as those are open and shown.
    fn walk(&self, from: &'a Category, open: &dyn Fn(&Category) -> bool, shown: &dyn Fn(&Category) -> bool) -> Vec<TreeLine> {
        let mut lines = Vec::new();
        let mut waiting = vec![(from, 0)];
        while let Some((category, depth)) = waiting.pop() {
            let children = self.below.get(&category.id).map_or(&[][..], Vec::as_slice);
            let following: Vec<_> = if open(category) { children.iter().filter(|child| shown(child)).collect() } else { Vec::new() };
            lines.push(TreeLine {
                id: category.id,
                name: category.name.clone(),
                depth,
                open: !following.is_empty(),
                children: u32::try_from(children.len()).unwrap_or(u32::MAX),
                rooms: self.rooms.get(&category.id).copied().unwrap_or(0),
                may_manage: self.snapshot.may_manage_category(self.user, category.id),
            });
            waiting.extend(following.into_iter().rev().map(|child| (*child, depth + 1)));
        }
        lines
    }
}
