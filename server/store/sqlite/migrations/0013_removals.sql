-- Files that who looks after a room has removed (`scan` 7). Their content goes when the archive's queue is
-- behind `removed_queue`, unless a legal hold keeps it: then it is asked again at `removed_due`.

ALTER TABLE files ADD COLUMN removed_queue INTEGER;
ALTER TABLE files ADD COLUMN removed_due INTEGER;
CREATE INDEX files_to_let_go ON files (removed_due) WHERE removed_due IS NOT NULL AND state = 3;
