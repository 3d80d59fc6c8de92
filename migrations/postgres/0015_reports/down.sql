DROP INDEX duplicate_pairs_found;
DROP TABLE reports;
