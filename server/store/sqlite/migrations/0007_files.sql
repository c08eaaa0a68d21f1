-- Files in rooms. Their content is in the store of files, under their ids.

-- `state`: 1 uploading, 2 finished, 3 in a message, 4 its content is to be removed, 5 that is done. A file
-- that no message ever had goes without a trace; of the others the row stays. Until it is finished `size` is
-- what was announced. At `expires_at` it goes, if no message has it by then. `kind` is the content's type.
CREATE TABLE files (
    id          BLOB    NOT NULL PRIMARY KEY,
    room_id     BLOB    NOT NULL,
    uploader_id BLOB    NOT NULL,
    state       INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL,
    size        INTEGER,
    sha256      BLOB,
    kind        TEXT,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    finished_at INTEGER,
    seq         INTEGER,
    position    INTEGER,
    lost        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX files_message ON files (room_id, seq, position) WHERE seq IS NOT NULL;
CREATE INDEX files_waiting ON files (uploader_id, expires_at) WHERE state IN (1, 2);
CREATE INDEX files_expiry ON files (expires_at) WHERE state IN (1, 2);
CREATE INDEX files_removed ON files (id) WHERE state = 4;

-- What the files of a room take, with what is announced by uploads; under the id of zeros of all rooms.
CREATE TABLE file_space (
    room_id BLOB    NOT NULL PRIMARY KEY,
    bytes   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The ids of a message's files, one behind the other.
ALTER TABLE events ADD COLUMN files BLOB;
