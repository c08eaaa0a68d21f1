//! What a room is.

use serde::{Deserialize, Serialize};

/// A closed set of words that is the same in code, database, API and interface.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> { Self::ALL.iter().copied().find(|word| word.as_str() == text) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}
pub(crate) use words;

words! {
    /// Who finds a room and who may join it.
    Privacy {
        /// All in scope find it and may join.
        Open = "open",
        /// All in scope find it; its people join.
        Closed = "closed",
        /// Only its people know of it.
        Secret = "secret",
    }
}
words! {
    /// Who posts: everyone who may join, or presenters only.
    RoomType { Normal = "normal", Auditorium = "auditorium" }
}
words! {
    RoomState { Active = "active", Disabled = "disabled" }
}
words! {
    /// The access lists of a room.
    RoomList { Members = "members", Managers = "managers", Presenters = "presenters", Excluded = "excluded" }
}
words! {
    /// The rules that speak for or against somebody in a room.
    Rule {
        AccountDisabled = "account_disabled",
        /// Named on a category's denied list.
        Denied = "denied",
        /// Not let in by a category.
        OutOfScope = "out_of_scope",
        Excluded = "excluded",
        RoomDisabled = "room_disabled",
        NotAMember = "not_a_member",
        /// Let in by a category's allowed list.
        Allowed = "allowed",
        /// The room is open to all in scope.
        Open = "open",
        Member = "member",
        Presenter = "presenter",
        Manager = "manager",
        CategoryManager = "category_manager",
        /// Creates rooms in the category.
        Creator = "creator",
        Administrator = "administrator",
        Auditor = "auditor",
    }
}
