//! Small help with the browser's document. On the server, where there is none, nothing happens.

/// What this browser remembers under a key.
#[must_use]
pub fn store_get(key: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    return leptos::prelude::window().local_storage().ok().flatten()?.get_item(key).ok().flatten();
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = key;
        None
    }
}

/// Remembers something in this browser, or forgets it.
pub fn store_set(key: &str, value: Option<&str>) {
    #[cfg(feature = "hydrate")]
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        // A full or forbidden storage is no reason to fail.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (key, value);
}

#[cfg(feature = "hydrate")]
pub use browser::*;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

    pub fn by_id(id: &str) -> Option<HtmlElement> {
        document().get_element_by_id(id)?.dyn_into().ok()
    }

    /// The nearest element around where an event happened that fits.
    pub fn closest(event: &Event, selector: &str) -> Option<HtmlElement> {
        let target: Element = event.target()?.dyn_into().ok()?;
        target.closest(selector).ok().flatten()?.dyn_into().ok()
    }

    /// Whether somebody is writing, so that a letter is no command.
    pub fn in_text_field(event: &Event) -> bool {
        closest(event, "input, textarea, select, [contenteditable]").is_some()
    }

    pub fn scroll_into_view(element: &HtmlElement, block: ScrollLogicalPosition) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(block);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
