DROP TABLE number_blocks;
ALTER TABLE organizations DROP COLUMN number_blocks;
