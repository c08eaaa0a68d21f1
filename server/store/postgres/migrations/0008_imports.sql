-- How far files of people are. `imported` is what the answer says: counts, refused lines, progress.

CREATE TABLE user_imports (
    id       UUID   NOT NULL PRIMARY KEY,
    by_user  UUID   NOT NULL,
    at       BIGINT NOT NULL,
    imported TEXT   NOT NULL
);
