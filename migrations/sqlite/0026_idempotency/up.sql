-- The requests of programs that must not be done twice, for a day. `request` is a hash of the method, the path and the name that
-- the program gave; `body` one of the body, which is not stored.
CREATE TABLE done_requests (
    key_id BIGINT NOT NULL REFERENCES access_keys (id) ON DELETE CASCADE,
    request TEXT NOT NULL,
    body TEXT NOT NULL,
    status BIGINT NOT NULL,
    made_id BIGINT NOT NULL,
    done_at TIMESTAMP NOT NULL,
    PRIMARY KEY (key_id, request)
);
CREATE INDEX done_requests_done_at ON done_requests (done_at);
