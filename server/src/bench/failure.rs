//! Why a benchmark can't go on, in one line for whoever started it.

#[derive(Debug)]
pub struct Failure(pub String);

pub type Result<T> = std::result::Result<T, Failure>;

/// For `Err(fail(…))`.
pub fn fail(why: impl Into<String>) -> Failure {
    Failure(why.into())
}

// `Failure` is no `Error` itself, so that every error turns into one by `?`.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Says what was being done when it failed.
pub trait Context<T> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<Failure>> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure(format!("{}: {}", doing(), error.into().0)))
    }
}
