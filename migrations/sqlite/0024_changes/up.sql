-- The changes of contacts, in the order in which programs read them: each row stands for entries of the history, or for the
-- contacts that a batch of an import has created. Triggers write the rows, so that nodes of older versions do so too. There is
-- one writer at a time, so ids are in the order of the commits.
CREATE TABLE feed (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- A run of entries; all of them are in the order of their ids.
    first_entry BIGINT,
    last_entry BIGINT,
    -- Or a row of import_journal, with the time and the author of the creation.
    import_id BIGINT,
    line BIGINT,
    at TIMESTAMP,
    account_id BIGINT
);
-- Rows that wait for their id until their transaction is committed. Only PostgreSQL has any.
CREATE TABLE feed_waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    first_entry BIGINT NOT NULL,
    last_entry BIGINT,
    import_id BIGINT,
    line BIGINT,
    at TIMESTAMP,
    account_id BIGINT
);
CREATE INDEX feed_waiting_order ON feed_waiting (first_entry, last_entry);

-- The history of before: what an import has created comes behind the entry of its start.
WITH created AS (
    SELECT import_id, line, json_extract(touched, '$.created[0][0]') AS contact_id FROM import_journal
    WHERE json_extract(touched, '$.created') IS NOT NULL),
starts AS (
    SELECT import_id, MIN(id) AS entry FROM audit_entries WHERE kind = 'import.started' GROUP BY import_id),
cuts AS (
    SELECT entry FROM starts WHERE import_id IN (SELECT import_id FROM created)
    UNION SELECT MAX(id) FROM audit_entries),
runs AS (
    SELECT LAG(entry, 1, 0) OVER (ORDER BY entry) + 1 AS first_entry, entry AS last_entry FROM cuts
    WHERE entry IS NOT NULL)
INSERT INTO feed (first_entry, last_entry, import_id, line, at, account_id)
SELECT first_entry, last_entry, import_id, line, at, account_id FROM (
    SELECT last_entry AS place, first_entry, last_entry, NULL AS import_id, NULL AS line, NULL AS at, NULL AS account_id
    FROM runs
    UNION ALL
    SELECT COALESCE(starts.entry, 0), NULL, NULL, created.import_id, created.line,
        COALESCE(contacts.created_at, imports.created_at), COALESCE(imports.decided_by, imports.created_by)
    FROM created
    JOIN imports ON imports.id = created.import_id
    LEFT JOIN starts ON starts.import_id = created.import_id
    LEFT JOIN contacts ON contacts.id = created.contact_id)
ORDER BY place, import_id IS NOT NULL, import_id, line;

CREATE TRIGGER feed_of_entries AFTER INSERT ON audit_entries
BEGIN
    UPDATE feed SET last_entry = NEW.id WHERE id = (SELECT MAX(id) FROM feed) AND last_entry = NEW.id - 1;
    INSERT INTO feed (first_entry, last_entry) SELECT NEW.id, NEW.id WHERE changes() = 0;
END;

-- The journal of a batch is written at its end. Entries about a contact that the same batch has created, such as a note, come
-- behind the creation: the run is cut before the first of them.
CREATE TRIGGER feed_of_imports AFTER INSERT ON import_journal
WHEN json_extract(NEW.touched, '$.created') IS NOT NULL
BEGIN
    INSERT INTO feed (import_id, line, at, account_id)
    SELECT NEW.import_id, NEW.line, COALESCE(contacts.created_at, imports.created_at),
        CASE WHEN contacts.id IS NULL THEN COALESCE(imports.decided_by, imports.created_by) ELSE contacts.updated_by END
    FROM imports LEFT JOIN contacts ON contacts.id = json_extract(NEW.touched, '$.created[0][0]')
    WHERE imports.id = NEW.import_id;
    INSERT INTO feed (first_entry, last_entry)
    SELECT own.first_entry, run.last_entry
    FROM (SELECT first_entry, last_entry FROM feed ORDER BY id DESC LIMIT 1 OFFSET 1) AS run,
        (SELECT MIN(entry.id) AS first_entry
         FROM json_each(NEW.touched, '$.created') AS ids
         CROSS JOIN audit_entries AS entry
            ON entry.contact_id >= ids.value ->> 0 AND entry.contact_id <= ids.value ->> 1) AS own
    WHERE own.first_entry BETWEEN run.first_entry AND run.last_entry;
    UPDATE feed SET last_entry = (SELECT first_entry - 1 FROM feed ORDER BY id DESC LIMIT 1)
    WHERE changes() = 1 AND id = (SELECT id FROM feed ORDER BY id DESC LIMIT 1 OFFSET 2);
    DELETE FROM feed
    WHERE last_entry < first_entry AND id = (SELECT id FROM feed ORDER BY id DESC LIMIT 1 OFFSET 2);
END;
