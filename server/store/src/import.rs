use stoa_domain::id::{ImportId, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::people::Imported;

/// How far a file of people is. The file itself isn't kept: the same one again does the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    pub id: ImportId,
    pub by: UserId,
    /// When it last went on.
    pub at: Timestamp,
    /// With its progress.
    pub imported: Imported,
}
