-- People are found by their addresses, as by their names by a key.

ALTER TABLE users ADD COLUMN email_key TEXT;
UPDATE users SET email_key = lower(email) WHERE email IS NOT NULL AND email <> '';
CREATE INDEX users_email_key ON users (email_key) WHERE email_key IS NOT NULL;
