-- The server processes that use this database. A process renews its row while it lives and removes it when it ends.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY NOT NULL,
    -- The version of the program, for people.
    version TEXT NOT NULL,
    -- Rises when a version stores values that the versions before it read or write differently.
    generation BIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    heartbeat_at TIMESTAMP NOT NULL
);

-- How far a search for duplicates has come is a key, and keys are computed differently from now on.
UPDATE duplicate_runs SET cursor_id = 0 WHERE finished_at IS NULL;
