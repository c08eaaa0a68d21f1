//! The small parts that everything is made of. They know no domain.

mod avatar;
mod dialog;
mod dom;
mod dynamic;
mod empty;
#[cfg(feature = "ssr")]
mod field;
mod icon;
mod list;
mod textarea;

#[cfg(feature = "ssr")]
mod notice;

pub use avatar::Avatar;
pub use dialog::{Confirm, Dialog};
#[cfg(feature = "hydrate")]
pub use dom::{by_id, closest, in_text_field, scroll_into_view};
pub use dom::{store_get, store_set};
pub use dynamic::{Erase, dynamic, effect};
pub use empty::Empty;
#[cfg(feature = "ssr")]
pub use field::Field;
pub use icon::{Icon, IconButton, icon, pressing};
pub use list::list;
pub use textarea::within_textarea;

#[cfg(feature = "ssr")]
pub use notice::{Notice, Tone};
