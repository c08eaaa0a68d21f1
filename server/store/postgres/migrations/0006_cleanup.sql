-- Message clean-up: queries, how far each is, and what it hid; legal holds.

-- Of a message: the `cleared` event that hid it, and the one whose text stands in its place. What
-- they hide is kept until it is erased, so that it can be shown again.
ALTER TABLE events ADD COLUMN removed_seq BIGINT;
ALTER TABLE events ADD COLUMN replaced_seq BIGINT;
-- All earlier texts of a message are erased with it.
CREATE INDEX events_edits ON events (room_id, of_seq) WHERE kind = 3;

-- `query` is what was asked, `samples` where the first of the messages are. The counts are those of
-- all rooms together, so that a list of queries needn't add them up.
CREATE TABLE message_queries (
    id          UUID NOT NULL PRIMARY KEY,
    by_user     UUID NOT NULL,
    by_where    TEXT NOT NULL,
    at          BIGINT NOT NULL,
    query       TEXT NOT NULL,
    state       TEXT NOT NULL,
    finished_at BIGINT,
    undo_until  BIGINT,
    looked_at   BIGINT NOT NULL,
    of_events   BIGINT NOT NULL,
    messages    BIGINT NOT NULL,
    rooms       BIGINT NOT NULL,
    erased      BIGINT NOT NULL,
    first_at    BIGINT,
    last_at     BIGINT,
    samples     TEXT NOT NULL
);
CREATE INDEX message_queries_at_work ON message_queries (id) WHERE state IN ('running', 'undoing');
CREATE INDEX message_queries_to_erase ON message_queries (undo_until) WHERE state = 'done' AND undo_until IS NOT NULL;

-- The events from `next_seq` to `to_seq` are still to be looked at.
CREATE TABLE message_query_rooms (
    query_id UUID NOT NULL,
    room_id  UUID NOT NULL,
    next_seq BIGINT NOT NULL,
    to_seq   BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    first_at BIGINT,
    last_at  BIGINT,
    PRIMARY KEY (query_id, room_id)
);
CREATE INDEX message_query_rooms_left ON message_query_rooms (query_id, room_id) WHERE next_seq <= to_seq;

CREATE TABLE message_query_authors (
    query_id  UUID NOT NULL,
    author_id UUID NOT NULL,
    messages  BIGINT NOT NULL,
    PRIMARY KEY (query_id, author_id)
);

-- What one `cleared` event hid, among the events from `from_seq` to `to_seq`. Once the archive has
-- taken the queue up to `queue_id` it has all of them. `held_until` is when it makes sense to try
-- again to erase what a legal hold kept.
CREATE TABLE message_query_slices (
    query_id   UUID NOT NULL,
    room_id    UUID NOT NULL,
    seq        BIGINT NOT NULL,
    from_seq   BIGINT NOT NULL,
    to_seq     BIGINT NOT NULL,
    queue_id   BIGINT NOT NULL,
    held_until BIGINT NOT NULL,
    PRIMARY KEY (query_id, room_id, seq)
);

-- A message is held when all that a hold says is true of it; what it doesn't say is.
CREATE TABLE legal_holds (
    id          UUID NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    user_id     UUID,
    room_id     UUID,
    from_at     BIGINT,
    until_at    BIGINT,
    placed_by   UUID,
    placed_at   BIGINT NOT NULL,
    released_at BIGINT
);
CREATE INDEX legal_holds_room ON legal_holds (room_id) WHERE released_at IS NULL;
