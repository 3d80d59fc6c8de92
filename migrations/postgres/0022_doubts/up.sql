-- Set for an import of the strict list whose doubtful rows wait for a person's decision. Lists of other kinds say so in their mapping.
ALTER TABLE imports ADD COLUMN holds_doubtful BOOLEAN NOT NULL DEFAULT FALSE;
-- The rows that wait are listed by import and doubt.
CREATE INDEX import_held_groups ON import_held (import_id, doubt, id) WHERE decision IS NULL;
