//! Previews of images, in several sizes, without what a camera wrote into them.
//!
//! An image comes from anybody and its decoder may have faults, so [`Maker`] decodes each in a
//! process of its own, with little memory and time; what [`work`] does in there ends with it. This
//! crate knows nothing of rooms and stores: bytes come in, bytes go out.

mod cache;
mod decode;
mod late;
mod maker;
mod worker;

use serde::{Deserialize, Serialize};

pub use cache::{Cache, Extent};
pub use decode::make;
pub use maker::Maker;
pub use worker::work;

/// The longest edges that previews have. None is made that would be larger than its image.
pub const EDGES: [u32; 3] = [320, 960, 1920];

/// What is known of an image, and its previews from the smallest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previews {
    /// As it is to be seen: turned as its camera says.
    pub width: u32,
    pub height: u32,
    pub sizes: Vec<Preview>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Which of [`EDGES`] it is for; the smallest is there for every image.
    pub edge: u32,
    pub width: u32,
    pub height: u32,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Why there are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failed {
    #[error("it isn't an image of a kind that is known here")]
    Unknown,
    #[error("the image is too large: {0}")]
    TooLarge(String),
    #[error("the image is broken: {0}")]
    Broken(String),
    /// It took too much of the processor or memory, or the decoder has a fault.
    #[error("the image couldn't be read: {0}")]
    Ended(String),
    /// The machine had too much else to do: try again, but not at once.
    #[error("there was no time for the image")]
    Late,
    /// Nothing is known of the image: try again.
    #[error("no preview could be made right now: {0}")]
    Unavailable(String),
}
