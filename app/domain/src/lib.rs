//! Stoa's vocabulary. No I/O, no async, no clock of its own: what time it is and
//! what is random is always told from outside, so that tests own both.
//! Compiles to WebAssembly; what only the server needs stands behind `server`.

pub mod access;
#[cfg(feature = "server")]
pub mod archive;
#[cfg(feature = "server")]
pub mod audit;
pub mod category;
pub mod file;
pub mod id;
pub mod markdown;
pub mod message;
pub mod name;
pub mod person;
pub mod principal;
pub mod room;
pub mod settings;
pub mod time;
pub mod wire;
#[cfg(feature = "server")]
pub mod words;
