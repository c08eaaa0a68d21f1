//! Which addresses may be linked, and finding the ones that stand bare in a text.

/// Schemes that a link may have. Everything else stays text.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Whether a message may link there.
pub fn is_allowed(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| has_prefix(url, scheme) && url.len() > scheme.len()) && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// A piece of a text: plain, or an address to link.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Url(&'a str),
}

/// Cuts a text at the addresses that stand bare in it.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut url = "";
    std::iter::from_fn(move || {
        if !url.is_empty() {
            return Some(Piece::Url(std::mem::take(&mut url)));
        }
        if rest.is_empty() {
            return None;
        }
        let (before, found, after) = find(rest).unwrap_or((rest, "", ""));
        rest = after;
        url = found;
        if before.is_empty() { Some(Piece::Url(std::mem::take(&mut url))) } else { Some(Piece::Text(before)) }
    })
}

/// The first address of a text: what is before it, it, and what is behind.
fn find(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("://").map(|at| from + at) {
        let start = ["https", "http"].into_iter().find_map(|scheme| {
            let start = at.checked_sub(scheme.len())?;
            let starts = text.get(start..at)?.eq_ignore_ascii_case(scheme);
            let alone = !text[..start].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '+' | '-' | '.'));
            (starts && alone).then_some(start)
        });
        if let Some(start) = start {
            let end = start + length(&text[start..]);
            if end > at + "://".len() && is_allowed(&text[start..end]) {
                return Some((&text[..start], &text[start..end], &text[end..]));
            }
        }
        from = at + "://".len();
    }
    None
}

/// How far an address reaches: to the next white space or bracket, without what closes the sentence.
fn length(text: &str) -> usize {
    let mut end = text.find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`')).unwrap_or(text.len());
    while let Some(last) = text[..end].chars().next_back() {
        let closes = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '”' | '’' => true,
            ')' => text[..end].matches('(').count() < text[..end].matches(')').count(),
            ']' => text[..end].matches('[').count() < text[..end].matches(']').count(),
            _ => false,
        };
        if !closes {
            break;
        }
        end -= last.len_utf8();
    }
    end
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_addresses_are_links() {
        for yes in ["https://a.example", "HTTP://a", "mailto:a@b.example", "https://a.example/?q=(x)&y='\""] {
            assert!(is_allowed(yes), "{yes}");
        }
        for no in [
            "",
            "https://",
            "javascript:alert(1)",
            "java\nscript:x",
            " https://a",
            "data:text/html,x",
            "//a",
            "/a",
            "#a",
            "https:a",
            "vbscript:x",
            "https://a b",
        ] {
            assert!(!is_allowed(no), "{no}");
        }
    }

    #[test]
    fn bare_addresses_end_before_the_sentence_does() {
        use Piece::{Text, Url};
        let all = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(all("see https://a.example/x, please"), [Text("see "), Url("https://a.example/x"), Text(", please")]);
        assert_eq!(all("(https://a.example/b_(c))."), [Text("("), Url("https://a.example/b_(c)"), Text(").")]);
        assert_eq!(all("https://a.example"), [Url("https://a.example")]);
        assert_eq!(all("xhttps://a.example ftp://b http://"), [Text("xhttps://a.example ftp://b http://")]);
        assert_eq!(all("é://é http://x.example?y"), [Text("é://é "), Url("http://x.example?y")]);
        assert_eq!(all(""), []);
    }
}
