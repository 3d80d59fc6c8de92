-- Keys with which programs use the API in the name of an account. Only a hash of each key is stored; `beginning` is its visible part.
CREATE TABLE access_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 50),
    scope TEXT NOT NULL CHECK (scope IN ('lookup', 'read', 'write')),
    key_hash TEXT NOT NULL UNIQUE,
    beginning TEXT NOT NULL,
    -- The networks from which it can be used, one per line; empty for all.
    networks TEXT NOT NULL,
    last_day DATE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    -- The last day on which it was used, the requests of that day, and the address of the last one.
    used_day DATE,
    requests BIGINT NOT NULL DEFAULT 0,
    address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX access_keys_account ON access_keys (account_id);

-- The label of the key with which a program did an action; empty for people and Carnet itself. Keys go some time after their end.
ALTER TABLE audit_entries ADD COLUMN key_label TEXT;
