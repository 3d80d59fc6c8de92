CREATE TABLE settings (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    username TEXT NOT NULL CHECK (length(username) BETWEEN 1 AND 50),
    username_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('agent', 'coordinator', 'administrator')),
    password_hash TEXT NOT NULL,
    locale TEXT CHECK (locale IN ('fr', 'en')),
    created_at TIMESTAMP NOT NULL,
    disabled_at TIMESTAMP
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_last_seen ON sessions (last_seen_at);

CREATE TABLE sign_in_throttles (
    bucket TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    blocked_until TIMESTAMP NOT NULL,
    last_failure_at TIMESTAMP NOT NULL
);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    claimed_by TEXT,
    heartbeat_at TIMESTAMP,
    run_after TIMESTAMP NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (kind, subject_id)
);

CREATE TABLE import_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE import_chunks (
    file_id BIGINT NOT NULL REFERENCES import_files (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (file_id, seq)
);

CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    name_key TEXT NOT NULL,
    file_id BIGINT NOT NULL REFERENCES import_files (id),
    file_name TEXT NOT NULL,
    file_size BIGINT NOT NULL,
    file_sha256 TEXT NOT NULL,
    on_error TEXT NOT NULL CHECK (on_error IN ('ask', 'import_valid')),
    state TEXT NOT NULL CHECK (state IN ('checking', 'deciding', 'applying', 'done', 'refused', 'cancelled')),
    refusal TEXT,
    lines BIGINT NOT NULL DEFAULT 0,
    cursor_line BIGINT NOT NULL DEFAULT 0,
    cursor_byte BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL DEFAULT 0,
    updated BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    restored BIGINT NOT NULL DEFAULT 0,
    superseded BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    created_by BIGINT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL,
    applying_since TIMESTAMP,
    finished_at TIMESTAMP
);
-- A refused or cancelled import wrote nothing: its name is free again.
CREATE UNIQUE INDEX imports_name ON imports (name_key) WHERE state NOT IN ('refused', 'cancelled');

CREATE TABLE import_findings (
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rejected', 'superseded')),
    field BIGINT,
    value TEXT NOT NULL,
    fault TEXT NOT NULL,
    line_start BIGINT NOT NULL,
    line_length BIGINT NOT NULL,
    PRIMARY KEY (import_id, kind, line, ordinal)
);

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    civility TEXT NOT NULL CHECK (civility IN ('M.', 'Mme', 'Mlle')),
    first_name TEXT NOT NULL CHECK (length(first_name) <= 50),
    last_name TEXT NOT NULL CHECK (length(last_name) <= 50),
    email TEXT CHECK (length(email) <= 255),
    email_key TEXT UNIQUE,
    service TEXT NOT NULL CHECK (length(service) <= 50),
    phone_work TEXT NOT NULL CHECK (length(phone_work) <= 50),
    address TEXT NOT NULL CHECK (length(address) <= 100),
    city TEXT NOT NULL CHECK (length(city) <= 100),
    expert BOOLEAN NOT NULL,
    copy BOOLEAN NOT NULL,
    transfer BOOLEAN NOT NULL,
    import_id BIGINT REFERENCES imports (id),
    sort_key TEXT NOT NULL,
    -- The place in (sort_key, id) as a number with gaps: the rowid in contact_search.
    order_label BIGINT UNIQUE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT REFERENCES accounts (id),
    deleted_at TIMESTAMP,
    CHECK ((email IS NULL) = (email_key IS NULL)),
    CHECK (email_key IS NOT NULL OR NOT (copy OR transfer))
);
CREATE INDEX contacts_sort ON contacts (sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_import ON contacts (import_id, sort_key, id) WHERE deleted_at IS NULL;

-- Words folded by the program, separated by spaces; the ascii tokenizer leaves
-- every other character alone. Prefix lists of every length that people type
-- make the first hits of a short word as quick as those of a rare one.
CREATE VIRTUAL TABLE contact_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none,
    prefix = '1 2 3 4 5 6 7 8', tokenize = 'ascii'
);
