//! The addresses of pages, and the forms that work without scripts.
//!
//! Every page is answered to GET by the app. The forms below are POSTed as
//! `application/x-www-form-urlencoded` to the server's page routes (`server/src/pages/`),
//! which call the API in process and answer 303.
//!
//! | POST | fields | then, 303 to |
//! |---|---|---|
//! | `/sign-in` | `name`, `password`, `next` (an own path, may be empty) | `next`, else `/chat`; sets the cookie |
//! | `/sign-out` | `all` (`true`: everywhere; may be missing) | `/sign-in` |
//! | `/setup` | `token`, `name`, `display_name`, `password` | `/chat`, signed in |
//! | `/chat/r/{room}` | `nonce` (UUID), `body` | `/chat/r/{room}` |
//! | `/chat/r/{room}/files` | `nonce` (UUID), `body` (may be empty), one or several `file`, as `multipart/form-data` | `/chat/r/{room}` |
//! | `/chat/r/{room}/leave` | – | `/chat` |
//! | `/chat/r/{room}/favourite` | `on` (`true`, `false`) | `/chat/r/{room}` |
//! | `/directory/join` | `room` (id): follow it | `/chat/r/{room}` |
//! | `/rooms/new` | `name`, `category`, `privacy`, `type`, `topic`, `description` | `/chat/r/{new room}`, following it |
//!
//! When the API refuses, 303 back to the page with the form (for `/directory/join`
//! `/directory`, for the room's forms `/chat/r/{room}`) with
//! `?problem=SLUG`, for the first field error also `&field=NAME&code=CODE` (`name` of `/name`),
//! and with the harmless fields that were sent (`name`, `display_name`, `next`, `category`,
//! `privacy`, `type`, `topic`, `description`, `email`), so that nobody types them again; never a password or token.
//! `not-signed-in` goes to `/sign-in?next=PATH` instead.
//!
//! GET parameters that the pages read: `/sign-in?next=`; `/directory?q=&category=&privacy=&cursor=`;
//! `/chat/r/{room}?before=SEQ` and `?after=SEQ` (history as pages); `/chat/r/{room}/files?q=&type=&by=&cursor=`.

use stoa_domain::id::{RoomId, Seq};

pub const CHAT: &str = "/chat";
pub const DIRECTORY: &str = "/directory";
pub const NEW_ROOM: &str = "/rooms/new";
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_OUT: &str = "/sign-out";
pub const SETUP: &str = "/setup";
pub const ADMIN: &str = "/admin";
pub const JOIN: &str = "/directory/join";
pub const ASK: &str = "/directory/ask";
pub const WITHDRAW: &str = "/directory/withdraw";
pub const INVITATIONS: &str = "/chat/invitations";

/// Every path that a page answers, as axum writes them.
pub const PATHS: [&str; 11] =
    ["/", ADMIN, "/admin/{*rest}", CHAT, "/chat/r/{room}", "/chat/r/{room}/files", "/chat/r/{room}/{seq}", DIRECTORY, NEW_ROOM, SIGN_IN, SETUP];

/// The page that an address means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Root,
    Chat,
    /// A room, at its end or around a message.
    Room {
        room: RoomId,
        seq: Option<Seq>,
    },
    /// What the messages of a room have.
    Files {
        room: RoomId,
    },
    Directory,
    NewRoom,
    SignIn,
    Setup,
    /// The console; which of its pages, `admin::address` tells.
    Admin,
    Missing,
}

impl Page {
    #[must_use]
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts[..] {
            [] => Self::Root,
            ["chat"] => Self::Chat,
            ["chat", "r", room] => room.parse().map_or(Self::Missing, |room| Self::Room { room, seq: None }),
            ["chat", "r", room, "files"] => room.parse().map_or(Self::Missing, |room| Self::Files { room }),
            ["chat", "r", room, seq] => match (room.parse(), seq.parse()) {
                (Ok(room), Ok(seq)) => Self::Room { room, seq: Some(seq) },
                _ => Self::Missing,
            },
            ["directory"] => Self::Directory,
            ["rooms", "new"] => Self::NewRoom,
            ["sign-in"] => Self::SignIn,
            ["setup"] => Self::Setup,
            ["admin", ..] => Self::Admin,
            _ => Self::Missing,
        }
    }

    /// Whether it comes with the WebAssembly, and the browser goes there without asking the server.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Chat | Self::Room { .. })
    }
}

#[must_use]
pub fn room(room: RoomId) -> String {
    format!("/chat/r/{room}")
}

/// What the messages of a room have.
#[must_use]
pub fn files(room: RoomId) -> String {
    format!("/chat/r/{room}/files")
}

/// The room's page in the console.
#[must_use]
pub fn admin_room(room: RoomId) -> String {
    format!("{ADMIN}/rooms/{room}")
}

/// The deep link to a message. The fragment lets a browser without scripts scroll there.
#[must_use]
pub fn message(room: RoomId, seq: Seq) -> String {
    format!("/chat/r/{room}/{seq}#m{seq}")
}

/// Encodes a value for a query.
#[must_use]
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// A path with those parameters that have a value.
#[must_use]
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(if out.contains('?') { '&' } else { '?' });
        out.push_str(name);
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_mean_pages() {
        let id = "01939c5e-7a00-7000-8000-000000000001";
        let room = id.parse().unwrap();
        assert_eq!(Page::of("/"), Page::Root);
        assert_eq!(Page::of("/chat/"), Page::Chat);
        assert_eq!(Page::of(&format!("/chat/r/{id}")), Page::Room { room, seq: None });
        assert_eq!(Page::of(&format!("/chat/r/{id}/7")), Page::Room { room, seq: Some(7) });
        assert_eq!(Page::of(&format!("/chat/r/{id}/files")), Page::Files { room });
        assert_eq!(Page::of("/rooms/new"), Page::NewRoom);
        for nowhere in ["/chat/r", "/chat/r/x", "/chat/r/x/7", "/chat/r/x/files", &format!("/chat/r/{id}/x"), &format!("/chat/r/{id}/7/8"), "/rooms", "/x"] {
            assert_eq!(Page::of(nowhere), Page::Missing, "{nowhere}");
        }
    }

    #[test]
    fn queries_hold_only_what_has_a_value() {
        assert_eq!(with_query("/directory", &[("q", "a b&c"), ("cursor", "")]), "/directory?q=a%20b%26c");
        assert_eq!(with_query("/a?x=1", &[("q", "é")]), "/a?x=1&q=%C3%A9");
    }
}
