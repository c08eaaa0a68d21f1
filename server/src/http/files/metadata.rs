//! The `Upload-Metadata` of tus: pairs of a key and a value in Base64, with commas between them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The longest header.
const LIMIT: usize = 32 * 1024;

/// It can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bad;

/// The file's name, if it has one.
pub fn name_in(metadata: &str) -> Result<Option<String>, Bad> {
    if metadata.len() > LIMIT {
        return Err(Bad);
    }
    let (mut seen, mut name) = (std::collections::HashSet::new(), None);
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        if !key.is_ascii() || !seen.insert(key) {
            return Err(Bad);
        }
        let value = BASE64.decode(value.trim()).map_err(|_| Bad)?;
        // Clients call it so, each his way.
        if matches!(key, "filename" | "name") && name.is_none() {
            name = Some(String::from_utf8_lossy(&value).into_owned());
        }
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert_eq!(name_in("filetype dGV4dA==, filename bmHDr3ZlLnR4dA==").unwrap().as_deref(), Some("naïve.txt"));
        assert_eq!(name_in("is_confidential"), Ok(None));
        assert_eq!(name_in(""), Ok(None));
        for wrong in ["filename %%", "a YQ==,a YQ==", "ä YQ=="] {
            assert_eq!(name_in(wrong), Err(Bad), "{wrong}");
        }
        assert_eq!(name_in(&"x".repeat(LIMIT + 1)), Err(Bad));
    }
}
