-- Ids are 16 bytes, times microseconds UTC, words as in the domain document.
-- What decisions read is kept in versions: a row holds from `from_version` on and until
-- `until_version`, which is NULL as long as it still holds. Nothing in these tables is overwritten.

CREATE TABLE pool (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    access_version INTEGER NOT NULL,
    pool_key       BLOB    NOT NULL
) STRICT;

CREATE TABLE settings (
    from_version  INTEGER NOT NULL PRIMARY KEY,
    until_version INTEGER,
    body          TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX settings_current ON settings ((1)) WHERE until_version IS NULL;

-- ---- people ---------------------------------------------------------------------------

CREATE TABLE users (
    id            BLOB    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    -- The keys of both names, for looking people up.
    search_key    TEXT    NOT NULL,
    email         TEXT,
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    last_sign_in  INTEGER,
    version       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_name_key ON users (name_key);

CREATE TABLE user_states (
    user_id       BLOB    NOT NULL REFERENCES users (id),
    from_version  INTEGER NOT NULL,
    until_version INTEGER,
    enabled       INTEGER NOT NULL,
    domain_id     BLOB,
    PRIMARY KEY (user_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_states_current ON user_states (user_id) WHERE until_version IS NULL;

CREATE TABLE roles (
    principal_kind TEXT    NOT NULL,
    principal_id   BLOB    NOT NULL,
    role           TEXT    NOT NULL,
    from_version   INTEGER NOT NULL,
    until_version  INTEGER,
    until_at       INTEGER,
    PRIMARY KEY (principal_kind, principal_id, role, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX roles_current ON roles (role, principal_kind, principal_id) WHERE until_version IS NULL;

-- ---- categories, rooms and their lists ---------------------------------------------------

CREATE TABLE categories (
    id         BLOB    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE category_versions (
    category_id     BLOB    NOT NULL REFERENCES categories (id),
    from_version    INTEGER NOT NULL,
    until_version   INTEGER,
    parent_id       BLOB    REFERENCES categories (id),
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    scope           TEXT    NOT NULL,
    inherit_members INTEGER NOT NULL,
    settings        TEXT    NOT NULL,
    PRIMARY KEY (category_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX category_versions_current ON category_versions (category_id) WHERE until_version IS NULL;
CREATE UNIQUE INDEX category_versions_name ON category_versions (parent_id, name_key) WHERE until_version IS NULL;
CREATE UNIQUE INDEX category_versions_root ON category_versions ((1)) WHERE until_version IS NULL AND parent_id IS NULL;

CREATE TABLE rooms (
    id         BLOB    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE room_versions (
    room_id         BLOB    NOT NULL REFERENCES rooms (id),
    from_version    INTEGER NOT NULL,
    until_version   INTEGER,
    category_id     BLOB    NOT NULL REFERENCES categories (id),
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    topic           TEXT    NOT NULL,
    privacy         TEXT    NOT NULL,
    room_type       TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    inherit_members INTEGER NOT NULL,
    invitations     TEXT    NOT NULL,
    files           TEXT    NOT NULL,
    history         TEXT    NOT NULL,
    PRIMARY KEY (room_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX room_versions_current ON room_versions (room_id) WHERE until_version IS NULL;
CREATE UNIQUE INDEX room_versions_name ON room_versions (category_id, name_key) WHERE until_version IS NULL;

-- `principal_id` of everyone is all zero.
CREATE TABLE list_entries (
    owner_kind     TEXT    NOT NULL,
    owner_id       BLOB    NOT NULL,
    list           TEXT    NOT NULL,
    principal_kind TEXT    NOT NULL,
    principal_id   BLOB    NOT NULL,
    from_version   INTEGER NOT NULL,
    until_version  INTEGER,
    until_at       INTEGER,
    added_by       BLOB    REFERENCES users (id),
    added_at       INTEGER NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, list, principal_kind, principal_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX list_entries_current ON list_entries (owner_id, list, principal_kind, principal_id) WHERE until_version IS NULL;

-- ---- the rooms' streams ------------------------------------------------------------------
-- No foreign keys from here on: rooms and users are never removed, a post is only taken where a
-- head is, and the check would cost a lookup for every post.

CREATE TABLE room_heads (
    room_id      BLOB    NOT NULL PRIMARY KEY,
    seq          INTEGER NOT NULL,
    n            INTEGER NOT NULL,
    last_post_at INTEGER
) STRICT, WITHOUT ROWID;

-- Of a message `body_seq`, `edited_at`, `deleted_*` and `withheld` are its present state, `subject`,
-- `body` and `mentions` of any event can be erased; the rest never changes. `body_seq` is the event
-- whose text holds now, NULL the message's own. The body is a message's or edit's text, a reaction's
-- emoji, a notice. `mentions` is the mentioned users' ids, one behind the other.
-- The text isn't in a table of its own: that would be a second page to write for nearly every post.
CREATE TABLE events (
    room_id        BLOB    NOT NULL,
    seq            INTEGER NOT NULL,
    n              INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    id             BLOB    NOT NULL,
    author_id      BLOB    NOT NULL,
    at             INTEGER NOT NULL,
    access_version INTEGER NOT NULL,
    nonce          BLOB,
    of_seq         INTEGER,
    reply_to       INTEGER,
    importance     INTEGER NOT NULL,
    withheld       INTEGER NOT NULL DEFAULT 0,
    body_seq       INTEGER,
    edited_at      INTEGER,
    deleted_by     BLOB,
    deleted_at     INTEGER,
    subject        TEXT,
    body           TEXT,
    mentions       BLOB,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;
-- The nonce first: of clients that make them by time (UUIDv7), all new ones share a few pages.
CREATE UNIQUE INDEX events_nonce ON events (nonce, author_id, room_id) WHERE nonce IS NOT NULL;

-- `event_seq` is the event by which the reaction came.
CREATE TABLE reactions (
    room_id   BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    emoji     TEXT    NOT NULL,
    user_id   BLOB    NOT NULL,
    event_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq, emoji, user_id)
) STRICT, WITHOUT ROWID;

-- Undeleted messages that mention somebody now.
CREATE TABLE mentions (
    user_id BLOB    NOT NULL,
    room_id BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE follows (
    user_id   BLOB    NOT NULL,
    room_id   BLOB    NOT NULL,
    following INTEGER NOT NULL,
    favourite INTEGER NOT NULL,
    level     TEXT    NOT NULL,
    draft     TEXT,
    read_seq  INTEGER NOT NULL,
    read_n    INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

-- ---- what the archive and the auditors get -------------------------------------------------

-- Of kind `event` a row refers to an event and has nothing else; any other carries what it is about.
CREATE TABLE compliance_queue (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT    NOT NULL,
    room_id        BLOB,
    seq            INTEGER,
    user_id        BLOB,
    at             INTEGER,
    access_version INTEGER,
    payload        TEXT
) STRICT;

-- The last two belong to the chain, which is made behind the transaction.
CREATE TABLE audit (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    at             INTEGER NOT NULL,
    by_user        BLOB,
    by_where       TEXT    NOT NULL,
    action         TEXT    NOT NULL,
    object         TEXT    NOT NULL,
    before         TEXT    NOT NULL,
    after          TEXT    NOT NULL,
    access_version INTEGER NOT NULL,
    previous_hash  BLOB,
    hash           BLOB
) STRICT;

-- ---- sessions and repeated requests -----------------------------------------------------------

CREATE TABLE sessions (
    key        BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB,
    data       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE idempotency (
    caller       BLOB    NOT NULL,
    route        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    request_hash BLOB    NOT NULL,
    object       BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (caller, route, key)
) STRICT, WITHOUT ROWID;

-- ---- what every pool begins with: its key, and a root that lets all internal users in ----------

INSERT INTO pool (one, access_version, pool_key) VALUES (1, 1, randomblob(32));
INSERT INTO categories (id, created_at)
VALUES (x'00000000000070008000000000000001', CAST(unixepoch('subsec') * 1000000 AS INTEGER));
INSERT INTO category_versions (category_id, from_version, name, name_key, description, scope, inherit_members, settings)
VALUES (x'00000000000070008000000000000001', 1, 'All rooms', 'all rooms', '', 'list', 0,
    '{"invitations":{"value":"on","locked":false},"files":{"value":"on","locked":false},"history":{"value":"on","locked":false}}');
INSERT INTO list_entries (owner_kind, owner_id, list, principal_kind, principal_id, from_version, added_at)
VALUES ('category', x'00000000000070008000000000000001', 'allowed', 'everyone', zeroblob(16), 1,
    CAST(unixepoch('subsec') * 1000000 AS INTEGER));
