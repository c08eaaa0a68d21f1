//! Pages that are plain HTML: the server renders them, no WebAssembly comes with them. What they
//! change, they change by forms.

mod directory;
mod files;
mod new_room;
mod setup;
mod sign_in;
mod text;
mod trouble;

use stoa_domain::wire::category::Category;

pub use directory::Directory;
pub use files::RoomFiles;
pub use new_room::NewRoom;
pub use setup::Setup;
pub use sign_in::SignIn;
use text::{PageText, use_text};
pub use trouble::{Missing, Trouble};

use crate::query::Query;

/// What the address says beside the page: above all what a form that failed brought back.
#[derive(Clone)]
pub struct Returned {
    query: Query,
    t: &'static PageText,
}

impl Returned {
    pub fn new(query: Query) -> Self {
        Self { query, t: use_text() }
    }
    /// A harmless field, as it was typed.
    pub fn value(&self, name: &str) -> String {
        self.query.get(name)
    }
    pub fn problem(&self) -> Option<String> {
        let slug = self.query.get("problem");
        (!slug.is_empty()).then(|| self.t.problem_of(&slug).unwrap_or(self.t.internal).to_owned())
    }
    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<String> {
        if self.value("field") != name {
            return None;
        }
        Some(
            match self.value("code").as_str() {
                "required" => self.t.needed,
                "too-long" => self.t.field_too_long,
                "too-short" => self.t.field_too_short,
                "name-taken" | "taken" => self.t.name_taken,
                "forbidden-character" => self.t.field_character,
                _ => self.t.field_wrong,
            }
            .to_owned(),
        )
    }
}

/// The name of a category with those above it.
#[must_use]
pub fn category_path(categories: &[Category], of: &Category, top: &str) -> String {
    let mut names = Vec::new();
    let mut next = Some(of);
    while let Some(category) = next.filter(|category| category.parent.is_some()) {
        names.push(category.name.as_str());
        next = categories.iter().find(|above| Some(above.id) == category.parent);
    }
    names.reverse();
    if names.is_empty() { top.to_owned() } else { names.join(" › ") }
}
