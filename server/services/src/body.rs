//! What is wrong with a body, told with its place.

use serde::de::DeserializeOwned;
use serde_json::Value;
use stoa_domain::wire::problem::{FieldError, Problem};

use crate::Result;

/// What was sent within another body.
///
/// # Errors
/// 422 with the place.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| explain(&error))
}

/// Not JSON is malformed; JSON of another shape is invalid, with the place.
#[must_use]
pub fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let cause = error.inner();
    if !cause.is_data() {
        return Problem::malformed().detail(format!("The body is not JSON: {cause}."));
    }
    let mut field: String = error.path().iter().filter_map(segment).collect();
    let message = cause.to_string();
    let message = message.rfind(" at line ").map_or(message.as_str(), |end| message.get(..end).unwrap_or(&message));
    let mut code = "invalid";
    for (text, named) in [("missing field `", "required"), ("unknown field `", "unknown")] {
        if let Some(name) = message.strip_prefix(text).and_then(|rest| rest.split('`').next()) {
            code = named;
            if !field.ends_with(&format!("/{name}")) {
                field = format!("{field}/{name}");
            }
        }
    }
    let mut problem = Problem::invalid();
    problem.errors.push(FieldError { field: field.into(), code: code.into(), message: message.to_owned() });
    problem
}

fn segment(segment: &serde_path_to_error::Segment) -> Option<String> {
    use serde_path_to_error::Segment;
    match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}
