//! Asking to join a closed room, and being invited into rooms that one has become a member of.

use serde::{Deserialize, Serialize};

use super::Person;
use super::room::RoomInfo;
use crate::id::RoomId;
use crate::room::words;
use crate::time::Timestamp;

/// The longest text of a request, and note of its answer, in characters.
pub const JOIN_TEXT_LIMIT: usize = 500;

words! {
    /// What a manager says to who asked to join.
    JoinAnswer { Yes = "yes", No = "no" }
}
words! {
    /// What one says to an invitation. Declining ends following, and changes no list.
    InvitationAnswer { Accept = "accept", Decline = "decline" }
}

/// Somebody asked to join a closed room. While nobody has answered, there is no `answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinRequest {
    pub room: RoomId,
    pub name: String,
    /// The names of the room's categories from just below the root.
    pub path: Vec<String>,
    pub person: Person,
    pub at: Timestamp,
    /// Why they would like to; empty if they didn't say.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<JoinAnswer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<Person>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// What was said with the answer; empty if nothing was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// GET `join-requests`: what waits in the rooms that I manage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WaitingRequests {
    pub items: Vec<JoinRequest>,
    pub next: Option<String>,
    /// How many wait, over all pages.
    pub waiting: u32,
}

/// POST `rooms/{id}/join-requests`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewJoinRequest {
    /// At most 500 characters.
    #[serde(default)]
    pub text: String,
}

/// POST `rooms/{id}/join-requests/{user}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerJoinRequest {
    pub answer: JoinAnswer,
    /// With yes: when the membership ends by itself.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// For the person who asked, at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// A room that I have become a member of by somebody else's doing, and neither follow nor declined yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub room: RoomId,
    pub description: RoomInfo,
    /// Who made me a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    pub at: Timestamp,
}

/// POST `me/invitations/{room}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerInvitation {
    pub answer: InvitationAnswer,
}
