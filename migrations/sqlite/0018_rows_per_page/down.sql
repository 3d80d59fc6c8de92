ALTER TABLE accounts DROP COLUMN rows_per_page;
