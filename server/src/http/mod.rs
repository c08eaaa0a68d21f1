//! The product's only door: the API, the socket, the documents about them, health and metrics.
//! A folder a service, a file an endpoint. What a caller may is decided by the services; here is
//! only how that is said in HTTP.

mod address;
mod administration;
pub mod assets;
mod auth;
mod caller;
mod channel;
mod directory;
mod docs;
mod extract;
pub(crate) mod files;
pub mod guard;
mod health;
mod input;
mod listen;
mod lookup;
mod me;
mod origin;
mod problem;
mod router;
mod sessions;
mod shared;
mod socket;
mod tagged;

pub use caller::{Address, Known, SignedIn, known_caller};
pub use input::BODY_LIMIT;
pub use listen::{bind, serve};
pub use origin::Origins;
pub use problem::{Answer, Refused};
pub use router::{api, documents, metrics, nothing, outer};
pub use sessions::{Sessions, cookie_name};
pub use shared::Shared;

/// Where the API stands.
pub const API: &str = "/api/v1";
