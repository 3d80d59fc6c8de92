ALTER TABLE audit_entries DROP COLUMN key_label;
DROP TABLE access_keys;
