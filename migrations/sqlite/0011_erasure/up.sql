-- By what else than e-mails lines of the imported files are known that are still to be taken out: SHA-256 of a number's
-- digits, or of a first and of a last name. Older versions do not look here.
CREATE TABLE erasure_marks (
    erasure_id BIGINT NOT NULL REFERENCES erasures (id),
    kind TEXT NOT NULL CHECK (kind IN ('number', 'names')),
    hash TEXT NOT NULL,
    PRIMARY KEY (erasure_id, kind, hash)
) WITHOUT ROWID;

-- A filter for everybody may have a person's name, which its entries in the history then lose too.
DROP TRIGGER audit_entries_unchanged;
CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries
WHEN NEW.changes IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.account_id IS NOT OLD.account_id
    OR NEW.kind <> OLD.kind OR NEW.contact_id IS NOT OLD.contact_id OR NEW.import_id IS NOT OLD.import_id
    OR NEW.subject <> OLD.subject AND (NEW.subject <> '' OR OLD.kind NOT LIKE 'filter.%')
    OR NEW.version IS NOT OLD.version
BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;

-- What was deleted before every connection overwrote it lies in the file's free space: the next start rewrites the file.
INSERT INTO settings (key, value) SELECT 'free_space', 'stale' WHERE EXISTS (SELECT 1 FROM contacts) OR EXISTS (SELECT 1 FROM accounts);
