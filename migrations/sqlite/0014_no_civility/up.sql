-- A contact may have no civility. Earlier versions know three values: for them `civility` then keeps 'M.', and this column, at
-- which they do not look, says that there is none. See decision 20.
ALTER TABLE contacts ADD COLUMN no_civility BOOLEAN NOT NULL DEFAULT FALSE;
