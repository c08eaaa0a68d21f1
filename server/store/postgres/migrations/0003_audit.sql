-- The same as in SQLite: the audit log's chain, and leases.

ALTER TABLE audit DROP COLUMN previous_hash, DROP COLUMN hash,
    ALTER COLUMN action TYPE TEXT COLLATE "C", ALTER COLUMN object TYPE TEXT COLLATE "C";

-- No reference to the record: that one is gone is for the verification to say.
CREATE TABLE audit_links (
    position  BIGINT NOT NULL PRIMARY KEY CHECK (position > 0),
    record_id BIGINT NOT NULL UNIQUE,
    previous  BYTEA NOT NULL UNIQUE,
    hash      BYTEA NOT NULL UNIQUE
);

-- Records without a link. A record comes here with itself, and leaves with its link: so none is
-- passed over, in whatever order they become visible.
CREATE TABLE audit_waiting (
    record_id BIGINT NOT NULL PRIMARY KEY
);
INSERT INTO audit_waiting (record_id) SELECT id FROM audit;

CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_waiting (record_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_waits AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_waits();

-- What is recorded stays, and its links.
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is never changed';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_links_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_links FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();

CREATE INDEX audit_by ON audit (by_user, id);
CREATE INDEX audit_place ON audit (by_where, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_object ON audit (object, id);
CREATE INDEX audit_at ON audit (at, id);

-- Which server does what only one of a pool does. `fence` counts the holders.
CREATE TABLE leases (
    name     TEXT NOT NULL PRIMARY KEY,
    holder   UUID NOT NULL,
    until_at BIGINT NOT NULL,
    fence    BIGINT NOT NULL
);
