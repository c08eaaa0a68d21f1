//! The sentences of the domain's description, as functions. Nothing of the product's code is used here.

use super::Answer::{self, Allowed, Forbidden, Hidden};

/// What somebody is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Who {
    /// Not so: nobody, or somebody whose account was disabled, which ended the session.
    pub signed_in: bool,
    /// Not a partner's.
    pub internal: bool,
    pub administrator: bool,
    pub user_administrator: bool,
    pub auditor: bool,
    pub category_manager: bool,
    pub creator: bool,
    pub room_manager: bool,
    pub presenter: bool,
    pub member: bool,
}

/// What kind of room, or category, it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub privacy: &'static str,
    pub auditorium: bool,
    pub disabled: bool,
    /// Out of scope, or denied: for everyone.
    pub shut_out: bool,
}

/// No partner is let in by name anywhere here.
fn in_scope(who: &Who, place: &Place) -> bool {
    who.internal && !place.shut_out
}

fn one_of_its_people(who: &Who) -> bool {
    who.member || who.presenter || who.room_manager
}

pub fn finds(who: &Who, place: &Place) -> bool {
    in_scope(who, place) && !place.disabled && (place.privacy != "secret" || one_of_its_people(who))
}

/// Joins, reads, searches; and sees the members.
pub fn enters(who: &Who, place: &Place) -> bool {
    in_scope(who, place) && !place.disabled && (place.privacy == "open" || one_of_its_people(who))
}

pub fn posts(who: &Who, place: &Place) -> bool {
    enters(who, place) && (!place.auditorium || who.presenter)
}

/// "Who is out of scope, denied or excluded doesn't manage either, administrators apart."
pub fn manages(who: &Who, place: &Place) -> bool {
    who.administrator || (in_scope(who, place) && (who.room_manager || who.category_manager))
}

pub fn sees_in_console(who: &Who, place: &Place) -> bool {
    manages(who, place) || who.auditor
}

/// "To someone who can neither find a room nor see it in the console, it doesn't exist."
pub fn exists(who: &Who, place: &Place) -> bool {
    finds(who, place) || sees_in_console(who, place)
}

pub fn manages_category(who: &Who, place: &Place) -> bool {
    who.administrator || (in_scope(who, place) && who.category_manager)
}

pub fn creates(who: &Who, place: &Place) -> bool {
    manages_category(who, place) || (in_scope(who, place) && who.creator)
}

/// "Found by whoever finds a room below it, and by its managers and creators": each category that isn't
/// shut has an open room.
pub fn category_exists(who: &Who, place: &Place) -> bool {
    in_scope(who, place) || creates(who, place) || who.auditor
}

/// Some room or category of those that are here.
pub fn manages_something(who: &Who) -> bool {
    who.administrator || (who.internal && (who.category_manager || who.room_manager))
}

pub fn administers_people(who: &Who) -> bool {
    who.administrator || who.user_administrator
}

pub fn sees_people(who: &Who) -> bool {
    administers_people(who) || who.auditor
}

/// What one may do with what one may know of.
pub fn with(exists: bool, may: bool) -> Answer {
    match (may, exists) {
        (true, _) => Allowed,
        (false, true) => Forbidden,
        (false, false) => Hidden,
    }
}

pub fn or_forbidden(may: bool) -> Answer {
    with(true, may)
}

pub fn or_hidden(may: bool) -> Answer {
    with(false, may)
}
