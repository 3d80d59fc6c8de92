ALTER TABLE import_chunks DROP COLUMN packed;
