-- Form 2: who certifies, where it is not who the genesis names. height: the first that this set certifies.
CREATE TABLE sets(height INTEGER PRIMARY KEY, validators BLOB NOT NULL);
