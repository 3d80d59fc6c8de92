-- How many contacts in the book have each value: a status, a first letter, a service, an organization and so on. A value that
-- no contact has is not there.
CREATE TABLE book_counts (
    -- 'book', 'status', 'letter', 'service', 'city', 'topic', 'language', 'organization' or 'import'. The row 'stale' exists
    -- while the numbers may be wrong.
    kind TEXT NOT NULL,
    -- The value: folded as in book_values, or an id.
    value_key TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (kind, value_key)
) WITHOUT ROWID;
-- Changes of the numbers that wait to be added to book_counts. PostgreSQL's writers add them here, so that none of them waits
-- for another.
CREATE TABLE book_count_deltas (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    value_key TEXT NOT NULL,
    delta BIGINT NOT NULL
);
CREATE INDEX book_count_deltas_value ON book_count_deltas (kind, value_key);

-- A new book has nothing to count. Older books are counted by a job, once no older version runs on this database.
INSERT INTO book_counts (kind, value_key, n)
SELECT 'stale', '', 1
WHERE EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM contacts) OR EXISTS (SELECT 1 FROM organizations);
INSERT INTO jobs (kind, subject_id, run_after, created_at)
SELECT 'recount', 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM book_counts;
