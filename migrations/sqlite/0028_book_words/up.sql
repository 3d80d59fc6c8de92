-- Only PostgreSQL needs complete words: here the index has lists of short beginnings.
SELECT 1;
