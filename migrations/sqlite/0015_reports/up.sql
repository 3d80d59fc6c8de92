-- Mistakes on a contact's page that somebody has reported to the coordinators.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    -- The same form sent twice stores one report.
    form_key TEXT,
    created_at TIMESTAMP NOT NULL,
    -- Together with the answer, which may be empty.
    outcome TEXT CHECK (outcome IN ('fixed', 'unfounded')),
    answer TEXT NOT NULL DEFAULT '' CHECK (length(answer) <= 1000),
    answered_by BIGINT REFERENCES accounts (id),
    answered_at TIMESTAMP,
    CHECK ((outcome IS NULL) = (answered_at IS NULL))
);
CREATE UNIQUE INDEX reports_form_key ON reports (form_key);
CREATE INDEX reports_contact ON reports (contact_id, id);
CREATE INDEX reports_open ON reports (id) WHERE answered_at IS NULL;
CREATE INDEX reports_answered ON reports (answered_at) WHERE answered_at IS NOT NULL;
-- The pair that has waited longest.
CREATE INDEX duplicate_pairs_found ON duplicate_pairs (found_at) WHERE dismissed_at IS NULL;
