DROP INDEX accounts_company;
ALTER TABLE accounts DROP COLUMN subject;
ALTER TABLE accounts DROP COLUMN issuer;
