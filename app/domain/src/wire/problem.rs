//! Errors, as RFC 9457 has them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What went wrong, for a program (`type`) and for a person (`title`, `detail`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable slug, such as `/problems/room-not-found`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    pub title: Cow<'static, str>,
    pub status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Seconds after which another try makes sense; also the `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// What is wrong with which field of the input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// A JSON pointer into the request's body.
    pub field: Cow<'static, str>,
    pub code: Cow<'static, str>,
    pub message: String,
}

impl Problem {
    #[must_use]
    pub const fn new(status: u16, kind: &'static str, title: &'static str) -> Self {
        Self { kind: Cow::Borrowed(kind), title: Cow::Borrowed(title), status, detail: None, retry_after: None, errors: Vec::new() }
    }
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
    #[must_use]
    pub fn field(mut self, field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
        self
    }
    /// The same of something that stands within something else: its fields are found below `place`.
    #[must_use]
    pub fn below(mut self, place: &str) -> Self {
        for error in &mut self.errors {
            error.field = format!("{place}{}", error.field).into();
        }
        self
    }
    /// The last part of the type, by which programs tell problems apart.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }
    /// What a person is told: the detail if there is one, else the title.
    #[must_use]
    pub fn text(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.title)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}
impl std::error::Error for Problem {}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $slug:literal, $title:literal;)+) => {
        impl Problem {
            $($(#[$doc])* #[must_use] pub const fn $name() -> Self { Self::new($status, concat!("/problems/", $slug), $title) })+
        }
        /// Every problem that the API answers with: status, type and title.
        pub const ALL: &[(u16, &str, &str)] = &[$(($status, concat!("/problems/", $slug), $title)),+];
    };
}

problems! {
    malformed = 400, "malformed", "The request can't be read.";
    unknown_operation = 400, "unknown-operation", "There is no such operation.";
    bad_cursor = 400, "bad-cursor", "The cursor is not one that this list gave.";
    not_signed_in = 401, "not-signed-in", "Sign in first.";
    bad_credentials = 401, "bad-credentials", "Name or password is wrong.";
    bad_ticket = 401, "bad-ticket", "The ticket is used, too old or not ours.";
    forbidden = 403, "forbidden", "You may not do this.";
    file_withheld = 403, "file-withheld", "The file is withheld: malware was found in it, or it couldn't be checked.";
    cross_site = 403, "cross-site", "The request came from another site.";
    not_found = 404, "not-found", "There is nothing here.";
    room_not_found = 404, "room-not-found", "There is no such room.";
    category_not_found = 404, "category-not-found", "There is no such category.";
    user_not_found = 404, "user-not-found", "There is no such person.";
    group_not_found = 404, "group-not-found", "There is no such group.";
    unit_not_found = 404, "unit-not-found", "There is no such unit.";
    domain_not_found = 404, "domain-not-found", "There is no such domain.";
    import_not_found = 404, "import-not-found", "There is no such import.";
    query_not_found = 404, "query-not-found", "There is no such query.";
    file_not_found = 404, "file-not-found", "There is no such file.";
    message_not_found = 404, "message-not-found", "There is no such message.";
    method_not_allowed = 405, "method-not-allowed", "This can't be done here.";
    name_taken = 409, "name-taken", "The name is taken.";
    nonce_reused = 409, "nonce-reused", "The nonce was used for something else.";
    key_reused = 409, "idempotency-key-reused", "The idempotency key was used for something else.";
    conflict = 409, "conflict", "This doesn't fit the present state.";
    last_administrator = 409, "last-administrator", "One enabled administrator has to remain.";
    file_held = 409, "file-held", "The file is being checked.";
    offset_wrong = 409, "offset-wrong", "The upload is at another place.";
    file_lost = 410, "file-lost", "The store has lost this file.";
    changed_meanwhile = 412, "changed-meanwhile", "Somebody else has changed this meanwhile.";
    tus_version = 412, "tus-version", "Only tus 1.0.0 is spoken here.";
    too_large = 413, "too-large", "The request is too large.";
    file_too_large = 413, "file-too-large", "The file is too large.";
    quota_exceeded = 413, "quota-exceeded", "There is no place left for the file.";
    file_type = 415, "file-type", "Files of this type are not allowed.";
    unsupported_media_type = 415, "unsupported-media-type", "The body has to be JSON.";
    invalid = 422, "invalid", "Some values can't be accepted.";
    range_wrong = 416, "range-wrong", "The file has no such part.";
    upload_busy = 423, "upload-busy", "The upload is being written to.";
    version_required = 428, "version-required", "Say with If-Match which version you change.";
    too_many = 429, "too-many-requests", "Too many at once.";
    checksum_wrong = 460, "checksum-wrong", "What came isn't what was sent.";
    internal = 500, "internal", "Something went wrong here.";
    unavailable = 503, "unavailable", "The server can't do this at the moment.";
    store_away = 503, "store-away", "The store of files doesn't answer.";
    store_full = 507, "store-full", "The store of files is full.";
}
