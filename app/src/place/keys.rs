//! Keys that work everywhere.

use crate::live::Store;
use crate::route::Route;

#[cfg(not(feature = "hydrate"))]
pub fn listen(_: Store, _: Route) {}

#[cfg(feature = "hydrate")]
pub fn listen(store: Store, route: Route) {
    use leptos::ev;
    use leptos::prelude::*;

    use super::Sheets;
    use crate::live::Room;
    use crate::routes;
    use crate::ui::in_text_field;

    let sheets = expect_context::<Sheets>();
    let step = move |down: bool, unread: bool| {
        let rooms: Vec<Room> = store.rooms.get_untracked();
        let fits = |room: &Room| !unread || room.unread.get_untracked() > 0;
        let current = store.current.get_untracked();
        let place = rooms.iter().position(|room| Some(room.id) == current);
        let count = rooms.len();
        // Once around, beginning behind the present one.
        (1..=count)
            .map(|step| match (place, down) {
                (Some(place), true) => (place + step) % count,
                (Some(place), false) => (place + count - step) % count,
                (None, true) => step - 1,
                (None, false) => count - step,
            })
            .map(|index| rooms[index])
            .find(|room| fits(room) && Some(room.id) != current)
    };
    let handle = window_event_listener(ev::keydown, move |key| {
        let (name, control) = (key.key(), key.ctrl_key() || key.meta_key());
        match name.as_str() {
            "k" | "K" if control && !key.alt_key() => sheets.switcher.update(|open| *open = !*open),
            "?" if !control && !in_text_field(&key) => sheets.help.set(true),
            "ArrowDown" | "ArrowUp" if key.alt_key() && !control => {
                if let Some(room) = step(name == "ArrowDown", key.shift_key()) {
                    route.go(&routes::room(room.id));
                }
            }
            "Escape" if key.shift_key() => store.mark_all_read(),
            _ => return,
        }
        key.prevent_default();
    });
    on_cleanup(move || handle.remove());
}
