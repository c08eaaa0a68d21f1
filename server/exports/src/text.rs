//! Texts of people in forms that can't hold every character. What takes the place of one is said in
//! `schemas/README.md`, and counted in the manifest.

use std::borrow::Cow;

use stoa_domain::archive::ArchivedFile;

/// What stands for a character that a form can't hold: the picture of a control character, else U+FFFD.
fn stand_in(c: char) -> char {
    match c {
        '\u{0}'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        _ => '\u{FFFD}',
    }
}

/// XML 1.0 has no way at all to say these.
const fn is_unsayable(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Appends a text as the value of an attribute, or as the content of an element. Whether a character had to be replaced.
pub fn xml(out: &mut Vec<u8>, text: &str) -> bool {
    let mut replaced = false;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let stands: Cow<'static, str> = match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            // Readers would make spaces of them in attributes, and of a carriage return a line feed everywhere.
            '\t' => "&#9;".into(),
            '\n' => "&#10;".into(),
            '\r' => "&#13;".into(),
            // Not shown by anything, and taken for the end of a line by some.
            '\u{7F}'..='\u{9F}' | '\u{2028}' | '\u{2029}' => format!("&#{};", u32::from(c)).into(),
            c if is_unsayable(c) => {
                replaced = true;
                stand_in(c).to_string().into()
            }
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[from..at]);
        out.extend_from_slice(stands.as_bytes());
        from = at + c.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
    replaced
}

/// A text of which no reader of lines, cells or mails stumbles: control characters but tab and ends of lines are replaced.
pub fn plain(text: &str) -> Cow<'_, str> {
    let odd = |c: char| (is_unsayable(c) || c == '\u{7F}') && !matches!(c, '\t' | '\n' | '\r');
    if !text.contains(odd) {
        return text.into();
    }
    text.chars().map(|c| if odd(c) { stand_in(c) } else { c }).collect::<String>().into()
}

/// The same on one line, and in the direction in which it stands: for headers and names.
pub fn line(text: &str) -> Cow<'_, str> {
    let odd = |c: char| c.is_control() || is_unsayable(c) || is_turning(c) || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(odd) {
        return text.into();
    }
    text.chars().map(|c| if odd(c) { stand_in(c) } else { c }).collect::<String>().into()
}

/// What turns the direction of what follows it, and so hides what stands there.
const fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
}

/// Appends a part of an address: all but letters, digits and `-._~` as `%XX`.
pub fn percent(out: &mut Vec<u8>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}

/// A domain as it stands in addresses, whatever it was configured as.
pub fn host(domain: &str) -> String {
    let mut out = Vec::new();
    percent(&mut out, domain);
    if out.is_empty() { "localhost".to_owned() } else { String::from_utf8(out).unwrap_or_default() }
}

/// By which name a file of a room lies beside what mentions it: its id, and the ending of its own name if that is a plain one.
pub fn stored_name(id: stoa_domain::id::FileId, name: &str) -> String {
    let plain = |ending: &&str| (1..=10).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match name.rsplit_once('.').map(|(_, ending)| ending).filter(plain) {
        Some(ending) => format!("{id}.{}", ending.to_ascii_lowercase()),
        None => id.to_string(),
    }
}

/// The same of a file as the archive has it.
pub fn stored(file: &ArchivedFile) -> String {
    stored_name(file.id, &file.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_xml(text: &str) -> (String, bool) {
        let mut out = Vec::new();
        let replaced = xml(&mut out, text);
        (String::from_utf8(out).unwrap(), replaced)
    }

    #[test]
    fn what_a_form_cannot_hold_is_seen() {
        assert_eq!(as_xml("a<b>\"&'"), ("a&lt;b&gt;&quot;&amp;'".to_owned(), false));
        assert_eq!(as_xml("1\r\n2\t3\u{85}"), ("1&#13;&#10;2&#9;3&#133;".to_owned(), false));
        assert_eq!(as_xml("\0\u{1B}[1m\u{FFFE}\u{FFFF}"), ("␀␛[1m\u{FFFD}\u{FFFD}".to_owned(), true));
        assert_eq!(as_xml("💬\u{202E}abc"), ("💬\u{202E}abc".to_owned(), false));
        assert_eq!(plain("a\tb\r\nc\u{7}\u{7F}"), "a\tb\r\nc␇␡");
        assert_eq!(line("a\r\nBcc: x\u{202E}gpj.exe"), "a␍␊Bcc: x\u{FFFD}gpj.exe");
        assert!(matches!(line("Weiß 💬"), Cow::Borrowed(_)));
        let mut out = Vec::new();
        percent(&mut out, "a b/ö@x");
        assert_eq!(out, b"a%20b%2F%C3%B6%40x");
    }

    #[test]
    fn no_name_of_a_file_leads_elsewhere() {
        let id = stoa_domain::id::FileId(uuid::Uuid::from_u128(7));
        let name = |name| stored_name(id, name).strip_prefix("00000000-0000-0000-0000-000000000007").unwrap().to_owned();
        assert_eq!(name("report.PDF"), ".pdf");
        for odd in ["", "x", "x.", "a/../../b", "x.t xt", "x.exe\u{202E}", "x.averyveryverylongending", "..", "x.a/b"] {
            assert_eq!(name(odd), "", "{odd:?}");
        }
    }
}
