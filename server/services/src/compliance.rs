//! The compliance archive: the worker that fills it, what reads it, and its verification.

mod at;
mod batch;
mod reader;
mod timeline;
mod verify;
mod worker;

pub use at::ArchiveAt;
pub use reader::Reader;
pub use verify::{Compared, Difference, compare, verify};
pub(crate) use worker::keep_archiving;
pub use worker::{Archiver, Turn};
