-- The contacts who are absent, by the day of their return: the agents' first page names those of today.
CREATE INDEX contacts_absent ON contacts (absent_until, id) WHERE absent_until IS NOT NULL;
