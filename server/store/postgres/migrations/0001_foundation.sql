-- The same tables as in SQLite. Times are microseconds UTC, words as in the domain document.
-- What decisions read is kept in versions: a row holds from `from_version` on and until
-- `until_version`, which is NULL as long as it still holds. Nothing in these tables is overwritten.

CREATE TABLE pool (
    one            SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    access_version BIGINT NOT NULL,
    pool_key       BYTEA NOT NULL
);

CREATE TABLE settings (
    from_version  BIGINT NOT NULL PRIMARY KEY,
    until_version BIGINT,
    body          TEXT NOT NULL
);
CREATE UNIQUE INDEX settings_current ON settings ((1)) WHERE until_version IS NULL;

-- ---- people ---------------------------------------------------------------------------

CREATE TABLE users (
    id            UUID NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT COLLATE "C" NOT NULL,
    display_name  TEXT NOT NULL,
    -- The keys of both names, for looking people up.
    search_key    TEXT NOT NULL,
    email         TEXT,
    password_hash TEXT,
    created_at    BIGINT NOT NULL,
    last_sign_in  BIGINT,
    version       BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_name_key ON users (name_key);

CREATE TABLE user_states (
    user_id       UUID NOT NULL REFERENCES users (id),
    from_version  BIGINT NOT NULL,
    until_version BIGINT,
    enabled       BOOLEAN NOT NULL,
    domain_id     UUID,
    PRIMARY KEY (user_id, from_version)
);
CREATE UNIQUE INDEX user_states_current ON user_states (user_id) WHERE until_version IS NULL;

CREATE TABLE roles (
    principal_kind TEXT NOT NULL,
    principal_id   UUID NOT NULL,
    role           TEXT NOT NULL,
    from_version   BIGINT NOT NULL,
    until_version  BIGINT,
    until_at       BIGINT,
    PRIMARY KEY (principal_kind, principal_id, role, from_version)
);
CREATE UNIQUE INDEX roles_current ON roles (role, principal_kind, principal_id) WHERE until_version IS NULL;

-- ---- categories, rooms and their lists ---------------------------------------------------

CREATE TABLE categories (
    id         UUID NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE category_versions (
    category_id     UUID NOT NULL REFERENCES categories (id),
    from_version    BIGINT NOT NULL,
    until_version   BIGINT,
    parent_id       UUID REFERENCES categories (id),
    name            TEXT NOT NULL,
    name_key        TEXT COLLATE "C" NOT NULL,
    description     TEXT NOT NULL,
    scope           TEXT NOT NULL,
    inherit_members BOOLEAN NOT NULL,
    settings        TEXT NOT NULL,
    PRIMARY KEY (category_id, from_version)
);
CREATE UNIQUE INDEX category_versions_current ON category_versions (category_id) WHERE until_version IS NULL;
CREATE UNIQUE INDEX category_versions_name ON category_versions (parent_id, name_key) WHERE until_version IS NULL;
CREATE UNIQUE INDEX category_versions_root ON category_versions ((1)) WHERE until_version IS NULL AND parent_id IS NULL;

CREATE TABLE rooms (
    id         UUID NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE room_versions (
    room_id         UUID NOT NULL REFERENCES rooms (id),
    from_version    BIGINT NOT NULL,
    until_version   BIGINT,
    category_id     UUID NOT NULL REFERENCES categories (id),
    name            TEXT NOT NULL,
    name_key        TEXT COLLATE "C" NOT NULL,
    description     TEXT NOT NULL,
    topic           TEXT NOT NULL,
    privacy         TEXT NOT NULL,
    room_type       TEXT NOT NULL,
    state           TEXT NOT NULL,
    inherit_members BOOLEAN NOT NULL,
    invitations     TEXT NOT NULL,
    files           TEXT NOT NULL,
    history         TEXT NOT NULL,
    PRIMARY KEY (room_id, from_version)
);
CREATE UNIQUE INDEX room_versions_current ON room_versions (room_id) WHERE until_version IS NULL;
CREATE UNIQUE INDEX room_versions_name ON room_versions (category_id, name_key) WHERE until_version IS NULL;

-- `principal_id` of everyone is all zero.
CREATE TABLE list_entries (
    owner_kind     TEXT NOT NULL,
    owner_id       UUID NOT NULL,
    list           TEXT NOT NULL,
    principal_kind TEXT NOT NULL,
    principal_id   UUID NOT NULL,
    from_version   BIGINT NOT NULL,
    until_version  BIGINT,
    until_at       BIGINT,
    added_by       UUID REFERENCES users (id),
    added_at       BIGINT NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, list, principal_kind, principal_id, from_version)
);
CREATE UNIQUE INDEX list_entries_current ON list_entries (owner_id, list, principal_kind, principal_id) WHERE until_version IS NULL;

-- ---- the rooms' streams ------------------------------------------------------------------
-- No foreign keys from here on: rooms and users are never removed, a post is only taken where a
-- head is, and the check would cost a lookup for every post.

CREATE TABLE room_heads (
    room_id      UUID NOT NULL PRIMARY KEY,
    seq          BIGINT NOT NULL,
    n            BIGINT NOT NULL,
    last_post_at BIGINT
) WITH (fillfactor = 50); -- updated at every batch: room for the next version in the same page

-- Of a message `body_seq`, `edited_at`, `deleted_*` and `withheld` are its present state, `subject`,
-- `body` and `mentions` of any event can be erased; the rest never changes. `body_seq` is the event
-- whose text holds now, NULL the message's own. The body is a message's or edit's text, a reaction's
-- emoji, a notice. `mentions` is the mentioned users' ids, one behind the other.
-- The text isn't in a table of its own: that would be a second page to write for nearly every post.
CREATE TABLE events (
    room_id        UUID NOT NULL,
    seq            BIGINT NOT NULL,
    n              BIGINT NOT NULL,
    kind           SMALLINT NOT NULL,
    id             UUID NOT NULL,
    author_id      UUID NOT NULL,
    at             BIGINT NOT NULL,
    access_version BIGINT NOT NULL,
    nonce          UUID,
    of_seq         BIGINT,
    reply_to       BIGINT,
    importance     SMALLINT NOT NULL,
    withheld       BOOLEAN NOT NULL DEFAULT FALSE,
    body_seq       BIGINT,
    edited_at      BIGINT,
    deleted_by     UUID,
    deleted_at     BIGINT,
    subject        TEXT,
    body           TEXT,
    mentions       BYTEA,
    PRIMARY KEY (room_id, seq)
);
-- The nonce first: of clients that make them by time (UUIDv7), all new ones share a few pages.
CREATE UNIQUE INDEX events_nonce ON events (nonce, author_id, room_id) WHERE nonce IS NOT NULL;

-- `event_seq` is the event by which the reaction came.
CREATE TABLE reactions (
    room_id   UUID NOT NULL,
    seq       BIGINT NOT NULL,
    emoji     TEXT NOT NULL,
    user_id   UUID NOT NULL,
    event_seq BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq, emoji, user_id)
);

-- Undeleted messages that mention somebody now.
CREATE TABLE mentions (
    user_id UUID NOT NULL,
    room_id UUID NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (user_id, room_id, seq)
);

CREATE TABLE follows (
    user_id   UUID NOT NULL,
    room_id   UUID NOT NULL,
    following BOOLEAN NOT NULL,
    favourite BOOLEAN NOT NULL,
    level     TEXT NOT NULL,
    draft     TEXT,
    read_seq  BIGINT NOT NULL,
    read_n    BIGINT NOT NULL,
    PRIMARY KEY (user_id, room_id)
);

-- ---- what the archive and the auditors get -------------------------------------------------

-- Of kind `event` a row refers to an event and has nothing else; any other carries what it is about.
CREATE TABLE compliance_queue (
    id             BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           TEXT NOT NULL,
    room_id        UUID,
    seq            BIGINT,
    user_id        UUID,
    at             BIGINT,
    access_version BIGINT,
    payload        TEXT
);

-- The last two belong to the chain, which is made behind the transaction.
CREATE TABLE audit (
    id             BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             BIGINT NOT NULL,
    by_user        UUID,
    by_where       TEXT NOT NULL,
    action         TEXT NOT NULL,
    object         TEXT NOT NULL,
    before         TEXT NOT NULL,
    after          TEXT NOT NULL,
    access_version BIGINT NOT NULL,
    previous_hash  BYTEA,
    hash           BYTEA
);

-- ---- sessions and repeated requests -----------------------------------------------------------

CREATE TABLE sessions (
    key        BYTEA NOT NULL PRIMARY KEY,
    user_id    UUID,
    data       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE idempotency (
    caller       UUID NOT NULL,
    route        TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    object       UUID NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (caller, route, key)
);

-- ---- what every pool begins with: its key, and a root that lets all internal users in ----------

INSERT INTO pool (one, access_version, pool_key) VALUES (1, 1, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
INSERT INTO categories (id, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', (extract(epoch FROM now()) * 1000000)::bigint);
INSERT INTO category_versions (category_id, from_version, name, name_key, description, scope, inherit_members, settings)
VALUES ('00000000-0000-7000-8000-000000000001', 1, 'All rooms', 'all rooms', '', 'list', FALSE,
    '{"invitations":{"value":"on","locked":false},"files":{"value":"on","locked":false},"history":{"value":"on","locked":false}}');
INSERT INTO list_entries (owner_kind, owner_id, list, principal_kind, principal_id, from_version, added_at)
VALUES ('category', '00000000-0000-7000-8000-000000000001', 'allowed', 'everyone', '00000000-0000-0000-0000-000000000000', 1,
    (extract(epoch FROM now()) * 1000000)::bigint);
