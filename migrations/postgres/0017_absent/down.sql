DROP INDEX contacts_absent;
