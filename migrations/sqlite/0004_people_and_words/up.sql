-- When somebody is away, and who stands in: shown wherever a case could be handed over.
ALTER TABLE contacts ADD COLUMN absent_from DATE;
ALTER TABLE contacts ADD COLUMN absent_until DATE CHECK (absent_until >= absent_from);
ALTER TABLE contacts ADD COLUMN substitute_id BIGINT REFERENCES contacts (id) ON DELETE SET NULL;
-- What somebody knows about and speaks, one to a line.
ALTER TABLE contacts ADD COLUMN topics TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN languages TEXT NOT NULL DEFAULT '';
-- When somebody last saw to it that the contact is right.
ALTER TABLE contacts ADD COLUMN checked_at TIMESTAMP;
ALTER TABLE contacts ADD COLUMN checked_by BIGINT REFERENCES accounts (id);
-- The contact that this one became a part of; it lies in the trash.
ALTER TABLE contacts ADD COLUMN merged_into BIGINT REFERENCES contacts (id) ON DELETE SET NULL;
-- E-mails of what had become a part of it and is erased, one to a line: what erasing it looks for too.
ALTER TABLE contacts ADD COLUMN former_emails TEXT NOT NULL DEFAULT '';
CREATE INDEX contacts_substitute ON contacts (substitute_id) WHERE substitute_id IS NOT NULL;
CREATE INDEX contacts_merged_into ON contacts (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contacts_unchecked ON contacts (COALESCE(checked_at, created_at), id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_updated ON contacts (updated_at, id) WHERE deleted_at IS NULL;

-- The words that the book holds, or held: what a question that finds nothing is likened to.
CREATE TABLE book_words (
    word TEXT PRIMARY KEY NOT NULL,
    -- How it sounds in French; see `domain::sound`.
    sound TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX book_words_sound ON book_words (sound, word);
-- The values by which the list is narrowed and sorted, each as it was first written.
CREATE TABLE book_values (
    kind TEXT NOT NULL CHECK (kind IN ('service', 'city', 'topic', 'language')),
    -- Folded.
    value_key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, value_key)
) WITHOUT ROWID;

-- An e-mail that went away when two contacts became one: searches and imports still find the one.
CREATE TABLE contact_aliases (
    email_key TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    merge_id BIGINT NOT NULL
);
CREATE INDEX contact_aliases_contact ON contact_aliases (contact_id);
-- Two contacts made one. What it takes to undo it goes with either of them.
CREATE TABLE contact_merges (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kept_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    gone_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    -- What changed in the one that was kept, and what moved over to it (JSON).
    taken TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP
);
CREATE INDEX contact_merges_kept ON contact_merges (kept_id);
CREATE INDEX contact_merges_gone ON contact_merges (gone_id);
-- Two contacts that may be one person.
CREATE TABLE duplicate_pairs (
    low_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    high_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    -- Why, separated by spaces.
    reasons TEXT NOT NULL,
    -- In hundredths.
    certainty BIGINT NOT NULL,
    -- Which search found it last.
    run BIGINT NOT NULL,
    found_at TIMESTAMP NOT NULL,
    -- Set when somebody said that they are two.
    dismissed_at TIMESTAMP,
    dismissed_by BIGINT REFERENCES accounts (id),
    PRIMARY KEY (low_id, high_id),
    CHECK (low_id < high_id)
) WITHOUT ROWID;
CREATE INDEX duplicate_pairs_high ON duplicate_pairs (high_id);
CREATE INDEX duplicate_pairs_open ON duplicate_pairs (certainty, low_id, high_id) WHERE dismissed_at IS NULL;
-- A search for duplicates through the whole book.
CREATE TABLE duplicate_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    -- The next key that contacts are compared by, how much of the way that is, and the whole way: as many steps as
    -- there were contacts.
    cursor_id BIGINT NOT NULL DEFAULT 0,
    done BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);

-- A number that so many contacts have that it says nothing about who is who.
CREATE TABLE shared_phones (
    e164 TEXT PRIMARY KEY NOT NULL,
    contacts BIGINT NOT NULL,
    -- Which search found it last.
    run BIGINT NOT NULL
) WITHOUT ROWID;

-- Whom an account opened last, and whom it keeps at hand.
CREATE TABLE recent_contacts (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    seen_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX recent_contacts_contact ON recent_contacts (contact_id);
CREATE TABLE favourite_contacts (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX favourite_contacts_contact ON favourite_contacts (contact_id);

-- A filter of the list under a name: an account's own, or everybody's.
CREATE TABLE saved_filters (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    name_key TEXT NOT NULL,
    -- As it stands in the list's URL, without a place.
    query TEXT NOT NULL,
    created_by BIGINT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX saved_filters_own ON saved_filters (account_id, name_key) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX saved_filters_shared ON saved_filters (name_key) WHERE account_id IS NULL;

-- A change of all contacts that pass a filter.
CREATE TABLE bulk_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- What is done, in the form's words (JSON).
    action TEXT NOT NULL,
    -- The filter, as it stands in the list's URL.
    query TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    undone_by BIGINT REFERENCES accounts (id),
    state TEXT NOT NULL CHECK (state IN ('gathering', 'changing', 'done', 'undoing', 'undone')),
    total BIGINT NOT NULL DEFAULT 0,
    -- How many of them have been looked at in this state.
    done BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    -- Undoing left these as somebody changed them since.
    kept BIGINT NOT NULL DEFAULT 0,
    -- The contact that the work has come to.
    cursor_id BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
CREATE TABLE bulk_items (
    bulk_id BIGINT NOT NULL REFERENCES bulk_changes (id) ON DELETE CASCADE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    -- What the contact was like before, where it was changed (JSON), and its version afterwards.
    before TEXT,
    version BIGINT,
    PRIMARY KEY (bulk_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX bulk_items_contact ON bulk_items (contact_id);

-- Words of the book are gathered when the program starts, with the search index, which tells first names apart now.
DELETE FROM settings WHERE key = 'search_index';
INSERT INTO settings (key, value) SELECT 'search_index', 'stale' WHERE EXISTS (SELECT 1 FROM contacts);
