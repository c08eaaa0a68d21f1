//! Every endpoint, and who may call it.

use super::Answer::{self, Allowed};
use super::rules::{
    Place, Who, administers_people, category_exists, creates, enters, exists, manages, manages_category, manages_something, or_forbidden, or_hidden, posts,
    sees_in_console, sees_people, with,
};

/// What an endpoint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Room,
    Category,
    /// A record of the audit log.
    Record,
    Other,
}

pub struct Endpoint {
    pub method: &'static str,
    pub path: &'static str,
    pub sort: Sort,
    /// Without one none is sent.
    pub body: Option<&'static str>,
    /// Also for who isn't signed in.
    pub open: bool,
    pub rule: fn(&Who, &Place) -> Answer,
}

type Rule = fn(&Who, &Place) -> Answer;

const SIGNED_IN: Rule = |_, _| Allowed;
const ROOM: Rule = |who, place| or_hidden(exists(who, place));
const ROOM_CONSOLE: Rule = |who, place| with(exists(who, place), sees_in_console(who, place));
const ROOM_MANAGE: Rule = |who, place| with(exists(who, place), manages(who, place));
const ROOM_REMOVE: Rule = |who, place| with(exists(who, place), manages_category(who, place));
const ROOM_ENTER: Rule = |who, place| with(exists(who, place), enters(who, place));
/// A file in a message of the room.
const FILE: Rule = |who, place| or_hidden(enters(who, place));
/// A file of the room that waits for its scan.
const QUARANTINED: Rule = |who, place| with(sees_in_console(who, place), manages(who, place));
const RELEASED: Rule = |who, place| with(sees_in_console(who, place), who.administrator);
const NOBODY: Rule = |_, _| or_hidden(false);
const ROOM_POST: Rule = |who, place| with(exists(who, place), posts(who, place));
const ROOM_PEOPLE: Rule = |who, place| with(exists(who, place), enters(who, place) || sees_in_console(who, place));
/// Who may enter anyhow is told just that.
const ROOM_ASK: Rule = |who, place| with(exists(who, place), super::rules::finds(who, place));
const CATEGORY: Rule = |who, place| or_hidden(category_exists(who, place));
const CATEGORY_CONSOLE: Rule = |who, place| with(category_exists(who, place), manages_category(who, place) || who.auditor);
const CATEGORY_MANAGE: Rule = |who, place| with(category_exists(who, place), manages_category(who, place));
const CATEGORY_CREATE: Rule = |who, place| with(category_exists(who, place), creates(who, place));
const PEOPLE_SEE: Rule = |who, _| or_forbidden(sees_people(who));
const PEOPLE_ONE: Rule = |who, _| or_hidden(sees_people(who));
const PEOPLE_CHANGE: Rule = |who, _| with(sees_people(who), administers_people(who));
const IMPORT_ONE: Rule = |who, _| or_hidden(administers_people(who));
const PEOPLE_CREATE: Rule = |who, _| or_forbidden(administers_people(who));
/// Of an enabled colleague, whom internal users find.
const COLLEAGUE: Rule = |who, _| or_hidden(who.internal || sees_people(who));
const COLLEAGUE_CHANGE: Rule = |who, _| with(who.internal || sees_people(who), administers_people(who));
const ROLES_SEE: Rule = |who, _| or_forbidden(who.administrator || who.auditor);
const ROLES_CHANGE: Rule = |who, _| or_forbidden(who.administrator);
const LOG: Rule = |who, _| or_forbidden(who.administrator || who.auditor);
const LOG_ONE: Rule = |who, _| or_hidden(who.administrator || who.auditor);

/// Whoever edits lists, or sees them.
const NAMES: Rule = |who, _| or_forbidden(sees_people(who) || manages_something(who));
const COLLEAGUE_REACH: Rule = |who, _| with(who.internal || sees_people(who), sees_people(who) || manages_something(who));
const CLEAN: Rule = |who, _| or_forbidden(who.administrator);
const UNDO: Rule = |who, _| with(who.administrator || who.auditor, who.administrator);
const ROOM_CLEAR: Rule = |who, place| with(exists(who, place), who.administrator);

pub fn table() -> Vec<Endpoint> {
    let mut all = Vec::new();
    let mut add = |sort, rule: Rule, calls: &[(&'static str, &'static str)]| {
        all.extend(calls.iter().map(|(method, path)| Endpoint { method, path, sort, body: None, open: false, rule }));
    };
    add(Sort::Room, ROOM, &[("GET", "/rooms/{room}"), ("DELETE", "/me/rooms/{room}"), ("POST", "/me/invitations/{room}")]);
    add(Sort::Room, ROOM, &[("DELETE", "/rooms/{room}/join-requests")]);
    add(Sort::Room, ROOM_ASK, &[("POST", "/rooms/{room}/join-requests")]);
    add(Sort::Room, ROOM_ENTER, &[("PUT", "/me/rooms/{room}"), ("PATCH", "/me/rooms/{room}"), ("GET", "/rooms/{room}/messages")]);
    add(Sort::Room, ROOM_POST, &[("POST", "/rooms/{room}/messages"), ("POST", "/rooms/{room}/files")]);
    add(Sort::Room, ROOM_POST, &[("POST", "/rooms/{room}/uploads"), ("OPTIONS", "/rooms/{room}/uploads")]);
    add(Sort::Room, ROOM_ENTER, &[("GET", "/rooms/{room}/files")]);
    add(Sort::Room, FILE, &[("GET", "/files/{file}"), ("GET", "/files/{file}/preview")]);
    add(Sort::Room, QUARANTINED, &[("DELETE", "/files/{file}")]);
    add(Sort::Room, QUARANTINED, &[("DELETE", "/quarantine/{quarantined}"), ("POST", "/quarantine/{quarantined}/rescan")]);
    add(Sort::Room, RELEASED, &[("POST", "/quarantine/{quarantined}/release")]);
    add(Sort::Other, SIGNED_IN, &[("GET", "/quarantine")]);
    add(Sort::Other, LOG, &[("GET", "/scanner")]);
    add(Sort::Other, CLEAN, &[("POST", "/scanner/rescan")]);
    // Nobody's own.
    add(Sort::Other, NOBODY, &[("HEAD", "/uploads/{upload}"), ("PATCH", "/uploads/{upload}"), ("DELETE", "/uploads/{upload}")]);
    add(Sort::Room, ROOM_PEOPLE, &[("GET", "/rooms/{room}/people")]);
    add(Sort::Room, ROOM_CONSOLE, &[("GET", "/rooms/{room}/access"), ("GET", "/rooms/{room}/lists/{list}"), ("GET", "/rooms/{room}/join-requests")]);
    add(Sort::Room, ROOM_REMOVE, &[("DELETE", "/rooms/{room}")]);
    add(
        Sort::Room,
        ROOM_MANAGE,
        &[
            ("PATCH", "/rooms/{room}"),
            ("POST", "/rooms/{room}/move"),
            ("POST", "/rooms/{room}/disable"),
            ("POST", "/rooms/{room}/enable"),
            ("PUT", "/rooms/{room}/lists/{list}"),
            ("PATCH", "/rooms/{room}/lists/{list}"),
            ("POST", "/rooms/{room}/lists/{list}"),
            ("DELETE", "/rooms/{room}/lists/{list}/{principal}"),
            ("POST", "/rooms/{room}/join-requests/{user}"),
        ],
    );
    add(Sort::Category, CATEGORY, &[("GET", "/categories/{category}")]);
    add(Sort::Category, CATEGORY_CONSOLE, &[("GET", "/categories/{category}/lists/{list}"), ("GET", "/categories/{category}/access")]);
    add(
        Sort::Category,
        CATEGORY_MANAGE,
        &[
            ("PATCH", "/categories/{category}"),
            ("DELETE", "/categories/{category}"),
            ("POST", "/categories/{category}/move"),
            ("PUT", "/categories/{category}/lists/{list}"),
            ("PATCH", "/categories/{category}/lists/{list}"),
            ("POST", "/categories/{category}/lists/{list}"),
            ("DELETE", "/categories/{category}/lists/{list}/{principal}"),
        ],
    );
    add(Sort::Other, PEOPLE_SEE, &[("GET", "/groups"), ("GET", "/units"), ("GET", "/domains")]);
    add(Sort::Other, PEOPLE_CREATE, &[("POST", "/groups"), ("POST", "/units"), ("POST", "/domains"), ("POST", "/users")]);
    add(Sort::Other, PEOPLE_ONE, &[("GET", "/groups/{group}"), ("GET", "/groups/{group}/members"), ("GET", "/units/{unit}"), ("GET", "/domains/{domain}")]);
    add(
        Sort::Other,
        PEOPLE_CHANGE,
        &[
            ("PATCH", "/groups/{group}"),
            ("DELETE", "/groups/{group}"),
            ("PUT", "/groups/{group}/members"),
            ("PATCH", "/groups/{group}/members"),
            ("POST", "/groups/{group}/members"),
            ("DELETE", "/groups/{group}/members/{principal}"),
            ("PATCH", "/units/{unit}"),
            ("DELETE", "/units/{unit}"),
            ("PATCH", "/domains/{domain}"),
            ("DELETE", "/domains/{domain}"),
        ],
    );
    add(Sort::Other, COLLEAGUE, &[("GET", "/users/{user}")]);
    add(Sort::Other, COLLEAGUE_CHANGE, &[("PATCH", "/users/{user}")]);
    add(Sort::Other, ROLES_SEE, &[("GET", "/roles/{role}")]);
    add(Sort::Other, ROLES_CHANGE, &[("PUT", "/roles/{role}"), ("PATCH", "/roles/{role}"), ("POST", "/roles/{role}"), ("DELETE", "/roles/{role}/{principal}")]);
    add(Sort::Other, LOG, &[("GET", "/audit"), ("GET", "/audit/export"), ("POST", "/audit/verify")]);
    add(Sort::Other, LOG, &[("GET", "/messages/query"), ("GET", "/pool/overview"), ("GET", "/pool/settings")]);
    add(Sort::Other, ROLES_CHANGE, &[("PATCH", "/pool/settings")]);
    add(Sort::Other, NAMES, &[("GET", "/principals"), ("POST", "/principals/resolve")]);
    add(Sort::Other, PEOPLE_CREATE, &[("POST", "/users/import")]);
    add(Sort::Other, IMPORT_ONE, &[("GET", "/users/import/{import}")]);
    add(Sort::Other, COLLEAGUE_REACH, &[("GET", "/users/{user}/access")]);
    add(Sort::Other, COLLEAGUE_CHANGE, &[("POST", "/users/{user}/sign-out")]);
    add(Sort::Other, CLEAN, &[("POST", "/messages/query")]);
    add(Sort::Other, LOG_ONE, &[("GET", "/messages/query/{query}")]);
    add(Sort::Other, UNDO, &[("POST", "/messages/undo/{query}")]);
    add(Sort::Room, ROOM_CLEAR, &[("POST", "/rooms/{room}/clear")]);
    add(Sort::Record, LOG_ONE, &[("GET", "/audit/{record}")]);
    // What they show is the caller's own, or what he sees: other tests look at that.
    add(
        Sort::Other,
        SIGNED_IN,
        &[
            ("GET", "/rooms"),
            ("GET", "/rooms.csv"),
            ("GET", "/files"),
            ("GET", "/files/storage"),
            ("GET", "/users"),
            ("GET", "/categories"),
            ("GET", "/categories/tree"),
            ("GET", "/directory"),
            ("GET", "/join-requests"),
            ("GET", "/me/join-requests"),
            ("GET", "/me/invitations"),
            ("GET", "/me/rooms"),
            ("POST", "/lookup"),
            ("POST", "/access/preview"),
            ("GET", "/session"),
            ("DELETE", "/session"),
        ],
    );
    // With a name that can't be one, so that nothing is made.
    let creating = [
        ("/rooms", r#"{"name":"","category":"{category}","privacy":"open"}"#, CATEGORY_CREATE),
        ("/categories", r#"{"name":"","parent":"{category}"}"#, CATEGORY_MANAGE),
    ];
    all.extend(creating.map(|(path, body, rule)| Endpoint { method: "POST", path, sort: Sort::Category, body: Some(body), open: false, rule }));
    let open = [("GET", "/setup"), ("POST", "/setup"), ("POST", "/session"), ("GET", "/channel")];
    all.extend(open.map(|(method, path)| Endpoint { method, path, sort: Sort::Other, body: None, open: true, rule: SIGNED_IN }));
    all
}
