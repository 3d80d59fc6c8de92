ALTER TABLE accounts DROP COLUMN code_until;
ALTER TABLE accounts DROP COLUMN code_hash;
