use stoa_domain::id::{AccessVersion, UserId};
use stoa_domain::person::Role;
use stoa_domain::time::Timestamp;

/// An account, with what only the sign-in reads.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub email: Option<String>,
    /// PHC string; none if the account can't sign in with a password.
    pub password_hash: Option<String>,
    pub enabled: bool,
    pub roles: Vec<Role>,
    pub created_at: Timestamp,
    pub last_sign_in: Option<Timestamp>,
    /// The version under which it last changed; its `ETag`.
    pub version: AccessVersion,
}

/// By hand, so that no log ever shows a hash.
impl std::fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountRow").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Which accounts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Name or display name contain this, whatever its case.
    pub q: Option<String>,
    pub enabled: Option<bool>,
}
