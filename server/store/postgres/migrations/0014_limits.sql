-- What files may take where a category or room says less than what is above it; 0 says nothing.

ALTER TABLE category_versions ADD COLUMN upload_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE category_versions ADD COLUMN room_quota BIGINT NOT NULL DEFAULT 0;
ALTER TABLE room_versions ADD COLUMN upload_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE room_versions ADD COLUMN room_quota BIGINT NOT NULL DEFAULT 0;

-- Also what no message has can be removed, and waits for the archive.
DROP INDEX files_to_let_go;
CREATE INDEX files_to_let_go ON files (removed_due) WHERE removed_due IS NOT NULL AND state IN (2, 3);
