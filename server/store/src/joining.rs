use stoa_domain::access::ListOwner;
use stoa_domain::id::{AccessVersion, RoomId, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::joining::JoinAnswer;

/// Somebody asks to join a room, or asked and got an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequestRow {
    pub room: RoomId,
    pub user: UserId,
    pub text: String,
    pub at: Timestamp,
    /// Under which it was allowed to ask.
    pub access_version: AccessVersion,
    /// None while it waits.
    pub answered: Option<JoinAnswered>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinAnswered {
    pub answer: JoinAnswer,
    pub by: Option<UserId>,
    pub at: Timestamp,
    pub note: String,
}

/// Which requests are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinRequests {
    /// That wait in a room.
    Of(RoomId),
    /// That somebody made, waiting and answered.
    By(UserId),
    /// All that wait.
    Waiting,
}

/// An entry that made members of somebody, who are to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationRow {
    /// A room's or category's list of members.
    pub list: ListOwner,
    pub by: Option<UserId>,
    pub at: Timestamp,
}
