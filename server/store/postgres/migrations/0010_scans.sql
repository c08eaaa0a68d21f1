-- Files that a scanner looks at.

-- `scan`: 1 waits for its first scan, and can't be read; 2 wasn't scanned, and can be read; 3 clean; 4 infected;
-- 5 can't be scanned, and can't be read; 6 let go by an administrator; 0 came before there was a scanner and is to be
-- scanned now. None: nobody asked. At `scan_due` it is to be scanned, unless somebody who has claimed it until then is
-- at it; none where it waits for nothing. `scan_base` is what the scanner called itself and its signatures.
ALTER TABLE files ADD COLUMN scan BIGINT;
ALTER TABLE files ADD COLUMN scan_due BIGINT;
ALTER TABLE files ADD COLUMN scan_claim UUID;
ALTER TABLE files ADD COLUMN scan_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN scan_signature TEXT;
ALTER TABLE files ADD COLUMN scan_at BIGINT;
ALTER TABLE files ADD COLUMN scan_base TEXT;
-- What nobody can read before goes first.
CREATE INDEX files_to_scan ON files (scan_due) WHERE scan_due IS NOT NULL AND scan = 1;
CREATE INDEX files_to_rescan ON files (scan_due) WHERE scan_due IS NOT NULL AND scan <> 1;
CREATE INDEX files_held ON files (scan, id) WHERE scan IN (1, 2, 4, 5);
