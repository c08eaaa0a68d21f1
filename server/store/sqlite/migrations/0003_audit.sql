-- The audit log's chain, in a table of its own: a record itself is never written a second time.

ALTER TABLE audit DROP COLUMN previous_hash;
ALTER TABLE audit DROP COLUMN hash;

-- No reference to the record: that one is gone is for the verification to say.
CREATE TABLE audit_links (
    position  INTEGER NOT NULL PRIMARY KEY CHECK (position > 0),
    record_id INTEGER NOT NULL UNIQUE,
    previous  BLOB    NOT NULL UNIQUE,
    hash      BLOB    NOT NULL UNIQUE
) STRICT;

-- Records without a link. A record comes here with itself, and leaves with its link: so none is
-- passed over, in whatever order they become visible.
CREATE TABLE audit_waiting (
    record_id INTEGER NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO audit_waiting (record_id) SELECT id FROM audit;

CREATE TRIGGER audit_waits AFTER INSERT ON audit
BEGIN INSERT INTO audit_waiting (record_id) VALUES (NEW.id); END;

-- What is recorded stays, and its links.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_links_are_not_changed BEFORE UPDATE ON audit_links
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_links_are_not_removed BEFORE DELETE ON audit_links
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_links_are_not_replaced BEFORE INSERT ON audit_links
WHEN EXISTS (SELECT 1 FROM audit_links
    WHERE position = NEW.position OR record_id = NEW.record_id OR previous = NEW.previous OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;

CREATE INDEX audit_by ON audit (by_user, id);
CREATE INDEX audit_place ON audit (by_where, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_object ON audit (object, id);
CREATE INDEX audit_at ON audit (at, id);

-- Which server does what only one of a pool does. `fence` counts the holders.
CREATE TABLE leases (
    name     TEXT    NOT NULL PRIMARY KEY,
    holder   BLOB    NOT NULL,
    until_at INTEGER NOT NULL,
    fence    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
