//! Completing the name of a person behind an `@`.

use leptos::prelude::*;

use crate::chat::desk::Desk;
use crate::live::{Store, order};

/// How many people are offered at once.
const OFFERED: usize = 6;

/// Somebody who can be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub account: String,
    pub name: String,
}

#[derive(Clone, Copy)]
pub struct Mentions {
    pub found: RwSignal<Vec<Candidate>>,
    pub chosen: RwSignal<usize>,
    store: Store,
    desk: Desk,
}

impl Mentions {
    pub fn new(store: Store, desk: Desk) -> Self {
        Self { found: RwSignal::new(Vec::new()), chosen: RwSignal::new(0), store, desk }
    }

    pub fn open(self) -> bool {
        self.found.with(|found| !found.is_empty())
    }

    pub fn close(self) {
        if self.found.with_untracked(|found| !found.is_empty()) {
            self.found.set(Vec::new());
        }
    }

    /// Looks whether a name is being written before the cursor.
    pub fn look(self, before: &str) {
        let Some(words) = begun(before) else { return self.close() };
        let me = self.store.me();
        let lower = words.to_lowercase();
        let mut found: Vec<Candidate> = Vec::new();
        // Who is here comes first, then who was met.
        self.desk.room.people.with_untracked(|people| {
            for person in people.here.iter().flatten().filter(|person| person.id != me) {
                if person.name.to_lowercase().contains(&lower) || person.display_name.to_lowercase().contains(&lower) {
                    found.push(Candidate { account: person.name.clone(), name: person.display_name.clone() });
                }
            }
        });
        let own = self.store.session().user.name.to_lowercase();
        for (account, name) in self.store.names_like(words) {
            if account != own && !found.iter().any(|known| known.account.to_lowercase() == account) {
                found.push(Candidate { account, name });
            }
        }
        let mut found =
            order::first(found, |candidate| candidate.account.to_lowercase().starts_with(&lower) || candidate.name.to_lowercase().starts_with(&lower));
        found.truncate(OFFERED);
        self.chosen.set(0);
        self.found.set(found);
    }

    pub fn step(self, down: bool) {
        let count = self.found.with_untracked(Vec::len);
        if count > 0 {
            self.chosen.update(|chosen| *chosen = if down { (*chosen + 1) % count } else { (*chosen + count - 1) % count });
        }
    }

    /// The text before the cursor with the chosen name in it.
    pub fn complete(self, before: &str) -> Option<String> {
        let candidate = self.found.with_untracked(|found| found.get(self.chosen.get_untracked()).cloned())?;
        let words = begun(before)?;
        self.close();
        Some(format!("{}{} ", &before[..before.len() - words.len()], candidate.account))
    }
}

/// The beginning of a name that a text ends with.
fn begun(before: &str) -> Option<&str> {
    let at = before.rfind('@')?;
    let words = &before[at + 1..];
    let alone = !before[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '/'));
    let name = words.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-')) && words.len() <= 64;
    (alone && name).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::begun;

    #[test]
    fn a_name_begins_behind_an_at_that_stands_alone() {
        assert_eq!(begun("hello @ai"), Some("ai"));
        assert_eq!(begun("@"), Some(""));
        assert_eq!(begun("(@omar.h"), Some("omar.h"));
        assert_eq!(begun("a@b"), None);
        assert_eq!(begun("@aiko and"), None);
        assert_eq!(begun("none"), None);
    }
}
