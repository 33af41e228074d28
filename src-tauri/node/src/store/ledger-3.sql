-- Form 3: the ledger of a light node, which holds the records of the subjects it follows and no others. Elsewhere these stay empty.

-- Where the record with a running number stands; path: its inclusion path, joined hashes.
CREATE TABLE places(number INTEGER PRIMARY KEY, height INTEGER NOT NULL, place INTEGER NOT NULL, path BLOB NOT NULL);
CREATE UNIQUE INDEX places_height ON places(height, place);
-- Followed subjects. seen: the height up to which all its records are here, 0 before the first answer; at: when that was, in
-- milliseconds of the wall clock; step: the running number of the answer that last brought records of it, 0 before the first; value:
-- the hash of what the index said of it then.
CREATE TABLE followed(subject TEXT PRIMARY KEY, seen INTEGER NOT NULL, at INTEGER NOT NULL, step INTEGER NOT NULL,
  value BLOB) WITHOUT ROWID;
CREATE INDEX followed_at ON followed(at);
CREATE INDEX followed_step ON followed(step);

-- Subjects by which the network is governed: a newcomer asks for them by their beginning.
CREATE INDEX subjects_governing ON subjects(name) WHERE name >= 'alliance:' AND name < 'alliance;';
