-- Imports of any list. `list` is the kind of file, for the lists that are not strict ones. Their file is turned into rows once:
-- `file_id` then has the rows, of `rows_size` bytes, and the file as received is `original_file_id` until the import ends.
ALTER TABLE imports ADD COLUMN list TEXT;
ALTER TABLE imports ADD COLUMN original_file_id BIGINT REFERENCES import_files (id);
ALTER TABLE imports ADD COLUMN rows_size BIGINT;
-- Set until somebody has said which fields the columns are; the state is `checking` then.
ALTER TABLE imports ADD COLUMN awaits_columns BOOLEAN NOT NULL DEFAULT FALSE;
-- Rows that wait for a person's decision, or did.
ALTER TABLE imports ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
-- Rows without a contact in an import that only changes existing contacts.
ALTER TABLE imports ADD COLUMN unmatched BIGINT NOT NULL DEFAULT 0;
-- The import that added a note, so that its undo can take the note away.
ALTER TABLE notes ADD COLUMN import_id BIGINT REFERENCES imports (id);
-- The import that created an organization, so that its undo can take the organization away.
ALTER TABLE organizations ADD COLUMN created_import_id BIGINT REFERENCES imports (id);
-- A row of a list finds a contact by a number.
CREATE INDEX contacts_phone_work_e164 ON contacts (phone_work_e164) WHERE phone_work_e164 IS NOT NULL;
CREATE INDEX contacts_phone_cell_e164 ON contacts (phone_cell_e164) WHERE phone_cell_e164 IS NOT NULL;
CREATE INDEX contacts_phone_home_e164 ON contacts (phone_home_e164) WHERE phone_home_e164 IS NOT NULL;
CREATE INDEX contacts_phone_other_e164 ON contacts (phone_other_e164) WHERE phone_other_e164 IS NOT NULL;

-- The effects that only the rows of such a list have.
CREATE TABLE import_lines_with_doubts (
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line BIGINT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('created', 'updated', 'unchanged', 'restored', 'held', 'unmatched')),
    contact_id BIGINT,
    contact_version BIGINT,
    line_start BIGINT NOT NULL,
    line_length BIGINT NOT NULL,
    emptied BIGINT NOT NULL DEFAULT 0,
    moved BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (import_id, line)
) WITHOUT ROWID;
INSERT INTO import_lines_with_doubts SELECT * FROM import_lines;
DROP TABLE import_lines;
ALTER TABLE import_lines_with_doubts RENAME TO import_lines;
CREATE INDEX import_lines_effect ON import_lines (import_id, effect, line);
CREATE INDEX import_lines_moved ON import_lines (import_id, line) WHERE moved;
CREATE INDEX import_lines_emptied ON import_lines (import_id, line) WHERE emptied > 0;

-- Mappings that are kept for the next lists of the same shape.
CREATE TABLE import_profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    name_key TEXT NOT NULL UNIQUE,
    mapping TEXT NOT NULL,
    bound_changed BIGINT NOT NULL DEFAULT 10 CHECK (bound_changed BETWEEN 0 AND 100),
    bound_emptied BIGINT NOT NULL DEFAULT 10 CHECK (bound_emptied BETWEEN 0 AND 100),
    apply BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT REFERENCES accounts (id)
);
-- The profile that a list is read by: before its columns are known, the one that was asked for.
ALTER TABLE imports ADD COLUMN profile_id BIGINT REFERENCES import_profiles (id) ON DELETE SET NULL;

-- What such a list looks like, and which fields its columns are.
CREATE TABLE import_mappings (
    import_id BIGINT PRIMARY KEY NOT NULL REFERENCES imports (id),
    source TEXT NOT NULL,
    mapping TEXT
);

-- The rows of an import that wait for a decision: their places in the stored rows, and the contacts that they may mean.
CREATE TABLE import_held (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    doubt TEXT NOT NULL,
    candidates TEXT NOT NULL,
    line_start BIGINT NOT NULL,
    line_length BIGINT NOT NULL,
    decision TEXT,
    contact_id BIGINT,
    decided_by BIGINT REFERENCES accounts (id),
    decided_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (import_id, line)
);
CREATE INDEX import_held_waiting ON import_held (id) WHERE decision IS NULL;
