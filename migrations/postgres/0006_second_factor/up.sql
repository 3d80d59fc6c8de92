-- The second factor of an account: its key in base32, the last time step of which a code was used, and since when it is on.
ALTER TABLE accounts ADD COLUMN totp_key TEXT;
ALTER TABLE accounts ADD COLUMN totp_step BIGINT;
ALTER TABLE accounts ADD COLUMN totp_since TIMESTAMP;
-- Codes in place of a lost factor, by their SHA-256; one that was used is gone.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);
