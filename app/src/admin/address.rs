//! The addresses of the console's pages.

use stoa_domain::id::{CategoryId, GroupId, RoomId, UserId};

use crate::query::Query;
use crate::routes::{self, with_query};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Overview,
    /// The tree, and one of its categories; the root where none is named.
    Categories(Option<CategoryId>),
    Rooms,
    Room(RoomId),
    Messages,
    Files,
    Quarantine,
    People,
    Person(UserId),
    Groups,
    Group(GroupId),
    Units,
    Domains,
    Roles,
    Settings,
    Audit,
    Missing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub at: At,
    pub query: Query,
}

impl Address {
    /// A path with its query; another site's or page's is missing here.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let id = |text: &str| text.parse::<uuid::Uuid>().ok();
        let at = match parts[..] {
            ["admin"] => At::Overview,
            ["admin", "categories"] => At::Categories(None),
            ["admin", "categories", category] => id(category).map_or(At::Missing, |id| At::Categories(Some(id.into()))),
            ["admin", "rooms"] => At::Rooms,
            ["admin", "rooms", room] => id(room).map_or(At::Missing, |id| At::Room(id.into())),
            ["admin", "messages"] => At::Messages,
            ["admin", "files"] => At::Files,
            ["admin", "quarantine"] => At::Quarantine,
            ["admin", "people"] => At::People,
            ["admin", "people", person] => id(person).map_or(At::Missing, |id| At::Person(id.into())),
            ["admin", "groups"] => At::Groups,
            ["admin", "groups", group] => id(group).map_or(At::Missing, |id| At::Group(id.into())),
            ["admin", "units"] => At::Units,
            ["admin", "domains"] => At::Domains,
            ["admin", "roles"] => At::Roles,
            ["admin", "settings"] => At::Settings,
            ["admin", "audit"] => At::Audit,
            _ => At::Missing,
        };
        Self { at, query: Query::of(query) }
    }

    /// The part of a page that is looked at; its first one where none is named.
    #[must_use]
    pub fn tab(&self) -> String {
        self.query.get("tab")
    }
}

pub fn section(name: &str) -> String {
    format!("{}/{name}", routes::ADMIN)
}

pub fn category(id: CategoryId) -> String {
    format!("{}/categories/{id}", routes::ADMIN)
}

pub fn room(id: RoomId) -> String {
    routes::admin_room(id)
}

pub fn person(id: UserId) -> String {
    format!("{}/people/{id}", routes::ADMIN)
}

pub fn group(id: GroupId) -> String {
    format!("{}/groups/{id}", routes::ADMIN)
}

pub fn tab(path: &str, tab: &str) -> String {
    with_query(path, &[("tab", tab)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_mean_pages_of_the_console() {
        let id = "01939c5e-7a00-7000-8000-000000000001";
        assert_eq!(Address::of("/admin").at, At::Overview);
        assert_eq!(Address::of("/admin/?x=1").at, At::Overview);
        assert_eq!(Address::of("/admin/quarantine?held=checking").at, At::Quarantine);
        assert_eq!(Address::of("/admin/categories").at, At::Categories(None));
        let at = Address::of(&format!("/admin/rooms/{id}?tab=access&user=x#top"));
        assert_eq!((at.at, at.tab().as_str(), at.query.get("user").as_str()), (At::Room(id.parse().unwrap()), "access", "x"));
        for nowhere in ["/admin/x", "/admin/rooms/x", "/chat", "/admin/people/x/y"] {
            assert_eq!(Address::of(nowhere).at, At::Missing, "{nowhere}");
        }
    }
}
