//! Stoa's services. Each takes a [`Caller`], decides on the access snapshot what that caller
//! may, and does it through the store; refusals are [`Problem`]s, ready to be told. No HTTP
//! here and no SQL.

pub mod access;
pub mod administration;
pub mod audit;
pub mod auth;
pub mod body;
pub mod bus;
pub mod channel;
pub mod cleanup;
pub mod compliance;
mod context;
mod csv;
pub mod directory;
mod error;
pub mod files;
mod invitations;
pub mod lookup;
pub mod me;
mod paging;
mod services;

pub use context::{Caller, Clock, Environment};
pub use error::{StoreProblem, problem};
pub use services::{Options, Services};
pub use stoa_domain::wire::problem::Problem;

pub type Result<T, E = Problem> = std::result::Result<T, E>;
