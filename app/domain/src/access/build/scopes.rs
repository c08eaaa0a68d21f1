//! Whom categories let in, from the root downwards.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Dirty;
use crate::access::crowd::Crowd;
use crate::access::list::{Items, Kind};
use crate::access::snapshot::Snapshot;
use crate::category::{CategoryList, Scope};
use crate::id::CategoryId;

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

impl Snapshot {
    /// Works out again whom the categories let in, from the root downwards.
    pub(super) fn find_scopes(&mut self, before: &Self, dirty: &Dirty) {
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
    pub(in crate::access) fn expand(&self, items: &Items, only: Option<&Crowd>) -> Crowd {
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
