-- The contacts on a page of the list. A node of the previous version leaves the number as it is.
ALTER TABLE accounts ADD COLUMN rows_per_page BIGINT NOT NULL DEFAULT 50 CHECK (rows_per_page IN (50, 100, 200));
