DROP INDEX organizations_same_name;
ALTER TABLE organizations DROP COLUMN same_name_as;
DELETE FROM jobs WHERE kind = 'repair';
DROP TABLE repairs;
