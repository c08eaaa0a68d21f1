-- The compliance archive, in a file of its own. Nothing here refers to
-- the chat's tables. Times are microseconds UTC, words as in the domain document.

CREATE TABLE batches (
    number     INTEGER PRIMARY KEY,
    previous   BLOB NOT NULL,
    hash       BLOB NOT NULL,
    first      INTEGER NOT NULL,
    records    INTEGER NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
-- Two workers can't both write behind the same batch.
CREATE UNIQUE INDEX batches_previous ON batches (previous);
CREATE INDEX batches_written ON batches (written_at);

-- People and places as they were: another row for each way in which they were called. `number` is the
-- first id of the same person.
CREATE TABLE parties (
    id           INTEGER PRIMARY KEY,
    number       INTEGER NOT NULL,
    user_id      BLOB NOT NULL,
    name         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email        TEXT,
    domain_id    BLOB,
    domain_name  TEXT
) STRICT;
CREATE INDEX parties_user ON parties (user_id, id);

CREATE TABLE places (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    place_id    BLOB NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    -- The categories above it, the root first, as JSON.
    path        TEXT NOT NULL,
    privacy     TEXT NOT NULL,
    room_type   TEXT NOT NULL
) STRICT;
CREATE INDEX places_place ON places (place_id, id);

-- `number` is the row of the chat's queue, 0 of what the archive itself adds. `content` is NULL once
-- retention has deleted it; then `content_hash` is there.
CREATE TABLE records (
    position       INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    at             INTEGER NOT NULL,
    access_version INTEGER,
    room_id        BLOB,
    place_id       INTEGER,
    seq            INTEGER,
    party_id       INTEGER,
    content        TEXT,
    content_hash   BLOB
) STRICT;
CREATE UNIQUE INDEX records_number ON records (number) WHERE number > 0;
CREATE UNIQUE INDEX records_event ON records (room_id, seq) WHERE seq IS NOT NULL;

-- Who belongs to rooms that not everyone may enter: from which record, and up to which.
CREATE TABLE members (
    room_id  BLOB NOT NULL,
    user_id  BLOB NOT NULL,
    from_position  INTEGER NOT NULL,
    until_position INTEGER,
    PRIMARY KEY (room_id, user_id, from_position)
) STRICT;
CREATE INDEX members_now ON members (room_id, user_id) WHERE until_position IS NULL;
CREATE INDEX members_user ON members (user_id);
