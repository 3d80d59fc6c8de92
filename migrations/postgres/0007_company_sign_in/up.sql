-- Who an account is at the company's OpenID Connect provider; both are null for an account with a password of its own.
ALTER TABLE accounts ADD COLUMN issuer TEXT;
ALTER TABLE accounts ADD COLUMN subject TEXT CHECK ((subject IS NULL) = (issuer IS NULL));
CREATE UNIQUE INDEX accounts_company ON accounts (issuer, subject);
