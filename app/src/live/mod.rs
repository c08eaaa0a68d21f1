//! What is live: the state of rooms, and the connection that keeps it so.
//!
//! `timeline`, `rows` and `backoff` are pure; `room` and `store` hold the state as signals, on the
//! server and in the browser; `socket` does the talking, in the browser only.

pub mod backoff;
mod commands;
mod frames;
mod joining;
mod map;
pub mod order;
mod outbox;
pub mod room;
pub mod rows;
mod socket;
pub mod store;
pub mod timeline;
pub mod uploads;
pub mod wire;

pub use commands::Draft;
pub use room::{Load, Room};
pub use store::{Boot, RoomPage, Start, Status, Store};
