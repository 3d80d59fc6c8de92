-- The piece, compressed (zlib); `bytes` is empty then. A version that does not know this column finds an empty piece, which stops its
-- import, and never reads compressed bytes as a list.
ALTER TABLE import_chunks ADD COLUMN packed BLOB;
