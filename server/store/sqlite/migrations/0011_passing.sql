-- Messages that aren't kept (`events.withheld`), as long as their texts are there: until `due_at` and until
-- the archive's queue is behind `queue_id`. At `held_until`, if set, a legal hold kept them from being
-- erased and is asked again; then nobody reads them any more.
CREATE TABLE passing (
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    queue_id   INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    held_until INTEGER,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX passing_due ON passing (due_at);
