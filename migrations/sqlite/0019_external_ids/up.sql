-- The other systems in which contacts have an id, as an administrator names them.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    name_key TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL
);

-- The ids of contacts there. After a merge a contact can have several ids of one source; no two contacts share one.
CREATE TABLE contact_external_ids (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    source_id BIGINT NOT NULL REFERENCES sources (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 255),
    UNIQUE (source_id, value)
);
CREATE INDEX contact_external_ids_contact ON contact_external_ids (contact_id);

-- A node of an older version indexes a contact without its external ids. Once no such node is alive, a job indexes the contacts
-- that have some again. A new book has never had an older node.
INSERT INTO jobs (kind, subject_id, run_after, created_at)
SELECT 'external_ids', 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
WHERE EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM contacts);
