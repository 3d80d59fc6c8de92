ALTER TABLE bulk_changes DROP COLUMN found;
ALTER TABLE bulk_changes DROP COLUMN expected;
