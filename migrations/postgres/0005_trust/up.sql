-- A one-time code that an administrator gave, by its SHA-256, and when it serves no more.
ALTER TABLE accounts ADD COLUMN code_hash TEXT;
ALTER TABLE accounts ADD COLUMN code_until TIMESTAMP;
