//! Where one is, and going elsewhere: from one live page to another without asking the server.

use leptos::prelude::*;

use crate::routes::Page;

#[derive(Clone, Copy)]
pub struct Route(RwSignal<Page>);

impl Route {
    pub fn provide(page: Page) -> Self {
        let route = Self(RwSignal::new(page));
        provide_context(route);
        #[cfg(feature = "hydrate")]
        route.follow_links();
        route
    }

    pub fn page(self) -> Page {
        self.0.get()
    }

    /// Goes to a page of which one knows that it is live.
    pub fn go(self, path: &str) {
        #[cfg(feature = "hydrate")]
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
            self.arrive();
        }
        let _ = (self, path);
    }

    /// Takes over what the address says.
    #[cfg(feature = "hydrate")]
    fn arrive(self) {
        let page = Page::of(&window().location().pathname().unwrap_or_default());
        if page.is_live() {
            crate::live::room::put(self.0, page);
            request_animation_frame(keep_focus);
        } else {
            let _ = window().location().reload();
        }
    }

    #[cfg(feature = "hydrate")]
    fn follow_links(self) {
        use leptos::ev;
        use wasm_bindgen::JsCast;
        use web_sys::HtmlAnchorElement;

        let back = window_event_listener(ev::popstate, move |_| self.arrive());
        let clicks = window_event_listener(ev::click, move |click| {
            let plain = click.button() == 0 && !(click.meta_key() || click.ctrl_key() || click.shift_key() || click.alt_key());
            let link = crate::ui::closest(&click, "a[href]").and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
            // What a message links to opens beside this page, unless it is a room.
            let said = crate::ui::closest(&click, ".body").is_some();
            let Some(link) = link.filter(|link| plain && !click.default_prevented() && (said || link.target().is_empty())) else { return };
            let (here, there) = (window().location(), link.pathname());
            // A place on this very page is the browser's affair.
            let same = here.pathname().is_ok_and(|path| path == there) && !link.hash().is_empty();
            if !same && here.origin().is_ok_and(|origin| origin == link.origin()) && Page::of(&there).is_live() {
                click.prevent_default();
                self.go(&(there + &link.hash()));
            }
        });
        on_cleanup(move || {
            back.remove();
            clicks.remove();
        });
    }
}

/// Where one goes, one goes on writing. On a touch screen that would bring up the keyboard: there the
/// focus only moves when what had it is gone.
#[cfg(feature = "hydrate")]
fn keep_focus() {
    let document = document();
    let touch = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches());
    if touch && document.active_element().is_some_and(|element| element.tag_name() != "BODY" && element.get_bounding_client_rect().width() > 0.0) {
        return;
    }
    let composer = document.query_selector("form.composer textarea").ok().flatten().filter(|_| !touch);
    if let Some(place) = composer.or_else(|| document.get_element_by_id("main"))
        && let Ok(place) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(place)
    {
        let _ = place.focus();
    }
}

/// The route of this page. Call it while a component is built.
#[must_use]
pub fn use_route() -> Route {
    expect_context::<Route>()
}
