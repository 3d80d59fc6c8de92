DROP TRIGGER audit_entries_unchanged ON audit_entries;
CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries FOR EACH ROW
    WHEN (NEW.changes IS NOT NULL OR (NEW.id, NEW.at, NEW.account_id, NEW.kind, NEW.contact_id, NEW.import_id,
        NEW.subject, NEW.version) IS DISTINCT FROM (OLD.id, OLD.at, OLD.account_id, OLD.kind, OLD.contact_id,
        OLD.import_id, OLD.subject, OLD.version))
    EXECUTE FUNCTION audit_entries_refuse();
DROP TABLE erasure_marks;
