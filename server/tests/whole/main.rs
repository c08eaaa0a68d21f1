//! The whole system: the built binary as a process, real databases, real sockets, real crashes.

mod operated;
mod storm;
mod support;
