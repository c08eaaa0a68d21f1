//! Looking for malware in what is uploaded, by the protocol of ClamAV's daemon: content flows to it a
//! piece at a time, and it says what it found. Which content, when, and what follows from it, is decided
//! elsewhere.

mod address;
mod clamd;

pub use address::{Address, NoAddress};
pub use clamd::{Failed, Scanner, Verdict};
