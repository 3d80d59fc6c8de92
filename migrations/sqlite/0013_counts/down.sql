DELETE FROM jobs WHERE kind = 'recount';
DROP TABLE book_count_deltas;
DROP TABLE book_counts;
