DROP TRIGGER feed_of_imports;
DROP TRIGGER feed_of_entries;
DROP TABLE feed_waiting;
DROP TABLE feed;
