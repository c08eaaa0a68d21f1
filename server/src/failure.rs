//! Why a command stops: one line that says what to do.

use std::fmt;

#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    #[must_use]
    pub fn new(line: impl Into<String>) -> Self {
        // One line, whatever the cause brought.
        Self(line.into().split('\n').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<stoa_store::StoreError> for Failure {
    fn from(error: stoa_store::StoreError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<stoa_domain::wire::problem::Problem> for Failure {
    fn from(problem: stoa_domain::wire::problem::Problem) -> Self {
        let fields: Vec<_> = problem.errors.iter().map(|error| format!("{}: {}", error.field.trim_start_matches('/'), error.message)).collect();
        if fields.is_empty() { Self::new(problem.text()) } else { Self::new(fields.join(" ")) }
    }
}
