DROP TRIGGER book_words_of_older_nodes ON nodes;
DROP FUNCTION older_node_is_alive;
DELETE FROM settings WHERE key = 'book_words';
DELETE FROM jobs WHERE kind = 'book_words';
