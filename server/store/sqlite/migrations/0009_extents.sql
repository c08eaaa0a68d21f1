-- How large an image is, as it is to be seen; known once its previews are made.
ALTER TABLE files ADD COLUMN width INTEGER;
ALTER TABLE files ADD COLUMN height INTEGER;
