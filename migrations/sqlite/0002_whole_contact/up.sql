CREATE TABLE organizations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_key TEXT NOT NULL UNIQUE,
    website TEXT NOT NULL CHECK (length(website) <= 1000),
    phone TEXT NOT NULL CHECK (length(phone) <= 50),
    industry TEXT NOT NULL CHECK (length(industry) <= 100),
    address TEXT NOT NULL CHECK (length(address) <= 100),
    postal_code TEXT NOT NULL CHECK (length(postal_code) <= 25),
    city TEXT NOT NULL CHECK (length(city) <= 100),
    country TEXT NOT NULL CHECK (length(country) <= 2),
    notes TEXT NOT NULL CHECK (length(notes) <= 32000),
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT REFERENCES accounts (id)
);

CREATE TABLE contact_types (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_key TEXT NOT NULL UNIQUE,
    position BIGINT NOT NULL,
    disabled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE contact_type_fields (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    type_id BIGINT NOT NULL REFERENCES contact_types (id),
    -- The form's control is custom_<key>.
    key TEXT NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 50),
    label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    label_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'text_area', 'identifier', 'tag', 'integer', 'number', 'date',
        'date_time', 'check_box', 'list', 'url')),
    -- One a line.
    choices TEXT NOT NULL DEFAULT '',
    required BOOLEAN NOT NULL DEFAULT FALSE,
    position BIGINT NOT NULL,
    disabled_at TIMESTAMP,
    UNIQUE (type_id, label_key)
);
CREATE INDEX contact_type_fields_type ON contact_type_fields (type_id, position);

ALTER TABLE contacts ADD COLUMN title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 100);
ALTER TABLE contacts ADD COLUMN organization_id BIGINT REFERENCES organizations (id);
ALTER TABLE contacts ADD COLUMN email_personal TEXT NOT NULL DEFAULT '' CHECK (length(email_personal) <= 255);
ALTER TABLE contacts ADD COLUMN email_other TEXT NOT NULL DEFAULT '' CHECK (length(email_other) <= 255);
ALTER TABLE contacts ADD COLUMN phone_work_e164 TEXT CHECK (length(phone_work_e164) <= 16);
ALTER TABLE contacts ADD COLUMN sms_work BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN phone_cell TEXT NOT NULL DEFAULT '' CHECK (length(phone_cell) <= 50);
ALTER TABLE contacts ADD COLUMN phone_cell_e164 TEXT CHECK (length(phone_cell_e164) <= 16);
ALTER TABLE contacts ADD COLUMN sms_cell BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN phone_home TEXT NOT NULL DEFAULT '' CHECK (length(phone_home) <= 50);
ALTER TABLE contacts ADD COLUMN phone_home_e164 TEXT CHECK (length(phone_home_e164) <= 16);
ALTER TABLE contacts ADD COLUMN sms_home BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN phone_other TEXT NOT NULL DEFAULT '' CHECK (length(phone_other) <= 50);
ALTER TABLE contacts ADD COLUMN phone_other_e164 TEXT CHECK (length(phone_other_e164) <= 16);
ALTER TABLE contacts ADD COLUMN sms_other BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN postal_code TEXT NOT NULL DEFAULT '' CHECK (length(postal_code) <= 25);
ALTER TABLE contacts ADD COLUMN state TEXT NOT NULL DEFAULT '' CHECK (length(state) <= 50);
ALTER TABLE contacts ADD COLUMN country TEXT NOT NULL DEFAULT '' CHECK (length(country) <= 2);
ALTER TABLE contacts ADD COLUMN external_url TEXT NOT NULL DEFAULT '' CHECK (length(external_url) <= 1000);
ALTER TABLE contacts ADD COLUMN social_x TEXT NOT NULL DEFAULT '' CHECK (length(social_x) <= 100);
ALTER TABLE contacts ADD COLUMN social_facebook TEXT NOT NULL DEFAULT '' CHECK (length(social_facebook) <= 100);
ALTER TABLE contacts ADD COLUMN social_line TEXT NOT NULL DEFAULT '' CHECK (length(social_line) <= 100);
ALTER TABLE contacts ADD COLUMN social_whatsapp TEXT NOT NULL DEFAULT '' CHECK (length(social_whatsapp) <= 100);
ALTER TABLE contacts ADD COLUMN social_instagram TEXT NOT NULL DEFAULT '' CHECK (length(social_instagram) <= 100);
ALTER TABLE contacts ADD COLUMN survey_opt_out BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN contact_type_id BIGINT REFERENCES contact_types (id);
-- The import that made the contact; none when it was typed in, or made before this was noted.
ALTER TABLE contacts ADD COLUMN created_import_id BIGINT REFERENCES imports (id);
-- The form that it was typed into: sent twice, it makes one contact.
ALTER TABLE contacts ADD COLUMN form_key TEXT;
CREATE UNIQUE INDEX contacts_form_key ON contacts (form_key);
CREATE INDEX contacts_organization ON contacts (organization_id, sort_key, id) WHERE organization_id IS NOT NULL;
CREATE INDEX contacts_type ON contacts (contact_type_id, id) WHERE contact_type_id IS NOT NULL;
CREATE INDEX contacts_trash ON contacts (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- What is typed into the fields of a contact type. Values outlive a change of the contact's type and a field that is
-- switched off.
CREATE TABLE contact_values (
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    field_id BIGINT NOT NULL REFERENCES contact_type_fields (id),
    value TEXT NOT NULL,
    PRIMARY KEY (contact_id, field_id)
);
CREATE INDEX contact_values_field ON contact_values (field_id);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 32000),
    form_key TEXT UNIQUE,
    created_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP
);
CREATE INDEX notes_contact ON notes (contact_id, id);

-- Who did what and when. Nothing points out of it but to rows that are never deleted, so that it outlives what it is
-- about.
CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TIMESTAMP NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    kind TEXT NOT NULL,
    contact_id BIGINT,
    import_id BIGINT REFERENCES imports (id),
    -- The name of what it is about where that is no person: an organization, a contact type, an account.
    subject TEXT NOT NULL DEFAULT '',
    -- The contact's version that came of it.
    version BIGINT,
    -- [{"field": …, "old": …, "new": …}, …]; taken away when the person is erased.
    changes TEXT
);
CREATE INDEX audit_entries_contact ON audit_entries (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX audit_entries_account ON audit_entries (account_id, id);
CREATE INDEX audit_entries_kind ON audit_entries (kind, id);
CREATE INDEX audit_entries_at ON audit_entries (at);

CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;
CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries
WHEN NEW.changes IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.account_id IS NOT OLD.account_id
    OR NEW.kind <> OLD.kind OR NEW.contact_id IS NOT OLD.contact_id OR NEW.import_id IS NOT OLD.import_id
    OR NEW.subject <> OLD.subject OR NEW.version IS NOT OLD.version
BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;

-- A half-filled contact form, while its author adds the organization first.
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    contact_id BIGINT REFERENCES contacts (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX drafts_created ON drafts (created_at);

-- People erased for good: one by hand, or the trash. The counts say what went.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    -- None: everybody who was in the trash by then.
    contact_id BIGINT,
    trashed_before TIMESTAMP,
    contacts BIGINT NOT NULL DEFAULT 0,
    notes BIGINT NOT NULL DEFAULT 0,
    history_values BIGINT NOT NULL DEFAULT 0,
    files BIGINT NOT NULL DEFAULT 0,
    lines BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);

-- Whose lines are still to be taken out of the imported files: SHA-256 of the e-mail's key, until that is done.
CREATE TABLE erasure_emails (
    erasure_id BIGINT NOT NULL REFERENCES erasures (id),
    email_hash TEXT NOT NULL,
    PRIMARY KEY (erasure_id, email_hash)
);

-- Reading again the numbers that were typed without a country, after the default country changed.
CREATE TABLE phone_readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    country TEXT NOT NULL,
    cursor_id BIGINT NOT NULL DEFAULT 0,
    read_again BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);

-- The contacts that there are have numbers as typed only: they are read once, as after a change of the country.
INSERT INTO phone_readings (country, created_at)
SELECT 'FR', strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE EXISTS (SELECT 1 FROM contacts);
INSERT INTO jobs (kind, subject_id, run_after, created_at)
SELECT 'phone_reading', id, created_at, created_at FROM phone_readings;
