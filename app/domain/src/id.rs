//! Identifiers: UUIDv7 under a type for each kind of thing, so that a room's id
//! can't be passed where a user's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

/// Makes a UUIDv7 from a time and randomness that the caller brings.
#[must_use]
pub fn uuid_v7(at: Timestamp, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(at.millis().unsigned_abs(), &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id of this moment.
            #[must_use]
            pub fn new(at: Timestamp, random: [u8; 10]) -> Self { Self(uuid_v7(at, random)) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
        impl From<Uuid> for $name { fn from(id: Uuid) -> Self { Self(id) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
    )+};
}

ids! {
    UserId,
    GroupId,
    /// An organisational unit of a directory.
    UnitId,
    /// A federated domain: a partner.
    DomainId,
    CategoryId,
    RoomId,
    /// A message's own id; its place in the room is its [`Seq`].
    MessageId,
    /// A query of the message clean-up.
    QueryId,
    /// Many people out of a file.
    ImportId,
    /// A legal hold.
    HoldId,
    /// A file in a room, from the moment its upload begins.
    FileId,
    /// Chosen by the client for each thing it posts; makes a retry harmless.
    Nonce,
}

/// The place of an event in its room: from 1, without gaps.
pub type Seq = i64;

/// The pool-wide number of the state that access decisions read.
pub type AccessVersion = i64;
