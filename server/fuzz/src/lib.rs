//! What comes from outside, each kind as a function of bytes that panics when a promise is broken.
//! cargo-fuzz calls them with what it finds; `tests/corpus.rs` with a corpus and mutations of it.

#[allow(dead_code)]
#[path = "../../src/http/files/disposition.rs"]
mod disposition;
mod frame;
mod markdown;
#[allow(dead_code)]
#[path = "../../src/http/files/metadata.rs"]
mod metadata;
#[allow(dead_code)]
#[path = "../../src/http/files/multipart.rs"]
mod multipart;
mod name;
mod range;
#[allow(dead_code)]
#[path = "../../src/http/files/range.rs"]
mod range_of;
/// The server's own, which is nobody else's business and therefore not public there.
#[allow(dead_code)]
#[path = "../../src/http/socket/reader.rs"]
mod reader;
mod socket;
#[allow(dead_code)]
#[path = "../../src/http/files/sums.rs"]
mod sums;
mod tus;
mod upload;

pub use frame::frame;
pub use markdown::markdown;
pub use name::name;
pub use range::range;
pub use socket::{drained, socket};
pub use tus::tus;
pub use upload::upload;

pub type Target = fn(&[u8]);

/// All of them, by the names of their folders in `corpus`.
pub const TARGETS: [(&str, Target); 7] =
    [("frame", frame), ("markdown", markdown), ("name", name), ("range", range), ("socket", socket), ("tus", tus), ("upload", upload)];
