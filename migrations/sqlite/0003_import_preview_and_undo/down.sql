DELETE FROM jobs WHERE kind = 'import_undo';
DROP TABLE contact_search;
CREATE VIRTUAL TABLE contact_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5 6 7 8', tokenize = 'ascii'
);
DROP INDEX contacts_form_key;
CREATE UNIQUE INDEX contacts_form_key ON contacts (form_key);
DROP INDEX audit_entries_import;
DROP TABLE import_kept;
DROP TABLE import_undos;
DROP TABLE import_journal;
DROP TABLE import_lines;
ALTER TABLE import_files DROP COLUMN dropped_at;
DROP INDEX imports_file;
DROP INDEX imports_name;
CREATE UNIQUE INDEX imports_name ON imports (name_key) WHERE state NOT IN ('refused', 'cancelled');
ALTER TABLE imports DROP COLUMN undone_at;
ALTER TABLE imports DROP COLUMN decided_by;
ALTER TABLE imports DROP COLUMN foreseen;
ALTER TABLE imports DROP COLUMN emptied;
ALTER TABLE imports DROP COLUMN checked_at;
ALTER TABLE imports DROP COLUMN checked_entry;
ALTER TABLE imports DROP COLUMN diagnosis;
ALTER TABLE imports DROP COLUMN reading;
ALTER TABLE imports DROP COLUMN preview;
