-- The compliance archive, in the schema `archive` of whichever database it is in. Nothing here refers to
-- the chat's tables. Times are microseconds UTC, words as in the domain document.

CREATE TABLE batches (
    number     BIGINT NOT NULL PRIMARY KEY,
    previous   BYTEA NOT NULL,
    hash       BYTEA NOT NULL,
    first      BIGINT NOT NULL,
    records    BIGINT NOT NULL,
    written_at BIGINT NOT NULL
);
-- Two workers can't both write behind the same batch.
CREATE UNIQUE INDEX batches_previous ON batches (previous);
CREATE INDEX batches_written ON batches (written_at);

-- People and places as they were: another row for each way in which they were called. `number` is the
-- first id of the same person.
CREATE TABLE parties (
    id           BIGINT NOT NULL PRIMARY KEY,
    number       BIGINT NOT NULL,
    user_id      UUID NOT NULL,
    name         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email        TEXT,
    domain_id    UUID,
    domain_name  TEXT
);
CREATE INDEX parties_user ON parties (user_id, id);

CREATE TABLE places (
    id          BIGINT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    place_id    UUID NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    -- The categories above it, the root first, as JSON.
    path        TEXT NOT NULL,
    privacy     TEXT NOT NULL,
    room_type   TEXT NOT NULL
);
CREATE INDEX places_place ON places (place_id, id);

-- `number` is the row of the chat's queue, 0 of what the archive itself adds. `content` is NULL once
-- retention has deleted it; then `content_hash` is there.
CREATE TABLE records (
    position       BIGINT NOT NULL PRIMARY KEY,
    number         BIGINT NOT NULL,
    kind           TEXT NOT NULL,
    at             BIGINT NOT NULL,
    access_version BIGINT,
    room_id        UUID,
    place_id       BIGINT,
    seq            BIGINT,
    party_id       BIGINT,
    content        TEXT,
    content_hash   BYTEA
);
CREATE UNIQUE INDEX records_number ON records (number) WHERE number > 0;
CREATE UNIQUE INDEX records_event ON records (room_id, seq) WHERE seq IS NOT NULL;

-- Who belongs to rooms that not everyone may enter: from which record, and up to which.
CREATE TABLE members (
    room_id  UUID NOT NULL,
    user_id  UUID NOT NULL,
    from_position  BIGINT NOT NULL,
    until_position BIGINT,
    PRIMARY KEY (room_id, user_id, from_position)
);
CREATE INDEX members_now ON members (room_id, user_id) WHERE until_position IS NULL;
CREATE INDEX members_user ON members (user_id);
