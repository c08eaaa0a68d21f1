//! The document: the page's content, what it was made of for the browser to take up, and the tags that
//! start the browser half.

use std::fmt::Write;

use leptos::prelude::*;

use crate::load::{Content, Loaded};
use crate::routes::Page;
use crate::text::{self, Text};
use crate::{pages, place};

/// Runs before the first paint, on every page.
const PAGE_SCRIPT: &str = include_str!("page.js");

/// Where the built files are, with or without hashes in their names.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    pub chat: Part,
    pub console: Part,
    pub css: String,
}

/// A part of the browser half.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub js: String,
    pub wasm: String,
}

/// What a live page begins with, and what wakes it.
struct Live<'a> {
    data: String,
    part: &'a Part,
    entry: &'static str,
}

/// Writes a page. Scripts in it have the nonce.
#[must_use]
pub fn render(loaded: Loaded, assets: &Assets, nonce: &str) -> String {
    let t = loaded.language.table();
    // What is made for this page is forgotten with it.
    let owner = Owner::new();
    let live = match &loaded.content {
        Content::Live(start) => Some(Live { data: data(start), part: &assets.chat, entry: "chat" }),
        Content::Console(start) => Some(Live { data: data(start), part: &assets.console, entry: "console" }),
        _ => None,
    };
    let title = title(&loaded, t);
    let body = owner.with(|| {
        text::provide_text(loaded.language);
        content(loaded).to_html()
    });
    owner.cleanup();
    document(t, &title, &body, live.as_ref(), &assets.css, nonce)
}

fn content(loaded: Loaded) -> AnyView {
    let Loaded { page, query, content, .. } = loaded;
    let returned = pages::Returned::new(query);
    match content {
        Content::Live(start) => place::live(*start, page).into_any(),
        Content::Console(start) => crate::admin::live(*start),
        Content::Directory { boot, categories, asked, found } => {
            place::plain(boot, page, move || view! { <pages::Directory returned categories asked found/> }.into_any()).into_any()
        }
        Content::Files { boot, room, asked, found } => {
            place::plain(boot, page, move || view! { <pages::RoomFiles room=*room asked found/> }.into_any()).into_any()
        }
        Content::NewRoom { boot, categories } => place::plain(boot, page, move || view! { <pages::NewRoom returned categories/> }.into_any()).into_any(),
        Content::SignIn => view! { <pages::SignIn returned/> }.into_any(),
        Content::Setup { needed } => view! { <pages::Setup returned needed/> }.into_any(),
        Content::Missing => view! { <pages::Missing/> }.into_any(),
        Content::Trouble(problem) => view! { <pages::Trouble problem/> }.into_any(),
    }
}

fn title(loaded: &Loaded, t: &Text) -> String {
    let own = match (&loaded.content, loaded.page) {
        (Content::Live(start), _) => match &start.room {
            Some(room) => format!("# {}", room.info.name),
            None => t.chat.to_owned(),
        },
        (Content::Console(start), _) => start.title(t.language),
        (Content::Files { room, .. }, _) => format!("{} · # {}", t.files, room.name),
        (_, Page::Directory) => t.directory.to_owned(),
        (_, Page::NewRoom) => t.new_room.to_owned(),
        (_, Page::SignIn) => t.sign_in.to_owned(),
        _ => return "Stoa".to_owned(),
    };
    place::whole_title(&own)
}

fn document(t: &Text, title: &str, body: &str, live: Option<&Live>, css: &str, nonce: &str) -> String {
    let mut out = String::with_capacity(body.len() + live.map_or(0, |live| live.data.len()) + PAGE_SCRIPT.len() + 2_048);
    let _ = write!(
        out,
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, interactive-widget=resizes-content\">\
         <meta name=\"color-scheme\" content=\"light dark\"><script nonce=\"{nonce}\">{PAGE_SCRIPT}</script>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"manifest\" href=\"/manifest.webmanifest\">\
         <link rel=\"stylesheet\" href=\"{css}\">",
        t.language.code(),
        escaped(title)
    );
    match live {
        Some(Live { data, part: Part { js, wasm }, entry }) => {
            let _ = write!(
                out,
                "<link rel=\"modulepreload\" href=\"{js}\"><link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
                 <script type=\"application/json\" id=\"start\">{data}</script>\
                 <script type=\"module\" nonce=\"{nonce}\">import({js:?}).then(m => m.default({{ module_or_path: {wasm:?} }}).then(() => m.{entry}()))</script>\
                 </head><body>"
            );
        }
        None => out.push_str("</head><body class=\"plain\">"),
    }
    out.push_str(body);
    out.push_str("</body></html>");
    out
}

/// JSON that can stand in a script element: nothing in it ends or begins one.
fn data(start: &impl serde::Serialize) -> String {
    serde_json::to_string(start).unwrap_or_default().replace('<', "\\u003c")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_never_ends_its_element() {
        let text = data(&"</script><!--<script>");
        assert!(!text.contains('<'));
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "</script><!--<script>");
    }
}
