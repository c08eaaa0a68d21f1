//! The type of a content, by its beginning. A name or an uploader's word for it counts for nothing.

/// As much of the beginning is looked at.
pub const HEAD: usize = 8 * 1024;
const UNKNOWN: &str = "application/octet-stream";

/// The type of what begins so.
#[must_use]
pub fn kind_of(head: &[u8]) -> &'static str {
    let head = head.get(..HEAD).unwrap_or(head);
    if let Some(active) = active_text(head) {
        return active;
    }
    match infer::get(head) {
        Some(known) => known.mime_type(),
        None if is_text(head) => "text/plain",
        None => UNKNOWN,
    }
}

/// Text that a browser would do more with than show it.
fn active_text(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if !text.starts_with(b"<") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let has = |what: &[u8]| lower.windows(what.len()).any(|window| window == what);
    if [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<script", b"<iframe"].into_iter().any(has) {
        return Some("text/html");
    }
    if has(b"<svg") {
        return Some("image/svg+xml");
    }
    lower.starts_with(b"<?xml").then_some("application/xml")
}

/// Whether it is UTF-8 without characters that no text has. Its end may be within a character.
fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() == HEAD => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !whole.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}' | '\u{1B}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], &str); 12] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            (b"\xFF\xD8\xFF\xE0<html><script>", "image/jpeg"),
            (b"GIF89a/*<script>*/=1", "image/gif"),
            (b"%PDF-1.7", "application/pdf"),
            (&[&b"\x7fELF\x02\x01\x01"[..], &[0; 60]].concat(), "application/x-executable"),
            (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            (b"  <!DOCTYPE html><p>", "text/html"),
            (b"\xEF\xBB\xBF<svg onload=alert(1)>", "image/svg+xml"),
            (b"<?xml version=\"1.0\"?><!-- x --><svg/>", "image/svg+xml"),
            (b"<?xml version=\"1.0\"?><a/>", "application/xml"),
            ("Grüße\n".as_bytes(), "text/plain"),
            (b"\x01\x02\x03", UNKNOWN),
        ];
        for (head, kind) in cases {
            assert_eq!(kind_of(head), kind, "{:?}", String::from_utf8_lossy(head));
        }
        assert_eq!(kind_of(b""), "text/plain", "nothing is the shortest text");
        let mut cut = vec![b'x'; HEAD - 1];
        cut.extend("ä".bytes());
        assert_eq!(kind_of(&cut), "text/plain", "cut within a character");
    }
}
