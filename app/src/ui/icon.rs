//! Icons, drawn on 24 by 24 with a line.

use super::{Erase, dynamic};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident = $paths:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($name),+ }
        impl Icon {
            const fn paths(self) -> &'static str { match self { $(Self::$name => $paths),+ } }
        }
    };
}

icons! {
    Chat = r#"<path d="M21 12a8 8 0 0 1-11.5 7.2L4 21l1.8-5.2A8 8 0 1 1 21 12z"/>"#;
    Compass = r#"<circle cx="12" cy="12" r="9"/><path d="M15.5 8.5l-2 5-5 2 2-5z"/>"#;
    People = r#"<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.4a6.5 6.5 0 0 1 3.5 5.6"/>"#;
    Search = r#"<circle cx="11" cy="11" r="7"/><path d="M20 20l-4-4"/>"#;
    Lines = r#"<path d="M4 7h16M4 12h16M4 17h10"/>"#;
    Hash = r#"<path d="M5 9h15M4 15h15M10 4L8 20M16 4l-2 16"/>"#;
    Lock = r#"<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#;
    Hidden = r#"<path d="M10.6 6.1A9.8 9.8 0 0 1 12 6c6 0 9 6 9 6a15 15 0 0 1-2.6 3.3M6.5 7.6A15 15 0 0 0 3 12s3 6 9 6a9 9 0 0 0 4-.9M10 10a3 3 0 0 0 4 4M4 4l16 16"/>"#;
    Megaphone = r#"<path d="M3 10v4l13 5V5L3 10zM19 9a4 4 0 0 1 0 6M7 15.5V19h3v-2.4"/>"#;
    Star = r#"<path d="M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z"/>"#;
    Info = r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8v.1"/>"#;
    Warning = r#"<path d="M12 4l9 16H3z"/><path d="M12 10v4M12 17v.1"/>"#;
    Smile = r#"<circle cx="12" cy="12" r="9"/><path d="M8 14a5 5 0 0 0 8 0M9 9v.1M15 9v.1"/>"#;
    Story = r#"<path d="M5 4h14M5 9h14M5 14h9M5 19h9"/>"#;
    Eye = r#"<path d="M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6z"/><circle cx="12" cy="12" r="2.5"/>"#;
    Reply = r#"<path d="M10 8V4L3 10.5 10 17v-4c5 0 8 1.5 11 6-.5-7-4-11-11-11z"/>"#;
    Pencil = r#"<path d="M4 20l1-4L16 5l3 3L8 19z"/><path d="M14 7l3 3"/>"#;
    Trash = r#"<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/>"#;
    Link = r#"<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-6l-1.5 1.6M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 6l1.5-1.6"/>"#;
    Clock = r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>"#;
    Close = r#"<path d="M6 6l12 12M18 6L6 18"/>"#;
    Plus = r#"<path d="M12 5v14M5 12h14"/>"#;
    Back = r#"<path d="M15 5l-7 7 7 7"/>"#;
    Up = r#"<path d="M12 19V5M6 11l6-6 6 6"/>"#;
    Down = r#"<path d="M12 5v14M6 13l6 6 6-6"/>"#;
    Keyboard = r#"<rect x="3" y="6" width="18" height="12" rx="2"/><path d="M7 10v.1M11 10v.1M15 10v.1M18 10v.1M8 14h8"/>"#;
    Theme = r#"<circle cx="12" cy="12" r="8"/><path d="M12 4v16a8 8 0 0 0 0-16z" fill="currentColor"/>"#;
    Door = r#"<path d="M14 4H6v16h8M10 12h11M17 8l4 4-4 4"/>"#;
    Fold = r#"<path d="M6 9l6 6 6-6"/>"#;
    Unfold = r#"<path d="M9 6l6 6-6 6"/>"#;
    Check = r#"<path d="M5 12.5l4.5 4.5L19 7.5"/>"#;
    Person = r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20a7.5 7.5 0 0 1 15 0"/>"#;
    Tree = r#"<rect x="9" y="3" width="6" height="5" rx="1"/><rect x="3" y="16" width="6" height="5" rx="1"/><rect x="15" y="16" width="6" height="5" rx="1"/><path d="M12 8v4M6 16v-4h12v4"/>"#;
    Sliders = r#"<path d="M4 6h10M18 6h2M4 12h2M10 12h10M4 18h7M15 18h5"/><circle cx="16" cy="6" r="2"/><circle cx="8" cy="12" r="2"/><circle cx="13" cy="18" r="2"/>"#;
    Clip = r#"<path d="M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a2 2 0 0 1-3-3L14 7"/>"#;
    File = r#"<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/>"#;
    Download = r#"<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>"#;
    Forward = r#"<path d="M9 5l7 7-7 7"/>"#;
    Out = r#"<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>"#;
    Offline = r#"<path d="M4 4l16 16M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 5-2.7M19 12a10 10 0 0 0-4.4-2.6M12 19v.1"/>"#;
}

/// An icon that stands beside a text, or in something that has a name.
pub fn icon(icon: Icon) -> AnyView {
    view! { <svg class="i" viewBox="0 0 24 24" aria-hidden="true" inner_html=icon.paths()></svg> }.any()
}

/// A button that is only an icon: its name is told and shown on hover.
#[component]
pub fn IconButton(
    icon: Icon,
    label: &'static str,
    #[prop(optional, into)] class: &'static str,
    /// Whether it is switched on, for a switch.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    #[prop(into)] press: Callback<MouseEvent>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("icon-button {class}")
            title=label
            aria-label=label
            aria-pressed=dynamic(move || pressed.map(|pressed| if pressed.get() { "true" } else { "false" }))
            on:click=pressing(move |click| press.run(click))
        >
            {self::icon(icon)}
        </button>
    }
    .any()
}

/// What is done on a press, as one type: each type of its own would be compiled with the button once more.
pub fn pressing(run: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(run)
}
