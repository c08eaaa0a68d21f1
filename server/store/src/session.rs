use stoa_domain::id::UserId;
use stoa_domain::time::Timestamp;

/// A hash of the random key that the cookie carries: who reads the database can't use it.
pub type SessionKey = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub key: SessionKey,
    /// None before the sign-in.
    pub user: Option<UserId>,
    /// What the session layer keeps, as JSON.
    pub data: String,
    pub expires_at: Timestamp,
}
