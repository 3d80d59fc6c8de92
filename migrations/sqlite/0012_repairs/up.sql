-- Values that older versions stored differently are derived again, by a job, once no older version runs on this database.
CREATE TABLE repairs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- What comes next: 'waiting', 'names', 'contacts', 'words', 'values' or 'done'.
    stage TEXT NOT NULL,
    -- The last contact that was repaired.
    cursor_id BIGINT NOT NULL DEFAULT 0,
    -- The last word of the book, or value with its kind, that was looked at.
    cursor_kind TEXT NOT NULL DEFAULT '',
    cursor_word TEXT NOT NULL DEFAULT '',
    contacts BIGINT NOT NULL DEFAULT 0,
    -- Contacts with another value, and phone numbers that are another number now.
    changed BIGINT NOT NULL DEFAULT 0,
    numbers BIGINT NOT NULL DEFAULT 0,
    -- Contacts that keep an e-mail in its old spelling, since another contact has it in today's.
    kept BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
-- A new book has nothing to repair.
INSERT INTO repairs (id, stage, created_at)
SELECT 1, 'waiting', CURRENT_TIMESTAMP
WHERE EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM contacts) OR EXISTS (SELECT 1 FROM organizations);
INSERT INTO jobs (kind, subject_id, run_after, created_at)
SELECT 'repair', id, created_at, created_at FROM repairs;

-- The organization that has the same name in today's spelling, where this one keeps an older spelling.
ALTER TABLE organizations ADD COLUMN same_name_as BIGINT;
CREATE INDEX organizations_same_name ON organizations (same_name_as) WHERE same_name_as IS NOT NULL;
