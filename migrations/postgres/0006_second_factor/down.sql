DROP TABLE recovery_codes;
ALTER TABLE accounts DROP COLUMN totp_since;
ALTER TABLE accounts DROP COLUMN totp_step;
ALTER TABLE accounts DROP COLUMN totp_key;
