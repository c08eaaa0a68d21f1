use super::*;
use proptest::prelude::*;

fn html(body: &str) -> String {
    to_html(body, &|name| match name {
        "mira" => Some(Mention { me: true, label: Some("Mira <K>".into()) }),
        "omar.haddad" => Some(Mention::default()),
        _ => None,
    })
}

#[test]
fn what_people_write() {
    let link = |url: &str, text: &str| format!("<a href=\"{url}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">{text}</a>");
    for (body, wanted) in [
        ("hello", "<p>hello</p>".to_owned()),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>".to_owned()),
        ("**bold** *it* ~~gone~~ `a<b`", "<p><strong>bold</strong> <em>it</em> <del>gone</del> <code>a&lt;b</code></p>".to_owned()),
        ("# Title", "<p><strong>Title</strong></p>".to_owned()),
        ("> quoted\n> more", "<blockquote><p>quoted<br>more</p></blockquote>".to_owned()),
        ("- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>".to_owned()),
        ("3. c\n4. d", "<ol start=\"3\"><li>c</li><li>d</li></ol>".to_owned()),
        (
            "```rust\nlet a = \"<b>\";\n@mira https://a.example\n```",
            "<pre><code>let a = &quot;&lt;b&gt;&quot;;\n@mira https://a.example\n</code></pre>".to_owned(),
        ),
        ("[text](https://a.example/?a=1&b=2)", format!("<p>{}</p>", link("https://a.example/?a=1&amp;b=2", "text"))),
        ("see https://a.example.", format!("<p>see {}.</p>", link("https://a.example", "https://a.example"))),
        ("<a@b.example>", format!("<p>{}</p>", link("mailto:a@b.example", "a@b.example"))),
        ("![alt](https://a.example/i.png)", format!("<p>{}</p>", link("https://a.example/i.png", "alt"))),
        ("[![alt](https://i.example)](https://a.example)", format!("<p>{}</p>", link("https://a.example", "alt"))),
        (
            "@mira and @omar.haddad, @nobody",
            "<p><span class=\"mention me\">@Mira &lt;K&gt;</span> and <span class=\"mention\">@omar.haddad</span>, @nobody</p>".to_owned(),
        ),
        ("`@mira` a@mira.example", "<p><code>@mira</code> a@mira.example</p>".to_owned()),
        ("---", "<hr>".to_owned()),
    ] {
        assert_eq!(html(body), wanted, "{body}");
    }
}

#[test]
fn what_hostile_people_write() {
    for (body, wanted) in [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>x</p>"),
        ("[x](JaVaScRiPt:alert(1))", "<p>x</p>"),
        ("[x](data:text/html;base64,PHNjcmlwdD4=)", "<p>x</p>"),
        ("<javascript:alert(1)>", "<p>javascript:alert(1)</p>"),
        ("![x](javascript:alert(1))", "<p>x</p>"),
        ("[x](/internal)", "<p>x</p>"),
        ("&lt;script&gt;", "<p>&lt;script&gt;</p>"),
        ("\0", "<p>\u{FFFD}</p>"),
    ] {
        assert_eq!(html(body), wanted, "{body}");
    }
    assert!(!html("[x](https://a.example/\"onmouseover=alert(1)//)").contains("\"onmouseover"));
}

#[test]
fn deep_nesting_is_shown_flat_and_costs_nothing() {
    let deep = html(&format!("{} x", ">".repeat(60_000)));
    assert_eq!(deep.matches("<blockquote>").count(), DEPTH_LIMIT);
    for hostile in
        ["[".repeat(60_000), "*a ".repeat(20_000), "- ".repeat(30_000), "![](".repeat(15_000), "<a ".repeat(20_000), "`".repeat(60_000), "://".repeat(20_000)]
    {
        let started = std::time::Instant::now();
        check(&html(&hostile));
        assert!(started.elapsed().as_secs() < 5, "{}…", &hostile[..6]);
    }
}

/// Reads HTML as a browser would, and stops at anything that the writer never writes.
fn check(html: &str) {
    const PLAIN: [&str; 13] = ["p", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "br", "hr", "span"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', '"', '\'']) {
        assert!(rest[at..].starts_with('<'), "a bare quote or bracket: {}", &rest[at..]);
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "nesting in {html}");
        } else if let Some(rest) = tag.strip_prefix("a href=\"") {
            let url = rest.strip_suffix("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\"").expect("a link's attributes");
            assert!(!url.contains('"'), "{url}");
            assert!(links::is_allowed(url), "{url}");
            assert!(!open.contains(&"a"), "a link in a link");
            open.push("a");
        } else if let Some(start) = tag.strip_prefix("ol start=\"") {
            assert!(start.strip_suffix('"').is_some_and(|n| n.parse::<u64>().is_ok()), "{start}");
            open.push("ol");
        } else if tag == "span class=\"mention\"" || tag == "span class=\"mention me\"" {
            open.push("span");
        } else {
            assert!(PLAIN.contains(&tag), "<{tag}> in {html}");
            if !matches!(tag, "br" | "hr") {
                open.push(tag);
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} stays open in {html}");
    assert!(!html.contains('\0'));
}

/// Pieces of Markdown and HTML that mean something, in any order.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=x>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php",
        "<a href='javascript:x'>",
        "[",
        "]",
        "](",
        ")",
        "(javascript:alert(1))",
        "(https://a.example \"t\")",
        "(<https://a b>)",
        "[x]: javascript:x",
        "[x]: https://a.example\n",
        "https://",
        "http://a.example",
        "://",
        "mailto:",
        "<https://a.example>",
        "<javascript:x>",
        "<a@b.example>",
        "data:text/html,",
        "@mira",
        "@omar.haddad",
        "@",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "`",
        "```",
        "```html\n",
        "~~~",
        "# ",
        "> ",
        "- ",
        "1. ",
        "999999999. ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "---",
        "===",
        "|",
        "\\",
        "&lt;",
        "&#106;",
        "&quot;",
        "&",
        "<",
        ">",
        "\"",
        "'",
        "\0",
        "\u{202E}",
        "\u{FEFF}",
        "é",
        "👍",
        "a",
        " ",
    ]);
    prop::collection::vec(prop_oneof![4 => piece.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)], 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn only_our_own_tags_come_out(body in hostile()) {
        check(&html(&body));
    }

    #[test]
    fn any_text_is_borne(body in any::<String>()) {
        check(&html(&body));
    }

    #[test]
    fn plain_words_stay_as_they_are(body in "[a-z]{1,8}( [a-z]{1,8}){0,10}") {
        prop_assert_eq!(html(&body), format!("<p>{body}</p>"));
    }
}

#[test]
fn a_quote_has_no_markup() {
    let body = "**Thursday** – see [the plan](https://x.y), `all` of it\n\n> <b>bold</b>\n- one\n- two";
    assert_eq!(super::quoted(body, 80), "Thursday – see the plan, all of it <b>bold</b> one two");
    assert_eq!(super::quoted("*abc*def", 4), "abc…");
}
