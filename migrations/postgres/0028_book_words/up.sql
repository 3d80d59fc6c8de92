-- A search replaces the beginning of a word by the words of the book that begin with it, so these must be complete. Older versions
-- leave words out. While this row exists, searches do not rely on them. The value is the last time at which an older node was alive,
-- so that the job that adds the missing words can tell whether one wrote meanwhile.
CREATE FUNCTION older_node_is_alive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO settings (key, value) VALUES ('book_words', clock_timestamp()::text)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;
    INSERT INTO jobs (kind, subject_id, run_after, created_at)
    VALUES ('book_words', 0, (now() AT TIME ZONE 'UTC'), (now() AT TIME ZONE 'UTC'))
    ON CONFLICT (kind, subject_id) DO UPDATE SET claimed_by = NULL, run_after = excluded.run_after;
    RETURN NULL;
END $$;
CREATE TRIGGER book_words_of_older_nodes AFTER INSERT OR UPDATE ON nodes FOR EACH ROW
    WHEN (NEW.generation < 6) EXECUTE FUNCTION older_node_is_alive();

-- A new book has nothing to complete.
INSERT INTO settings (key, value) SELECT 'book_words', clock_timestamp()::text WHERE EXISTS (SELECT 1 FROM contacts);
INSERT INTO jobs (kind, subject_id, run_after, created_at)
SELECT 'book_words', 0, (now() AT TIME ZONE 'UTC'), (now() AT TIME ZONE 'UTC') FROM settings WHERE key = 'book_words';
