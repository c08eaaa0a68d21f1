-- Message clean-up: queries, how far each is, and what it hid; legal holds.

-- Of a message: the `cleared` event that hid it, and the one whose text stands in its place. What
-- they hide is kept until it is erased, so that it can be shown again.
ALTER TABLE events ADD COLUMN removed_seq INTEGER;
ALTER TABLE events ADD COLUMN replaced_seq INTEGER;
-- All earlier texts of a message are erased with it.
CREATE INDEX events_edits ON events (room_id, of_seq) WHERE kind = 3;

-- `query` is what was asked, `samples` where the first of the messages are. The counts are those of
-- all rooms together, so that a list of queries needn't add them up.
CREATE TABLE message_queries (
    id          BLOB    NOT NULL PRIMARY KEY,
    by_user     BLOB    NOT NULL,
    by_where    TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    query       TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    finished_at INTEGER,
    undo_until  INTEGER,
    looked_at   INTEGER NOT NULL,
    of_events   INTEGER NOT NULL,
    messages    INTEGER NOT NULL,
    rooms       INTEGER NOT NULL,
    erased      INTEGER NOT NULL,
    first_at    INTEGER,
    last_at     INTEGER,
    samples     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX message_queries_at_work ON message_queries (id) WHERE state IN ('running', 'undoing');
CREATE INDEX message_queries_to_erase ON message_queries (undo_until) WHERE state = 'done' AND undo_until IS NOT NULL;

-- The events from `next_seq` to `to_seq` are still to be looked at.
CREATE TABLE message_query_rooms (
    query_id BLOB    NOT NULL,
    room_id  BLOB    NOT NULL,
    next_seq INTEGER NOT NULL,
    to_seq   INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    first_at INTEGER,
    last_at  INTEGER,
    PRIMARY KEY (query_id, room_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_query_rooms_left ON message_query_rooms (query_id, room_id) WHERE next_seq <= to_seq;

CREATE TABLE message_query_authors (
    query_id  BLOB    NOT NULL,
    author_id BLOB    NOT NULL,
    messages  INTEGER NOT NULL,
    PRIMARY KEY (query_id, author_id)
) STRICT, WITHOUT ROWID;

-- What one `cleared` event hid, among the events from `from_seq` to `to_seq`. Once the archive has
-- taken the queue up to `queue_id` it has all of them. `held_until` is when it makes sense to try
-- again to erase what a legal hold kept.
CREATE TABLE message_query_slices (
    query_id   BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    from_seq   INTEGER NOT NULL,
    to_seq     INTEGER NOT NULL,
    queue_id   INTEGER NOT NULL,
    held_until INTEGER NOT NULL,
    PRIMARY KEY (query_id, room_id, seq)
) STRICT, WITHOUT ROWID;

-- A message is held when all that a hold says is true of it; what it doesn't say is.
CREATE TABLE legal_holds (
    id          BLOB    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    user_id     BLOB,
    room_id     BLOB,
    from_at     INTEGER,
    until_at    INTEGER,
    placed_by   BLOB,
    placed_at   INTEGER NOT NULL,
    released_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX legal_holds_room ON legal_holds (room_id) WHERE released_at IS NULL;
