-- The name under which an account signs, its e-mail, and when it last signed in. A node of the previous version leaves all three as
-- they are.
ALTER TABLE accounts ADD COLUMN display_name TEXT NOT NULL DEFAULT '' CHECK (length(display_name) <= 100);
ALTER TABLE accounts ADD COLUMN email TEXT NOT NULL DEFAULT '' CHECK (length(email) <= 255);
ALTER TABLE accounts ADD COLUMN signed_in_at TIMESTAMP;
-- What is known of earlier sign-ins: the sessions that are still stored.
UPDATE accounts SET signed_in_at = (SELECT max(created_at) FROM sessions WHERE sessions.account_id = accounts.id);
