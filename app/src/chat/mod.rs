//! Where people chat: the rooms' pages.

mod actions;
mod body;
mod composer;
mod desk;
mod details;
mod drop;
mod files;
mod head;
mod home;
mod listed;
mod palette;
mod pending;
mod post;
mod reactions;
mod room;
mod scroll;
mod timeline;

pub use home::Home;
#[cfg(feature = "ssr")]
pub use listed::line as file_line;
pub use room::RoomRoute;
