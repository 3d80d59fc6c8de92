DELETE FROM jobs WHERE kind = 'external_ids';
DROP TABLE contact_external_ids;
DROP TABLE sources;
