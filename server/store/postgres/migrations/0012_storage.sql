-- What files take, and the largest and oldest of them, for whoever looks after them.

CREATE INDEX files_by_room ON files (room_id, size) WHERE state IN (2, 3);
CREATE INDEX files_by_person ON files (uploader_id, size) WHERE state IN (2, 3);
CREATE INDEX files_by_size ON files (size, id) WHERE state IN (2, 3);
CREATE INDEX files_by_age ON files (finished_at, id) WHERE state IN (2, 3);
