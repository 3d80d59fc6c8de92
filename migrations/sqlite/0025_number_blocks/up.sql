-- The numbers of an organization by their beginnings, as its form shows them: one per line, in international form.
ALTER TABLE organizations ADD COLUMN number_blocks TEXT NOT NULL DEFAULT '';
-- The same for the look-up. No two organizations share one.
CREATE TABLE number_blocks (
    prefix TEXT PRIMARY KEY NOT NULL,
    organization_id BIGINT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE INDEX number_blocks_organization ON number_blocks (organization_id);
