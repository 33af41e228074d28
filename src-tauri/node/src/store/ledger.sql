-- ledger.db, form 1: what people back up. Append-only but for subjects (states), tree (derivable) and pending.

-- form, genesis, and how far the tree below is written (`tree`: a height).
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- first: the running number of the block's first record. certificate: null only between saving a block and voting for it.
CREATE TABLE blocks(
  height INTEGER PRIMARY KEY, id BLOB NOT NULL, time INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
  header BLOB NOT NULL, certificate BLOB);
CREATE INDEX blocks_first ON blocks(first);
CREATE INDEX blocks_time ON blocks(time);

-- Records in running order, joined by line feeds (canonical JSON has none) into pieces: one small row a record would leave a
-- quarter of every page empty.
CREATE TABLE bodies(first INTEGER PRIMARY KEY, body BLOB NOT NULL);
-- Where to look for a RecordId: prefix is its first eight bytes. Whole ids would be three times as many pages, and a full block
-- touches nearly all of them.
CREATE TABLE records(prefix INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(prefix, number)) WITHOUT ROWID;

-- key: the index key (SHA-256 of the name). frontier: of the tree over the RecordIds of the subject.
CREATE TABLE subjects(
  number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, name TEXT NOT NULL, count INTEGER NOT NULL, turn INTEGER NOT NULL,
  changed INTEGER NOT NULL, frontier BLOB NOT NULL, state BLOB NOT NULL);
CREATE TABLE touches(subject INTEGER NOT NULL, place INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY(subject, place)) WITHOUT ROWID;

-- Inner nodes of the subject index, written lazily; and the stored hashes of the history tree.
CREATE TABLE tree(path BLOB PRIMARY KEY, node BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE history(number INTEGER PRIMARY KEY, hash BLOB NOT NULL);

-- The outbox: signed here and not yet confirmed.
CREATE TABLE pending(place INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, record BLOB NOT NULL);
