-- Rejected lines that somebody has fixed in the page: the cells, as a JSON array, that are read instead of those of the file.
-- They are deleted with the file.
CREATE TABLE import_corrections (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
) WITHOUT ROWID;
