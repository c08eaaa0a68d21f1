//! The audit log's chain: how a record is written down for its hash, how each link follows from
//! the one before it, and what a broken chain says about what was done to it. Pure: records and
//! links come from whoever keeps them.

mod encoding;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::id::{AccessVersion, UserId};
use crate::time::Timestamp;

pub use crate::wire::audit::Fault;
pub use encoding::encode;
pub use walk::{Break, Walk};

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first link follows.
    pub const NOTHING: Self = Self([0; 32]);

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A record of the audit log exactly as it is kept: `before` and `after` are the texts, since a chain
/// over what was read out of them would let the texts themselves be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: i64,
    pub at: Timestamp,
    /// None when it was the server or its command line.
    pub by: Option<UserId>,
    /// The address, or `command line`.
    pub from: String,
    pub action: String,
    pub object: String,
    pub before: String,
    pub after: String,
    pub version: AccessVersion,
}

/// A record's place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// From 1 without gaps.
    pub position: i64,
    pub record: i64,
    pub previous: Hash,
    pub hash: Hash,
}

impl Link {
    /// The link of a record that follows this head.
    #[must_use]
    pub fn after(head: Head, record: &Record) -> Self {
        Self { position: head.position + 1, record: record.id, previous: head.hash, hash: link_hash(head.hash, record) }
    }
}

/// The end of a chain: it stands for everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// 0 while there is no link.
    pub position: i64,
    pub hash: Hash,
}

impl Head {
    pub const START: Self = Self { position: 0, hash: Hash::NOTHING };
}

impl Default for Head {
    fn default() -> Self {
        Self::START
    }
}

impl From<&Link> for Head {
    fn from(link: &Link) -> Self {
        Self { position: link.position, hash: link.hash }
    }
}

/// `POSITION:HASH`, as one notes it down.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.trim().split_once(':').and_then(|(position, hash)| {
            let position = position.parse().ok().filter(|position| *position >= 0)?;
            Some(Self { position, hash: Hash::parse(hash)? })
        });
        parsed.ok_or_else(|| String::from("a head is POSITION:HASH, the hash of 64 hexadecimal digits"))
    }
}

/// SHA-256 over the hash before and the record's encoding.
#[must_use]
pub fn link_hash(previous: Hash, record: &Record) -> Hash {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(previous.0);
    hasher.update(encode(record));
    Hash(hasher.finalize().into())
}

/// The first break of a chain: what, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    pub fault: Fault,
    /// None where a record stands outside of the chain.
    pub position: Option<i64>,
    pub record: Option<i64>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position.unwrap_or(0);
        let record = self.record.map_or_else(|| String::from("a record"), |id| format!("record {id}"));
        match self.fault {
            Fault::Missing if self.record.is_some() => write!(f, "{record}, at position {position} of the chain, is missing"),
            Fault::Missing => write!(f, "what stood before position {position} of the chain is missing, or was written anew"),
            Fault::Changed => write!(f, "{record}, at position {position} of the chain, was changed"),
            Fault::Inserted if self.position.is_some() => write!(f, "{record} was inserted at position {position} of the chain"),
            Fault::Inserted => {
                write!(f, "{record} stands in no link and waits for none: it was inserted past the product, or its link was removed")
            }
            Fault::Reordered => write!(f, "{record}, at position {position} of the chain, doesn't belong there: records were reordered"),
            Fault::CutOff => write!(f, "the chain was cut off: it ends before position {position}, which was there"),
            Fault::Rewritten => write!(f, "the chain up to position {position} isn't the one that was noted: it was written anew"),
        }
    }
}
