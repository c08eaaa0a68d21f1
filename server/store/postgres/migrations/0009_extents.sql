-- How large an image is, as it is to be seen; known once its previews are made.
ALTER TABLE files ADD COLUMN width BIGINT;
ALTER TABLE files ADD COLUMN height BIGINT;
