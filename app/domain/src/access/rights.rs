//! What comes out of a decision.

use serde::{Deserialize, Serialize};

use crate::room::words;

/// What somebody may do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Rights {
    /// Find it in the directory, see its name and description.
    pub find: bool,
    pub see_members: bool,
    /// Join; read live, history and search; react; edit and delete one's own.
    pub enter: bool,
    pub post: bool,
    /// Ask to join (a closed room that one may find but not enter).
    pub ask: bool,
    /// Change its settings and lists.
    pub manage: bool,
    /// See it in the console.
    pub see_in_console: bool,
}

impl Rights {
    /// To whoever may neither find a room nor see it in the console, it doesn't exist.
    #[must_use]
    pub const fn exists(self) -> bool {
        self.find || self.see_in_console
    }
}

words! {
    /// One of these rights, where it is told that it comes or goes.
    Right { Find = "find", SeeMembers = "see_members", Enter = "enter", Post = "post", Manage = "manage" }
}

words! {
    /// Why an entry of a list has no effect at this moment.
    Idle {
        Ended = "ended",
        /// There is no such principal any more.
        Gone = "gone",
        /// Nobody is in it.
        Empty = "empty",
        /// Nobody of it has an enabled account.
        Disabled = "disabled",
        /// Nobody of it is let in by the categories.
        OutOfScope = "out_of_scope",
        /// All of it are excluded from the room.
        Excluded = "excluded",
    }
}

impl Rights {
    /// Those of them that come and go with a change; the others follow from them.
    #[must_use]
    pub fn words(self) -> Vec<Right> {
        let all = [self.find, self.see_members, self.enter, self.post, self.manage];
        Right::ALL.iter().zip(all).filter_map(|(right, has)| has.then_some(*right)).collect()
    }
}

/// What stands in somebody's way into a room; the words that the client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    Unknown,
    AccountDisabled,
    RoomDisabled,
    OutOfScope,
    Denied,
    Excluded,
    NotAMember,
}

/// The answer to "may this user …": the rights, and if entering isn't one of them, why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub rights: Rights,
    pub refusal: Option<Refusal>,
}

impl Decision {
    #[must_use]
    pub const fn refused(rights: Rights, refusal: Refusal) -> Self {
        Self { rights, refusal: Some(refusal) }
    }
}
