-- By what else than e-mails lines of the imported files are known that are still to be taken out: SHA-256 of a number's
-- digits, or of a first and of a last name. Older versions do not look here.
CREATE TABLE erasure_marks (
    erasure_id BIGINT NOT NULL REFERENCES erasures (id),
    kind TEXT NOT NULL CHECK (kind IN ('number', 'names')),
    hash TEXT NOT NULL,
    PRIMARY KEY (erasure_id, kind, hash)
);

-- A filter for everybody may have a person's name, which its entries in the history then lose too.
DROP TRIGGER audit_entries_unchanged ON audit_entries;
CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries FOR EACH ROW
    WHEN (NEW.changes IS NOT NULL OR (NEW.id, NEW.at, NEW.account_id, NEW.kind, NEW.contact_id, NEW.import_id,
        NEW.version) IS DISTINCT FROM (OLD.id, OLD.at, OLD.account_id, OLD.kind, OLD.contact_id, OLD.import_id,
        OLD.version) OR NEW.subject <> OLD.subject AND (NEW.subject <> '' OR OLD.kind NOT LIKE 'filter.%'))
    EXECUTE FUNCTION audit_entries_refuse();
