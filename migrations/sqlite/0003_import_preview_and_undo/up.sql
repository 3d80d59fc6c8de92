ALTER TABLE imports ADD COLUMN preview BOOLEAN NOT NULL DEFAULT FALSE;
-- How the file is read where it is not the strict format, as somebody chose it (JSON).
ALTER TABLE imports ADD COLUMN reading TEXT;
-- What is wrong with the file as a whole, and how it could be read (JSON).
ALTER TABLE imports ADD COLUMN diagnosis TEXT;
-- What the book was like when the preview was made: the last entry of its history.
ALTER TABLE imports ADD COLUMN checked_entry BIGINT;
ALTER TABLE imports ADD COLUMN checked_at TIMESTAMP;
-- How many values of the book would be overwritten by nothing.
ALTER TABLE imports ADD COLUMN emptied BIGINT NOT NULL DEFAULT 0;
-- What the one who decided was shown (JSON).
ALTER TABLE imports ADD COLUMN foreseen TEXT;
ALTER TABLE imports ADD COLUMN decided_by BIGINT REFERENCES accounts (id);
-- Set when its undoing has ended.
ALTER TABLE imports ADD COLUMN undone_at TIMESTAMP;
-- An import that wrote nothing, or nothing that is left, frees its name.
DROP INDEX imports_name;
CREATE UNIQUE INDEX imports_name ON imports (name_key) WHERE state NOT IN ('refused', 'cancelled') AND undone_at IS NULL;
CREATE INDEX imports_file ON imports (file_id);
-- Whether a file was imported already.
CREATE INDEX imports_sha256 ON imports (file_sha256);
-- What the list of imports is narrowed to.
CREATE INDEX imports_state ON imports (state, id);
CREATE INDEX imports_created_by ON imports (created_by, id);
CREATE INDEX imports_created_at ON imports (created_at);

-- The pieces of a file go some days after its import; that it was there stays.
ALTER TABLE import_files ADD COLUMN dropped_at TIMESTAMP;
CREATE INDEX import_files_kept ON import_files (id) WHERE dropped_at IS NULL;

-- What each valid line would do to the book, until that is decided.
CREATE TABLE import_lines (
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line BIGINT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('created', 'updated', 'unchanged', 'restored')),
    -- The contact that has the line's e-mail, as it was.
    contact_id BIGINT,
    contact_version BIGINT,
    line_start BIGINT NOT NULL,
    line_length BIGINT NOT NULL,
    -- How many values of the contact it would overwrite by nothing.
    emptied BIGINT NOT NULL DEFAULT 0,
    -- Whether the book has changed under it since it was shown.
    moved BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (import_id, line)
) WITHOUT ROWID;
CREATE INDEX import_lines_effect ON import_lines (import_id, effect, line);
CREATE INDEX import_lines_moved ON import_lines (import_id, line) WHERE moved;
CREATE INDEX import_lines_emptied ON import_lines (import_id, line) WHERE emptied > 0;

-- An import that waits for a decision is checked again, so that there is something to show.
INSERT INTO jobs (kind, subject_id, run_after, created_at)
SELECT 'import', id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM imports WHERE state = 'deciding';
UPDATE imports SET state = 'checking', cursor_line = 0, cursor_byte = 0 WHERE state = 'deciding';

-- Which contacts each batch of an import touched, in ids only: for undoing it.
CREATE TABLE import_journal (
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    -- The last line of the batch.
    line BIGINT NOT NULL,
    -- JSON, see `imports::journal`.
    touched TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);

CREATE TABLE import_undos (
    import_id BIGINT PRIMARY KEY NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    account_id BIGINT REFERENCES accounts (id),
    -- How many of the contacts in the journal have been looked at.
    done BIGINT NOT NULL DEFAULT 0,
    withdrawn BIGINT NOT NULL DEFAULT 0,
    reverted BIGINT NOT NULL DEFAULT 0,
    kept BIGINT NOT NULL DEFAULT 0,
    untouched BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);

-- The contacts that an undo left as they are, or in part.
CREATE TABLE import_kept (
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    -- The later import that holds the contact; none when somebody edited it.
    held_by BIGINT REFERENCES imports (id),
    -- The import that held it before this one.
    previous_import_id BIGINT REFERENCES imports (id),
    PRIMARY KEY (import_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX import_kept_contact ON import_kept (contact_id);

-- What an import changed.
CREATE INDEX audit_entries_import ON audit_entries (import_id, id) WHERE import_id IS NOT NULL AND contact_id IS NOT NULL;

-- Few contacts have a key: those without need no entry.
DROP INDEX contacts_form_key;
CREATE UNIQUE INDEX contacts_form_key ON contacts (form_key) WHERE form_key IS NOT NULL;

-- A new contact's neighbours are found without a look at their rows.
DROP INDEX contacts_sort;
CREATE INDEX contacts_sort ON contacts (sort_key, id, order_label) WHERE deleted_at IS NULL;

-- The index holds numbers by their ends now, and labels are small numbers: it is made anew when the program starts.
DROP TABLE contact_search;
CREATE VIRTUAL TABLE contact_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5 6 7', tokenize = 'ascii'
);
-- Bytes that are gathered before a piece of the index is written: enough for a batch of an import.
INSERT INTO contact_search (contact_search, rank) VALUES ('hashsize', 16000000);
UPDATE contacts SET order_label = NULL WHERE order_label IS NOT NULL;
INSERT INTO settings (key, value) SELECT 'search_index', 'stale' WHERE EXISTS (SELECT 1 FROM contacts);
