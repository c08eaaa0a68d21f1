-- Groups, units and partners; roles as lists like the others; what finds the changes since a version.

CREATE TABLE group_versions (
    group_id      BLOB    NOT NULL,
    from_version  INTEGER NOT NULL,
    until_version INTEGER,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    PRIMARY KEY (group_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX group_versions_current ON group_versions (group_id) WHERE until_version IS NULL;
CREATE UNIQUE INDEX group_versions_name ON group_versions (name_key) WHERE until_version IS NULL;

CREATE TABLE unit_versions (
    unit_id       BLOB    NOT NULL,
    from_version  INTEGER NOT NULL,
    until_version INTEGER,
    parent_id     BLOB,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    PRIMARY KEY (unit_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX unit_versions_current ON unit_versions (unit_id) WHERE until_version IS NULL;
-- A unit without a parent counts as standing below one of zeros: two NULLs would be two parents.
CREATE UNIQUE INDEX unit_versions_name ON unit_versions (COALESCE(parent_id, zeroblob(16)), name_key) WHERE until_version IS NULL;

CREATE TABLE domain_versions (
    domain_id     BLOB    NOT NULL,
    from_version  INTEGER NOT NULL,
    until_version INTEGER,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    PRIMARY KEY (domain_id, from_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX domain_versions_current ON domain_versions (domain_id) WHERE until_version IS NULL;
CREATE UNIQUE INDEX domain_versions_name ON domain_versions (name_key) WHERE until_version IS NULL;

ALTER TABLE user_states ADD COLUMN unit_id BLOB;

-- `owner_id` of a role is all zero; its list is the role's word.
INSERT INTO list_entries (owner_kind, owner_id, list, principal_kind, principal_id, from_version, until_version, until_at, added_at)
SELECT 'role', zeroblob(16), r.role, r.principal_kind, r.principal_id, r.from_version, r.until_version, r.until_at,
    COALESCE((SELECT u.created_at FROM users u WHERE u.id = r.principal_id), 0)
FROM roles r;
DROP TABLE roles;

CREATE INDEX users_version ON users (version);
CREATE INDEX category_versions_from ON category_versions (from_version);
CREATE INDEX category_versions_until ON category_versions (until_version) WHERE until_version IS NOT NULL;
CREATE INDEX room_versions_from ON room_versions (from_version);
CREATE INDEX room_versions_until ON room_versions (until_version) WHERE until_version IS NOT NULL;
CREATE INDEX group_versions_from ON group_versions (from_version);
CREATE INDEX group_versions_until ON group_versions (until_version) WHERE until_version IS NOT NULL;
CREATE INDEX list_entries_from ON list_entries (from_version);
CREATE INDEX list_entries_until ON list_entries (until_version) WHERE until_version IS NOT NULL;
-- Where somebody or something is named.
CREATE INDEX list_entries_principal ON list_entries (principal_id) WHERE until_version IS NULL;
