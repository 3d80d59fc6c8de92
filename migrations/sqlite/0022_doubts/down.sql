DROP INDEX import_held_groups;
ALTER TABLE imports DROP COLUMN holds_doubtful;
