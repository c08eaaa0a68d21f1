-- Who asked to join which room; who was invited where, and who has declined or left since.

CREATE TABLE join_requests (
    room_id        BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    text           TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    -- Under which it was asked: who looks at an older state mustn't take the request away.
    access_version INTEGER NOT NULL,
    -- NULL while it waits.
    answer         TEXT,
    answered_by    BLOB,
    answered_at    INTEGER,
    note           TEXT    NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX join_requests_user ON join_requests (user_id);
CREATE INDEX join_requests_waiting ON join_requests (room_id, at) WHERE answer IS NULL;
CREATE INDEX join_requests_answered ON join_requests (answered_at) WHERE answer IS NOT NULL;

-- One row for an entry of a list, however many people it stands for: whether it is an invitation
-- for somebody is found out when that person looks.
CREATE TABLE invitations (
    principal_kind TEXT    NOT NULL,
    principal_id   BLOB    NOT NULL,
    owner_kind     TEXT    NOT NULL,
    owner_id       BLOB    NOT NULL,
    by_user        BLOB,
    at             INTEGER NOT NULL,
    PRIMARY KEY (principal_id, principal_kind, owner_id, owner_kind)
) STRICT, WITHOUT ROWID;

-- Invitations up to that moment are done with.
CREATE TABLE invitation_answers (
    user_id BLOB    NOT NULL,
    room_id BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;
