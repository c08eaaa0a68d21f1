-- How far files of people are. `imported` is what the answer says: counts, refused lines, progress.

CREATE TABLE user_imports (
    id       BLOB    NOT NULL PRIMARY KEY,
    by_user  BLOB    NOT NULL,
    at       INTEGER NOT NULL,
    imported TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
