-- Wrong codes of an account's second factor: how many since its owner last signed in with a right one and since when; and
-- how many within a day, and when that day began.
ALTER TABLE accounts ADD COLUMN wrong_codes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN wrong_codes_since TIMESTAMP;
ALTER TABLE accounts ADD COLUMN wrong_codes_of_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN wrong_codes_day TIMESTAMP;
-- Rows of earlier versions, which hold typed names in clear. They are counts of the last hour.
DELETE FROM sign_in_throttles WHERE bucket LIKE 'account:%' OR bucket LIKE 'second-factor:account:%';
