ALTER TABLE contacts DROP COLUMN no_civility;
