-- Addresses that Carnet calls when contacts change. `cursor` is a place in the feed: the receiver has confirmed everything before it.
CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    url TEXT NOT NULL UNIQUE CHECK (length(url) BETWEEN 1 AND 500),
    -- The kinds of changes, separated by spaces.
    events TEXT NOT NULL CHECK (events <> ''),
    -- In clear: the signature of each message needs it.
    secret TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('on', 'off', 'failed', 'restored')),
    -- Empty is the beginning of the feed.
    cursor TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- The node that sends a message now, until this time at most.
    claim TEXT,
    claimed_until TIMESTAMP,
    -- Before this time nothing is sent.
    due_at TIMESTAMP NOT NULL,
    delivered_at TIMESTAMP,
    -- Failures in succession: their number, the time of the first one, and the cause of the last one.
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since TIMESTAMP,
    trouble TEXT NOT NULL DEFAULT ''
);
-- The menu counts those that Carnet has switched off.
CREATE INDEX webhooks_state ON webhooks (state);
