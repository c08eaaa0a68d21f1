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
mod palette;
mod pending;
mod post;
mod reactions;
mod room;
mod scroll;
mod timeline;

pub use home::Home;
pub use room::RoomRoute;
