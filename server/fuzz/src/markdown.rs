use stoa_domain::markdown::{Mention, plain, quoted, to_html};
use stoa_domain::message::{excerpt, mention_spans, mentioned_names};

/// As much as the longest story.
const LIMIT: usize = 64 * 1024;
/// What the parser spends on the addresses of references, however often they are named.
const REFERENCES: usize = 100_000;

/// A message's body: nothing becomes markup that isn't on the list, and little stays little.
pub fn markdown(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LIMIT).unwrap_or(data));
    let html = to_html(&text, &|name| match name {
        "mira" => Some(Mention { me: true, label: Some("<b a=\"'&".into()) }),
        "omar" => Some(Mention::default()),
        _ => None,
    });
    check(&html);
    let bound = 16 * text.len() + 6 * text.len().max(REFERENCES);
    assert!(html.len() <= bound, "{} bytes became {}", text.len(), html.len());

    let words = plain(&text);
    assert!(words.len() <= 4 * text.len() + REFERENCES);
    assert!(quoted(&text, 80).chars().count() <= 80);
    assert_eq!(excerpt(&excerpt(&text, 80), 80), excerpt(&text, 80));
    for (at, name) in mention_spans(&text) {
        assert_eq!(text.get(at..=at), Some("@"));
        assert!(text.get(at + 1..).is_some_and(|rest| rest.starts_with(name)));
        assert!(mentioned_names(&text).contains(&name));
    }
}

/// Reads as a browser does. Text and attributes hold no character that could end them, and every
/// ampersand begins one of the five references that are written.
fn check(html: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some((text, behind)) = rest.split_once('<') {
        quiet(text);
        let (tag, behind) = behind.split_once('>').expect("a tag that ends");
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {html}");
            continue;
        }
        let name = tag.split(' ').next().unwrap_or_default();
        match name {
            "a" => {
                let url = tag.strip_prefix("a href=\"").and_then(|tag| tag.strip_suffix("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\""));
                let url = url.unwrap_or_else(|| panic!("<{tag}> in {html}"));
                quiet(url);
                let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
                assert!(matches!(scheme.as_str(), "https" | "http" | "mailto"), "{url}");
                assert!(!open.contains(&"a"), "a link in a link: {html}");
            }
            "ol" => {
                let start = tag.strip_prefix("ol start=\"").map(|tag| tag.strip_suffix('"').and_then(|start| start.parse::<u64>().ok()));
                assert!(tag == "ol" || start.flatten().is_some(), "<{tag}> in {html}");
            }
            "span" => assert!(matches!(tag, "span class=\"mention\"" | "span class=\"mention me\""), "<{tag}> in {html}"),
            _ => {
                const PLAIN: [&str; 11] = ["p", "strong", "em", "del", "code", "pre", "blockquote", "ul", "li", "br", "hr"];
                assert!(PLAIN.contains(&tag), "<{tag}> in {html}");
            }
        }
        if !matches!(name, "br" | "hr") {
            open.push(name);
        }
    }
    quiet(rest);
    assert!(open.is_empty(), "{open:?} stays open in {html}");
}

fn quiet(text: &str) {
    assert!(!text.contains(['<', '>', '"', '\'', '\0']), "{text}");
    for (at, _) in text.match_indices('&') {
        let rest = text.get(at..).unwrap_or_default();
        assert!(["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].iter().any(|known| rest.starts_with(known)), "{rest}");
    }
}
