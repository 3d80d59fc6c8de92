ALTER TABLE accounts DROP COLUMN wrong_codes_day;
ALTER TABLE accounts DROP COLUMN wrong_codes_of_day;
ALTER TABLE accounts DROP COLUMN wrong_codes_since;
ALTER TABLE accounts DROP COLUMN wrong_codes;
