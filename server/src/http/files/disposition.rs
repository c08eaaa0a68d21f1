//! The name in a `Content-Disposition`, of a request or of a part of a form.

/// What a header says at most.
const LIMIT: usize = 16 * 1024;

/// The name: `filename*` if it can be read, else `filename`.
pub fn name_in(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header.get(..LIMIT).unwrap_or(header));
    let mut plain = None;
    for (key, value) in parameters(&text) {
        if key.eq_ignore_ascii_case("filename*")
            && let Some(name) = extended(&value)
        {
            return Some(name);
        }
        if key.eq_ignore_ascii_case("filename") {
            // Browsers write so in forms what would end the text.
            plain = plain.or(Some(value.replace("%22", "\"").replace("%0D", "").replace("%0A", "")));
        }
    }
    plain
}

/// The field of a form that a part is of.
pub fn field_in(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header.get(..LIMIT).unwrap_or(header));
    parameters(&text).into_iter().find(|(key, _)| key.eq_ignore_ascii_case("name")).map(|(_, name)| name)
}

/// What stands behind the semicolons, without quotes.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some((_, mut rest)) = text.split_once(';') else { return found };
    while let Some((key, behind)) = rest.split_once('=') {
        let behind = behind.trim_start();
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let end = behind.find(';').unwrap_or(behind.len());
                let (value, behind) = behind.split_at(end);
                (value.trim().to_owned(), behind)
            }
        };
        found.push((key.trim().trim_start_matches(';').trim().to_owned(), value));
        rest = behind.split_once(';').map_or("", |(_, behind)| behind);
    }
    found
}

/// The text up to its quote, and what is behind. Only a quote and itself are escaped: Windows' paths come with single ones.
fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, text.get(at + 1..).unwrap_or_default()),
            '\\' if matches!(chars.peek(), Some((_, '"' | '\\'))) => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

/// `UTF-8''na%C3%AFve.txt`.
fn extended(text: &str) -> Option<String> {
    let (charset, rest) = text.split_once('\'')?;
    let (_, value) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut left = value.bytes();
    while let Some(byte) = left.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(left.next())?, digit(left.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::name_in;

    #[test]
    fn names_are_found_in_all_their_forms() {
        for (header, name) in [
            ("attachment; filename=a.txt", Some("a.txt")),
            ("attachment; filename=\"a \\\"b\\\".txt\"; size=3", Some("a \"b\".txt")),
            ("attachment; filename=\"x\"; filename*=UTF-8''na%C3%AFve%20.txt", Some("naïve .txt")),
            ("attachment; filename*=latin1''x; filename=y", Some("y")),
            ("attachment; filename*=UTF-8''%C3", None),
            ("form-data; name=\"file\"; filename=\"C:\\dir\\a;b.txt\"", Some("C:\\dir\\a;b.txt")),
            ("form-data; name=\"file\"", None),
            ("filename=a", None),
            ("", None),
        ] {
            assert_eq!(name_in(header.as_bytes()).as_deref(), name, "{header}");
        }
    }
}
