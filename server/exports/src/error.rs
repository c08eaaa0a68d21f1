use std::io;

/// Why a run comes to nothing. The position of its adapter stays where it was.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no space left in {0}")]
    Full(&'static str),
    /// Nobody answers; another try may do.
    #[error("the destination doesn't answer: {0}")]
    Away(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody answers, and doesn't want it.
    #[error("the destination refuses: {0}")]
    Refused(String),
    /// With what the program said of it.
    #[error("the stylesheet {name} can't be applied: {why}")]
    Stylesheet { name: String, why: String },
    #[error("these settings can't be followed: {0}")]
    Settings(String),
    /// The store of files doesn't answer.
    #[error("the content of a file can't be read: {0}")]
    Contents(#[source] io::Error),
    #[error("the staging folder fails: {0}")]
    Staging(#[source] io::Error),
    /// Records have to come by their positions.
    #[error("a record at {came} came after one at {last}")]
    Order { last: i64, came: i64 },
}

pub type Result<T, E = ExportError> = std::result::Result<T, E>;

impl ExportError {
    /// Its word, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full(_) => "full",
            Self::Away(_) => "away",
            Self::Refused(_) => "refused",
            Self::Stylesheet { .. } => "stylesheet",
            Self::Settings(_) => "settings",
            Self::Contents(_) => "files",
            Self::Staging(_) | Self::Order { .. } => "internal",
        }
    }

    /// What the console says of it: nothing of the machine's paths, no secret.
    #[must_use]
    pub fn public(&self) -> String {
        match self {
            Self::Full(place) => format!("There is no space left in {place}."),
            Self::Away(_) => "The destination doesn't answer.".to_owned(),
            Self::Refused(why) => format!("The destination refuses: {why}"),
            Self::Stylesheet { name, why } => format!("The stylesheet {name} can't be applied: {why}"),
            Self::Settings(why) => format!("The settings can't be followed: {why}"),
            Self::Contents(_) => "The store of files doesn't answer.".to_owned(),
            Self::Staging(_) | Self::Order { .. } => "Something went wrong here; the server's log says what.".to_owned(),
        }
    }
}

/// What can happen in the staging folder.
impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        if is_full(&error) { Self::Full("the staging folder") } else { Self::Staging(error) }
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}

pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}
