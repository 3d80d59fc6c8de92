ALTER TABLE accounts DROP COLUMN signed_in_at;
ALTER TABLE accounts DROP COLUMN email;
ALTER TABLE accounts DROP COLUMN display_name;
