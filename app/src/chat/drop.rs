//! Files that are dropped onto a room.

use leptos::ev::DragEvent;
use leptos::prelude::*;

use super::desk::Desk;

/// Whether what is dragged is files; what they are is told only when they are dropped.
#[cfg(feature = "hydrate")]
fn files(drag: &DragEvent) -> bool {
    let kinds = drag.data_transfer().map(|data| data.types());
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

pub fn over(desk: Desk, dropping: RwSignal<bool>, drag: &DragEvent) {
    #[cfg(feature = "hydrate")]
    if files(drag) {
        // Without this the browser would open them instead of the page.
        drag.prevent_default();
        crate::live::room::put(dropping, desk.room.info.with_untracked(|info| info.upload));
    }
    let _ = (desk, dropping, drag);
}

pub fn left(dropping: RwSignal<bool>, drag: &DragEvent) {
    // From one part of the room to another is still within.
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let to = drag.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let within = drag.current_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok()).is_some_and(|main| main.contains(to.as_ref()));
        if !within || to.is_none() {
            crate::live::room::put(dropping, false);
        }
    }
    let _ = (dropping, drag);
}

pub fn dropped(desk: Desk, dropping: RwSignal<bool>, drag: &DragEvent) {
    #[cfg(feature = "hydrate")]
    if files(drag) {
        drag.prevent_default();
        crate::live::room::put(dropping, false);
        if let Some(files) = drag.data_transfer().and_then(|data| data.files()) {
            super::composer::take(desk, &files);
        }
    }
    let _ = (desk, dropping, drag);
}
