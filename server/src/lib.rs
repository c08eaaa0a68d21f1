//! Stoa's server: HTTP, command line, configuration, and the composition of the services. What
//! the product does is in `stoa-services`; here is how it is reached and operated.

pub mod bench;
pub mod cli;
pub mod config;
mod failure;
pub mod http;
mod lifecycle;
pub mod pages;
mod start;
pub mod telemetry;
mod tls;

pub use failure::Failure;
pub use lifecycle::serve;
pub use start::{Stoa, open_store};
