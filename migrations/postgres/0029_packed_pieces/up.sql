-- Whether `bytes` are compressed (zlib). Versions before this one read them as they are, so pieces are packed only while none of
-- these runs as a server.
ALTER TABLE import_chunks ADD COLUMN packed BOOLEAN NOT NULL DEFAULT FALSE;
