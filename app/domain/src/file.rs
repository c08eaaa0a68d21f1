//! Files: their names, which types are allowed, and how they may be shown. The type is always that
//! of the content; what an uploader or a name says of it counts for nothing.

use std::fmt::Write as _;

use crate::name::is_forbidden;

/// Files that one message carries.
pub const ATTACHMENTS_LIMIT: usize = 20;
/// The longest name, in bytes: as much as file systems take.
pub const NAME_BYTES: usize = 255;
/// What a file without a name is called.
const NAMELESS: &str = "file";
/// A longer ending is none.
const ENDING_BYTES: usize = 16;
/// Of a file whose content says nothing.
pub const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A name as it is kept: the last part of a path, without what can't be seen, turns the direction of
/// text or has a meaning to some file system. A long one is cut before its ending.
#[must_use]
pub fn file_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|c| !is_forbidden(*c)).map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }).collect();
    let clean = clean.trim().trim_end_matches(['.', ' ']);
    if clean.is_empty() {
        return NAMELESS.to_owned();
    }
    if clean.len() <= NAME_BYTES {
        return clean.to_owned();
    }
    let ending = clean.rfind('.').and_then(|at| clean.get(at..)).filter(|ending| ending.len() <= ENDING_BYTES).unwrap_or_default();
    let mut end = NAME_BYTES - ending.len();
    while !clean.is_char_boundary(end) {
        end -= 1;
    }
    let stem = clean.get(..end).unwrap_or_default();
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

/// A `Content-Disposition` (RFC 6266): the name as it is, and for old programs as near to it as ASCII comes.
#[must_use]
pub fn content_disposition(name: &str, inline: bool) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    let mut text = format!("{}; filename=\"{plain}\"", if inline { "inline" } else { "attachment" });
    if plain != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            // What RFC 8187 lets stand as it is.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                // Writing to a string can't fail.
                _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

/// The type as which a browser may show a file beside our pages; none for what it has to download.
#[must_use]
pub fn shown_as(kind: &str) -> Option<&'static str> {
    const SHOWN: &[&str] = &[
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "application/pdf",
        "audio/mpeg",
        "audio/ogg",
        "audio/opus",
        "audio/x-flac",
        "audio/x-wav",
        "audio/m4a",
        "audio/aac",
        "video/mp4",
        "video/webm",
        "video/x-m4v",
        "video/quicktime",
    ];
    if kind == "text/plain" {
        return Some("text/plain; charset=utf-8");
    }
    SHOWN.iter().find(|shown| **shown == kind).copied()
}

/// How a browser shows a file of a type within our page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// By its previews.
    Image,
    Audio,
    Video,
    /// Its beginning.
    Text,
    /// By itself, beside the page.
    Document,
    /// As something to download.
    Nothing,
}

#[must_use]
pub fn showing(kind: &str) -> Showing {
    match kind.split_once('/') {
        Some(("image", "png" | "jpeg" | "gif" | "webp")) => Showing::Image,
        Some(("audio", _)) if shown_as(kind).is_some() => Showing::Audio,
        Some(("video", _)) if shown_as(kind).is_some() => Showing::Video,
        Some(("text", _)) => Showing::Text,
        _ if shown_as(kind).is_some() => Showing::Document,
        _ => Showing::Nothing,
    }
}

/// The first lines of a text, of which only so many bytes were read: a character that was cut, and
/// what can't be seen, isn't shown.
#[must_use]
pub fn beginning(bytes: &[u8]) -> String {
    const LINES: usize = 200;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\u{fffd}').unwrap_or(&text);
    let clean = |line: &str| line.chars().filter(|c| *c == '\t' || !is_forbidden(*c)).collect::<String>();
    text.lines().take(LINES).map(clean).collect::<Vec<_>>().join("\n")
}

/// The parts of a list of types.
pub fn patterns(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|pattern| !pattern.is_empty())
}

/// Whether it is `type/subtype` or `type/*`.
#[must_use]
pub fn is_pattern(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte));
    text.split_once('/').is_some_and(|(kind, sub)| word(kind) && (sub == "*" || word(sub)))
}

/// Whether files of this type may be posted where this list holds.
#[must_use]
pub fn is_allowed(list: &str, kind: &str) -> bool {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(begin) => kind.get(..begin.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(begin)),
        None => pattern.eq_ignore_ascii_case(kind),
    };
    patterns(list).next().is_none() || patterns(list).any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_made_safe() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\plan.docx", "plan.docx"),
            ("a\u{202E}fdp.exe", "afdp.exe"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("..", "file"),
            ("", "file"),
            ("dir/", "file"),
            ("  x. . ", "x"),
            ("con<>:\"|?*.txt", "con_______.txt"),
            ("наказ №1.txt", "наказ №1.txt"),
        ] {
            assert_eq!(file_name(given), kept, "{given:?}");
        }
        let long = file_name(&format!("{}.tar.gz", "ä".repeat(4_000)));
        assert!(long.len() <= NAME_BYTES && long.ends_with("ä.gz"), "{long}");
        assert!(file_name(&"x".repeat(4_000)).len() == NAME_BYTES);
    }

    #[test]
    fn each_type_is_shown_in_its_way() {
        let of = |kinds: &[&str]| kinds.iter().map(|kind| showing(kind)).collect::<Vec<_>>();
        assert_eq!(of(&["image/png", "image/jpeg", "image/gif", "image/webp"]), [Showing::Image; 4]);
        assert_eq!(of(&["image/avif", "application/pdf"]), [Showing::Document; 2]);
        assert_eq!(of(&["text/plain", "text/html", "text/csv"]), [Showing::Text; 3], "as text, whatever it would do elsewhere");
        assert_eq!(of(&["audio/mpeg", "video/mp4"]), [Showing::Audio, Showing::Video]);
        assert_eq!(of(&["image/svg+xml", "application/zip", "video/x-flv", "", "x"]), [Showing::Nothing; 5]);
    }

    #[test]
    fn a_beginning_is_readable() {
        assert_eq!(beginning(b"\xef\xbb\xbfa\r\n\tb\x07\xe2\x80\xaec"), "a\n\tbc");
        assert_eq!(beginning("aä".as_bytes().split_last().unwrap().1), "a", "cut in the middle of a character");
        assert_eq!(beginning("x\n".repeat(500).as_bytes()).lines().count(), 200);
        assert_eq!(beginning(b""), "");
    }

    #[test]
    fn dispositions_carry_any_name() {
        assert_eq!(content_disposition("a b.txt", false), "attachment; filename=\"a b.txt\"");
        assert_eq!(content_disposition("ä%\".txt", true), "inline; filename=\"___.txt\"; filename*=UTF-8''%C3%A4%25%22.txt");
    }

    #[test]
    fn types_are_allowed_by_pattern() {
        assert!(is_allowed("", "x/y") && is_allowed(" image/* , application/pdf", "image/PNG") && is_allowed("application/pdf", "application/pdf"));
        assert!(!is_allowed("image/*", "application/pdf") && !is_allowed("image/*", "imagex/png"));
        assert!(is_pattern("image/*") && is_pattern("image/svg+xml") && !is_pattern("*") && !is_pattern("image/") && !is_pattern("a/b/c"));
        for active in ["text/html", "image/svg+xml", "application/xml", "application/x-executable", UNKNOWN_TYPE] {
            assert_eq!(shown_as(active), None, "{active}");
        }
    }

    proptest! {
        #[test]
        fn every_name_stays_what_it_was_made(text in "\\PC{0,300}|[./\\\\ a\u{202E}\u{0}]{0,40}") {
            let name = file_name(&text);
            prop_assert!(!name.is_empty() && name.len() <= NAME_BYTES && !name.contains(['/', '\\', '\0', '\n', '"']));
            prop_assert!(name != "." && name != ".." && !name.chars().any(is_forbidden));
            prop_assert_eq!(file_name(&name), name.clone());
            let header = content_disposition(&name, true);
            prop_assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header}");
        }
    }
}
