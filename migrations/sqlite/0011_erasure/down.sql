DELETE FROM settings WHERE key = 'free_space';
DROP TRIGGER audit_entries_unchanged;
CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries
WHEN NEW.changes IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.account_id IS NOT OLD.account_id
    OR NEW.kind <> OLD.kind OR NEW.contact_id IS NOT OLD.contact_id OR NEW.import_id IS NOT OLD.import_id
    OR NEW.subject <> OLD.subject OR NEW.version IS NOT OLD.version
BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;
DROP TABLE erasure_marks;
