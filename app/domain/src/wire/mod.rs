//! The whole API in one folder: request, response, frame and problem types.
//! The server, the app and the load generator all use these.

pub mod access;
pub mod audit;
pub mod category;
pub mod channel;
pub mod cleanup;
pub mod directory;
pub mod domain;
pub mod file;
pub mod group;
pub mod joining;
pub mod list;
pub mod lookup;
pub mod me;
pub mod message;
pub mod people;
pub mod pool;
pub mod preview;
pub mod principals;
pub mod problem;
pub mod quarantine;
pub mod room;
pub mod session;
pub mod storage;
pub mod unit;

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it back as `cursor` for the next page; `null` at the end.
    pub next: Option<String>,
}

/// How a page is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct PageQuery {
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

/// A person, as far as everyone who meets them sees.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Person {
    pub id: UserId,
    /// The sign-in name, which is also how one mentions them.
    pub name: String,
    pub display_name: String,
}

/// Tells "not sent" from "sent as null", for PATCH.
pub fn sent<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
