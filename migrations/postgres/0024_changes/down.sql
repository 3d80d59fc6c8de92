DROP TRIGGER feed_of_imports ON import_journal;
DROP TRIGGER feed_of_entries ON audit_entries;
DROP FUNCTION feed_imports;
DROP FUNCTION feed_entries;
DROP TABLE feed_waiting;
DROP TABLE feed;
