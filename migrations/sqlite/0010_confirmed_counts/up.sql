-- Whom a change of many contacts was confirmed for, and, where it found others and did nothing, whom it found: each as a
-- count, a fingerprint of the ids and, where they are few, the ids. Null where an earlier version filed it.
ALTER TABLE bulk_changes ADD COLUMN expected TEXT;
ALTER TABLE bulk_changes ADD COLUMN found TEXT;
