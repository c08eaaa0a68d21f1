//! The process that the server starts for an image; nobody calls it by hand.

use crate::failure::Failure;

pub fn run() -> Result<(), Failure> {
    stoa_previews::work().map_err(|error| Failure::new(format!("no preview: {error}")))
}
