//! The whole system: the built binary as a process, real databases, real sockets, real crashes.

#![allow(clippy::unwrap_used)]

mod operated;
mod standby;
mod storm;
mod support;
